"""How many of five stars are filled, measured on their pixels: a network that sees a whole screen hardly counts them.

Each half of a star is looked at in the middle of its body, where an outline alone shows the page. The halves from the
left on that are alike are the filled ones. Numpy only.
"""

from __future__ import annotations

import numpy as np

from pocketvlm.vision.parser.elements import Box

STARS = 5
SMALLEST = 6  # pixels a star: in a smaller one nothing can be told
LONGEST = 3.0  # star widths from one star to the next; a wider box holds more than a rating
FROM_MIDDLE = (0.06, 0.2)  # of a star's width: where the body of its halves lies, left and right of its middle
ABOUT_MIDDLE = (-0.08, 0.12)  # of its height, above and below: the body lies a little low
AROUND = 0.25  # of its height: how far beyond the box the stars may reach
OF_ITS_OWN = 12  # of 255 a channel: what differs more from the page belongs to the stars
UNLIKE = 40  # of 255 a channel: what differs more is another colour
VIVID = 70  # of 255, between the strongest and the weakest channel: so coloured is no empty star


def share_of_stars(pixels: np.ndarray, box: Box) -> float | None:
    """Which share of five stars is filled, in tenths, 0..1; None where that cannot be seen.

    Args:
        pixels: (H, W, 3) uint8 RGB, the whole picture.
        box: the rating's, in its pixels: from the first star's left end to the last one's right end.
    """
    box = _trimmed(pixels, box)
    x1, y1, x2, y2 = box
    size, width = y2 - y1, x2 - x1
    if size < SMALLEST or not STARS * 0.8 * size < width < STARS * LONGEST * size:
        return None
    halves = np.array([_middle(pixels, part) for part in _halves(box)])  # (10, 3)
    filled, other = halves[0], halves[-1]
    if np.abs(filled - other).max() < UNLIKE:
        alike = np.abs(halves - filled).max() < UNLIKE
        return 1.0 if alike and np.ptp(filled) > VIVID else None  # all of one colour: full if it is a strong one
    like = np.abs(halves - filled).max(axis=1) < np.abs(halves - other).max(axis=1)  # (10,)
    count = int(like.sum())
    return count / len(like) if like[:count].all() else None


def _trimmed(pixels: np.ndarray, box: Box) -> Box:
    """The box that just holds what is not the page, of what lies in a box and a little around it."""
    x1, y1, x2, y2 = box
    room = round(AROUND * (y2 - y1))
    left, top = max(0, x1 - room), max(0, y1 - room)
    part = pixels[top : y2 + room, left : x2 + room].astype(np.int16)
    page = np.median(np.concatenate([part[0], part[-1]]), axis=0)
    own = np.abs(part - page).max(axis=2) > OF_ITS_OWN
    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    if not len(rows) or own[[0, -1]].any() or own[:, [0, -1]].any():
        return box  # it runs on into something else
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def _halves(box: Box) -> list[Box]:
    """Where the bodies of the stars' halves lie, from left to right."""
    x1, y1, x2, y2 = box
    size = min(y2 - y1, (x2 - x1) / STARS)
    step = (x2 - x1 - size) / (STARS - 1)
    middle = (y1 + y2) / 2
    top, bottom = (round(middle + by * size) for by in ABOUT_MIDDLE)
    near, far = (by * size for by in FROM_MIDDLE)
    parts = []
    for star in range(STARS):
        x = x1 + size / 2 + star * step
        for left, right in ((x - far, x - near), (x + near, x + far)):
            parts.append((round(left), top, max(round(right), round(left) + 1), max(bottom, top + 1)))
    return parts


def _middle(pixels: np.ndarray, part: Box) -> np.ndarray:
    x1, y1, x2, y2 = part
    return np.median(pixels[y1:y2, x1:x2].reshape(-1, 3), axis=0)
