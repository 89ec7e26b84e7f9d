"""Evidence that a span of the screen answers a question, as numbers that a linear ranker weighs.

The main evidence is where the question's words stand relative to the span: in the same row, as a label above it, in a
heading further up. Letters: N spans, F features.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

import numpy as np

from pocketvlm.apps.screens.kinds import kinds_asked, kinds_of
from pocketvlm.apps.screens.spans import Span
from pocketvlm.apps.screens.words import content_stems, stem, words
from pocketvlm.vision.reading_order import ScreenText, TextLine

# Where a question's word stands relative to a span; of several places the first counts.
RELATIONS = (
    *("in_span", "same_line", "same_row", "above", "below", "group_above", "group_below"),
    *("near_above", "near_below", "far_above", "far_below"),
)
GROUP_GAP = 0.2  # line heights; closer rows are always one group
SHAPES = ("line", "part", "rest", "wrapped")
BUTTONS = frozenset(
    """home search back menu settings profile more help edit change details reply message messages call save share
    directions accounts payments cards pay book trips saved bills plan today inbox all cancel done ok yes no add next
    view manage clear sort filter close open library mark read archive delete send track cart sign log in out""".split()
)
TITLE_ASKED = re.compile(r"\W*(?:and |so )?(?:which|who|what.*\bcalled)\b", re.IGNORECASE)
START_ASKED = re.compile(r"\b(?:starts?|begins?|opens?|from when|leaves?|departs?)\b", re.IGNORECASE)
END_ASKED = re.compile(r"\b(?:finish|ends?|until|closes?|shut|over|till)\b", re.IGNORECASE)
NAMES = (
    *RELATIONS,
    "unmatched",
    "asked_kind",
    "wrong_kind",
    "unasked_kind",
    *SHAPES,
    "log_words",
    "repeats_question",
    "only_repeats",
    "title_size",
    "status_bar",
    "bottom_bar",
    "button",
    "title_asked",
    "range_end_asked",
    "range_start_asked",
    "position",
)


@dataclass(frozen=True)
class Layout:
    """A screen's lines with what the features ask of them, computed once a screen."""

    screen: ScreenText

    @cached_property
    def lines(self) -> tuple[TextLine, ...]:
        return self.screen.lines

    @cached_property
    def row_of(self) -> list[int]:
        """The row's number of every line."""
        return [number for number, row in enumerate(self.screen.rows) for _ in row.cells]

    @cached_property
    def group_of(self) -> list[int]:
        """The group's number of every row: rows that stand closer to each other than to what is around them."""
        boxes = [row.box for row in self.screen.rows]
        gaps = [max(lower[1] - upper[3], 0) / self.line_height for upper, lower in pairwise(boxes)]
        padded = [math.inf, *gaps, math.inf]
        groups = [0] * min(len(boxes), 1)
        for gap, before, after in zip(gaps, padded, padded[2:], strict=False):
            apart = gap > GROUP_GAP and gap > 0.7 * min(max(before, after), 4.0)
            groups.append(groups[-1] + apart)
        return groups

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """The stems of every line."""
        return [frozenset(map(stem, words(line.text))) for line in self.lines]

    @cached_property
    def line_height(self) -> float:
        """The usual height of a line in pixels."""
        return median(line.box[3] - line.box[1] for line in self.lines) if self.lines else 1.0

    @cached_property
    def bottom(self) -> int:
        """The lowest line's lower edge."""
        return max((line.box[3] for line in self.lines), default=1)

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a stem over the lines; 1 for what stands in a single line."""
        count = sum(word in stems for stems in self.stems)
        return math.log(1 + len(self.lines) / max(count, 1)) / math.log(1 + len(self.lines))

    def relation(self, span: Span, line: int) -> str:
        """Where a line stands relative to a span's lines."""
        if line in span.lines:
            return "same_line"
        first, last = span.lines[0], span.lines[-1]
        if self.row_of[line] == self.row_of[first]:
            return "same_row"
        together = self.group_of[self.row_of[line]] == self.group_of[self.row_of[first]]
        apart = self.row_of[line] - self.row_of[first if line < first else last]
        if line < first:
            over = self._stacked(self.lines[line], self.lines[first])
            return "above" if over else "group_above" if together else "near_above" if apart >= -2 else "far_above"
        under = self._stacked(self.lines[last], self.lines[line])
        return "below" if under else "group_below" if together else "near_below" if apart <= 2 else "far_below"

    def titles_group(self, span: Span) -> bool:
        """Whether a span is the first line of its group, without its icon."""
        row = self.row_of[span.lines[0]]
        first_row = self.group_of.index(self.group_of[row])
        return row == first_row and span.kind == "line"

    def _stacked(self, upper: TextLine, lower: TextLine) -> bool:
        """Whether one line stands right above the other, with common width."""
        shared = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
        gap = lower.box[1] - upper.box[3]
        height = max(upper.box[3] - upper.box[1], lower.box[3] - lower.box[1])
        return shared > 0 and -0.5 * height < gap < 1.2 * height


