"""A picture that needs no file: what exports are checked and calibrated on."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw


def drawn_screen() -> np.ndarray:
    """A phone's screen with a bar, rows of text and a coloured picture, (640, 360, 3) uint8: the same on every run."""
    screen = Image.new("RGB", (360, 640), "white")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 360, 56), fill=(28, 72, 140))
    draw.text((16, 16), "Departures", fill="white", font_size=24)
    for row in range(6):
        top = 80 + 48 * row
        draw.text((16, top), f"{9 + row}:{10 * row:02} Platform {row + 1}", fill=(40, 40, 40), font_size=18)
        draw.line((16, top + 36, 344, top + 36), fill=(210, 210, 210))
    down, along = np.mgrid[0:240, 0:328]
    waves = np.stack([along * 255 // 328, down * 255 // 240, 127 + 127 * np.sin(along / 9 + down / 14)], axis=-1)
    screen.paste(Image.fromarray(waves.astype(np.uint8)), (16, 384))
    return np.asarray(screen)
