"""Multiple choice: which letter an answer picks."""

import re
from collections.abc import Sequence

from pocketvlm.datasets.metrics.words import best

_LETTERS = "ABCDEFGH"  # VisualWebBench offers at most eight
_MARKS = str.maketrans("", "", ",.!?;:'\"")


def choice_accuracy(prediction: str, answers: Sequence[str]) -> float:
    """1.0 if `prediction` picks the letter that one of `answers` is, else 0.0.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    chosen = chosen_letter(prediction)
    return best(prediction, answers, lambda _, answer: float(chosen == answer.strip().upper()))


def chosen_letter(text: str) -> str | None:
    """The letter that `text` picks: alone, before a full stop, in brackets, or a word of its own; the last of several.

    Source: VisualWebBench's `utils/eval_utils.py` (github.com/VisualWebBench/VisualWebBench). There, no text at all
    picks A, which is luck and not an answer: here it picks nothing.
    """
    text = text.strip()
    if len(text) == 1:
        return text.upper()
    if re.match(r"[A-Z]\.", text):
        return text[0]
    words = f" {text.translate(_MARKS)} "
    for pattern in (rf"\(([{_LETTERS}])\)", rf"(?<= )([{_LETTERS}])(?= )"):
        if letters := re.findall(pattern, words):
            return str(letters[-1])
    return None
