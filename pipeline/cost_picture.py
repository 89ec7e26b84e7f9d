"""The picture that `pocketvlm cost` asks about unless another one is given: the same on every machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1080, 2400  # a phone's screen
ROWS = 14
NAME = "departures.png"


def write_picture(folder: Path) -> Path:
    """Draw a phone's screen with a bar, rows of text and a picture, and write it as PNG; returns the file."""
    screen = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, WIDTH, 180), fill=(28, 72, 140))
    draw.text((48, 60), "Departures", fill="white", font_size=72)
    for row in range(ROWS):
        top = 220 + 110 * row
        draw.text((48, top), f"{9 + row}:{(7 * row) % 60:02}", fill=(40, 40, 40), font_size=48)
        draw.text((260, top), f"Line {3 * row + 1} to Harbour {row + 1}", fill=(40, 40, 40), font_size=48)
        draw.text((860, top), f"Gate {row + 2}", fill=(90, 90, 90), font_size=48)
        draw.line((48, top + 84, WIDTH - 48, top + 84), fill=(210, 210, 210), width=3)
    down, along = np.mgrid[0:560, 0:984]
    waves = np.stack([along * 255 // 984, down * 255 // 560, 127 + 127 * np.sin(along / 27 + down / 42)], axis=-1)
    screen.paste(Image.fromarray(waves.astype(np.uint8)), (48, 1800))
    path = folder / NAME
    screen.save(path)
    return path
