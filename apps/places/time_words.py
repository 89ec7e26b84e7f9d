"""Days and times as people say them, in English and Chinese; the machine's own language does not matter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

Language = Literal["en", "zh"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHINESE_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day_words(day: date, language: Language = "en") -> str:
    """A day with its weekday and full date, so that a misunderstood question shows."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日{CHINESE_WEEKDAYS[day.weekday()]}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def moment_words(moment: datetime, now: date, language: Language = "en") -> str:
    """A moment seen from a day: the time alone on that day itself, with the day beyond."""
    days = (moment.date() - now).days
    clock = f"{moment:%H:%M}"
    if days == 0:
        return clock
    if language == "zh":
        return f"次日{clock}" if days == 1 else f"{day_words(moment, language)}{clock}"
    return f"{clock} the day after" if days == 1 else f"{clock} on {day_words(moment)}"
