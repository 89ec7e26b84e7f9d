"""A receipt: who sold what when, and whether its numbers add up.

Nothing is corrected. What was read is given as it was read, and every sum that can be done on the sheet is done again,
in decimals: where it comes out otherwise, a flag says both numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from pocketvlm.apps.documents.dates import clocks_in, days_in
from pocketvlm.apps.documents.money import Amount, amounts_in, currency_of
from pocketvlm.apps.documents.receipt_sums import Sums, check_sums
from pocketvlm.apps.documents.receipt_words import RowKind, kind_of
from pocketvlm.vision.reading_order import Row, ScreenText

_COUNT_FIRST = re.compile(r"^\s*(\d{1,3})\s*[x×X*]\s*(?=\S)")
_BARE_COUNT_FIRST = re.compile(r"^\s*(\d{1,2})\s+(?=[^\W\d_]{2})")
_COUNT_LINE = re.compile(r"^\s*(\d{1,3})\s*(?:[x×X*@]|pcs?|st(?:k|ck)?\.?|份|个)\s*(?=[^\w]|\d|$)")
_LETTERS = re.compile(r"[^\W\d_]")
_HEAD_ROWS = 5  # a merchant's name stands among the first rows


@dataclass(frozen=True)
class Item:
    """One row of goods. `quantity` is 1 where none is printed; `unit_price` is None where it is not."""

    name: str
    amount: Decimal
    quantity: int = 1
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class Receipt:
    """What a receipt says. Fields are None where it says nothing.

    Attributes:
        currency: ISO 4217.
        subtotal, tax, total: as printed; `tax` is the sum where there are several rates.
        flags: what does not add up, and what was uncertain to read.
    """

    merchant: str | None
    date: date | None
    time: time | None
    currency: str | None
    items: tuple[Item, ...]
    subtotal: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The receipt as JSON holds it, amounts as decimal text so that no cent is lost."""
        items = [
            {
                "name": item.name,
                "quantity": item.quantity,
                "unit_price": _text(item.unit_price),
                "amount": _text(item.amount),
            }
            for item in self.items
        ]
        return {
            "kind": "receipt",
            "merchant": self.merchant,
            "date": self.date and self.date.isoformat(),
            "time": self.time and self.time.isoformat("minutes"),
            "currency": self.currency,
            "items": items,
            "subtotal": _text(self.subtotal),
            "tax": _text(self.tax),
            "total": _text(self.total),
            "flags": list(self.flags),
        }


@dataclass(frozen=True)
class _Entry:
    """A row: its label, what it is by that, and its numbers."""

    label: str
    kind: RowKind | None
    numbers: tuple[Amount, ...]
    text: str
    height: int

    @property
    def amount(self) -> Decimal | None:
        """The last number of the row if it is money."""
        return self.numbers[-1].value if self.numbers and self.numbers[-1].is_money else None


def read_receipt(text: ScreenText, today: date) -> Receipt:
    """Read a receipt from its lines.

    Args:
        today: dates without a year are taken near it.
    """
    rows = [row.text for row in text.rows]
    entries = _with_amounts_below([_entry(row) for row in text.rows])
    currency, doubt = currency_of(rows)
    items = _items(entries)
    sums = _sums(entries)
    day, day_doubt = _day(rows, today, month_first=currency == "USD")
    flags = [*([doubt] if doubt else []), *([day_doubt] if day_doubt else [])]
    if not items:
        flags.append("no items were found")
    if sums.total is None:
        flags.append("no total was found")
    lines = [(item.name, item.quantity, item.unit_price, item.amount) for item in items]
    flags += check_sums(lines, sums)
    clock = _clock(rows, today)
    merchant = _merchant(entries)
    return Receipt(merchant, day, clock, currency, tuple(items), sums.subtotal, sums.tax, sums.total, tuple(flags))


def _entry(row: Row) -> _Entry:
    whole = "  ".join(cell.text for cell in row.cells)
    numbers = [amount for amount in amounts_in(whole) if _is_figure(whole, amount)]
    tail = len(numbers)
    while tail > 0 and not _LETTERS.search(_unsigned(whole, numbers, tail - 1)):
        tail -= 1  # numbers at the end, with no word between them
    label = whole[: numbers[tail].start] if tail < len(numbers) else whole
    label = label.strip(" .·…_:：|-*")
    height = max(cell.box[3] - cell.box[1] for cell in row.cells)
    return _Entry(label, kind_of(label), tuple(numbers[tail:]), whole, height)


def _is_figure(text: str, amount: Amount) -> bool:
    """Whether a number stands by itself, and is no part of a word, a house number before a street, or a count."""
    after = text[amount.end : amount.end + 1]
    return not after or not after.isalnum()


def _unsigned(text: str, numbers: Sequence[Amount], at: int) -> str:
    """What follows a number up to the next one or the end, without tax letters ("4.99 A") and times signs."""
    end = numbers[at + 1].start if at + 1 < len(numbers) else len(text)
    return re.sub(r"^\s*(?:[A-Z]\d?|[x×X*@])\s*$", "", text[numbers[at].end : end])


def _with_amounts_below(entries: list[_Entry]) -> list[_Entry]:
    """An amount by itself belongs to the sum above that has none, or to the count and price above that give it."""
    joined: list[_Entry] = []
    for entry in entries:
        last = joined[-1] if joined else None
        alone = not _LETTERS.search(entry.label) and len(entry.numbers) == 1 and entry.amount is not None
        if alone and last is not None and last.kind in ("total", "subtotal", "tax") and not last.numbers:
            joined[-1] = replace(last, numbers=entry.numbers)
        elif alone and last is not None and last.kind is None and _is_product(last.numbers, entry.numbers[0].value):
            joined[-1] = replace(last, numbers=(*last.numbers, *entry.numbers))
        else:
            joined.append(entry)
    return joined


