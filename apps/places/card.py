"""The card of a place: what one wants to know in front of its door. What the record does not say is said as unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pocketvlm.apps.places.actions import Action, actions_for
from pocketvlm.apps.places.distance import Way, way_to
from pocketvlm.apps.places.hours import Hours, Status
from pocketvlm.apps.places.place import Address, MenuItem, Place
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.time_words import moment_words

UNKNOWN = "unknown"
DISHES_SHOWN = 12
LABEL_WIDTH = 10
PRICE_LEVELS = ("inexpensive", "moderate", "expensive", "very expensive")


@dataclass(frozen=True)
class Card:
    """A place at one moment, seen from one position.

    at: on the place's own clock. holiday: None where no calendar of the country is at hand.
    way: None where nobody said from where. actions: offered, never performed.
    """

    place: Place
    at: datetime
    hours: Hours
    status: Status
    holiday: bool | None
    way: Way | None
    actions: tuple[Action, ...]

    def text(self) -> str:
        """The card as a terminal shows it, one fact a line, with nothing in it that could steer the terminal."""
        place = self.place
        kind = [place.category.replace("_", " ")] if place.category else []
        rows = [
            ("Status", open_line(self)),
            ("Hours", self.hours.raw or UNKNOWN),
            ("Rating", rating_line(place)),
            ("Price", price_line(place)),
            ("Cuisine", ", ".join(place.cuisine).replace("_", " ") or UNKNOWN),
            ("Address", address_line(place.address) or UNKNOWN),
            ("Phone", place.phone or UNKNOWN),
            ("Website", place.website or UNKNOWN),
            ("Booking", place.reservation or UNKNOWN),
            ("Distance", f"{self.way.text} (straight line)" if self.way else UNKNOWN),
            *_menu_rows(place.menu),
            *(("Offer", f"{action.label}: {action.link}") for action in self.actions),
            ("Source", f"{place.source}, {place.licence}. {place.attribution}"),
        ]
        title = plain(" · ".join([place.name, *kind]))
        return "\n".join([title, *(f"  {label:<{LABEL_WIDTH}}{plain(value, 600)}" for label, value in rows)])

    def to_dict(self) -> dict[str, Any]:
        """The card for JSON. Unknown facts are null, so that a reader sees that they were looked for."""
        place, status = self.place, self.status
        return {
            "id": place.id,
            "name": plain(place.name),
            "category": place.category,
            "cuisine": list(place.cuisine),
            "at": self.at.isoformat(),
            "open": {"open": True, "closed": False, "unknown": None}[status.state],
            "next_change": status.until.isoformat() if status.until else None,
            "next_state": status.then,
            "hours_note": status.comment or None,
            "opening_hours": self.hours.raw,
            "opening_hours_readable": self.hours.readable,
            "public_holiday": self.holiday,
            "rating": place.rating,
            "rating_count": place.rating_count,
            "price_level": place.price_level,
            "address": address_line(place.address),
            "phone": _plain_or_none(place.phone),
            "website": _plain_or_none(place.website),
            "reservation": _plain_or_none(place.reservation),
            "distance_m": round(self.way.metres) if self.way else None,
            "bearing_deg": round(self.way.bearing) if self.way else None,
            "menu": [_dish_dict(item) for item in place.menu],
            "actions": [{"kind": offer.kind, "label": offer.label, "link": offer.link} for offer in self.actions],
            "source": {"name": place.source, "licence": place.licence, "attribution": place.attribution},
        }


def card_of(place: Place, at: datetime | None = None, near: tuple[float, float] | None = None) -> Card:
    """The card of a place.

    Args:
        at: the moment asked for; without a time zone it is read on the place's clock; None is now.
        near: where one stands, (latitude, longitude) in degrees; None leaves the distance unknown.
    Raises:
        ValueError: `near` is no position, or the year of `at` is outside the calendar.
    """
    hours = Hours.of(place)
    moment = datetime.now(hours.zone) if at is None else hours.local(at)
    way = None if near is None else way_to(near, (place.lat, place.lon))
    holiday = hours.is_holiday(moment.date())
    return Card(place, moment, hours, hours.status(moment), holiday, way, actions_for(place))


def open_line(card: Card) -> str:
    """The state at the card's moment and the next change."""
    status, hours = card.status, card.hours
    if hours.raw is None:
        return f"{UNKNOWN} (the record gives no hours)"
    if not hours.readable:
        return f"{UNKNOWN} (the record's hours cannot be read)"
    change = f" until {moment_words(status.until, card.at.date())}" if status.until else ""
    remarks = [f'"{status.comment}"'] if status.comment else []
    if not status.until and not hours.open_ended and status.state != "unknown":
        remarks.append("no change within a year")
    if card.holiday:
        remarks.append("a public holiday" + ("" if hours.says_holidays else ", for which no hours are given"))
    return f"{status.state}{change}" + (f" ({'; '.join(remarks)})" if remarks else "")


def rating_line(place: Place) -> str:
    """The rating out of five with how many rated."""
    if place.rating is None:
        return UNKNOWN
    count = "number of ratings unknown" if place.rating_count is None else f"{place.rating_count} ratings"
    return f"{place.rating:g} of 5 ({count})"


def price_line(place: Place) -> str:
    """The price level in words and as a number of four."""
    level = place.price_level
    return UNKNOWN if level is None else f"{PRICE_LEVELS[level - 1]} (level {level} of 4)"


def address_line(address: Address) -> str | None:
    """Street and number, postcode and city, country: what is known of them; None where nothing is."""
    street = " ".join(part for part in (address.street, address.housenumber) if part)
    town = " ".join(part for part in (address.postcode, address.city) if part)
    known = [part for part in (street, town, address.country) if part]
    return plain(", ".join(known)) if known else None


def price_words(price: Decimal | None, currency: str | None) -> str:
    """A price with its currency; a currency that the menu does not name is left out."""
    return "price unknown" if price is None else f"{price} {plain(currency)}" if currency else f"{price}"


def dish_words(item: MenuItem) -> str:
    """A dish with its price."""
    return f"{plain(item.name)}: {price_words(item.price, item.currency)}"


def _menu_rows(menu: tuple[MenuItem, ...]) -> list[tuple[str, str]]:
    if not menu:
        return [("Menu", UNKNOWN)]
    rows = [("" if number else "Menu", _dish_row(item)) for number, item in enumerate(menu[:DISHES_SHOWN])]
    return [*rows, ("", f"and {len(menu) - DISHES_SHOWN} more")] if len(menu) > DISHES_SHOWN else rows


def _dish_row(item: MenuItem) -> str:
    return f"{dish_words(item)}{' (vegetarian)' if item.vegetarian else ''}"


def _dish_dict(item: MenuItem) -> dict[str, Any]:
    return {
        "name": plain(item.name),
        "price": None if item.price is None else str(item.price),
        "currency": item.currency,
        "vegetarian": item.vegetarian,
        "description": _plain_or_none(item.description),
    }


def _plain_or_none(text: str | None) -> str | None:
    return None if text is None else plain(text)
