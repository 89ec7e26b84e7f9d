"""Claims on sizes, memory, precision and where the time goes: from closed forms and the report's figures."""

from __future__ import annotations

from pocketvlm.cost.counts import Held, llm_parameters, projector_parameters
from pocketvlm.cost.published import PublishedVLM, claim, measurements, vlms
from pocketvlm.cost.results import CostReport, PrecisionRow
from pocketvlm.cost.verdict import DEPENDS, FAILS, HOLDS, Verdict, judged, near, untested

IMAGE_KEYS = ("image_decode_s", "read_text_s", "encode_s", "parse_s", "project_s")  # before the language model
BASELINES = ("fp32", "fp16", "int8")  # what INT4 is held against


def addon_parameters(report: CostReport) -> Verdict:
    """Encoder and projector over the language model: of the published models, and of this one where it sees."""
    shares = {model.name: _addon(model) / llm_parameters(model.llm) for model in vlms()}
    stages = [report.counts[stage] for stage in ("vision_encoder", "projector") if stage in report.counts]
    if stages and "decode" in report.counts:
        shares["this bundle"] = sum(stage.parameters for stage in stages) / report.counts["decode"].parameters
    claimed = claim("addon-parameters").value
    figure = "Encoder and projector over language model: " + _percent(shares) + "."
    return judged("addon-parameters", (near(share, claimed) for share in shares.values()), figure, shares)


def addon_sizes(report: CostReport) -> Verdict:
    """The parts of the published models, counted from their shapes."""
    claimed = claim("addon-sizes").value
    agree: list[bool] = []
    values: dict[str, float] = {}
    for model in vlms():
        encoder, projector, llm = model.vision.parameter_count, _projector(model), llm_parameters(model.llm)
        values |= {f"{model.name} projector": float(projector), f"{model.name} language model": float(llm)}
        values["encoder"] = float(encoder)
        agree += [near(projector, claimed["projector"]), near(encoder, claimed["encoder"])]
        agree.append(any(near(llm, size) for size in claimed["llm"]))
    figure = "; ".join(f"{name} {value / 1e6:,.1f} M" for name, value in sorted(values.items())) + "."
    return judged("addon-sizes", agree, figure, values)


def bottleneck_is_llm(report: CostReport) -> Verdict:
    """Prefill and decoding over the whole answer: of every length measured here, and of what others published."""
    figures, lengths = report.multimodal, report.conditions.answer_tokens
    image_s = sum(figures[key].median for key in IMAGE_KEYS if key in figures)
    shares = {
        f"here, {count} tokens": max(0.0, 1 - image_s / figures[f"answer_s_for_{count}"].median)
        for count in lengths
        if image_s and f"answer_s_for_{count}" in figures
    }
    for row in measurements():
        if row.given and "encode_s" in row.figures:
            for count in lengths:
                llm_s = row.figures["prefill_s"] + count / row.figures["decode_tok_per_s"]
                shares[f"{row.device}, {count} tokens"] = llm_s / (llm_s + row.figures["encode_s"])
    figure = f"The language model's share of an answer to a picture, by length: {_percent(shares)}."
    return judged("bottleneck-is-llm", (share > 0.5 for share in shares.values()), figure, shares)


def fp32_memory(report: CostReport) -> Verdict:
    """Bytes of a thousand million weights at 32 bits."""
    needed = 1e9 * Held("fp32").bits_per_weight / 8
    figure = f"1e9 parameters of 32 bits are {needed / 1e9:.2f} GB."
    values = {"bytes_per_1e9_parameters": needed}
    rows = _precisions(report)
    if "fp32" in rows and "decode" in report.counts:
        file_bytes = rows["fp32"].file_bytes / report.counts["decode"].parameters * 1e9
        values["measured_bytes_per_1e9_parameters"] = file_bytes
        figure += f" The report's FP32 files take {file_bytes / 1e9:.2f} GB per 1e9 parameters."
    return judged("fp32-memory", (near(value, claim("fp32-memory").value) for value in values.values()), figure, values)


