"""What a screen holds, in order: rows of printed text and of controls, each control with the words that belong to it.

The text reader's lines and the parser's elements come together in it (`vision.structure_merging`); questions are
answered from it, in the words of `vision.structure_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pocketvlm.vision.reading_order import Box, TextLine

if TYPE_CHECKING:
    from pocketvlm.vision.parser.elements import Element

TEXT = "text"  # the role of a printed line that is no part of a control
BEHIND = "behind"  # the role of the mark before what lies under an overlay
MODAL = ("dialog", "sheet", "menu")  # they take every tap, and dim what lies under them


@dataclass(frozen=True)
class Cell:
    """A piece of printed text, a control with the words in it, or the mark where a part of the screen begins.

    Attributes:
        role: `TEXT`, `BEHIND`, or the role of its element.
        text: the words that are printed in it; "" for none.
        box: x1, y1, x2, y2 in pixels of the upright picture.
        element: what the parser found; None for text alone.
        lines: the lines that its words come from, whole ones.
        name: what it is about: its own words, else those of its row; "" where nothing says.
        badge: the words of a badge on it.
    """

    role: str
    text: str
    box: Box
    element: Element | None = None
    lines: tuple[TextLine, ...] = ()
    name: str = ""
    badge: str | None = None


@dataclass(frozen=True)
class StructureRow:
    """Cells that are read as one, from left to right.

    Attributes:
        frame: the innermost list row, card, header, chart or overlay that the parser found around it.
        behind: it lies under an overlay that takes every tap.
    """

    cells: tuple[Cell, ...]
    frame: Element | None = None
    behind: bool = False

    @property
    def name(self) -> str:
        """What the row is about: its first words."""
        return next((cell.text for cell in self.cells if cell.role == TEXT), "") or next(
            (cell.text for cell in self.cells if cell.text), ""
        )

    @property
    def box(self) -> Box:
        if self.frame is not None and self.frame.role == "row":
            return self.frame.box
        return hull([cell.box for cell in self.cells])


@dataclass(frozen=True)
class ScreenStructure:
    """A screen's rows in the order of reading; an overlay's come first, then what lies under it.

    Attributes:
        width, height: pixels of the upright picture.
        rows: every cell stands in exactly one.
        dark: light writing on a dark ground; None where nobody looked.
    """

    width: int
    height: int
    rows: tuple[StructureRow, ...]
    dark: bool | None = None

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for row in self.rows for cell in row.cells)


def hull(boxes: list[Box]) -> Box:
    """The smallest box around some.

    Raises:
        ValueError: there are none.
    """
    if not boxes:
        raise ValueError("no boxes to draw one around: pass at least one")
    x1, y1, x2, y2 = zip(*boxes, strict=True)
    return min(x1), min(y1), max(x2), max(y2)


def area(box: Box) -> int:
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def inside(inner: Box, outer: Box) -> float:
    """Which part of a box lies in another, 0 to 1."""
    x1, y1 = max(inner[0], outer[0]), max(inner[1], outer[1])
    x2, y2 = min(inner[2], outer[2]), min(inner[3], outer[3])
    return area((x1, y1, x2, y2)) / max(1, area(inner)) if x1 < x2 and y1 < y2 else 0.0
