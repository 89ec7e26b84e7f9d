"""What a graph's file holds is read back as it was held, whatever form the products have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from pocketvlm.bundle import open_bundle
from pocketvlm.graphs.linear import FloatMatrix, LinearWeight, Precision, RowQuantizedMatrix, linear, quantize_rows
from pocketvlm.graphs.quantization import QuantizedMatrix
from pocketvlm.graphs.reading import GraphTensors, graph_tensors
from pocketvlm.graphs.session import open_session
from pocketvlm.graphs.tensors import Tensors
from pocketvlm.graphs.writer import CONTRIB, ExternalData, GraphWriter

ROWS, COLUMNS = 40, 128
PRECISIONS = [
    Precision("fp32"),
    Precision("fp16"),
    *[
        Precision(kind, block_size=size, symmetric=symmetric)
        for kind in ("int8", "int4")
        for size in (32, 64, 128)
        for symmetric in (True, False)
    ],
]


def gaussian(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.01, 0.3, (rows, columns)).astype(np.float32)


def write(folder: Path, weights: dict[str, LinearWeight], columns: int = COLUMNS) -> Path:
    """A graph with a product for each weight, all of the same input."""
    graph = GraphWriter(ExternalData(folder, "model", 1 << 30))
    x = graph.input("x", np.float32, ["rows", columns])
    for name, weight in weights.items():
        graph.output(f"y.{name}", np.float32, ["rows", weight.matrix.shape[0]])
        linear(graph, x, weight, name, output=f"y.{name}")
    graph.save(folder / "model.onnx", "products")
    return folder / "model.onnx"


def held(weight: LinearWeight) -> np.ndarray:
    """The float32 matrix that a weight stands for."""
    matrix = weight.matrix
    assert not isinstance(matrix, RowQuantizedMatrix)
    return matrix.weight.astype(np.float32) if isinstance(matrix, FloatMatrix) else matrix.dequantized()


def as_tensors(tensors: GraphTensors) -> Tensors:
    """Checked by the type checker and here: a graph is a source of tensors like any other."""
    return tensors


@pytest.mark.parametrize("precision", PRECISIONS, ids=str)
@pytest.mark.parametrize("columns", [COLUMNS, 96], ids=["whole blocks", "incomplete block"])
def test_products_are_read_back_exactly(precision: Precision, columns: int, tmp_path: Path) -> None:
    bias = gaussian(1, ROWS)[0]
    weight = LinearWeight(precision.hold(gaussian(ROWS, columns)), bias=bias)
    tensors = as_tensors(graph_tensors(write(tmp_path, {"layers.0.proj": weight}, columns)))
    assert tensors.names == {"layers.0.proj.weight", "layers.0.proj.bias"}
    assert tensors.shape("layers.0.proj.weight") == (ROWS, columns)
    np.testing.assert_array_equal(tensors.read("layers.0.proj.weight"), held(weight))
    np.testing.assert_array_equal(tensors.read("layers.0.proj.bias"), bias)


@pytest.mark.parametrize(
    "precision", [Precision(kind, symmetric=False) for kind in ("fp32", "fp16", "int8", "int4")], ids=str
)
def test_extra_inputs_are_folded_back(precision: Precision, tmp_path: Path) -> None:
    sums = np.repeat(np.eye(COLUMNS // 4, dtype=np.float32), 4, axis=0)  # (K, E): groups of four inputs, summed
    weight = LinearWeight(precision.hold(gaussian(ROWS, COLUMNS + COLUMNS // 4)), extra_inputs=sums)
    whole = held(weight)
    path = write(tmp_path, {"proj": weight})
    tensors = graph_tensors(path)
    assert tensors.names == {"proj.weight"}
    assert tensors.shape("proj.weight") == (ROWS, COLUMNS)
    expected = whole[:, :COLUMNS] + whole[:, COLUMNS:] @ sums.T
    np.testing.assert_allclose(tensors.read("proj.weight"), expected, rtol=0, atol=1e-6)  # one float32 addition each
    x = gaussian(3, COLUMNS, seed=1)
    found = open_session(path, threads=1).run(None, {"x": x})[0]
    # What the graph computes, as far as rounding activations to 8 bits (0.4% a value) lets it be seen.
    assert np.linalg.norm(found - x @ expected.T) < 0.02 * np.linalg.norm(found)


def test_large_matrices_are_read_some_rows_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pocketvlm.graphs.reading.WEIGHTS_AT_A_TIME", 7 * COLUMNS)  # 40 rows: five times 7 and a rest
    weight = LinearWeight(Precision("int4", symmetric=False).hold(gaussian(ROWS, COLUMNS)))
    np.testing.assert_array_equal(graph_tensors(write(tmp_path, {"p": weight})).read("p.weight"), held(weight))


def test_weights_come_from_several_files(tmp_path: Path) -> None:
    weights = {f"p{index}": LinearWeight(FloatMatrix(gaussian(ROWS, COLUMNS, index))) for index in range(3)}
    graph = GraphWriter(ExternalData(tmp_path, "model", ROWS * COLUMNS * 4 + 64))
    x = graph.input("x", np.float32, ["rows", COLUMNS])
    for name, weight in weights.items():
        linear(graph, x, weight, name)
    graph.output("p0/out", np.float32, ["rows", ROWS])
    graph.save(tmp_path / "model.onnx", "products")
    assert len(list(tmp_path.glob("*.onnx_data*"))) == 3
    tensors = graph_tensors(tmp_path / "model.onnx")
    for name, weight in weights.items():
        np.testing.assert_array_equal(tensors.read(f"{name}.weight"), held(weight))


@pytest.mark.parametrize("precision", [p for p in PRECISIONS if p.kind in ("int8", "int4")], ids=str)
def test_quantised_tables_are_read_back_exactly(precision: Precision, tmp_path: Path) -> None:
    table = precision.hold(gaussian(ROWS, COLUMNS))
    assert isinstance(table, QuantizedMatrix)
    graph = GraphWriter(ExternalData(tmp_path, "model", 1 << 30))
    ids = graph.input("ids", np.int64, ["rows"])
    inputs = [graph.weight(f"table.weight_q{table.bits}", table.packed().reshape(ROWS, -1)), ids]
    inputs.append(graph.weight("table.weight_scales", table.scales))
    zero_points = table.packed_zero_points()
    if zero_points is not None:
        inputs.append(graph.weight("table.weight_zero_points", zero_points))
    kind = {"gather_axis": 0, "quantize_axis": 1, "bits": table.bits, "block_size": table.block_size}
    graph.op(f"{CONTRIB}.GatherBlockQuantized", *inputs, name="table", outputs=["rows_of_table"], **kind)
    graph.output("rows_of_table", np.float32, ["rows", COLUMNS])
    graph.save(tmp_path / "model.onnx", "table")
    tensors = graph_tensors(tmp_path / "model.onnx")
    assert tensors.shape("table.weight") == (ROWS, COLUMNS)
    np.testing.assert_array_equal(tensors.read("table.weight"), table.dequantized())
    looked_up = open_session(tmp_path / "model.onnx", threads=1).run(None, {"ids": np.arange(ROWS)})[0]
    np.testing.assert_array_equal(looked_up, table.dequantized())


def test_dynamic_int8_products_are_read_back(tmp_path: Path) -> None:
    matrix, bias = quantize_rows(gaussian(ROWS, COLUMNS)), gaussian(1, ROWS)[0]
    path = write(tmp_path, {"p": LinearWeight(matrix, bias=bias)})
    tensors = graph_tensors(path)
    assert tensors.names == {"p.weight", "p.bias"}
    assert tensors.shape("p.weight") == (ROWS, COLUMNS)
    weight = tensors.read("p.weight")
    np.testing.assert_array_equal(weight, matrix.q.astype(np.float32) * matrix.scales[:, None])
    np.testing.assert_array_equal(tensors.read("p.bias"), bias)
    x = gaussian(3, COLUMNS)
    found = open_session(path, threads=1).run(None, {"x": x})[0]
    # Activations are rounded to 8 bits of their whole range, about 0.4% of the largest.
    assert np.linalg.norm(found - x @ weight.T - bias) < 0.02 * np.linalg.norm(found)


def test_rotary_tables_and_epsilons_are_no_weights() -> None:
    bundle = open_bundle("nano")
    names = graph_tensors(bundle.graph("decoder_model_merged")).names
    last = {f"model.layers.{index}.{part}" for index in range(30) for part in NANO_LAYER}
    assert names == {*last, "model.layers.0.input_layernorm.weight", "lm_head.weight"}


NANO_LAYER = [
    "self_attn.qkv_proj.weight",
    "self_attn.o_proj.weight",
    "post_attention_layernorm.weight",
    "mlp.gate_up_proj.weight",
    "mlp.down_proj.weight",
    "output_norm.weight",
]


def test_tied_head_and_table_are_the_same_weights() -> None:
    bundle = open_bundle("nano")
    table = graph_tensors(bundle.graph("embed_tokens")).read("embed_tokens.weight")
    head = graph_tensors(bundle.graph("decoder_model_merged")).read("lm_head.weight")
    np.testing.assert_array_equal(head, table)


def test_file_that_is_no_graph_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(ValueError, match="is no ONNX graph") as raised:
        graph_tensors(tmp_path / "model.onnx")
    assert "\n" not in str(raised.value)


def test_quantised_product_without_its_weights_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, {"p": LinearWeight(Precision("int8").hold(gaussian(ROWS, COLUMNS)))})
    model = onnx.load(str(path), load_external_data=False)
    del model.graph.initializer[0]
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ValueError, match=r"p\.weight_q8 is no initializer"):
        graph_tensors(path).read("p.weight")
