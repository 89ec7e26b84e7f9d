"""Rows of int8 against the blocks that they are unpacked from."""

import numpy as np
import pytest

from pocketvlm.graphs.quantization import quantize
from pocketvlm.llm_backbone.int8_rows import ZERO, PackedRows, row_scales


@pytest.mark.parametrize(("blocks", "size"), [(4, 32), (3, 64), (2, 128)])
def test_rows_are_the_blocks_weights_exactly(blocks: int, size: int) -> None:
    random = np.random.default_rng(blocks)
    weight = random.normal(0.1, random.uniform(0.2, 1, (40, 1)), (40, blocks * size)).astype(np.float32)
    matrix = quantize(weight, 4, False, size, "k_quant", whole=True)
    zero_points = matrix.packed_zero_points()
    assert zero_points is not None
    scales = row_scales(matrix.scales, zero_points)
    assert scales is not None
    out = np.empty((40, blocks, size // 8), dtype=np.uint64)
    packed = PackedRows(matrix.packed(), matrix.scales, zero_points, scales)
    for start in range(0, 40, 16):
        packed.unpack(slice(start, start + 16), out)
    eights = out.view(np.uint8).reshape(40, -1, 2, 4).transpose(0, 1, 3, 2)  # even and odd weights beside each other
    found = (eights.reshape(40, -1).astype(np.float32) - ZERO) * scales
    # Counts and scales are exact; the block's scale itself was rounded to float32 once.
    np.testing.assert_allclose(found, matrix.dequantized(), rtol=1e-6, atol=0)


def test_free_scales_have_no_row_scale() -> None:
    weight = np.random.default_rng(0).normal(size=(8, 128)).astype(np.float32)
    matrix = quantize(weight, 4, False, 32, "k_quant")
    zero_points = matrix.packed_zero_points()
    assert zero_points is not None
    assert row_scales(matrix.scales, zero_points) is None


def test_a_row_of_zeros_has_some_row_scale() -> None:
    matrix = quantize(np.zeros((2, 64), dtype=np.float32), 4, False, 32, "k_quant", whole=True)
    zero_points = matrix.packed_zero_points()
    assert zero_points is not None
    scales = row_scales(matrix.scales, zero_points)
    assert scales is not None
    out = np.empty((2, 2, 4), dtype=np.uint64)
    PackedRows(matrix.packed(), matrix.scales, zero_points, scales).unpack(slice(None), out)
    assert (out.view(np.uint8) == ZERO).all()
