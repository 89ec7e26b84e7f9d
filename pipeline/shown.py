"""What a prompt shows of a picture: rows of which the less useful can be left out where the context is full."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pocketvlm.apps.screens.answering import usefulness
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.vision.reading_order import Row, ScreenText, TextLine
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_text import row_text, summary


@dataclass(frozen=True)
class Shown:
    """A picture's rows as a prompt has them.

    Attributes:
        heading: a row that is never left out; None for none.
        screen: the other rows' texts and places, by which their use for a question is judged.
        texts: those rows as they are shown.
        lines: how many printed lines each of them holds.
        parsed: they come from a structure.
    """

    heading: str | None
    screen: ScreenText
    texts: tuple[str, ...]
    lines: tuple[int, ...]
    parsed: bool

    @classmethod
    def of_text(cls, text: ScreenText) -> Shown:
        """The rows of what the text reader read."""
        rows = text.rows
        return cls(None, text, tuple(row.text for row in rows), tuple(len(row.cells) for row in rows), False)

    @classmethod
    def of_structure(cls, structure: ScreenStructure) -> Shown:
        """The rows of a structure of which something is said, under its summary."""
        rows = [(text, row) for row in structure.rows if (text := row_text(row))]
        screen = ScreenText(tuple(Row((TextLine(text, row.box, 1.0),)) for text, row in rows))
        lines = tuple(sum(len(cell.lines) for cell in row.cells) for _, row in rows)
        return cls(summary(structure), screen, tuple(text for text, _ in rows), lines, True)

    def rows(self, kept: Collection[int] | None = None) -> list[str]:
        """The rows to show: all, or those whose numbers are kept."""
        chosen = [text for number, text in enumerate(self.texts) if kept is None or number in kept]
        return chosen if self.heading is None else [self.heading, *chosen]

    def left_out(self, kept: Collection[int] | None) -> int:
        """How many printed lines are not among the rows that are kept."""
        return 0 if kept is None else sum(lines for number, lines in enumerate(self.lines) if number not in kept)

    def useful(self, tokenizer: Tokenizer, question: str, room: int) -> set[int]:
        """The numbers of as many of the most useful rows as fit in `room` tokens."""
        use = usefulness(self.screen, question)
        kept: set[int] = set()
        for number in sorted(range(len(self.texts)), key=lambda number: -use[number]):
            room -= len(tokenizer.encode(f"{self.texts[number]}\n"))
            if room < 0:
                break
            kept.add(number)
        return kept
