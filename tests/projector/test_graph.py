"""The projectors' ONNX graphs equal the reference's outputs and their definitions, on any grid, in any precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.tensors import Arrays
from pocketvlm.projector.definition import expected, image_tokens, token_count
from pocketvlm.projector.graph import FromGraph, write_projector
from pocketvlm.projector.runtime import Projector

IN, OUT = 48, 64
KINDS = ["ldpnet", "ldpnetv2", "linear", "mlp1x_gelu", "mlp3x_gelu"]
FP32 = Precision("fp32")
MAX_BYTES = 45_000_000


def random_tensors(kind: str) -> Arrays:
    """Weights at a scale that keeps every layer's output near 1, norms near the identity."""
    random = np.random.default_rng(3)
    found = {}
    for name, shape in expected(kind, IN, OUT).items():
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 1
        found[name] = random.normal(0, 1 / np.sqrt(fan_in), shape).astype(np.float32)
    return Arrays(found)


def features(patches: int, batch: int = 1) -> np.ndarray:
    return np.random.default_rng(patches).normal(0, 1, (batch, patches, IN)).astype(np.float32)


def written(kind: str, tensors: Arrays, folder: Path, precision: Precision = FP32) -> Projector:
    return Projector(write_projector(kind, IN, OUT, tensors, folder, precision, MAX_BYTES), threads=1)


def relative(found: np.ndarray, expected: np.ndarray) -> float:
    """The error's length as a share of the expected vector's."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def test_graph_equals_the_reference(golden: Any, tmp_path: Path) -> None:
    in_features, out_features = golden.image_features[0].shape[-1], golden.image_tokens[0].shape[-1]
    path = write_projector(golden.kind, in_features, out_features, golden.tensors, tmp_path, FP32, MAX_BYTES)
    assert path.name == "projector.onnx"
    projector = Projector(path, threads=1)
    for given, tokens in zip(golden.image_features, golden.image_tokens, strict=True):
        # The project's bound is 1e-3; float32 sums in another order stay well below a tenth of it.
        assert np.abs(projector.project(given) - tokens).max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", [1, 2, 5, 6])
def test_any_square_grid_gives_what_the_definition_gives(kind: str, side: int, tmp_path: Path) -> None:
    if kind == "ldpnetv2" and side == 1:
        side = 3  # its pooling leaves nothing of a single patch, in torch as well
    tensors, given = random_tensors(kind), features(side * side, batch=2)
    found = written(kind, tensors, tmp_path).project(given)
    wanted = image_tokens(kind, tensors, given)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() < 1e-4 * np.abs(wanted).max()  # float32 sums in another order


@pytest.mark.parametrize(
    ("precision", "bound"),
    [
        (Precision("fp16"), 1e-3),  # weights rounded to 11 bits, 2**-12 each: 2e-4 is seen
        (Precision("int8"), 2e-2),  # weights and activations rounded to 8 bits: up to 1e-2 is seen
        (Precision("int8", block_size=128, symmetric=False), 2e-2),
        (Precision("int4"), 2e-1),  # weights rounded to 4 bits: up to 8e-2 is seen
        (Precision("int4", block_size=64, symmetric=False), 2e-1),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["ldpnet", "ldpnetv2", "mlp2x_gelu"])
def test_other_precisions_are_close(kind: str, precision: Precision, bound: float, tmp_path: Path) -> None:
    tensors, given = random_tensors(kind), features(36)
    path = write_projector(kind, IN, OUT, tensors, tmp_path, precision, MAX_BYTES)
    assert path.name == f"projector_{precision.term}.onnx"
    error = relative(Projector(path, threads=1).project(given), image_tokens(kind, tensors, given))
    assert 0 < error < bound


@pytest.mark.parametrize("kind", KINDS)
def test_graph_gives_its_weights_back(kind: str, tmp_path: Path) -> None:
    tensors = random_tensors(kind)
    path = write_projector(kind, IN, OUT, tensors, tmp_path, FP32, MAX_BYTES)
    read = FromGraph(kind, IN, OUT, graph_tensors(path))
    assert {name: read.shape(name) for name in read.names} == expected(kind, IN, OUT)
    for name in tensors.names:
        np.testing.assert_array_equal(read.read(name), tensors.read(name))


@pytest.mark.parametrize("kind", ["ldpnet", "ldpnetv2"])
def test_patches_that_are_no_square_are_refused(kind: str, tmp_path: Path) -> None:
    projector = written(kind, random_tensors(kind), tmp_path)
    with pytest.raises(ValueError, match="577 patches are no square grid"):
        projector.project(features(577))


@pytest.mark.parametrize("kind", ["linear", "mlp2x_gelu"])
def test_a_perceptron_takes_any_number_of_patches(kind: str, tmp_path: Path) -> None:
    assert written(kind, random_tensors(kind), tmp_path).project(features(7)).shape == (1, 7, OUT)


@pytest.mark.parametrize("shape", [(1, 4, IN + 1), (4, IN), (1, 2, 2, IN)])
def test_features_of_another_width_are_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    projector = written("linear", random_tensors("linear"), tmp_path)
    with pytest.raises(ValueError, match=rf"takes \[batch, patches, {IN}\]"):
        projector.project(np.zeros(shape, np.float32))


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no linear from 48 to 65: bias is .*; weight is"):
        write_projector("linear", IN, OUT + 1, random_tensors("linear"), tmp_path, FP32, MAX_BYTES)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "height", "width", "tokens"),
    [
        ("ldpnetv2_2", 30, 14, 105),
        ("ldpnetv2_4", 30, 14, 32),
        ("ldpnetv2_4", 8, 4, 2),
        ("ldpnetv2_3", 2, 1, 1),
    ],
)
def test_grids_of_any_shape_are_projected_whole(
    kind: str, height: int, width: int, tokens: int, tmp_path: Path
) -> None:
    tensors, given = random_tensors(kind), features(height * width, batch=2)
    projector = written(kind, tensors, tmp_path)
    found = projector.project(given, (height, width))
    wanted = image_tokens(kind, tensors, given, (height, width))
    assert projector.takes_grid
    assert found.shape == wanted.shape == (2, tokens, OUT)
    assert token_count(kind, height, width) == tokens
    assert np.abs(found - wanted).max() < 1e-4 * np.abs(wanted).max()  # float32 sums in another order


def test_what_is_left_over_at_the_edges_is_pooled(tmp_path: Path) -> None:
    projector, given = written("ldpnetv2_4", random_tensors("ldpnetv2_4"), tmp_path), features(30 * 14)
    before = projector.project(given, (30, 14))
    given[:, -1] += 1  # the patch at the lower right, outside every whole window
    changed = np.abs(projector.project(given, (30, 14)) - before).max(axis=(0, 2))
    assert changed.argmax() == len(changed) - 1


@pytest.mark.parametrize("grid", [None, (30, 13), (14, 0)])
def test_a_grid_that_is_not_the_patches_is_refused(grid: tuple[int, int] | None, tmp_path: Path) -> None:
    projector = written("ldpnetv2_2", random_tensors("ldpnetv2_2"), tmp_path)
    with pytest.raises(ValueError, match="420 patches need a grid"):
        projector.project(features(420), grid)
