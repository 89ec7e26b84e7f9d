"""A menu: sections, dishes with prices and descriptions, and which are marked as vegetarian."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pocketvlm.apps.documents.money import Amount, amounts_in, currency_of
from pocketvlm.vision.reading_order import Row, ScreenText

_LETTERS = re.compile(r"[^\W\d_]")
_VEGAN = re.compile(r"\(\s*(?:vg|ve|vegan)\s*\)|\bvegan\b|纯素", re.IGNORECASE)
# A letter in brackets or at the end is a mark only if it stands alone: "Chicken V" is one, "Louis V. steak" is none.
_MARK = re.compile(
    r"[(\[]\s*[vν](?:eg(?:gie|etarian|etarisch)?)?\s*[)\]]|\s+V$|[🌱🌿]"
    r"|\b(?:vegetarian|v[eé]g[eé]tarien|vegetarisch)\b|素食|[(（]素[)）]",
    re.IGNORECASE,
)
_LEGEND = re.compile(
    r"^\W*[vν](?:g|e|eg)?\W*\s*[=:\-–]?\s*(?:vegetarian|vegan|v[eé]g[eé]tarien|vegetarisch)\w*\W*$", re.IGNORECASE
)
_HEADINGS = re.compile(
    r"^(?:starters?|appetizers?|mains?|main (?:courses?|dishes)|desserts?|drinks?|beverages?|sides?|salads?"
    r"|soups?|pasta|pizzas?|burgers?|sandwiches|breakfast|lunch|dinner|wines?|beers?|coffee|specials?|kids"
    r"|from the grill|seafood"
    r"|vorspeisen|hauptgerichte|suppen|salate|getr[aä]nke|nachspeisen|entr[eé]es?|plats?|boissons?|vins?"
    r"|凉菜|热菜|主菜|主食|汤类?|甜品|甜点|饮料|饮品|酒水|小吃|招牌菜|特色菜|冷菜|面食|海鲜|点心)$",
    re.IGNORECASE,
)  # fmt: skip
_LARGER = 1.12  # headings are set larger than dishes by at least this; boxes of equal letters differ by less


@dataclass(frozen=True)
class Dish:
    """One dish. `vegetarian` is True where it is marked, None where nothing is: a missing mark says nothing."""

    name: str
    price: Decimal
    vegetarian: bool | None = None
    description: str | None = None


@dataclass(frozen=True)
class Section:
    """Dishes under one heading; `name` is None for those above the first."""

    name: str | None
    dishes: tuple[Dish, ...]


@dataclass(frozen=True)
class Menu:
    """What a menu says; `currency` is the ISO 4217 code, None where nothing says. `flags`: what was uncertain."""

    title: str | None
    currency: str | None
    sections: tuple[Section, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The menu as JSON holds it."""
        sections = [
            {"name": section.name, "items": [_dish_dict(dish) for dish in section.dishes]} for section in self.sections
        ]
        record = {"kind": "menu", "title": self.title, "currency": self.currency}
        return {**record, "sections": sections, "flags": list(self.flags)}


@dataclass(frozen=True)
class _Entry:
    text: str
    name: str
    price: Decimal | None
    height: float


def read_menu(text: ScreenText) -> Menu:
    """Read a menu from its lines."""
    entries = [_entry(row) for row in text.rows]
    currency, doubt = currency_of([entry.text for entry in entries])
    dish_height = _typical([entry.height for entry in entries if entry.price is not None])
    first = next((at for at, entry in enumerate(entries) if entry.price is not None), len(entries))
    title_at = _title_at(entries[:first], dish_height)
    sections: list[Section] = []
    open_section = Section(None, ())
    for at, entry in enumerate(entries):
        if at == title_at or _LEGEND.match(entry.text) or not _LETTERS.search(entry.name):
            continue
        if entry.price is not None:
            open_section = replace(open_section, dishes=(*open_section.dishes, _dish(entry, entry.price)))
        elif _is_heading(entry, dish_height, entries[at + 1 : at + 2]):
            sections.append(open_section)
            open_section = Section(entry.name, ())
        elif open_section.dishes:
            open_section = replace(open_section, dishes=_described(open_section.dishes, entry, dish_height))
    filled = tuple(section for section in (*sections, open_section) if section.dishes)
    flags = [doubt] if doubt else []
    if not filled:
        flags.append("no dishes with prices were found")
    elif currency is None:
        flags.append("no currency is printed")
    return Menu(None if title_at is None else entries[title_at].text, currency, filled, tuple(flags))


def _entry(row: Row) -> _Entry:
    """A row with the price at its end, if one is there: money, or a bare number that stands apart at the right."""
    whole = "  ".join(cell.text for cell in row.cells)
    amounts = amounts_in(whole)
    price, name = None, whole
    if amounts and not whole[amounts[-1].end :].strip(" .·…*-") and _is_price(row, amounts[-1]):
        price, name = abs(amounts[-1].value), whole[: amounts[-1].start]
    height = float(max(cell.box[3] - cell.box[1] for cell in row.cells[:1]))
    return _Entry(whole, name.strip(" .·…_|:-–\t"), price, height)


def _is_price(row: Row, amount: Amount) -> bool:
    return amount.is_money or (len(row.cells) > 1 and not _LETTERS.search(row.cells[-1].text))


def _title_at(head: Sequence[_Entry], dish_height: float) -> int | None:
    """The largest row above the first dish, if it is clearly larger than a dish and no heading stands there alone."""
    words = [at for at, entry in enumerate(head) if len(_LETTERS.findall(entry.text)) >= 2]
    if not words:
        return None
    tallest = max(words, key=lambda at: head[at].height)
    alone = len(words) == 1 and (_HEADINGS.match(head[tallest].text) or head[tallest].height < 1.3 * dish_height)
    return None if alone or head[tallest].height < _LARGER * dish_height else tallest


def _is_heading(entry: _Entry, dish_height: float, below: Sequence[_Entry]) -> bool:
    """Whether a row without a price is a section's name: a usual one, or larger letters with dishes right below."""
    if _HEADINGS.match(entry.name) or (entry.name.isupper() and len(entry.name) > 3 and below and below[0].price):
        return True
    return entry.height >= _LARGER * dish_height and bool(below)


def _dish(entry: _Entry, price: Decimal) -> Dish:
    marked = _MARK.search(entry.name) or _VEGAN.search(entry.name)
    name = entry.name
    if marked and not re.match(r"[^\W\d_]{5,}", marked[0]):  # a mark is taken off, the word "vegetarian" is the name's
        name = name.replace(marked[0], " ")
    return Dish(" ".join(name.split()).strip(" .·…_|:-–"), price, True if marked else None)


def _described(dishes: tuple[Dish, ...], entry: _Entry, dish_height: float) -> tuple[Dish, ...]:
    """The dishes, the last of them with one more line about it, unless that is as large as a dish's own name."""
    if entry.height > 1.05 * dish_height:
        return dishes
    last = dishes[-1]
    described = " ".join(part for part in (last.description, entry.text) if part)
    vegetarian = True if last.vegetarian or _MARK.search(entry.text) or _VEGAN.search(entry.text) else None
    return (*dishes[:-1], replace(last, description=described, vegetarian=vegetarian))


def _typical(heights: Sequence[float]) -> float:
    return sorted(heights)[len(heights) // 2] if heights else 0.0


def _dish_dict(dish: Dish) -> dict[str, Any]:
    record = {"name": dish.name, "price": str(dish.price), "vegetarian": dish.vegetarian}
    return {**record, "description": dish.description}
