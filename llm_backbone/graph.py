"""The LLaMA decoder as an ONNX graph, written tensor by tensor: two graphs, `embed_tokens` and `decoder_model_merged`.

The decoder takes embeddings, so that image tokens can stand among them, and shares one buffer a layer between past
and present keys and values. Weight products are those of `graphs.linear`; attention is `GroupQueryAttention`, with
rotary inside where it can.

Letters: B batch (1), S new positions, P positions in the cache's buffer, T past plus new positions, D hidden width.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from onnx import TensorProto

from pocketvlm.graphs.linear import (
    FloatMatrix,
    LinearWeight,
    Matrix,
    as_float32,
    float_product,
    linear,
    quantized_product,
)
from pocketvlm.graphs.names import graph_stem
from pocketvlm.graphs.quantization import QuantizedMatrix
from pocketvlm.graphs.writer import CONTRIB, ExternalData, GraphWriter, place, reshaped
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import PRODUCTS, A, B, product_shapes
from pocketvlm.llm_backbone.prefill import NORMS
from pocketvlm.llm_backbone.token_table import TableFacts

RANK = "lora_rank"  # the size that an adapter brings along


@dataclass(frozen=True)
class LayerWeights:
    """One decoder layer; products that read the same input are already stacked."""

    qkv: LinearWeight  # (D + 2 * key_value_size, D)
    attention_output: LinearWeight  # (D, D)
    post_attention_norm: np.ndarray  # (D,)
    gate_up: LinearWeight  # (2 * intermediate_size, D)
    down: LinearWeight  # (D, intermediate_size)

    @property
    def products(self) -> dict[str, LinearWeight]:
        """The weights of its products, by their names in `lora.PRODUCTS`."""
        return dict(zip(PRODUCTS, (self.qkv, self.attention_output, self.gate_up, self.down), strict=True))


@dataclass(frozen=True)
class DecoderWeights:
    """All weights of the language model; layers are made when asked for, so that an export holds one at a time."""

    embedding: Matrix  # (V, D); also the output head when that is tied
    input_norm: Callable[[int], np.ndarray]  # of a layer, (D,); apart, because the layer before ends in it
    layer: Callable[[int], LayerWeights]
    final_norm: np.ndarray  # (D,)
    head: LinearWeight | None = None  # (V, D) when not tied


def write_graphs(
    config: LlamaConfig,
    weights: DecoderWeights,
    folder: Path,
    max_file_bytes: int,
    precision: dict[str, str],
    progress: Callable[[int, int], None] | None = None,
    adapted: tuple[str, ...] = (),
) -> None:
    """Write `embed_tokens*.onnx` and `decoder_model_merged*.onnx` with their weights into `folder`.

    Args:
        max_file_bytes: larger weights go into several files.
        precision: the terms, as in the manifest, of "embed_tokens" and "decoder_model_merged".
        progress: told (layers written, layers in all).
        adapted: those of `lora.PRODUCTS` that take an adapter when the graph runs.
    """
    stems = [graph_stem(part, precision[part]) for part in ("embed_tokens", "decoder_model_merged")]
    table = write_embedding(config, weights.embedding, folder, stems[0], max_file_bytes)
    write_decoder(config, weights, table, folder, stems[1], max_file_bytes, progress, adapted)


Table = dict[str, TensorProto]  # the embedding's tensors, by what `MatMulNBits` calls them


def write_embedding(config: LlamaConfig, embedding: Matrix, folder: Path, stem: str, max_file_bytes: int) -> Table:
    """Write the token embedding's graph: input_ids (B, S) int64 to inputs_embeds (B, S, D) float32.

    Returns:
        The written tensors, for a tied head to name.
    """
    data = ExternalData(folder, stem, max_file_bytes)
    graph = GraphWriter(data)
    table = _embedding_table(data, embedding)
    input_ids = graph.input("input_ids", np.int64, ["batch_size", "sequence_length"])
    names = [graph.weight(tensor.name, tensor) for tensor in table.values()]
    if isinstance(embedding, FloatMatrix):
        wide = embedding.weight.dtype == np.float32
        rows = graph.op("Gather", names[0], input_ids, name="embed_tokens", outputs=["inputs_embeds"] if wide else None)
        if not wide:
            graph.op("Cast", rows, name="embed_tokens.float32", outputs=["inputs_embeds"], to=TensorProto.FLOAT)
    else:
        graph.op(
            f"{CONTRIB}.GatherBlockQuantized",
            *[names[0], input_ids, *names[1:]],
            name="embed_tokens",
            outputs=["inputs_embeds"],
            gather_axis=0,
            quantize_axis=1,
            block_size=embedding.block_size,
            bits=embedding.bits,
        )
    graph.output("inputs_embeds", np.float32, ["batch_size", "sequence_length", config.hidden_size])
    bits, block_size = (embedding.bits, embedding.block_size) if isinstance(embedding, QuantizedMatrix) else (0, 1)
    facts = TableFacts({name: place(tensor) for name, tensor in table.items()}, bits, block_size)
    graph.save(folder / f"{stem}.onnx", "embed_tokens", asdict(facts))
    return table


def _embedding_table(data: ExternalData, embedding: Matrix) -> Table:
    if isinstance(embedding, FloatMatrix):
        return {"weight": data.write("embed_tokens.weight", embedding.weight, apart=True)}
    packed = embedding.packed().reshape(embedding.shape[0], -1)
    table = {
        "weight": data.write(f"embed_tokens.weight_q{embedding.bits}", packed, apart=True),
        "scales": data.write("embed_tokens.weight_scales", embedding.scales, apart=True),
    }
    zero_points = embedding.packed_zero_points()
    if zero_points is not None:
        table["zero_points"] = data.write("embed_tokens.weight_zero_points", zero_points, apart=True)
    return table


def write_decoder(
    config: LlamaConfig,
    weights: DecoderWeights,
    table: Table,
    folder: Path,
    stem: str,
    max_file_bytes: int,
    progress: Callable[[int, int], None] | None = None,
    adapted: tuple[str, ...] = (),
) -> None:
    """Write the decoder's graph: embeddings, mask and cache in, logits of the last positions and the cache out.

    The tensors of an adapter are inputs that may be left out; the weights' files are the same with and without them.

    Raises:
        ValueError: heads of a width that the attention operator does not take.
    """
    if config.head_dim % 8:
        raise ValueError(f"attention heads are {config.head_dim} wide; only multiples of 8 can be exported")
    graph = GraphWriter(ExternalData(folder, stem, max_file_bytes))
    hidden = graph.input("inputs_embeds", np.float32, ["batch_size", "sequence_length", config.hidden_size])
    attention = _attention_inputs(graph, config)
    adapters = _Adapters(graph, config, adapted)
    keep = graph.input("num_logits_to_keep", np.int64, [])

    layers = config.num_hidden_layers
    normed = _norm(graph, config, hidden, weights.input_norm(0), "model.layers.0.input_layernorm")
    for index in range(layers):
        following_norm = weights.input_norm(index + 1) if index + 1 < layers else weights.final_norm
        parts = _StoredLayer(graph, config, index, weights.layer(index), following_norm, adapters, attention)
        hidden, normed = add_layer(graph, config, parts, hidden, normed)
        if progress:
            progress(index + 1, layers)
    last = _last_positions(graph, normed, keep)
    if weights.head is None:
        _tied_head(graph, weights.embedding, table, last)
    else:
        linear(graph, last, weights.head, "lm_head", output="logits")
    graph.output("logits", np.float32, ["batch_size", "num_logits", config.vocab_size])
    graph.save(folder / f"{stem}.onnx", "decoder_model_merged")


def _attention_inputs(graph: GraphWriter, config: LlamaConfig) -> list[str]:
    """What every attention node shares: lengths derived from the mask, and the rotary tables."""
    mask = graph.input("attention_mask", np.int64, ["batch_size", "total_sequence_length"])
    axis = graph.weight("axis_1", np.array([1], dtype=np.int64))
    one = graph.weight("one", np.array([1], dtype=np.int64))
    count = graph.op("ReduceSum", mask, axis, name="attention_mask/count", keepdims=0)
    last = graph.op("Sub", count, one, name="attention_mask/last")
    seqlens = graph.op("Cast", last, name="attention_mask/seqlens_k", to=TensorProto.INT32)
    shape = graph.op("Shape", mask, name="attention_mask/shape", start=1, end=2)
    scalar = graph.op("Squeeze", shape, name="attention_mask/total")
    total = graph.op("Cast", scalar, name="attention_mask/total_int32", to=TensorProto.INT32)
    cos, sin = rotary_tables(config)
    shared = [seqlens, total, graph.weight("cos_cache", cos), graph.weight("sin_cache", sin)]
    if not _rotates_inside(config):
        positions = graph.op("Shape", "inputs_embeds", name="inputs_embeds/positions", start=1, end=2)
        shared.append(graph.op("Sub", shape, positions, name="attention_mask/past"))
    return shared


def _rotates_inside(config: LlamaConfig) -> bool:
    """`GroupQueryAttention` turns heads of a multiple of 16; others are turned before it, which is slower."""
    return config.head_dim % 16 == 0


def rotary_tables(config: LlamaConfig) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines of every position, each (max_position_embeddings, head_dim / 2) float32."""
    frequencies = config.rope_theta ** (-np.arange(0, config.head_dim, 2, dtype=np.float64) / config.head_dim)
    angles = np.outer(np.arange(config.max_position_embeddings, dtype=np.float64), frequencies)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


