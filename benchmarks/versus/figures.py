"""From rounds of seconds to the figures of the report: medians, spreads, ratios, fractions of the limits."""

from __future__ import annotations

from statistics import median
from typing import Any

from . import contenders as who
from .machine import OPERATIONS, READ_BYTES
from .turns import Plan, Results
from .work import encode_operations, prefill_operations

Figures = dict[str, dict[str, list[float]]]  # by contender and name, a value a round


def figures(results: Results, plan: Plan) -> Figures:
    """Every figure in the unit that its name says."""
    found: Figures = {}
    for one in results.rounds:
        for contender, seconds in one.items():
            for name, value in seconds.items():
                shown, figure = _named(name, value, plan)
                found.setdefault(contender, {}).setdefault(shown, []).append(figure)
    return found


def _named(name: str, value: float, plan: Plan) -> tuple[str, float]:
    """Speeds in place of seconds where people speak of speeds."""
    kind, _, rest = name.partition("_")
    if kind == "prefill":
        count = rest.removesuffix("_s")
        return f"prefill_{count}_tok_per_s", int(count) / value
    if kind == "decode":
        return f"decode_{rest.removesuffix('_s')}_tok_per_s", plan.steps / value
    if name == "read_s":
        return "read_bytes_per_s", READ_BYTES / value
    if name == "multiply_s":
        return "int8_operations_per_s", OPERATIONS / value
    return name, value


def summary(values: list[float]) -> dict[str, float]:
    """Median and spread."""
    return {"median": median(values), "min": min(values), "max": max(values), "rounds": len(values)}


def ratios(found: Figures, ours: str, theirs: str, name: str) -> dict[str, float] | None:
    """How many times as good ours is, round by round: more speed, or less of anything else. None if one has none."""
    mine, other = (found.get(one, {}).get(name, []) for one in (ours, theirs))
    if not mine or not other:
        return None
    pairs = zip(mine, other, strict=False)  # a contender that failed has fewer rounds
    return summary([a / b if name.endswith("_per_s") else b / a for a, b in pairs])


def targets(found: Figures, plan: Plan, sizes: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """What was asked for, as medians of ratios, and whether it was reached."""
    wanted = [
        *((f"decode_{count}_tok_per_s", who.LLAMA, 1.05) for count in plan.contexts),
        *((f"prefill_{count}_tok_per_s", who.LLAMA, 1.3) for count in plan.prefills),
        *(("encode_s", other, 2.5) for other in (who.FLOAT_ONNX, who.LLAMA)),
        ("ttft_s", who.LLAMA, 2.0),
    ]
    rows: list[dict[str, Any]] = []
    for ours in (who.OURS, who.EQUAL):  # the second at as many bits a weight as llama.cpp's
        for name, other, least in wanted:
            if ratio := ratios(found, ours, other, name):
                met = ratio["median"] >= least
                rows.append({"figure": name, "ours": ours, "against": other, "at_least": least, **ratio, "met": met})
    rows += [_at_most(found, "load_s", 2.0), _at_most(found, "peak_rss_bytes", _memory_limit(sizes))]
    return rows


def _memory_limit(sizes: dict[str, dict[str, int]]) -> float:
    return sizes[who.OURS]["file_bytes"] * 1.15 + 200e6


def _at_most(found: Figures, name: str, limit: float) -> dict[str, Any]:
    figure = summary(found[who.OURS][name])
    return {
        "figure": name,
        "ours": who.OURS,
        "against": "",
        "at_most": limit,
        **figure,
        "met": figure["median"] <= limit,
    }


def limits(found: Figures, plan: Plan, sizes: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Decode as a fraction of the memory's speed, prefill and encode of the processor's INT8 speed.

    The limits are the best that any round showed. A decoding step reads the language model's file, but for the token
    table, of which it reads a row, and the keys and values so far.
    """
    machine = found.get(who.MACHINE)
    if machine is None:
        return {}
    bandwidth, peak = max(machine["read_bytes_per_s"]), max(machine["int8_operations_per_s"])
    language, vision = plan.model["language"], plan.model["vision"]
    encode = encode_operations(vision, language["hidden_size"])
    fractions: dict[str, dict[str, float]] = {}
    for name in (who.OURS, who.EQUAL, who.LLAMA):
        own, row = found.get(name, {}), fractions.setdefault(name, {})
        for count in plan.contexts:
            if speeds := own.get(f"decode_{count}_tok_per_s"):
                cache = own["cache_bytes_per_position"][0] * (count + plan.steps / 2)
                row[f"decode_{count}"] = median(speeds) * (sizes[name]["step_bytes"] + cache) / bandwidth
        for count in plan.prefills:
            if speeds := own.get(f"prefill_{count}_tok_per_s"):
                row[f"prefill_{count}"] = median(speeds) / count * prefill_operations(language, count) / peak
        if "encode_s" in own:
            row["encode"] = encode / median(own["encode_s"]) / peak
    return {"read_bytes_per_s": bandwidth, "int8_operations_per_s": peak, "fractions": fractions}
