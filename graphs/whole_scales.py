"""Block scales that are whole multiples of one number a row, so that a row's 4-bit weights are int8 weights exactly.

    w = scale (q - zero_point) = row_scale * multiple * (q - zero_point)

The last three factors are a whole number within int8's range: `llm_backbone.int8_rows` unpacks blocks to such rows
without loss. Progressive quantisation in QServe (arXiv:2405.04532) does so too, beginning with the int8 row; here the
blocks come first, and each then chooses among the multiples nearest to its own scale.

Letters: M blocks, S weights that share a scale.
"""

from __future__ import annotations

import numpy as np

from pocketvlm.graphs.k_quant import error_weights

TOP = 15  # of a packed weight
HIGHEST, LOWEST = 127, -128  # of an unpacked one


def whole_scales(
    blocked: np.ndarray, scales: np.ndarray, zero_points: np.ndarray, per_row: int, importance: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """The best scales and zero points, near the ones that are best without regard to the row.

    Args:
        blocked: (M, S) float32, the blocks of whole rows.
        scales, zero_points: (M,) float32; scales of 0 or more.
        per_row: blocks of a row.
        importance: (M, S) float32, as for `k_quant`.
    Returns:
        Scales (M,) and zero points (M,), float32.
    """
    unit = _units(scales, zero_points, per_row)
    x = np.ascontiguousarray(blocked.T)  # (S, M): long inner loops
    counts = error_weights(x, importance)
    best_error = np.full(x.shape[1], np.inf, dtype=np.float32)
    best_scale, best_zero = np.zeros((2, x.shape[1]), dtype=np.float32)
    for shift in (0, -1, 1):
        zero = np.clip(zero_points + shift, 0, TOP)
        for rounding in (np.floor, np.ceil):
            multiple = np.clip(rounding(scales / unit), 1, _most(zero))
            scale = (multiple * unit).astype(np.float32)
            error = x / scale
            np.rint(error, out=error)
            np.clip(error, -zero, TOP - zero, out=error)
            error *= scale
            error -= x
            weighted = np.einsum("sm,sm,sm->m", counts, error, error)
            better = weighted < best_error
            for best, found in ((best_error, weighted), (best_scale, scale), (best_zero, zero)):
                np.copyto(best, found, where=better)
    return best_scale, best_zero


def _units(scales: np.ndarray, zero_points: np.ndarray, per_row: int) -> np.ndarray:
    """What a step of int8 is worth in each block's row, (M,): small, and no weight leaves the range."""
    reach = scales * np.maximum(TOP - zero_points, zero_points)
    largest = reach.reshape(-1, per_row).max(axis=1)
    return np.repeat(np.where(largest == 0, np.float32(1), largest / np.float32(HIGHEST)), per_row)


def _most(zero_points: np.ndarray) -> np.ndarray:
    """The largest multiple that keeps all packed weights in int8's range."""
    with np.errstate(divide="ignore"):
        return np.floor(np.minimum(HIGHEST / (TOP - zero_points), LOWEST / -zero_points))
