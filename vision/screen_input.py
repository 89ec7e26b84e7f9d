"""From the pixels of a screen or a photo to the input of the screen tower: any shape, about the same area.

Sides become multiples of the encoder's coarsest stride, so that no pixel is padding; the shape changes by a few per
cent at most. Small pictures are not blown up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from pocketvlm.vision.parser.config import InputConfig


@dataclass(frozen=True)
class ScreenInput:
    """A picture as the network takes it, and how to find back to its pixels."""

    pixels: np.ndarray  # (1, 3, H, W) float32, normalised
    scale: tuple[float, float]  # input pixels a picture pixel: x, y


def fit_size(width: int, height: int, config: InputConfig) -> tuple[int, int]:
    """The input's width and height for a picture's.

    Raises:
        ValueError: the picture has no pixels.
    """
    if width < 1 or height < 1:
        raise ValueError(f"a picture has at least one pixel, not {width} x {height}")
    shrink = min(1.0, math.sqrt(config.area_budget / (width * height)))
    step = config.multiple
    wide = max(step, round(width * shrink / step) * step)
    high = max(step, round(height * shrink / step) * step)
    # Rounding up both sides may leave the budget by half a step each; the longer side then gives way.
    while wide * high > config.area_budget and max(wide, high) > step:
        wide, high = (wide - step, high) if wide > high else (wide, high - step)
    return wide, high


def fit_pixels(pixels: np.ndarray, config: InputConfig) -> np.ndarray:
    """A picture (H0, W0, 3) uint8 at its input's size: (H, W, 3) uint8."""
    height, width = pixels.shape[:2]
    size = fit_size(width, height, config)
    shrinks = size[0] < width or size[1] < height
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def normalise(pixels: np.ndarray, config: InputConfig) -> np.ndarray:
    """(B, H, W, 3) uint8 to (B, 3, H, W) float32, as the encoder was trained."""
    scaled = (pixels.astype(np.float32) - config.mean) / config.std
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32)


def fit_screen(pixels: np.ndarray, config: InputConfig) -> ScreenInput:
    """The network's input for a picture.

    Args:
        pixels: (H0, W0, 3) uint8, RGB, upright.
    Raises:
        ValueError: another shape or type; the message gives both.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise ValueError(f"a picture is (height, width, 3) of uint8, not {pixels.shape} of {pixels.dtype}")
    fitted = fit_pixels(pixels, config)
    scale = (fitted.shape[1] / pixels.shape[1], fitted.shape[0] / pixels.shape[0])
    return ScreenInput(normalise(fitted[None], config), scale)
