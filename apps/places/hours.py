"""When a place is open: OpenStreetMap's opening_hours grammar, on the place's own clock and holiday calendar.

The grammar is read by the library opening_hours (opening-hours-py). Four of its readings are looser than the
specification, https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, and are put right here: hours with
nothing but a comment ("by appointment") are unknown, not open; an open end ("10:00+") has no closing time; a day that
does not exist (31 June) makes the hours unreadable; and an evening that is off takes its hours past midnight with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours

from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.plain import plain

State = Literal["open", "closed", "unknown"]

HORIZON = timedelta(days=366)  # a change further away than a year is said as "no change"
FIRST_YEAR, LAST_YEAR = 1900, 9000  # the library calls every day outside 1900 to 9999 closed
# What people type for the grammar's ASCII signs; the meaning stays.
TYPED = str.maketrans({"–": "-", "—": "-", "−": "-", "：": ":", "；": ";", "，": ",", "～": "-", "“": '"', "”": '"'})
OPEN_END = re.compile(r"\d\d:\d\d\s*\+|(?:sunset|sunrise|dusk|dawn)\s*\+")
OPEN_WITH_COMMENT = re.compile(r'\bopen\s*"')
NO_SUCH_DAY = re.compile(r"\b(?:Feb\s*3[01]|(?:Apr|Jun|Sep|Nov)\s*31)\b")
SPAN = re.compile(r"(?:(\d\d):(\d\d)|\)|sunrise|sunset|dawn|dusk)\s*-\s*(\d\d):(\d\d)")
SPEAKS_OF_HOLIDAYS = re.compile(r"\bPH\b")
SPEAKS_OF_SCHOOL_HOLIDAYS = re.compile(r"\bSH\b")
NO_CLOSING_TIME = "no closing time given"


@dataclass(frozen=True)
class Period:
    """A stretch of one state. `start` is included, `end` is not; both on the place's clock."""

    start: datetime
    end: datetime
    state: State
    comment: str = ""


@dataclass(frozen=True)
class Status:
    """The state at one moment. `until` is the next change and `then` the state after it; None: no change in a year."""

    state: State
    until: datetime | None = None
    then: State | None = None
    comment: str = ""


