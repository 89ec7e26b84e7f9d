"""A card over the picture: a panel at its lower edge with a title and a few lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pocketvlm.apps.places.plain import plain

Tone: TypeAlias = Literal["sure", "several", "none"]

MOST_LINES = 7
LONGEST_LINE = 120  # characters; more does not fit on any picture
_TONES = {"sure": (22, 92, 58), "several": (120, 84, 10), "none": (60, 60, 66)}  # RGB of the panel
_SOLID = 0.82  # of the panel; the picture shines through a little
# Typefaces that hold Chinese, where the usual systems have them. Without one, Pillow's own is taken.
_CHINESE = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


@dataclass(frozen=True)
class Overlay:
    """What to show: a title, lines below it, and how sure it is, which sets the colour."""

    title: str
    lines: tuple[str, ...] = ()
    tone: Tone = "none"


Look: TypeAlias = Callable[[np.ndarray], Overlay]  # of an (H, W, 3) uint8 RGB picture


def with_overlay(frame: np.ndarray, overlay: Overlay) -> np.ndarray:
    """A copy of an (H, W, 3) uint8 BGR frame with the card over its lower part."""
    panel = _panel(overlay, frame.shape[1], frame.shape[0])  # (h, W, 3)
    shown = frame.copy()
    below = shown[-panel.shape[0] :]
    below[:] = (_SOLID * panel + (1 - _SOLID) * below).astype(np.uint8)
    return shown


@lru_cache(maxsize=8)
def _panel(overlay: Overlay, width: int, height: int) -> np.ndarray:
    """The panel alone, (h, W, 3) uint8 BGR, at most half of the picture high."""
    letters = max(10, min(width, height) // 28)
    pad, pitch = letters, round(1.45 * letters)
    room = max(0, (height // 2 - 3 * pad - letters) // pitch)
    lines = [plain(line, LONGEST_LINE) for line in overlay.lines[: min(MOST_LINES, room)]]
    high = min(height, 2 * pad + round(1.6 * letters) + pitch * len(lines))
    panel = Image.new("RGB", (width, high), _TONES[overlay.tone])
    draw = ImageDraw.Draw(panel)
    _write(draw, plain(overlay.title, LONGEST_LINE), pad, pad, round(1.3 * letters), width - 2 * pad)
    for number, line in enumerate(lines):
        _write(draw, line, pad, pad + round(1.9 * letters) + pitch * number, letters, width - 2 * pad)
    return np.ascontiguousarray(np.asarray(panel, dtype=np.uint8)[..., ::-1])


def _write(draw: Any, text: str, x: int, y: int, letters: int, room: int) -> None:
    """One line, cut where it would run out of the panel."""
    font = _font(letters, is_latin=all(ord(sign) < 0x2E80 for sign in text))
    shown = text
    while shown and draw.textlength(shown, font) > room:
        shown = shown[:-2].rstrip() + "…" if len(shown) > 2 else ""
    draw.text((x, y), shown, fill=(255, 255, 255), font=font)


@lru_cache(maxsize=32)
def _font(letters: int, *, is_latin: bool) -> Any:
    found = None if is_latin else next((path for path in _CHINESE if Path(path).is_file()), None)
    return ImageFont.load_default(letters) if found is None else ImageFont.truetype(found, letters)
