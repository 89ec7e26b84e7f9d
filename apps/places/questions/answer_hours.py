"""Questions about opening hours, computed from the record's rules; a state is said, never a bare yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from pocketvlm.apps.places.hours import NO_CLOSING_TIME, Hours, Period
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer, Fact
from pocketvlm.apps.places.questions.when import When, read_when
from pocketvlm.apps.places.time_words import day_words, moment_words

PRINTED_TIME = re.compile(r"\d{1,2}\s*[:：.]\s*\d{2}|\b\d{1,2}\s*(?:am|pm|h|uhr)\b|\d{1,2}\s*[点點时]", re.IGNORECASE)
# Parts of a place that keep hours of their own, which no record holds.
PART = re.compile(
    r"\b(?:kitchen|happy hour|terrace|patio|rooftop|beer garden|pool|sauna|gym|parking|garage|car park|drive.?through"
    r"|delivery|takeaway|breakfast|brunch|lunch|dinner)\b|厨房|露台|停车场|早餐|午餐|晚餐|外卖",
    re.IGNORECASE,
)
PRINTED_LINES = 8  # as many lines with times as a door's sign has, with one to spare
DAYS_OF_WEEK = 7
Say = Callable[[Asked, Hours, date], list[Fact]]


def open_at(asked: Asked) -> Answer:
    """Whether it is open: now, at a time, or on a day."""
    return _answer(asked, _open_on, lambda asked, hours: [_state(asked, hours, asked.now)])


def closing(asked: Asked) -> Answer:
    """When it closes: today if it is open, or on a day."""
    return _answer(asked, _closing_on, _closing_now)


def opening(asked: Asked) -> Answer:
    """When it opens next, or on a day."""
    return _answer(asked, _opening_on, lambda asked, hours: [_state(asked, hours, asked.now)])


def opening_hours(asked: Asked) -> Answer:
    """The hours of a day, or of the seven days from now on."""

    def week(asked: Asked, hours: Hours) -> list[Fact]:
        days = (asked.now.date() + timedelta(days=ahead) for ahead in range(DAYS_OF_WEEK))
        return [fact for day in days for fact in _open_on(asked, hours, day)]

    return _answer(asked, _open_on, week)


def _answer(asked: Asked, on_day: Say, otherwise: Callable[[Asked, Hours], list[Fact]]) -> Answer:
    hours = asked.hours
    if hours is None or hours.raw is None:
        return asked.answer(*_printed(asked), unknown=asked.say("no_hours" if asked.place else "no_place"))
    if not hours.readable:
        return asked.answer(*_printed(asked), unknown=asked.say("bad_hours", raw=hours.raw))
    when = read_when(asked.question, asked.now)
    if when.unclear is not None:
        return asked.answer(unknown=asked.say("unclear", said=plain(when.unclear)))
    try:
        return _computed(asked, hours, when, on_day, otherwise)
    except (ValueError, OverflowError):  # the year is outside the calendar of the hours
        return asked.answer(unknown=asked.say("year"))


def _computed(
    asked: Asked, hours: Hours, when: When, on_day: Say, otherwise: Callable[[Asked, Hours], list[Fact]]
) -> Answer:
    facts: list[Fact] = []
    days = list(when.days)
    if when.holiday:
        following = hours.holidays(asked.now.date())
        if not following:
            return asked.answer(unknown=asked.say("no_calendar"))
        days = following[:1]
        facts.append(asked.fact("holiday calendar", "holiday_next", day=_day(asked, days[0])))
    moments = when.moments(asked.now)
    if moments:
        facts += [_state(asked, hours, moment) for moment in moments]
        days = [moment.date() for moment in moments]
    elif days:
        facts += [fact for day in days for fact in on_day(asked, hours, day)]
    else:
        facts += otherwise(asked, hours)
        days = [asked.now.date()]
    return asked.answer(*facts, *_open_end(asked, hours), *_holidays(asked, hours, days), unknown=_limits(asked, hours))


def _state(asked: Asked, hours: Hours, moment: datetime) -> Fact:
    """The state at a moment, until when it lasts, and when it opens next if it is not open."""
    status = hours.status(moment)
    at = hours.local(moment)
    clock = f"{at:%H:%M}"
    text = asked.say(f"{status.state}_at", day=_day(asked, at), clock=clock)
    if status.state == "open" and status.until is not None:
        text += asked.say("until", time=_moment(asked, status.until, at))
    if status.state == "closed":
        following = hours.next_open(at)
        text += asked.say("opens_next", time=_moment(asked, following, at)) if following else asked.say("never_opens")
    if status.comment and status.comment != NO_CLOSING_TIME:
        text += asked.say("comment", comment=status.comment)
    return Fact(text + asked.say("stop"), "computed from hours")


def _open_on(asked: Asked, hours: Hours, day: date) -> list[Fact]:
    """The periods of one day."""
    whole, periods = _of_day(hours, day)
    if whole:
        return [asked.fact("computed from hours", "round_the_clock", day=_day(asked, day))]
    surely = [period for period in periods if period.state == "open"]
    perhaps = [period for period in periods if period.state == "unknown" and period.comment != NO_CLOSING_TIME]
    facts = []
    if surely:
        listed = _list(asked, [_period(asked, hours, period, day) for period in surely])
        facts.append(asked.fact("computed from hours", "day_periods", day=_day(asked, day), periods=listed))
    if perhaps:
        listed = _list(asked, [_period(asked, hours, period, day) for period in perhaps])
        remark = next((asked.say("comment", comment=one.comment) for one in perhaps if one.comment), "")
        parts = {"day": _day(asked, day), "comment": remark, "periods": listed}
        facts.append(asked.fact("computed from hours", "maybe_day", **parts))
    return facts or [asked.fact("computed from hours", "closed_day", day=_day(asked, day))]


def _closing_on(asked: Asked, hours: Hours, day: date) -> list[Fact]:
    """The closing times of the periods that begin on one day."""
    whole, periods = _of_day(hours, day)
    surely = [period for period in periods if period.state == "open"]
    if whole or hours.open_ended or not surely or len(surely) < len(periods):
        return _open_on(asked, hours, day)
    times = _list(asked, [_moment(asked, period.end, day) for period in surely])
    return [asked.fact("computed from hours", "closes_day", day=_day(asked, day), times=times)]


def _opening_on(asked: Asked, hours: Hours, day: date) -> list[Fact]:
    whole, periods = _of_day(hours, day)
    surely = [period for period in periods if period.state == "open"]
    if whole or not surely or (len(surely) < len(periods) and not hours.open_ended):
        return _open_on(asked, hours, day)
    times = _list(asked, [_moment(asked, period.start, day) for period in surely])
    return [asked.fact("computed from hours", "opens_day", day=_day(asked, day), times=times)]


def _closing_now(asked: Asked, hours: Hours) -> list[Fact]:
    """When it closes if it is open now; otherwise its state, and the closing times of the day it opens next."""
    status = hours.status(asked.now)
    if status.state == "open" and status.until is not None:
        return [asked.fact("computed from hours", "closes_now", time=_moment(asked, status.until, asked.now))]
    if status.state == "open" and not hours.open_ended:
        return [asked.fact("computed from hours", "never_closes")]
    state = _state(asked, hours, asked.now)
    following = hours.next_open(asked.now) if status.state == "closed" else None
    return [state] if following is None else [state, *_closing_on(asked, hours, following.date())]


def _of_day(hours: Hours, day: date) -> tuple[bool, list[Period]]:
    """Whether one open period holds the whole day; and the periods that begin on the day."""
    periods = hours.day(day)
    start, end = (hours.local(datetime.combine(day + timedelta(days=ahead), time())) for ahead in (0, 1))
    whole = any(one.state == "open" and one.start <= start and one.end >= end for one in periods)
    return whole and not hours.open_ended, [one for one in periods if one.start.date() == day]


def _period(asked: Asked, hours: Hours, period: Period, day: date) -> str:
    start = _moment(asked, period.start, day)
    # With an open end the library's midnight is no closing time.
    open_end = hours.open_ended and period.end.hour == period.end.minute == 0
    return f"{start}+" if open_end else f"{start}–{_moment(asked, period.end, day)}"


def _open_end(asked: Asked, hours: Hours) -> list[Fact]:
    return [asked.fact("record", "no_closing", raw=hours.raw)] if hours.open_ended else []


def _holidays(asked: Asked, hours: Hours, days: list[date]) -> list[Fact]:
    """A warning for each public holiday on which the hours are silent."""
    if hours.says_holidays:
        return []
    silent = [day for day in dict.fromkeys(days) if hours.is_holiday(day)]
    return [asked.fact("holiday calendar", "holiday_unsaid", day=_day(asked, day)) for day in silent]


def _limits(asked: Asked, hours: Hours) -> str | None:
    """What the hours speak of that no calendar at hand can tell."""
    part = PART.search(asked.question)
    limits = [asked.say("part_hours", part=part.group().lower())] if part else []
    if hours.says_holidays and hours.is_holiday(asked.now.date()) is None:
        limits.append(asked.say("no_calendar"))
    if hours.says_school_holidays:
        limits.append(asked.say("school_holidays"))
    return " ".join(limits) or None


def _printed(asked: Asked) -> list[Fact]:
    """Lines of the photo that hold times, word for word: a sign's hours are quoted, not interpreted."""
    shown = [plain(line) for line in asked.lines if PRINTED_TIME.search(line)][:PRINTED_LINES]
    return [asked.fact("photo", "printed", text=" / ".join(shown))] if shown else []


def _day(asked: Asked, day: date) -> str:
    return day_words(day, asked.language)


def _moment(asked: Asked, moment: datetime, day: date) -> str:
    return moment_words(moment, day.date() if isinstance(day, datetime) else day, asked.language)


def _list(asked: Asked, items: list[str]) -> str:
    return asked.say("and").join(items)
