"""The device model answers for the published rows, and each is predicted without its own device."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from pocketvlm.cost import validation
from pocketvlm.cost.counts import llm_parameters
from pocketvlm.cost.device_page import fill
from pocketvlm.cost.devices import device
from pocketvlm.cost.efficiency import FACTORS, Observation, fit, held_out_seconds
from pocketvlm.cost.published import llm_config, measurements, vlms
from pocketvlm.cost.results import read_report

ROOT = Path(__file__).resolve().parents[2]
# Two phones and a laptop that reach a half and a quarter of the memory's peak.
ROWS = (
    Observation("memory", "one", "phone-cpu", 1.0, 2.0),
    Observation("memory", "two", "phone-cpu", 1.0, 4.0),
    Observation("memory", "laptop", "pc-cpu", 1.0, 1.25),
)


def test_median_error_is_at_most_a_fifth() -> None:
    assert validation.median_error() <= 0.20


def test_further_rows_do_not_bring_the_median_above_a_fifth() -> None:
    assert validation.median_error(given_only=False) <= 0.20


def test_every_published_figure_is_checked() -> None:
    raw = json.loads(files("pocketvlm.cost").joinpath("published/mobilevlm_measurements.json").read_text("utf-8"))
    keys = ("encode_s", "prefill_s", "prefill_tok_per_s", "decode_tok_per_s")
    published = [
        (row["model"], key, row[key])
        for kind in ("llm_alone", "vlm")
        for row in raw[kind]["rows"]
        for key in keys
        if key in row
    ]
    checked = [(figure.model, figure.key, figure.measured) for figure in validation.checked() if figure.given]
    assert sorted(checked) == sorted(published)
    assert all(figure.error is not None for figure in validation.checked() if figure.given)


def test_every_row_has_a_profile_and_a_shape() -> None:
    for row in measurements():
        assert device(row.device).key == row.device
        assert llm_parameters(llm_config(row.model)) > 1e9


def test_fit_is_the_geometric_mean_of_a_family() -> None:
    found = fit(ROWS)
    assert found.values["memory", "phone-cpu"] == pytest.approx(math.sqrt(1 / 2 * 1 / 4))
    assert found.values["memory", "pc-cpu"] == pytest.approx(0.8)


def test_fit_leaves_out_rows_that_are_only_checked() -> None:
    slow = Observation("memory", "three", "phone-cpu", 1.0, 100.0, fit=False)
    assert fit((*ROWS, slow)).values == fit(ROWS).values
    assert fit((*ROWS, slow)).bars["memory"][1] > fit(ROWS).bars["memory"][1]


@pytest.mark.parametrize("index", range(len(ROWS)))
def test_held_out_prediction_does_not_see_its_device(index: int) -> None:
    row = ROWS[index]
    same_device = replace(row, ideal_s=7.0)
    other = tuple(replace(each, measured_s=99.0) if each.device == row.device else each for each in ROWS)
    seen = held_out_seconds(row, (*ROWS, same_device))
    assert seen == held_out_seconds(other[index], other)
    assert seen == pytest.approx({"one": 4.0, "two": 2.0, "laptop": math.sqrt(8)}[row.device])


def test_held_out_prediction_of_the_only_gpu_is_none() -> None:
    gpu = Observation("memory", "board", "gpu", 1.0, 2.0)
    assert held_out_seconds(gpu, (*ROWS, gpu)) is None


def test_bars_cover_every_checked_row() -> None:
    bars = validation.fitted().bars
    assert set(bars) == set(FACTORS)
    for figure in validation.checked():
        if figure.predicted is not None:
            slower = figure.measured / figure.predicted
            slower = 1 / slower if figure.key.endswith("tok_per_s") else slower
            low, high = bars[{"decode_tok_per_s": "memory", "encode_s": "float"}.get(figure.key, "int8")]
            # The ratio goes through a division and back: equal but for the last digits.
            assert low * (1 - 1e-9) <= slower <= high * (1 + 1e-9)


def test_published_shapes_have_the_published_parameters() -> None:
    assert llm_parameters(llm_config("MobileLLaMA-1.4B")) == 1_364_297_728
    assert llm_parameters(llm_config("MobileLLaMA-2.7B")) == 2_701_560_320
    assert {model.vision.num_patches for model in vlms()} == {576}


def test_bits_per_weight_give_the_published_file() -> None:
    size = llm_parameters(llm_config("MobileLLaMA-1.4B")) * validation.Q4_K_S_BITS / 8
    assert size == pytest.approx(754.43 * 2**20, rel=2e-3)  # the bits are published with three digits


def test_model_compares_with_a_measured_machine() -> None:
    report = read_report(ROOT / "tests/data/cost/seeing.json")
    found = {each.key: each for each in validation.compare(report, device("epyc-2-cores"))}
    assert set(found) == {"encode_s", "project_s", "prefill_s", "ttft_s", "decode_tok_per_s_at_200"}
    prefill = found["prefill_s"]
    assert prefill.measured == report.multimodal["prefill_s"].median
    assert prefill.error == pytest.approx(prefill.predicted.value / prefill.measured - 1)


def test_page_shows_the_tables_as_they_are() -> None:
    page = (ROOT / "docs/cost/device_model.md").read_text(encoding="utf-8")
    assert fill(page) == page, "run python benchmarks/device_page.py"
