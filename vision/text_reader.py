"""Reads the text of a screenshot or a photo: lines with boxes, in the order in which a person reads them.

The right scale is the image's own: the detector looks once from afar, measures the lines it finds, and where they are
small it looks again, so much closer that they should have the height it sees best. Each line is then cut from the
original pixels, so what is read never depends on how far the detector stood back.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import cv2
import numpy as np

from pocketvlm.vision.reading_order import Box, Row, ScreenText, TextLine, arrange
from pocketvlm.vision.structure import inside
from pocketvlm.vision.text_models import TextDetector, TextRecogniser

__all__ = ["Row", "ScreenText", "TextLine", "TextReader"]

FIRST_LOOK_PIXELS = 375_000  # 1080 x 2400 at 0.38; from closer by, lone characters ("7°" in a forecast) are lost
CLOSEST_LOOK_PIXELS = 6_000_000  # a second look takes about 0.3 s per million on two cores
CLOSER_LOOKS = 2
LARGEST_SCALE = 3.0  # enlarging further adds no detail
SMALL_LINE = (
    14.0  # pixels of box height in the detector's look; no box is lower than 12.8, whatever the size of its line
)
GOOD_LINE = 20.0  # the height that a closer look gives to the small lines
MIN_SCORE = 0.5  # icons and textures that are read as text score lower
SHARED = 0.3  # of the smaller of two boxes: they are of the same words
ROOM = 0.2  # of a line's height: what the detector leaves around it
MIDDLE_DOT = re.compile(r"(?<=[^\s·]) ?· ?(?=[^\s·])")
STRAIGHT = 0.01  # a slope under this, about half a degree, is the detector's noise and is taken as upright


class TextReader:
    """Finds and reads the lines of text in images. Opens its two networks at the first image; threads may share it."""

    def __init__(self, threads: int | None = None) -> None:
        """Args:
            threads: processor threads to use; None leaves it to the machine.
        Raises:
            ValueError: threads is below 1.
        """
        if threads is not None and threads < 1:
            raise ValueError(f"threads is {threads}, and must be at least 1, or None for the machine's choice")
        self._threads = threads
        self._opening = threading.Lock()
        self._networks: tuple[TextDetector, TextRecogniser] | None = None

    def read(self, image: np.ndarray) -> ScreenText:
        """Read all text of an image.

        Args:
            image: (H, W, 3) uint8, RGB.
        Returns:
            Rows in reading order; no rows where there is no text.
        Raises:
            ValueError: image has another shape or type; the message gives both.
        """
        bgr = as_bgr(image)
        detector, recogniser = self.networks()
        quads = find_lines(detector, bgr)
        lines = without_icons(read_lines(recogniser, bgr, quads))
        return arrange(lines, (image.shape[1], image.shape[0]), tilt_of(quads))

    def read_besides(self, image: np.ndarray, text: ScreenText, boxes: Sequence[Box]) -> ScreenText:
        """Read where somebody else sees text and no line was found: two characters alone on a wide tablet, for one.

        Args:
            image: (H, W, 3) uint8, RGB.
            text: what `read` found in it.
            boxes: x1, y1, x2, y2 in its pixels, close around the words.
        Returns:
            `text` where nothing was missed; else all lines arranged anew.
        """
        missed = [box for box in boxes if not any(_same_words(box, line.box) for line in text.lines)]
        if not missed:
            return text
        _, recogniser = self.networks()
        more = read_lines(recogniser, as_bgr(image), np.stack([_quad(box, image.shape[:2]) for box in missed]))
        return arrange([*text.lines, *more], (image.shape[1], image.shape[0]), text.tilt) if more else text

    def networks(self) -> tuple[TextDetector, TextRecogniser]:
        """What finds lines and what reads them, for those who look at an image in another way."""
        with self._opening:
            if self._networks is None:
                self._networks = TextDetector(self._threads), TextRecogniser(self._threads)
            return self._networks


def _same_words(one: Box, other: Box) -> bool:
    return max(inside(one, other), inside(other, one)) > SHARED


def _quad(box: Box, size: tuple[int, int]) -> np.ndarray:
    """The corners of a box, with as much room around the words as the detector leaves: (4, 2)."""
    x1, y1, x2, y2 = box
    room = round(ROOM * (y2 - y1))
    left, top, right, bottom = max(0, x1 - room), max(0, y1 - room), min(size[1], x2 + room), min(size[0], y2 + room)
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def as_bgr(image: np.ndarray) -> np.ndarray:
    """An (H, W, 3) uint8 RGB image as the networks take it.

    Raises:
        ValueError: image has another shape or type; the message gives both.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(f"image is {image.dtype} of shape {image.shape}; text is read from (H, W, 3) uint8 RGB")
    return np.ascontiguousarray(image[:, :, ::-1])


