"""Block scales that are whole multiples of a row's, beside those that are free."""

import numpy as np
import pytest

from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.quantization import QuantizedMatrix, quantize

BLOCK = 32


def weights(rows: int = 24, columns: int = 6 * BLOCK, seed: int = 0) -> np.ndarray:
    """Blocks of uneven sizes, as trained weights have them."""
    random = np.random.default_rng(seed)
    sizes = np.repeat(random.uniform(0.3, 1, (rows, columns // BLOCK)), BLOCK, axis=1)
    return (random.normal(0.05, 1, (rows, columns)) * sizes).astype(np.float32)


def error(matrix: QuantizedMatrix, weight: np.ndarray) -> float:
    return float(np.square(matrix.dequantized() - weight).mean())


@pytest.mark.parametrize("method", ["rtn", "k_quant", "imatrix"])
def test_int8_rows_hold_every_weight_exactly(method: str) -> None:
    weight = weights()
    importance = np.random.default_rng(1).uniform(0.1, 4, weight.shape[1]).astype(np.float32)
    matrix = quantize(weight, 4, False, BLOCK, method, importance, whole=True)
    assert matrix.zero_points is not None
    unit = np.array([row[row > 0].min() for row in matrix.scales])
    found = matrix.dequantized()
    for row, smallest in zip(found, unit, strict=True):
        counts = [
            smallest / divisor for divisor in range(1, 18)
        ]  # the row's number is a fraction of its smallest scale
        whole = [np.abs(row / each - np.rint(row / each)).max() < 1e-3 for each in counts]
        fits = [np.abs(np.rint(row / each)).max() <= 128 for each in counts]
        assert any(a and b for a, b in zip(whole, fits, strict=True))


def test_error_is_little_more_than_with_free_scales() -> None:
    weight = weights(rows=200)
    free = quantize(weight, 4, False, BLOCK, "k_quant")
    whole = quantize(weight, 4, False, BLOCK, "k_quant", whole=True)
    assert error(whole, weight) < 1.1 * error(free, weight)  # 1.06 seen


def test_rows_of_zeros_and_one_large_block_stay_finite() -> None:
    weight = weights(rows=3)
    weight[0] = 0
    weight[1, :BLOCK] *= 1000
    matrix = quantize(weight, 4, False, BLOCK, "k_quant", whole=True)
    assert np.isfinite(matrix.scales).all()
    assert not matrix.dequantized()[0].any()
    assert np.abs(matrix.dequantized()[1, :BLOCK] - weight[1, :BLOCK]).max() < np.abs(weight[1, :BLOCK]).max() / 10


def test_whole_scales_are_for_four_bits_with_zero_points() -> None:
    with pytest.raises(ValueError, match="zero points"):
        Precision("int4", whole_scales=True)
    with pytest.raises(ValueError, match="int4"):
        Precision("int8", symmetric=False, whole_scales=True)
    with pytest.raises(ValueError, match="zero points"):
        quantize(weights(), 4, True, BLOCK, "rtn", whole=True)
