"""Places from a table with named columns, comma, semicolon or tab between them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

from pocketvlm.apps.places.place import Address, MenuItem, Place, PlaceError
from pocketvlm.apps.places.storage.readers.reading import Reading, Rejected, Terms, made_id
from pocketvlm.apps.places.text import clean

REQUIRED = ("name", "lat", "lon")
COLUMNS = (
    *REQUIRED,
    *"id names category cuisine street housenumber postcode city country phone website opening_hours".split(),
    *"time_zone rating rating_count price_level menu reservation features source licence attribution".split(),
)
_OTHER_WORDS = {"latitude": "lat", "longitude": "lon", "lng": "lon", "license": "licence", "telephone": "phone"}
_LONGEST_LINE = 1 << 20  # characters; a longer one is rejected without being kept
_NUMBERS = {"lat": float, "lon": float, "rating": float, "rating_count": int, "price_level": int}


def read_csv(path: Path, terms: Terms) -> Reading:
    """Places of a CSV file in UTF-8. `names` and `cuisine` are separated by semicolons; `menu` is a JSON list of
    {"name", "price", "currency", "vegetarian", "description"}, `features` a JSON object of texts.

    Raises:
        ValueError: a needed column is missing, or the file is no text.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        lines = _Lines(stream)
        head = next(lines, "")
        between = max(",;\t", key=head.count)
        columns = [_OTHER_WORDS.get(word, word) for word in _header(head, between)]
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise ValueError(
                f"{path} has no column {', '.join(missing)}: the first line names the columns, of which"
                f" {', '.join(REQUIRED)} are needed and these are read: {', '.join(COLUMNS[3:])}"
            )
        rows = csv.reader(lines, delimiter=between)
        while True:
            where = f"line {lines.number + 1}"
            try:
                cells = next(rows)
            except StopIteration:
                return
            except (csv.Error, _TooLongError) as error:
                yield Rejected(where, "no row", str(error))
                continue
            if cells:
                yield _place(dict(zip(columns, cells, strict=False)), where, path, terms)


def _header(line: str, between: str) -> list[str]:
    try:
        return [word.strip().lower() for word in next(csv.reader([line], delimiter=between), [])]
    except csv.Error:
        return []


class _TooLongError(Exception):
    pass


class _Lines(Iterator[str]):
    """The lines of a file, of which a huge one never is in memory as a whole. `number` counts them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.number = 0

    def __next__(self) -> str:
        line = self._stream.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) < _LONGEST_LINE or line.endswith("\n"):
            return line
        while (rest := self._stream.readline(_LONGEST_LINE)) and not rest.endswith("\n"):
            pass
        raise _TooLongError(f"the line is longer than {_LONGEST_LINE} characters")


def _place(cells: dict[str, str], where: str, path: Path, terms: Terms) -> Place | Rejected:
    try:
        if any("\udc80" <= sign <= "\udcff" for cell in cells.values() for sign in cell):
            raise PlaceError("not UTF-8", "save the file as UTF-8")
        told: dict[str, Any] = {name: text for name in COLUMNS if (text := clean(cells.get(name)))}
        for name, kind in _NUMBERS.items():
            if name in told:
                told[name] = _number(name, told[name], kind)
        for name in REQUIRED:
            if name not in told:
                raise PlaceError(f"no {name}", "the cell is empty")
        for name in ("names", "cuisine"):
            told[name] = tuple(part for text in told.get(name, "").split(";") if (part := text.strip()))
        told["menu"] = _menu(cells.get("menu") or "[]")
        told["features"] = _features(cells.get("features") or "{}")
        address = {name: told.pop(name, None) for name in ("street", "housenumber", "postcode", "city", "country")}
        usual = Terms(told.pop("source", path.stem), told.pop("licence", None), told.pop("attribution", None))
        fields = terms.over(usual)
        number = told.pop("id", None) or made_id(told["name"], told["lat"], told["lon"])
        return Place(id=f"{fields['source']}:{number}", source_id=number, address=Address(**address), **told, **fields)
    except PlaceError as error:
        return Rejected(where, error.kind, error.detail)


def _number(name: str, text: str, kind: type[float] | type[int]) -> float:
    try:
        return kind(text)
    except ValueError:
        raise PlaceError(f"{name} is no number", repr(text[:40])) from None


def _menu(cell: str) -> tuple[MenuItem, ...]:
    try:
        return tuple(_dish(item) for item in json.loads(cell))
    except (ValueError, TypeError, AttributeError, RecursionError, InvalidOperation) as error:
        if isinstance(error, PlaceError):
            raise
        raise PlaceError("menu is no list of dishes", repr(cell[:60])) from None


def _dish(item: dict[str, Any]) -> MenuItem:
    price, vegetarian = item.get("price"), item.get("vegetarian")
    return MenuItem(
        name=clean(item.get("name")) or "",
        price=None if price in (None, "") else Decimal(str(price)),
        currency=clean(item.get("currency")),
        vegetarian=vegetarian if isinstance(vegetarian, bool) else None,
        description=clean(item.get("description")),
    )


def _features(cell: str) -> tuple[tuple[str, str], ...]:
    try:
        pairs = [(clean(key), clean(value)) for key, value in json.loads(cell).items()]
    except (ValueError, AttributeError, RecursionError):
        raise PlaceError("features is no object of texts", repr(cell[:60])) from None
    return tuple((key, value) for key, value in pairs if key and value)
