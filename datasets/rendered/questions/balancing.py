"""A set of questions in which no kind, no answer and no wording has too large a part."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rendered.questions.drafts import is_yes_or_no
from pocketvlm.datasets.rendered.questions.filters import fingerprint

MOST_OF_A_KIND = 0.3
MOST_OF_YES_OR_NO = 0.55  # of the questions of one kind to be answered with either
MOST_ALIKE = 3


def balance(
    records: Iterable[Record], seed: int, *, most: float = MOST_OF_A_KIND, most_alike: int = MOST_ALIKE
) -> list[Record]:
    """Drop questions, chosen by lot, until no kind has more than its part; the rest keep their order.

    Args:
        records: of many screens.
        seed: of the lots; the same arguments drop the same questions.
        most: the largest share of one kind.
        most_alike: how often the same question with the same answer may come, of different screens.
    Raises:
        ValueError: there are too few kinds for none to have more than `most`.
    """
    kept = list(records)
    rng = random.Random(f"balance {seed}")
    order = rng.sample(range(len(kept)), len(kept))
    chosen = _even_kinds(kept, _even_answers(kept, _unlike(kept, order, most_alike)), most)
    return [kept[at] for at in sorted(chosen)]


def _unlike(records: Sequence[Record], order: Sequence[int], most_alike: int) -> list[int]:
    seen: Counter[tuple[str, str]] = Counter()
    chosen = []
    for at in order:
        mark = fingerprint(records[at].question, records[at].answers)
        seen[mark] += 1
        if seen[mark] <= most_alike:
            chosen.append(at)
    return chosen


def _even_answers(records: Sequence[Record], chosen: Sequence[int]) -> list[int]:
    """Of each kind, about as many that are answered "yes" as "no"."""
    yes = {at for at in chosen if is_yes_or_no(records[at].answers) is True}
    no = {at for at in chosen if is_yes_or_no(records[at].answers) is False}
    dropped: set[int] = set()
    for kind in {records[at].type for at in yes | no}:
        sides = [[at for at in chosen if at in side and records[at].type == kind] for side in (yes, no)]
        few, many = sorted(sides, key=len)
        dropped |= set(many[int(len(few) * MOST_OF_YES_OR_NO / (1 - MOST_OF_YES_OR_NO)) + 1 :])
    return [at for at in chosen if at not in dropped]


def _even_kinds(records: Sequence[Record], chosen: Sequence[int], most: float) -> list[int]:
    """At most so many of each kind as makes its share of what is left `most`."""
    counts = Counter(records[at].type for at in chosen)
    if counts and len(counts) * most < 1:
        raise ValueError(
            f"{len(counts)} kinds of questions, {', '.join(sorted(counts))}, cannot all stay below {most:.0%}: "
            "ask about more screens"
        )
    limit = _largest(
        lambda cap: cap <= most * sum(min(cap, count) for count in counts.values()), max(counts.values(), default=0)
    )
    taken: Counter[str] = Counter()
    kept = []
    for at in chosen:
        taken[records[at].type] += 1
        if taken[records[at].type] <= limit:
            kept.append(at)
    return kept


def _largest(fits: Callable[[int], bool], start: int) -> int:
    """The largest whole number up to `start` that fits."""
    return next(cap for cap in range(start, -1, -1) if fits(cap))
