"""Receipts, menus, business cards and posters as pictures, each with the truth about what it says.

`papers` draws sheets whose boxes are known; here the fields are: what a scan of the sheet should give.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from PIL import Image, ImageDraw

from pocketvlm.datasets.rendered import camera, paper_texts
from pocketvlm.datasets.rendered.paper_texts import Line
from pocketvlm.datasets.rendered.places.faces import Faces

PaperKind: TypeAlias = Literal["receipt", "menu", "contact", "event"]
PAPER_KINDS: tuple[PaperKind, ...] = ("receipt", "menu", "contact", "event")

_TEXTS = {
    "receipt": paper_texts.receipt,
    "menu": paper_texts.menu,
    "contact": paper_texts.contact,
    "event": paper_texts.event,
}
_WIDTHS = {"receipt": 820, "menu": 1100, "contact": 1000, "event": 1000}  # pixels
_INKS = {
    "receipt": (("#fdfdfb", "#222222"),),
    "menu": (("#fbf6e9", "#3b2a1a"), ("#24282d", "#f2efe6")),
    "contact": (("#ffffff", "#1d2733"), ("#f3efe6", "#20352b")),
    "event": (("#12263f", "#f6f1df"), ("#f7c948", "#26211a"), ("#ffffff", "#7a1f2b")),
}
_MARGIN = 60  # pixels


@dataclass(frozen=True)
class DrawnPaper:
    """A sheet: its (H, W, 3) uint8 RGB pixels, what it is, what it says, and in which language."""

    image: camera.Image
    kind: PaperKind
    truth: dict[str, Any]
    language: str


def draw_paper(kind: PaperKind, seed: int, faces: Faces) -> DrawnPaper:
    """Draw a sheet, the same one for the same arguments.

    Raises:
        ValueError: there is no such kind, or the sheet is in Chinese and no typeface holds it.
    """
    if kind not in PAPER_KINDS:
        raise ValueError(f"no paper {kind!r}: choose one of {', '.join(PAPER_KINDS)}")
    rng = random.Random(f"more papers {kind} {seed}")
    lines, truth, language = _TEXTS[kind](rng)
    image = _drawn(lines, _WIDTHS[kind], rng.choice(_INKS[kind]), rng.choice((30, 34, 38)), faces, rng.randrange(8))
    return DrawnPaper(image, kind, truth, language)


def _drawn(lines: list[Line], width: int, inks: tuple[str, str], size: int, faces: Faces, face: int) -> camera.Image:
    """The lines from top to bottom on a sheet that ends below the last."""
    ground, ink = inks
    sheet = Image.new("RGB", (width, 4000), ground)
    draw = ImageDraw.Draw(sheet)
    y = float(_MARGIN)
    for line in lines:
        letters = round(line.size * size)
        y += line.above * size
        _put(draw, line, round(y), letters, ink, faces, face)
        y += 1.55 * letters
    return np.asarray(sheet.crop((0, 0, width, round(y) + _MARGIN)), dtype=np.uint8)


def _put(draw: Any, line: Line, y: int, letters: int, ink: str, faces: Faces, face: int) -> None:
    """One line; its columns end at places that are the same for all lines with as many."""
    width = draw.im.size[0] - 2 * _MARGIN
    font = faces.font(line.text, letters, face)
    while draw.textlength(line.text, font) > width and letters > 8:  # a long title is set smaller
        letters -= 1
        font = faces.font(line.text, letters, face)
    free = width - draw.textlength(line.text, font)
    x = _MARGIN + {"left": 0.0, "centre": free / 2, "right": free}[line.align]
    draw.text((x, y), line.text, fill=ink, font=font)
    for number, column in enumerate(line.columns):
        end = _MARGIN + width * (1 - 0.21 * (len(line.columns) - 1 - number))
        set_in = faces.font(column, letters, face)
        start = end - draw.textlength(column, set_in)
        draw.text((start, y), column, fill=ink, font=set_in)
        if line.dots and number == 0:
            _lead(draw, (x + width - free, start), y + letters, ink)


def _lead(draw: Any, span: tuple[float, float], y: int, ink: str) -> None:
    for x in range(round(span[0]) + 20, round(span[1]) - 20, 14):
        draw.ellipse((x, y - 3, x + 2, y - 1), fill=ink)
