"""How full a bar is, measured on its pixels: where its first colour ends and the other begins. Numpy only.

A network that sees a whole screen tells roughly where a bar lies, and hardly how full it is; its pixels tell exactly.

Letters: H rows and W columns of the part of the picture that is looked at.
"""

from __future__ import annotations

import numpy as np

from pocketvlm.vision.parser.elements import Box

AROUND = (0.3, 1.0)  # of the box's width and height: how far beyond it the bar may reach
LEAST_AROUND = 4  # pixels
OF_ITS_OWN = 7  # of 255 a channel: what differs more from the page belongs to the bar
UNLIKE = 24  # of 255 a channel: what differs more is the bar's other colour
GAP = 3  # pixels of the page's colour that do not end a bar: its two colours may meet in it
END = 0.01  # of the bar's length: its outermost pixels have the page's colour mixed in
STRONG = 60  # of 255 a channel: a bar of one colour that differs more from the page is full, otherwise empty
SHORTEST = 8  # pixels: of less nothing can be told
LEAST_LENGTH = 0.5  # of the box's width: shorter things are not the bar


def filled_share(pixels: np.ndarray, box: Box) -> float | None:
    """The share of a horizontal bar that has the colour of its left end, 0..1; of one colour alone it is full or empty.

    Args:
        pixels: (H0, W0, 3) uint8 RGB, the whole picture.
        box: about where the bar lies, in its pixels.
    Returns:
        None where no bar is to be seen: the page may be too uneven.
    """
    part, x = _surroundings(pixels, box)
    page = np.median(np.concatenate([part[:1], part[-1:]]).reshape(-1, 3), axis=0)
    own = np.abs(part - page).max(axis=2) > OF_ITS_OWN  # (H, W)
    runs = [_run(row, x) for row in own]
    lengths = np.array([end - start for start, end in runs])
    if lengths.max(initial=0) < max(SHORTEST, LEAST_LENGTH * (box[2] - box[0])):
        return None
    rows = np.flatnonzero(lengths >= 0.9 * lengths.max())
    middle = int(rows[len(rows) // 2])
    start, end = runs[middle]
    return _share(part[middle, start:end], page)


def _surroundings(pixels: np.ndarray, box: Box) -> tuple[np.ndarray, int]:
    """The part of the picture that a bar may lie in, (H, W, 3) int, and the column of the box's middle in it."""
    x1, y1, x2, y2 = box
    across = max(LEAST_AROUND, round(AROUND[0] * (x2 - x1)))
    down = max(LEAST_AROUND, round(AROUND[1] * (y2 - y1)))
    left, top = max(0, x1 - across), max(0, y1 - down)
    part = pixels[top : y2 + down, left : x2 + across].astype(np.int32)
    return part, (x1 + x2) // 2 - left


def _run(own: np.ndarray, x: int) -> tuple[int, int]:
    """Where the bar's pixels about a column begin and end, in one row (W,) bool."""
    columns = np.flatnonzero(own)
    if not len(columns):
        return 0, 0
    pieces = np.split(columns, np.flatnonzero(np.diff(columns) > GAP + 1) + 1)
    piece = min(pieces, key=lambda one: max(one[0] - x, x - one[-1], 0))
    return int(piece[0]), int(piece[-1]) + 1


def _share(row: np.ndarray, page: np.ndarray) -> float | None:
    """The same of the pixels of its middle row, (W, 3), on a page of that colour."""
    end = max(1, round(END * len(row)))
    left, right = (np.median(part, axis=0) for part in (row[end : 3 * end], row[-3 * end : -end]))
    if np.abs(left - right).max() < UNLIKE:
        return float(np.abs(left - page).max() > STRONG)
    like_left, like_right = (np.abs(row - color).max(axis=1) < UNLIKE / 2 for color in (left, right))
    if not (like_left.any() and like_right.any()):
        return None
    last, first = np.flatnonzero(like_left)[-1] + 1, np.flatnonzero(like_right)[0]
    return float((last + first) / 2 / len(row)) if last <= first + 1 else None
