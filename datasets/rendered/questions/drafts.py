"""A question before it is worded: what is asked of which element, in which ways one may ask it, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from pocketvlm.datasets.metrics import NO_ANSWER

Kind: TypeAlias = Literal[
    "lookup", "state", "colour", "picture", "count", "place", "chart", "reasoning", "unanswerable", "description"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Language: TypeAlias = Literal["en", "zh"]
Box: TypeAlias = tuple[int, int, int, int]  # x1, y1, x2, y2 in pixels of the image, x2 and y2 exclusive


@dataclass(frozen=True)
class Both:
    """Texts that say the same, in English and in Chinese."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def of(self, language: Language) -> tuple[str, ...]:
        return self.en if language == "en" else self.zh


Slot: TypeAlias = "str | Both"  # of `Both`, the first text


def ask(en: str, zh: str) -> Both:
    """The ways to ask one thing, one a line or set apart by " | "; slots stand in braces."""
    return Both(_split(en), _split(zh))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for line in text.splitlines() for part in line.split(" | ") if part.strip())


def same(*texts: str) -> Both:
    """An answer that is read off the screen, and so is the same in both languages."""
    kept = tuple(dict.fromkeys(texts))
    return Both(kept, kept)


def both(en: str, zh: str) -> Both:
    """Accepted answers, the first the one to learn; set apart by "/"."""
    return Both(tuple(en.split("/")), tuple(zh.split("/")))


YES = both("yes/yes it is/yes it does", "是/是的/对/有")
NO = both("no/no it is not/no it does not", "否/不是/没有/不")
NONE = same(NO_ANSWER)


def yes_or_no(true: bool) -> Both:
    return YES if true else NO


def is_yes_or_no(answers: tuple[str, ...]) -> bool | None:
    """Whether answers say yes; None if they say something else."""
    first = answers[:1]
    return True if first in (YES.en[:1], YES.zh[:1]) else False if first in (NO.en[:1], NO.zh[:1]) else None


@dataclass(frozen=True)
class Draft:
    """One thing to ask about a screen.

    Two drafts with the same `about` ask the same thing, so that one screen gets only one of them.
    """

    kind: Kind
    about: str
    ways: Both
    answers: Both
    slots: Mapping[str, Slot] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()  # where the answer stands
    names_choices: bool = False  # the question lists the possible answers, so it may well hold the right one
