"""One question about one place and its photo, with all that an answer may draw on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pocketvlm.apps.places.hours import Hours
from pocketvlm.apps.places.place import MenuItem, Place
from pocketvlm.apps.places.questions.facts import Answer, Fact, Source
from pocketvlm.apps.places.questions.phrases import say
from pocketvlm.apps.places.time_words import Language

CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Asked:
    """A question in its situation.

    now: the moment asked at, on the place's clock. near: where the asker stands, in degrees.
    lines: what the photo prints, one row of text each, from the top. dishes: the menu read off the photo.
    """

    question: str
    place: Place | None
    hours: Hours | None
    now: datetime
    near: tuple[float, float] | None = None
    lines: tuple[str, ...] = ()
    dishes: tuple[MenuItem, ...] = ()

    @property
    def language(self) -> Language:
        return "zh" if CHINESE.search(self.question) else "en"

    def say(self, phrase: str, **parts: object) -> str:
        """A sentence in the question's language."""
        return say(self.language, phrase, **parts)

    def fact(self, source: Source, phrase: str, **parts: object) -> Fact:
        """A fact in the question's language."""
        return Fact(self.say(phrase, **parts), source)

    def answer(self, *facts: Fact, unknown: str | None = None) -> Answer:
        """An answer in the question's language."""
        return Answer(facts, unknown, self.language)
