"""How right an answer is: exact match and token F1 as SQuAD v2 counts them, with ScreenQA's way to say "no answer"."""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

NO_ANSWER = "<no answer>"  # ScreenQA's gold answer where the screen does not tell

_PUNCTUATION = str.maketrans("", "", string.punctuation)  # ASCII only, as in SQuAD
_ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize_answer(text: str) -> str:
    """`text` in lower case, without ASCII punctuation and English articles, its words one space apart."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1.0 if `prediction` is one of `answers` once both are normalised, else 0.0.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    return _best(prediction, answers, lambda predicted, gold: float(predicted == gold))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """The best harmonic mean, over `answers`, of the shares of words that prediction and answer have in common, 0..1.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    return _best(prediction, answers, _f1)


def _f1(predicted: str, gold: str) -> float:
    predicted_words, gold_words = predicted.split(), gold.split()
    if not predicted_words or not gold_words:  # nothing left of one of them: they agree or they do not
        return float(predicted_words == gold_words)
    common = (Counter(predicted_words) & Counter(gold_words)).total()
    return 2 * common / (len(predicted_words) + len(gold_words))


def _best(prediction: str, answers: Sequence[str], score: Callable[[str, str], float]) -> float:
    if isinstance(answers, str):
        raise TypeError(f"answers is a sequence of texts, not one text: pass [{answers!r}]")
    if not answers:
        raise ValueError(f"no answers to compare with: where there is none, the answer is {NO_ANSWER!r}")
    return max(_score_one(prediction, answer, score) for answer in answers)


def _score_one(prediction: str, answer: str, score: Callable[[str, str], float]) -> float:
    """`score` of the normalised texts; "no answer" is all or nothing, and asked before its brackets are stripped.

    Otherwise the plain words "no answer" on a screen would match it, and "no" would match it by half.
    """
    if _says_no_answer(prediction) or _says_no_answer(answer):
        return float(_says_no_answer(prediction) and _says_no_answer(answer))
    return score(normalize_answer(prediction), normalize_answer(answer))


def _says_no_answer(text: str) -> bool:
    return text.strip().lower() == NO_ANSWER
