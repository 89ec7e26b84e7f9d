"""GGUF blocks split without loss, and weights packed as `MatMulNBits` documents it."""

from collections.abc import Callable

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType as Kind

from pocketvlm.graphs.quantization import (
    BLOCK,
    QuantizedMatrix,
    from_q4_0,
    from_q4_1,
    from_q6_k,
    from_q8_0,
    quantize,
    stack,
)


def gaussian(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.01, 0.3, (rows, columns)).astype(np.float32)


def unpacked(packed: np.ndarray, bits: int, count: int) -> list[int]:
    """The values of one row, read as the operator's documentation says: little end first, nibble by nibble."""
    if bits == 8:
        return [int(byte) for byte in packed.reshape(-1)][:count]
    return [int(byte) >> shift & 15 for byte in packed.reshape(-1) for shift in (0, 4)][:count]


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_packing_is_what_the_operator_reads(bits: int, blocks: int) -> None:
    random = np.random.default_rng(blocks)
    q = random.integers(0, 1 << bits, (5, blocks * BLOCK), dtype=np.uint8)
    zero = random.integers(0, 1 << bits, (5, blocks), dtype=np.uint8)
    matrix = QuantizedMatrix(q, np.ones((5, blocks), dtype=np.float32), zero, bits)
    packed, packed_zero = matrix.packed(), matrix.packed_zero_points()
    assert packed.shape == (5, blocks, BLOCK * bits // 8)
    assert packed_zero is not None
    for row in range(5):
        assert unpacked(packed[row], bits, blocks * BLOCK) == q[row].tolist()
        assert unpacked(packed_zero[row], bits, blocks) == zero[row].tolist()


def test_incomplete_last_block_is_padded() -> None:
    matrix = quantize(gaussian(3, BLOCK + 7))
    assert matrix.packed().shape == (3, 2, BLOCK // 2)
    assert unpacked(matrix.packed()[1], 4, BLOCK + 7) == matrix.q[1].tolist()
    assert matrix.dequantized().shape == (3, BLOCK + 7)


@pytest.mark.parametrize(("bits", "symmetric"), [(4, True), (4, False), (8, True), (8, False)])
def test_rounding_is_within_half_a_step(bits: int, symmetric: bool) -> None:
    weight = gaussian(16, 4 * BLOCK)
    matrix = quantize(weight, bits, symmetric)
    step = np.repeat(np.abs(matrix.scales), BLOCK, axis=1)
    # A symmetric range has one step less on one side, and an asymmetric one rounds its zero point as well:
    # the outermost value may be clipped by as much as a whole step there.
    assert (np.abs(matrix.dequantized() - weight) <= 1.001 * step).all()
    assert (np.abs(matrix.dequantized() - weight) <= 0.501 * step).mean() > 0.97


@pytest.mark.parametrize("method", ["rtn", "k_quant"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_zeros_stay_zero(symmetric: bool, method: str) -> None:
    zeros = np.zeros((2, BLOCK), dtype=np.float32)
    assert not quantize(zeros, symmetric=symmetric, method=method).dequantized().any()


@pytest.mark.parametrize("method", ["rtn", "k_quant"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_rows_do_not_depend_on_the_rows_beside_them(symmetric: bool, method: str) -> None:
    weight = gaussian(300, 2000)  # several chunks, on several threads
    whole = quantize(weight, symmetric=symmetric, block_size=64, method=method)
    for row in (0, 130, 131, 132, 299):
        alone = quantize(weight[row : row + 1], symmetric=symmetric, block_size=64, method=method)
        np.testing.assert_array_equal(whole.q[row], alone.q[0])
        np.testing.assert_array_equal(whole.scales[row], alone.scales[0])


def test_rounding_is_q4_0_as_gguf_writes_it() -> None:
    """An independent implementation of the same rule; only its scales are rounded to float16."""
    weight = gaussian(24, 6 * BLOCK)
    other = from_q4_0(gguf.quants.quantize(weight, Kind.Q4_0))
    found = quantize(weight)
    np.testing.assert_allclose(found.scales, other.scales, rtol=2**-11)
    # gguf rounds w / d + 8.5 down: the same but for ties and the last bit.
    assert (found.q == other.q).mean() > 0.999


def awkward() -> np.ndarray:
    """Blocks that strain Q4_1: constant, zero, all above zero, all below, tiny, huge."""
    normal = gaussian(6, BLOCK)
    scale = np.array([0, 0, 1, 1, 1e-6, 1e3], dtype=np.float32)
    shift = np.array([0.25, 0, 5, -5, 0, 0], dtype=np.float32)
    return normal * scale[:, None] + shift[:, None]


@pytest.mark.parametrize("weight", [gaussian(24, 6 * BLOCK), awkward()], ids=["gaussian", "awkward"])
def test_q4_1_splits_exactly(weight: np.ndarray) -> None:
    blocks = gguf.quants.quantize(weight, Kind.Q4_1)
    matrix, rest = from_q4_1(blocks)
    split = matrix.dequantized() + np.repeat(rest, BLOCK, axis=1)
    expected = gguf.dequantize(blocks, Kind.Q4_1)
    # d (q - z) + (m + d z) against d q + m: the same real number, rounded to float32 a few times on the way.
    np.testing.assert_allclose(split, expected, rtol=0, atol=3e-7 * np.abs(expected).max())
    assert matrix.q.max() <= 15
    assert matrix.zero_points is not None
    assert matrix.zero_points.max() <= 15


def test_q4_1_rests_are_at_most_half_a_step() -> None:
    matrix, rest = from_q4_1(gguf.quants.quantize(gaussian(24, 6 * BLOCK), Kind.Q4_1))
    assert (np.abs(rest) <= 0.5001 * matrix.scales).all()


@pytest.mark.parametrize("weight", [gaussian(24, 6 * BLOCK), awkward()], ids=["gaussian", "awkward"])
@pytest.mark.parametrize(("kind", "read"), [(Kind.Q8_0, from_q8_0), (Kind.Q4_0, from_q4_0)])
def test_symmetric_types_are_read_exactly(
    weight: np.ndarray, kind: Kind, read: Callable[[np.ndarray], QuantizedMatrix]
) -> None:
    blocks = gguf.quants.quantize(weight, kind)
    np.testing.assert_array_equal(read(blocks).dequantized(), gguf.dequantize(blocks, kind))


def test_q6_k_is_read_exactly() -> None:
    blocks = np.random.default_rng(0).integers(0, 256, (40, 3 * 210), dtype=np.uint8)  # any bytes are valid
    for block in range(3):  # but for the float16 at the end of a block, which must be finite
        scale = np.linspace(-2, 2, 40).astype(np.float16)
        blocks[:, block * 210 + 208 : block * 210 + 210] = scale[:, None].view(np.uint8)
    matrix = from_q6_k(blocks)
    assert (matrix.shape, matrix.bits, matrix.block_size) == ((40, 3 * 256), 8, 16)
    np.testing.assert_array_equal(matrix.dequantized(), gguf.dequantize(blocks, Kind.Q6_K))


def test_stack_and_rows_move_whole_rows() -> None:
    first, second = quantize(gaussian(3, BLOCK, 1), symmetric=False), quantize(gaussian(2, BLOCK, 2), symmetric=False)
    both = stack([first, second])
    np.testing.assert_array_equal(both.dequantized(), np.concatenate([first.dequantized(), second.dequantized()]))
    order = np.array([4, 0, 2, 1, 3])
    np.testing.assert_array_equal(both.rows(order).dequantized(), both.dequantized()[order])


def test_stack_refuses_parts_of_different_kinds() -> None:
    with pytest.raises(AssertionError):
        stack([quantize(gaussian(3, BLOCK), symmetric=False), quantize(gaussian(3, BLOCK), symmetric=True)])
