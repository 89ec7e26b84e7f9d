"""How right a model's answers are, by type of question and in all, how sure that is, and how two runs differ."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pocketvlm.datasets import readers
from pocketvlm.datasets.metrics.intervals import Comparison, Interval, bootstrap, compare
from pocketvlm.datasets.metrics.registry import metric
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record

_CARDS = {card.name: card for card in readers.cards()}
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Scored:
    """A record, what a model answered, and how right that is."""

    record: Record
    prediction: Prediction
    scores: Mapping[str, float]  # by metric, 0 to 1, the main one first

    @property
    def main(self) -> float:
        """By the main metric."""
        return next(iter(self.scores.values()))


@dataclass(frozen=True)
class Score:
    """The mean by one metric, with its 95% interval, over the questions that are scored by it."""

    questions: int
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        return {"questions": self.questions, **_as_dict(self.interval)}


@dataclass(frozen=True)
class Summary:
    """Of a set of questions."""

    questions: int
    images: int
    main: Interval  # the mean of every question's main metric
    metrics: Mapping[str, Score]

    def to_dict(self) -> dict[str, Any]:
        metrics = {name: score.to_dict() for name, score in self.metrics.items()}
        return {"questions": self.questions, "images": self.images, "main": _as_dict(self.main), "metrics": metrics}


@dataclass(frozen=True)
class Difference:
    """By how much one run is better than another on a set of questions, by the main metric."""

    questions: int
    better: int
    worse: int
    paired: Comparison

    def to_dict(self) -> dict[str, Any]:
        counts = {"questions": self.questions, "better": self.better, "worse": self.worse}
        return {**counts, "difference": _as_dict(self.paired.difference), "p_value": self.paired.p_value}


def metrics_of(record: Record) -> tuple[str, ...]:
    """The metrics for a record, the main one first: its data set's own, or what suits its answers.

    Texts are compared by F1 of words, or of characters where one is Chinese, and word for word; where it is known where
    the answer stands, the tap that a model would make is looked at too, and is all that counts without texts.
    """
    if record.source in _CARDS:
        return _CARDS[record.source].metrics_of(record.type)
    chinese = any(map(_CHINESE.search, record.answers))
    texts = ("character_f1" if chinese else "token_f1", "exact_match") if record.answers else ()
    return (*texts, "click_accuracy") if record.places else texts


def score(record: Record, prediction: Prediction, metrics: Sequence[str] = ()) -> Scored:
    """A prediction, scored by `metrics`, the main one first; by `metrics_of` the record where there are none.

    Raises:
        ValueError: there is no such metric, or the record has nothing to compare with.
    """
    scores = {}
    names = metrics or metrics_of(record)
    if not names:
        raise ValueError(f"{record.id!r} cannot be scored: it has neither answers nor a box where the answer stands")
    for name in names:
        try:
            scores[name] = metric(name).score(prediction, record)
        except ValueError as error:
            raise ValueError(f"{record.id!r} cannot be scored by {name}: {error}") from error
    return Scored(record, prediction, scores)


def summarize(scored: Sequence[Scored]) -> Summary:
    """The means of a set of questions; intervals draw whole images, as questions about one rise and fall together.

    Raises:
        ValueError: the set is empty.
    """
    by_metric: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        for name in one.scores:
            by_metric[name].append(one)
    return Summary(
        questions=len(scored),
        images=len({one.record.image for one in scored}),
        main=bootstrap([one.main for one in scored], _images(scored)),
        metrics={
            name: Score(len(group), bootstrap([one.scores[name] for one in group], _images(group)))
            for name, group in by_metric.items()
        },
    )


def difference(pairs: Sequence[tuple[Scored, Scored]]) -> Difference:
    """What the first of each pair is better by than the second, which answers the same record in another run.

    Raises:
        ValueError: there are no pairs.
    """
    now, then = [one.main for one, _ in pairs], [other.main for _, other in pairs]
    return Difference(
        questions=len(pairs),
        better=sum(one > other for one, other in zip(now, then, strict=True)),
        worse=sum(one < other for one, other in zip(now, then, strict=True)),
        paired=compare(now, then, _images([one for one, _ in pairs])),
    )


def by_type(scored: Iterable[Scored]) -> dict[str, list[Scored]]:
    """What was scored of each type of question, types in alphabetical order."""
    types: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        types[one.record.type].append(one)
    return dict(sorted(types.items()))


def _images(scored: Sequence[Scored]) -> list[str] | None:
    """What `bootstrap` draws: whole images; single questions where one image is all there is."""
    images = [str(one.record.image) for one in scored]
    return images if len(set(images)) > 1 else None


def _as_dict(interval: Interval) -> dict[str, float]:
    return {"mean": interval.mean, "low": interval.low, "high": interval.high}
