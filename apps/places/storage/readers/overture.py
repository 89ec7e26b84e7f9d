"""A row of Overture places to a place.

Source: docs.overturemaps.org/schema/reference/places/place, releases of 2025 and 2026: the older column `categories`
and the newer `basic_category` and `taxonomy` are both read.
"""

from __future__ import annotations

import struct
from typing import Any

from pocketvlm.apps.places.place import MOST_NAMES, Address, Place, PlaceError
from pocketvlm.apps.places.storage.readers.reading import CLOSED, OVERTURE, Rejected, Skipped, Terms
from pocketvlm.apps.places.text import clean

OVERTURE_COLUMNS = frozenset(
    "id geometry bbox sources names categories basic_category taxonomy websites phones emails brand addresses "
    "operating_status".split()
)
_POINT = 1  # well-known binary's type of geometry
_CUISINE = "_restaurant"  # the taxonomy's leaves: italian_restaurant, sushi_restaurant


def overture_place(row: dict[str, Any], terms: Terms) -> Place | Rejected | Skipped:
    """A place of one row as pyarrow gives it: structs are dicts, lists are lists, maps are lists of pairs."""
    source_id, names = clean(row.get("id")), row.get("names") or {}
    name = clean(names.get("primary"))
    where = source_id or "a row without id"
    if name is None:
        return Skipped()
    if source_id is None:
        return Rejected(where, "no id", name[:60])
    if row.get("operating_status") == "permanently_closed":
        return Rejected(where, CLOSED, name[:60])
    try:
        lat, lon = _position(row)
        fields = terms.over(_terms(row.get("sources") or []))
        return Place(
            id=f"{fields['source']}:{source_id}",
            source_id=source_id,
            name=name,
            names=_other_names(names, (row.get("brand") or {}).get("names") or {}, name),
            category=_category(row),
            cuisine=_cuisine(row),
            lat=lat,
            lon=lon,
            address=_address(row.get("addresses") or []),
            phone=_joined(row.get("phones")),
            website=clean(next(iter(row.get("websites") or []), None)),
            opening_hours='off "temporarily closed"' if row.get("operating_status") == "temporarily_closed" else None,
            **fields,
        )
    except PlaceError as error:
        return Rejected(where, error.kind, error.detail)


def _position(row: dict[str, Any]) -> tuple[float, float]:
    """Latitude and longitude of a point in well-known binary or as Arrow's own coordinates."""
    point = row.get("geometry")
    if isinstance(point, bytes) and len(point) >= 21:
        order = "<" if point[0] == 1 else ">"
        kind, lon, lat = struct.unpack_from(f"{order}Idd", point, 1)
        if kind & 0xFF == _POINT:
            return lat, lon
    elif isinstance(point, dict) and {"x", "y"} <= point.keys():
        return point["y"], point["x"]
    raise PlaceError("no position", "its geometry is no point")


def _other_names(names: dict[str, Any], brand: dict[str, Any], name: str) -> tuple[str, ...]:
    found = [brand.get("primary")]
    found += [text for _, text in _pairs(names.get("common"))]
    found += [rule.get("value") for rule in names.get("rules") or []]
    found += [text for _, text in _pairs(brand.get("common"))]
    texts = dict.fromkeys(text for value in found if (text := clean(value)))
    return tuple(text for text in texts if text != name)[:MOST_NAMES]


def _pairs(common: Any) -> list[tuple[str, Any]]:
    """A map of languages to names; pyarrow gives a list of pairs, and a struct where the writer used one."""
    return list(common.items()) if isinstance(common, dict) else list(common or [])


def _leaves(row: dict[str, Any]) -> list[str]:
    """The most special categories, the primary one first, from the newer columns or else the older one."""
    for column, others in (("taxonomy", "alternates"), ("categories", "alternate")):
        told = row.get(column) or {}
        if told.get("primary"):
            return [told["primary"], *(told.get(others) or [])]
    return []


def _category(row: dict[str, Any]) -> str | None:
    leaf = next(iter(_leaves(row)), None)
    if leaf and leaf.endswith(_CUISINE):
        return "restaurant"
    return clean(row.get("basic_category")) or clean(leaf)


def _cuisine(row: dict[str, Any]) -> tuple[str, ...]:
    kinds = [clean(leaf.removesuffix(_CUISINE)) for leaf in _leaves(row) if leaf.endswith(_CUISINE)]
    return tuple(dict.fromkeys(kind for kind in kinds if kind))


def _address(addresses: list[dict[str, Any]]) -> Address:
    first = addresses[0] if addresses else {}
    return Address(
        street=clean(first.get("freeform")),
        postcode=clean(first.get("postcode")),
        city=clean(first.get("locality")),
        country=clean(first.get("country")),
    )


def _joined(values: list[Any] | None) -> str | None:
    return "; ".join(text for value in values or [] if (text := clean(value))) or None


def _terms(sources: list[dict[str, Any]]) -> Terms:
    """Overture's terms, with the licence that the row states for itself and the data sets that it is made of."""
    licence = next((clean(one.get("license")) for one in sources if not one.get("property")), None)
    sets = sorted({text for one in sources if (text := clean(one.get("dataset"))) and text.lower() != "overture"})
    thanks = OVERTURE.attribution if not sets else f"{OVERTURE.attribution}: {', '.join(sets)}"
    return Terms(OVERTURE.source, licence or OVERTURE.licence, thanks)
