"""What can be read on the signs of a photo.

The text reader takes tilted lines as they are. Two things beat it, and get a second look: the dark, which is lightened,
and a house seen from far aside, which is turned to face us by the lines of its own front. A second look only adds what
the first did not see, or replaces what it read with less certainty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

import cv2
import numpy as np

from pocketvlm.vision.reading_order import ScreenText, TextLine

Look: TypeAlias = Literal["plain", "lightened", "straightened"]

DARK = 70.0  # mean brightness, of 255; below it a photo was taken at night or against the light
STEEP = 0.12  # slope of the house's lines at the picture's edge above which letters are sheared enough to be misread
_LONG = 0.08  # of the picture's width: shorter edges are bricks and leaves
_LEVEL = 0.9  # an edge steeper than that is no horizontal of the house


class Reader(Protocol):
    """The text reader, or what stands for it."""

    def read(self, image: np.ndarray) -> ScreenText:
        """The text of an (H, W, 3) uint8 RGB image."""


@dataclass(frozen=True)
class Sign:
    """One line of text.

    Attributes:
        box: x1, y1, x2, y2 in pixels of the photo.
        score: how certain the reader is, 0 to 1.
        size: the letters' height as a part of that of the tallest line, 0 to 1.
        look: in which look it was read.
    """

    text: str
    box: tuple[int, int, int, int]
    score: float
    size: float
    look: Look


def read_signs(pixels: np.ndarray, reader: Reader) -> list[Sign]:
    """Read all signs of a photo, from top to bottom.

    Args:
        pixels: (H, W, 3) uint8 RGB, upright.
    """
    signs = [_sign(line, "plain") for line in reader.read(pixels).lines]
    if float(pixels.mean()) < DARK:
        signs = _joined(signs, [_sign(line, "lightened") for line in reader.read(lightened(pixels)).lines])
    if (to_front := front_of(pixels)) is not None:
        height, width = pixels.shape[:2]
        turned = cv2.warpPerspective(pixels, to_front, (width, height), flags=cv2.INTER_CUBIC)
        back = np.linalg.inv(to_front)
        signs = _joined(signs, [_moved(_sign(line, "straightened"), back) for line in reader.read(turned).lines])
    tallest = max((sign.size for sign in signs), default=1.0)
    return sorted((replace(sign, size=sign.size / tallest) for sign in signs), key=lambda sign: sign.box[1])


def lightened(pixels: np.ndarray) -> np.ndarray:
    """A dark photo made light: gamma first, then contrast evened out tile by tile (CLAHE), on brightness alone."""
    lab = cv2.cvtColor(cv2.medianBlur(pixels, 3), cv2.COLOR_RGB2LAB)
    light = lab[..., 0].astype(np.float32) / 255
    lab[..., 0] = cv2.createCLAHE(2.0, (8, 8)).apply((255 * light**0.5).astype(np.uint8))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def front_of(pixels: np.ndarray) -> np.ndarray | None:
    """The (3, 3) homography that turns a house seen from aside to face us; None where it does already.

    The horizontals of a front meet in a point far left or right, so their slope changes evenly with the height at which
    they cross the picture's middle. A line through the slopes of the long edges gives those at the top and the bottom.
    """
    height, width = pixels.shape[:2]
    crossing, slopes, lengths = _edges(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    if len(slopes) < 6:
        return None
    keep = np.ones(len(slopes), dtype=bool)
    change, start = 0.0, 0.0
    for _ in range(4):  # edges that belong to no horizontal are dropped, the rest fitted again
        change, start = np.polyfit(crossing[keep], slopes[keep], 1, w=lengths[keep])
        off = np.abs(slopes - (start + change * crossing))
        keep = off <= max(0.02, 2 * float(np.median(off[keep])))
        if keep.sum() < 6:
            return None
    top, bottom = (float(start + change * y) for y in (0, height))
    if max(abs(top), abs(bottom)) < STEEP or max(abs(top), abs(bottom)) > _LEVEL:
        return None
    reach = width / 2
    seen = [(0, -reach * top), (width, reach * top), (width, height + reach * bottom), (0, height - reach * bottom)]
    if seen[3][1] - seen[0][1] < 0.2 * height or seen[2][1] - seen[1][1] < 0.2 * height:
        return None  # the lines would meet inside the picture
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(np.array(seen, dtype=np.float32), flat), dtype=np.float64)


def _edges(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Long edges that run across: where they cross the middle, (N,) pixels; their slopes, (N,); lengths, (N,)."""
    height, width = grey.shape
    scale = min(1.0, 900 / max(height, width))  # finer edges say nothing about the house
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.GaussianBlur(small, (0, 0), 1.2), 30, 90)
    least = _LONG * small.shape[1]
    found = cv2.HoughLinesP(edges, 1, np.pi / 360, 40, minLineLength=least, maxLineGap=0.15 * least)
    lines = np.zeros((0, 4)) if found is None else found.reshape(-1, 4).astype(np.float64) / scale
    across, down = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    level = np.abs(down) < _LEVEL * np.abs(across)
    lines, across, down = lines[level], across[level], down[level]
    slopes = down / across
    return lines[:, 1] + slopes * (width / 2 - lines[:, 0]), slopes, np.hypot(across, down)


def _sign(line: TextLine, look: Look) -> Sign:
    x1, y1, x2, y2 = line.box
    height = y2 - y1
    if len(line.text) > 2:  # a tilted line's box is taller than its letters, which are no wider than they are tall
        height = min(height, round(1.9 * (x2 - x1) / len(line.text)) + 1)
    return Sign(line.text, line.box, line.score, float(max(1, height)), look)


def _moved(sign: Sign, homography: np.ndarray) -> Sign:
    """A sign of a turned photo where it stands in the photo itself."""
    x1, y1, x2, y2 = sign.box
    flat = np.array([[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]], dtype=np.float64)
    corners = cv2.perspectiveTransform(flat, homography)[0]  # (4, 2)
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    size = float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    return replace(sign, box=(int(left), int(top), int(right), int(bottom)), size=min(size, sign.size * 2))


def _joined(first: list[Sign], second: list[Sign]) -> list[Sign]:
    """Two looks at one photo: where both read something, the one that reads more letters with certainty is kept."""
    kept = list(first)
    for sign in second:
        under = [other for other in kept if _overlap(sign, other) > 0.4]
        if sum(_weight(other) for other in under) < _weight(sign):
            kept = [other for other in kept if other not in under] + [sign]
    return kept


def _weight(sign: Sign) -> float:
    return sum(letter.isalnum() for letter in sign.text) * max(0.0, sign.score - 0.5)  # 0.5 is the reader's limit


def _overlap(a: Sign, b: Sign) -> float:
    """The shared part of the smaller box."""
    wide = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    high = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    smaller = min((s.box[2] - s.box[0]) * (s.box[3] - s.box[1]) for s in (a, b))
    return max(0, wide) * max(0, high) / max(1, smaller)