def _is_product(numbers: Sequence[Amount], amount: Decimal) -> bool:
    """Whether a count and a price give an amount, so that it belongs to them."""
    return len(numbers) == 2 and not numbers[0].is_money and numbers[0].value * numbers[1].value == amount


def _sums(entries: Sequence[_Entry]) -> Sums:
    """The sums that are printed. Of several totals the last before the payment is what is due."""
    paid_at = next((at for at, entry in enumerate(entries) if entry.kind == "paid" and entry.numbers), len(entries))
    totals = [
        (at, entry.amount) for at, entry in enumerate(entries) if entry.kind == "total" and entry.amount is not None
    ]
    due = [amount for at, amount in totals if at < paid_at] or [amount for _, amount in totals]

    def of(kind: RowKind) -> list[Decimal]:
        return [entry.amount for entry in entries if entry.kind == kind and entry.amount is not None]

    def added(kind: RowKind) -> Decimal | None:
        return sum(of(kind), Decimal(0)) if of(kind) else None

    discounts = [abs(amount) for amount in of("discount")]
    return Sums(
        subtotal=next(iter(of("subtotal")), None),
        tax=added("tax"),
        total=due[-1] if due else None,
        discount=sum(discounts, Decimal(0)),
        charges=sum([*of("charge"), *of("rounding")], Decimal(0)),
        paid=added("paid"),
        change=None if added("change") is None else abs(sum(of("change"), Decimal(0))),
    )


def _items(entries: Sequence[_Entry]) -> list[Item]:
    """The rows of goods: those above the first sum, with a name and an amount, and the counts below some of them."""
    end = next((at for at, entry in enumerate(entries) if entry.kind in ("subtotal", "total") and entry.numbers), None)
    goods = entries[:end]
    bare = [
        entry for entry in goods if entry.kind is None and entry.amount is not None and _LETTERS.search(entry.label)
    ]
    counted = sum(_BARE_COUNT_FIRST.match(entry.label) is not None for entry in bare)
    items: list[Item] = []
    for entry in goods:
        count_line = _COUNT_LINE.match(entry.text)
        if count_line and items and not _LETTERS.search(entry.text[count_line.end() :].replace("EUR", "")):
            items[-1] = _counted(items[-1], int(count_line[1]), entry.numbers)
        elif entry.kind is None and entry.amount is not None and _LETTERS.search(entry.label):
            items.append(_item(entry, bare_counts=2 * counted > len(bare)))
    return items


def _item(entry: _Entry, *, bare_counts: bool) -> Item:
    name, quantity, unit = entry.label, 1, None
    before = _COUNT_FIRST.match(name) or (_BARE_COUNT_FIRST.match(name) if bare_counts else None)
    amount, rest = entry.numbers[-1].value, list(entry.numbers[:-1])
    if before:
        quantity, name = int(before[1]), name[before.end() :]
    money = [number.value for number in rest if number.is_money]
    counts = [number.value for number in rest if not number.is_money]
    if money:
        unit = money[-1]
    if unit and not counts and not before and (parted := _parted(unit, amount)):
        quantity, unit = parted
    elif counts and not before:
        quantity = int(counts[0])
    elif unit and not before and unit > 0 and amount % unit == 0:
        quantity = int(amount / unit)  # a lone "1" is easily overlooked
    return Item(name.strip(), amount, max(quantity, 1), unit)


def _parted(glued: Decimal, amount: Decimal) -> tuple[int, Decimal] | None:
    """Count and price that were read as one number: "1 10.20" as 110.20. Only where count times price is the amount."""
    whole = str(glued)
    for cut in (1, 2):
        count, price = whole[:cut], whole[cut:]
        if count.isdigit() and re.fullmatch(r"\d+\.\d\d", price) and int(count) * Decimal(price) == amount:
            return int(count), Decimal(price)
    return None


def _counted(item: Item, quantity: int, numbers: Sequence[Amount]) -> Item:
    unit = next((number.value for number in numbers if number.is_money), None)
    return replace(item, quantity=max(quantity, 1), unit_price=unit)


def _merchant(entries: Sequence[_Entry]) -> str | None:
    """The largest of the first rows that are words; of equally large ones the first."""
    head = [
        entry
        for entry in entries[:_HEAD_ROWS]
        if len(_LETTERS.findall(entry.label)) >= 2 and entry.kind is None and not entry.numbers
    ]
    if not head:
        return None
    tallest = max(entry.height for entry in head)
    return next(entry.label for entry in head if entry.height >= 0.85 * tallest)


def _day(rows: Sequence[str], today: date, *, month_first: bool) -> tuple[date | None, str | None]:
    days = [day for row in rows for day in days_in(row, today, month_first=month_first) if day.year_printed]
    if not days:
        return None, None
    day = days[0]
    surer = next((other for other in days if other.swapped is None and other.date in (day.date, day.swapped)), None)
    if day.swapped is None or surer is not None:
        return (surer or day).date, None
    return day.date, f"the date may also be {day.swapped.isoformat()}: day and month can be read either way round"


def _clock(rows: Sequence[str], today: date) -> time | None:
    """A time of day with a colon: with a dot it would be a price."""
    return next(
        (
            clock.time
            for row in rows
            for clock in clocks_in(row, today)
            if re.search("[:：]", row[clock.start : clock.end])
        ),
        None,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
