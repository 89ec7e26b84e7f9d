"""The report as JSON holds it, and as a table in Markdown."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from . import contenders as who
from .contenders import Contender
from .figures import Figures, figures, limits, ratios, summary, targets
from .turns import Plan, Results
from .work import parameters

UNITS = {"_tok_per_s": ("tok/s", 1, 1), "_bytes": ("MB", 1e-6, 0), "_s": ("s", 1, 2)}  # longest endings first


def report(
    shape: str, contenders: list[Contender], results: Results, profiled: dict[str, dict[str, float]], plan: Plan
) -> dict[str, Any]:
    """Everything about one shape."""
    found = figures(results, plan)
    sizes = {one.name: one.sizes() for one in contenders if one.language_files or one.vision_files}
    weights = parameters(plan.model["language"])
    bits = {name: 8 * size["language_bytes"] / weights for name, size in sizes.items() if size["language_bytes"]}
    names = sorted({name for own in found.values() for name in own})
    against = {one.name: _ratios(found, one, names) for one in contenders if one.name not in (who.OURS, who.MACHINE)}
    return {
        "shape": shape,
        "machine": machine(),
        "threads": plan.threads,
        "rounds": len(results.rounds),
        "load_averages": results.load_averages,
        "steps": plan.steps,
        "image_tokens": plan.model["image_tokens"],
        "versions": results.versions,
        "failed": results.failed,
        "sizes": sizes,
        "bits_per_weight": bits,
        "layer_bits": {one.name: one.layer_bits for one in contenders if one.layer_bits},
        "figures": {one: {name: summary(values) for name, values in own.items()} for one, own in found.items()},
        "ours_times_as_good": against,
        "targets": targets(found, plan, sizes) if who.OURS in found and who.OURS not in results.failed else [],
        "limits": limits(found, plan, sizes),
        "profile": profiled,
    }


def _ratios(found: Figures, other: Contender, names: list[str]) -> dict[str, dict[str, float]]:
    """Ours against another; loading and memory only where that one holds a whole model too."""
    whole = "first_token" in other.does
    compared = [name for name in names if whole or name.endswith("_tok_per_s") or name == "encode_s"]
    return {name: ratio for name in compared if (ratio := ratios(found, who.OURS, other.name, name))}


def machine() -> dict[str, Any]:
    """What it was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return {"processor": model, "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}"}


def markdown(one: dict[str, Any]) -> str:
    """The tables of one shape."""
    about = one["machine"]
    title = f"### MobileVLM {one['shape'].upper()} shapes, random weights"
    loads = one["load_averages"]
    told = (
        f"{about['processor']}, {about['cores']} cores, {one['threads']} threads; medians of {one['rounds']} rounds in "
        f"turn, smallest to largest in brackets; {one['image_tokens']} image tokens, {one['steps']} steps of decoding. "
        f"Load averages as rounds began: {min(loads):.1f} to {max(loads):.1f}."
    )
    parts = [
        title,
        told,
        _figures(one),
        _against(one),
        _targets(one),
        _limits(one),
        _profile(one),
        _failed(one),
        _versions(one),
    ]
    return "\n\n".join(part for part in parts if part)


def order(one: dict[str, Any]) -> list[str]:
    """The tables' columns."""
    names = {name for own in one["figures"].values() for name in own}
    speeds = sorted((n for n in names if n.endswith("_tok_per_s")), key=lambda n: (n[0] != "p", int(n.split("_")[1])))
    order = ["load_s", "first_ttft_s", "ttft_s", "encode_s", *speeds, "peak_rss_bytes"]
    return [name for name in order if name in names]


def _figures(one: dict[str, Any]) -> str:
    shown = order(one)
    rows = [["", *(title(name) for name in shown), "language, MB", "vision, MB", "bits a weight (of layers)"]]
    for name, own in one["figures"].items():
        if name != who.MACHINE:
            rows.append([name, *(cell(column, own.get(column)) for column in shown), *_sizes(one, name)])
    return table(rows)