def find_lines(detector: TextDetector, image: np.ndarray) -> np.ndarray:
    """Find the lines of an (H, W, 3) BGR image at its right scale: (N, 4, 2) corners in its pixels."""
    pixels = image.shape[0] * image.shape[1]
    closest = min(LARGEST_SCALE, (CLOSEST_LOOK_PIXELS / pixels) ** 0.5)
    scale = min(LARGEST_SCALE, (FIRST_LOOK_PIXELS / pixels) ** 0.5)
    lines = without_overlaps(detector.detect(image, scale))
    for _ in range(CLOSER_LOOKS):
        heights = heights_of(lines)
        # Lone characters and icons have no say in how closely to look. Nothing found may mean too small to see.
        wide = np.ptp(lines[:, :, 0], axis=1) > 2 * heights
        small = float(np.percentile(heights[wide], 10, method="lower")) * scale if wide.any() else GOOD_LINE / 2
        closer = min(scale * GOOD_LINE / small, closest)
        if small >= SMALL_LINE or closer < 1.2 * scale:
            break
        # Each line is taken from the look that saw it at a good size: large or lone characters may be torn closer by.
        well_seen = lines[~wide | (heights * scale >= GOOD_LINE)]
        lines = without_overlaps(np.concatenate([well_seen, detector.detect(image, closer)]))
        scale = closer
    return lines


def heights_of(quads: np.ndarray) -> np.ndarray:
    """Heights of (N, 4, 2) lines in pixels: the shorter of two sides, whichever way a line runs."""
    across, down = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    return np.minimum(np.linalg.norm(across, axis=1), np.linalg.norm(down, axis=1))


def without_overlaps(quads: np.ndarray) -> np.ndarray:
    """Leave out each of (N, 4, 2) lines of which more than half lies in a larger one."""
    low, high = quads.min(axis=1), quads.max(axis=1)  # (N, 2)
    areas = (high - low).prod(axis=1)
    overlaps = (np.minimum(high[:, None], high) - np.maximum(low[:, None], low)).clip(0).prod(axis=2)  # (N, N)
    kept: list[int] = []
    for i in np.argsort(-areas, kind="stable"):
        if not any(shared > 0.5 * areas[i] for shared in overlaps[i, kept]):
            kept.append(i)
    return quads[kept]


def read_lines(recogniser: TextRecogniser, image: np.ndarray, quads: np.ndarray) -> list[TextLine]:
    """Read each line in the original pixels; what is no text is left out."""
    crops = [cut(image, quad) for quad in quads]
    best = recogniser.recognise(crops)
    # A box taller than wide is one narrow character, a lone "1", or a line that runs up or down: read it both ways.
    upright = [i for i, crop in enumerate(crops) if crop.shape[0] >= 1.5 * crop.shape[1]]
    for i, turned in zip(upright, recogniser.recognise([np.rot90(crops[i]) for i in upright]), strict=True):
        best[i] = max(best[i], turned, key=lambda read: read[1])
    limit = np.array(image.shape[1::-1])
    lines = []
    for quad, (text, score) in zip(quads, best, strict=True):
        if text and score >= MIN_SCORE:
            low, high = np.floor(quad.min(axis=0)), np.minimum(np.ceil(quad.max(axis=0)), limit)
            x1, y1, x2, y2 = (int(value) for value in (*low, *high))
            lines.append(TextLine(with_spaced_dots(text), (x1, y1, x2, y2), round(score, 4)))
    return lines


def with_spaced_dots(text: str) -> str:
    """Put back the spaces around the dots that part a line's items, which the recogniser loses: "Open · 2 km".

    Dots inside of words stay as they are: between Chinese characters, as in names from abroad, and Catalan's "l·l".
    """

    def spaced(dot: re.Match[str]) -> str:
        before, after = text[dot.start() - 1], text[dot.end()]
        within = before == after == "l" or is_ideographic(before + after)
        return dot[0] if within else " · "

    return MIDDLE_DOT.sub(spaced, text)


def without_icons(lines: list[TextLine]) -> list[TextLine]:
    """Leave out lone Chinese characters where nothing else is Chinese: signal bars read as 山, a battery as 白."""
    ideographs = [is_ideographic(line.text) for line in lines]
    if any(found and len(line.text) > 2 for found, line in zip(ideographs, lines, strict=True)):
        return lines
    return [line for found, line in zip(ideographs, lines, strict=True) if not found]


def is_ideographic(text: str) -> bool:
    """Whether all of a text is Chinese characters or kana."""
    return all("\u3040" <= character <= "\u9fff" for character in text)


def cut(image: np.ndarray, quad: np.ndarray) -> np.ndarray:
    """The (h, w, 3) pixels of a line, turned upright if it is tilted."""
    if abs(slope_of(quad)) < STRAIGHT:
        low, high = np.floor(quad.min(axis=0)).astype(int), np.ceil(quad.max(axis=0)).astype(int)
        return image[low[1] : max(high[1], low[1] + 1), low[0] : max(high[0], low[0] + 1)]
    width = max(1, round(float(np.linalg.norm(quad[1] - quad[0]))))
    height = max(1, round(float(np.linalg.norm(quad[3] - quad[0]))))
    upright = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    turn = cv2.getPerspectiveTransform(quad, upright)
    return cv2.warpPerspective(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def slope_of(quad: np.ndarray) -> float:
    """Pixels down per pixel across along a line's upper edge."""
    across, down = quad[1] - quad[0]
    return float(down / across) if across > 0 else 0.0


def tilt_of(quads: np.ndarray) -> float:
    """The common slope of an image's lines: the median of the long ones, 0 for a straight image."""
    slopes = [slope_of(q) for q in quads if np.ptp(q[:, 0]) > 4 * np.ptp(q[:, 1]) or abs(slope_of(q)) > 0.2]
    tilt = float(np.median(slopes)) if slopes else 0.0
    return tilt if STRAIGHT < abs(tilt) < 0.4 else 0.0
