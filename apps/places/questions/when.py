"""The day and the time that a question asks about, in English or Chinese.

A word is taken only where it has one meaning: 3/4 and the dates of the moon's feasts are handed back as unclear, and
a bare "at 8" means both eights. The answer names the full date, so that a misunderstanding shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pocketvlm.apps.places.questions.feasts import feast_day, moving_feast
from pocketvlm.apps.places.time_words import MONTHS, WEEKDAYS

WEEKDAY = re.compile(
    rf"\b(?:(next|this|on|every)\s+)?({'|'.join(WEEKDAYS)})s?\b"
    r"|\b(next|this|on|every)\s+(mon|tues?|wed|thur?s?|fri|sat|sun)\b",
    re.IGNORECASE,
)
CHINESE_WEEKDAY = re.compile(r"(下)?个?(?:周|星期|礼拜)([一二三四五六日天])")
MONTH_NAME = "|".join(f"{month[:3]}(?:{month[3:]})?" if month != "September" else "Sept?(?:ember)?" for month in MONTHS)
ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"
DAY_MONTH = re.compile(rf"\b{ORDINAL}\s+(?:of\s+)?({MONTH_NAME})\b\.?(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
MONTH_DAY = re.compile(rf"\b({MONTH_NAME})\.?\s+(?:the\s+)?{ORDINAL}\b(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
DOTTED_DAY = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)")
CHINESE_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})[日号]")
DAY_OF_MONTH = re.compile(r"\bon the (\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:floor|street|avenue))", re.IGNORECASE)
RELATIVE = (
    (re.compile(r"\bday after tomorrow\b|后天", re.IGNORECASE), 2),
    (re.compile(r"\btomorrow\b|明天|明晚|明早", re.IGNORECASE), 1),
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b|今天|今晚|今早", re.IGNORECASE), 0),
)
WEEKEND = re.compile(r"\bweekends?\b|周末", re.IGNORECASE)
HOLIDAY = re.compile(
    r"\b(?:public|bank|national|legal) holidays?\b|\bon holidays\b|节假日|公共假期|公众假期", re.IGNORECASE
)
UNCLEAR = re.compile(
    r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\bnext (?:week|month|year)\b|\bschool holidays?\b"
    r"|下周(?![一二三四五六日天末])|下个月",
    re.IGNORECASE,
)
IN_A_WHILE = re.compile(
    r"\bin (an?|half an|\d{1,3}|two|three|four|five|six)\s+(hours?|minutes?)\b|(\d{1,3})个?(小时|分钟)之?后",
    re.IGNORECASE,
)
NOW = re.compile(r"\b(?:right now|now|currently|at the moment)\b|现在|目前|此刻", re.IGNORECASE)

NUMBERS = {"a": 1, "an": 1, "half an": 0.5, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
HOUR_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：h](\d{2})(?!\d)\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
# "25.12." is a date and "12.50" a price: with a full stop it takes an "at" to be a time.
DOTTED_CLOCK = re.compile(r"\bat\s+(\d{1,2})\.(\d{2})(?!\.?\d)\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
HALF_DAY = re.compile(r"\b(\d{1,2})\s*(am|pm|a\.m\.|p\.m\.)(?!\w)", re.IGNORECASE)
BARE_HOUR = re.compile(
    rf"\b(?:at|until|till|by|after|before)\s+(\d{{1,2}}|{'|'.join(HOUR_WORDS)})(?:\s*o['’]?clock)?\b"
    r"(?!\s*(?:[:.]\d|am\b|pm\b|a\.m|p\.m|%|€|£|\$|¥|eur|usd|gbp|dollars?|pounds?|bucks|people|\w+\s+(?:street|road|avenue)))",
    re.IGNORECASE,
)
MIDNIGHT = re.compile(r"\bmidnight\b|午夜|半夜", re.IGNORECASE)
NOON = re.compile(r"\b(?:noon|midday)\b|正午|中午", re.IGNORECASE)
CHINESE_CLOCK = re.compile(
    r"(凌晨|早上|上午|中午|下午|傍晚|晚上|今晚|明晚)?(\d{1,2}|[一二两三四五六七八九十]{1,3})[点點时](半|(\d{1,2})分?)?(?!水)"
)
CHINESE_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
LATE = re.compile(r"\b(?:evening|tonight|night|afternoon)\b|晚上|今晚|下午|傍晚", re.IGNORECASE)
EARLY = re.compile(r"\bmorning\b|早上|上午|凌晨", re.IGNORECASE)


@dataclass(frozen=True)
class When:
    """What a question says of time. `days` in order, `times` of each day; empty: it does not say.

    moment: a moment told from now, such as "in two hours". holiday: it asks of public holidays in general.
    midnight: the time is the midnight at a day's end. unclear: words that name a time without telling which.
    """

    days: tuple[date, ...] = ()
    times: tuple[time, ...] = ()
    moment: datetime | None = None
    holiday: bool = False
    midnight: bool = False
    unclear: str | None = None

    def moments(self, now: datetime) -> list[datetime]:
        """The moments asked about; empty where only a day, or nothing, is said. Without a day: the next such time."""
        if self.moment is not None:
            return [self.moment]
        if self.days:
            late = timedelta(days=1 if self.midnight else 0)
            return [datetime.combine(day, clock, now.tzinfo) + late for day in self.days for clock in self.times]
        today = [datetime.combine(now.date(), clock, now.tzinfo) for clock in self.times]
        return sorted(moment if moment >= now else moment + timedelta(days=1) for moment in today)


def read_when(question: str, now: datetime) -> When:
    """Read the days and times out of a question; `now` is on the place's clock."""
    vague = UNCLEAR.search(question)
    feast = moving_feast(question)
    if vague or feast:
        return When(unclear=feast or (vague.group() if vague else None))
    moment = _moment(question, now)
    if moment is not None:
        return When(moment=moment)
    try:
        days = _days(question, now.date())
        times = _times(question)
    except ValueError as error:  # a day or an hour that does not exist
        return When(unclear=str(error))
    midnight = times == (time(0),) and MIDNIGHT.search(question) is not None
    return When(days, times, None, not days and HOLIDAY.search(question) is not None, midnight)


