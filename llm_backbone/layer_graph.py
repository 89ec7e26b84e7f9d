"""One decoder layer as a graph whose weights are inputs: what fills the cache with long prompts (`prefill`).

All layers have this shape, so one small graph serves them all. Its products are INT8: a layer's weights, unpacked once
to rows of int8 (`int8_rows`), times positions that are rounded by a scale each. Attention is float32, whatever the
cache keeps.

Letters: T new positions, P positions in the cache, N output features, K input features, W head width.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import TensorProto

from pocketvlm.graphs.names import LAYER_STEM
from pocketvlm.graphs.whole_scales import HIGHEST
from pocketvlm.graphs.writer import CONTRIB, ExternalData, GraphWriter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import add_layer
from pocketvlm.llm_backbone.int8_rows import ZERO
from pocketvlm.llm_backbone.layer_weights import locate_weights
from pocketvlm.llm_backbone.lora import product_shapes
from pocketvlm.llm_backbone.prefill import FACTS, HALVES, TABLES

SMALLEST = 1e-12  # of a position's scale, so that one of zeros is not divided by zero
INLINE = 1 << 20  # bytes; the graph has no weights, so it has no file of them


def write_layer(config: LlamaConfig, decoder_path: Path) -> Path | None:
    """Write the layer's graph beside a decoder that is complete, or nothing where its weights do not suit it.

    They do if every product is 4-bit blocks whose scales are whole multiples of a row's, and that fill the rows; heads
    have to be a multiple of 16 wide.

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
    layer = _GivenLayer(graph, config, int8_cache)
    outputs = add_layer(graph, config, layer, hidden, normed)
    for name, output in zip(("hidden_out", "normed_out"), outputs, strict=True):
        graph.op("Identity", output, name=name, outputs=[name])
        graph.output(name, np.float32, [1, "positions", config.hidden_size])
    graph.save(path, LAYER_STEM, {FACTS: facts.to_json()})
    return path


class _GivenLayer:
    """A layer whose weights are inputs (`graph.LayerParts`)."""

    name = "layer"

    def __init__(self, graph: GraphWriter, config: LlamaConfig, int8_cache: bool) -> None:
        self._graph, self._config, self._int8_cache = graph, config, int8_cache

    def norm(self, which: str) -> str:
        return self._graph.input(which, np.float32, [self._config.hidden_size])

    def product(self, x: str, which: str) -> str:
        """INT8 rows times positions: (1, T, K) to (1, T, N). Products of columns are what the runtime scales apart."""
        graph, name = self._graph, which
        rows, columns = product_shapes(self._config)[which]
        weight = graph.input(f"{which}.weight", np.uint8, [rows, columns])
        scales = graph.input(f"{which}.scales", np.float32, [rows, 1])
        steps, step = self._rounded(x, columns, name)  # (K, T) int8, (T,)
        product = graph.op(
            f"{CONTRIB}.MatMulIntegerToFloat",
            *[
                weight,
                steps,
                graph.weight("one", np.array(1, dtype=np.float32)),
                step,
                graph.weight("zero", np.array(ZERO, dtype=np.uint8)),
            ],
            name=f"{name}.product",
        )  # (N, T)
        scaled = graph.op("Mul", product, scales, name=f"{name}.scaled")
        turned = graph.op("Transpose", scaled, name=f"{name}.turned", perm=[1, 0])
        return graph.op("Unsqueeze", turned, self._ints("axis_0", [0]), name=f"{name}.batch")

    def _rounded(self, x: str, columns: int, name: str) -> tuple[str, str]:
        """Positions as int8 columns, in the order that weights are unpacked in, and the columns' scales."""
        graph = self._graph
        flat = graph.op("Squeeze", x, self._ints("axis_0", [0]), name=f"{name}.positions")  # (T, K)
        largest = graph.op(
            "ReduceMax",
            graph.op("Abs", flat, name=f"{name}.magnitude"),
            self._ints("axis_1", [1]),
            name=f"{name}.largest",
            keepdims=0,
        )
        share = graph.weight("int8_step", np.array(1 / HIGHEST, dtype=np.float32))
        step = graph.op("Mul", largest, share, name=f"{name}.exact_step")
        step = graph.op(
            "Max", step, graph.weight("smallest", np.array(SMALLEST, dtype=np.float32)), name=f"{name}.step"
        )
        columnwise = graph.op("Transpose", flat, name=f"{name}.columns", perm=[1, 0])  # (K, T)
        inverse = graph.op("Reciprocal", step, name=f"{name}.inverse_step")
        steps = self._int8(graph.op("Mul", columnwise, inverse, name=f"{name}.steps"), f"{name}.rounded")
        eights = graph.op(
            "Reshape", steps, self._ints(f"eights_{columns}", [columns // 8, 4, 2, -1]), name=f"{name}.eights"
        )
        parted = graph.op("Transpose", eights, name=f"{name}.even_and_odd", perm=[0, 2, 1, 3])
        return graph.op("Reshape", parted, self._ints(f"all_{columns}", [columns, -1]), name=f"{name}.parted"), step

    def _int8(self, x: str, name: str) -> str:
        """To the nearest integers, as far as int8 goes."""
        one = self._graph.weight("one", np.array(1, dtype=np.float32))
        zero = self._graph.weight("zero_int8", np.array(0, dtype=np.int8))
        return self._graph.op("QuantizeLinear", x, one, zero, name=name)

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
        total = graph.op("Add", length, graph.op("Shape", "hidden", name="count", start=1, end=2), name="total")
        last = graph.op("Sub", total, self._ints("axis_1", [1]), name="last")
        total = graph.op("Squeeze", total, name="total_scalar")
        lengths = [graph.op("Cast", each, name=f"{each}.int32", to=TensorProto.INT32) for each in (last, total)]
        tables = [graph.input(table, np.float32, ["context", config.head_dim // 2]) for table in TABLES]
        graph.op(
            f"{CONTRIB}.GroupQueryAttention",
            *[qkv, "", "", *pasts, *lengths, *tables],
            name="attention",
            outputs=["attended", *(f"present_{half}" for half in HALVES)],
            num_heads=config.num_attention_heads,
            kv_num_heads=config.num_key_value_heads,
            do_rotary=1,
        )
        for index, half in enumerate(HALVES):
            self._new_positions(half, held, shape, length, scales[index] if scales else None)
        return "attended"

    def _new_positions(self, half: str, held: type, shape: list[str | int], length: str, scale: str | None) -> None:
        """The output of what the cache has to take up."""
        graph, name = self._graph, f"new_{half}"
        end = self._ints("end", [np.iinfo(np.int64).max])
        new = graph.op("Slice", f"present_{half}", length, end, self._ints("axis_2", [2]), name=f"{name}.float32")
        if scale is None:
            graph.op("Identity", new, name=name, outputs=[name])
        else:
            steps = graph.op("Div", new, scale, name=f"{name}.steps")
            graph.op("Identity", self._int8(steps, f"{name}.rounded"), name=name, outputs=[name])
        graph.output(name, held, [*shape[:2], "positions", shape[3]])

    def _ints(self, name: str, values: list[int]) -> str:
        return self._graph.weight(name, np.array(values, dtype=np.int64))
