"""Words in common: exact match, token F1 and F1 of Chinese characters, with ScreenQA's way to say "no answer".

Sources: SQuAD v2's evaluation script; ScreenQA's `code/metrics.py` (github.com/google-research-datasets/screen_qa);
MLQA's evaluation script (github.com/facebookresearch/MLQA) for Chinese.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

NO_ANSWER = "<no answer>"  # ScreenQA's gold answer where the screen does not tell

_PUNCTUATION = str.maketrans("", "", string.punctuation)  # ASCII only, as in SQuAD
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_CHINESE = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")  # the characters of Unicode's first plane


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
    return best(prediction, answers, _unless_no_answer(normalize_answer, lambda said, gold: float(said == gold)))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """The best harmonic mean, over `answers`, of the shares of words that prediction and answer have in common, 0..1.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    return best(prediction, answers, _unless_no_answer(normalize_answer, _f1))


def character_f1(prediction: str, answers: Sequence[str]) -> float:
    """Token F1 where each Chinese character is a word: Chinese puts no spaces between words.

    Words of other scripts stay words. Punctuation of every script goes, articles stay, as in MLQA.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    return best(prediction, answers, _unless_no_answer(_split_chinese, _f1))


def best(prediction: str, answers: Sequence[str], score: Callable[[str, str], float]) -> float:
    """The highest `score` of `prediction` against one of `answers`.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    """
    return max(score(prediction, answer) for answer in checked(answers))


def checked(answers: Sequence[str]) -> Sequence[str]:
    if isinstance(answers, str):
        raise TypeError(f"answers is a sequence of texts, not one text: pass [{answers!r}]")
    if not answers:
        raise ValueError(f"no answers to compare with: where there is none, the answer is {NO_ANSWER!r}")
    return answers


def _f1(predicted: str, gold: str) -> float:
    predicted_words, gold_words = predicted.split(), gold.split()
    if not predicted_words or not gold_words:  # nothing left of one of them: they agree or they do not
        return float(predicted_words == gold_words)
    common = (Counter(predicted_words) & Counter(gold_words)).total()
    return 2 * common / (len(predicted_words) + len(gold_words))


def _split_chinese(text: str) -> str:
    kept = "".join(
        character
        for character in text.lower()
        if character not in string.punctuation and not unicodedata.category(character).startswith("P")
    )
    return _CHINESE.sub(r" \1 ", kept)


def _unless_no_answer(
    normalize: Callable[[str], str], score: Callable[[str, str], float]
) -> Callable[[str, str], float]:
    """`score` of the normalised texts; "no answer" is all or nothing, and asked before its brackets are stripped.

    Otherwise the plain words "no answer" on a screen would match it, and "no" would match it by half.
    """

    def score_one(prediction: str, answer: str) -> float:
        if _says_no_answer(prediction) or _says_no_answer(answer):
            return float(_says_no_answer(prediction) and _says_no_answer(answer))
        return score(normalize(prediction), normalize(answer))

    return score_one


def _says_no_answer(text: str) -> bool:
    return text.strip().lower() == NO_ANSWER
