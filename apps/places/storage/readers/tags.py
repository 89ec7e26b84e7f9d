"""OpenStreetMap's tags, which GeoJSON, Overpass JSON and PBF share, to a place.

Source: wiki.openstreetmap.org, Map features, Key:addr, Key:contact, Key:opening_hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pocketvlm.apps.places.place import MOST_NAMES, Address, Place, PlaceError
from pocketvlm.apps.places.storage.readers.reading import OSM, Rejected, Skipped, Terms, made_id
from pocketvlm.apps.places.text import clean

# The keys that make an object a place, in the order in which its category is taken from them.
KINDS = ("amenity", "shop", "tourism", "leisure", "craft", "healthcare", "office", "historic")
_NAMES = ("brand", "alt_name", "short_name", "official_name", "old_name", "int_name", "loc_name", "operator")
_FEATURES = ("diet:", "payment:")
_FEATURE_KEYS = frozenset(
    "wheelchair internet_access outdoor_seating indoor_seating takeaway delivery drive_through smoking toilets "
    "air_conditioning highchair dog level email contact:email capacity organic microbrewery stars".split()
)
_GIVEN_BY = {
    "phone": ("phone", "contact:phone", "mobile", "contact:mobile"),
    "website": ("website", "contact:website", "url"),
    "opening_hours": ("opening_hours",),
    "reservation": ("reservation:website", "reservation:url", "reservation:phone", "reservation"),
    "housenumber": ("addr:housenumber",),
    "street": ("addr:street", "addr:place"),
    "postcode": ("addr:postcode",),
    "city": ("addr:city", "addr:suburb", "addr:town", "addr:village"),
    "country": ("addr:country",),
}


def place_from_tags(
    tags: Mapping[str, Any], source_id: str | None, position: tuple[float, float] | None, terms: Terms
) -> Place | Rejected | Skipped:
    """A place from an object's tags; skipped if it has no name or is no amenity, shop or the like.

    Args:
        source_id: such as `node/123`; None makes one from name and position.
        position: latitude and longitude in degrees; None if the file does not say.
    """
    kind = next((kind for key in KINDS if key in tags and (kind := _kind(tags, key))), None)
    name = clean(tags.get("name")) or clean(tags.get("brand"))
    if kind is None or name is None:
        return Skipped()
    where = source_id or name[:60]
    if position is None:
        return Rejected(where, "no position", "ask Overpass for `out center`, or export with geometries")
    told: dict[str, Any] = {field: _first(tags, keys) for field, keys in _GIVEN_BY.items()}
    address = Address(**{field: told.pop(field) for field in ("housenumber", "street", "postcode", "city", "country")})
    fields = terms.over(OSM)
    number = source_id or made_id(name, *position)
    try:
        return Place(
            id=f"{fields['source']}:{number}",
            source_id=number,
            name=name,
            names=_other_names(tags, name),
            category=kind,
            cuisine=_listed(tags.get("cuisine")),
            lat=position[0],
            lon=position[1],
            address=address,
            features=_features(tags),
            **told,
            **fields,
        )
    except PlaceError as error:
        return Rejected(where, error.kind, error.detail)


def _kind(tags: Mapping[str, Any], key: str) -> str | None:
    value = next(iter(_listed(tags[key])), None)
    return None if value == "no" else key if value == "yes" else value


def _first(tags: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if key in tags and (text := clean(tags[key]))), None)


def _listed(value: object) -> tuple[str, ...]:
    parts = (part.strip() for part in (clean(value) or "").split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _other_names(tags: Mapping[str, Any], name: str) -> tuple[str, ...]:
    names = [one for key in _NAMES if key in tags for one in _listed(tags[key])]
    names += [one for key in sorted(tags) if key.startswith("name:") for one in _listed(tags[key])]
    return tuple(one for one in dict.fromkeys(names) if one != name)[:MOST_NAMES]


def _features(tags: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    kept = (key for key in sorted(tags) if key in _FEATURE_KEYS or key.startswith(_FEATURES))
    return tuple((key, value) for key in kept if (value := clean(tags[key])))
