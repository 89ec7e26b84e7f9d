"""Reads a sheet of paper in a photo: the sheet is turned flat first, as its own lines of text show how it lies.

A receipt seen from aside has its amounts a row higher or lower than what they belong to. The lines of a flat sheet are
parallel, so in a photo they meet in one point, and their slope changes evenly from the top to the bottom. The detector
already tells each line's slope: one fit gives the homography that makes them level, and what is read is read from the
flat sheet. The lines found move along; only where the sheet lay steep, and the upright boxes of its lines overlapped,
is it looked at again.
"""

from __future__ import annotations

import cv2
import numpy as np

from pocketvlm.vision.reading_order import ScreenText, arrange
from pocketvlm.vision.text_reader import (
    TextReader,
    as_bgr,
    find_lines,
    heights_of,
    read_lines,
    slope_of,
    without_icons,
)

LEVEL = 0.008  # a slope below that is the detector's own noise; over a page of 1000 pixels it is 8 pixels
STEEP = 0.06  # a line ten times as wide as high reaches over half of the next line's height
STEEPEST = 0.6  # about 31 degrees; such a photo is turned, or is no sheet
LONG = 1.3  # widths of a line in units of its height from which its slope says something; longer ones say more
LARGEST_GROWTH = 2.0  # a flat sheet that is larger than that in either way is a wrong fit


def read_page(image: np.ndarray, reader: TextReader) -> ScreenText:
    """Read a photo or a scan of a sheet.

    Args:
        image: (H, W, 3) uint8, RGB.
        reader: whose networks to use.
    Returns:
        Rows in reading order; boxes are in pixels of the flat sheet, which for a straight one is the image itself.
    Raises:
        ValueError: image has another shape or type; the message gives both.
    """
    bgr = as_bgr(image)
    detector, recogniser = reader.networks()
    quads = find_lines(detector, bgr)
    slopes = slopes_of(quads, image.shape[0])
    if slopes is not None:
        bgr, quads = flattened(bgr, quads, slopes)
        quads = find_lines(detector, bgr) if max(map(abs, slopes)) > STEEP else quads
    lines = without_icons(read_lines(recogniser, bgr, quads))
    return arrange(lines, (bgr.shape[1], bgr.shape[0]))


def flattened(image: np.ndarray, quads: np.ndarray, slopes: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """An image with its (N, 4, 2) lines, both turned so that lines of these slopes at top and bottom are level."""
    to_flat = homography(slopes, image.shape[1], image.shape[0])
    moved = cv2.perspectiveTransform(quads.reshape(1, -1, 2).astype(np.float64), to_flat).reshape(quads.shape)
    low, high = moved.min(axis=(0, 1)), moved.max(axis=(0, 1))
    width, height = (int(side) for side in np.ceil(high - low + 40))  # 20 pixels around the text
    if width > LARGEST_GROWTH * image.shape[1] or height > LARGEST_GROWTH * image.shape[0]:
        return image, quads
    shift = np.array([[1, 0, 20 - low[0]], [0, 1, 20 - low[1]], [0, 0, 1]])
    flat = cv2.warpPerspective(
        image, shift @ to_flat, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return flat, (moved - low + 20).astype(np.float32)


def slopes_of(quads: np.ndarray, height: int) -> tuple[float, float] | None:
    """The slope of lines at the top and at the bottom of the image; None where they are level, or too few to tell."""
    across = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    long = across >= LONG * heights_of(quads)
    if long.sum() < 3:
        return None
    slopes = np.array([(slope_of(quad) + slope_of(quad[[3, 2, 1, 0]])) / 2 for quad in quads[long]])  # (M,)
    middles, weights = quads[long].mean(axis=1)[:, 1], across[long]
    if np.ptp(middles) < 0.2 * height or len(slopes) < 5:
        top = bottom = float(np.median(slopes))
    else:
        top, bottom = _fitted(middles, slopes, weights, height)
    steepest = max(abs(top), abs(bottom))
    return (top, bottom) if LEVEL <= steepest <= STEEPEST else None


def _fitted(middles: np.ndarray, slopes: np.ndarray, weights: np.ndarray, height: int) -> tuple[float, float]:
    """A straight line through the slopes, without those that are off: a seal, a logo, text on the table."""
    kept = np.ones(len(slopes), dtype=bool)
    change, start = 0.0, float(np.median(slopes))
    for _ in range(3):
        change, start = np.polyfit(middles[kept], slopes[kept], 1, w=weights[kept])
        off = np.abs(slopes - start - change * middles)
        kept = off <= max(0.01, 2.5 * float(np.median(off)))
    return float(start), float(start + change * height)


def homography(slopes: tuple[float, float], width: int, height: int) -> np.ndarray:
    """From the photo to the flat sheet, (3, 3): lines become level, and what is upright on the sheet about upright."""
    middle = sum(slopes) / 2
    flat, seen = [], []
    for y, slope in ((0, slopes[0]), (height, slopes[1])):
        for x in (0, width):
            flat.append((x, y))
            seen.append((x - middle * (y - height / 2), y + slope * (x - width / 2)))
    return np.asarray(
        cv2.getPerspectiveTransform(np.array(seen, dtype=np.float32), np.array(flat, dtype=np.float32)), np.float64
    )
