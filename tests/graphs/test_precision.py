"""`Precision`: what it refuses, and what it holds."""

from typing import Any

import numpy as np
import pytest

from pocketvlm.graphs.linear import FloatMatrix, Precision, stacked
from pocketvlm.graphs.quantization import QuantizedMatrix

WEIGHT = np.random.default_rng(0).normal(0, 1, (6, 160)).astype(np.float32)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "int2"}, "no precision 'int2'; there are fp32, fp16, int8, int4"),
        ({"kind": "int4", "block_size": 48}, "no block size 48; there are 32, 64, 128, 256"),
        ({"kind": "int4", "method": "gptq"}, "no method 'gptq'; there are rtn, k_quant, imatrix"),
    ],
)
def test_unknown_value_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Precision(**values)


@pytest.mark.parametrize("kind", ["fp32", "fp16"])
def test_float_kinds_round_to_their_type(kind: str) -> None:
    matrix = Precision(kind).hold(WEIGHT)
    assert isinstance(matrix, FloatMatrix)
    np.testing.assert_array_equal(matrix.weight, WEIGHT.astype({"fp32": np.float32, "fp16": np.float16}[kind]))


@pytest.mark.parametrize("kind", ["int8", "int4"])
@pytest.mark.parametrize("block_size", [32, 64, 128])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("method", ["rtn", "k_quant"])
def test_integer_kinds_are_held_as_asked(kind: str, block_size: int, symmetric: bool, method: str) -> None:
    matrix = Precision(kind, block_size, symmetric, method).hold(WEIGHT)
    assert isinstance(matrix, QuantizedMatrix)
    assert (matrix.bits, matrix.block_size) == ({"int8": 8, "int4": 4}[kind], block_size)
    assert (matrix.zero_points is None) == symmetric
    # Half a step of a range of at most 2 * 4 deviations, and some for clipping.
    assert np.abs(matrix.dequantized() - WEIGHT).max() < {"int8": 0.06, "int4": 0.9}[kind]


@pytest.mark.parametrize("precision", [Precision("fp16"), Precision("int4", 64, False), Precision("int8")], ids=str)
def test_stacking_what_is_held_is_holding_what_is_stacked(precision: Precision) -> None:
    parts = [WEIGHT[:2], WEIGHT[2:]]
    apart, whole = stacked([precision.hold(part) for part in parts]), precision.hold(WEIGHT)
    for matrix in (apart, whole):
        assert matrix.shape == WEIGHT.shape
    if isinstance(apart, FloatMatrix) and isinstance(whole, FloatMatrix):
        np.testing.assert_array_equal(apart.weight, whole.weight)
    else:
        assert isinstance(apart, QuantizedMatrix)
        assert isinstance(whole, QuantizedMatrix)
        np.testing.assert_array_equal(apart.dequantized(), whole.dequantized())


def test_stacking_different_kinds_is_refused() -> None:
    with pytest.raises(AssertionError):
        stacked([Precision("fp32").hold(WEIGHT), Precision("int8").hold(WEIGHT)])
