"""What a scan is written to: vCard and iCalendar files, JSON of a schema, text for a terminal."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from pocketvlm.apps.documents.contact import Contact, Phone
from pocketvlm.apps.documents.content_lines import content, escaped, folded
from pocketvlm.apps.documents.event import Event
from pocketvlm.apps.documents.icalendar import icalendar
from pocketvlm.apps.documents.menu import Dish, Menu, Section
from pocketvlm.apps.documents.printed import printed
from pocketvlm.apps.documents.receipt import Item, Receipt
from pocketvlm.apps.documents.scanning import Document, PlainText, Scan, scan, schema_of
from pocketvlm.apps.documents.schema import SCHEMAS, ScanKind, check
from pocketvlm.apps.documents.vcard import vcard
from pocketvlm.vision.reading_order import Row, ScreenText, TextLine

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))
CONTACT = Contact(
    "Anna Berger", "Head of Sales", "Lindner; Sons, GmbH", (Phone("+44 20 7946 0590"), Phone("07700 900578", "cell")),
    ("anna@lindner.example",), ("www.lindner.example",), "81 Elm Road, London", (), (),
)  # fmt: skip
EVENT = Event(
    "Jazz, live", date(2027, 5, 14), time(20), datetime(2027, 5, 14, 22), "Old Theatre", ("Free entry",), ("check",)
)
RECEIPT = Receipt(
    "Corner Bakery", date(2026, 1, 2), time(9, 5), "GBP", (Item("Bread", Decimal("3.20"), 2, Decimal("1.60")),),
    None, Decimal("0.53"), Decimal("3.20"), ("look",),
)  # fmt: skip
MENU = Menu("Bistro", "EUR", (Section(None, (Dish("Soup", Decimal("8.50"), True, "of the day"),)),), ())
DOCUMENTS: list[tuple[ScanKind, Document]] = [
    ("receipt", RECEIPT),
    ("menu", MENU),
    ("contact", CONTACT),
    ("event", EVENT),
    ("text", PlainText()),
]
TEXT = ScreenText((Row((TextLine("Hello", (0, 0, 50, 20), 0.9),)),))


def test_a_vcard_is_written_by_the_letter() -> None:
    assert vcard(CONTACT).split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "FN:Anna Berger",
        "N:Berger;Anna;;;",
        "ORG:Lindner\\; Sons\\, GmbH",
        "TITLE:Head of Sales",
        "TEL;TYPE=work,voice:+44 20 7946 0590",
        "TEL;TYPE=work,cell:07700 900578",
        "EMAIL;TYPE=work:anna@lindner.example",
        "URL:https://www.lindner.example",
        "ADR;TYPE=work:;;81 Elm Road\\, London;;;;",
        "END:VCARD",
        "",
    ]


def test_chinese_names_have_the_family_first() -> None:
    def named(name: str) -> str:
        contact = Contact(name, None, None, (), (), (), None, (), ())
        return next(line for line in vcard(contact).split("\r\n") if line.startswith("N:"))

    assert named("周立新") == "N:周;立新;;;"
    assert named("欧阳明") == "N:欧阳;明;;;"


def test_a_card_without_a_person_is_an_organisations() -> None:
    card = vcard(Contact(None, None, "Lindner GmbH", (), (), (), None, (), ()))
    assert "FN:Lindner GmbH\r\nKIND:org\r\n" in card
    with pytest.raises(ValueError, match="neither a name nor an organisation"):
        vcard(Contact(None, None, None, (), (), (), None, (), ()))


def test_what_a_card_says_cannot_become_a_field_or_a_script() -> None:
    bad = "Eve\r\nTEL:+1900\nEND:VCARD\x1b[2J\u202e"
    card = vcard(Contact(bad, None, None, (Phone("tel:666"),), (), ("javascript://alert",), None, (), ()))
    lines = card.split("\r\n")
    assert [line.split(":")[0] for line in lines[:-1]] == ["BEGIN", "VERSION", "FN", "N", "END"]
    assert "\x1b" not in card
    assert "\u202e" not in card


def test_an_event_is_written_by_the_letter() -> None:
    lines = icalendar(EVENT, NOW).split("\r\n")
    uid = next(line for line in lines if line.startswith("UID:"))
    lines.remove(uid)
    assert lines == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//PocketVLM//scan//EN",
        "BEGIN:VEVENT",
        "DTSTAMP:20261122T110000Z",  # in UTC; the event's own times have no zone
        "DTSTART:20270514T200000",
        "DTEND:20270514T220000",
        "SUMMARY:Jazz\\, live",
        "LOCATION:Old Theatre",
        "DESCRIPTION:Free entry\\nTo check: check",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    assert uid in icalendar(EVENT, NOW + timedelta(days=1))  # scanned again, it is the same event


def test_an_event_without_a_time_lasts_the_day_and_one_without_a_date_is_none() -> None:
    whole = icalendar(Event("Fair", date(2027, 12, 31), None, None, None, (), ()), NOW)
    assert "DTSTART;VALUE=DATE:20271231\r\nDTEND;VALUE=DATE:20280101\r\n" in whole
    with pytest.raises(ValueError, match="no date"):
        icalendar(Event("Fair", None, time(8), None, None, (), ()), NOW)
    with pytest.raises(ValueError, match="time zone"):
        icalendar(EVENT, NOW.replace(tzinfo=None))


def test_lines_are_folded_at_75_octets_and_whole_characters() -> None:
    text = "SUMMARY:" + "餐厅é🎷, " * 40
    pieces = folded(text).split("\r\n ")
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert all(len(piece.encode()) <= 74 for piece in pieces[1:])  # the leading space counts
    assert "".join(pieces) == text
    assert content(["A:1", "B:2"]) == "A:1\r\nB:2\r\n"


def test_a_values_own_signs_are_escaped() -> None:
    assert escaped("a\\b;c,d\r\ne\rf\ng\x00") == "a\\\\b\\;c\\,d\\ne\\nf\\ng"
    assert len(escaped("x" * 10_000_000)) == 2000


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS)
def test_every_kind_has_json_of_its_schema(kind: ScanKind, document: Document) -> None:
    record = Scan(document, TEXT).to_dict()
    check(record, SCHEMAS[kind])
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))
    jsonschema.validate(record, schema_of(kind))


def spoilt(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Records that are wrong in one way each."""
    wrong = []
    for name in record:
        for value in (4.5, "\x00", [3], {"a": 1}, None, True):
            if value != record[name]:
                wrong.append({**record, name: value})
        wrong.append({key: value for key, value in record.items() if key != name})
    inner = deepcopy(record)
    for value in inner.values():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value[0]["extra"] = 1
    return [*wrong, {**record, "extra": None}, inner]


