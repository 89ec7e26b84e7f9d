"""What an answer would take on a named device: a roofline with three fitted efficiencies.

A stage takes the longer of two times: its bytes over the memory's bandwidth, its operations over the peak arithmetic,
each divided by the efficiency that published rows reach. Decoding is bound by memory, prefill and encoding by
arithmetic. Energy is time at full load. These are estimates: `docs/cost/device_model.md` shows every row that they were
checked against, and when not to trust them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from pocketvlm.cost.devices import DeviceProfile
from pocketvlm.cost.efficiency import Efficiencies
from pocketvlm.cost.results import CostReport, StageCount

JOULES_A_WH = 3600
# What an answer also takes and nothing published tells how it scales from machine to machine.
LEFT_OUT = ("image_decode_s", "read_text_s")
IMAGE_STAGES = ("vision_encoder", "projector", "screen_parser")  # once a picture, before the language model


@dataclass(frozen=True)
class Work:
    """One run of a stage, as `counts.py` counts it.

    Attributes:
        flops: operations, 2 a multiply-add.
        moved_bytes: what must come from memory at least.
        arithmetic: "int8" for integer weights, whose activations are quantised on the way; "float" otherwise.
    """

    flops: float
    moved_bytes: float
    arithmetic: str


@dataclass(frozen=True)
class Estimate:
    """A predicted value with its error bars, in the unit that its key names."""

    value: float
    low: float
    high: float

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Estimate:
        """Scaled by a positive number."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)

    def inverse(self) -> Estimate:
        """1 / value: seconds a token to tokens a second."""
        return Estimate(1 / self.value, 1 / self.high, 1 / self.low)


NOTHING = Estimate(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class AnswerWork:
    """The stages of one answer.

    Attributes:
        image: by stage; empty for the language model alone.
        prefill: the whole prompt.
        decode: one token in the middle of an answer.
        weight_bytes: of all the stages.
    """

    image: dict[str, Work]
    prefill: Work
    decode: Work
    weight_bytes: float


@dataclass(frozen=True)
class Prediction:
    """One answer on one device.

    Attributes:
        figures: `encode_s` and `project_s` where there is a picture, `prefill_s`, `ttft_s`, `decode_tok_per_s`,
            and for each length of answer `answer_s_for_N` and `answer_j_for_N`.
        battery_fraction: of a full battery, by length of answer; empty without a battery.
        memory_fraction: weights over the device's memory; what runs besides and the cache come on top.
    """

    figures: dict[str, Estimate]
    battery_fraction: dict[int, Estimate]
    memory_fraction: float


def stage_seconds(work: Work, device: DeviceProfile, efficiencies: Efficiencies) -> Estimate:
    """The time of one run: the longer of memory's and arithmetic's, with the bars of whichever it is."""
    ideal_s = {
        "memory": work.moved_bytes / device.memory_bytes_per_s,
        work.arithmetic: work.flops / device.op_per_s[work.arithmetic],
    }
    value, factor = max((efficiencies.seconds(name, device.family, ideal), name) for name, ideal in ideal_s.items())
    low, high = efficiencies.bars[factor]
    return Estimate(value, value * low, value * high)


def predict(
    answer: AnswerWork, device: DeviceProfile, efficiencies: Efficiencies, answer_tokens: Iterable[int]
) -> Prediction:
    """Times, energy and battery share of one answer.

    Args:
        answer: the work, from `answer_work`.
        device: a profile, from `devices.device`.
        efficiencies: from `validation.fitted`.
        answer_tokens: lengths of answers, each at least 1.
    """
    image = {stage: stage_seconds(work, device, efficiencies) for stage, work in answer.image.items()}
    names = {"vision_encoder": "encode_s", "projector": "project_s", "screen_parser": "parse_s"}
    prefill = stage_seconds(answer.prefill, device, efficiencies)
    token = stage_seconds(answer.decode, device, efficiencies)
    ttft = sum(image.values(), NOTHING) + prefill  # the prompt's last position gives the first token
    figures = {names[stage]: seconds for stage, seconds in image.items()}
    figures |= {"prefill_s": prefill, "ttft_s": ttft, "decode_tok_per_s": token.inverse()}
    battery = {}
    for count in answer_tokens:
        seconds = ttft + token.times(count - 1)
        joules = energy(seconds, device)
        figures |= {f"answer_s_for_{count}": seconds, f"answer_j_for_{count}": joules}
        if device.battery_wh is not None:
            battery[count] = joules.times(1 / (device.battery_wh * JOULES_A_WH))
    return Prediction(figures, battery, answer.weight_bytes / device.memory_bytes)


def energy(seconds: Estimate, device: DeviceProfile) -> Estimate:
    """Joules of that long at full load, the screen and the rest of the device among them."""
    low_w, high_w = device.load_w
    return Estimate(seconds.value * (low_w + high_w) / 2, seconds.low * low_w, seconds.high * high_w)


def answer_work(report: CostReport, with_picture: bool) -> AnswerWork:
    """The work of one answer from a report's counts.

    Args:
        report: any, also one that was stopped: counts are closed forms and always there.
        with_picture: the multimodal way; otherwise the language model alone.
    Raises:
        ValueError: the report has no counts of the language model.
    """
    counts, precision = report.counts, report.bundle.precision
    prompt = "prefill_multimodal" if with_picture else "prefill_text"
    image = [stage for stage in IMAGE_STAGES if with_picture and stage in counts]
    missing = [stage for stage in (prompt, "decode") if stage not in counts]
    if missing:
        raise ValueError(f"the report counts no {' and no '.join(missing)}: measure the bundle again")
    decoder = precision.get("decoder_model_merged", "fp32")
    return AnswerWork(
        image={stage: _work(counts[stage], precision.get(stage, "fp32")) for stage in image},
        prefill=_work(counts[prompt], decoder),
        decode=_work(counts["decode"], decoder),
        weight_bytes=float(sum(counts[stage].file_bytes for stage in (*image, prompt))),
    )


def predict_report(report: CostReport, device: DeviceProfile, efficiencies: Efficiencies) -> dict[str, Any]:
    """A device's entry in `CostReport.devices`: both sides of the add-on, as JSON holds it."""
    lengths = report.conditions.answer_tokens
    sides = {
        name: _plain(predict(answer_work(report, with_picture), device, efficiencies, lengths))
        for name, with_picture in (("text_only", False), ("multimodal", True))
    }
    return {"name": device.name, "year": device.year, "estimate": device.key, "left_out": list(LEFT_OUT), **sides}


def _plain(prediction: Prediction) -> dict[str, Any]:
    return {
        "figures": {key: asdict(value) for key, value in prediction.figures.items()},
        "battery_fraction": {str(count): asdict(value) for count, value in prediction.battery_fraction.items()},
        "memory_fraction": prediction.memory_fraction,
    }


def _work(count: StageCount, precision: str) -> Work:
    assert count.flops is not None, "only the text reader's work has no closed form"
    assert count.moved_bytes is not None
    return Work(count.flops, count.moved_bytes, "float" if precision.startswith("fp") else "int8")