def _moment(question: str, now: datetime) -> datetime | None:
    while_found = IN_A_WHILE.search(question)
    if while_found is not None:
        amount = while_found[1] or while_found[3]
        count = NUMBERS.get(amount.lower()) or float(amount)
        hours = (while_found[2] or while_found[4]).lower().startswith(("h", "小"))
        return now + (timedelta(hours=count) if hours else timedelta(minutes=count))
    return now if NOW.search(question) else None


def _days(question: str, today: date) -> tuple[date, ...]:
    for read in READERS:
        days = read(question, today)
        if days:
            return days
    return ()


def _written(question: str, today: date) -> tuple[date, ...]:
    """Days with a number: 2026-12-25, 25 December, December 25th 2026, 25.12., 12月25日, on the 5th."""
    if found := ISO_DAY.search(question):
        return (_real(int(found[1]), int(found[2]), int(found[3])),)
    if found := CHINESE_DAY.search(question):
        return (_dated(int(found[2]), int(found[3]), found[1], today),)
    if found := DAY_MONTH.search(question):
        return (_dated(_month(found[2]), int(found[1]), found[3], today),)
    if found := MONTH_DAY.search(question):
        return (_dated(_month(found[1]), int(found[2]), found[3], today),)
    if found := DOTTED_DAY.search(question):
        return (_dated(int(found[2]), int(found[1]), found[3], today),)
    if found := DAY_OF_MONTH.search(question):
        later = (today.year + (today.month - 1 + ahead) // 12 for ahead in range(13))
        months = ((today.month - 1 + ahead) % 12 + 1 for ahead in range(13))
        for year, month in zip(later, months, strict=True):
            if _exists(year, month, int(found[1])) and date(year, month, int(found[1])) >= today:
                return (date(year, month, int(found[1])),)
        raise ValueError(found.group())
    return ()


def _feasts(question: str, today: date) -> tuple[date, ...]:
    day = feast_day(question, today)
    return () if day is None else (day,)


def _relative(question: str, today: date) -> tuple[date, ...]:
    ahead = next((days for pattern, days in RELATIVE if pattern.search(question)), None)
    return () if ahead is None else (today + timedelta(days=ahead),)


def _weekday(question: str, today: date) -> tuple[date, ...]:
    if found := CHINESE_WEEKDAY.search(question):
        wanted = 6 if found[2] == "天" else "一二三四五六日".index(found[2])
        monday = today - timedelta(days=today.weekday())
        if found[1]:  # "next week's", counted from Monday
            return (monday + timedelta(days=7 + wanted),)
        return (_coming(wanted, today),)
    days = []
    for found in WEEKDAY.finditer(question):
        name, before = (found[2] or found[4]).lower(), (found[1] or found[3] or "").lower()
        wanted = next(number for number, day in enumerate(WEEKDAYS) if day.lower().startswith(name[:3]))
        days.append(_coming(wanted, today + timedelta(days=1) if before == "next" else today))
    return tuple(dict.fromkeys(days))


def _weekend(question: str, today: date) -> tuple[date, ...]:
    return tuple(sorted((_coming(5, today), _coming(6, today)))) if WEEKEND.search(question) else ()


READERS: tuple[Callable[[str, date], tuple[date, ...]], ...] = (_written, _feasts, _relative, _weekday, _weekend)


def _times(question: str) -> tuple[time, ...]:
    """The times of day; a bare hour up to 12 is both halves of the day unless the question says which."""
    if found := CHINESE_CLOCK.search(question):
        return _chinese_times(found, question)
    if found := CLOCK.search(question) or DOTTED_CLOCK.search(question):
        return _halves(int(found[1]), int(found[2]), found[3], question)
    if found := HALF_DAY.search(question):
        return _halves(int(found[1]), 0, found[2], question)
    if NOON.search(question) or MIDNIGHT.search(question):
        return (time(12) if NOON.search(question) else time(0),)
    if found := BARE_HOUR.search(question):
        word = found[1].lower()
        hour = HOUR_WORDS.index(word) + 1 if word in HOUR_WORDS else int(word)
        return _halves(hour, 0, None, question, bare=True)
    return ()


def _halves(hour: int, minute: int, half: str | None, question: str, bare: bool = False) -> tuple[time, ...]:
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} {half}")
        return (_clock(hour % 12 + (12 if half.lower().startswith("p") else 0), minute),)
    if bare and 1 <= hour <= 12:
        early, late = _clock(hour % 12, minute), _clock(hour % 12 + 12, minute)
        if EARLY.search(question):
            return (early,)
        return (late,) if LATE.search(question) else (early, late)
    return (_clock(hour, minute),)


