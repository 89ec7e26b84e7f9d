"""OpenStreetMap's places as GeoJSON or Overpass JSON."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pocketvlm.apps.places.storage.readers.json_stream import json_objects
from pocketvlm.apps.places.storage.readers.reading import Reading, Rejected, Terms
from pocketvlm.apps.places.storage.readers.tags import place_from_tags

_LETTERS = {"n": "node", "w": "way", "r": "relation"}
_ID = re.compile(r"(?:^|/)(node|way|relation)/(\d{1,19})$")
_UNIQUE_ID = re.compile(r"^([nwra])(\d{1,19})$")  # as `osmium export --add-unique-id=type_id` writes it


def read_osm_json(path: Path, terms: Terms) -> Reading:
    """Places of a GeoJSON file (overpass-turbo, osmium export, osmtogeojson) or of an Overpass answer.

    Raises:
        ValueError: the file is damaged or holds neither features nor elements.
    """
    for number, item in enumerate(json_objects(path), 1):
        properties = item.get("properties")
        tags = _map(item.get("tags")) or _map(_map(properties).get("tags")) or _map(properties)
        source_id = _source_id(item, _map(properties))
        if "too_large" in item:
            yield Rejected(source_id or f"object {number}", "too large", "it holds more than a place can")
            continue
        yield place_from_tags(tags, source_id, _position(item), terms)


def _map(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _source_id(item: dict[str, Any], properties: dict[str, Any]) -> str | None:
    if item.get("type") in _LETTERS.values() and isinstance(item.get("id"), int):  # Overpass
        return f"{item['type']}/{item['id']}"
    if properties.get("type") in _LETTERS.values() and isinstance(properties.get("id"), int):  # osmtogeojson
        return f"{properties['type']}/{properties['id']}"
    for value in (item.get("id"), properties.get("@id"), properties.get("id")):
        if not isinstance(value, str | int) or isinstance(value, bool):
            continue
        text = str(value)
        if found := _ID.search(text):
            return f"{found[1]}/{found[2]}"
        if found := _UNIQUE_ID.match(text):
            return _of_unique_id(found[1], int(found[2]))
        if text.strip():
            return text.strip()[:200]
    return None


def _of_unique_id(letter: str, number: int) -> str:
    if letter == "a":  # an area: osmium doubles the id and adds one for those of relations
        return f"{'relation' if number % 2 else 'way'}/{number // 2}"
    return f"{_LETTERS[letter]}/{number}"


def _position(item: dict[str, Any]) -> tuple[float, float] | None:
    """Latitude and longitude: the point itself, the given centre, or the middle of the shape's box."""
    center, bounds = _map(item.get("center")), _map(item.get("bounds"))
    geometry = _map(item.get("geometry"))
    box = geometry.get("box") or _map(geometry.get("coordinates")).get("box")
    for given in (item, center):
        if _number(given.get("lat")) and _number(given.get("lon")):
            return float(given["lat"]), float(given["lon"])
    if box is None and all(_number(bounds.get(side)) for side in ("minlat", "minlon", "maxlat", "maxlon")):
        box = bounds["minlat"], bounds["minlon"], bounds["maxlat"], bounds["maxlon"]
    return None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
