"""Answers a question about a place and its photo: by rule where a rule fits, else worded from the facts, else unknown.

A question may ask several things; each rule that fits answers, and of the rules on one subject only the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from pocketvlm.apps.places.geo import check_position
from pocketvlm.apps.places.hours import Hours
from pocketvlm.apps.places.place import MenuItem, Place
from pocketvlm.apps.places.questions import answer_menu, printed
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer, joined
from pocketvlm.apps.places.questions.features import asks_for_feature, feature
from pocketvlm.apps.places.questions.menu_wishes import read_wish
from pocketvlm.apps.places.questions.rules import RULES
from pocketvlm.apps.places.questions.wording import Word, worded

LONGEST_QUESTION = 2000  # characters; patterns run over all of them
# "Is there any pizza?" is about the menu; "Is there any parking?" is not, which only the menu's words can tell.
THERE_IS = re.compile(
    r"\b(?:is|are) there\b|\b(?:do|does|can) (?:they|you|it|i|we)\b.*\b(?:have|serve|sell|offer|eat|get)\b|\bhave\b|有",
    re.I,
)


def answer_question(
    question: str,
    place: Place | None = None,
    at: datetime | None = None,
    near: tuple[float, float] | None = None,
    lines: Sequence[str] = (),
    dishes: Sequence[MenuItem] | None = None,
    word: Word | None = None,
) -> Answer:
    """Answer a question about a place, every fact with its source; what is not known is said to be unknown.

    Args:
        question: English or Chinese.
        place: the record; None where the photo told no place for sure, then only the photo's text is drawn on.
        at: the moment to answer for; without a time zone on the place's clock; None is now.
        near: where the asker stands, (latitude, longitude) in degrees.
        lines: the rows of text that the photo prints, from the top.
        dishes: the menu read off the photo; None takes the rows of `lines` that end in a price.
        word: the language model: (facts, question) to a sentence. None leaves other questions unknown.
    Raises:
        ValueError: the question is empty or too long, `near` is no position, or the year of `at` is out of range.
    """
    if not question.strip() or len(question) > LONGEST_QUESTION:
        raise ValueError(f"the question has {len(question.strip())} characters; ask one of 1 to {LONGEST_QUESTION}")
    if near is not None:
        check_position(near)
    hours = None if place is None else Hours.of(place)
    zone = hours.zone if hours else UTC
    now = datetime.now(zone) if at is None else hours.local(at) if hours else at.replace(tzinfo=at.tzinfo or zone)
    menu = printed.dishes_printed(lines) if dishes is None else tuple(dishes)
    asked = Asked(_without_name(" ".join(question.split()), place), place, hours, now, near, tuple(lines), menu)
    answers = _by_rule(asked)
    return joined(answers, asked.language) if answers else worded(asked, word)


def _without_name(question: str, place: Place | None) -> str:
    """The question with the place's name as "it"; a name of one word must be spelt as the record has it."""
    if place is None:
        return question
    for name in sorted((place.name, *place.names), key=len, reverse=True):
        case = re.IGNORECASE if len(name.split()) > 1 else re.RegexFlag(0)
        alone = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
        question, found = re.subn(alone, "it" if name.isascii() else "这里", question, count=1, flags=case)
        if found:
            break
    return question


def _by_rule(asked: Asked) -> list[Answer]:
    answers: dict[str, Answer] = {}
    for rule in RULES:
        if rule.subject not in answers and rule.pattern.search(asked.question):
            answers[rule.subject] = rule.answer(asked)
    about_dishes = _about_dishes(asked)
    if "menu" not in answers and about_dishes and not answers:
        answers["menu"] = about_dishes
    if asks_for_feature(asked.question) and "menu" not in answers:
        answers["feature"] = feature(asked)
    return list(answers.values())


def _about_dishes(asked: Asked) -> Answer | None:
    """An answer from the menu if the question wishes for a dish that a menu can tell of, otherwise None."""
    wish = read_wish(asked.question)
    has_menu = bool((asked.place and asked.place.menu) or asked.dishes)
    if wish.limited and (has_menu or not asks_for_feature(asked.question)):
        return answer_menu.dishes_like(asked)
    if has_menu and wish.words and THERE_IS.search(asked.question):
        answer = answer_menu.dishes_like(asked)
        return answer if answer.known else None
    return None
