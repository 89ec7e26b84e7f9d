"""Feasts that people name instead of a date, and the date each falls on."""

from __future__ import annotations

import re
from datetime import date, timedelta

# The same day of every year. Order matters: "Christmas Eve" must be seen before "Christmas".
FIXED = (
    (re.compile(r"\bchristmas eve\b|平安夜", re.IGNORECASE), (12, 24)),
    (re.compile(r"\bboxing day\b|\bst\.? stephen'?s day\b", re.IGNORECASE), (12, 26)),
    (re.compile(r"\b(?:christmas|xmas)(?: day)?\b|圣诞", re.IGNORECASE), (12, 25)),
    (re.compile(r"\bnew year'?s eve\b|跨年夜", re.IGNORECASE), (12, 31)),
    (re.compile(r"(?<!lunar )(?<!chinese )\bnew year'?s?(?: day)?\b(?!'?s eve)|元旦", re.IGNORECASE), (1, 1)),
    (re.compile(r"\bvalentine'?s?(?: day)?\b|情人节", re.IGNORECASE), (2, 14)),
    (re.compile(r"\bhallowe'?en\b|万圣", re.IGNORECASE), (10, 31)),
    (re.compile(r"\bmay day\b|劳动节|五一", re.IGNORECASE), (5, 1)),
    (re.compile(r"国庆", re.IGNORECASE), (10, 1)),
)
# Days after Easter Sunday of the western churches.
AROUND_EASTER = (
    (re.compile(r"\bgood friday\b", re.IGNORECASE), -2),
    (re.compile(r"\beaster monday\b", re.IGNORECASE), 1),
    (re.compile(r"\bwhit monday\b|\bpentecost monday\b", re.IGNORECASE), 50),
    (re.compile(r"(?<!orthodox )\beaster(?: sunday| day)?\b|复活节", re.IGNORECASE), 0),
)
# These move with the moon or differ from country to country: the asker must say which day is meant.
MOVING = re.compile(
    r"\b(?:(?:chinese|lunar) new year|orthodox easter|thanksgiving|mother'?s day|father'?s day|ramadan|eid|diwali"
    r"|hanukkah|carnival|labou?r day|independence day|memorial day|national day)\b"
    r"|春节|除夕|大年|中秋|端午|清明|重阳|元宵|母亲节|父亲节|感恩节",
    re.IGNORECASE,
)


def feast_day(question: str, today: date) -> date | None:
    """The next coming, today included, of the feast that a question names; None where it names none."""
    for pattern, (month, day) in FIXED:
        if pattern.search(question):
            year = today.year if (month, day) >= (today.month, today.day) else today.year + 1
            return date(year, month, day)
    for pattern, days in AROUND_EASTER:
        if pattern.search(question):
            coming = (easter(year) + timedelta(days=days) for year in (today.year, today.year + 1))
            return next(day for day in coming if day >= today)
    return None


def moving_feast(question: str) -> str | None:
    """The name of a feast whose date this file does not know, as the question spells it."""
    found = MOVING.search(question)
    return found.group() if found else None


def easter(year: int) -> date:
    """Easter Sunday of the western churches.

    Source: the anonymous Gregorian computus, in the form of Jean Meeus, Astronomical Algorithms, 1991, chapter 8.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
