"""Device profiles, and what the roofline makes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pocketvlm.cost.device_model import (
    JOULES_A_WH,
    AnswerWork,
    Estimate,
    Work,
    answer_work,
    predict,
    predict_report,
    stage_seconds,
)
from pocketvlm.cost.devices import device, device_names, phones
from pocketvlm.cost.efficiency import Efficiencies
from pocketvlm.cost.results import CostReport, read_report
from pocketvlm.cost.validation import fitted

DATA = Path(__file__).resolve().parents[1] / "data/cost"
NAMED = (  # by the issue that asked for the device model
    "snapdragon-888 snapdragon-778g snapdragon-8-gen-3 snapdragon-8-elite dimensity-9300 apple-a16 apple-a17-pro "
    "apple-a18 jetson-agx-orin i7-10750h"
).split()
# Round factors, so that expectations can be worked out by hand; bars of half to twice the time.
ROUND = Efficiencies(
    {(factor, "phone-cpu"): 0.5 for factor in ("memory", "int8", "float")},
    {factor: (0.5, 2.0) for factor in ("memory", "int8", "float")},
)


@pytest.fixture
def seeing() -> CostReport:
    return read_report(DATA / "seeing.json")


def test_devices_hold_the_named_ones() -> None:
    assert set(NAMED) <= set(device_names())
    assert {phone.key for phone in phones()} == {
        name for name in device_names() if name[:5] in ("snapd", "dimen", "apple")
    }


@pytest.mark.parametrize("name", device_names())
def test_devices_say_where_each_number_is_from(name: str) -> None:
    profile = device(name)
    wanted = {"memory", "cores", "power"}
    wanted |= {"npu"} if profile.npu_int8_op_per_s is not None else set()
    wanted |= {"battery"} if profile.battery_wh is not None else set()
    assert set(profile.sources) == wanted
    assert all(len(source) > 10 for source in profile.sources.values())
    assert profile.idle_w < profile.load_w[0] <= profile.load_w[1]
    assert profile.op_per_s["float"] < profile.op_per_s["int8"]


def test_device_arithmetic_is_the_sum_of_its_cores() -> None:
    # One Cortex-X1 with four pipes of 4 multiply-adds, three Cortex-A78 with two; SDOT does four times as many.
    wanted = 2.84e9 * 4 * 4 * 2 + 3 * 2.42e9 * 2 * 4 * 2
    assert device("snapdragon-888").op_per_s["float"] == pytest.approx(wanted)
    assert device("snapdragon-888").op_per_s["int8"] == pytest.approx(4 * wanted)


def test_device_unknown_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no device 'nokia-3310'; there are snapdragon-888, .*epyc"):
        device("nokia-3310")


def test_stage_takes_the_longer_of_memory_and_arithmetic() -> None:
    phone = device("snapdragon-888")
    by_memory = stage_seconds(Work(1.0, phone.memory_bytes_per_s, "int8"), phone, ROUND)
    assert by_memory == Estimate(2.0, 1.0, 4.0)  # a second at the peak, half of which is reached
    by_float = stage_seconds(Work(3 * phone.op_per_s["float"], phone.memory_bytes_per_s, "float"), phone, ROUND)
    assert by_float.value == pytest.approx(6.0)
    by_int8 = stage_seconds(Work(3 * phone.op_per_s["float"], 1.0, "int8"), phone, ROUND)
    assert by_int8.value == pytest.approx(6.0 / 4)  # 8-bit products go four times as fast there


def test_stage_without_rows_for_the_family_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no published row tells how \w+ fares on a gpu"):
        stage_seconds(Work(1.0, 1.0, "int8"), device("rtx-4090"), ROUND)


def test_one_family_of_processors_stands_in_for_the_other() -> None:
    laptop = device("i7-10750h")
    seconds = stage_seconds(Work(1.0, laptop.memory_bytes_per_s, "int8"), laptop, ROUND)
    assert seconds.value == pytest.approx(2.0)


def test_prediction_adds_up() -> None:
    phone = device("snapdragon-888")
    second = phone.memory_bytes_per_s / 2  # bytes that take a second at half the peak
    picture = {"vision_encoder": Work(1.0, 3 * second, "float"), "projector": Work(1.0, second, "float")}
    answer = AnswerWork(picture, Work(1.0, 2 * second, "int8"), Work(1.0, 0.1 * second, "int8"), 4e9)
    found = predict(answer, phone, ROUND, (1, 11))
    assert found.figures["encode_s"].value == pytest.approx(3.0)
    assert found.figures["ttft_s"].value == pytest.approx(3.0 + 1.0 + 2.0)
    assert found.figures["decode_tok_per_s"] == Estimate(pytest.approx(10.0), pytest.approx(5.0), pytest.approx(20.0))
    assert found.figures["answer_s_for_1"] == found.figures["ttft_s"]  # prefill gives the first token
    assert found.figures["answer_s_for_11"].value == pytest.approx(7.0)
    joules = found.figures["answer_j_for_11"]
    assert (joules.low, joules.value, joules.high) == pytest.approx((3.5 * 4, 7 * 5.5, 14 * 7))
    assert phone.battery_wh is not None
    assert found.battery_fraction[11].value == pytest.approx(7 * 5.5 / (phone.battery_wh * JOULES_A_WH))
    assert found.memory_fraction == pytest.approx(0.5)


def test_prediction_on_the_mains_has_no_battery(seeing: CostReport) -> None:
    assert predict(answer_work(seeing, True), device("jetson-agx-orin"), fitted(), (20,)).battery_fraction == {}


@pytest.mark.parametrize("name", device_names())
def test_every_device_predicts_a_report(seeing: CostReport, name: str) -> None:
    entry = predict_report(seeing, device(name), fitted())
    assert json.loads(json.dumps(entry)) == entry  # it goes into the report's JSON
    assert "encode_s" not in entry["text_only"]["figures"]
    for side in ("text_only", "multimodal"):
        for key, found in entry[side]["figures"].items():
            assert 0 < found["low"] <= found["value"] <= found["high"], key
    ttft = [entry[side]["figures"]["ttft_s"]["value"] for side in ("text_only", "multimodal")]
    assert ttft[0] < ttft[1]


def test_more_bandwidth_decodes_faster_and_prefills_no_faster(seeing: CostReport) -> None:
    phone = device("snapdragon-888")
    wide = replace(phone, memory_bytes_per_s=2 * phone.memory_bytes_per_s)
    before, after = (predict(answer_work(seeing, True), each, fitted(), ()).figures for each in (phone, wide))
    assert after["decode_tok_per_s"].value > before["decode_tok_per_s"].value
    assert after["prefill_s"] == before["prefill_s"]


def test_float_weights_are_multiplied_in_float(seeing: CostReport) -> None:
    floats = replace(seeing.bundle, precision={**seeing.bundle.precision, "vision_encoder": "fp16"})
    assert answer_work(seeing, True).image["vision_encoder"].arithmetic == "int8"
    assert answer_work(replace(seeing, bundle=floats), True).image["vision_encoder"].arithmetic == "float"


def test_report_without_counts_is_refused(seeing: CostReport) -> None:
    with pytest.raises(ValueError, match="counts no prefill_multimodal and no decode: measure the bundle again"):
        answer_work(replace(seeing, counts={}), True)
