"""The search for scales: nearer to the weights than by extremes alone, with integer zero points all the same."""

import numpy as np
import pytest

from pocketvlm.graphs.k_quant import k_quant
from pocketvlm.graphs.quantization import quantize, round_to_nearest


def heavy_tailed(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """As trained weights are: most of them small, some of them large, not centred."""
    return np.random.default_rng(seed).standard_t(5, (rows, columns)).astype(np.float32) * 0.02 + 0.003


def weighted_error(weight: np.ndarray, found: np.ndarray, block_size: int) -> float:
    blocked, other = weight.reshape(-1, block_size), found.reshape(-1, block_size)
    importance = np.abs(blocked) + np.sqrt(np.square(blocked).mean(1, keepdims=True))
    return float((importance * np.square(blocked - other)).sum())


@pytest.mark.parametrize("block_size", [32, 64, 128])
@pytest.mark.parametrize("symmetric", [True, False])
def test_error_is_lower_than_by_rounding_to_nearest(symmetric: bool, block_size: int) -> None:
    weight = heavy_tailed(64, 1024)
    errors = {
        method: weighted_error(weight, quantize(weight, 4, symmetric, block_size, method).dequantized(), block_size)
        for method in ("rtn", "k_quant")
    }
    assert errors["k_quant"] < 0.96 * errors["rtn"]  # 0.85 to 0.94 of it measured


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
def test_no_block_is_worse_than_by_rounding_to_nearest(symmetric: bool, bits: int) -> None:
    """Rounding to nearest is among the candidates, and the scale that is found for a candidate is its best."""
    weight = heavy_tailed(64, 32)
    for row in weight:
        nearest, searched = (
            weighted_error(row, quantize(row[None], bits, symmetric, 32, method).dequantized(), 32)
            for method in ("rtn", "k_quant")
        )
        # The range's own count of steps is between two candidates that are half a step from it.
        assert searched <= 1.02 * nearest


@pytest.mark.parametrize("bits", [4, 8])
def test_zero_points_are_integers_of_the_range(bits: int) -> None:
    blocked = np.concatenate([heavy_tailed(50, 32), np.abs(heavy_tailed(50, 32)), -np.abs(heavy_tailed(50, 32))])
    _, zero = k_quant(blocked, bits, symmetric=False)
    assert (zero == np.rint(zero)).all()
    assert zero.min() >= 0
    assert zero.max() <= (1 << bits) - 1


def test_symmetric_zero_point_is_the_middle() -> None:
    scales, zero = k_quant(heavy_tailed(50, 32), 4, symmetric=True)
    assert (zero == 8).all()
    assert (scales != 0).all()


@pytest.mark.parametrize("symmetric", [True, False])
def test_weights_on_the_grid_are_found_exactly(symmetric: bool) -> None:
    random = np.random.default_rng(0)
    steps = random.integers(-8, 8, (40, 32)).astype(np.float32)
    steps[:, :2] = -8, 7
    matrix = quantize(0.25 * steps, 4, symmetric, method="k_quant")
    np.testing.assert_allclose(matrix.dequantized(), 0.25 * steps, rtol=1e-6)  # one division in float32


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("size", [1e-36, 1e-30, 1e-10, 1e10, 1e30, 1e37])
def test_size_of_the_weights_does_not_matter(size: float, symmetric: bool) -> None:
    weight = (heavy_tailed(4, 64) * size).astype(np.float32)
    matrix = quantize(weight, 4, symmetric, method="k_quant")
    # Half a step of 15, and as much again for clipping.
    assert np.abs(matrix.dequantized() - weight).max() < 0.2 * np.abs(weight).max()


def test_both_methods_give_the_same_kind_of_result() -> None:
    for method in (k_quant, round_to_nearest):
        for part in method(heavy_tailed(7, 32), 4, False):
            assert (part.shape, part.dtype) == ((7,), np.float32)


@pytest.mark.parametrize("block_size", [32, 128])
def test_errors_that_meet_large_inputs_are_lower_with_importance(block_size: int) -> None:
    weight = heavy_tailed(64, 512)
    inputs = np.random.default_rng(1).normal(size=(200, 512)).astype(np.float32)
    inputs[:, ::17] *= 12  # as some channels of language models are
    importance = np.square(inputs).mean(0)

    def output_error(method: str) -> float:
        held = quantize(weight, 4, False, block_size, method, importance).dequantized()
        return float(np.square(inputs @ (weight - held).T).sum())

    assert output_error("imatrix") < 0.7 * output_error("k_quant")


def test_inputs_that_are_all_alike_change_nothing() -> None:
    weight = heavy_tailed(16, 100)  # whose rows end in incomplete blocks
    alike = np.full(100, 3.7, np.float32)
    known, unknown = (quantize(weight, 4, False, 32, method, alike) for method in ("imatrix", "k_quant"))
    assert np.array_equal(known.q, unknown.q)
    np.testing.assert_allclose(known.scales, unknown.scales, rtol=1e-5)


def test_inputs_that_never_come_leave_weights_that_are_finite() -> None:
    held = quantize(heavy_tailed(8, 64), 4, False, 32, "imatrix", np.zeros(64, np.float32)).dequantized()
    assert np.isfinite(held).all()
    assert np.abs(held).max() > 0


def test_importance_is_needed() -> None:
    with pytest.raises(ValueError, match="needs to know how much each input matters"):
        quantize(heavy_tailed(4, 32), method="imatrix")
