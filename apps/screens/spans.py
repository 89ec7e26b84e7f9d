"""Pieces of a screen that could be answers: lines, parts of lines, amounts and times within them, wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pocketvlm.apps.screens.kinds import KINDS
from pocketvlm.apps.screens.words import WORD, content_stems, stem
from pocketvlm.vision.reading_order import ScreenText, TextLine

JOINTS = re.compile(r"^(?:(?:is|was|are|from|at|of|by|to|in|on|for|the)\s+)+", re.IGNORECASE)
TRIM = " .,:;()?!\"“”'‘’"
LONGEST = 90  # characters; longer spans are paragraphs, not answers
SEPARATORS = re.compile(
    r"\s[·•|–—-]\s|\s?[·•]\s?|:\s+|\s\|\s|,\s+|\s*[()]\s*|\s+(?:→|->|>|at|by|from|with|on|to|the)\s+|^by\s+|['’]s\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Span:
    """A possible answer.

    Attributes:
        text: what it says.
        lines: the numbers of the lines it stands in, in reading order.
        kind: "line", "part" (cut at a separator), "rest" (after a word of the question), "wrapped" (several lines),
            or the name of a kind in `kinds`.
    """

    text: str
    lines: tuple[int, ...]
    kind: str


def spans_of(screen: ScreenText, question: str) -> list[Span]:
    """Every possible answer on a screen, in reading order, each text once a line."""
    asked = frozenset(content_stems(question))
    lines = screen.lines
    found: dict[tuple[str, tuple[int, ...]], Span] = {}
    for index, line in enumerate(lines):
        for text, kind in _in_line(line.text, asked):
            found.setdefault((text, (index,)), Span(text, (index,), kind))
        for count in (2, 3):
            group = lines[index : index + count]
            if len(group) == count and all(map(_continues, group, group[1:])):
                text = " ".join(part.text for part in group)
                numbers = tuple(range(index, index + count))
                found.setdefault((text, numbers), Span(text, numbers, "wrapped"))
    return [span for span in found.values() if _says_something(span)]


def _says_something(span: Span) -> bool:
    """Lone letters and signs are icons that were read as text, unless a label stands before them."""
    enough = any(map(str.isalnum, span.text)) if span.kind == "rest" else re.search(r"\d|[^\W_]{2}", span.text)
    return bool(enough) and len(span.text) <= LONGEST


def _in_line(text: str, asked: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield text.strip(), "line"
    for match in WORD.finditer(text):
        # A label that the question names: what follows it is its value.
        if stem(match.group().lower()) in asked and re.match(r"\W*\s", text[match.end() :]):
            yield _bare(SEPARATORS.split(_bare(text[match.end() :]))[0]), "rest"
    ends = [(match.start(), match.end()) for match in SEPARATORS.finditer(text)]
    starts, stops = [0, *(end for _, end in ends)], [*(start for start, _ in ends), len(text)]
    for first, start in enumerate(starts):
        for stop in stops[first : first + 3]:
            if start < stop and (start, stop) != (0, len(text)):
                yield _bare(text[start:stop]), "part"
    for kind, pattern in KINDS.items():
        for match in pattern.finditer(text):
            if match.group().strip() != text.strip():
                yield match.group().strip(TRIM), kind


def _bare(text: str) -> str:
    """A piece of a line without the signs and small words that joined it to what stood before."""
    return JOINTS.sub("", text.strip(TRIM)).strip(TRIM)


def _continues(upper: TextLine, lower: TextLine) -> bool:
    """Whether a line goes on in the next: same left edge, same height, hardly any space between."""
    height = min(upper.box[3] - upper.box[1], lower.box[3] - lower.box[1])
    tall = max(upper.box[3] - upper.box[1], lower.box[3] - lower.box[1])
    return (
        abs(upper.box[0] - lower.box[0]) < 0.6 * height
        and -0.3 * height < lower.box[1] - upper.box[3] < 0.9 * height
        and tall < 1.3 * height
    )
