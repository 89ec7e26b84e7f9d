"""Questions of one screen: drafts of every kind, drawn by lot, worded, and kept if they are good."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rendered.questions import (
    chart,
    colour,
    count,
    description,
    lookup,
    picture,
    place,
    reasoning,
    state,
    unanswerable,
)
from pocketvlm.datasets.rendered.questions.drafts import KINDS, Draft, Kind, Language
from pocketvlm.datasets.rendered.questions.filters import gives_away, too_alike
from pocketvlm.datasets.rendered.questions.screen import Screen, read_screen
from pocketvlm.datasets.rendered.questions.wording import word

ENGLISH_OF_CHINESE = 0.2  # the share of the questions about a Chinese screen that are in English
_TRIES = 4  # ways to word a draft before it is given up
_WEIGHTS: dict[Kind, float] = {  # how readily a kind is asked where a screen allows it; few screens allow charts
    "lookup": 3,
    "state": 3,
    "colour": 1.5,
    "picture": 3,
    "count": 2,
    "place": 2.5,
    "chart": 8,
    "reasoning": 6,
    "unanswerable": 0.9,
    "description": 1,
}
Maker: TypeAlias = Callable[[Screen], Iterator[Draft]]
MAKERS: dict[Kind, Maker] = {
    "lookup": lookup.drafts,
    "state": state.drafts,
    "colour": colour.drafts,
    "picture": picture.drafts,
    "count": count.drafts,
    "place": place.drafts,
    "chart": chart.drafts,
    "reasoning": reasoning.drafts,
    "unanswerable": unanswerable.drafts,
    "description": description.drafts,
}
_OF_PAPER: tuple[Kind, ...] = ("lookup", "reasoning", "unanswerable", "description")  # others speak of screens and taps
assert tuple(MAKERS) == KINDS == tuple(_WEIGHTS)


def make_questions(truth: Mapping[str, Any], seed: int, per_screen: int = 8, *, folder: Path = Path()) -> list[Record]:
    """Questions about one drawn screen; fewer than asked for where it does not give as many good ones.

    No kind makes up more than a third of them; `balance` evens out a whole set. The same arguments give the same
    questions.

    Args:
        truth: of the screen, as the renderer wrote it.
        seed: chooses what is asked and in which words.
        per_screen: how many at most.
        folder: where the truth's image path starts from.
    Raises:
        ValueError: the truth lacks a part, or `per_screen` is not positive.
    """
    if per_screen < 1:
        raise ValueError(f"per_screen is at least 1, not {per_screen}")
    screen = read_screen(truth)
    rng = random.Random(f"questions {seed} {screen.id}")
    asked = _OF_PAPER if screen.is_paper else KINDS
    pools = {kind: _pool(list(MAKERS[kind](screen))) for kind in asked}
    most = max(1, per_screen // 3)
    records: list[Record] = []
    used: set[str] = set()
    while len(records) < per_screen:
        kinds = [kind for kind in asked if pools[kind] and sum(r.type == kind for r in records) < most]
        if not kinds:
            break
        kind = rng.choices(kinds, [_WEIGHTS[kind] for kind in kinds])[0]
        draft = _take(pools[kind], rng)
        record = None if draft.about in used else _record(screen, draft, records, folder, rng)
        if record:
            used.add(draft.about)
            records.append(record)
    return records


_Pool: TypeAlias = dict[tuple[str, ...], list[Draft]]  # by the ways to ask: one kind of switch does not drown the rest


def _pool(drafts: list[Draft]) -> _Pool:
    pool: _Pool = {}
    for draft in drafts:
        pool.setdefault(draft.ways.en, []).append(draft)
    return pool


def _take(pool: _Pool, rng: random.Random) -> Draft:
    """Take a draft out; a way to ask that has four times as many drafts as another is twice as likely."""
    ways = rng.choices(list(pool), [math.sqrt(len(drafts)) for drafts in pool.values()])[0]
    drafts = pool[ways]
    draft = drafts.pop(rng.randrange(len(drafts)))
    if not drafts:
        del pool[ways]
    return draft


def _record(screen: Screen, draft: Draft, before: list[Record], folder: Path, rng: random.Random) -> Record | None:
    """The draft in words; None if it gives its answer away or is much like a question that the screen has."""
    foreign = screen.language == "zh" and rng.random() < ENGLISH_OF_CHINESE
    language: Language = "en" if foreign else screen.language
    answers = draft.answers.of(language)
    for _ in range(_TRIES):
        question = word(draft, rng.choice(draft.ways.of(language)), language, rng)
        if not (gives_away(question, draft, answers) or too_alike(question, (r.question for r in before))):
            break
    else:
        return None
    return Record(
        id=f"{screen.id}-{len(before):02}",
        image=(folder / screen.image).absolute(),
        question=question,
        answers=answers,
        type=draft.kind,
        bbox=_hull(draft),
        boxes=draft.boxes if len(draft.boxes) > 1 else (),
        source=f"rendered/{screen.kit}/{screen.app}",
        licence=_licence(screen),
    )


def _hull(draft: Draft) -> tuple[int, int, int, int] | None:
    if not draft.boxes:
        return None
    lefts, tops, rights, bottoms = zip(*draft.boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _licence(screen: Screen) -> str:
    """Ours, and that of the pictures where there are some (see `rendered.pictures`)."""
    drawn = any(element.picture for element in screen.elements)
    return "Apache-2.0 AND CC-BY-4.0" if drawn else "Apache-2.0"
