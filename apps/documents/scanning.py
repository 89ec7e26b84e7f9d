"""From the lines of a sheet to what it says, checked against the schema of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from pocketvlm.apps.documents.contact import Contact, read_contact
from pocketvlm.apps.documents.event import Event, read_event
from pocketvlm.apps.documents.menu import Menu, read_menu
from pocketvlm.apps.documents.receipt import Receipt, read_receipt
from pocketvlm.apps.documents.schema import SCAN_KINDS, SCHEMAS, ScanKind, check
from pocketvlm.vision.reading_order import ScreenText


@dataclass(frozen=True)
class PlainText:
    """A sheet of no particular kind."""

    flags: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """What JSON holds besides the lines."""
        return {"kind": "text", "flags": list(self.flags)}


Document: TypeAlias = Receipt | Menu | Contact | Event | PlainText


@dataclass(frozen=True)
class Scan:
    """A sheet: what it says as a document of its kind, and all its lines in order."""

    document: Document
    text: ScreenText

    def to_dict(self) -> dict[str, Any]:
        """The scan as JSON holds it; its form is that of `schema.SCHEMAS`."""
        return {**self.document.to_dict(), "lines": [row.text for row in self.text.rows]}


def scan(text: ScreenText, kind: ScanKind, today: date) -> Scan:
    """Take what is read on a sheet as a document of a kind.

    Args:
        today: dates without a year are taken from here on.
    Raises:
        ValueError: there is no such kind.
    """
    if kind not in SCAN_KINDS:
        raise ValueError(f"no kind of sheet {kind!r}: choose one of {', '.join(SCAN_KINDS)}")
    nothing = PlainText(() if text.rows else ("nothing could be read",))
    document: Document = nothing
    if kind == "receipt":
        document = read_receipt(text, today)
    elif kind == "menu":
        document = read_menu(text)
    elif kind == "contact":
        document = read_contact(text)
    elif kind == "event":
        document = read_event(text, today)
    found = Scan(document, text)
    check(found.to_dict(), SCHEMAS[kind])
    return found


def schema_of(kind: ScanKind) -> Mapping[str, Any]:
    """The JSON Schema of a kind's scans."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SCHEMAS[kind]}
