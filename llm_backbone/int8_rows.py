"""A layer's 4-bit weights as INT8 rows: what long prompts are multiplied with.

Where the scales of a row's blocks are whole multiples of one number (`graphs.whole_scales`), the unpacked weights are
the packed ones exactly, and unpacking is integer arithmetic on eight weights at a time (`PackedRows`). Others are
rounded to a 127th of the largest of their row (`rounded_rows`).

Letters: N output features, K input features, S weights that share a scale, B = K / S blocks of a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pocketvlm.graphs.quantization import unpacked_nibbles
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
        _part(self.packed[rows], eights)
        np.multiply(eights, multiples.astype(np.uint64)[..., None], out=eights)
        np.add(eights, offsets.astype(np.uint64)[..., None] * EACH, out=eights)


def _part(packed: np.ndarray, eights: np.ndarray) -> None:
    """Nibbles, four bytes of them, as a byte each in a uint64: of every eight the even ones, then the odd ones."""
    np.copyto(eights, packed.view(np.uint32))
    np.bitwise_or(eights, np.left_shift(eights, HIGH), out=eights)
    np.bitwise_and(eights, LOW, out=eights)


@dataclass(frozen=True)
class PackedWeights:
    """One weight matrix as `MatMulNBits` holds it, with scales of any kind.

    Attributes:
        packed: (N, B + E / S, S / 2) uint8; E further columns, if there are any, meet sums of the input's blocks
            (`linear.LinearWeight.extra_inputs`), once or several times all of them and each time filled up to S.
        scales: (N, B + E / S) float32.
        zero_points: (N, ceil((B + E / S) / 2)) uint8, a nibble a block.
        blocks: B.
    """

    packed: np.ndarray
    scales: np.ndarray
    zero_points: np.ndarray
    blocks: int

    def parted(self, rows: slice) -> np.ndarray:
        """Some rows in float32, (n, K), of every eight weights the even ones, then the odd ones."""
        scales = self.scales[rows]
        constants = -unpacked_zero_points(self.zero_points[rows], scales.shape[1]) * scales
        own = constants[:, : self.blocks]
        if scales.shape[1] > self.blocks:
            own = own + self._rests(rows, scales[:, self.blocks :], constants[:, self.blocks :])
        packed = np.ascontiguousarray(self.packed[rows, : self.blocks])  # (n, B, S / 2)
        eights = np.empty((*packed.shape[:2], packed.shape[2] // 4), dtype=np.uint64)
        _part(packed, eights)
        weights = eights.view(np.uint8).astype(np.float32)  # (n, B, S)
        weights *= scales[:, : self.blocks, None]
        weights += own[..., None]
        return weights.reshape(len(weights), -1)

    def _rests(self, rows: slice, scales: np.ndarray, constants: np.ndarray) -> np.ndarray:
        """What the further columns add to all weights of a block, (n, B)."""
        size = 2 * self.packed.shape[2]
        rests = unpacked_nibbles(self.packed[rows, self.blocks :]).reshape(*scales.shape, size) * scales[..., None]
        rests += constants[..., None]  # (n, E / S, S)
        filled = -(-self.blocks // size) * size  # columns that the sums take up each time
        added: np.ndarray = rests.reshape(len(rests), -1, filled)[..., : self.blocks].sum(axis=1)
        return added


def rounded_rows(
    weights: PackedWeights, rows: slice, lora: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of int8 that are nearest to some of the weights.

    Args:
        lora: A (K, R) and B (R, N) of an adapter (`lora`), which is added to the weights.
    Returns:
        Rows (n, K) uint8, in which 0 is `ZERO`, of every eight weights the even ones, then the odd ones; and their
        scales (n, 1) float32.
    """
    exact = weights.parted(rows)
    if lora is not None:
        down, up = lora
        order = down.reshape(-1, 4, 2, down.shape[1]).swapaxes(1, 2).reshape(down.shape)
        exact += up[:, rows].T @ order.T
    largest = np.maximum(exact.max(axis=1, keepdims=True), -exact.min(axis=1, keepdims=True))
    steps = np.where(largest == 0, np.float32(1), largest) / np.float32(HIGHEST)
    exact *= 1 / steps
    exact += ZERO + np.float32(0.5)  # which are all positive: what is cut off rounds them
    return exact.astype(np.uint8), steps


def unpacked_zero_points(packed: np.ndarray, blocks: int) -> np.ndarray:
    """(N, B) float32."""
    return unpacked_nibbles(packed)[:, :blocks].astype(np.float32)


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
