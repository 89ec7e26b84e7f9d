"""A poster: what is on, when and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pocketvlm.apps.documents.contact_words import FIRM, STREET
from pocketvlm.apps.documents.dates import Clock, Day, clocks_in, days_in
from pocketvlm.apps.documents.money import amounts_in
from pocketvlm.vision.reading_order import Row, ScreenText

_LETTERS = re.compile(r"[^\W\d_]")
_PLACE_LABEL = re.compile(
    r"^\W*(?:(?:at|in|venue|location|where|place|ort|lieu|wo|où|lugar|luogo|地\s*点|地\s*址|场\s*地)\b\s*[:：]?|@|(?:地\s*点|地\s*址|场\s*地|venue|ort|lieu)\s*[:：])\s*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<![^\W\d_])(?:hall|park|theatre|theater|museum|church|cathedral|club|centre|center|gallery|stadium|arena|garden|castle|market"
    r"|cinema|pub|auditorium|opera|pavilion|campus|room|rathaus|kirche|saal|halle|mus[eé]e|salle|mairie|caf[eé])(?![^\W\d_])"
    r"|中心|图书馆|剧院|剧场|公园|博物馆|美术馆|体育馆|广场|大厅|会馆|礼堂|音乐厅|展览馆|书店",
    re.IGNORECASE,
)  # fmt: skip
_DOORS = re.compile(r"doors?|einlass|ouverture des portes|入场", re.IGNORECASE)
_RANGE = re.compile(r"^\s*(?:[-–—~]|to|till|until|bis|à|至|到)\s*$", re.IGNORECASE)
_ENTRY = re.compile(r"tickets?|free|entry|admission|eintritt|frei|entr[eé]e|gratuit|免费|票价|门票", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """What a poster announces. Fields are None where it says nothing.

    Attributes:
        day, start, end: on the clock of the place, which is what a poster means; `end` may be on the day after.
        details: all other lines, in order. flags: what was uncertain.
    """

    title: str | None
    day: date | None
    start: time | None
    end: datetime | None
    place: str | None
    details: tuple[str, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON holds it; `start` is a date where no time is printed."""
        start: str | None = None
        if self.day is not None:
            at = self.start
            start = self.day.isoformat() if at is None else datetime.combine(self.day, at).isoformat("T", "minutes")
        return {
            "kind": "event",
            "title": self.title,
            "start": start,
            "end": self.end and self.end.isoformat("T", "minutes"),
            "place": self.place,
            "details": list(self.details),
            "flags": list(self.flags),
        }


def read_event(text: ScreenText, today: date) -> Event:
    """Read a poster from its lines.

    Args:
        today: a date without a year is the next such one from here on.
    """
    rows = ["  ".join(cell.text for cell in row.cells).strip() for row in text.rows]
    used: set[int] = set()
    title = _title(text.rows, rows, today, used)
    day, day_flags = _day(rows, today, used)
    start, end = _hours(rows, today, used)
    place = _place(rows, used)
    flags = day_flags
    flags += [
        f"no {what} was found" for what, found in (("title", title), ("date", day), ("place", place)) if not found
    ]
    if day is not None and start is None:
        flags.append("no time was found")
    ends = None
    if day is not None and start is not None and end is not None:
        ends = datetime.combine(day, end) + timedelta(days=int(end <= start))
    details = tuple(row for at, row in enumerate(rows) if at not in used)
    return Event(title, day, start, ends, place, details, tuple(flags))


def _title(shapes: Sequence[Row], rows: Sequence[str], today: date, used: set[int]) -> str | None:
    """The tallest rows that are words and no date, joined where they follow one another."""
    heights = [max(cell.box[3] - cell.box[1] for cell in row.cells) for row in shapes]
    words = [at for at, row in enumerate(rows) if len(_LETTERS.findall(row)) >= 2 and not days_in(row, today)]
    if not words:
        return None
    tallest = max(heights[at] for at in words)
    first = next(at for at in words if heights[at] == tallest)
    run = [first]
    for step in (-1, 1):
        at = first + step
        while at in words and heights[at] >= 0.85 * tallest:
            run.append(at)
            at += step
    used.update(run)
    return " ".join(rows[at] for at in sorted(run))


def _day(rows: Sequence[str], today: date, used: set[int]) -> tuple[date | None, list[str]]:
    found = [(at, day) for at, row in enumerate(rows) if at not in used for day in days_in(row, today)]
    if not found:
        return None, []
    _, day = min(found, key=lambda pair: (not pair[1].year_printed, pair[0]))
    used.update(row for row, _ in found)
    return day.date, _day_flags(day, [other for _, other in found])


def _day_flags(day: Day, days: Sequence[Day]) -> list[str]:
    flags = []
    if not day.year_printed:
        flags.append(f"no year is printed; the next such day is in {day.date.year}")
    if day.swapped is not None and day.weekday not in (day.date.weekday(), day.swapped.weekday()):
        flags.append(f"the date may also be {day.swapped.isoformat()}: day and month can be read either way round")
    if day.weekday is not None and day.weekday != day.date.weekday():
        flags.append(f"{day.date.isoformat()} is a {day.date:%A}, but another weekday is printed")
    others = sorted({other.date for other in days} - {day.date})
    if others:
        flags.append(f"other dates are printed too: {', '.join(other.isoformat() for other in others)}")
    return flags


def _hours(rows: Sequence[str], today: date, used: set[int]) -> tuple[time | None, time | None]:
    """When it starts and ends. Doors open before the start, so their time counts only if there is no other."""
    best: tuple[time, time | None] | None = None
    doors: time | None = None
    for at, row in enumerate(rows):
        clocks = [] if any(amount.sign for amount in amounts_in(row)) else clocks_in(row, today)
        spans = _spans(row, clocks)
        if spans:
            used.add(at)
        for clock, end in spans:
            words_before = row[: clock.start].rpartition(",")[2]
            if _DOORS.search(words_before):
                doors = doors or clock.time
            elif best is None:
                best = clock.time, end.time if end else None
    return best or (doors, None)


def _spans(row: str, clocks: Sequence[Clock]) -> list[tuple[Clock, Clock | None]]:
    spans: list[tuple[Clock, Clock | None]] = []
    for clock in clocks:
        if spans and spans[-1][1] is None and _RANGE.match(row[spans[-1][0].end : clock.start]):
            spans[-1] = (spans[-1][0], clock)
        else:
            spans.append((clock, None))
    return spans


def _place(rows: Sequence[str], used: set[int]) -> str | None:
    """The row that is labelled as the place, else one that names a hall or a street, and the address below it."""
    free = [at for at, row in enumerate(rows) if at not in used and not _ENTRY.search(row) and _LETTERS.search(row)]
    labelled = [at for at in free if _PLACE_LABEL.match(rows[at])]
    named = [at for at in free if _PLACE.search(rows[at]) or (STREET.search(rows[at]) and re.search(r"\d", rows[at]))]
    firms = [at for at in free if FIRM.search(rows[at])]
    chosen = next(iter([*labelled, *named, *firms]), None)
    if chosen is None:
        return None
    used.add(chosen)
    parts = [_PLACE_LABEL.sub("", rows[chosen])]
    below = chosen + 1
    if below in free and STREET.search(rows[below]) and re.search(r"\d", rows[below]):
        used.add(below)
        parts.append(rows[below])
    return ", ".join(parts)
