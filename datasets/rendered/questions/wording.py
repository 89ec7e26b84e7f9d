"""Wording: a way to ask with its slots filled, typed as people type on a phone."""

from __future__ import annotations

import random
from string import Formatter

from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, Language, Slot

QUOTED = 0.15  # shares of the questions
SLOPPY = 0.3  # of which each slip below comes in a part
_LOWER, _NO_MARK, _TYPO, _OPENER = 0.7, 0.6, 0.3, 0.2
_LONG_NAME = 3  # words: what is longer is quoted, or one cannot tell where it ends
_SMALL_WORDS = frozenset(
    "all at by for from in into me my new next no none now of off on or other out the to up via with you".split()
)
_OPENERS = {
    "en": ("hey, ", "pls ", "hi, ", "ok so ", "quick question: "),
    "zh": ("请问", "你好，", "帮我看看，", "麻烦问下，"),
}


def word(draft: Draft, way: str, language: Language, rng: random.Random) -> str:
    """A way to ask with its slots filled; some are quoted, and some questions are typed carelessly.

    A slip of the finger never falls into a slot: names stay as they are printed, but for capitals.
    """
    sloppy = rng.random() < SLOPPY
    parts = []
    for literal, slot, _, _ in Formatter().parse(way):
        parts.append(_slip(literal, rng) if sloppy and language == "en" and rng.random() < _TYPO else literal)
        if slot is not None:
            parts.append(_fill(slot, draft.slots[slot], language, rng))
    text = "".join(parts)
    return _careless(text, language, rng) if sloppy else text[:1].upper() + text[1:]


def spoken(slot: Slot, language: Language) -> str:
    return slot.of(language)[0] if isinstance(slot, Both) else slot


def _fill(name: str, slot: Slot, language: Language, rng: random.Random) -> str:
    text = spoken(slot, language)
    if name not in ("name", "first", "second", "more", "less"):
        return text
    return quoted(text, language) if needs_quotes(text) or rng.random() < QUOTED else text


def needs_quotes(name: str) -> bool:
    """A name that reads as a part of the sentence it stands in."""
    return len(name.split()) > _LONG_NAME or name.casefold() in _SMALL_WORDS


def quoted(text: str, language: Language) -> str:
    return f'"{text}"' if language == "en" else f"“{text}”"


def _careless(text: str, language: Language, rng: random.Random) -> str:
    if rng.random() < _NO_MARK:
        text = text.rstrip("?.？。")
    if rng.random() < _LOWER:
        text = text.lower()
    return rng.choice(_OPENERS[language]) + text if rng.random() < _OPENER else text


def _slip(text: str, rng: random.Random) -> str:
    """Two letters inside one longer word swapped, or one of them left out."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    at = rng.choice(long)
    letter = rng.randrange(1, len(words[at]) - 2)
    old = words[at]
    swapped = old[letter + 1] + old[letter] if rng.random() < 0.6 else old[letter]
    words[at] = old[:letter] + swapped + old[letter + 2 :]
    return " ".join(words)
