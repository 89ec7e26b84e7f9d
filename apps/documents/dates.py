"""Dates and times as sheets print them, in English, Chinese, German, French, Spanish and Italian.

A day without a year, or one whose day and month may be the other way round, is told apart: see `Day`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time

_MONTHS = (
    r"jan(?:uary|uar|vier)?|ener?o|genn?(?:aio)?", r"feb(?:ruary|ruar|rero|braio)?|f[eé]vr?(?:ier)?",
    r"mar(?:ch|s|zo)?|m[aä]rz", r"apr(?:il|ile)?|avr(?:il)?|abr(?:il)?", r"may|mai|mayo|maggio|mag",
    r"june?|juni|juin|junio|giugno|giu", r"july?|juli|juillet|julio|luglio|lug", r"aug(?:ust)?|ao[uû]t|agosto|ago",
    r"sept?(?:ember|embre|iembre)?|settembre", r"oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre|ott",
    r"nov(?:ember|embre|iembre)?", r"dec(?:ember)?|dez(?:ember)?|d[eé]c(?:embre)?|dic(?:iembre|embre)?",
)  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})(?![^\W\d_])\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º)?"
_YEAR = r"(?:,?\s*(?P<year>\d{4}))"
_DATE_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})\s*[-/.年]\s*(?P<number>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})(?!\d)[日号]?",
        r"(?<!\d)(?P<number>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        r"(?<![\d.])(?P<first>\d{1,2})\s?[./-]\s?(?P<second>\d{1,2})\s?[./-]\s?(?P<year>\d{4}|\d{2})(?!\d)",
        rf"{_DAY}\.?\s*(?:of\s|de\s)?\s*{_MONTH}(?:\s+de)?{_YEAR}?(?!\d)",
        rf"(?<![^\W\d_]){_MONTH}\s*{_DAY}(?!\d|:){_YEAR}?(?!\d)",
    )
)
_WEEKDAYS = (
    r"mon(?:day)?|montag|lundi|lunes", r"tue(?:s(?:day)?)?|dienstag|mardi|martes",
    r"wed(?:nesday)?|mittwoch|mercredi|mi[eé]rcoles", r"thu(?:rs(?:day)?)?|donnerstag|jeudi|jueves",
    r"fri(?:day)?|freitag|vendredi|viernes", r"sat(?:urday)?|samstag|samedi|s[aá]bado",
    r"sun(?:day)?|sonntag|dimanche|domingo",
)  # fmt: skip
_CHINESE_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_HALF = r"(?P<{0}>a\.?m\.?|p\.?m\.?)(?![^\W\d_])"
_TIME = re.compile(
    r"(?<![\d:.,/$€£¥￥])(?P<part>上午|下午|晚上|中午)?\s*(?P<hour>\d{1,2})(?:"
    r"(?:[:：.]|\s?h\s?)(?P<minute>[0-5]\d)(?![\d])(?:[:：][0-5]\d)?(?:\s*" + _HALF.format("half") + r")?(?:\s*Uhr)?"
    r"|\s*" + _HALF.format("half2") + r"|\s*(?:Uhr|h)(?![^\W\d_])|[点时](?P<minute2>半|[0-5]?\d(?=分))?分?"
    r"|(?=\s*[-–—]\s*\d{1,2}(?:[:.][0-5]\d)?\s*" + _HALF.format("later") + "))",
    re.IGNORECASE,
)  # the last form is the "7" of "7 - 9 pm"


@dataclass(frozen=True)
class Day:
    """A date in a text, from `start` to `end`.

    Attributes:
        year_printed: False where the year was worked out.
        swapped: the other reading, where day and month may be the other way round.
        weekday: the one printed beside it, Monday is 0.
    """

    date: datetime.date
    start: int
    end: int
    year_printed: bool = True
    swapped: datetime.date | None = None
    weekday: int | None = None


@dataclass(frozen=True)
class Clock:
    """A time of day in a text, from `start` to `end`."""

    time: time
    start: int
    end: int


def days_in(text: str, today: date, *, month_first: bool = False) -> list[Day]:
    """The dates of a text, from left to right.

    Args:
        today: a date without a year is the next one from here on that falls on the weekday printed, if one is.
        month_first: how to read 03/04/2025, which may be either.
    """
    weekday = _weekday_in(text)
    days: list[Day] = []
    rest = text
    for form in _DATE_FORMS:
        for match in form.finditer(rest):
            if (day := _day(match, today, weekday, month_first)) is not None:
                days.append(replace(day, weekday=weekday))
        rest = _without(rest, [(day.start, day.end) for day in days])
    return sorted(days, key=lambda day: day.start)


def clocks_in(text: str, today: date) -> list[Clock]:
    """The times of day in a text, from left to right; a part of a date is none."""
    rest = _without(text, [(day.start, day.end) for day in days_in(text, today)])
    return list(_clocks(rest))


def _clocks(text: str) -> Iterator[Clock]:
    for match in _TIME.finditer(text):
        hour = int(match["hour"])
        shown = match["minute"] or match["minute2"] or "0"
        half = (match["half"] or match["half2"] or match["later"] or "").lower()
        if half and not 1 <= hour <= 12:
            continue
        if half.startswith("p") or (match["part"] in ("下午", "晚上", "中午") and 1 <= hour < 12):
            hour = hour % 12 + 12
        elif half.startswith("a"):
            hour %= 12
        if hour == 24:
            hour = 0
        if hour < 24:
            yield Clock(time(hour, 30 if shown == "半" else int(shown)), match.start(), match.end())


def _day(match: re.Match[str], today: date, weekday: int | None, month_first: bool) -> Day | None:
    parts = match.groupdict()
    year = parts.get("year")
    whole = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
    swapped = None
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        day, month = (second, first) if (month_first and first <= 12) or second > 12 else (first, second)
        if first <= 12 and second <= 12 and first != second:
            swapped = _date(whole, day, month)
    else:
        day, month = int(parts["day"]), int(parts.get("number") or 0) or _month(parts["month"])
    found = _date(whole, month, day) if whole is not None else _next(month, day, today, weekday)
    if found is None or not 1900 <= found.year <= 2200:
        return None
    return Day(found, match.start(), match.end(), whole is not None, swapped)


def _month(name: str) -> int:
    return next(number for number, names in enumerate(_MONTHS, 1) if re.fullmatch(names, name, re.IGNORECASE))


def _date(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year or 2000, month, day)
    except ValueError:
        return None


def _next(month: int, day: int, today: date, weekday: int | None) -> date | None:
    """The next such day from `today` on; on the right weekday if one of the coming six years has it there."""
    coming = [made for year in range(today.year, today.year + 9) if (made := _date(year, month, day))]
    coming = [made for made in coming if made >= today]
    fitting = [made for made in coming[:7] if made.weekday() == weekday]
    return next(iter([*fitting, *coming]), None)


def _weekday_in(text: str) -> int | None:
    if chinese := _CHINESE_WEEKDAY.search(text):
        return min("一二三四五六日天".index(chinese[1]), 6)
    for number, names in enumerate(_WEEKDAYS):
        if re.search(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])", text, re.IGNORECASE):
            return number
    return None


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
