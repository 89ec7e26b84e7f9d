"""Rows of int8 against the blocks that they are unpacked from."""

import numpy as np
import pytest

from pocketvlm.graphs.quantization import QuantizedMatrix, quantize
from pocketvlm.llm_backbone.gguf_decoder import with_rests
from pocketvlm.llm_backbone.int8_rows import ZERO, PackedRows, PackedWeights, rounded_rows, row_scales


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


def packed(matrix: QuantizedMatrix, columns: int) -> PackedWeights:
    zero_points = matrix.packed_zero_points()
    assert zero_points is not None
    return PackedWeights(matrix.packed(), matrix.scales, zero_points, columns // matrix.block_size)


def weights(rows: int, columns: int) -> np.ndarray:
    random = np.random.default_rng(columns)
    return random.normal(0.1, random.uniform(0.2, 1, (rows, 1)), (rows, columns)).astype(np.float32)


def assert_nearest(held: PackedWeights, wanted: np.ndarray, lora: tuple[np.ndarray, np.ndarray] | None = None) -> None:
    for rows in (slice(0, 16), slice(16, 64)):
        found, scales = rounded_rows(held, rows, lora)
        eights = found.reshape(len(found), -1, 2, 4).swapaxes(2, 3)  # even and odd weights beside each other
        exact = wanted[rows]
        assert (np.abs((eights.reshape(exact.shape).astype(np.float32) - ZERO) * scales - exact) < 0.501 * scales).all()
        np.testing.assert_allclose(scales[:, 0], np.abs(exact).max(axis=1) / 127, rtol=1e-5)


@pytest.mark.parametrize(("blocks", "size"), [(4, 32), (3, 64), (2, 128)])
def test_free_scales_are_rounded_to_the_nearest_step(blocks: int, size: int) -> None:
    matrix = quantize(weights(40, blocks * size), 4, False, size, "k_quant")
    assert_nearest(packed(matrix, blocks * size), matrix.dequantized())


def test_an_adapter_is_rounded_with_the_weights() -> None:
    matrix, random = quantize(weights(40, 96), 4, False, 32, "k_quant"), np.random.default_rng(0)
    down, up = (random.normal(0, 0.3, shape).astype(np.float32) for shape in ((96, 5), (5, 40)))
    assert_nearest(packed(matrix, 96), matrix.dequantized() + (down @ up).T, (down, up))


@pytest.mark.parametrize("blocks", [3, 33])
def test_what_blocks_leave_over_is_in_the_rounded_rows(blocks: int) -> None:
    """GGUF's Q4_1: a constant a block, held in further columns that meet sums of the input."""
    columns = 32 * blocks
    matrix = quantize(weights(40, columns), 4, False, 32, "k_quant")
    linear = with_rests(matrix, np.random.default_rng(0).normal(0, 0.05, (40, blocks)).astype(np.float32))
    assert isinstance(linear.matrix, QuantizedMatrix)
    assert linear.extra_inputs is not None
    whole = linear.matrix.dequantized()
    wanted = whole[:, :columns] + whole[:, columns:] @ linear.extra_inputs.T
    assert np.abs(wanted - matrix.dequantized()).max() > 0.1
    assert_nearest(packed(linear.matrix, columns), wanted)


def test_a_row_of_zeros_is_rounded_to_zeros() -> None:
    held = packed(quantize(np.zeros((2, 64), dtype=np.float32), 4, False, 32, "k_quant"), 64)
    rows, scales = rounded_rows(held, slice(None))
    assert (rows == ZERO).all()
    assert (scales > 0).all()
