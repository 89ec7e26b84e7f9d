"""A graph that is not fit to be shipped is told from one that is, and every reason is given."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import ModelProto, helper, numpy_helper

from pocketvlm.bundle import open_bundle
from pocketvlm.graphs.checks import OPERATORS, check_graph
from pocketvlm.graphs.linear import LinearWeight, Precision, linear
from pocketvlm.graphs.paths import path_problem
from pocketvlm.graphs.writer import ExternalData, GraphWriter

Change = Callable[[ModelProto], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good graph: two products, whose weights lie in external data."""
    folder = tmp_path / "onnx"
    folder.mkdir()
    graph = GraphWriter(ExternalData(folder, "model", 1 << 30))
    x = graph.input("x", np.float32, ["rows", 64])
    for index in range(2):
        weight = np.random.default_rng(index).normal(size=(64, 64)).astype(np.float32)
        x = linear(graph, x, LinearWeight(Precision("fp32").hold(weight)), f"p{index}")
    graph.output(x, np.float32, ["rows", 64])
    graph.save(folder / "model.onnx", "products")
    return folder / "model.onnx"


def edit(path: Path, change: Change) -> None:
    model = onnx.load(str(path), load_external_data=False)
    change(model)
    path.write_bytes(model.SerializeToString())


def set_external(key: str, value: str) -> Change:
    """Change where the first weight's bytes are said to lie."""

    def change(model: ModelProto) -> None:
        for item in model.graph.initializer[0].external_data:
            if item.key == key:
                item.value = value

    return change


def test_good_graph_has_no_problems(path: Path) -> None:
    assert check_graph(path) == []


@pytest.mark.parametrize("part", sorted(open_bundle("nano").parts))
def test_the_embedded_bundle_has_no_problems(part: str) -> None:
    assert check_graph(open_bundle("nano").graph(part)) == []


def test_the_runtime_knows_every_listed_operator() -> None:
    """The list is what packages carry; that this package does is seen here, as far as it names its operators."""
    known = {(schema.domain, schema.name) for schema in ort.capi.onnxruntime_pybind11_state.get_all_operator_schema()}
    assert {(domain, name) for domain, names in OPERATORS.items() for name in names} <= known


def add_node(kind: str, domain: str) -> Change:
    return lambda model: model.graph.node.append(
        helper.make_node(kind, ["x"], ["unused"], name=f"the_{kind}", domain=domain)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (add_node("Erf", ""), "ai.onnx.Erf is not known to be in every package; the_Erf and 0 more"),
        (add_node("BiasGelu", "com.microsoft"), "com.microsoft.BiasGelu is not known"),
        (add_node("Run", "my.own"), "my.own.Run is not known"),
        (lambda m: m.opset_import.append(helper.make_opsetid("my.own", 1)), "operators of 'my.own'"),
        (lambda m: setattr(m.opset_import[0], "version", 99), "opset 99 of ai.onnx, newer than 21"),
        (lambda m: setattr(m, "ir_version", 99), "IR version 99"),
        (
            lambda m: m.functions.append(helper.make_function("my.own", "F", ["a"], ["a"], [], [])),
            "functions of its own: F",
        ),
        (
            lambda m: m.graph.node[0].attribute.append(
                helper.make_attribute("value", numpy_helper.from_array(np.zeros(1)))
            ),
            "p0 carries a tensor or a graph in value",
        ),
        (lambda m: m.graph.initializer.pop(), "onnx's checker says: .*p1.weight"),
        (set_external("location", "/etc/passwd"), "p0.weight: '/etc/passwd' is an absolute path"),
        (set_external("location", "C:\\data"), "is an absolute path"),
        (set_external("location", "../model.onnx_data"), "leads out of the folder"),
        (set_external("location", "sub\\..\\..\\x"), "leads out of the folder"),
        (set_external("location", ""), "'' is no file name"),
        (set_external("location", "other.data"), "p0.weight: other.data is missing"),
        (set_external("offset", "-64"), "bytes -64 to 16320 do not lie in"),
        (set_external("offset", "16448"), "bytes 16448 to 32832 do not lie in model.onnx_data, which has 32768"),
        (set_external("offset", "x"), "are no numbers"),
        (set_external("length", "16"), "16 bytes are no tensor of 16384"),
    ],
)
def test_each_fault_is_named(path: Path, change: Change, message: str) -> None:
    edit(path, change)
    found = check_graph(path)
    assert len(found) == 1
    assert "\n" not in found[0]
    assert re.search(message, found[0])


def test_all_faults_are_listed(path: Path) -> None:
    edit(path, add_node("Erf", ""))
    edit(path, set_external("location", "other.data"))
    assert len(check_graph(path)) == 2


def test_truncated_data_is_a_problem(path: Path) -> None:
    os.truncate(path.with_name("model.onnx_data"), 20_000)
    (problem,) = check_graph(path)
    assert problem.startswith("p1.weight: bytes")


def test_link_out_of_the_folder_is_a_problem(path: Path) -> None:
    data = path.with_name("model.onnx_data")
    data.rename(path.parent.parent / "elsewhere")
    data.symlink_to(path.parent.parent / "elsewhere")
    assert all("is a link out of the folder" in problem for problem in check_graph(path))
    assert len(check_graph(path)) == 2


def test_link_within_the_folder_is_fine(path: Path) -> None:
    data = path.with_name("model.onnx_data")
    data.rename(path.with_name("weights"))
    data.symlink_to("weights")
    assert path_problem(path.parent, data.name) is None


def test_file_with_a_second_name_is_fine(path: Path) -> None:
    os.link(path.with_name("model.onnx_data"), path.parent.parent / "second name")  # as package caches do
    assert check_graph(path) == []


@pytest.mark.parametrize("content", [b"", b"not a graph", None])
def test_file_that_is_no_graph_is_a_problem(path: Path, content: bytes | None) -> None:
    path.unlink() if content is None else path.write_bytes(content)
    (problem,) = check_graph(path)
    assert "\n" not in problem
