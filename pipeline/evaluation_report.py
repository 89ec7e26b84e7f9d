"""What an evaluation found, and what changed since another one: as numbers, as a table, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import write_whole
from pocketvlm.datasets.scoring import Difference, Scored, Summary, by_type, difference, score, summarize
from pocketvlm.errors import OptionError
from pocketvlm.run_folder import Timing

SCORES, COMPARISON = "scores.json", "comparison.json"


@dataclass(frozen=True)
class Quantiles:
    """Of seconds."""

    median: float
    p95: float


@dataclass(frozen=True)
class Report:
    """The scores of one run.

    Attributes:
        scored: the answered questions, in order.
        unanswered: how many have no answer, as their pictures cannot be read; they do not count.
        all, types: the scores in all and of each type.
        timings: of `ttft_s` and `total_s`; empty where there are none.
    """

    scored: tuple[Scored, ...]
    unanswered: int
    all: Summary
    types: Mapping[str, Summary]
    timings: Mapping[str, Quantiles]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it, without the answers themselves."""
        return {
            "unanswered": self.unanswered,
            "all": self.all.to_dict(),
            "types": {name: summary.to_dict() for name, summary in self.types.items()},
            "timings": {name: {"median": one.median, "p95": one.p95} for name, one in self.timings.items()},
        }

    def text(self) -> str:
        """A table with a line a type."""
        width = max(len(name) for name in (*self.types, "all"))
        metrics = list(self.all.metrics)
        head = f"{'':{width}} {'questions':>9}  {'score':>5}  {'95%':^14}  " + "  ".join(metrics)
        lines = [_line(name, width, one, metrics) for name, one in {**self.types, "all": self.all}.items()]
        if self.unanswered:
            lines.append(f"{self.unanswered} more have no answer")
        for name, one in self.timings.items():
            lines.append(f"{name}: median {one.median:.2f}, p95 {one.p95:.2f}")
        return "\n".join([head.rstrip(), *lines])


def _line(name: str, width: int, summary: Summary, metrics: Sequence[str]) -> str:
    main = summary.main
    cells = [
        f"{summary.metrics[metric].interval.mean:{len(metric)}.3f}" if metric in summary.metrics else " " * len(metric)
        for metric in metrics
    ]
    interval = f"{main.low:.3f} to {main.high:.3f}"
    return f"{name:{width}} {summary.questions:9}  {main.mean:.3f}  {interval}  {'  '.join(cells)}".rstrip()


def make_report(
    records: Sequence[Record],
    predictions: Mapping[str, Prediction],
    timings: Mapping[str, Timing],
    metrics: Sequence[str] = (),
) -> Report:
    """Score a run.

    Args:
        records: what was asked.
        predictions, timings: by the record's id.
        metrics: how to score, the main one first; each record's own when empty.
    Raises:
        OptionError: nothing was answered, or a metric does not exist or cannot score a record.
    """
    scored = _score_all(records, predictions, metrics)
    if not scored:
        raise OptionError("no question has an answer: there is nothing to score")
    times = [timings[one.record.id] for one in scored if one.record.id in timings]
    return Report(
        scored=tuple(scored),
        unanswered=len(records) - len(scored),
        all=summarize(scored),
        types={name: summarize(group) for name, group in by_type(scored).items()},
        timings={name: _quantiles([getattr(one, name) for one in times]) for name in ("ttft_s", "total_s") if times},
    )


def check_metrics(records: Sequence[Record], metrics: Sequence[str] = ()) -> None:
    """Whether records can be scored, before anything is asked.

    Raises:
        OptionError: as for `make_report`.
    """
    _score_all(records, {record.id: Prediction(record.id, "") for record in records}, metrics)


def _score_all(
    records: Sequence[Record], predictions: Mapping[str, Prediction], metrics: Sequence[str]
) -> list[Scored]:
    try:
        return [score(record, predictions[record.id], metrics) for record in records if record.id in predictions]
    except ValueError as error:
        raise OptionError(str(error)) from None


def _quantiles(seconds: Sequence[float]) -> Quantiles:
    median, p95 = np.quantile(seconds, (0.5, 0.95))
    return Quantiles(float(median), float(p95))


@dataclass(frozen=True)
class RunComparison:
    """One run against another, on the questions that both answered.

    Attributes:
        pairs: each question as this run and as the other one answered it, in order.
        left_out: questions that only this run answered.
        all, types: the differences in all and of each type; above zero is better than the other run.
    """

    pairs: tuple[tuple[Scored, Scored], ...]
    left_out: int
    all: Difference
    types: Mapping[str, Difference]

    def changed(self) -> list[tuple[Scored, Scored]]:
        """The questions whose scores differ, the greatest losses first."""
        pairs = [(now, then) for now, then in self.pairs if now.main != then.main]
        return sorted(pairs, key=lambda pair: pair[0].main - pair[1].main)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it, with the questions that changed."""
        return {
            "left_out": self.left_out,
            "all": self.all.to_dict(),
            "types": {name: one.to_dict() for name, one in self.types.items()},
            "changed": [
                {
                    "id": now.record.id,
                    "type": now.record.type,
                    "answer": now.prediction.answer,
                    "other_answer": then.prediction.answer,
                    "score": now.main,
                    "other_score": then.main,
                }
                for now, then in self.changed()
            ],
        }

    def text(self) -> str:
        """A table with a line a type."""
        rows = {**self.types, "all": self.all}
        width = max(map(len, rows))
        lines = [f"{'':{width}} {'questions':>9} {'better':>6} {'worse':>6}  {'change':>6}  {'95%':^16}  {'p':>6}"]
        for name, one in rows.items():
            change = one.paired.difference
            counts = f"{name:{width}} {one.questions:9} {one.better:6} {one.worse:6}"
            interval = f"{change.low:+.3f} to {change.high:+.3f}"
            lines.append(f"{counts}  {change.mean:+.3f}  {interval}  {one.paired.p_value:6.4f}")
        if self.left_out:
            lines.append(f"{self.left_out} questions were not asked in the other run and are left out")
        return "\n".join(lines)


def compare_runs(report: Report, other: Mapping[str, Prediction], metrics: Sequence[str] = ()) -> RunComparison:
    """What a run is better by than another one.

    Args:
        report: of this run.
        other: the other run's predictions by the record's id; scored here, as this run was.
        metrics: as for `make_report`.
    Raises:
        OptionError: the other run answered none of these questions.
    """
    now = [one for one in report.scored if one.record.id in other]
    if not now:
        raise OptionError("the other run answered none of these questions: compare runs over the same data")
    pairs = tuple(zip(now, _score_all([one.record for one in now], other, metrics), strict=True))
    return RunComparison(
        pairs=pairs,
        left_out=len(report.scored) - len(now),
        all=difference(pairs),
        types={
            name: difference([pair for pair in pairs if pair[0].record.type == name])
            for name in by_type(one for one, _ in pairs)
        },
    )


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a file that appears whole or not at all."""
    write_whole(path, [json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"])
