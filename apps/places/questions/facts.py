"""An answer is a list of facts, each with the source it comes from; what is not known is said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from pocketvlm.apps.places.questions.phrases import say
from pocketvlm.apps.places.time_words import Language

Source = Literal["record", "photo", "computed from hours", "holiday calendar", "computed from positions"]


@dataclass(frozen=True)
class Fact:
    """One statement and where it comes from."""

    text: str
    source: Source


@dataclass(frozen=True)
class Answer:
    """What can be said to a question. `unknown` is a sentence that says what is not known, if anything."""

    facts: tuple[Fact, ...] = ()
    unknown: str | None = None
    language: Language = "en"

    @property
    def known(self) -> bool:
        """Whether anything at all could be said."""
        return bool(self.facts)

    @property
    def text(self) -> str:
        """The facts in order, each run of one source followed by that source's name, then what is not known."""
        parts = [
            f"{' '.join(fact.text for fact in run)} [{say(self.language, source)}]"
            for source, run in groupby(self.facts, key=lambda fact: fact.source)
        ]
        return " ".join([*parts, self.unknown] if self.unknown else parts)

    def to_dict(self) -> dict[str, Any]:
        """The answer for JSON."""
        return {
            "answer": self.text,
            "known": self.known,
            "facts": [{"text": fact.text, "source": fact.source} for fact in self.facts],
            "unknown": self.unknown,
        }


def joined(answers: list[Answer], language: Language) -> Answer:
    """Several answers to one question as one, nothing said twice."""
    facts = dict.fromkeys(fact for answer in answers for fact in answer.facts)
    unknown = dict.fromkeys(answer.unknown for answer in answers if answer.unknown)
    return Answer(tuple(facts), " ".join(unknown) or None, language)
