"""What a question asks about the state of a control, where it asks nothing else: "Is {} off?", "{}打开了吗？".

A question is taken apart whole: once the control's name is out of it, every word that is left has to be known here, or
the question is not understood and is the language model's to answer. "Where do I turn {} on?" has words too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pocketvlm.apps.screens.state_wordings import (
    CHINESE,
    CHINESE_GLUE,
    CHINESE_KINDS,
    ENGLISH,
    ENGLISH_GLUE,
    ENGLISH_KINDS,
)

NAME = "{}"  # stands in a question for the name of a control
VERDICT, EITHER, WHICH, SHARE, STARS = "verdict", "either", "which", "share", "stars"  # what an answer may be
NOT = "not"  # the sense of a denial
FORMS = {
    "stars": STARS,
    "share": SHARE,
    "on or off": EITHER,
    "playing or paused": EITHER,
    "which step": WHICH,
    "which tab": WHICH,
    "which": WHICH,
}

_QUOTES = re.compile(r"[\"“”„«»「」『』]")
_ENDS = re.compile(r"(?:[?？!！。.\s]|\bor not\b)+$")
_LISTED = re.compile(r"\{\}(?:(?:\s|,|、|，|or\b|还是|或者?)*\{\})+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_OPENERS = re.compile(
    r"^(?:(?:hey|hi|pls|please|ok|so|quick question|(?:can you |could you )?tell me|check)\b[\s,:]*)+"
    r"|^(?:请问|你好|帮我看看|麻烦问下|[，,])+"
)
_ASKING = frozenset("is are was were has have had does do did can could whether if".split())
_SHORT_NOT = re.compile(r"\b(is|are|was|were|has|have|does|do|did)n't\b")  # "isn't it on?" asks whether it is on
_CHINESE_ASKING = re.compile(r"[吗么呢]$|还是")
_CHINESE_WHETHER = re.compile(
    r"有没有|是不是|是否|了?没有?$|([打开关选勾亮])没(?=\1)|(?:能|可以?)不(?=能|可以)"
)  # they ask, and deny nothing
_LEAST = 5  # letters of a word in which a slip of the finger is forgiven


@dataclass(frozen=True)
class Asked:
    """What is asked of one control, or of those of a kind.

    Attributes:
        form: `VERDICT`, yes or no; `EITHER`, which of two states; `WHICH`, the name of the one in the state; `SHARE`,
            how full; `STARS`, how many stars.
        senses: what is said of the control: "on", "off", "ticked", "greyed", ...
        kinds: what kind of thing it is said to be: "switch", "tab", ...; empty where nothing is said.
        negated: with a "not", after which "yes" may mean either.
        chinese: the language of the question, whatever the name's is.
    """

    form: str
    senses: frozenset[str]
    kinds: frozenset[str]
    negated: bool
    chinese: bool


def understand(question: str) -> Asked | None:
    """What a question asks, in which `NAME` stands for what it names; None where it asks anything else.

    Args:
        question: "Is {} on?"; several names in a list count as one.
    """
    text = _ENDS.sub("", _QUOTES.sub("", question.replace("’", "'").casefold())).strip()
    text, lists = _LISTED.subn(NAME, text)
    text = _OPENERS.sub("", text)
    return _chinese(text, lists > 0) if _CJK.search(text) else _english(text, lists > 0)


def _english(text: str, lists: bool) -> Asked | None:
    words = [_spelt(word) for word in re.sub(r"[,:;]", " ", _SHORT_NOT.sub(r"\1", text)).split()]
    parts = _parts(words, _ENGLISH)
    if not words or parts is None:
        return None
    form = WHICH if lists else VERDICT if words[0] in _ASKING or words[0] == NAME else ""
    return _asked(parts, form, chinese=False)


def _chinese(text: str, lists: bool) -> Asked | None:
    text, whether = _CHINESE_WHETHER.subn("", re.sub(r"[\s，,:：]", "", text))
    form = WHICH if lists else VERDICT if whether or _CHINESE_ASKING.search(text) else ""
    parts = _parts(re.findall(r"\{\}|.", text), _CHINESE)
    return None if parts is None else _asked(parts, form, chinese=True)


def _asked(parts: list[tuple[str, str]], form: str, chinese: bool) -> Asked | None:
    """Puts the parts together; None where they make no question that a state answers.

    Args:
        form: of the question, where none of its words tells another.
    """
    senses = {what for part, what in parts if part == "sense"}
    form = next((form for sense, form in FORMS.items() if sense in senses), form)
    said = frozenset(senses - {"which", NOT})
    if not form or not said:
        return None
    return Asked(form, said, frozenset(what for part, what in parts if part == "kind"), NOT in senses, chinese)


_Table = Mapping[tuple[str, ...], tuple[str, str]]  # the words of a phrase to its part and what that is


def _parts(words: list[str], table: _Table) -> list[tuple[str, str]] | None:
    """The phrases that a question is made of, always the longest; None where a word belongs to none."""
    longest = max(map(len, table))
    found, at = [], 0
    while at < len(words):
        size = next((n for n in range(longest, 0, -1) if tuple(words[at : at + n]) in table), 0)
        if not size:
            return None
        found.append(table[tuple(words[at : at + size])])
        at += size
    return found


def _table(senses: str, kinds: str, glue: str, chinese: bool) -> dict[tuple[str, ...], tuple[str, str]]:
    """All phrases of a language, as the tables of `state_wordings` have them."""

    def split(phrase: str) -> tuple[str, ...]:
        return tuple(re.findall(r"\{\}|.", phrase)) if chinese else tuple(phrase.split())

    def entries(text: str, part: str) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
        for line in text.strip().splitlines():
            what, _, phrases = line.strip().partition(": ")
            yield from ((split(phrase.strip()), (part, what)) for phrase in phrases.split("|"))

    words = [((split(word)), ("glue", word)) for word in [NAME, *glue.split()]]
    return dict([*words, *entries(kinds, "kind"), *entries(senses, "sense")])


_ENGLISH = _table(ENGLISH, ENGLISH_KINDS, ENGLISH_GLUE, chinese=False)
_CHINESE = _table(CHINESE, CHINESE_KINDS, CHINESE_GLUE, chinese=True)
_KNOWN = frozenset(word for phrase in _ENGLISH for word in phrase)


def _spelt(word: str) -> str:
    """A word, mended where two letters of a known one are swapped or one is left out."""
    if word in _KNOWN or len(word) < _LEAST - 1 or not word.isalpha():
        return word
    near = [known for known in _KNOWN if len(known) >= _LEAST and _slipped(known, word)]
    return near[0] if len(near) == 1 else word


def _slipped(meant: str, typed: str) -> bool:
    if len(typed) == len(meant) - 1:
        return any(meant[:at] + meant[at + 1 :] == typed for at in range(len(meant)))
    swaps = range(len(meant) - 1) if len(typed) == len(meant) else ()
    return any(meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :] == typed for at in swaps)
