"""Answers a question with what the screen prints, or finds that it prints no answer.

Two judges agree on a span: a small linear ranker over layout and words, and the language model, which says how much
likelier it finds the span once it knows the question (pointwise mutual information). An invention cannot come out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from pocketvlm.apps.screens.features import Asked, Layout, features
from pocketvlm.apps.screens.ranking import Ranker, fitted_ranker, shortlist
from pocketvlm.apps.screens.spans import Span, spans_of
from pocketvlm.vision.reading_order import ScreenText

NOT_PRINTED = "Not on the screen."
# What is said of a state; it stands nowhere on a screen, or for something else.
VERDICTS = frozenset("yes no on off light dark 是 否 是的 不是 开 关 打开 关闭 浅色 深色".split())
# How much likelier, in nats, the model finds each text once it knows the question.
Surprise = Callable[[list[str]], list[float]]

OPEN_ENDED = re.compile(
    r"""^\W*(?:(?:please|can\ you|could\ you|would\ you)\ )*
    (?: summari[sz]e | describe | explain | translate | rewrite | write | draft | compose
      | tell\ me\ (?:about|more) | give\ me\ an?\ (?:summary|overview|description)
      | what(?:\ is|'s)\ (?:this|on\ (?:this|the|my))(?:\ (?:screen|picture|image|photo|page|app))?(?:\ about)?\W*$
      | hi\b | hello | hey\b | thanks | thank\ you )""",
    re.IGNORECASE | re.VERBOSE,
)

OWN_WORDS = re.compile(
    r"""^\W*(?:(?:please|can\ you|could\ you|would\ you)\ )*
    (?: summari[sz]e | explain | translate | rewrite | write | draft | compose
      | hi\W*$ | hello\W*$ | hey\W*$ | thanks | thank\ you )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_verdict(answer: str) -> bool:
    """Whether an answer tells a state, so that nothing printed can be meant: "yes", "off"."""
    return answer.strip(" .。!").casefold() in VERDICTS


def wants_own_words(question: str) -> bool:
    """Whether a question wants more words of the model's own than a screen's short answers: a summary, a draft."""
    return OWN_WORDS.match(question) is not None


def is_open_ended(question: str) -> bool:
    """Whether a question wants words of the model's own: a summary, a translation, a greeting."""
    return OPEN_ENDED.match(question) is not None


def find_answer(
    screen: ScreenText,
    question: str,
    surprise: Surprise,
    ranker: Ranker | None = None,
    at_most: Surprise | None = None,
) -> Span | None:
    """The span of a screen that answers a question; None where the screen does not say.

    Args:
        surprise: the language model's judgement of the spans on the short list.
        ranker: how to weigh layout and judgement; `fitted_ranker` when None.
        at_most: what `surprise` will not exceed, if that is known sooner: spans that cannot win are then not judged.
    """
    layout = Layout(screen)
    spans = spans_of(screen, question)
    if not spans:
        return None
    evidence = features(layout, spans, question)
    ranker = ranker or fitted_ranker()
    scores = ranker.scores(evidence)
    short = shortlist(scores)
    texts = [spans[index].text for index in short]
    if at_most is None:
        totals = ranker.totals(scores[short], np.array(surprise(texts)))
    else:
        needed = ranker.needed(evidence)
        totals = _totals_that_count(ranker, scores[short], texts, needed, surprise, at_most)
    best = ranker.choose(totals, evidence)
    return None if best is None else spans[short[best]]


def _totals_that_count(
    ranker: Ranker, scores: np.ndarray, texts: list[str], needed: float, surprise: Surprise, at_most: Surprise
) -> np.ndarray:
    """(S,) totals, the most promising first; minus infinity for those that can neither win nor be enough."""
    limits = ranker.totals(scores, np.array(at_most(texts)))
    totals = np.full(len(texts), -np.inf)
    for index in np.argsort(-limits, kind="stable"):
        if limits[index] < max(needed, totals.max()):
            break
        totals[index] = ranker.totals(scores[index], np.array(surprise([texts[index]])[0]))
    return totals


def usefulness(screen: ScreenText, question: str) -> list[float]:
    """How much each row may help with a question, for choosing what to leave out of a full context.

    Rows with rare words of the question come first, then their neighbours, then the others by their place.
    """
    layout = Layout(screen)
    asked = Asked.of(question, layout)
    direct = [0.0] * len(screen.rows)
    for word, lines in asked.places.items():
        for line in lines:
            direct[layout.row_of[line]] += asked.rarities[word]
    padded = [0.0, *direct, 0.0]
    return [
        own + 0.5 * max(before, after) - 1e-6 * place
        for place, (before, own, after) in enumerate(zip(padded, padded[1:], padded[2:], strict=False))
    ]