@dataclass(frozen=True)
class Asked:
    """What a question asks of one screen.

    Attributes:
        kinds: the kinds of thing that would answer it.
        rarities: its words' stems, each with its inverse document frequency on the screen.
        places: the lines in which each stem stands.
        title: whether it wants a thing by name ("which hotel", "who"), which lists print as an entry's first line.
        start, end: whether it asks for that side of a range of times.
    """

    kinds: frozenset[str]
    rarities: dict[str, float]
    places: dict[str, list[int]]
    title: bool
    start: bool
    end: bool

    @classmethod
    def of(cls, question: str, layout: Layout) -> Asked:
        """Take a question apart against a screen."""
        stems = content_stems(question)
        return cls(
            kinds=kinds_asked(question),
            rarities={word: layout.rarity(word) for word in stems},
            places={word: [i for i, line in enumerate(layout.stems) if word in line] for word in stems},
            title=TITLE_ASKED.match(question) is not None,
            start=START_ASKED.search(question) is not None,
            end=END_ASKED.search(question) is not None,
        )


def features(layout: Layout, spans: list[Span], question: str) -> np.ndarray:
    """(N, F) float64 in the order of `NAMES`."""
    asked = Asked.of(question, layout)
    rows = [[*_matches(layout, span, asked), *_nature(layout, span, asked)] for span in spans]
    return np.array(rows, dtype=np.float64).reshape(len(spans), len(NAMES))


def _matches(layout: Layout, span: Span, asked: Asked) -> list[float]:
    """The share of the question's words, weighed by rarity, that stands in each relation to a span; last the rest."""
    total = sum(asked.rarities.values()) or 1.0
    own = set(map(stem, words(span.text)))
    matched = dict.fromkeys((*RELATIONS, "unmatched"), 0.0)
    for word, rarity in asked.rarities.items():
        relations = {"in_span"} if word in own else {layout.relation(span, line) for line in asked.places[word]}
        matched[next((name for name in RELATIONS if name in relations), "unmatched")] += rarity / total
    return list(matched.values())


def _nature(layout: Layout, span: Span, asked: Asked) -> list[float]:
    """What a span is in itself, and whether that is what was asked for: the features after the matches."""
    own = words(span.text)
    repeated = sum(stem(word) in asked.rarities for word in own)
    kinds = kinds_of(span.text)
    line = layout.lines[span.lines[0]]
    return [
        float(bool(asked.kinds & kinds)),
        float(bool(asked.kinds) and bool(kinds) and not asked.kinds & kinds),
        float(not asked.kinds and bool(kinds - {"name"})),
        *(float(span.kind == shape) for shape in SHAPES),
        math.log(max(len(own), 1)),
        repeated / max(len(own), 1),
        float(bool(own) and repeated == len(own)),
        min((line.box[3] - line.box[1]) / layout.line_height, 3.0) - 1.0,
        float(line.box[3] < 0.035 * layout.bottom),
        float(line.box[1] > 0.95 * layout.bottom),
        float(bool(own) and all(word in BUTTONS for word in own)),
        float(asked.title and layout.titles_group(span)),
        *_range_side(line.text, span.text, asked),
        span.lines[0] / max(len(layout.lines), 1),
    ]


def _range_side(line: str, span: str, asked: Asked) -> tuple[float, float]:
    """Whether a span ends, and whether it begins, a range such as "9:00 - 17:00" just as was asked."""
    before, _, after = line.partition(span)
    begins = re.match(r"\s*[-–—]\s?\d", after) is not None
    ends = re.search(r"\d\s?[-–—]\s*$", before) is not None
    return float(asked.end and ends), float(asked.start and begins)
