"""Two cost reports: what changed beyond the noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pocketvlm.cost.results import CostReport, Figure, Figures
from pocketvlm.cost.units import is_better_high

# Least relative changes that count. Runs of one process lie closer together than two processes do, so that ranges which
# only just miss each other prove nothing; a single run has no range at all. What was counted has no noise.
FLOOR, FLOOR_OF_SINGLE_RUNS = 0.03, 0.10

Kind = Literal["better", "worse", "same"]


@dataclass(frozen=True)
class Change:
    """One figure in both reports.

    Attributes:
        part: "text_only", "multimodal", or a stage's or a precision's name.
        key: names the unit.
        before, after: the figures.
        kind: "same" where the change lies within the noise.
    """

    part: str
    key: str
    before: Figure
    after: Figure
    kind: Kind

    @property
    def fraction(self) -> float | None:
        """(after - before) / before; None where that was 0."""
        return self.after.median / self.before.median - 1 if self.before.median else None


@dataclass(frozen=True)
class Comparison:
    """What changed from one report to another.

    Attributes:
        before, after: the bundles' names.
        changes: every figure that both have, in the order of the later report.
        differences: what else differs, so that the figures say less about the bundle; sentences.
        missing: figures that only one of them has, as "part key".
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    differences: tuple[str, ...]
    missing: tuple[str, ...]

    def beyond_noise(self) -> tuple[Change, ...]:
        """The changes that are more than noise, the greatest first."""
        found = [change for change in self.changes if change.kind != "same"]
        return tuple(sorted(found, key=_size, reverse=True))

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it, all figures included."""
        raw = asdict(self)
        for change, plain in zip(self.changes, raw["changes"], strict=True):
            plain["fraction"] = change.fraction
        return raw


def compare(before: CostReport, after: CostReport) -> Comparison:
    """Hold two reports against each other, figure by figure.

    Args:
        before, after: any two; the later one is judged.
    """
    then, now = dict(_figures(before)), dict(_figures(after))
    changes = tuple(
        Change(*place, then[place], figure, _kind(place[1], then[place], figure))
        for place, figure in now.items()
        if place in then
    )
    missing = tuple(f"{part} {key}" for part, key in [*then, *now] if (part, key) not in then or (part, key) not in now)
    return Comparison(before.bundle.name, after.bundle.name, changes, tuple(_differences(before, after)), missing)


def _size(change: Change) -> float:
    """How many times more or less; to or from nothing is the most."""
    before, after = change.before.median, change.after.median
    return abs(math.log(after / before)) if before > 0 and after > 0 else math.inf


def _figures(report: CostReport) -> Iterator[tuple[tuple[str, str], Figure]]:
    """Every figure of a report by its part and key."""
    parts: dict[str, Figures] = {"text_only": report.text_only, "multimodal": report.multimodal, **report.stages}
    parts |= {row.precision: row.figures for row in report.precisions}
    for part, figures in parts.items():
        for key, figure in figures.items():
            yield (part, key), figure


def _kind(key: str, before: Figure, after: Figure) -> Kind:
    counted = before.runs == after.runs == 0
    floor = 0.0 if counted else FLOOR_OF_SINGLE_RUNS if min(before.runs, after.runs) < 2 else FLOOR
    apart = before.high < after.low or after.high < before.low
    if not apart or abs(after.median - before.median) <= floor * abs(before.median):
        return "same"
    return "better" if (after.median > before.median) == is_better_high(key) else "worse"


def _differences(before: CostReport, after: CostReport) -> Iterator[str]:
    """Conditions under which the two were measured that are not the same."""
    told = {
        "bundle": (before.bundle.name, after.bundle.name),
        "processor": (before.machine.name, after.machine.name),
        "threads": (before.machine.threads, after.machine.threads),
        "operating system": (before.machine.os, after.machine.os),
        "ONNX Runtime": (before.machine.onnxruntime, after.machine.onnxruntime),
        "source of joules": (before.machine.energy, after.machine.energy),
        "picture": (before.conditions.picture, after.conditions.picture),
        "tokens of the question": (before.conditions.question_tokens, after.conditions.question_tokens),
        "image tokens": (before.bundle.image_tokens, after.bundle.image_tokens),
        "tokens of the picture's text": (before.bundle.text_tokens, after.bundle.text_tokens),
    }
    for name, (then, now) in told.items():
        if then != now:
            yield f"Not the same {name}: {then} before, {now} after."
    for when, report in (("first", before), ("second", after)):
        if not report.complete:
            yield f"The {when} report is of a run that was stopped."
