"""One decoder layer as a graph whose weights are inputs: what fills the cache with long prompts (`prefill`).

All layers have this shape, so one small graph serves them all. Its products are INT8: a layer's weights, as rows of
int8 (`layer_rows`), times positions that are rounded by a scale each. Attention is float32, whatever the cache keeps.

Letters: T new positions, P positions in the cache, N output features, K input features, W head width.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from onnx import TensorProto

from pocketvlm.graphs.names import LAYER_STEM
from pocketvlm.graphs.whole_scales import HIGHEST
from pocketvlm.graphs.writer import CONTRIB, ExternalData, GraphWriter, largest_magnitudes
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import add_gate, add_layer
from pocketvlm.llm_backbone.int8_rows import ZERO
from pocketvlm.llm_backbone.layer_weights import locate_weights
from pocketvlm.llm_backbone.lora import product_shapes
from pocketvlm.llm_backbone.prefill import HALVES, TABLES

PIECES = 4  # of a prompt, for attention: more of them save little more, and begin to cost
GROUPS = 16  # of rows, for reductions
FINER = 2 * HIGHEST  # steps in one: what a step leaves over is half of one, either way
SMALLEST = 1e-12  # of a position's scale, so that one of zeros is not divided by zero
Columns = tuple[str, str]  # of int8, (K, T), and their scales, (T,)
INLINE = 1 << 20  # bytes; the graph has no weights, so it has no file of them


def write_layer(config: LlamaConfig, decoder_path: Path) -> Path | None:
    """Write the layer's graph beside a decoder that is complete, or nothing where its weights do not suit it.

    They do if every product is 4-bit blocks that have zero points and fill the rows, if the blocks' scales are whole
    multiples of a row's or the model is small (`layer_rows`), and if heads are a multiple of 16 wide.

    Returns:
        The graph's path.
    """
    path = decoder_path.with_name(f"{LAYER_STEM}.onnx")
    facts = locate_weights(config, decoder_path, path) if config.head_dim % 16 == 0 else None
    if facts is None:
        return None
    graph = GraphWriter(ExternalData(path.parent, LAYER_STEM, INLINE))
    hidden = graph.input("hidden", np.float32, [1, "positions", config.hidden_size])
    normed = graph.input("normed", np.float32, [1, "positions", config.hidden_size])
    int8_cache = any(name.endswith(".k_scale") for name in facts.places)
    layer = _GivenLayer(graph, config, int8_cache, finely=not facts.whole)
    outputs = add_layer(graph, config, layer, hidden, normed)
    for name, output in zip(("hidden_out", "normed_out"), outputs, strict=True):
        graph.op("Identity", output, name=name, outputs=[name])
        graph.output(name, np.float32, [1, "positions", config.hidden_size])
    graph.save(path, LAYER_STEM, asdict(facts))
    return path


class _GivenLayer:
    """A layer whose weights are inputs (`graph.LayerParts`)."""

    name = "layer"

    def __init__(self, graph: GraphWriter, config: LlamaConfig, int8_cache: bool, finely: bool) -> None:
        """
        Args:
            finely: positions are rounded to int8, and then what that leaves over again: twice the products, and as near
                to float positions as the decoder's own, which have a scale for each block.
        """
        self._graph, self._config, self._int8_cache, self._finely = graph, config, int8_cache, finely

    def norm(self, which: str) -> str:
        return self._graph.input(which, np.float32, [self._config.hidden_size])

    def product(self, x: str, which: str) -> str:
        """INT8 rows times positions: (1, T, K) to (1, T, N)."""
        return self._upright(self._times(which, self._rounded(x, which)), which)

    def feed_forward(self, normed: str) -> str:
        """Between its two products positions are columns, as the products leave them: wide matrices are not turned."""
        up, down = "mlp.gate_up_proj", "mlp.down_proj"
        inner = add_gate(self._graph, self._times(up, self._rounded(normed, up)), "mlp", axis=0)
        return self._upright(self._times(down, self._rounded_columns(inner, down)), down)

    def _times(self, which: str, columns: list[Columns]) -> str:
        """INT8 rows times the sum of columns of int8: (N, T) float32."""
        graph, (rows, inputs) = self._graph, product_shapes(self._config)[which]
        weight = graph.input(f"{which}.weight", np.uint8, [rows, inputs])
        scales = graph.input(f"{which}.scales", np.float32, [rows, 1])
        zero = graph.weight("zero", np.array(ZERO, dtype=np.uint8))
        products = [
            graph.op(
                f"{CONTRIB}.MatMulIntegerToFloat",
                *[weight, steps, self._one(), step, zero],
                name=f"{which}.product.{part}",
            )
            for part, (steps, step) in enumerate(columns)
        ]
        whole = products[0] if len(products) == 1 else graph.op("Add", *products, name=f"{which}.sum")
        return graph.op("Mul", whole, scales, name=f"{which}.scaled")  # the runtime scales columns apart, not rows

    def _upright(self, columns: str, name: str) -> str:
        """(N, T) to (1, T, N)."""
        turned = self._graph.op("Transpose", columns, name=f"{name}.turned", perm=[1, 0])
        return self._graph.op("Unsqueeze", turned, self._ints("axis_0", [0]), name=f"{name}.batch")

    def _rounded(self, x: str, which: str) -> list[Columns]:
        """Positions (1, T, K) as int8 columns, in the order that weights are unpacked in."""
        graph = self._graph
        flat = graph.op("Squeeze", x, self._ints("axis_0", [0]), name=f"{which}.positions")  # (T, K)
        step = self._step(largest_magnitudes(graph, flat, which), which)
        parts = [graph.op("QuantizeLinear", flat, step, name=f"{which}.steps", axis=0, output_dtype=TensorProto.INT8)]
        if self._finely:
            steps = graph.op("Unsqueeze", step, self._ints("axis_1", [1]), name=f"{which}.step_of_row")  # (T, 1)
            parts.append(self._left_over(graph.op("Div", flat, steps, name=f"{which}.exact_steps"), parts[0], which))
        turned = [
            graph.op("Transpose", part, name=f"{which}.columns.{index}", perm=[1, 0])  # (K, T)
            for index, part in enumerate(parts)
        ]
        return self._columns(turned, step, which)

    def _rounded_columns(self, x: str, which: str) -> list[Columns]:
        """The same of positions that are columns already, (K, T)."""
        graph, columns = self._graph, product_shapes(self._config)[which][1]
        # In two stages: over the first axis alone the runtime's reductions take five times as long.
        shape = self._ints(f"groups_{columns}", [GROUPS, columns // GROUPS, -1])
        grouped = graph.op("Reshape", x, shape, name=f"{which}.grouped")
        groups = largest_magnitudes(graph, grouped, f"{which}.groups")  # (GROUPS, T)
        largest = graph.op("ReduceMax", groups, self._ints("axis_0", [0]), name=f"{which}.largest", keepdims=0)
        step = self._step(largest, which)
        inverse = graph.op("Div", self._one(), step, name=f"{which}.inverse_step")
        exact = graph.op("Mul", x, inverse, name=f"{which}.exact_steps")
        parts = [self._int8(exact, f"{which}.steps")]
        if self._finely:
            parts.append(self._left_over(exact, parts[0], which))
        return self._columns(parts, step, which)

    def _left_over(self, exact: str, steps: str, which: str) -> str:
        """What rounding left over, at most half a step, in steps that are as much finer as int8 allows."""
        graph = self._graph
        wide = graph.op("Cast", steps, name=f"{which}.whole_steps", to=TensorProto.FLOAT)
        rest = graph.op("Sub", exact, wide, name=f"{which}.rest")
        finer = graph.weight("finer", np.array(FINER, dtype=np.float32))
        return self._int8(graph.op("Mul", rest, finer, name=f"{which}.exact_finer_steps"), f"{which}.finer_steps")

    def _columns(self, parts: list[str], step: str, which: str) -> list[Columns]:
        """Int8 columns (K, T) in the order of the weights, each with its scales (T,)."""
        steps = [step]
        if self._finely:
            share = self._graph.weight("finer_share", np.array(1 / FINER, dtype=np.float32))
            steps.append(self._graph.op("Mul", step, share, name=f"{which}.finer_step"))
        return [
            (self._parted(part, f"{which}.{index}", which), scale)
            for index, (part, scale) in enumerate(zip(parts, steps, strict=True))
        ]

    def _step(self, largest: str, name: str) -> str:
        """What int8's range is laid over positions with, (T,), by the largest magnitude of each."""
        graph = self._graph
        share = graph.weight("int8_step", np.array(1 / HIGHEST, dtype=np.float32))
        smallest = graph.weight("smallest", np.array(SMALLEST, dtype=np.float32))
        exact = graph.op("Mul", largest, share, name=f"{name}.exact_step")
        return graph.op("Max", exact, smallest, name=f"{name}.step")

    def _parted(self, steps: str, name: str, which: str) -> str:
        """Of every eight of the K rows the even ones before the odd ones."""
        graph, columns = self._graph, product_shapes(self._config)[which][1]
        shape = self._ints(f"eights_{columns}", [columns // 8, 4, 2, -1])
        eights = graph.op("Reshape", steps, shape, name=f"{name}.eights")
        parted = graph.op("Transpose", eights, name=f"{name}.even_and_odd", perm=[0, 2, 1, 3])
        return graph.op("Reshape", parted, self._ints(f"all_{columns}", [columns, -1]), name=f"{name}.parted")

    def _one(self) -> str:
        return self._graph.weight("one", np.array(1, dtype=np.float32))

    def _int8(self, x: str, name: str) -> str:
        """To the nearest integers, as far as int8 goes."""
        zero = self._graph.weight("zero_int8", np.array(0, dtype=np.int8))
        return self._graph.op("QuantizeLinear", x, self._one(), zero, name=name)

    def attend(self, qkv: str) -> str:
        """Causal attention over the cache's positions and the new ones, whose keys and values are outputs."""
        graph, config = self._graph, self._config
        held = np.int8 if self._int8_cache else np.float32
        shape: list[str | int] = [1, config.num_key_value_heads, "past_positions", config.head_dim]
        pasts = [graph.input(f"past_{half}", held, shape) for half in HALVES]
        scales = []
        if self._int8_cache:
            scales = [graph.input(f"{half}_scale", np.float32, [1, shape[1], 1, shape[3]]) for half in HALVES]
            wide = [graph.op("Cast", past, name=f"{past}.float32", to=TensorProto.FLOAT) for past in pasts]
            pasts = [graph.op("Mul", a, b, name=f"{b}.past") for a, b in zip(wide, scales, strict=True)]
        length = graph.op("Shape", "past_k", name="past_length", start=2, end=3)  # (1,)
        tables = [graph.input(table, np.float32, ["context", config.head_dim // 2]) for table in TABLES]
        attended, keys_and_values = self._pieces(qkv, pasts, length, tables)
        for index, half in enumerate(HALVES):
            scale = scales[index] if scales else None
            self._new_positions(half, held, shape, keys_and_values[index], length, scale)
        return attended

    def _pieces(self, qkv: str, caches: list[str], length: str, tables: list[str]) -> tuple[str, list[str]]:
        """Attention piece after piece: the operator computes all scores of its positions, also with later ones."""
        graph, config = self._graph, self._config
        parts = [f"qkv.{index}" for index in range(PIECES)]
        graph.op("Split", qkv, name="qkv.pieces", outputs=parts, axis=1, num_outputs=PIECES)
        attended = []
        for index, part in enumerate(parts):
            count = graph.op("Shape", part, name=f"{part}.count", start=1, end=2)
            length = graph.op("Add", length, count, name=f"{part}.total")
            last = graph.op("Sub", length, self._ints("axis_1", [1]), name=f"{part}.last")
            total = graph.op("Squeeze", length, name=f"{part}.total_scalar")
            lengths = [graph.op("Cast", each, name=f"{each}.int32", to=TensorProto.INT32) for each in (last, total)]
            outputs = [f"attended.{index}", *(f"present_{half}.{index}" for half in HALVES)]
            graph.op(
                f"{CONTRIB}.GroupQueryAttention",
                *[part, "", "", *caches, *lengths, *tables],
                name=f"attention.{index}",
                outputs=outputs,
                num_heads=config.num_attention_heads,
                kv_num_heads=config.num_key_value_heads,
                do_rotary=1,
            )
            attended.append(outputs[0])
            caches = outputs[1:]
        return graph.op("Concat", *attended, name="attended", axis=1), caches

    def _new_positions(
        self, half: str, held: type, shape: list[str | int], present: str, length: str, scale: str | None
    ) -> None:
        """The output of what the cache has to take up."""
        graph, name = self._graph, f"new_{half}"
        end = self._ints("end", [np.iinfo(np.int64).max])
        new = graph.op("Slice", present, length, end, self._ints("axis_2", [2]), name=f"{name}.float32")
        if scale is None:
            graph.op("Identity", new, name=name, outputs=[name])
        else:
            steps = graph.op("Div", new, scale, name=f"{name}.steps")
            graph.op("Identity", self._int8(steps, f"{name}.rounded"), name=name, outputs=[name])
        graph.output(name, held, [*shape[:2], "positions", shape[3]])

    def _ints(self, name: str, values: list[int]) -> str:
        return self._graph.weight(name, np.array(values, dtype=np.int64))
