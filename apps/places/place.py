"""What is known of one place. What a source does not say is None or empty here, and is said as unknown later."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_NAME = 300  # characters; OpenStreetMap allows 255
LONGEST_TEXT = 4000  # characters of any other field
MOST_NAMES = 64
MOST_DISHES = 1000


class PlaceError(ValueError):
    """A record that is no place. `kind` is what is wrong in general, so that a million of them can be counted."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Address:
    """Where a place stands, in the parts that people write. `country` is the ISO 3166 code of two letters if known."""

    street: str | None = None
    housenumber: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class MenuItem:
    """One dish. `vegetarian` is None where the menu does not say; `currency` is the ISO 4217 code, such as EUR."""

    name: str
    price: Decimal | None = None
    currency: str | None = None
    vegetarian: bool | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        _check_text("menu item's name", self.name, LONGEST_NAME)
        if self.price is not None and not (self.price.is_finite() and 0 <= self.price < 10**9):
            raise PlaceError("price out of range", f"{self.price} for {self.name!r}; it must be 0 or more, below 10^9")


@dataclass(frozen=True)
class Place:
    """One place of the store.

    id: unique in a store: the source and the source's own id, such as `osm:node/123`.
    name: the name on the door, as the source writes it. names: other names (brand, translations, short and old ones).
    category: one plain word or more with underscores, as OpenStreetMap has it: restaurant, cafe, fast_food, bakery.
    cuisine: words such as italian, noodle. lat, lon: degrees, WGS 84.
    opening_hours: in OpenStreetMap's grammar, unchecked. time_zone: IANA name, such as Europe/Lisbon.
    rating: 0 to 5. rating_count: how many people rated. price_level: 1 cheap to 4 dear.
    reservation: yes, no, required, recommended; or a web address or phone number to book with, unchecked.
    features: what else a source says, by OpenStreetMap's keys: ("wheelchair", "yes"), ("diet:vegetarian", "only").
    source, licence, attribution: whose data this is, under which terms, and the words of thanks these ask for.
    source_id: the id within the source.

    Raises:
        PlaceError: a name is empty or too long, or a number is out of its range; the message gives it.
    """

    id: str
    name: str
    lat: float
    lon: float
    source: str
    licence: str
    attribution: str
    source_id: str
    names: tuple[str, ...] = ()
    category: str | None = None
    cuisine: tuple[str, ...] = ()
    address: Address = Address()
    phone: str | None = None
    website: str | None = None
    opening_hours: str | None = None
    time_zone: str | None = None
    rating: float | None = None
    rating_count: int | None = None
    price_level: int | None = None
    menu: tuple[MenuItem, ...] = ()
    reservation: str | None = None
    features: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _check_text("id", self.id, LONGEST_NAME)
        _check_text("name", self.name, LONGEST_NAME)
        _check_range("latitude", self.lat, -90, 90)
        _check_range("longitude", self.lon, -180, 180)
        _check_range("rating", self.rating, 0, 5)
        _check_range("number of ratings", self.rating_count, 0, 10**9)
        _check_range("price level", self.price_level, 1, 4)
        for name in self.names:
            _check_text("other name", name, LONGEST_NAME)
        texts = {"phone": self.phone, "website": self.website, "opening hours": self.opening_hours}
        for what, text in texts.items():
            if text is not None:
                _check_text(what, text, LONGEST_TEXT)
        _check_count("other names", len(self.names), MOST_NAMES)
        _check_count("menu items", len(self.menu), MOST_DISHES)

    def to_dict(self) -> dict[str, Any]:
        """The place as JSON holds it: unknown and empty fields left out, prices as text so that no cent is lost."""
        record: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "address":
                value = _known(value)
            elif field.name == "menu":
                value = [_dish_to_dict(item) for item in value]
            elif isinstance(value, tuple):
                value = [list(part) if isinstance(part, tuple) else part for part in value]
            if value is not None and value not in ([], {}):
                record[field.name] = value
        return record

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Place:
        """The inverse of `to_dict`.

        Raises:
            ValueError: a field is missing, has a wrong kind or a value out of range.
        """
        try:
            return cls(
                **{
                    **record,
                    "names": tuple(record.get("names", ())),
                    "cuisine": tuple(record.get("cuisine", ())),
                    "address": Address(**record.get("address", {})),
                    "menu": tuple(_dish_from_dict(item) for item in record.get("menu", ())),
                    "features": tuple((key, value) for key, value in record.get("features", ())),
                }
            )
        except (TypeError, AttributeError, InvalidOperation) as error:
            raise ValueError(f"this is no record of a place: {error}") from error


def _known(value: Address | MenuItem) -> dict[str, Any]:
    pairs = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: part for name, part in pairs.items() if part is not None}


def _dish_to_dict(item: MenuItem) -> dict[str, Any]:
    record = _known(item)
    return {**record, "price": str(record["price"])} if "price" in record else record


def _dish_from_dict(record: dict[str, Any]) -> MenuItem:
    price = record.get("price")
    return MenuItem(**{**record, "price": None if price is None else Decimal(str(price))})


def _check_text(what: str, text: str, longest: int) -> None:
    if not isinstance(text, str) or not text.strip():
        raise PlaceError(f"no {what}", "a place needs one")
    if len(text) > longest:
        raise PlaceError(f"{what} too long", f"{len(text)} characters, at most {longest} are kept: {text[:40]!r}...")


def _check_range(what: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise PlaceError(f"{what} out of range", f"it is {value} and must lie from {low} to {high}")


def _check_count(what: str, count: int, most: int) -> None:
    if count > most:
        raise PlaceError(f"too many {what}", f"{count}, at most {most} are kept")
