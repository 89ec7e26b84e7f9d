"""Fills the cache with a long prompt a layer at a time, in INT8: the fast twin of the decoder's own prefill.

`MatMulNBits`, which is fast for one position, unpacks its weights again for every few. Here a layer's weights are rows
of int8 (`layer_rows`), and all positions are multiplied with them by a product of INT8 matrices, which runs about twice
as fast where the processor has 8-bit dot products, and several times as fast where it multiplies whole tiles of them.

The last positions of a prompt, whose logits are wanted, are left to the decoder.

Letters: S new positions, D hidden width.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import onnxruntime as ort

from pocketvlm.graphs.mapped_tensors import MappedTensors
from pocketvlm.graphs.session import facts_of, open_session, shrinking
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.llm_backbone.layer_rows import Facts, Layer, open_rows

NORMS = ("post_attention_layernorm", "output_norm")  # of a layer: after attention, and what the layer ends in
TABLES = ("cos_cache", "sin_cache")  # of rotary positions
HALVES = ("k", "v")


class Prefill:
    """The layers of one decoder, for long prompts; threads may share it."""

    def __init__(self, config: LlamaConfig, path: Path, threads: int | None = None) -> None:
        """
        Args:
            path: the layer's graph, beside the decoder's files.
        Raises:
            ValueError: it is no such graph, or does not fit the files.
        """
        self._config = config
        self._session = open_session(path, threads)
        facts = Facts(**facts_of(self._session))
        self._tensors = MappedTensors(path.parent, facts.places)
        self._rows = open_rows(config, self._tensors, facts, threads)
        self._lock = threading.Lock()  # one prompt at a time: a second one would only wait for the cores

    def suits(self, positions: int, adapter: Adapter | None) -> bool:
        """Whether so many positions are filled faster than by the decoder, with this adapter or without any."""
        return self._rows.suits(positions, adapter)

    def fill(self, inputs_embeds: np.ndarray, cache: KVCache, adapter: Adapter | None = None) -> None:
        """Append positions to a conversation.

        Args:
            inputs_embeds: (1, S, D) float32.
            cache: the positions so far; grows by S.
            adapter: what is added to the weights, one that `suits`.
        Raises:
            ValueError: the positions would exceed the model's context; the message gives both numbers.
        """
        count = inputs_embeds.shape[1]
        cache.reserve(cache.length + count)
        hidden = np.ascontiguousarray(inputs_embeds)
        normed = _rms_norm(hidden, self._tensors["model.layers.0.input_layernorm.weight"], self._config.rms_norm_eps)
        values = {"hidden": _value(hidden), "normed": _value(normed)}
        with self._lock:
            for layer, rows in enumerate(self._rows.layers(adapter)):
                values, new = self._run(layer, values, rows, cache)
                cache.write(layer, new)
        cache.length += count

    def _run(
        self, layer: int, values: dict[str, ort.OrtValue], rows: Layer, cache: KVCache
    ) -> tuple[dict[str, ort.OrtValue], tuple[np.ndarray, np.ndarray]]:
        """One layer: the residual stream and its norm, and the new positions' keys and values."""
        name = f"model.layers.{layer}"
        binding = self._session.io_binding()
        given = {table: self._tensors[table] for table in TABLES}
        given |= {norm: self._tensors[f"{name}.{norm}.weight"] for norm in NORMS}
        for half, past in zip(HALVES, cache.past(layer), strict=True):
            given[f"past_{half}"] = past
            if (scale := f"{name}.self_attn.{half}_scale") in self._tensors:
                given[f"{half}_scale"] = self._tensors[scale]
        for product, (weights, scales) in rows.items():
            given[f"{product}.weight"], given[f"{product}.scales"] = weights, scales
        for key, value in (values | {key: _value(array) for key, array in given.items()}).items():
            binding.bind_ortvalue_input(key, value)
        for key in ("hidden_out", "normed_out", "new_k", "new_v"):
            binding.bind_output(key)
        last = layer == self._config.num_hidden_layers - 1
        # What prompts of several lengths took would add up.
        self._session.run_with_iobinding(binding, shrinking() if last else None)
        hidden, normed, keys, new_values = binding.get_outputs()
        return {"hidden": hidden, "normed": normed}, (keys.numpy(), new_values.numpy())


def _value(array: np.ndarray) -> ort.OrtValue:
    """An array as the runtime takes it; on the CPU its memory is shared."""
    return ort.OrtValue.ortvalue_from_numpy(array)


def _rms_norm(x: np.ndarray, weight: np.ndarray, epsilon: float) -> np.ndarray:
    mean_square = np.mean(np.square(x), axis=-1, keepdims=True)
    normed: np.ndarray = (x / np.sqrt(mean_square + np.float32(epsilon)) * weight).astype(np.float32)
    return normed
