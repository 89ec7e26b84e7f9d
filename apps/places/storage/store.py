"""The places store: look up places by name, position, kind, phone number and street."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from rapidfuzz import fuzz

from pocketvlm.apps.places.geo import boxes_around, check_position, distance_m
from pocketvlm.apps.places.place import LONGEST_NAME, Place
from pocketvlm.apps.places.storage.database import damage_as_value_error, open_for_reading, open_for_writing
from pocketvlm.apps.places.storage.finding import (
    MOST_NEAR,
    Row,
    rows_in_street,
    rows_named,
    rows_near,
    rows_with_phone,
)
from pocketvlm.apps.places.storage.importing import write_places
from pocketvlm.apps.places.storage.readers.csv_table import read_csv
from pocketvlm.apps.places.storage.readers.reading import SAMPLE
from pocketvlm.apps.places.text import fold, name_key, phone_keys, street_key

LEAST_NAME_SCORE = 0.3  # below it, two names have no more in common than any two names
LEAST_STREET_SCORE = 85  # of 100, so that a misread letter of a street's name does not matter
FARTHEST_M = 20_100_000  # half way around the globe
STORE_VARIABLE = "POCKETVLM_PLACES"


@dataclass(frozen=True)
class Candidate:
    """A place that may be meant.

    name_score: likeness of the asked name and the place's best fitting name, 0 to 1; None if no name was asked.
    distance_m: metres from the asked position; None if none was asked.
    """

    place: Place
    name_score: float | None
    distance_m: float | None


@dataclass(frozen=True)
class Origin:
    """Where places come from and under which terms. `places` is how many of the store do."""

    source: str
    licence: str
    attribution: str
    places: int = 0


@dataclass(frozen=True)
class Imported:
    """One file that was imported; `imported_at` in ISO 8601, UTC."""

    file: str
    sha256: str
    imported_at: str
    places: int
    rejected: int


class PlaceStore:
    """An open store; close it, or use it in a `with`. Several threads may search it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def __enter__(self) -> PlaceStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def __len__(self) -> int:
        with damage_as_value_error(self.path):
            return int(self._connection.execute("SELECT count(*) FROM places").fetchone()[0])

    def search(
        self,
        name: str | None = None,
        *,
        near: tuple[float, float] | None = None,
        within_m: float | None = None,
        category: str | Sequence[str] | None = None,
        phone: str | None = None,
        street: str | None = None,
        limit: int = 10,
    ) -> list[Candidate]:
        """The places that fit every one of the things asked, the best first.

        Args:
            name: a name as it was read, misread letters and missing accents allowed; compared with every name of a
                place. Only places with a likeness of at least `LEAST_NAME_SCORE` are handed out.
            near: latitude and longitude in degrees. within_m: metres from there; anywhere if not given.
            category: one category or cuisine, or several of which one is to fit.
            phone: a number, with or without country code. street: a street's name, with or without house number;
                where it is all that is asked, it must be spelt as in the record.
        Returns:
            At most `limit` candidates: by likeness of the name, where the farthest costs 0.1; by distance without name.
        Raises:
            ValueError: nothing is asked, a number is out of range, or the file is damaged.
        """
        _check(near, within_m, limit)
        if name is None and near is None and phone is None and street is None:
            raise ValueError("nothing to search for: give a name, a position, a phone number or a street")
        key = name_key(name or "")[:LONGEST_NAME]
        with damage_as_value_error(self.path):
            rows = self._rows(key, near, within_m, phone, street, _fitting(category, street), limit)
            return [self._candidate(*found) for found in _ranked(rows, key, near, within_m)[:limit]]

    def get(self, id: str) -> Place | None:
        """The place of this id, such as `osm:node/123`; None if the store has none."""
        with damage_as_value_error(self.path):
            row = self._connection.execute("SELECT place FROM places WHERE id = ?", [id]).fetchone()
            return None if row is None else self._place(row[0])

    def origins(self) -> list[Origin]:
        """Whose data the store holds, and the words of thanks that the data's terms ask for."""
        query = """SELECT source, licence, attribution, count(places.place) FROM origins
            LEFT JOIN places USING (origin) GROUP BY origin ORDER BY source, licence, attribution"""
        with damage_as_value_error(self.path):
            return [Origin(*row) for row in self._connection.execute(query)]

    def imports(self) -> list[Imported]:
        """The files that were imported, the latest last."""
        query = "SELECT file, sha256, imported_at, places, rejected FROM imports ORDER BY imported_at, file"
        with damage_as_value_error(self.path):
            return [Imported(*row) for row in self._connection.execute(query)]

    def check(self) -> None:
        """Read the whole file for damage, which takes seconds for a million places.

        Raises:
            ValueError: it is damaged.
        """
        with damage_as_value_error(self.path):
            said = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(said)

    def _rows(
        self,
        key: str,
        near: tuple[float, float] | None,
        within_m: float | None,
        phone: str | None,
        street: str | None,
        fits: Callable[[Row], bool],
        limit: int,
    ) -> Iterable[Row]:
        """The fitting rows of the most telling thing that is asked; the caller compares names and distances."""
        if phone is not None:
            return filter(fits, rows_with_phone(self._connection, phone_keys(phone)))
        if near is not None:
            most = max(limit, MOST_NEAR) if key else limit
            rows = rows_near(self._connection, near, within_m or FARTHEST_M, most, fits)
            if key and len(rows) >= MOST_NEAR:  # there are more, of which the index knows those of this name
                boxes = boxes_around(near, within_m) if within_m else None
                rows = list({*rows, *filter(fits, rows_named(self._connection, key, boxes))})
            return rows
        if key:
            return filter(fits, rows_named(self._connection, key, None))
        return filter(fits, rows_in_street(self._connection, street_key(street) or ""))

    def _candidate(self, row: Row, name_score: float | None, metres: float | None) -> Candidate:
        return Candidate(self._place(row.place), name_score, metres)

    def _place(self, place: int) -> Place:
        query = """SELECT record, id, lat, lon, source, licence, attribution
            FROM places JOIN origins USING (origin) WHERE place = ?"""
        record, *columns = self._connection.execute(query, [place]).fetchone()
        names = ("id", "lat", "lon", "source", "licence", "attribution")
        try:
            return Place.from_dict({**json.loads(record), **dict(zip(names, columns, strict=True))})
        except ValueError as error:
            raise sqlite3.DatabaseError(f"the record of {columns[0]} cannot be read: {error}") from error