class LayerParts(Protocol):
    """What differs between a layer that holds its weights and one that is given them (`layer_graph`)."""

    name: str  # that of all nodes begins with

    def product(self, x: str, which: str) -> str:
        """Add the product of a value with one of the layer's weights, of `lora.PRODUCTS`."""

    def attend(self, qkv: str) -> str:
        """Add attention over stacked queries, keys and values."""

    def feed_forward(self, normed: str) -> str:
        """Add the gated feed-forward network over the norm of the residual stream."""

    def norm(self, which: str) -> str:
        """Add the weights of a norm, of `NORMS`."""


def add_layer(graph: GraphWriter, config: LlamaConfig, parts: LayerParts, hidden: str, normed: str) -> tuple[str, str]:
    """One decoder layer; returns the residual stream and its norm for the layer that follows."""
    name = parts.name
    qkv = parts.product(normed, "self_attn.qkv_proj")
    projected = parts.product(parts.attend(qkv), "self_attn.o_proj")
    hidden, normed = _add_and_norm(graph, config, hidden, projected, parts.norm(NORMS[0]), f"{name}.{NORMS[0]}")
    return _add_and_norm(graph, config, hidden, parts.feed_forward(normed), parts.norm(NORMS[1]), f"{name}.{NORMS[1]}")


