"""The objects of a large JSON file, one by one: whatever the file's size, only one object is in memory, and no shape.

Reads a GeoJSON collection, a sequence of GeoJSON features (a line each, with or without record separators) and
Overpass JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import ijson

LISTS = ("features", "elements")  # of GeoJSON and Overpass JSON
SHAPES = ("coordinates", "geometry")  # of GeoJSON and Overpass JSON: lists of positions, kept as their box alone
MOST_VALUES = 20_000  # of one object; a place has fewer than 100
DEEPEST = 16
BLOCK = 1 << 18  # bytes; the parser begins a text again with every block, so a huge one wants large blocks

Event = tuple[str, Any]


class _Plain:
    """A byte stream in which the record separators of RFC 8142 are spaces."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).replace(b"\x1e", b" ")


def json_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file's list of features or elements, or the features that follow each other.

    A list of positions becomes {"box": (south, west, north, east)}. Values beyond `MOST_VALUES` or `DEEPEST` are left
    out, and the object then has the key "too_large".

    Raises:
        ValueError: the file is no JSON, ends early, or holds neither features nor elements.
    """
    found = False
    with path.open("rb") as stream:
        events = iter(ijson.basic_parse(_Plain(stream), buf_size=BLOCK, use_float=True, multiple_values=True))
        try:
            for event, _ in events:
                for item in _top(events) if event == "start_map" else ():
                    found = True
                    yield item
            found = found or _has_list(path)
        except (ijson.JSONError, ValueError, OverflowError) as error:  # a ValueError is a number of 5000 digits
            said = " ".join(str(error).split())[:120]
            raise ValueError(f"{path} is damaged or no JSON ({said}): nothing of it is imported") from error
    if not found:
        raise ValueError(f"{path} is JSON, but holds no `features` (GeoJSON) and no `elements` (Overpass)")


def _has_list(path: Path) -> bool:
    """Whether an empty list of features or elements is there: a file with no places, and no wrong one."""
    with path.open("rb") as stream:
        events = ijson.parse(_Plain(stream), use_float=True, multiple_values=True)
        return any(event == "start_array" and prefix in LISTS for prefix, event, _ in events)


def _top(events: Iterator[Event]) -> Iterator[dict[str, Any]]:
    """The items of the lists of a top object, or the object itself if it is a feature."""
    item = _Item()
    fields: dict[str, Any] = {}
    for event, value in events:
        if event == "end_map":
            break
        first = next(events)
        if value in LISTS and first[0] == "start_array":
            for opened, _ in events:
                if opened == "end_array":
                    break
                if opened == "start_map":
                    inner = _Item()
                    yield inner.finished(inner.map(events, 1))
                elif opened == "start_array":
                    _box(events)  # a list is no feature; it is read over
        else:
            fields[value] = item.value(value, first, events, 1)
    if fields.get("type") == "Feature":
        yield item.finished(fields)


class _Item:
    """Builds one object, and counts what it holds."""

    def __init__(self) -> None:
        self._left = MOST_VALUES
        self._too_large = False

    def finished(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "too_large": True} if self._too_large else fields

    def map(self, events: Iterator[Event], depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for event, key in events:
            if event == "end_map":
                break
            value = self.value(key, next(events), events, depth + 1)
            if self._room(depth):
                fields[key] = value
        return fields

    def value(self, key: str, first: Event, events: Iterator[Event], depth: int) -> Any:
        event, value = first
        if event == "start_array":
            if key in SHAPES or not self._room(depth):
                return {"box": _box(events)}
            return self._list(events, depth)
        if event == "start_map":
            if not self._room(depth):
                _box(events)
                return None
            return self.map(events, depth)
        return value

    def _list(self, events: Iterator[Event], depth: int) -> list[Any]:
        values = []
        for event, value in events:
            if event == "end_array":
                break
            built = self.value("", (event, value), events, depth + 1)
            if self._room(depth):
                values.append(built)
        return values

    def _room(self, depth: int) -> bool:
        self._left -= 1
        self._too_large |= self._left < 0 or depth >= DEEPEST
        return self._left >= 0 and depth < DEEPEST


def _box(events: Iterator[Event]) -> tuple[float, float, float, float] | None:
    """Read over a list or map that was just opened; the box of the positions in it, south, west, north, east.

    A position is a list [longitude, latitude, ...], as in GeoJSON, or a map with lat and lon, as in Overpass JSON.
    """
    depth, index, key = 1, 0, ""
    lats, lons = (float("inf"), float("-inf")), (float("inf"), float("-inf"))
    for event, value in events:
        if event in ("start_array", "start_map"):
            depth, index, key = depth + 1, 0, ""
        elif event in ("end_array", "end_map"):
            depth -= 1
            if not depth:
                break
        elif event == "map_key":
            key = value
        elif event == "number":
            if key == "lat" or (not key and index == 1):
                lats = min(lats[0], value), max(lats[1], value)
            elif key == "lon" or (not key and index == 0):
                lons = min(lons[0], value), max(lons[1], value)
            index += 1
    known = lats[0] <= lats[1] and lons[0] <= lons[1]
    return (lats[0], lons[0], lats[1], lons[1]) if known else None
