"""Two reports: noise is told apart from change, and the better from the worse."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from pocketvlm.cost.comparing import FLOOR, FLOOR_OF_SINGLE_RUNS, compare
from pocketvlm.cost.report.compared import comparison_document, comparison_text
from pocketvlm.cost.report.html import to_html
from pocketvlm.cost.report.markdown import to_markdown
from pocketvlm.cost.results import CostReport, Figure, read_report

DATA = Path(__file__).resolve().parent.parent / "data/cost"


@pytest.fixture
def report() -> CostReport:
    return read_report(DATA / "seeing.json")


def with_figure(report: CostReport, key: str, figure: Figure) -> CostReport:
    return dataclasses.replace(report, multimodal={key: figure})


def kind(report: CostReport, key: str, before: Figure, after: Figure) -> str:
    bare = dataclasses.replace(report, text_only={}, stages={}, precisions=())
    (change,) = compare(with_figure(bare, key, before), with_figure(bare, key, after)).changes
    return change.kind


def test_a_report_against_itself_has_no_change(report: CostReport) -> None:
    same = compare(report, report)
    figures = len(report.text_only) + len(report.multimodal)
    figures += sum(map(len, report.stages.values())) + sum(len(row.figures) for row in report.precisions)
    assert len(same.changes) == figures
    assert same.beyond_noise() == same.differences == same.missing == ()


@pytest.mark.parametrize(
    ("key", "median", "judged"),
    [
        ("ttft_s", 2.0, "worse"),
        ("ttft_s", 0.5, "better"),
        ("decode_tok_per_s_at_200", 2.0, "better"),
        ("decode_tok_per_s_at_200", 0.5, "worse"),
        ("peak_rss_bytes", 2.0, "worse"),
        ("answer_j_for_20", 0.5, "better"),
    ],
)
def test_more_is_better_only_of_speeds(report: CostReport, key: str, median: float, judged: str) -> None:
    after = Figure(median, 0.99 * median, 1.01 * median, 5)
    assert kind(report, key, Figure(1.0, 0.99, 1.01, 5), after) == judged


def test_ranges_that_meet_are_noise(report: CostReport) -> None:
    before = Figure(1.0, 0.9, 1.2, 5)
    assert kind(report, "ttft_s", before, Figure(1.3, 1.15, 1.4, 5)) == "same"
    assert kind(report, "ttft_s", before, Figure(1.3, 1.21, 1.4, 5)) == "worse"


def test_small_changes_are_noise_even_where_ranges_part(report: CostReport) -> None:
    for runs, floor in ((5, FLOOR), (1, FLOOR_OF_SINGLE_RUNS)):
        below, above = 1 + 0.9 * floor, 1 + 1.1 * floor
        before = Figure(1.0, 1.0, 1.0, runs)
        assert kind(report, "ttft_s", before, Figure(below, below, below, runs)) == "same"
        assert kind(report, "ttft_s", before, Figure(above, above, above, runs)) == "worse"


def test_what_was_counted_has_no_noise(report: CostReport) -> None:
    before, after = Figure(1000, 1000, 1000, 0), Figure(1001, 1001, 1001, 0)
    assert kind(report, "file_bytes", before, after) == "worse"


def test_changes_from_nothing_are_told_without_a_fraction(report: CostReport) -> None:
    assert kind(report, "encode_s", Figure(0, 0, 0, 3), Figure(1, 1, 1, 3)) == "worse"
    bare = with_figure(report, "encode_s", Figure(0, 0, 0, 3))
    comparison = compare(bare, with_figure(report, "encode_s", Figure(1, 1, 1, 3)))
    assert comparison.beyond_noise()[0].fraction is None
    assert "Encode the image" in comparison_text(comparison)


def test_other_conditions_are_told(report: CostReport) -> None:
    comparison = compare(report, read_report(DATA / "reading.json"))
    told = " ".join(comparison.differences)
    for part in ("invented-reader", "image tokens: 144 before, 0 after", "second report is of a run that was stopped"):
        assert part in told
    assert "multimodal encode_s" in comparison.missing
    assert "multimodal read_text_s" in comparison.missing


def test_greatest_changes_come_first(report: CostReport) -> None:
    changed = compare(report, read_report(DATA / "reading.json")).beyond_noise()
    ratios = [
        max(change.after.median / change.before.median, change.before.median / change.after.median)
        for change in changed
    ]
    assert len(ratios) > 10
    assert ratios == sorted(ratios, reverse=True)


def test_comparison_is_json(report: CostReport) -> None:
    raw = json.loads(json.dumps(compare(report, read_report(DATA / "reading.json")).to_dict()))
    change = next(one for one in raw["changes"] if one["part"] == "multimodal" and one["key"] == "ttft_s")
    assert change["fraction"] == pytest.approx(change["after"]["median"] / change["before"]["median"] - 1)


def test_pages_and_text_tell_the_same(report: CostReport) -> None:
    faster = {**report.multimodal, "encode_s": Figure(0.5, 0.49, 0.51, 5)}
    comparison = compare(report, dataclasses.replace(report, multimodal=faster))
    document = comparison_document(comparison)
    for text in (to_html(document), to_markdown(document), comparison_text(comparison)):
        assert "1 of " in text
        assert "500 ms" in text
        assert "−51%" in text
    assert "better" in comparison_text(comparison).splitlines()[-1]
    assert comparison_text(compare(report, report)).startswith("None of ")