def add_gate(graph: GraphWriter, gate_up: str, name: str, axis: int) -> str:
    """SiLU of the first half times the second half."""
    gate, up = f"{name}.gate", f"{name}.up"
    graph.op("Split", gate_up, name=f"{name}.split", outputs=[gate, up], axis=axis, num_outputs=2)
    # QuickGelu with alpha 1 is SiLU, x * sigmoid(x), in one pass.
    silu = graph.op(f"{CONTRIB}.QuickGelu", gate, name=f"{name}.silu", alpha=1.0)
    return graph.op("Mul", silu, up, name=f"{name}.product")


class _StoredLayer:
    """A layer whose weights are the graph's."""

    def __init__(
        self,
        graph: GraphWriter,
        config: LlamaConfig,
        index: int,
        weights: LayerWeights,
        following_norm: np.ndarray,
        adapters: _Adapters,
        attention: list[str],
    ) -> None:
        self.name = f"model.layers.{index}"
        self._graph, self._config, self._index = graph, config, index
        self._products, self._adapters, self._attention = weights.products, adapters, attention
        self._norms = dict(zip(NORMS, (weights.post_attention_norm, following_norm), strict=True))

    def product(self, x: str, which: str) -> str:
        y = linear(self._graph, x, self._products[which], f"{self.name}.{which}")
        return self._adapters.add(x, y, self.name, which)

    def attend(self, qkv: str) -> str:
        return _attend(self._graph, self._config, qkv, self._index, self._attention)

    def feed_forward(self, normed: str) -> str:
        gate_up = self.product(normed, "mlp.gate_up_proj")
        return self.product(add_gate(self._graph, gate_up, f"{self.name}.mlp", axis=-1), "mlp.down_proj")

    def norm(self, which: str) -> str:
        return self._graph.weight(f"{self.name}.{which}.weight", self._norms[which])


class _Adapters:
    """What adapters add to the products of layers, where they are given when the graph runs: B (A x)."""

    def __init__(self, graph: GraphWriter, config: LlamaConfig, adapted: tuple[str, ...]) -> None:
        """
        Args:
            adapted: those of `lora.PRODUCTS` that take an adapter.
        """
        self._graph = graph
        self._shapes = {product: shape for product, shape in product_shapes(config).items() if product in adapted}

    def add(self, x: str, y: str, layer: str, product: str) -> str:
        """y, (B, S, N), and what an adapter makes of the product's input x, (B, S, K)."""
        if product not in self._shapes:
            return y
        name = f"{layer}.{product}"
        rows, columns = self._shapes[product]
        down = self._optional(f"{name}.{A}", [columns, RANK])
        up = self._optional(f"{name}.{B}", [RANK, rows])
        narrow = self._graph.op("MatMul", x, down, name=f"{name}.lora_a_product")  # (B, S, R)
        wide = self._graph.op("MatMul", narrow, up, name=f"{name}.lora_b_product")  # (B, S, N)
        return self._graph.op("Add", y, wide, name=f"{name}.lora")

    def _optional(self, name: str, shape: list[str | int]) -> str:
        """An input that is a matrix of rank 0, which adds nothing, unless one is given."""
        absent = [0 if isinstance(size, str) else size for size in shape]
        self._graph.weight(name, np.zeros(absent, dtype=np.float32))
        return self._graph.input(name, np.float32, shape)


