"""Numbers that are printed: sums of money, times of day, plain counts."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONEY = re.compile(r"([£$€¥])\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d\d))?")
_CLOCK = re.compile(r"(上午|下午)?(\d{1,2}):(\d\d)(?: ([AP]M))?")
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_CHINESE = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Money:
    """A sum, as a price tag has it."""

    symbol: str
    minor: int  # pence or cents
    has_minor: bool  # whether they are printed

    def __str__(self) -> str:
        rest = f".{self.minor % 100:02}" if self.has_minor or self.minor % 100 else ""
        return f"{self.symbol}{self.minor // 100:,}{rest}"


def read_money(text: str) -> Money | None:
    """The sum that `text` is, without a sign; None if it is something else."""
    found = _MONEY.fullmatch(text.strip())
    if not found:
        return None
    symbol, whole, rest = found.groups()
    return Money(symbol, int(whole.replace(",", "")) * 100 + int(rest or 0), rest is not None)


def money_spellings(money: Money) -> tuple[str, ...]:
    """The sum as printed, without separators, without its symbol."""
    printed = str(money)
    return tuple(dict.fromkeys((printed, printed.replace(",", ""), printed[1:], printed[1:].replace(",", ""))))


def read_clock(text: str) -> int | None:
    """Minutes since midnight if `text` is surely a time of day: 07:30, 7:30 AM or 上午7:30, but not 3:45, a length."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    chinese, hours, minutes, english = found.groups()
    hour, minute = int(hours), int(minutes)
    half = {"上午": "AM", "下午": "PM"}.get(chinese or "", english)
    if minute > 59 or (half and not 1 <= hour <= 12) or (not half and (len(hours) != 2 or hour > 23)):
        return None
    return (hour % 12 + 12 * (half == "PM") if half else hour) * 60 + minute


def count_spellings(count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A count in figures and, where people do so, in words: in English, and in Chinese with its measure word."""
    english = (str(count), *(_NUMBERS[count : count + 1]))
    spoken = "两" if count == 2 else _CHINESE[count] if count <= 10 else ""
    chinese = (str(count), f"{count}个", *((spoken, f"{spoken}个") if spoken else ()))
    return english, chinese


def number_spellings(value: float) -> tuple[str, ...]:
    """A chart's number as printed, with and without separators."""
    plain = str(int(value)) if float(value).is_integer() else str(round(float(value), 2))
    grouped = f"{int(value):,}" if float(value).is_integer() else plain
    short = (f"{round(value / 1000, 1):g}k",) if abs(value) >= 10000 else ()  # as the page prints long numbers
    return tuple(dict.fromkeys((*short, plain, grouped)))


def spellings(text: str) -> tuple[str, ...]:
    """A printed answer as it stands, and as people shorten it."""
    plain = re.sub(r"\s+", " ", text).strip()
    number = re.fullmatch(r"[£$€¥]?\s?(-?\d[\d,]*(?:\.\d+)?)", plain)
    return (plain, number[1].replace(",", "")) if number else (plain,)
