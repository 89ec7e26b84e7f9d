"""The sums of a receipt, done again in decimals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

Line: TypeAlias = tuple[str, int, Decimal | None, Decimal]  # name, quantity, unit price, amount

CENT = Decimal("0.01")  # tills round a tax or a weighed price; a difference of one cent is theirs, more is not


@dataclass(frozen=True)
class Sums:
    """What is printed below the items; None where nothing is. Discounts and change are positive."""

    subtotal: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    discount: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    paid: Decimal | None = None
    change: Decimal | None = None


def check_sums(lines: Sequence[Line], sums: Sums) -> list[str]:
    """What does not add up, in words that give both numbers; empty where all does."""
    flags = [
        f"{name}: {quantity} x {unit} is {quantity * unit}, but {amount} is printed"
        for name, quantity, unit, amount in lines
        if unit is not None and abs(quantity * unit - amount) > CENT
    ]
    if lines:
        goods = sum((amount for *_, amount in lines), Decimal(0))
        flags += _goods_flags(goods, sums)
    if sums.paid is not None and sums.change is not None and sums.total is not None:
        back = sums.paid - sums.total
        if abs(back - sums.change) > CENT:
            flags.append(f"{sums.paid} paid for {sums.total} gives {back} back, but {sums.change} is printed as change")
    return flags


def _goods_flags(goods: Decimal, sums: Sums) -> list[str]:
    flags = []
    # A subtotal may stand before or after the discounts.
    if sums.subtotal is not None and not _near(sums.subtotal, {goods, goods - sums.discount}, sums.tax):
        flags.append(f"the items add up to {goods}, but {sums.subtotal} is printed as subtotal")
    if sums.total is not None:
        due = goods - sums.discount + sums.charges
        tax = sums.tax or Decimal(0)
        if all(abs(sums.total - way) > CENT for way in (due, due + tax)):  # prices with the tax in them, or without
            added = f"{due}, or {due + tax} with tax" if tax else f"{due}"
            flags.append(f"items, discounts and charges add up to {added}, but {sums.total} is printed as total")
    return flags


def _near(value: Decimal, ways: set[Decimal], tax: Decimal | None) -> bool:
    """Whether a subtotal is one of the sums, or such a sum without the tax inside it."""
    return any(abs(value - way + less) <= CENT for way in ways for less in (Decimal(0), tax or Decimal(0)))
