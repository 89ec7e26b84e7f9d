"""A layer's 4-bit weights as INT8 rows, unpacked when they are needed: what long prompts are multiplied with.

The scales of a row's blocks are whole multiples of one number (`graphs.whole_scales`), so that the unpacked weights are
the packed ones exactly, and unpacking is integer arithmetic on eight weights at a time.

Letters: N output features, K input features, S weights that share a scale, B = K / S blocks of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pocketvlm.graphs.whole_scales import HIGHEST, LOWEST, TOP

ZERO = 128  # what an unpacked weight of 0 is: rows are uint8, because the fast products take unsigned by signed
EACH = np.uint64(0x0101010101010101)  # one in each of the eight bytes that are computed together
LOW = np.uint64(0x0F0F0F0F0F0F0F0F)
HIGH = np.uint64(28)  # bits that bring the high nibbles of four bytes to the low ones of the next four
NEARLY = 1e-4  # how far a float32 multiple may be from a whole one


@dataclass(frozen=True)
class PackedRows:
    """One weight matrix as `MatMulNBits` holds it, and the scales of its unpacked rows.

    Attributes:
        packed: (N, B, S / 2) uint8.
        scales: (N, B) float32.
        zero_points: (N, ceil(B / 2)) uint8, a nibble a block.
        row_scales: (N, 1) float32, of which `scales` are whole multiples.
    """

    packed: np.ndarray
    scales: np.ndarray
    zero_points: np.ndarray
    row_scales: np.ndarray

    def unpack(self, rows: slice, out: np.ndarray) -> None:
        """Fill some rows of `out`, (N, B, S / 8) uint64: of every eight weights the even ones, then the odd ones.

        That is how nibbles fall when four bytes of them are widened to eight. A weight w is w / row scale + `ZERO`.
        """
        multiples = np.rint(self.scales[rows] / self.row_scales[rows])  # (n, B)
        offsets = ZERO - unpacked_zero_points(self.zero_points[rows], multiples.shape[1]) * multiples
        eights = out[rows]
        np.copyto(eights, self.packed[rows].view(np.uint32))
        np.bitwise_or(eights, np.left_shift(eights, HIGH), out=eights)
        np.bitwise_and(eights, LOW, out=eights)
        np.multiply(eights, multiples.astype(np.uint64)[..., None], out=eights)
        np.add(eights, offsets.astype(np.uint64)[..., None] * EACH, out=eights)


def unpacked_zero_points(packed: np.ndarray, blocks: int) -> np.ndarray:
    """(N, B) float32."""
    both = np.stack([packed & 15, packed >> 4], axis=-1).reshape(len(packed), -1)
    return both[:, :blocks].astype(np.float32)


def row_scales(scales: np.ndarray, zero_points: np.ndarray) -> np.ndarray | None:
    """The number of each row that the scales of all its blocks are whole multiples of, few enough for int8.

    Args:
        scales, zero_points: as in `PackedRows`.
    Returns:
        (N, 1) float32, or None where a row has no such number.
    """
    zeros = unpacked_zero_points(zero_points, scales.shape[1])
    largest = scales.max(axis=1, keepdims=True)
    found = np.where(largest == 0, np.float32(1), np.float32(0))  # a row of zeros is a multiple of anything
    for count in range(1, 2 * HIGHEST // TOP + 1):  # of the largest scale; the fewest that do
        unit = np.where(largest == 0, np.float32(1), largest / np.float32(count))
        multiples = scales / unit
        nearest = np.rint(multiples)
        fits = (np.abs(multiples - nearest) < NEARLY) & (nearest >= 0)
        fits &= (nearest * (TOP - zeros) <= HIGHEST) & (-nearest * zeros >= LOWEST)
        found = np.where((found == 0) & fits.all(axis=1, keepdims=True), unit, found)
    return found if (found > 0).all() else None
