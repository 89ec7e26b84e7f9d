"""What no question may be: one that holds its answer, or one asked before in much the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pocketvlm.datasets.metrics import NO_ANSWER
from pocketvlm.datasets.rendered.questions.drafts import Draft, is_yes_or_no

ALIKE = 0.8  # share of words in common from which two questions about one screen are too much alike
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]|[^\W\d_]+")  # each Chinese character is a word


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def gives_away(question: str, draft: Draft, answers: Sequence[str]) -> bool:
    """The question holds its answer word for word, and not among choices to pick from."""
    if draft.names_choices or is_yes_or_no(tuple(answers)) is not None or answers == (NO_ANSWER,):
        return False
    asked = f" {' '.join(words_of(question))} "
    return any((words := words_of(answer)) and f" {' '.join(words)} " in asked for answer in answers)


def too_alike(question: str, others: Iterable[str]) -> bool:
    """It has most of its words in common with one of the others."""
    mine = set(words_of(question))
    return any(
        len(mine & theirs) >= ALIKE * len(mine | theirs) for theirs in (set(words_of(other)) for other in others)
    )


def fingerprint(question: str, answers: Sequence[str]) -> tuple[str, str]:
    """Equal for questions that differ in capitals, marks and the order of words, and have the same answer."""
    return " ".join(sorted(words_of(question))), answers[0].casefold() if answers else ""
