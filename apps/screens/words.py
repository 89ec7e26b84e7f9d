"""The words of a question and of a screen, in a form in which they can be compared."""

from __future__ import annotations

import re

STOPWORDS = frozenset(
    """a an and any are as at be been being but by can could did do does doing for from get gets go goes going had has
    have having he her here hers him his how i if in into is it its just like me mine much my no not of off on or our
    ours out over own s shall she should so some t than that the their them then there these they this those to too
    us was we were what when where which who whom whose why will with would you your yours please tell show say says
    screen many long far big right now currently""".split()
)
WORD = re.compile(r"[^\W_]+(?:[.:,'’-][^\W_]+)*")
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "es", "er", "ly", "e", "s", "y")


def words(text: str) -> list[str]:
    """Lower-case words and numbers; "8:30", "4.99" and "KF7-2219" stay whole."""
    return WORD.findall(text.lower())


def stem(word: str) -> str:
    """A word without its ending, so that "closes" meets "closing"; at least three letters stay."""
    bare = re.sub(r"['’]s$", "", word)
    ending = next((end for end in ENDINGS if bare.endswith(end) and len(bare) - len(end) >= 3), "")
    return bare[: len(bare) - len(ending)]


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in STOPWORDS))