def open_store(path: str | Path) -> PlaceStore:
    """Open a store to look places up.

    Raises:
        ValueError: there is no such file, or it is no places store, a damaged or a newer one.
    """
    return PlaceStore(open_for_reading(Path(path)), Path(path))


def open_sample() -> PlaceStore:
    """The embedded sample: made-up places of a made-up district, so that the demo runs at once."""
    connection = open_for_writing(None)
    write_places(connection, read_csv(Path(__file__).with_name("sample.csv"), SAMPLE))
    return PlaceStore(connection, Path("the embedded sample"))


def default_path() -> Path:
    """Where imported places are kept if nothing else is said: $POCKETVLM_PLACES, or the user's data folder."""
    if os.environ.get(STORE_VARIABLE):
        return Path(os.environ[STORE_VARIABLE])
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library/Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return folder / "pocketvlm" / "places.sqlite"


def open_places(path: str | Path | None = None) -> PlaceStore:
    """The store that is named; else the one of `default_path` if there is one; else the embedded sample."""
    if path is None and not default_path().is_file():
        return open_sample()
    return open_store(path or default_path())


def _check(near: tuple[float, float] | None, within_m: float | None, limit: int) -> None:
    if near is not None:
        check_position(near)
    if within_m is not None and near is None:
        raise ValueError("within_m needs near: the position from which it is measured")
    if within_m is not None and not 0 < within_m <= FARTHEST_M:
        raise ValueError(f"within_m is {within_m}; it must be more than 0 and at most {FARTHEST_M} metres")
    if limit < 1:
        raise ValueError(f"limit is {limit}; at least 1 place must be asked for")


def _fitting(category: str | Sequence[str] | None, street: str | None) -> Callable[[Row], bool]:
    kinds = (
        None if category is None else {fold(kind) for kind in ([category] if isinstance(category, str) else category)}
    )
    asked = street_key(street)

    def fits(row: Row) -> bool:
        if kinds is not None and kinds.isdisjoint(row.kinds.split("\n")):
            return False
        return asked is None or fuzz.ratio(asked, row.street_key or "") >= LEAST_STREET_SCORE

    return fits


def _ranked(
    rows: Iterable[Row], key: str, near: tuple[float, float] | None, within_m: float | None
) -> list[tuple[Row, float | None, float | None]]:
    found: list[tuple[Row, float | None, float | None]] = []
    for row in rows:
        metres = None if near is None else distance_m(near, (row.lat, row.lon))
        score = _name_score(key, row.names_key) if key else None
        if (metres or 0) <= (within_m or FARTHEST_M) and (score is None or score >= LEAST_NAME_SCORE):
            found.append((row, score, metres))
    farthest = within_m or max((metres or 0 for _, _, metres in found), default=0) or 1
    found.sort(key=lambda one: (0.1 * (one[2] or 0) / farthest - (one[1] or 0), one[2] or 0, one[0].place))
    return found


def _name_score(key: str, names_key: str) -> float:
    """Likeness of two names, 0 to 1: letter by letter, or with the words in any order, or one within the other.

    The last two count for less, because an order and a length are part of a name.
    """
    best = 0.0
    for name in names_key.split("\n"):
        within = 0.9 * fuzz.token_set_ratio(key, name)
        best = max(best, fuzz.ratio(key, name), 0.98 * fuzz.token_sort_ratio(key, name), within)
    return best / 100
