"""A scan for people: what was found, one fact a line, and what needs checking. Nothing in it can steer a terminal."""

from __future__ import annotations

from decimal import Decimal

from pocketvlm.apps.documents.contact import Contact
from pocketvlm.apps.documents.event import Event
from pocketvlm.apps.documents.menu import Menu
from pocketvlm.apps.documents.receipt import Receipt
from pocketvlm.apps.documents.scanning import Scan
from pocketvlm.apps.places.plain import plain

UNKNOWN = "unknown"
LONGEST_LINE = 600  # characters
_LABEL_WIDTH = 14
_NAME_WIDTH = 32


def printed(scan: Scan) -> str:
    """A scan as a terminal shows it."""
    flags = (f"! {plain(flag)}" for flag in scan.document.flags)
    return "\n".join([*(_safe(line) for line in _lines(scan)), *flags])


def _lines(scan: Scan) -> list[str]:
    document = scan.document
    if isinstance(document, Receipt):
        return _receipt(document)
    if isinstance(document, Menu):
        return _menu(document)
    if isinstance(document, Contact):
        return _contact(document)
    if isinstance(document, Event):
        return _event(document)
    return [row.text for row in scan.text.rows]


def _safe(line: str) -> str:
    """A line without signs that steer; its spaces set columns and are kept."""
    return "".join(sign if sign == " " else plain(sign) for sign in line[:LONGEST_LINE])


def _fact(label: str, value: object) -> str:
    return f"{label:<{_LABEL_WIDTH}}{UNKNOWN if value in (None, '') else value}"


def _receipt(receipt: Receipt) -> list[str]:
    when = None
    if receipt.date is not None:
        when = receipt.date.isoformat() + (f" {receipt.time:%H:%M}" if receipt.time else "")
    items = [
        _priced(f"{item.quantity} x {item.name}" if item.quantity != 1 else item.name, item.amount)
        for item in receipt.items
    ]
    sums = [
        _fact(label, value)
        for label, value in (("Subtotal", receipt.subtotal), ("Tax", receipt.tax))
        if value is not None
    ]
    head = [_fact("Merchant", receipt.merchant), _fact("Date", when), _fact("Currency", receipt.currency)]
    return [*head, *items, *sums, _fact("Total", receipt.total)]


def _menu(menu: Menu) -> list[str]:
    lines = [_fact("Menu", menu.title), _fact("Currency", menu.currency)]
    for section in menu.sections:
        lines += [section.name] if section.name else []
        for dish in section.dishes:
            lines.append(_priced(dish.name + (" (vegetarian)" if dish.vegetarian else ""), dish.price))
            lines += [f"    {dish.description}"] if dish.description else []
    return lines


def _contact(contact: Contact) -> list[str]:
    facts = [("Name", contact.name), ("Title", contact.title), ("Organisation", contact.organisation)]
    lines = [_fact(label, value) for label, value in facts]
    lines += [
        _fact({"voice": "Phone", "cell": "Mobile", "fax": "Fax"}[phone.kind], phone.number) for phone in contact.phones
    ]
    lines += [_fact("Email", email) for email in contact.emails] + [_fact("Website", site) for site in contact.websites]
    return [*lines, _fact("Address", contact.address), *(_fact("Also", other) for other in contact.other)]


def _event(event: Event) -> list[str]:
    start = None if event.day is None else f"{event.day:%A} {event.day.isoformat()}"
    start = f"{start} {event.start:%H:%M}" if start and event.start else start
    end = [_fact("Until", f"{event.end:%Y-%m-%d %H:%M}")] if event.end else []
    details = [_fact("Also", detail) for detail in event.details]
    return [_fact("Event", event.title), _fact("Start", start), *end, _fact("Place", event.place), *details]


def _priced(name: str, price: Decimal) -> str:
    return f"  {plain(name):<{_NAME_WIDTH}} {price:>9}"
