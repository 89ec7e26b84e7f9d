"""Values and keys in the words that a reader expects."""

from __future__ import annotations

import re

from pocketvlm.cost.results import Figure
from pocketvlm.cost.units import unit_of

NONE = "–"
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_NAMES = {
    "parameters": "Parameters",
    "file_bytes": "Files",
    "load_s": "Load",
    "cold_ttft_s": "Load and first token",
    "peak_rss_bytes": "Peak memory",
    "file_rss_bytes": "Of it mapped files",
    "anonymous_rss_bytes": "Of it other memory",
    "pss_bytes": "Proportional share (PSS)",
    "image_decode_s": "Decode the image file",
    "read_text_s": "Read its text",
    "parse_s": "Find its elements",
    "encode_s": "Encode the image",
    "project_s": "Project to image tokens",
    "prefill_tokens": "Tokens of the prompt",
    "prefill_s": "Prefill",
    "prefill_tok_per_s": "Prefill speed",
    "decode_tok_per_s": "Decode speed",
    "ttft_s": "Time to first token",
    "answer_s": "Whole answer",
    "answer_j": "Energy of an answer",
    "answer_flops": "Operations of an answer",
    "answer_moved_bytes": "Bytes moved by an answer",
    "run_s": "Run",
}
_PLACES = {"at": "at {} positions", "for": "of {} tokens", "of": "of {} tokens"}
_STAGES = {
    "python": "imports alone",
    "image_decode": "image decode",
    "text_reader": "text reader",
    "image_encoder": "image encoder and projector",
    "vision_encoder": "image encoder",
    "projector": "projector",
    "screen_parser": "screen parser",
    "language_model": "language model",
    "prefill_text": "prefill, question alone",
    "prefill_multimodal": "prefill, picture and question",
    "decode": "decode, one token",
}


def key_words(key: str) -> str:
    """A figure's key in words: `decode_tok_per_s_at_200` is "Decode speed at 200 positions"."""
    parts = re.fullmatch(r"(.+?)_(at|for|of)_(\d+)", key)
    base, place = (parts[1], " " + _PLACES[parts[2]].format(parts[3])) if parts else (key, "")
    return _NAMES.get(base, base.replace("_", " ")) + place


def stage_words(name: str) -> str:
    """A stage's name in words."""
    return _STAGES.get(name, name.replace("_", " "))


def value(key: str, amount: float) -> str:
    """An amount in the unit that its key names: `value("ttft_s", 0.0453)` is "45 ms"."""
    return quantity(amount, unit_of(key))


def quantity(amount: float, unit: str) -> str:
    """An amount with its unit, three digits of it: "1.36 GB", "45 ms", "150 tokens/s"."""
    sign, amount = ("−", -amount) if amount < 0 else ("", amount)
    if unit == "s":
        return sign + _seconds(amount)
    if unit in ("bytes", "bytes/s", "FLOP", "parameters", "FLOP/s"):
        if unit == "parameters":
            return sign + _scaled(amount, "").replace("G", "B")  # as people count them: 1.36 B
        return sign + _scaled(amount, {"bytes": "B", "bytes/s": "B/s"}.get(unit, unit))
    if unit == "tokens":
        return f"{sign}{amount:,.0f}"
    return f"{sign}{_digits(amount)} {unit}"


def change(fraction: float | None) -> str:
    """A change as a reader says it: "+12%", "−3.1%", and "×14" above tenfold."""
    if fraction is None:
        return NONE
    if fraction >= 9:
        return f"×{_digits(fraction + 1)}"
    percent = abs(fraction) * 100
    text = f"{percent:.0f}%" if percent >= 9.95 else f"{percent:.1f}%"
    return ("−" if fraction < 0 else "+") + text


def spread(key: str, figure: Figure) -> str:
    """How far the runs lie apart, and how many they are; or what an estimate was reckoned from."""
    if figure.estimate:
        return f"estimate, {figure.estimate}"
    if figure.runs < 2:
        return "1 run" if figure.runs else "counted"
    if value(key, figure.low) == value(key, figure.high):
        return f"{figure.runs} runs"
    return f"{span(key, figure.low, figure.high)}, {figure.runs} runs"


def span(key: str, low: float, high: float) -> str:
    """A range, its unit once where both ends have the same: "1.30 to 1.31 GB"."""
    (least, _, unit), (most, _, most_unit) = (value(key, end).partition(" ") for end in (low, high))
    return f"{least} to {most} {most_unit}".rstrip() if unit == most_unit else f"{least} {unit} to {most} {most_unit}"


def _seconds(amount: float) -> str:
    if amount >= 0.9995 or amount == 0:
        return f"{_digits(amount)} s"
    if amount >= 0.9995e-3:
        return f"{_digits(amount * 1e3)} ms"
    return f"{_digits(amount * 1e6)} µs"


def _scaled(amount: float, unit: str) -> str:
    for factor, prefix in _PREFIXES:
        if amount >= factor * 0.9995:
            return f"{_digits(amount / factor)} {prefix}{unit}"
    return f"{_digits(amount)} {unit}".rstrip()


def _digits(amount: float) -> str:
    """Three digits, and all of those before the point."""
    if amount == 0:
        return "0"
    if amount >= 99.95:
        return f"{amount:,.0f}"
    return f"{amount:.1f}" if amount >= 9.995 else f"{amount:.2f}"
