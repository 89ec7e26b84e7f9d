"""With rounding turned off a quantised graph gives the product of its weights, in every form that rounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pocketvlm.graphs.exact import open_exact, rounds_activations
from pocketvlm.graphs.linear import LinearWeight, Precision, linear, quantize_rows
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.session import open_session
from pocketvlm.graphs.writer import ExternalData, GraphWriter

ROWS, COLUMNS = 40, 128


def gaussian(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def write(folder: Path, weight: LinearWeight) -> Path:
    graph = GraphWriter(ExternalData(folder, "model", 1 << 30))
    x = graph.input("x", np.float32, ["rows", COLUMNS])
    linear(graph, x, weight, "p", output="y")
    graph.output("y", np.float32, ["rows", ROWS])
    graph.save(folder / "model.onnx", "product")
    return folder / "model.onnx"


BLOCKS = [Precision(kind, symmetric=symmetric) for kind in ("int8", "int4") for symmetric in (True, False)]
WEIGHTS = [
    *[LinearWeight(precision.hold(gaussian(ROWS, COLUMNS)), bias=gaussian(ROWS, seed=1)) for precision in BLOCKS],
    LinearWeight(quantize_rows(gaussian(ROWS, COLUMNS)), bias=gaussian(ROWS, seed=1)),
    LinearWeight(quantize_rows(gaussian(ROWS, COLUMNS))),
]


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: type(weight.matrix).__name__)
def test_rounding_is_turned_off(weight: LinearWeight, tmp_path: Path) -> None:
    path, x = write(tmp_path, weight), gaussian(5, COLUMNS, seed=2)
    held = graph_tensors(path).read("p.weight")
    expected = x @ held.T + (0 if weight.bias is None else weight.bias)
    exact, shipped = (opened(path, 1).run(None, {"x": x})[0] for opened in (open_exact, open_session))
    assert rounds_activations(path)
    scale = np.abs(expected).max()
    assert np.abs(exact - expected).max() < 1e-6 * scale * np.sqrt(COLUMNS)  # float32 sums in another order
    assert np.abs(shipped - expected).max() > 1e-3 * scale  # what is turned off can be seen: steps of 1/127


@pytest.mark.parametrize("kind", ["fp32", "fp16"])
def test_float_graph_rounds_nothing(kind: str, tmp_path: Path) -> None:
    weight = LinearWeight(Precision(kind).hold(gaussian(ROWS, COLUMNS)))
    path, x = write(tmp_path, weight), gaussian(5, COLUMNS, seed=2)
    assert not rounds_activations(path)
    exact, shipped = (opened(path, 1).run(None, {"x": x})[0] for opened in (open_exact, open_session))
    np.testing.assert_array_equal(exact, shipped)
