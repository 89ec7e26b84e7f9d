"""Which lines of a picture an answer repeats."""

from __future__ import annotations

from collections.abc import Sequence

from pocketvlm.apps.screens.words import words
from pocketvlm.vision.reading_order import TextLine

SHORTEST = 4  # characters; shorter lines are found in any answer by chance


def quoted_lines(answer: str, lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines that stand in an answer word for word, in reading order."""
    said = f" {' '.join(words(answer))} "
    return [line for line in lines if len(line.text) >= SHORTEST and f" {' '.join(words(line.text))} " in said]


def repeated_lines(answer: str, lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines that an answer quotes; a short one counts where it is the whole answer."""
    said = words(answer)
    return quoted_lines(answer, lines) or [line for line in lines if said and words(line.text) == said]
