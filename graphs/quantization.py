"""Weights as ONNX Runtime's `MatMulNBits` holds them, and GGUF's block formats turned into that without loss.

Letters: N output rows, K input columns, S weights that share a scale (the block size), B = ceil(K / S) blocks a row.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pocketvlm.graphs.k_quant import k_quant
from pocketvlm.graphs.whole_scales import whole_scales

CHUNK = 1 << 18  # weights that are quantised at a time, so that what is computed on the way stays in a core's cache
IMATRIX = "imatrix"  # the method that needs to know the inputs
LEAST_IMPORTANCE = 1e-4  # of an input, beside the mean of all
BLOCK = 32  # weights that share a scale in GGUF's Q4_0, Q4_1 and Q8_0, and unless another size is asked for


@dataclass(frozen=True)
class QuantizedMatrix:
    """One weight matrix of `MatMulNBits`: w = scale * (q - zero_point), block by block along K.

    Attributes:
        q: (N, K) uint8, unpacked; 0..15 for 4 bits, 0..255 for 8.
        scales: (N, B) float32.
        zero_points: (N, B) uint8, or None for the middle of the range.
        bits: 4 or 8.
        block_size: S, a power of two from 16.
    """

    q: np.ndarray
    scales: np.ndarray
    zero_points: np.ndarray | None
    bits: int
    block_size: int = BLOCK

    @property
    def shape(self) -> tuple[int, int]:
        """(N, K)."""
        return self.q.shape[0], self.q.shape[1]

    def packed(self) -> np.ndarray:
        """The operator's B input, (N, B, S * bits / 8) uint8, the first weight in the low nibble."""
        rows, columns = self.shape
        blocks = -(-columns // self.block_size)
        padded = _padded(self.q, self.block_size)
        flat = padded if self.bits == 8 else _pack_nibbles(padded)
        return flat.reshape(rows, blocks, self.block_size * self.bits // 8)

    def packed_zero_points(self) -> np.ndarray | None:
        """The operator's zero_points input, (N, ceil(B * bits / 8)) uint8."""
        if self.zero_points is None or self.bits == 8:
            return self.zero_points
        rows, blocks = self.zero_points.shape
        even = np.zeros((rows, blocks + blocks % 2), dtype=np.uint8)
        even[:, :blocks] = self.zero_points
        return _pack_nibbles(even)

    def dequantized(self) -> np.ndarray:
        """(N, K) float32."""
        middle = np.uint8(1 << (self.bits - 1))
        zero = np.full(self.scales.shape, middle) if self.zero_points is None else self.zero_points
        columns = self.shape[1]
        per_weight = [np.repeat(part, self.block_size, axis=1)[:, :columns] for part in (zero, self.scales)]
        return (self.q.astype(np.float32) - per_weight[0]) * per_weight[1]

    def rows(self, order: np.ndarray) -> QuantizedMatrix:
        """The same matrix with its rows in another order."""
        zero_points = None if self.zero_points is None else self.zero_points[order]
        return QuantizedMatrix(self.q[order], self.scales[order], zero_points, self.bits, self.block_size)


def unpacked(
    packed: np.ndarray, scales: np.ndarray, zero_points: np.ndarray | None, columns: int, bits: int, block_size: int
) -> QuantizedMatrix:
    """What `packed` and `packed_zero_points` made, read back, in any shape of N rows."""
    of_rows = scales.reshape(len(packed), -1).astype(np.float32, copy=False)  # (N, B)
    q = _unpacked(packed, bits, columns)
    zeros = None if zero_points is None else _unpacked(zero_points.reshape(len(packed), -1), bits, of_rows.shape[1])
    return QuantizedMatrix(q, of_rows, zeros, bits, block_size)


def _unpacked(packed: np.ndarray, bits: int, count: int) -> np.ndarray:
    """(N, count) uint8, the first value in the low nibble."""
    flat = packed.reshape(len(packed), -1)
    return (unpacked_nibbles(flat) if bits == 4 else flat)[:, :count]


def stack(parts: list[QuantizedMatrix]) -> QuantizedMatrix:
    """Matrices that read the same input, one above the other, so that one product serves all (fused QKV, gate-up)."""
    zero_points = [part.zero_points for part in parts]
    assert len({(part.bits, part.block_size, part.zero_points is None) for part in parts}) == 1, "parts of one kind"
    return QuantizedMatrix(
        np.concatenate([part.q for part in parts]),
        np.concatenate([part.scales for part in parts]),
        None if any(zero is None for zero in zero_points) else np.concatenate(zero_points),  # type: ignore[arg-type]
        parts[0].bits,
        parts[0].block_size,
    )


def quantize(
    weight: np.ndarray,
    bits: int = 4,
    symmetric: bool = True,
    block_size: int = BLOCK,
    method: str = "rtn",
    importance: np.ndarray | None = None,
    whole: bool = False,
) -> QuantizedMatrix:
    """Quantisation of float weights, block by block, a few rows at a time on a few threads.

    Args:
        weight: (N, K) float32; K may end in an incomplete block.
        method: "rtn", round to nearest between the extremes of a block; "k_quant", scales found by search; "imatrix",
            the same with errors that count as much as their inputs do.
        importance: (K,) float32, mean squares of the inputs, for "imatrix".
        whole: make the scales of a row's blocks whole multiples of one number (`whole_scales`).
    Raises:
        ValueError: "imatrix" without importance; whole multiples for other weights than 4 bits with zero points.
    """
    if whole and (symmetric or bits != 4):
        raise ValueError("scales that are whole multiples are for 4-bit weights with zero points")
    if method == IMATRIX and importance is None:
        raise ValueError('"imatrix" needs to know how much each input matters; without that, choose "k_quant"')
    rows, columns = weight.shape
    blocks = -(-columns // block_size)
    relative = _relative(importance, block_size) if importance is not None and method == IMATRIX else None
    q = np.empty((rows, columns), dtype=np.uint8)
    scales = np.empty((rows, blocks), dtype=np.float32)
    zero_points = np.empty((rows, blocks), dtype=np.uint8)

    def fill(part: slice) -> None:
        blocked = _padded(weight[part], block_size).reshape(-1, block_size)
        counts = None if relative is None else np.tile(relative, (len(blocked) // blocks, 1))
        scale, zero = METHODS[method](blocked, bits, symmetric, counts)
        if whole:
            scale, zero = whole_scales(blocked, scale, zero, blocks, counts)
        steps = np.clip(np.rint(_divide(blocked, scale[:, None])) + zero[:, None], 0, (1 << bits) - 1)
        q[part] = steps.reshape(-1, blocks * block_size)[:, :columns]
        scales[part], zero_points[part] = scale.reshape(-1, blocks), zero.reshape(-1, blocks)

    count = max(1, CHUNK // (blocks * block_size))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, [slice(start, start + count) for start in range(0, rows, count)]))
    return QuantizedMatrix(q, scales, None if symmetric else zero_points, bits, block_size)


def round_to_nearest(
    blocked: np.ndarray, bits: int, symmetric: bool, importance: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Scales and zero points, (M,) float32, that spread the range over the extremes of each block, (M, S).

    Extremes are what they are, whatever their importance.
    """
    if symmetric:
        # The value of largest magnitude takes the end of the range that has one more step (as in Q4_0).
        largest = np.take_along_axis(blocked, np.abs(blocked).argmax(-1, keepdims=True), -1)[..., 0]
        scales = -largest / (1 << (bits - 1))
        return scales, np.full_like(scales, 1 << (bits - 1))
    low, high = np.minimum(blocked.min(-1), 0), np.maximum(blocked.max(-1), 0)
    scales = (high - low) / ((1 << bits) - 1)
    return scales, np.rint(_divide(-low, scales))


METHODS = {"rtn": round_to_nearest, "k_quant": k_quant, IMATRIX: k_quant}


def _relative(importance: np.ndarray, block_size: int) -> np.ndarray:
    """How much the inputs of a row matter beside each other, in blocks."""
    relative = importance / max(float(importance.mean()), np.finfo(np.float32).tiny)
    # What was never seen to be read still has to be rounded somehow.
    return _padded(np.maximum(relative, LEAST_IMPORTANCE)[None], block_size).reshape(-1, block_size)


def from_q4_0(blocks: np.ndarray) -> QuantizedMatrix:
    """GGUF Q4_0 as 4-bit weights, exactly: w = d (q - 8).

    Args:
        blocks: (N, B * 18) uint8: a float16 d, then 16 bytes of nibbles, weight j low and j + 16 high.
    """
    raw = blocks.reshape(blocks.shape[0], -1, 2 + BLOCK // 2)
    scales = raw[..., :2].copy().view(np.float16)[..., 0].astype(np.float32)
    return QuantizedMatrix(_nibbles(raw[..., 2:]).reshape(blocks.shape[0], -1), scales, None, bits=4)


def from_q6_k(blocks: np.ndarray) -> QuantizedMatrix:
    """GGUF Q6_K as 8-bit weights in blocks of 16, exactly: w = d s (q - 32) with d and s whole in one float32.

    Args:
        blocks: (N, K / 256 * 210) uint8: 128 bytes of low nibbles, 64 of high pairs of bits, 16 int8 scales s, a
            float16 d; each half of 128 weights has its bytes side by side (ggml-quants.c, dequantize_row_q6_K).
    """
    raw = blocks.reshape(blocks.shape[0], -1, 210)
    low = raw[..., :128].reshape(*raw.shape[:2], 2, 1, 64) >> np.array([0, 4], dtype=np.uint8)[:, None] & 15
    high = raw[..., 128:192].reshape(*raw.shape[:2], 2, 1, 32) >> np.array([0, 2, 4, 6], dtype=np.uint8)[:, None] & 3
    q = low.reshape(*raw.shape[:2], 2, 4, 32) | high << 4
    d = raw[..., 208:].copy().view(np.float16).astype(np.float32)
    scales = (d * raw[..., 192:208].view(np.int8)).reshape(blocks.shape[0], -1)
    return QuantizedMatrix(q.reshape(blocks.shape[0], -1) + np.uint8(96), scales, None, bits=8, block_size=16)


def from_q8_0(blocks: np.ndarray) -> QuantizedMatrix:
    """GGUF Q8_0 as 8-bit `MatMulNBits` weights, exactly: w = d q, q in -127..127, stored here as q + 128.

    Args:
        blocks: (N, B * 34) uint8: a float16 d and 32 int8 a block.
    """
    raw = blocks.reshape(blocks.shape[0], -1, 2 + BLOCK)
    scales = raw[..., :2].copy().view(np.float16)[..., 0].astype(np.float32)
    q = (raw[..., 2:].view(np.int8).astype(np.int16) + 128).astype(np.uint8)
    return QuantizedMatrix(q.reshape(blocks.shape[0], -1), scales, None, bits=8)


def from_q4_1(blocks: np.ndarray) -> tuple[QuantizedMatrix, np.ndarray]:
    """GGUF Q4_1 as 4-bit weights with integer zero points, and what those leave over.

    Q4_1 is w = d q + m with a real minimum m a block. With the integer zero point z nearest to -m / d this is
    w = d (q - z) + r, and the rest r = m + d z is one constant a block, at most d / 2 where -m / d lies in 0..15.

    Args:
        blocks: (N, B * 20) uint8: float16 d and m, then 16 bytes of nibbles, weight j low and j + 16 high.
    Returns:
        The matrix, and the rests r, (N, B) float32.
    """
    raw = blocks.reshape(blocks.shape[0], -1, 4 + BLOCK // 2)
    scales, minima = raw[..., :4].copy().view(np.float16).astype(np.float32).transpose(2, 0, 1)
    q = _nibbles(raw[..., 4:]).reshape(blocks.shape[0], -1)
    zero = np.clip(np.rint(_divide(-minima, scales)), 0, 15)
    matrix = QuantizedMatrix(q, np.ascontiguousarray(scales), zero.astype(np.uint8), bits=4)
    return matrix, minima + scales * zero


def _padded(values: np.ndarray, block_size: int) -> np.ndarray:
    """(N, K) with zeros up to whole blocks, (N, B * S)."""
    rows, columns = values.shape
    whole = np.zeros((rows, -(-columns // block_size) * block_size), dtype=values.dtype)
    whole[:, :columns] = values
    return whole


def _pack_nibbles(values: np.ndarray) -> np.ndarray:
    return values[:, 0::2] | (values[:, 1::2] << 4)


def unpacked_nibbles(packed: np.ndarray) -> np.ndarray:
    """Two 4-bit values of every byte, the low ones first: (N, n) to (N, 2 n) uint8."""
    return np.stack([packed & 15, packed >> 4], axis=-1).reshape(len(packed), -1)


def _nibbles(values: np.ndarray) -> np.ndarray:
    """GGUF's 4-bit weights of a block: all low nibbles, then all high ones."""
    return np.concatenate([values & 15, values >> 4], axis=-1)


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Division that gives 0 where a block is all zero."""
    safe = np.where(denominator == 0, np.float32(1), denominator)
    return np.where(denominator == 0, np.float32(0), numerator / safe)
