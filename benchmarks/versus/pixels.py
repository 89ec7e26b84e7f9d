"""Preprocessing for the engines that bring none: MobileVLM's, by Pillow and numpy."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

BACKGROUND = (122, 116, 104)
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def decoded(data: bytes) -> Image.Image:
    """The pixels of an image file."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def pixel_values(image: Image.Image, size: int) -> np.ndarray:
    """Padded to a square, resized, normalised: (1, 3, S, S) float32."""
    side = max(image.size)
    square = Image.new("RGB", (side, side), BACKGROUND)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    resized = square.resize((size, size), Image.Resampling.BICUBIC)
    values = (np.asarray(resized, np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])
