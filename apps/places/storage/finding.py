"""Which rows of the store may be meant: the look-ups behind `PlaceStore.search`, each bounded in what it reads."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pocketvlm.apps.places.geo import Box, boxes_around, distance_m
from pocketvlm.apps.places.text import trigrams

MOST_NEAR = 300  # places around a position whose names are all compared; beyond them, the index of names chooses
MOST_AROUND = 3000  # places of any kind that are read around a position in search of fitting ones
MOST_NAMED = 300  # places that the index of names hands on to be compared letter by letter
MOST_READ = 25_000  # entries of that index read for one name: about 10 ms
FIRST_RING_M = 100.0
NARROWEST_M = 1.0  # between two rings


class Row(NamedTuple):
    """What is needed of a place to compare it; the record is read for those that are handed out."""

    place: int
    names_key: str
    kinds: str
    street_key: str | None
    lat: float
    lon: float


_COLUMNS = "places.place, names_key, kinds, street_key, lat, lon"


def rows_near(
    connection: sqlite3.Connection,
    near: tuple[float, float],
    within_m: float,
    most: int,
    fits: Callable[[Row], bool],
) -> list[Row]:
    """The nearest fitting rows: rings around the position grow until they hold `most`, or `MOST_AROUND` of any kind."""
    too_narrow, too_wide = 0.0, math.inf  # a ring that holds too few, and one that holds too many to be read
    ring_m = min(FIRST_RING_M, within_m)
    while True:
        inside, area = _inside(boxes_around(near, ring_m))
        around = _count(connection, inside, area)
        if around > MOST_AROUND and ring_m - too_narrow > NARROWEST_M:
            too_wide = ring_m
        else:
            query = f"SELECT {_COLUMNS} FROM places WHERE place IN ({inside} LIMIT {MOST_AROUND})"
            rows = [Row(*row) for row in connection.execute(query, area)]
            found = [row for row in rows if fits(row) and distance_m(near, (row.lat, row.lon)) <= ring_m]
            full = too_wide - ring_m < NARROWEST_M or (too_wide < math.inf and around > MOST_AROUND / 2)
            if len(found) >= most or ring_m >= within_m or full:
                return found
            too_narrow = ring_m
        ring_m = (too_narrow + too_wide) / 2 if too_wide < math.inf else min(2 * ring_m, within_m)


def _count(connection: sqlite3.Connection, inside: str, area: dict[str, float]) -> int:
    """How many places the boxes hold, counted up to one more than `MOST_AROUND`."""
    return int(connection.execute(f"SELECT count(*) FROM ({inside} LIMIT {MOST_AROUND + 1})", area).fetchone()[0])


def rows_named(connection: sqlite3.Connection, key: str, boxes: list[Box] | None) -> list[Row]:
    """The rows whose names share the most telling runs of three characters with a folded name, in the boxes if given.

    A run counts for more the fewer places have it (its weight is the logarithm of that share), so that `trattoria`
    does not hide the name after it.
    """
    parts, values = _telling_parts(connection, key)
    if not parts:
        return []
    inside, area = _inside(boxes or [])
    query = f"""
        SELECT {_COLUMNS} FROM (
            SELECT found, sum(weight) AS shared FROM ({" UNION ALL ".join(parts)})
            {f"WHERE found IN ({inside})" if inside else ""}
            GROUP BY found ORDER BY shared DESC, found LIMIT {MOST_NAMED})
        JOIN places ON places.place = found ORDER BY shared DESC, found"""
    return [Row(*row) for row in connection.execute(query, {**values, **area})]


def _telling_parts(connection: sqlite3.Connection, key: str) -> tuple[list[str], dict[str, str | float]]:
    """One SELECT for each run of three characters that is read, the rarest first, and the values of its parameters."""
    runs = trigrams(key)
    marks = ", ".join("?" * len(runs))
    counted = connection.execute(f"SELECT trigram, places FROM trigram_counts WHERE trigram IN ({marks})", runs)
    total = connection.execute("SELECT max(place) FROM places").fetchone()[0] or 1
    parts: list[str] = []
    values: dict[str, str | float] = {}
    left = MOST_READ
    for run, count in sorted(counted.fetchall(), key=lambda pair: (pair[1], pair[0])):
        if left <= 0:
            break
        number = len(parts)
        parts.append(
            f"SELECT * FROM (SELECT rowid AS found, :weight{number} AS weight FROM place_names"
            f" WHERE place_names MATCH :run{number} LIMIT {left})"
        )
        values[f"run{number}"] = '"' + run.replace('"', '""') + '"'  # a phrase in which nothing is syntax
        values[f"weight{number}"] = math.log(1 + total / count)
        left -= count
    return parts, values


def _inside(boxes: list[Box]) -> tuple[str, dict[str, float]]:
    """A SELECT of the places in the boxes, and the values of its parameters; empty where there are no boxes."""
    queries: list[str] = []
    values: dict[str, float] = {}
    for number, box in enumerate(boxes):
        queries.append(
            f"SELECT place FROM place_positions WHERE north >= :south{number} AND south <= :north{number}"
            f" AND east >= :west{number} AND west <= :east{number}"
        )
        values.update({f"{side}{number}": degrees for side, degrees in box._asdict().items()})
    return " UNION ALL ".join(queries), values


def rows_with_phone(connection: sqlite3.Connection, keys: Iterable[str]) -> list[Row]:
    """The rows with any of the phone numbers."""
    wanted = list(keys)
    query = f"SELECT DISTINCT {_COLUMNS} FROM phones JOIN places USING (place) WHERE phone IN ({_marks(wanted)})"
    return [Row(*row) for row in connection.execute(f"{query} LIMIT {MOST_AROUND}", wanted)]


def rows_in_street(connection: sqlite3.Connection, key: str) -> list[Row]:
    """The rows in streets of exactly this folded name, in any city."""
    query = f"SELECT {_COLUMNS} FROM places WHERE street_key = ? LIMIT {MOST_AROUND}"
    return [Row(*row) for row in connection.execute(query, [key])]


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))