def _against(one: dict[str, Any]) -> str:
    """How many times as fast, or as small, PocketVLM is as each of the others."""
    ratios = one["ours_times_as_good"]
    shown = [name for name in order(one) if any(name in own for own in ratios.values())]
    rows = [[f"{who.OURS} is so many times as good as", *(title(name).split(",")[0] for name in shown)]]
    for other, own in ratios.items():
        if own:
            rows.append([other, *(f"{own[name]['median']:.2f}" if name in own else "" for name in shown)])
    return table(rows) if shown else ""


def _sizes(one: dict[str, Any], name: str) -> list[str]:
    size = one["sizes"].get(name, {})
    parts = [f"{size[part] / 1e6:.0f}" if size.get(part) else "" for part in ("language_bytes", "vision_bytes")]
    bits = one["bits_per_weight"].get(name)
    return [*parts, f"{bits:.2f} ({one['layer_bits'][name]:.3g})" if bits else ""]


def _targets(one: dict[str, Any]) -> str:
    rows = [["target", "of", "against", "wanted", "measured", ""]]
    for row in one["targets"]:
        name = row["figure"]
        if "at_least" in row:
            wanted = f"at least {row['at_least']} times"
            measured = f"{row['median']:.2f} ({row['min']:.2f} to {row['max']:.2f})"
        else:
            wanted, measured = f"at most {_number(name, row['at_most'])}", cell(name, row)
        rows.append([title(name), row["ours"], row["against"], wanted, measured, "met" if row["met"] else "**missed**"])
    return table(rows) if len(rows) > 1 else ""


def _limits(one: dict[str, Any]) -> str:
    found = one["limits"]
    if not found:
        return ""
    names = list({name: None for own in found["fractions"].values() for name in own})
    rows = [["fraction of the limit", *names]]
    for name, own in ((name, own) for name, own in found["fractions"].items() if own):
        rows.append([name, *(f"{own[each]:.0%}" if each in own else "" for each in names)])
    told = (
        f"Memory reads at {found['read_bytes_per_s'] / 1e9:.1f} GB/s, of which decoding is a fraction; INT8 products "
        f"run at {found['int8_operations_per_s'] / 1e12:.2f} T operations/s, of which prefill and encoding are."
    )
    return f"{told}\n\n{table(rows)}"


def _profile(one: dict[str, Any]) -> str:
    """Shares of each stage's time, the operators that take one in a hundred of any stage."""
    stages = one["profile"]
    whole = {stage: sum(seconds.values()) for stage, seconds in stages.items()}
    shares = {stage: {op: s / whole[stage] for op, s in seconds.items()} for stage, seconds in stages.items()}
    shown = {op: None for own in shares.values() for op in sorted(own, key=own.__getitem__, reverse=True)}
    rows = [["share of the time", *(f"{stage}, {whole[stage]:.3f} s" for stage in stages)]]
    for op in shown:
        if max(own.get(op, 0) for own in shares.values()) >= 0.01:
            rows.append([op, *(f"{own[op]:.1%}" if op in own else "" for own in shares.values())])
    return f"Where the time of {who.OURS} goes, under the profiler:\n\n{table(rows)}" if stages else ""


def _failed(one: dict[str, Any]) -> str:
    return "\n".join(f"- {name} was not measured to the end: {why}" for name, why in one["failed"].items())


def _versions(one: dict[str, Any]) -> str:
    return "\n".join(f"- {name}: {version}" for name, version in one["versions"].items() if name != who.MACHINE)


def title(name: str) -> str:
    unit, _, _ = _unit(name)
    words = name.removesuffix(next(end for end in UNITS if name.endswith(end))).replace("_", " ")
    return f"{words}, {unit}"


def _unit(name: str) -> tuple[str, float, int]:
    return next(unit for end, unit in UNITS.items() if name.endswith(end))


def _number(name: str, value: float) -> str:
    unit, factor, digits = _unit(name)
    return f"{value * factor:.{digits}f} {unit}"


def cell(name: str, found: dict[str, float] | None) -> str:
    if found is None:
        return ""
    _, factor, digits = _unit(name)
    middle, low, high = (f"{found[part] * factor:.{digits}f}" for part in ("median", "min", "max"))
    return f"{middle} ({low} to {high})"


def table(rows: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]])
