"""The cells of all levels, in the order in which the network speaks of them. Numpy only: training and running share it.

Letters: A cells of all levels, level after level, each row by row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cells:
    """Where every cell's middle lies, in input pixels."""

    middles: np.ndarray  # (A, 2) float32: x, y
    strides: np.ndarray  # (A,) float32
    levels: np.ndarray  # (A,) int64: which level


def make_cells(height: int, width: int, strides: tuple[int, ...]) -> Cells:
    """The cells of an input of `height` x `width` pixels; sides that a stride does not divide are rounded up."""
    middles, sizes, levels = [], [], []
    for level, stride in enumerate(strides):
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = np.mgrid[:rows, :columns]
        middles.append((np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) * stride)  # (rows * columns, 2)
        sizes.append(np.full(rows * columns, stride))
        levels.append(np.full(rows * columns, level))
    return Cells(
        np.concatenate(middles).astype(np.float32), np.concatenate(sizes).astype(np.float32), np.concatenate(levels)
    )


def boxes_at(cells: Cells, raw: np.ndarray) -> np.ndarray:
    """The boxes that cells name, in input pixels.

    Args:
        raw: (A, 4): middle's offset from the cell's middle, in strides; log of width and height in strides.
    Returns:
        (A, 4) float32: x1, y1, x2, y2.
    """
    stride = cells.strides[:, None]
    middle = cells.middles + raw[:, :2] * stride
    half = np.exp(np.clip(raw[:, 2:], -4.0, 5.0)) * stride / 2  # e^5 strides are wider than any input
    boxes: np.ndarray = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
    return boxes
