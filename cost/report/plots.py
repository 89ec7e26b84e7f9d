"""The plots of one report. Each is None where the report lacks what it shows."""

from __future__ import annotations

from functools import partial

from pocketvlm.cost.report.breakdown import AddOn, AnswerTime, answer_steps, answer_time
from pocketvlm.cost.report.charts import Axis, Bar, Series, bar_chart, line_chart, waterfall
from pocketvlm.cost.report.drawing import Drawing
from pocketvlm.cost.report.wording import change, key_words, quantity, stage_words
from pocketvlm.cost.results import CostReport, Figures, rows

IMAGE_TOKENS = (64, 144, 576)  # what projectors make of the 24 x 24 patches of a 336-pixel picture, at most all of them
_LONGEST, _QUESTIONS, _PICTURES = 400, 10, 6
_LEGEND = (("language model alone", "base"), ("added by the picture", "added"))
_STEPS = {
    "question_s": "Read the question",
    "prefill_added_s": "Read the picture's tokens",
    "rest_s": "Not told apart",
    "decode_s": "Write the answer",
    "decode_added_s": "Longer context",
}

_seconds = partial(quantity, unit="s")


def _tick(seconds: float) -> str:
    return f"{seconds:g} s"


def step_words(key: str) -> str:
    """A step of an answer in words."""
    return _STEPS.get(key) or key_words(key)


def one_answer(report: CostReport, tokens: int) -> Drawing | None:
    """Where the time of one answer goes, as a waterfall; what takes less than a thousandth is left out."""
    steps = answer_steps(report, tokens)
    if not steps:
        return None
    whole = sum(step.seconds for step in steps)
    shown = [step for step in steps if abs(step.seconds) >= whole / 1000]
    told = "; ".join(f"{step_words(step.key)} {_seconds(step.seconds)}" for step in shown)
    return waterfall(
        f"answer-of-{tokens}-tokens",
        f"One answer of {tokens} tokens, step by step",
        f"{told}; in all {_seconds(whole)}.",
        [(step_words(step.key), step.seconds, "added" if step.added else "base") for step in shown],
        _seconds,
        _LEGEND,
    )


def answer_lengths(report: CostReport, parts: AddOn) -> Drawing | None:
    """Text-only and multimodal answers over their length, with the measured places."""
    image = answer_time(report.multimodal)
    if image is None:
        return None
    lengths = (1, *report.conditions.answer_tokens)
    longest = max(_LONGEST, *lengths)

    def measured(figures: Figures) -> tuple[tuple[float, float], ...]:
        keys = {tokens: f"answer_s_for_{tokens}" for tokens in lengths}
        return tuple((tokens, figures[key].median) for tokens, key in keys.items() if key in figures)

    fractions = {row.key: row.added_fraction for row in rows(report)}
    told = ", ".join(f"{change(fractions.get(f'answer_s_for_{tokens}'))} at {tokens} tokens" for tokens in lengths[1:])
    return line_chart(
        "answer-length",
        "The longer the answer, the smaller the add-on",
        f"Seconds of a whole answer, with and without a picture. The picture adds {told}.",
        [
            Series("language model alone", _line(parts.text, longest), "base", dots=measured(report.text_only)),
            Series("with a picture", _line(image, longest), "added", True, measured(report.multimodal)),
        ],
        Axis("tokens of the answer", lambda tokens: f"{tokens:.0f}"),
        Axis("whole answer", _tick),
    )


def questions(parts: AddOn, tokens: int) -> Drawing:
    """The add-on to each answer over how many questions share the picture."""
    counts = range(1, _QUESTIONS + 1)
    series = [
        Series(name, points, ink, dashed, points)
        for name, kept, ink, dashed in (
            ("its tokens read again for each", False, "added", True),
            ("kept in the conversation", True, "base", False),
        )
        for points in [tuple((count, 100 * parts.fraction(tokens, count, kept)) for count in counts)]
    ]
    told = " and ".join(
        f"from {change(one.points[0][1] / 100)} to {change(one.points[-1][1] / 100)} ({one.name})" for one in series
    )
    return line_chart(
        "questions",
        "The more questions about a picture, the smaller the add-on",
        f"Added to each answer of {tokens} tokens, from one question about a picture to {_QUESTIONS}: {told}.",
        series,
        Axis("questions about one picture", lambda count: f"{count:.0f}"),
        Axis("added to each answer", lambda percent: f"{percent:.3g}%"),
    )


def image_tokens(parts: AddOn, own: int) -> Drawing:
    """Time to first token over the image tokens of a picture."""
    counts = sorted({*IMAGE_TOKENS, own})
    line = tuple((count, parts.ttft_s(count)) for count in (0, *counts))
    alone_s = parts.text(1)
    told = ", ".join(f"{_seconds(parts.ttft_s(count))} with {count}" for count in counts)
    return line_chart(
        "image-tokens",
        "Image tokens and the first token",
        f"Time to first token by image tokens: {told}; {_seconds(alone_s)} without a picture.",
        [
            Series("language model alone", ((0, alone_s), (counts[-1], alone_s)), "base"),
            Series("with a picture", line, "added", True, line[1:]),
        ],
        Axis("image tokens of a picture", lambda count: f"{count:.0f}", (0, *counts)),
        Axis("time to first token", _tick),
    )


def pictures(parts: AddOn, context: int | None) -> Drawing | None:
    """Time to first token over how many pictures a prompt holds; None where not two of them fit the context."""
    most = _PICTURES
    if context and parts.picture_tokens:
        most = min(most, (context - parts.question_tokens) // parts.picture_tokens)
    if most < 2:
        return None
    line = tuple((count, parts.ttft_s(parts.picture_tokens, count)) for count in range(1, most + 1))
    return line_chart(
        "pictures",
        "Several pictures in one prompt",
        f"Time to first token: {_seconds(line[0][1])} with one picture, {_seconds(line[-1][1])} with {most}.",
        [Series("with pictures", ((0, parts.text(1)), *line), "added", True, line)],
        Axis("pictures", lambda count: f"{count:.0f}" if count == round(count) else ""),
        Axis("time to first token", _tick),
        legend=False,
    )


def stage_memory(report: CostReport) -> Drawing | None:
    """Peak memory of every stage in a process of its own."""
    peaks = {name: side["peak_rss_bytes"].median for name, side in report.stages.items() if "peak_rss_bytes" in side}
    if not peaks:
        return None
    form = partial(quantity, unit="bytes")
    ink = {"language_model": "base", "python": "other"}
    return bar_chart(
        "stage-memory",
        "Peak memory of each stage, in a process of its own",
        "; ".join(f"{stage_words(name)} {form(peak)}" for name, peak in peaks.items()) + ".",
        [Bar(stage_words(name), peak, ink.get(name, "added")) for name, peak in peaks.items()],
        form,
        (("language model", "base"), ("for the picture", "added"), ("before any of it", "other")),
    )


def precisions(report: CostReport, key: str, name: str, title: str) -> Drawing | None:
    """One figure of the language model over its precisions."""
    found = {row.precision: row.figures[key].median for row in report.precisions if key in row.figures}
    if len(found) < 2:
        return None
    unit = "bytes" if key.endswith("bytes") else "tokens/s"
    form = partial(quantity, unit=unit)
    told = "; ".join(f"{precision.upper()} {form(amount)}" for precision, amount in found.items())
    bars = [Bar(precision.upper(), amount, "base") for precision, amount in found.items()]
    return bar_chart(name, title, f"{told}.", bars, form)


def _line(time: AnswerTime, longest: int) -> tuple[tuple[float, float], ...]:
    return ((1, time(1)), (longest, time(longest)))
