"""Fills the cache with a long prompt a layer at a time, in INT8: the fast twin of the decoder's own prefill.

`MatMulNBits`, which is fast for one position, unpacks its weights again for every few. Here a layer's weights are
unpacked once (`int8_rows`), and all positions are multiplied with them by a product of INT8 matrices, which runs about
twice as fast where the processor has 8-bit dot products. Only one layer is unpacked at a time: what the memory holds
besides is as large as one layer.

The last positions of a prompt, whose logits are wanted, are left to the decoder.

Letters: S new positions, P positions in the cache, D hidden width, N output features, K input features, B blocks.
"""

from __future__ import annotations

import itertools
import json
import math
import mmap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from pocketvlm.graphs.paths import path_problem
from pocketvlm.graphs.session import open_session, shrinking, turns
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.int8_rows import PackedRows
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.llm_backbone.lora import PRODUCTS, product_shapes

FACTS = "pocketvlm"  # under which the graph's metadata has `Facts`
NORMS = ("post_attention_layernorm", "output_norm")  # of a layer: after attention, and what the layer ends in
TABLES = ("cos_cache", "sin_cache")  # of rotary positions
HALVES = ("k", "v")
# Positions from which it is the faster way, on two cores with AVX-512 VNNI (`benchmarks/long_prompts.py`): unpacking
# takes as long for one position as for a thousand.
LEAST = 128
WEIGHTS = 1 << 21  # unpacked at a time: what is computed on the way fits a core's cache


