"""Spelling in common: ANLS and ROUGE-L. Needs rapidfuzz, which counts edits in compiled code and depends on nothing.

rouge-score, the usual package for ROUGE, has had no release since 2022 and brings nltk and absl for what is one longest
common subsequence here.
"""

import re
from collections.abc import Sequence

from rapidfuzz.distance import LCSseq, Levenshtein

from pocketvlm.datasets.metrics.words import best

_ANLS_THRESHOLD = 0.5  # an answer that is less than half right is wrong, not half right
_NOT_ROUGE = re.compile(r"[^a-z0-9]+")


def anls(prediction: str, answers: Sequence[str]) -> float:
    """One less the share of characters to edit to get the nearest of `answers`; 0.0 below a half.

    Case and the width of spaces do not count. ANLS is the mean of this over a data set.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    Source: Biten et al., Scene Text Visual Question Answering, arXiv:1905.13648. Exactly a half counts, as in the
    script of the Robust Reading Competition; by the paper's formula it would not.
    """
    return best(prediction, answers, _anls)


def _anls(prediction: str, answer: str) -> float:
    said, gold = (" ".join(text.lower().split()) for text in (prediction, answer))
    return Levenshtein.normalized_similarity(said, gold, score_cutoff=_ANLS_THRESHOLD)


def rouge_l(prediction: str, answers: Sequence[str]) -> float:
    """F1 of the words that prediction and the nearest of `answers` have in common in the same order.

    Words are runs of a to z and digits, so that texts in other scripts score 0.0. No stemming.

    Raises:
        ValueError: `answers` is empty.
        TypeError: `answers` is one string.
    Source: Lin, ROUGE, aclanthology.org/W04-1013; as rouge-score 0.1.2 counts rougeL without its stemmer.
    """
    return best(prediction, answers, _rouge_l)


def _rouge_l(prediction: str, answer: str) -> float:
    said, gold = (_NOT_ROUGE.sub(" ", text.lower()).split() for text in (prediction, answer))
    words = len(said) + len(gold)
    return 2 * LCSseq.similarity(said, gold) / words if words else 0.0
