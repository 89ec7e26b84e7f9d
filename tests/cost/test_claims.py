"""Each claim gets a verdict from figures, and other figures give another verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pocketvlm.cost import claims_device, claims_model
from pocketvlm.cost.claims import JUDGES, judge
from pocketvlm.cost.published import claim, claims
from pocketvlm.cost.results import CostReport, Figure, PrecisionRow, read_report
from pocketvlm.cost.verdict import DEPENDS, FAILS, HOLDS, UNTESTED, VERDICTS, Verdict, judged, near

DATA = Path(__file__).resolve().parents[1] / "data/cost"


@pytest.fixture
def seeing() -> CostReport:
    return read_report(DATA / "seeing.json")


@pytest.fixture
def stopped(seeing: CostReport) -> CostReport:
    """A run that was stopped before anything was measured."""
    return replace(seeing, counts={}, text_only={}, multimodal={}, stages={}, precisions=(), complete=False)


def exact(value: float) -> Figure:
    return Figure(value, value, value, 1)


def with_precisions(report: CostReport, speed: float, quality: dict[str, float]) -> CostReport:
    """INT4 that decodes `speed` times as fast as FP16 and scores `quality`, in files a fifth as large."""
    decode = "decode_tok_per_s_at_200"
    base = {"name": "F1", "value": 0.6, "low": 0.6, "high": 0.6, "n": 400}
    rows = (
        PrecisionRow("fp16", "wide", 1000, {decode: exact(10.0)}, base),
        PrecisionRow("int4", "narrow", 200, {decode: exact(10.0 * speed)}, {"name": "F1", "n": 400, **quality}),
    )
    return replace(report, precisions=rows)


def test_every_claim_is_judged_in_order(seeing: CostReport) -> None:
    verdicts = judge(seeing)
    assert [verdict.id for verdict in verdicts] == [entry.id for entry in claims()] == list(JUDGES)
    for verdict, entry in zip(verdicts, claims(), strict=True):
        assert verdict.claim == entry.claim
        assert verdict.verdict in VERDICTS
        assert any(letter.isdigit() for letter in verdict.figure)


@pytest.mark.parametrize("name", ["seeing", "reading"])
def test_every_report_is_judged(name: str) -> None:
    assert len(judge(read_report(DATA / f"{name}.json"))) == len(JUDGES)


def test_stopped_report_is_judged_as_far_as_closed_forms_go(stopped: CostReport) -> None:
    found = {verdict.id: verdict.verdict for verdict in judge(stopped)}
    assert {name for name, verdict in found.items() if verdict == UNTESTED} == {
        "int4-quality",
        "usable-speed",
        "agent-speed",
    }


def test_cases_make_the_verdict() -> None:
    assert judged("fp32-memory", [True, True], "", {}).verdict == HOLDS
    assert judged("fp32-memory", [False, False], "", {}).verdict == FAILS
    assert judged("fp32-memory", [True, False], "", {}).verdict == DEPENDS
    assert judged("fp32-memory", [], "", {}).verdict == UNTESTED


def test_about_is_within_a_quarter() -> None:
    assert near(1.25, 1.0)
    assert near(-0.75, -1.0)
    assert not near(1.26, 1.0)


def test_addon_depends_on_the_language_model(stopped: CostReport) -> None:
    found = claims_model.addon_parameters(stopped)
    assert found.verdict == DEPENDS
    # (303.5 M + 18.9 M) / 1364.3 M and (303.5 M + 9.2 M) / 2701.6 M, from the published counts.
    assert found.values["MobileVLM-1.7B"] == pytest.approx(0.2363, abs=5e-4)
    assert found.values["MobileVLM_V2-3B"] == pytest.approx(0.1158, abs=5e-4)
    assert "this bundle" not in found.values


def test_addon_counts_this_bundle(seeing: CostReport) -> None:
    counts = seeing.counts
    wanted = (counts["vision_encoder"].parameters + counts["projector"].parameters) / counts["decode"].parameters
    assert claims_model.addon_parameters(seeing).values["this bundle"] == wanted


def test_addon_sizes_are_counted(stopped: CostReport) -> None:
    values = claims_model.addon_sizes(stopped).values
    assert values["MobileVLM-1.7B projector"] == pytest.approx(18.94e6, rel=1e-3)
    assert values["MobileVLM_V2-3B projector"] == pytest.approx(9.21e6, rel=1e-3)
    assert values["encoder"] == pytest.approx(303.5e6, rel=1e-3)


def test_bottleneck_follows_the_measured_times(seeing: CostReport) -> None:
    figures = {"encode_s": exact(9.0), "answer_s_for_20": exact(10.0)}
    values = claims_model.bottleneck_is_llm(replace(seeing, multimodal=figures)).values
    assert values["here, 20 tokens"] == pytest.approx(0.1)
    # 8.119 s of prefill and 20 tokens at 13.92 a second, against 18.729 s of encoding.
    llm_s = 8.119 + 20 / 13.92
    assert values["snapdragon-778g, 20 tokens"] == pytest.approx(llm_s / (llm_s + 18.729))


@pytest.mark.parametrize(("speed", "verdict"), [(1.5, HOLDS), (3.2, FAILS)])
def test_int4_speed_is_measured(seeing: CostReport, speed: float, verdict: str) -> None:
    report = with_precisions(seeing, speed, {"value": 0.6, "low": 0.6, "high": 0.6})
    found = claims_model.int4_speed(report)
    assert found.verdict == verdict
    assert found.values == {"against fp16": pytest.approx(speed - 1)}
    assert not found.estimate


def test_int4_speed_without_measurements_is_an_estimate(stopped: CostReport) -> None:
    found = claims_model.int4_speed(stopped)
    assert found.estimate
    assert found.values["against fp16"] == pytest.approx(16 / 5 - 1)


@pytest.mark.parametrize(
    ("value", "spread", "verdict"), [(0.54, 0.02, HOLDS), (0.54, 0.1, DEPENDS), (0.59, 0.01, FAILS), (0.3, 0.01, FAILS)]
)
def test_int4_quality_weighs_its_bars(seeing: CostReport, value: float, spread: float, verdict: str) -> None:
    report = with_precisions(seeing, 1.0, {"value": value, "low": value - spread, "high": value + spread})
    assert claims_model.int4_quality(report).verdict == verdict


def test_int4_memory_takes_the_files_where_there_are_any(seeing: CostReport, stopped: CostReport) -> None:
    report = with_precisions(seeing, 1.0, {"value": 0.6, "low": 0.6, "high": 0.6})
    assert claims_model.int4_memory(report).values["against fp16"] == pytest.approx(-0.8)
    assert claims_model.int4_memory(stopped).values["against fp32"] == pytest.approx(5 / 32 - 1)


def test_fp32_memory_is_four_bytes_a_weight(stopped: CostReport) -> None:
    found = claims_model.fp32_memory(stopped)
    assert found.verdict == HOLDS
    assert found.values == {"bytes_per_1e9_parameters": 4e9}


def test_sd888_speed_names_what_others_measured(stopped: CostReport) -> None:
    found = claims_device.sd888_speed(stopped)
    assert found.estimate
    assert (found.values["least_tok_per_s"], found.values["most_tok_per_s"]) == (14.07, 28.32)


@pytest.mark.parametrize(("ttft_s", "verdict"), [(0.001, HOLDS), (1000.0, FAILS)])
def test_agent_speed_matters_where_decoding_is_the_larger_part(seeing: CostReport, ttft_s: float, verdict: str) -> None:
    report = replace(seeing, multimodal={"ttft_s": exact(ttft_s)})
    assert claims_device.agent_speed(report).verdict == verdict


@pytest.mark.parametrize(("speed", "side"), [(19.0, "below"), (20.0, "above")])
def test_usable_speed_says_the_side_and_no_verdict(seeing: CostReport, speed: float, side: str) -> None:
    report = replace(seeing, multimodal={f"decode_tok_per_s_at_{seeing.conditions.context_tokens[0]}": exact(speed)})
    found = claims_device.usable_speed(report)
    assert found.verdict == UNTESTED
    assert side in found.figure


def test_ten_billion_fit_the_memory_and_not_the_bandwidth(stopped: CostReport) -> None:
    found = claims_device.ten_billion_on_phone(stopped)
    assert found.verdict == DEPENDS
    assert found.values["fast growth, 4 years, by memory"] > 10e9 > found.values["fast growth, 4 years, by bandwidth"]


@pytest.mark.parametrize("judge_one", [claims_device.phone_bandwidth, claims_device.phone_power])
def test_claims_on_phones_need_no_measurement(judge_one: Callable[[CostReport], Verdict], stopped: CostReport) -> None:
    assert judge_one(stopped).values
    assert judge_one(stopped).claim == claim(judge_one(stopped).id).claim
