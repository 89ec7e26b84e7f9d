"""An event as an iCalendar file (RFC 5545), which calendars import."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from pocketvlm.apps.documents.content_lines import content, escaped
from pocketvlm.apps.documents.event import Event

_STAMP = "%Y%m%dT%H%M%S"


def icalendar(event: Event, now: datetime) -> str:
    """The file's text. Times have no zone: a poster means the clock on the wall of the place.

    Args:
        now: when the file is made, with its time zone.
    Raises:
        ValueError: the poster says no date, without which there is no event; or `now` has no time zone.
    """
    if event.day is None:
        raise ValueError("the poster has no date: an event needs one; see what was read with --json")
    if now.tzinfo is None:
        raise ValueError(f"now is {now}, without a time zone: give one, such as datetime.now(timezone.utc)")
    about = [f"SUMMARY:{escaped(event.title or 'Event')}"]
    about += [f"LOCATION:{escaped(event.place)}"] if event.place else []
    notes = [*event.details, *(f"To check: {flag}" for flag in event.flags)]
    about += [f"DESCRIPTION:{escaped(chr(10).join(notes))}"] if notes else []
    when = _when(event, event.day)
    identity = hashlib.sha256("\n".join([*when, *about]).encode()).hexdigest()[:32]  # the same poster, the same event
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PocketVLM//scan//EN", "BEGIN:VEVENT"]
    stamp = f"DTSTAMP:{now.astimezone(UTC).strftime(_STAMP)}Z"
    return content([*head, f"UID:{identity}@pocketvlm", stamp, *when, *about, "END:VEVENT", "END:VCALENDAR"])


def _when(event: Event, day: date) -> list[str]:
    if event.start is None:
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    starts = f"DTSTART:{datetime.combine(day, event.start).strftime(_STAMP)}"
    return [starts, f"DTEND:{event.end.strftime(_STAMP)}"] if event.end else [starts]