def _attend(graph: GraphWriter, config: LlamaConfig, qkv: str, index: int, attention: list[str]) -> str:
    caches = []
    for half in ("key", "value"):
        shape: list[str | int] = ["batch_size", config.num_key_value_heads, "{}_sequence_length", config.head_dim]
        caches.append(graph.input(f"past_key_values.{index}.{half}", np.float32, _named(shape, "past")))
        graph.output(f"present.{index}.{half}", np.float32, _named(shape, "present"))
    name = f"model.layers.{index}.self_attn.attention"
    inside = _rotates_inside(config)
    inputs = [qkv, "", "", *caches, *attention]
    if not inside:
        inputs = [*_rotated(graph, config, qkv, name, attention), *caches, *attention[:2]]
    return graph.op(
        f"{CONTRIB}.GroupQueryAttention",
        *inputs,
        name=name,
        outputs=[f"{name}/out", f"present.{index}.key", f"present.{index}.value"],
        num_heads=config.num_attention_heads,
        kv_num_heads=config.num_key_value_heads,
        do_rotary=int(inside),
    )


def _rotated(graph: GraphWriter, config: LlamaConfig, qkv: str, name: str, attention: list[str]) -> list[str]:
    """Queries and keys turned by their positions, and the values."""
    cos, sin, past = attention[2:]
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    widths = np.array([config.hidden_size, config.key_value_size, config.key_value_size], dtype=np.int64)
    graph.op("Split", qkv, graph.weight("qkv_widths", widths), name=f"{name}.split", outputs=parts, axis=-1)
    heads = (config.num_attention_heads, config.num_key_value_heads)
    turned = [
        graph.op(f"{CONTRIB}.RotaryEmbedding", part, past, cos, sin, name=f"{part}.rotary", num_heads=count)
        for part, count in zip(parts, heads, strict=False)
    ]
    return [*turned, parts[2]]


def _named(shape: list[str | int], which: str) -> list[str | int]:
    return [size.format(which) if isinstance(size, str) else size for size in shape]


def _norm(graph: GraphWriter, config: LlamaConfig, x: str, weight: np.ndarray, name: str) -> str:
    """RMS norm in standard operators, which ONNX Runtime fuses into one; only the first layer's needs it."""
    epsilon = graph.weight(f"{name}.epsilon", np.array([config.rms_norm_eps], dtype=np.float32))
    axis = graph.weight("axis_last", np.array([-1], dtype=np.int64))
    square = graph.op("Mul", x, x, name=f"{name}.square")
    mean = graph.op("ReduceMean", square, axis, name=f"{name}.mean")
    root = graph.op("Sqrt", graph.op("Add", mean, epsilon, name=f"{name}.variance"), name=f"{name}.root")
    scaled = graph.op("Div", x, root, name=f"{name}.scaled")
    return graph.op("Mul", scaled, graph.weight(f"{name}.weight", weight), name=name)


def _add_and_norm(
    graph: GraphWriter, config: LlamaConfig, residual: str, x: str, weight: str, name: str
) -> tuple[str, str]:
    """residual + x, and its RMS norm, in one node."""
    normed, total = f"{name}/out", f"{name}/residual"
    graph.op(
        f"{CONTRIB}.SkipSimplifiedLayerNormalization",
        *[residual, x, weight],
        name=name,
        outputs=[normed, "", "", total],
        epsilon=config.rms_norm_eps,
    )
    return total, normed


def _last_positions(graph: GraphWriter, hidden: str, keep: str) -> str:
    """The last `num_logits_to_keep` positions; 0 keeps all, as in transformers."""
    axis = graph.weight("axis_1", np.array([1], dtype=np.int64))
    start = graph.op("Neg", graph.op("Reshape", keep, axis, name="num_logits_to_keep/1d"), name="logits/start")
    end = graph.weight("slice_end", np.array([np.iinfo(np.int64).max], dtype=np.int64))
    return graph.op("Slice", hidden, start, end, axis, name="logits/positions")


def _tied_head(graph: GraphWriter, embedding: Matrix, table: Table, hidden: str) -> None:
    """The embedding's own bytes as the output head."""
    if isinstance(embedding, FloatMatrix):
        weight = graph.weight("lm_head.weight", table["weight"])
        float_product(graph, hidden, as_float32(graph, weight, embedding.weight.dtype), "lm_head", output="logits")
        return
    rows, columns = embedding.shape
    blocks = -(-columns // embedding.block_size)
    packed = reshaped(table["weight"], (rows, blocks, embedding.block_size * embedding.bits // 8))
    inputs = [hidden, graph.weight("lm_head.weight", packed)]
    inputs += [graph.weight(f"lm_head.weight_{name}", table[name]) for name in list(table)[1:]]
    quantized_product(graph, inputs, embedding, "lm_head", output="logits")
