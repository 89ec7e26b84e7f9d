"""Numbers that are near enough: relaxed accuracy, as chart questions are scored."""

import math
from collections.abc import Sequence

from pocketvlm.datasets.metrics.words import best

_TOLERANCE = 0.05  # of the right number


def relaxed_accuracy(prediction: str, answers: Sequence[str]) -> float:
    """1.0 if `prediction` is a number within 5% of one of `answers`, or the same text but for case; else 0.0.

    "12%" is 0.12. A number is what Python's `float` reads: "1,200" is compared as text, as in published figures.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    Source: Methani et al., PlotQA, arXiv:1909.00997; Masry et al., ChartQA, arXiv:2203.10244; as
    github.com/google-research/pix2struct scores ChartQA.
    """
    return best(prediction, answers, _relaxed)


def _relaxed(prediction: str, answer: str) -> float:
    said, gold = _number(prediction), _number(answer)
    if said is not None and gold:  # no share of zero is near zero: as text then
        return float(abs(said - gold) <= _TOLERANCE * abs(gold))
    return float(prediction.strip().lower() == answer.strip().lower())


def _number(text: str) -> float | None:
    text = text.strip()
    try:
        number = float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None  # "nan" and "infinity" are words
