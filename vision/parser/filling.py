"""Where a progress bar lies and how full it is, measured on its pixels. Numpy only.

A network that sees a whole screen tells roughly where a bar lies, thin as it is, and hardly how full it is; its pixels
tell both: the bar ends where the page begins, and is filled to where its first colour ends.

Letters: H rows and W columns of the part of the picture that is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pocketvlm.vision.parser.elements import Box

AROUND = (0.3, 1.0)  # of the box's width and height: how far beyond it the bar may reach
LEAST_AROUND = 4  # pixels
OF_ITS_OWN = 7  # of 255 a channel: what differs more from the page belongs to the bar
UNLIKE = 24  # of 255 a channel: what differs more is the bar's other colour
STRONG = 60  # of 255 a channel: a bar of one colour that differs more from the page is full, otherwise empty
GAP = 3  # pixels of the page's colour that do not end a bar: its two colours may meet in it
END = 0.01  # of the bar's length: its outermost pixels have the page's colour mixed in
SHORTEST = 8  # pixels: of less nothing can be told
LEAST_LENGTH = 0.5  # of the box's width: shorter things are not the bar
WHOLE, ROUND = 0.9, 0.6  # of the longest row: what the bar's middle rows have at least, and those of its rounded ends


@dataclass(frozen=True)
class Bar:
    """A horizontal bar.

    Attributes:
        box: in the picture's pixels.
        share: of its length that has the colour of its left end, 0..1; one of one colour alone is full or empty.
    """

    box: Box
    share: float


def find_bar(pixels: np.ndarray, box: Box) -> Bar | None:
    """The bar that lies about there; None where none is to be seen: the page may be too uneven.

    Args:
        pixels: (H0, W0, 3) uint8 RGB, the whole picture.
        box: about where it lies, in its pixels.
    """
    part, left, top = _surroundings(pixels, box)
    page = np.median(np.concatenate([part[:1], part[-1:]]).reshape(-1, 3), axis=0)
    own = np.abs(part - page).max(axis=2) > OF_ITS_OWN  # (H, W)
    runs = np.array([_run(row, (box[0] + box[2]) // 2 - left) for row in own])  # (H, 2)
    lengths = runs[:, 1] - runs[:, 0]
    if lengths.max() < max(SHORTEST, LEAST_LENGTH * (box[2] - box[0])):
        return None
    whole = np.flatnonzero(lengths >= WHOLE * lengths.max())
    middle = int(whole[len(whole) // 2])
    start, end = (int(edge) for edge in runs[middle])
    share = _share(part[middle, start:end], page)
    if share is None:
        return None
    first, last = _around(lengths >= ROUND * lengths.max(), middle)
    return Bar((left + start, top + first, left + end, top + last), share)


def _surroundings(pixels: np.ndarray, box: Box) -> tuple[np.ndarray, int, int]:
    """The part of the picture that a bar may lie in, (H, W, 3) int, and where it begins: left and top."""
    x1, y1, x2, y2 = box
    across = max(LEAST_AROUND, round(AROUND[0] * (x2 - x1)))
    down = max(LEAST_AROUND, round(AROUND[1] * (y2 - y1)))
    left, top = max(0, x1 - across), max(0, y1 - down)
    return pixels[top : y2 + down, left : x2 + across].astype(np.int32), left, top


def _run(own: np.ndarray, x: int) -> tuple[int, int]:
    """Where the bar's pixels about a column begin and end, in one row (W,) bool."""
    columns = np.flatnonzero(own)
    if not len(columns):
        return 0, 0
    pieces = np.split(columns, np.flatnonzero(np.diff(columns) > GAP + 1) + 1)
    piece = min(pieces, key=lambda one: max(one[0] - x, x - one[-1], 0))
    return int(piece[0]), int(piece[-1]) + 1


def _around(long: np.ndarray, middle: int) -> tuple[int, int]:
    """Where the rows about the middle one that are long enough begin and end; (H,) bool."""
    short = np.flatnonzero(~long)
    above, below = short[short < middle], short[short > middle]
    return (int(above[-1]) + 1 if len(above) else 0), (int(below[0]) if len(below) else len(long))


def _share(row: np.ndarray, page: np.ndarray) -> float | None:
    """How much of the bar's middle row, (W, 3), has the colour of its left end, on a page of that colour."""
    end = max(1, round(END * len(row)))
    left, right = (np.median(part, axis=0) for part in (row[end : 3 * end], row[-3 * end : -end]))
    if np.abs(left - right).max() < UNLIKE:
        return float(np.abs(left - page).max() > STRONG)
    like_left, like_right = (np.abs(row - color).max(axis=1) < UNLIKE / 2 for color in (left, right))
    if not (like_left.any() and like_right.any()):
        return None
    last, first = np.flatnonzero(like_left)[-1] + 1, np.flatnonzero(like_right)[0]
    return float((last + first) / 2 / len(row)) if last <= first + 1 else None
