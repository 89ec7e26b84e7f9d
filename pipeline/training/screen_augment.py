"""Screens as other kits and cameras might have drawn them: other sizes, cuts, colours, sharpness.

What a screen means is kept: nothing is mirrored (arrows would turn) and nothing inverted (on would look like off).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class AugmentConfig:
    """How far screens are changed; chances are 0..1."""

    canvas: tuple[int, int] = (448, 704)  # width and height of every sample, in input pixels
    scales: tuple[float, float] = (0.75, 1.25)
    aspect: float = 0.08  # width and height differ in scale by up to this share
    full_hue: float = 0.25  # chance that all hues turn, by any angle
    blur: float = 0.2
    jpeg: float = 0.25
    noise: float = 0.1


@dataclass(frozen=True)
class Cut:
    """How a screen was placed on the canvas: canvas pixel = screen pixel * scale + shift."""

    scale: tuple[float, float]
    shift: tuple[float, float]


def place(pixels: np.ndarray, config: AugmentConfig, rng: np.random.Generator) -> tuple[np.ndarray, Cut]:
    """A screen (H, W, 3) uint8 scaled and cut to the canvas, or put somewhere on it where it is smaller."""
    height, width = pixels.shape[:2]
    scale = np.exp(rng.uniform(*np.log(config.scales)))
    stretch = np.exp(rng.uniform(-config.aspect, config.aspect) / 2)
    size = (round(width * scale * stretch), round(height * scale / stretch))
    method = cv2.INTER_AREA if size[0] < width and size[1] < height else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, size, interpolation=method)
    shift = [
        int(rng.integers(min(0, room), max(0, room) + 1))
        for room in (config.canvas[0] - size[0], config.canvas[1] - size[1])
    ]
    canvas = np.empty((config.canvas[1], config.canvas[0], 3), np.uint8)
    canvas[:] = rng.integers(0, 256, 3)
    x1, y1 = max(0, shift[0]), max(0, shift[1])
    x2, y2 = min(config.canvas[0], shift[0] + size[0]), min(config.canvas[1], shift[1] + size[1])
    canvas[y1:y2, x1:x2] = scaled[y1 - shift[1] : y2 - shift[1], x1 - shift[0] : x2 - shift[0]]
    return canvas, Cut((size[0] / width, size[1] / height), (float(shift[0]), float(shift[1])))


def recolour(pixels: np.ndarray, config: AugmentConfig, rng: np.random.Generator) -> np.ndarray:
    """Other hues, saturation, contrast and brightness."""
    turned = rng.random() < config.full_hue
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    hue = rng.integers(15, 166) if turned else rng.integers(-7, 8)  # of 180
    steps = np.arange(256)
    hues = ((steps + hue) % 180).astype(np.uint8)
    saturation = np.clip(steps * rng.uniform(0.6, 1.4), 0, 255).astype(np.uint8)
    light = _curve(rng)
    changed = cv2.merge(
        [cv2.LUT(part, table) for part, table in zip(cv2.split(hsv), (hues, saturation, light), strict=True)]
    )
    return cv2.cvtColor(changed, cv2.COLOR_HSV2RGB)


def _curve(rng: np.random.Generator) -> np.ndarray:
    """A table for brightness: gamma, contrast and offset; (256,) uint8."""
    x = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.35, 0.35))
    y = (x - 0.5) * rng.uniform(0.75, 1.15) + 0.5 + rng.uniform(-0.08, 0.08)
    return np.asarray(np.clip(y * 255, 0, 255).astype(np.uint8))


def wear(pixels: np.ndarray, config: AugmentConfig, rng: np.random.Generator) -> np.ndarray:
    """Softer edges, JPEG's blocks, noise."""
    if rng.random() < config.blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < config.noise:
        pixels = np.clip(pixels + rng.normal(0, rng.uniform(1, 6), pixels.shape), 0, 255).astype(np.uint8)
    if rng.random() < config.jpeg:
        quality = int(rng.integers(40, 95))
        _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        worn = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert worn is not None  # it was encoded just now
        pixels = np.ascontiguousarray(worn[:, :, ::-1])
    return pixels