def int4_memory(report: CostReport) -> Verdict:
    """What INT4 saves against each other precision: files where they were measured, bits per weight otherwise."""
    rows, claimed = _precisions(report), claim("int4-memory").value
    int4_bits = Held("int4").bits_per_weight
    changes = {
        f"against {base}": rows["int4"].file_bytes / rows[base].file_bytes - 1
        if {"int4", base} <= set(rows)
        else int4_bits / Held(base).bits_per_weight - 1
        for base in BASELINES
    }
    # Four fifths less and nine tenths less are near as savings and far as sizes: what is left is compared.
    agree = (near(1 + change, 1 + claimed) for change in changes.values())
    measured = "files of the report" if "int4" in rows else f"{int4_bits:.1f} bits a weight, scales included"
    figure = f"INT4 ({measured}): {_percent(changes)}."
    return judged("int4-memory", agree, figure, changes, estimate="int4" not in rows)


def int4_speed(report: CostReport) -> Verdict:
    """Decoding at INT4 against each other precision; without measurements, by the bytes that a token reads."""
    rows, claimed = _precisions(report), claim("int4-speed").value
    measured = {base: _speed_up(rows["int4"], rows[base]) for base in BASELINES if {"int4", base} <= set(rows)}
    changes = {f"against {base}": change for base, change in measured.items() if change is not None}
    estimate = not changes
    if estimate:
        bits = Held("int4").bits_per_weight
        changes = {f"against {base}": Held(base).bits_per_weight / bits - 1 for base in BASELINES}
    source = "bound by memory, estimated from the bytes read" if estimate else "decoding, measured"
    figure = f"Speed of INT4, {source}: {_percent(changes)}."
    return judged("int4-speed", (near(change, claimed) for change in changes.values()), figure, changes, estimate)


def int4_quality(report: CostReport) -> Verdict:
    """What INT4 loses against the most precise of the others, with the bars of both."""
    rows = {name: row for name, row in _precisions(report).items() if row.quality is not None}
    base = next((name for name in BASELINES if name in rows), None)
    if base is None or "int4" not in rows:
        why = "No two precisions of trained weights were measured: it takes the same model at INT4 and at another."
        return untested("int4-quality", why)
    int4, other = rows["int4"].quality, rows[base].quality
    assert int4 is not None
    assert other is not None
    change = int4["value"] / other["value"] - 1
    low, high = int4["low"] / other["high"] - 1, int4["high"] / other["low"] - 1
    values = {"change": change, "change_low": low, "change_high": high}
    figure = f"{int4['name']} of INT4 against {base}: {change:+.1%} ({low:+.1%} to {high:+.1%}, n = {int4['n']})."
    claimed = claim("int4-quality").value
    if not low <= claimed <= high:
        return Verdict("int4-quality", claim("int4-quality").claim, FAILS, figure, values)
    if low <= 0 <= high:
        figure += " Too few questions to tell the claimed loss from none."
        return Verdict("int4-quality", claim("int4-quality").claim, DEPENDS, figure, values)
    return Verdict("int4-quality", claim("int4-quality").claim, HOLDS, figure, values)


def _projector(model: PublishedVLM) -> int:
    return projector_parameters(model.projector, model.vision.hidden_size, model.llm.hidden_size)


def _addon(model: PublishedVLM) -> int:
    return model.vision.parameter_count + _projector(model)


def _precisions(report: CostReport) -> dict[str, PrecisionRow]:
    return {row.precision: row for row in report.precisions}


def _speed_up(int4: PrecisionRow, other: PrecisionRow) -> float | None:
    """At the shortest context that both were measured at; None where there is none."""
    common = [key for key in int4.figures if key.startswith("decode_tok_per_s_at_") and key in other.figures]
    if not common:
        return None
    key = min(common, key=lambda name: int(name.rsplit("_", 1)[1]))
    return int4.figures[key].median / other.figures[key].median - 1


def _percent(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
