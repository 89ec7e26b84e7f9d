"""A made-up town: places to eat and shops along its streets, many of them named alike on purpose.

It lies in the middle of the Atlantic, so that nothing in it can be taken for a real place. Three kinds of likeness are
what makes a look-up hard: chains (one name, many branches), variants (names a letter or a word apart) and neighbours
(names alike, next door).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pocketvlm.datasets.rendered.places import names

Kin: TypeAlias = Literal["plain", "chain", "variant", "neighbour"]
KINS: tuple[Kin, ...] = ("plain", "chain", "variant", "neighbour")

CENTRE = (40.6, -28.5)  # degrees; open sea
CITY = "Port Azure"
SIZE_M = 3000.0  # of a side of the town
METRES_PER_DEGREE = 111_320.0  # of latitude
_STREETS = 64
_CHAINS, _BRANCHES = 12, (6, 14)
_SHARES = {"variant": 0.16, "neighbour": 0.06}  # of all places


@dataclass(frozen=True)
class Spot:
    """One place of the town.

    Attributes:
        english: the name in English where `name` is Chinese, or None.
        kin: what other names this one is like.
    """

    number: int
    name: str
    english: str | None
    category: str
    cuisine: str | None
    street: str
    housenumber: str
    lat: float
    lon: float
    phone: str
    website: str | None
    kin: Kin

    def to_feature(self) -> dict[str, Any]:
        """The place as OpenStreetMap's GeoJSON exports have it."""
        tags = {
            "name": self.name,
            "name:en": self.english,
            "amenity" if self.category in names.AMENITIES else "shop": self.category,
            "cuisine": self.cuisine,
            "addr:street": self.street,
            "addr:housenumber": self.housenumber,
            "addr:city": CITY,
            "phone": self.phone,
            "website": self.website,
        }
        point = {"type": "Point", "coordinates": [self.lon, self.lat]}
        known = {key: value for key, value in tags.items() if value is not None}
        return {"type": "Feature", "id": f"node/{self.number}", "geometry": point, "properties": known}


@dataclass(frozen=True)
class _Street:
    name: str
    start: tuple[float, float]  # metres east and north of the town's south-west corner
    along: tuple[float, float]  # a step of one metre


def make_town(seed: int, count: int = 2000) -> list[Spot]:
    """The places of a town, the same ones for the same seed; about a quarter of the names are like another's.

    Raises:
        ValueError: count is below 200; the chains alone are more than half of that.
    """
    if count < 200:
        raise ValueError(f"a town of {count} places is too small for its chains: use 200 or more")
    rng = random.Random(f"town {seed}")
    streets = _streets(rng)
    spots = list(_plain_and_chains(rng, streets, round(count * (1 - sum(_SHARES.values())))))
    originals = [spot for spot in spots if spot.kin == "plain"]
    taken = {spot.name for spot in spots}
    kin: Kin
    while len(spots) < count:
        kin = "neighbour" if rng.random() < _SHARES["neighbour"] / sum(_SHARES.values()) else "variant"
        model = rng.choice(originals)
        name = names.vary(model.name, rng)
        if name not in taken:
            taken.add(name)
            spots.append(_kindred(rng, streets, model, name, kin, len(spots)))
    return spots


def without(spots: Sequence[Spot], absent: Iterable[Spot]) -> list[Spot]:
    """The town without some places, for photos of places that no store knows."""
    gone = {spot.number for spot in absent}
    return [spot for spot in spots if spot.number not in gone]


def write_geojson(spots: Sequence[Spot], path: str | Path) -> Path:
    """Write places as one GeoJSON file."""
    collection = {"type": "FeatureCollection", "features": [spot.to_feature() for spot in spots]}
    Path(path).write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return Path(path)


def moved(lat: float, lon: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The point so many metres away, on a sphere; exact to a centimetre within a kilometre."""
    return lat + north_m / METRES_PER_DEGREE, lon + east_m / (METRES_PER_DEGREE * cos(radians(lat)))


def _streets(rng: random.Random) -> list[_Street]:
    made = []
    for name in rng.sample(names.STREETS, _STREETS):
        along = rng.choice(((1.0, 0.0), (0.0, 1.0)))
        made.append(_Street(name, (rng.uniform(0, SIZE_M / 2), rng.uniform(0, SIZE_M / 2)), along))
    return made


def _plain_and_chains(rng: random.Random, streets: list[_Street], count: int) -> Iterator[Spot]:
    drafts: list[tuple[names.Name, Kin]] = []
    taken: set[str] = set()
    while len(taken) < _CHAINS:
        if (name := names.draw(rng)).text not in taken:
            taken.add(name.text)
            drafts += [(name, "chain")] * rng.randint(*_BRANCHES)
    while len(drafts) < count:
        if (name := names.draw(rng)).text not in taken:
            taken.add(name.text)
            drafts.append((name, "plain"))
    for number, (name, kin) in enumerate(drafts):
        yield _settled(rng, streets, name, kin, number)


def _settled(rng: random.Random, streets: list[_Street], name: names.Name, kin: Kin, number: int) -> Spot:
    """A place somewhere along a street."""
    street, house = rng.choice(streets), rng.randint(1, 120)
    lat, lon = _point(street, house)
    website = f"www.{names.host(name.english or name.text)}.example" if rng.random() < 0.4 else None
    phone = _phone(rng)
    where = (street.name, str(house), lat, lon)
    return Spot(number, name.text, name.english, name.category, name.cuisine, *where, phone, website, kin)


def _kindred(rng: random.Random, streets: list[_Street], model: Spot, name: str, kin: Kin, number: int) -> Spot:
    """A place named like another: next door to it, or anywhere."""
    english = None if model.english is None else names.vary(model.english, rng)
    if kin == "variant":
        draft = names.Name(name, english, model.category, model.cuisine)
        return _settled(rng, streets, draft, kin, number)
    street = next(street for street in streets if street.name == model.street)
    house = int(model.housenumber) + rng.choice((1, 2, 3))
    lat, lon = _point(street, house)
    named = replace(model, number=number, name=name, english=english, kin=kin)
    return replace(named, housenumber=str(house), lat=lat, lon=lon, phone=_phone(rng), website=None)


def _point(street: _Street, house: int) -> tuple[float, float]:
    """Houses stand 12 metres apart, odd ones 14 metres across the street from even ones."""
    along, across = 12.0 * house, 14.0 * (house % 2)
    east = street.start[0] + along * street.along[0] + across * street.along[1] - SIZE_M / 2
    north = street.start[1] + along * street.along[1] + across * street.along[0] - SIZE_M / 2
    return moved(*CENTRE, east, north)


def _phone(rng: random.Random) -> str:
    return f"+999 {rng.randint(200, 989)} {rng.randint(100, 999)} {rng.randint(1000, 9999)}"  # +999 is given to nobody
