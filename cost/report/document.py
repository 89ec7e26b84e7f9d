"""The report as blocks, which HTML and Markdown write each in their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pocketvlm.cost.report.drawing import Drawing

Tone = Literal["", "good", "bad", "soft"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, a smaller line below it, and how it is meant."""

    text: str
    below: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Table:
    """Rows below a head; the first column names the row, `texts` are the columns that hold words, not numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    texts: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Paragraph:
    """Plain text; a notice stands out."""

    text: str
    notice: bool = False


@dataclass(frozen=True)
class Bullets:
    """Short sentences, one below the other."""

    items: Sequence[str]


@dataclass(frozen=True)
class Tiles:
    """The few numbers to take away: (what, number, what it compares with)."""

    items: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Plots:
    """Drawings side by side where there is room."""

    drawings: Sequence[Drawing]


Block = Table | Paragraph | Bullets | Tiles | Plots


@dataclass(frozen=True)
class Section:
    """A headed part of the report; `name` is its anchor."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """The whole report.

    Attributes:
        title: of the page.
        facts: (name, value) pairs under it.
        sections: in the order of reading; those without blocks are left out by who makes the document.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]

    def drawings(self) -> list[Drawing]:
        """Every plot, in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return [drawing for block in blocks if isinstance(block, Plots) for drawing in block.drawings]


def cells(texts: Sequence[str], tone: Tone = "") -> list[Cell]:
    """Cells of plain texts."""
    return [Cell(text, tone=tone) for text in texts]
