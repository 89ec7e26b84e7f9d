"""From a checkpoint with Hugging Face's names to the decoder's weights in any precision, a layer at a time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pocketvlm.graphs.linear import LinearWeight, Matrix, Precision, stacked
from pocketvlm.graphs.tensors import Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import DecoderWeights, LayerWeights

Importance = Callable[[str], np.ndarray]  # (K,) of the product with a weight of this name; see `importance`
EMBEDDING, FINAL_NORM, HEAD = "model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"


def expected(config: LlamaConfig) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor that the model needs, by its name."""
    width, inner, key_value = config.hidden_size, config.intermediate_size, config.key_value_size
    layer: dict[str, tuple[int, ...]] = {
        "input_layernorm": (width,),
        "self_attn.q_proj": (width, width),
        "self_attn.k_proj": (key_value, width),
        "self_attn.v_proj": (key_value, width),
        "self_attn.o_proj": (width, width),
        "post_attention_layernorm": (width,),
        "mlp.gate_proj": (inner, width),
        "mlp.up_proj": (inner, width),
        "mlp.down_proj": (width, inner),
    }
    shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (config.vocab_size, width), FINAL_NORM: (width,)}
    for index in range(config.num_hidden_layers):
        shapes |= {f"model.layers.{index}.{part}.weight": shape for part, shape in layer.items()}
    if not config.tie_word_embeddings:
        shapes[HEAD] = (config.vocab_size, width)
    return shapes


def parameter_count(config: LlamaConfig) -> int:
    """Weights of the language model; a tied head counts once."""
    return sum(math.prod(shape) for shape in expected(config).values())


def unused(config: LlamaConfig) -> frozenset[str]:
    """Names that may stand in a checkpoint beside the expected ones: rotary tables, and a tied head's second copy."""
    layers = range(config.num_hidden_layers)
    tables = {f"model.layers.{index}.self_attn.rotary_emb.inv_freq" for index in layers}
    return frozenset(tables | ({HEAD} if config.tie_word_embeddings else set()))


def decoder_weights(
    config: LlamaConfig,
    tensors: Tensors,
    layers: Precision,
    embeddings: Precision,
    head: Precision | None = None,
    importance: Importance | None = None,
) -> DecoderWeights:
    """The decoder of a checkpoint, its weights rounded to some precision.

    Args:
        tensors: those of `expected`.
        layers: how the products of the layers are held.
        embeddings: how the token table is held, and with it a head that is tied to it.
        head: how a head of its own is held; as the layers unless given.
        importance: of the inputs of the layers' products, asked for in their order; where their precision needs it.
    Raises:
        ValueError: the head is tied but another matrix, or the table's width is no multiple of its block size.
    """
    _check_tied_head(config, tensors)
    if embeddings.is_quantized and config.hidden_size % embeddings.block_size:
        raise ValueError(
            f"embeddings of width {config.hidden_size} cannot be cut into blocks of {embeddings.block_size}; "
            "give them smaller blocks or fp16"
        )

    def product(names: list[str]) -> LinearWeight:
        precision = (head or layers) if names == [HEAD] else layers
        given = importance(names[0]) if importance and precision.needs_importance else None  # the same for all names
        # Held one by one before they are stacked: blocks lie within rows, and the floats of one at a time suffice.
        return LinearWeight(stacked([precision.hold(tensors.read(name), given) for name in names]))

    return assemble(config, tensors, embeddings.hold(tensors.read(EMBEDDING)), product)


def assemble(
    config: LlamaConfig, tensors: Tensors, embedding: Matrix, product: Callable[[list[str]], LinearWeight]
) -> DecoderWeights:
    """The decoder of weight products that are made from the names of the tensors stacked in them, when asked for."""

    def layer(index: int) -> LayerWeights:
        def stack(*parts: str) -> LinearWeight:
            return product([f"model.layers.{index}.{part}.weight" for part in parts])

        return LayerWeights(
            qkv=stack("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            attention_output=stack("self_attn.o_proj"),
            post_attention_norm=tensors.read(f"model.layers.{index}.post_attention_layernorm.weight"),
            gate_up=stack("mlp.gate_proj", "mlp.up_proj"),
            down=stack("mlp.down_proj"),
        )

    return DecoderWeights(
        embedding=embedding,
        input_norm=lambda index: tensors.read(f"model.layers.{index}.input_layernorm.weight"),
        layer=layer,
        final_norm=tensors.read(FINAL_NORM),
        head=None if config.tie_word_embeddings else product([HEAD]),
    )


def _check_tied_head(config: LlamaConfig, tensors: Tensors) -> None:
    """A head that is stored all the same must be the table, or the model would answer otherwise than it was trained."""
    stored = config.tie_word_embeddings and HEAD in tensors.names
    if stored and not np.array_equal(tensors.read(HEAD), tensors.read(EMBEDDING)):
        raise ValueError(f"{HEAD} is not {EMBEDDING}, though tie_word_embeddings says so; set it to false")