@pytest.mark.parametrize(("kind", "document"), DOCUMENTS)
def test_the_check_says_what_a_full_validator_says(kind: ScanKind, document: Document) -> None:
    validator = jsonschema.Draft202012Validator(schema_of(kind))
    refused = 0
    for record in spoilt(Scan(document, TEXT).to_dict()):
        try:
            check(record, SCHEMAS[kind])
            fine = True
        except ValueError:
            fine = False
            refused += 1
        assert fine == validator.is_valid(record), record
    assert refused > 10


def test_printed_scans_hold_the_facts_and_no_control_characters() -> None:
    evil = Receipt("Eve\x1b[2J\u202eShop", None, None, None, (), None, None, None, ("do \x07check",))
    shown = printed(Scan(evil, TEXT))
    assert shown.splitlines()[0].split() == ["Merchant", "Eve[2JShop"]
    assert shown.splitlines()[-1] == "! do check"
    assert "unknown" in shown
    assert "2 x Bread" in printed(Scan(RECEIPT, TEXT))
    assert "Soup (vegetarian)" in printed(Scan(MENU, TEXT))
    assert "+44 20 7946 0590" in printed(Scan(CONTACT, TEXT))
    assert "Friday 2027-05-14 20:00" in printed(Scan(EVENT, TEXT))
    assert printed(Scan(PlainText(), TEXT)) == "Hello"


def test_any_text_gives_a_scan_of_its_schema() -> None:
    pieces = "0123456789.,:/-€$£¥元%()@|年月日*x"
    parts = [
        *pieces,
        " ",
        "Total",
        "VAT 20%",
        "Cash",
        "May",
        "周五",
        "www.",
        "+44",
        "1/1/2027",
        "2 x",
        "\x1b[2J",
        "9" * 30,
    ]
    rng = random.Random(8)
    for _ in range(200):
        rows = []
        for y in range(rng.randint(0, 8)):
            texts = ["".join(rng.choices(parts, k=rng.randint(1, 12))) for _ in range(rng.randint(1, 4))]
            boxes = [(60 * x, 40 * y, 60 * x + 50, 40 * y + rng.randint(5, 60)) for x in range(4)]
            rows.append(Row(tuple(TextLine(text, box, 0.9) for text, box in zip(texts, boxes, strict=False))))
        for kind in SCHEMAS:
            assert "\x1b" not in printed(
                scan(ScreenText(tuple(rows)), kind, date(2026, 11, 22))
            )  # checks its JSON itself


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'poem': choose one of receipt, menu"):
        scan(TEXT, "poem", date(2026, 1, 1))  # type: ignore[arg-type]
