"""A drawing as a picture, for places that show no SVG. Pillow draws it: it is installed anyway."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path as FilePath

from PIL import Image, ImageDraw, ImageFont

from pocketvlm.cost.report.drawing import PALETTE, Box, Dot, Drawing, Label, Mark, Path

_SCALE = 2  # pixels a unit: sharp on phones
_HEAD, _MARGIN = 30, 12  # units for the title, which a page sets as text, and around all
_DASH, _GAP = 6, 4
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
# Pillow's own font lacks these.
_PLAIN = str.maketrans({"×": "x", "−": "-", "–": "-", "…": "...", "≤": "<=", "≈": "about ", "²": "2", "→": "->"})


def to_picture(drawing: Drawing, dark: bool = False) -> Image.Image:
    """Draw a plot with its title.

    Args:
        drawing: what to draw.
        dark: in the inks of a dark page.
    """
    side = int(dark)
    size = (
        math.ceil((drawing.width + 2 * _MARGIN) * _SCALE),
        math.ceil((drawing.height + 2 * _MARGIN + _HEAD) * _SCALE),
    )
    picture = Image.new("RGB", size, PALETTE["card"][side])
    pen = ImageDraw.Draw(picture)
    title = Label(0, -_HEAD / 2 + 4, drawing.title, "ink", size=15, bold=True)
    for mark in (title, *drawing.marks):
        _draw(pen, mark, PALETTE[mark.ink][side])
    return picture


def write_png(drawing: Drawing, folder: FilePath) -> FilePath:
    """Write `NAME.png` into a folder; its text alternative is kept as the picture's description."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_itxt("Description", drawing.description)
    path = folder / f"{drawing.name}.png"
    to_picture(drawing).save(path, optimize=True, pnginfo=told)
    return path


def _at(x: float, y: float) -> tuple[float, float]:
    """Pixels of a place in units."""
    return (x + _MARGIN) * _SCALE, (y + _MARGIN + _HEAD) * _SCALE


def _draw(pen: ImageDraw.ImageDraw, mark: Mark, ink: str) -> None:
    match mark:
        case Box(x, y, width, height):
            pen.rectangle((*_at(x, y), *_at(x + width, y + height)), fill=ink)
        case Path(points, _, width, dashed):
            for one in _dashes(points) if dashed else [points]:
                pen.line([_at(*point) for point in one], fill=ink, width=round(width * _SCALE), joint="curve")
        case Dot(x, y, _, radius):
            pen.circle(_at(x, y), radius * _SCALE, fill=ink)
        case Label(x, y, text, _, anchor, size, bold):
            font = ImageFont.load_default(size * _SCALE)
            # The font has one weight: a thin outline makes it bold.
            stroke = 0.5 if bold else 0
            pen.text(
                _at(x, y), text.translate(_PLAIN), fill=ink, font=font, anchor=_ANCHORS[anchor], stroke_width=stroke
            )


def _dashes(points: tuple[tuple[float, float], ...]) -> list[tuple[tuple[float, float], ...]]:
    """A line cut into dashes, piece by piece."""
    dashes = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        start = 0.0
        while start < length:
            ends = (start / length, min(start + _DASH, length) / length)
            dashes.append(tuple((x0 + part * (x1 - x0), y0 + part * (y1 - y0)) for part in ends))
            start += _DASH + _GAP
    return dashes