@dataclass(frozen=True)
class Facts:
    """What a layer's graph says of the weights it is for.

    Attributes:
        places: file, offset, dtype and shape of each tensor, by its name in the decoder's graph.
        block_size: weights that share a scale.
    """

    places: dict[str, dict[str, Any]]
    block_size: int

    def to_json(self) -> str:
        """For the graph's metadata."""
        return json.dumps(self.__dict__, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """Back from the metadata."""
        return cls(**json.loads(text))


class MappedTensors:
    """Tensors in files, mapped: nothing is read before it is used, and what was used can be let go."""

    def __init__(self, folder: Path, places: dict[str, dict[str, Any]]) -> None:
        """
        Raises:
            ValueError: a place is outside its file, or a file outside the folder.
            OSError: a file is missing.
        """
        self._places = places
        names = sorted({place["file"] for place in places.values()})
        if problem := next(filter(None, (path_problem(folder, name) for name in names)), None):
            raise ValueError(f"the layer's graph names a file outside its folder: {problem}")
        self._maps = {name: _mapped(folder / name) for name in names}
        for name, place in places.items():
            size = math.prod(place["shape"]) * np.dtype(place["dtype"]).itemsize
            if not 0 <= place["offset"] <= len(self._maps[place["file"]]) - size:
                raise ValueError(f"{name} does not lie in {place['file']}: export the bundle again")

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> np.ndarray:
        place = self._places[name]
        shape, dtype = tuple(place["shape"]), np.dtype(place["dtype"])
        return np.frombuffer(self._maps[place["file"]], dtype, math.prod(shape), place["offset"]).reshape(shape)

    def let_go(self) -> None:
        """Stop counting what was read as this process's memory; it stays in the system's cache."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for mapped in self._maps.values():
                mapped.madvise(mmap.MADV_DONTNEED)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


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
        self._facts = Facts.from_json(self._session.get_modelmeta().custom_metadata_map[FACTS])
        self._tensors = MappedTensors(path.parent, self._facts.places)
        self._threads = threads or turns().cores
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="unpack")
        self._lock = threading.Lock()  # one prompt at a time: a second one would only wait for the cores

    def fill(self, inputs_embeds: np.ndarray, cache: KVCache) -> None:
        """Append positions to a conversation.

        Args:
            inputs_embeds: (1, S, D) float32.
            cache: the positions so far; grows by S.
        Raises:
            ValueError: the positions would exceed the model's context; the message gives both numbers.
        """
        count = inputs_embeds.shape[1]
        cache.reserve(cache.length + count)
        hidden = np.ascontiguousarray(inputs_embeds)
        normed = _rms_norm(hidden, self._tensors["model.layers.0.input_layernorm.weight"], self._config.rms_norm_eps)
        values = {"hidden": _value(hidden), "normed": _value(normed)}
        with self._lock:
            rows = self._room()
            for layer in range(self._config.num_hidden_layers):
                self._unpack(layer, rows)
                self._tensors.let_go()
                values, new = self._run(layer, values, rows, cache)
                cache.write(layer, new)
        cache.length += count

    def _room(self) -> dict[str, np.ndarray]:
        """Where a layer is unpacked to: one piece, which the system takes back as a whole when it is no longer used."""
        shapes = {product: self._unpacked_shape(product) for product in PRODUCTS}
        ends = list(itertools.accumulate(math.prod(shape) for shape in shapes.values()))
        parts = np.split(np.empty(ends[-1], dtype=np.uint64), ends[:-1])
        return {product: part.reshape(shape) for (product, shape), part in zip(shapes.items(), parts, strict=True)}

    def _unpacked_shape(self, product: str) -> tuple[int, ...]:
        rows, columns = product_shapes(self._config)[product]
        size = self._facts.block_size
        return rows, columns // size, size // 8

    def _packed(self, layer: int, product: str) -> PackedRows:
        name = f"model.layers.{layer}.{product}"
        return PackedRows(
            self._tensors[f"{name}.weight_q4"],
            self._tensors[f"{name}.weight_scales"],
            self._tensors[f"{name}.weight_zero_points"],
            self._tensors[f"{name}.row_scales"],
        )

    def _unpack(self, layer: int, out: dict[str, np.ndarray]) -> None:
        """All weights of a layer, some rows at a time."""
        parts = list(self._parts(layer, out))
        # Shares dealt out beforehand: threads that fetch every piece spend half their time waiting for each other.
        shares = [parts[thread :: self._threads] for thread in range(self._threads)]
        with turns().take(self._threads):
            list(self._pool.map(_unpack_all, shares))

    def _parts(self, layer: int, out: dict[str, np.ndarray]) -> Iterator[_Part]:
        for product in PRODUCTS:
            packed, step = self._packed(layer, product), max(1, WEIGHTS // product_shapes(self._config)[product][1])
            for start in range(0, len(out[product]), step):
                yield packed, slice(start, start + step), out[product]

    def _run(
        self, layer: int, values: dict[str, ort.OrtValue], rows: dict[str, np.ndarray], cache: KVCache
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
        for product in PRODUCTS:
            shape = product_shapes(self._config)[product]
            given[f"{product}.weight"] = rows[product].view(np.uint8).reshape(shape)
            given[f"{product}.scales"] = self._tensors[f"{name}.{product}.row_scales"]
        for key, value in (values | {key: _value(array) for key, array in given.items()}).items():
            binding.bind_ortvalue_input(key, value)
        for key in ("hidden_out", "normed_out", "new_k", "new_v"):
            binding.bind_output(key)
        last = layer == self._config.num_hidden_layers - 1
        # What prompts of several lengths took would add up.
        self._session.run_with_iobinding(binding, shrinking() if last else None)
        hidden, normed, keys, new_values = binding.get_outputs()
        return {"hidden": hidden, "normed": normed}, (keys.numpy(), new_values.numpy())


_Part = tuple[PackedRows, slice, np.ndarray]


def _unpack_all(parts: list[_Part]) -> None:
    for packed, rows, out in parts:
        packed.unpack(rows, out)


def _value(array: np.ndarray) -> ort.OrtValue:
    """An array as the runtime takes it; on the CPU its memory is shared."""
    return ort.OrtValue.ortvalue_from_numpy(array)


def _rms_norm(x: np.ndarray, weight: np.ndarray, epsilon: float) -> np.ndarray:
    mean_square = np.mean(np.square(x), axis=-1, keepdims=True)
    normed: np.ndarray = (x / np.sqrt(mean_square + np.float32(epsilon)) * weight).astype(np.float32)
    return normed
