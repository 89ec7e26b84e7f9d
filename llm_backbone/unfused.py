"""The tensors of this project's own decoder graphs, under the names and in the pieces that a checkpoint has them."""

from __future__ import annotations

import numpy as np

from pocketvlm.graphs.tensors import Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.weights import EMBEDDING, FINAL_NORM, HEAD, expected


def unfused(config: LlamaConfig, tensors: Tensors) -> Tensors:
    """A model's tensors, cut out of what its graphs hold; those that the graphs lack are not among its names.

    Args:
        tensors: of the graph `decoder_model_merged`, and of `embed_tokens` unless the head is tied.
    """
    return _Unfused(config, tensors)


class _Unfused:
    def __init__(self, config: LlamaConfig, tensors: Tensors) -> None:
        self._tensors = tensors
        self._shapes = expected(config)
        sources = {name: _source(config, name) for name in self._shapes}
        if config.tie_word_embeddings and "embed_tokens.weight" not in tensors.names:
            sources[EMBEDDING] = HEAD, 0
        self._sources = {name: source for name, source in sources.items() if source[0] in tensors.names}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._sources)

    def shape(self, name: str) -> tuple[int, ...]:
        source, first = self._sources[name]
        rows, *columns = self._tensors.shape(source)
        return (max(0, min(rows - first, self._shapes[name][0])), *columns)

    def read(self, name: str) -> np.ndarray:
        source, first = self._sources[name]
        return self._tensors.read(source)[first : first + self._shapes[name][0]].copy()


def _source(config: LlamaConfig, name: str) -> tuple[str, int]:
    """The graphs' tensor that holds one of a checkpoint's, and the row there where it begins."""
    fused = {
        "self_attn.q_proj": ("self_attn.qkv_proj", 0),
        "self_attn.k_proj": ("self_attn.qkv_proj", config.hidden_size),
        "self_attn.v_proj": ("self_attn.qkv_proj", config.hidden_size + config.key_value_size),
        "mlp.gate_proj": ("mlp.gate_up_proj", 0),
        "mlp.up_proj": ("mlp.gate_up_proj", config.intermediate_size),
    }
    if name == EMBEDDING:
        return "embed_tokens.weight", 0
    if name == FINAL_NORM:
        return f"model.layers.{config.num_hidden_layers - 1}.output_norm.weight", 0
    if name == HEAD:
        return HEAD, 0
    _, _, index, part = name.removesuffix(".weight").split(".", 3)
    if part == "input_layernorm" and index != "0":  # the norm that the layer before ends in
        return f"model.layers.{int(index) - 1}.output_norm.weight", 0
    part, first = fused.get(part, (part, 0))
    return f"model.layers.{index}.{part}.weight", first