def _chinese_times(found: re.Match[str], question: str) -> tuple[time, ...]:
    hour = _chinese_number(found[2])
    minute = 30 if found[3] == "半" else int(found[4] or 0)
    part = found[1]
    if part in ("下午", "傍晚", "晚上", "今晚", "明晚") and hour < 12:
        return (_clock(hour + 12, minute),)
    if part == "中午" and hour < 3:
        return (_clock(hour + 12, minute),)
    return (_clock(hour % 24, minute),) if part or hour > 12 else _halves(hour, minute, None, question, bare=True)


def _chinese_number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (CHINESE_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (CHINESE_DIGITS[ones] if ones else 0)


def _coming(weekday: int, start: date) -> date:
    return start + timedelta(days=(weekday - start.weekday()) % 7)


def _dated(month: int, day: int, year: str | None, today: date) -> date:
    """A day of a year, or where no year is said its next coming (within eight years, for 29 February)."""
    if year is not None:
        return _real(int(year), month, day)
    coming = (date(later, month, day) for later in range(today.year, today.year + 9) if _exists(later, month, day))
    found = next((one for one in coming if one >= today), None)
    if found is None:
        raise ValueError(f"{day}.{month}.")
    return found


def _real(year: int, month: int, day: int) -> date:
    if not _exists(year, month, day):
        raise ValueError(f"{year}-{month:02}-{day:02}")
    return date(year, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _clock(hour: int, minute: int) -> time:
    if not (hour < 24 and minute < 60):
        raise ValueError(f"{hour}:{minute:02}")
    return time(hour, minute)


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month.lower().startswith(name[:3].lower()))
