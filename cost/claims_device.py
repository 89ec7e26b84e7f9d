"""Claims on phones, speeds and the years to come: from the device model, the profiles and the report's figures."""

from __future__ import annotations

from pocketvlm.cost.device_model import Estimate, stage_seconds
from pocketvlm.cost.devices import device, phones
from pocketvlm.cost.forecast import BITS_PER_WEIGHT, FAST, SLOW, SPEEDS_TOK_PER_S, reach
from pocketvlm.cost.published import claim, llm_config, measurements
from pocketvlm.cost.results import CostReport, Figure
from pocketvlm.cost.validation import ANSWER_TOKENS, Q4_K_S_BITS, decode_work, fitted
from pocketvlm.cost.verdict import DEPENDS, FAILS, HOLDS, Verdict, judged, near, untested

CALLS_A_STEP = 5  # of an agent, as the claim has it
PHONE_TOPS = (30e12, 50e12)  # the claim's words; its `value` holds only the bandwidth
PC_BANDWIDTH, PC_COMPUTE = (10, 20), (20, 40)  # times a phone's
GAME_HOURS = (3, 4)  # the claim's words; its `value` holds only the power
CLAIMED_PARAMETERS = 10e9


def sd888_speed(report: CostReport) -> Verdict:
    """The device model's speed for that model on that phone, and what others measured there."""
    phone, claimed = device("snapdragon-888"), claim("sd888-speed").value
    work = decode_work(llm_config("MobileLLaMA-1.4B"), Q4_K_S_BITS, ANSWER_TOKENS["llm_alone"] / 2)
    speed = stage_seconds(work, phone, fitted()).inverse()
    seen = sorted(
        row.figures["decode_tok_per_s"]
        for row in measurements()
        if row.device == phone.key and llm_config(row.model) == llm_config("MobileLLaMA-1.4B")
    )
    figure = (
        f"No such phone here. Predicted {speed.value:.1f} tokens/s ({speed.low:.1f} to {speed.high:.1f}); "
        f"others measured {seen[0]:.1f} to {seen[-1]:.1f}."
    )
    values = {"predicted_tok_per_s": speed.value, "least_tok_per_s": seen[0], "most_tok_per_s": seen[-1]}
    verdict = HOLDS if near(speed.value, claimed) else DEPENDS if _within(claimed, speed) else FAILS
    return Verdict("sd888-speed", claim("sd888-speed").claim, verdict, figure, values, estimate=True)


def usable_speed(report: CostReport) -> Verdict:
    """A matter of taste; said is which side of the floor this bundle is on."""
    floor, speed = claim("usable-speed").value, _decode_speed(report)
    if speed is None:
        return untested("usable-speed", "What is good enough is for people to say; no speed was measured here.")
    side = "above" if speed.median >= floor else "below"
    figure = f"What is good enough is for people to say; this bundle decodes {speed.median:.1f} tokens/s here, {side}."
    return untested("usable-speed", figure, {"decode_tok_per_s": speed.median})


def agent_speed(report: CostReport) -> Verdict:
    """Whether decoding is what a step of calls waits for: its share of the time at the claimed speeds."""
    ttft = report.multimodal.get("ttft_s") or report.text_only.get("ttft_s")
    if ttft is None:
        return untested("agent-speed", "The report has no time to first token: measure a bundle.")
    values: dict[str, float] = {}
    agree: list[bool] = []
    for speed in claim("agent-speed").value:
        for count in report.conditions.answer_tokens:
            decode_s = (count - 1) / speed
            step_s = CALLS_A_STEP * (ttft.median + decode_s)
            values[f"step_s at {speed:g} tokens/s, answers of {count}"] = step_s
            agree.append(decode_s > ttft.median)
    figure = (
        f"With this machine's {ttft.median:.2f} s to the first token a step of {CALLS_A_STEP} calls takes "
        f"{min(values.values()):.1f} to {max(values.values()):.1f} s; decoding is the larger part in "
        f"{sum(agree)} of {len(agree)} cases, and only there does the claimed speed decide."
    )
    return judged("agent-speed", agree, figure, values)


