"""Makes the keys and values of an exported decoder int8: a quarter of the memory, and each row the same in any company.

`GroupQueryAttention` multiplies int8 keys and values with kernels that compute a row alone as they compute it among
others, to the last bit; its float32 kernels do not. Drafts are then verified without near ties (`lookup_decoding`).

Each channel of a head has one scale, from the largest value seen while some texts were read. Scales are constants of
the graph; the weights' files stay as they are.

Letters: L layers, H key-value heads, W head width.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from pocketvlm.graphs.exact import CACHE_SCALES, INT8_CACHE
from pocketvlm.llm_backbone.decoder import Decoder

HEADROOM = (
    1.6  # times the largest value seen; what lies beyond is clipped. On nano 1.25 clips more, 2 rounds more coarsely
)


def cache_scales(decoder: Decoder, prompts: Sequence[np.ndarray]) -> np.ndarray:
    """What int8 steps of each channel should be worth.

    Args:
        decoder: with a float cache.
        prompts: embeddings, (1, S, D) each, of what the model is to read, as it will be asked to.
    Returns:
        (L, 2, H, W) float32, keys before values.
    Raises:
        ValueError: no prompts, or a cache that is int8 already.
    """
    if not prompts:
        raise ValueError("no prompts to take the cache's scales from: give some that are like what the model will read")
    if decoder.cache_type != np.float32:
        raise ValueError(f"the decoder's cache is {decoder.cache_type} already; scales are taken from a float32 one")
    largest = []
    for inputs_embeds in prompts:
        cache = decoder.new_cache()
        decoder.decode(inputs_embeds, cache)
        largest.append(np.stack([np.abs(half).max(axis=(0, 2)) for half in cache.halves()]))  # (2 L, H, W)
    scales = np.max(largest, axis=0) * (HEADROOM / 127)
    tiny: np.ndarray = np.maximum(scales, 1e-6).astype(np.float32)  # a channel that was always 0 still has a scale
    return tiny.reshape(decoder.config.num_hidden_layers, 2, *tiny.shape[1:])


def quantize_cache(path: Path, scales: np.ndarray) -> None:
    """Rewrite `decoder_model_merged*.onnx` so that its cache is int8.

    Args:
        scales: (L, 2, H, W) from `cache_scales`.
    Raises:
        ValueError: the graph has another number of layers.
    """
    model = onnx.load(str(path), load_external_data=False)
    nodes = [node for node in model.graph.node if node.op_type == "GroupQueryAttention"]
    if len(nodes) != len(scales):
        raise ValueError(f"scales of {len(scales)} layers for a graph of {len(nodes)}: take them from this model")
    for layer, (node, halves) in enumerate(zip(nodes, scales, strict=True)):
        names = [f"model.layers.{layer}.self_attn.{half}_scale" for half in ("k", "v")]
        for name, scale in zip(names, halves, strict=True):
            model.graph.initializer.append(numpy_helper.from_array(scale[None, :, None, :], name))  # (1, H, 1, W)
        node.input.extend([""] * (CACHE_SCALES - len(node.input)))
        node.input.extend(names)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in INT8_CACHE.items())
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        if value.name.startswith(("past_key_values.", "present.")):
            value.type.tensor_type.elem_type = TensorProto.INT8
    onnx.save(model, str(path))
