"""What no rule answers, the language model words from facts given; what it adds of its own is not let through.

A small model likes to agree and to invent. Its sentence passes only if every word with a meaning and every number of it
stands in the facts, and if it neither says yes or no nor denies anything: those would be judgements of its own.
What passes is shown with the facts it took its words from, each with its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pocketvlm.apps.places.card import address_line, dish_words, price_line, rating_line
from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer, Fact
from pocketvlm.apps.screens.words import content_stems, words

Word = Callable[[str, str], str]  # (facts, question) -> a sentence

DISHES_GIVEN = 20
LINES_GIVEN = 30
LONGEST_SENTENCE = 400  # characters; more is a ramble, not an answer
JUDGEMENT = frozenset("yes no not never none nothing cannot can't isn't doesn't don't won't without".split())
CHINESE_JUDGEMENT = re.compile("[是否不没有无对]")
CHINESE_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
LATIN_RUN = re.compile(r"[a-z0-9]+(?:[.,:]\d+)*")
# Words that only join: a sentence made of these and the facts' own says nothing new.
JOINING = frozenset(
    stem for word in "place called named located offers serves also there says".split() for stem in content_stems(word)
)


def worded(asked: Asked, word: Word | None) -> Answer:
    """An answer in the model's words, or that neither the record nor the photo says it."""
    facts = given_facts(asked)
    unknown = asked.answer(unknown=asked.say("nothing"))
    if word is None or not facts:
        return unknown
    sentence = plain(word(as_text(facts), asked.question), LONGEST_SENTENCE)
    used = used_facts(facts, sentence, asked.question)
    return unknown if used is None else asked.answer(*used)


def given_facts(asked: Asked) -> list[Fact]:
    """Everything the model may draw on, one line a fact."""
    facts = [] if asked.place is None else [Fact(line, "record") for line in _record_lines(asked.place)]
    lines = [plain(line) for line in asked.lines[:LINES_GIVEN]]
    return facts + [Fact(line, "photo") for line in lines if line]


def as_text(facts: list[Fact]) -> str:
    """The facts for a prompt. Each stands quoted on its own line, so that a sign's words stay words of a sign."""
    return "\n".join(f'- {fact.source}: "{fact.text.replace(chr(34), chr(39))}"' for fact in facts)


def used_facts(facts: list[Fact], sentence: str, question: str) -> list[Fact] | None:
    """The facts that a sentence rests on; None if it says anything that they do not, or nothing about the question.

    A sentence that rests on the facts is given up for the facts themselves: they are exact, and their source is known.
    """
    said = [stem for stem in content_stems(sentence) if stem not in JOINING]
    if not said or JUDGEMENT & set(words(sentence)):
        return None
    if CHINESE_RUN.search(sentence):
        return _used_chinese(facts, sentence)
    stems = [set(content_stems(fact.text)) for fact in facts]
    if not set(said) <= set().union(*stems):
        return None
    shares = [sum(word in own for word in said) for own in stems]
    wanted = set(content_stems(question))
    used = [
        fact
        for fact, own, share in zip(facts, stems, shares, strict=True)
        if share == max(shares) or (share and wanted & own)
    ]
    return used if wanted & set().union(*(set(content_stems(fact.text)) for fact in used)) else None


def _used_chinese(facts: list[Fact], sentence: str) -> list[Fact] | None:
    """The same for a script without spaces: every pair of neighbouring characters, and every number, is in a fact."""
    said = _pieces(sentence)
    held = [said & _pieces(fact.text) for fact in facts]
    if CHINESE_JUDGEMENT.search(sentence) or not said <= set().union(*held):
        return None
    return [fact for fact, own in zip(facts, held, strict=True) if own]


def _pieces(text: str) -> set[str]:
    pairs = {run[at : at + 2] for run in CHINESE_RUN.findall(text) for at in range(len(run) - 1)}
    return pairs | set(LATIN_RUN.findall(text.lower()))


def _record_lines(place: Place) -> list[str]:
    lines = [f"name: {place.name}"]
    lines += [f"{what}: {value}" for what, value in _known(place) if value and value != "unknown"]
    lines += [f"dish: {dish_words(item)} {item.description or ''}" for item in place.menu[:DISHES_GIVEN]]
    lines += [f"{key.replace(':', ' ').replace('_', ' ')}: {value}" for key, value in place.features]
    return [plain(line) for line in lines]


def _known(place: Place) -> list[tuple[str, str | None]]:
    return [
        ("other names", ", ".join(place.names)),
        ("category", place.category),
        ("cuisine", ", ".join(place.cuisine)),
        ("address", address_line(place.address)),
        ("phone", place.phone),
        ("website", place.website),
        ("opening hours", place.opening_hours),
        ("rating", rating_line(place)),
        ("price level", price_line(place)),
        ("reservation", place.reservation),
    ]