def phone_bandwidth(report: CostReport) -> Verdict:
    """The profiles: how many phones are inside the ranges, and how a PC's card and processor compare."""
    low, high = claim("phone-bandwidth").value
    agree = [low <= phone.memory_bytes_per_s <= high for phone in phones()]
    tops = [phone.npu_int8_op_per_s for phone in phones() if phone.npu_int8_op_per_s is not None]
    agree_tops = [PHONE_TOPS[0] <= value <= PHONE_TOPS[1] for value in tops]
    phone, card, laptop = device("snapdragon-8-gen-3"), device("rtx-4090"), device("i7-10750h")
    times = card.memory_bytes_per_s / phone.memory_bytes_per_s
    assert phone.npu_int8_op_per_s is not None
    compute = card.op_per_s["int8"] / phone.npu_int8_op_per_s
    agree_pc = [PC_BANDWIDTH[0] <= times <= PC_BANDWIDTH[1], PC_COMPUTE[0] <= compute <= PC_COMPUTE[1]]
    laptop_times = laptop.memory_bytes_per_s / phone.memory_bytes_per_s
    figure = (
        f"{sum(agree)} of {len(agree)} phones have {low / 1e9:.0f} to {high / 1e9:.0f} GB/s, {sum(agree_tops)} of "
        f"{len(tops)} advertise {PHONE_TOPS[0] / 1e12:.0f} to {PHONE_TOPS[1] / 1e12:.0f} TOPS. Against {phone.name}, "
        f"{card.name} has {times:.0f} times the bandwidth and {compute:.0f} times the TOPS; a laptop's processor "
        f"({laptop.name}) {laptop_times:.1f} times the bandwidth."
    )
    values = {"card_bandwidth_times": times, "card_compute_times": compute, "laptop_bandwidth_times": laptop_times}
    return judged("phone-bandwidth", [*agree, *agree_tops, *agree_pc], figure, values)


def phone_power(report: CostReport) -> Verdict:
    """Nobody draws power here; whether the claim agrees with itself: hours of each battery at its watts."""
    low_w, high_w = claim("phone-power").value
    batteries = [phone.battery_wh for phone in phones() if phone.battery_wh is not None]
    shortest, longest = min(batteries) / high_w, max(batteries) / low_w
    least, most = GAME_HOURS
    inside = [least <= battery / watts <= most for battery in batteries for watts in (low_w, high_w)]
    figure = (
        f"Power is not measured here. The profiles' batteries of {min(batteries):.1f} to {max(batteries):.1f} Wh last "
        f"{shortest:.1f} to {longest:.1f} hours at {low_w:g} to {high_w:g} W; {sum(inside)} of {len(inside)} "
        f"pairs of battery and power give {least} to {most} hours."
    )
    values = {"shortest_hours": shortest, "longest_hours": longest}
    if shortest <= least and longest >= most:  # the claimed hours lie among them: it agrees with itself, no more
        return Verdict("phone-power", claim("phone-power").claim, DEPENDS, figure, values, estimate=True)
    return judged("phone-power", inside, figure, values, estimate=True)


def ten_billion_on_phone(report: CostReport) -> Verdict:
    """The largest INT4 model after the claimed years, by each limit, at the claim's floor of speed."""
    phone = device("snapdragon-8-gen-3")  # of the year in which the claim was made
    speed, years = SPEEDS_TOK_PER_S[0], claim("ten-billion-on-phone").value
    reached = {
        f"{name} growth, {count} years": reach(
            phone, phone.year + count, speed, BITS_PER_WEIGHT["int4"], fitted(), growth
        )
        for name, growth in (("slow", SLOW), ("fast", FAST))
        for count in years
    }
    limits = ("memory", "bandwidth", "energy")
    values = {f"{name}, by {limit}": getattr(found, limit) for name, found in reached.items() for limit in limits}
    agree = [value >= CLAIMED_PARAMETERS for value in values.values()]
    best = reached[f"fast growth, {max(years)} years"]
    figure = (
        f"After {max(years)} years of the fastest claimed growth on {phone.name}: memory for {best.memory / 1e9:.1f} B "
        f"parameters at INT4, but bandwidth for {best.bandwidth / 1e9:.1f} B at {speed:g} tokens/s and energy for "
        f"{best.energy / 1e9:.1f} B over 8 hours of answering."
    )
    return judged("ten-billion-on-phone", agree, figure, values, estimate=True)


def _decode_speed(report: CostReport) -> Figure | None:
    """At the shortest context measured, of the multimodal side where there is one."""
    for figures in (report.multimodal, report.text_only):
        for count in sorted(report.conditions.context_tokens):
            if f"decode_tok_per_s_at_{count}" in figures:
                return figures[f"decode_tok_per_s_at_{count}"]
    return None


def _within(value: float, estimate: Estimate) -> bool:
    return estimate.low <= value <= estimate.high