@dataclass(frozen=True)
class Hours:
    """The opening hours of one place. `raw` is what the record says, safe to print; None: it says nothing.

    `readable` is False for absent and for malformed hours: then every state is unknown.
    """

    raw: str | None
    zone: tzinfo
    country: str | None
    position: tuple[float, float]
    parsed: OpeningHours | None

    @classmethod
    def of(cls, place: Place) -> Hours:
        """Read a place's hours. Never raises for what the record says: what cannot be read is unknown."""
        position = (place.lat, place.lon)
        zone = _zone(place)
        hours = cls(None, zone, _known_country(place.address.country), position, None)
        if place.opening_hours is None or not place.opening_hours.strip():
            return hours
        text = place.opening_hours.translate(TYPED).strip()
        parsed = None if NO_SUCH_DAY.search(text) else hours._parse(text)
        return replace(hours, raw=plain(place.opening_hours), parsed=parsed)

    @property
    def readable(self) -> bool:
        return self.parsed is not None

    @property
    def open_ended(self) -> bool:
        return self.raw is not None and OPEN_END.search(self.raw) is not None

    @property
    def says_holidays(self) -> bool:
        """Whether the hours say what holds on public holidays."""
        return self.raw is not None and SPEAKS_OF_HOLIDAYS.search(self.raw) is not None

    @property
    def says_school_holidays(self) -> bool:
        """Whether the hours speak of school holidays, of which no calendar is at hand."""
        return self.raw is not None and SPEAKS_OF_SCHOOL_HOLIDAYS.search(self.raw) is not None

    def local(self, moment: datetime) -> datetime:
        """A moment on the place's clock; without a zone of its own it is read as already being on it.

        Raises:
            ValueError: the year is outside the calendar of the hours.
        """
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError(f"the year {moment.year} is outside {FIRST_YEAR} to {LAST_YEAR}; give another time")
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment.astimezone(self.zone)

    def status(self, moment: datetime) -> Status:
        """Open, closed or unknown at a moment, until when, and what comes then."""
        at = self.local(moment)
        ahead = self._periods(at - timedelta(days=1), at + HORIZON)
        now = next((period for period in ahead if period.start <= at < period.end), None)
        if now is None:
            return Status("unknown")
        then = next(ahead, None)
        if now.state == "open" and self.open_ended:
            return Status("open", comment=now.comment or NO_CLOSING_TIME)
        return Status(now.state, then.start if then else None, then.state if then else None, now.comment)

    def next_open(self, moment: datetime) -> datetime | None:
        """When it opens next after a moment; None if not within a year."""
        at = self.local(moment)
        ahead = self._periods(at - timedelta(days=1), at + HORIZON)
        return next((period.start for period in ahead if period.state == "open" and period.start > at), None)

    def day(self, day: date) -> list[Period]:
        """What is not closed on one day, each period with its true ends, which may lie on other days."""
        start = self.local(datetime.combine(day, time()))
        end = self.local(datetime.combine(day + timedelta(days=1), time()))
        around = self._periods(start - timedelta(days=2), end + timedelta(days=2))
        return [one for one in around if one.state != "closed" and one.end > start and one.start < end]

    def is_holiday(self, day: date) -> bool | None:
        """Whether a day is a public holiday of the whole country; None where no calendar of the country is known."""
        following = self.holidays(day)
        return None if not following else following[0] == day

    def holidays(self, day: date) -> list[date]:
        """Public holidays from a day on, for a year; empty where no calendar of the country is known."""
        start = datetime.combine(day, time())
        calendar = self._parse("PH 00:00-00:01")
        spans = calendar.intervals(start, start + HORIZON) if calendar else iter(())
        return [begin.date() for begin, _, state, _ in spans if str(state) == "open"]

    def _parse(self, text: str) -> OpeningHours | None:
        zone = self.zone if isinstance(self.zone, ZoneInfo) else None
        return _parsed(text, timezone=zone, country=self.country, coords=self.position)

    def _periods(self, start: datetime, end: datetime) -> Iterator[Period]:
        """Periods of different states, one after the other, over a stretch of time."""
        if self.parsed is None:
            return
        pending: Period | None = None
        for period in self._settled(start, end):
            if pending is not None and pending.state == period.state:
                comment = pending.comment if pending.comment == period.comment else ""
                pending = replace(pending, end=period.end, comment=comment)
                continue
            if pending is not None:
                yield pending
            pending = period
        if pending is not None:
            yield pending

    def _settled(self, start: datetime, end: datetime) -> Iterator[Period]:
        """The library's periods with the four readings put right (see the top of the file)."""
        assert self.parsed is not None
        assert self.raw is not None
        stated = OPEN_WITH_COMMENT.search(self.raw) is not None
        late = _ends_past_midnight(self.raw)
        before: State = "unknown"
        for begin, finish, kind, comment in self.parsed.intervals(start, end):
            state = _state(str(kind))
            if (
                before == "closed"
                and begin.time() == time()
                and finish.time() in late
                and begin.date() == finish.date()
            ):
                state = "closed"  # the rest of an evening whose day was off
            if state == "open" and comment and not stated:
                state = "unknown"
            period = Period(begin, finish, state, plain(comment))
            if self.open_ended and before == "open" and state == "closed" and begin.time() != time():
                midnight = datetime.combine(begin.date() + timedelta(days=1), time(), begin.tzinfo)
                yield Period(begin, min(midnight, finish), "unknown", NO_CLOSING_TIME)
                if midnight < finish:
                    yield replace(period, start=midnight)
            else:
                yield period
            before = state


def _ends_past_midnight(text: str) -> set[time]:
    """The closing times of all spans that run past midnight, as 02:00 of 18:00-02:00 and of 18:00-26:00."""
    ends = set()
    for hour, minute, last, rest in SPAN.findall(text):
        solar = not hour  # from sunset: past midnight if it ends in the morning
        if int(last) < 48 and int(rest) < 60 and (solar or int(last) >= 24 or (last, rest) < (hour, minute)):
            ends.add(time(int(last) % 24, int(rest)))
    return ends - {time()}


def _state(name: str) -> State:
    if name == "open":
        return "open"
    return "closed" if name == "closed" else "unknown"


def _zone(place: Place) -> tzinfo:
    """The record's time zone where it names a real one, otherwise the one that holds at the position."""
    if place.time_zone is not None:
        try:
            return ZoneInfo(place.time_zone)
        except (ValueError, OSError, KeyError):  # malformed, a folder of the zone files, or not a zone at all
            pass
    change = OpeningHours("00:00-12:00", coords=(place.lat, place.lon)).next_change(datetime(2026, 1, 1))
    assert change is not None, "hours of every day change"
    assert change.tzinfo is not None, "a position has a clock, at sea too"
    return change.tzinfo


def _known_country(code: str | None) -> str | None:
    """The record's country if there is a calendar for it; None leaves it to the position."""
    if code is None or re.fullmatch(r"[A-Za-z]{2}", code.strip()) is None:
        return None
    code = code.strip().upper()
    return None if _parsed("24/7", country=code) is None else code


def _parsed(text: str, **where: Any) -> OpeningHours | None:
    """What the library reads; None where it refuses the text or the country."""
    try:
        return OpeningHours(text, **where)
    except Exception as error:  # its ParserError and UnknownCountryError derive from Exception and have no stubs
        if type(error).__module__ != "opening_hours":
            raise
        return None
