"""Files of places into the store: streamed, and each file wholly or not at all."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage.database import damage_as_value_error, open_for_writing
from pocketvlm.apps.places.storage.readers import read_places
from pocketvlm.apps.places.storage.readers.reading import Reading, Rejected, Skipped, Terms
from pocketvlm.apps.places.text import fold, name_key, phone_keys, street_key

BATCH = 500  # places looked up and written with one statement each
MOST_EXAMPLES = 20
_COLUMNS = {"id", "lat", "lon", "source", "licence", "attribution"}  # what is kept outside the record

Tell = Callable[[int], None]  # told how many rows of a file were read so far


@dataclass
class Counts:
    """What became of a file's rows. `reasons` counts the rejected ones; `examples` are the first of them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Rejected] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(self.reasons.values())

    @property
    def read(self) -> int:
        return self.added + self.changed + self.unchanged + self.skipped + self.rejected


@dataclass(frozen=True)
class ImportReport:
    """One file's import. `done_before`: the same file was imported under the same terms, and nothing was read."""

    file: Path
    counts: Counts
    done_before: bool = False


def import_files(
    store: Path,
    files: Sequence[Path],
    terms: Terms | None = None,
    tell: Tell | None = None,
    on_rejected: Callable[[Path, Rejected], None] | None = None,
) -> Iterator[ImportReport]:
    """Import files one after the other, and yield a report after each; the store is made if it is not there.

    Each file is one transaction: it is in the store wholly or, if anything stops the import, not at all. A file that
    was imported before is known by its content, so that the same command goes on where it was stopped.

    Args:
        terms: source, licence and attribution to be kept with every row instead of the usual ones of the format.
        tell: is told the number of rows read so far of the file at hand, every `BATCH` rows.
        on_rejected: is told each row that is not imported.
    Raises:
        ValueError: a file cannot be read, or the store is damaged or no store. Files before it are imported.
    """
    readings = [read_places(file, terms or Terms()) for file in files]  # a wrong name shows before hours of work
    was_there = store.exists()
    connection = open_for_writing(store)
    done = False
    try:
        with damage_as_value_error(store):
            for file, reading in zip(files, readings, strict=True):
                yield _import_file(connection, file, reading, terms or Terms(), tell, on_rejected)
                done = True
    finally:
        connection.close()
        if not was_there and not done:
            store.unlink(missing_ok=True)  # an empty store would hide that nothing was imported


def _import_file(
    connection: sqlite3.Connection,
    file: Path,
    reading: Reading,
    terms: Terms,
    tell: Tell | None,
    on_rejected: Callable[[Path, Rejected], None] | None,
) -> ImportReport:
    digest, said = _sha256(file), json.dumps(astuple(terms))
    if connection.execute("SELECT 1 FROM imports WHERE sha256 = ? AND terms = ?", [digest, said]).fetchone():
        return ImportReport(file, Counts(), done_before=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        counts = write_places(connection, reading, tell, on_rejected and (lambda row: on_rejected(file, row)))
        when = datetime.now(UTC).isoformat(timespec="seconds")
        kept = counts.added + counts.changed + counts.unchanged
        row = [digest, said, file.name, when, kept, counts.rejected]
        connection.execute("INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")
    except BaseException:  # Ctrl-C too
        if connection.in_transaction:  # a full disk ends it by itself
            connection.execute("ROLLBACK")
        raise
    return ImportReport(file, counts)


def write_places(
    connection: sqlite3.Connection,
    reading: Reading,
    tell: Tell | None = None,
    on_rejected: Callable[[Rejected], None] | None = None,
) -> Counts:
    """Write what a reader yields, in the transaction at hand. A place that is there already is replaced."""
    counts = Counts()
    origins: dict[tuple[str, str, str], int] = {}
    while batch := list(itertools.islice(reading, BATCH)):
        for row in batch:
            if isinstance(row, Rejected):
                counts.reasons[row.kind] += 1
                if len(counts.examples) < MOST_EXAMPLES:
                    counts.examples.append(row)
                if on_rejected is not None:
                    on_rejected(row)
            elif isinstance(row, Skipped):
                counts.skipped += 1
        _write_batch(connection, [row for row in batch if isinstance(row, Place)], origins, counts)
        if tell is not None:
            tell(counts.read)
    if counts.added or counts.changed:
        connection.execute("DELETE FROM trigram_counts")
        connection.execute("INSERT INTO trigram_counts SELECT term, doc FROM place_trigrams")
    return counts


def _write_batch(
    connection: sqlite3.Connection,
    places: list[Place],
    origins: dict[tuple[str, str, str], int],
    counts: Counts,
) -> None:
    latest = {place.id: place for place in places}  # of two rows with one id, the last counts
    counts.unchanged += len(places) - len(latest)
    marks = ", ".join("?" * len(latest))
    query = f"SELECT id, place, digest, names_key FROM places WHERE id IN ({marks})"
    known = {row[0]: row[1:] for row in connection.execute(query, list(latest))}
    new: list[tuple[Place, str, bytes]] = []
    for place in latest.values():
        record = place.to_dict()
        kept = json.dumps({key: value for key, value in record.items() if key not in _COLUMNS}, ensure_ascii=False)
        digest = hashlib.sha256(json.dumps(record, ensure_ascii=False, sort_keys=True).encode()).digest()[:16]
        if place.id in known:
            row, old_digest, old_names = known[place.id]
            if digest == old_digest:
                counts.unchanged += 1
                continue
            _remove(connection, row, old_names)
            counts.changed += 1
        else:
            counts.added += 1
        new.append((place, kept, digest))
    _insert(connection, new, origins)


def _remove(connection: sqlite3.Connection, row: int, names_key: str) -> None:
    # An index without content is told what to forget.
    forget = "INSERT INTO place_names (place_names, rowid, names) VALUES ('delete', ?, ?)"
    connection.execute(forget, [row, _indexed(names_key)])
    for table in ("place_positions", "phones", "places"):
        connection.execute(f"DELETE FROM {table} WHERE place = ?", [row])


def _insert(
    connection: sqlite3.Connection,
    new: list[tuple[Place, str, bytes]],
    origins: dict[tuple[str, str, str], int],
) -> None:
    first = 1 + (connection.execute("SELECT max(place) FROM places").fetchone()[0] or 0)
    rows, names, positions, phones = [], [], [], []
    for row, (place, record, digest) in enumerate(new, first):
        names_key = "\n".join(dict.fromkeys(name_key(name) for name in (place.name, *place.names)))
        kinds = "\n".join(fold(kind) for kind in (place.category, *place.cuisine) if kind)
        street = street_key(place.address.street)
        origin = _origin(connection, place, origins)
        rows.append((row, place.id, origin, names_key, kinds, street, place.lat, place.lon, digest, record))
        names.append((row, _indexed(names_key)))
        positions.append((row, place.lat, place.lat, place.lon, place.lon))
        phones += [(phone, row) for phone in phone_keys(place.phone)]
    connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO place_names (rowid, names) VALUES (?, ?)", names)
    connection.executemany("INSERT INTO place_positions VALUES (?, ?, ?, ?, ?)", positions)
    connection.executemany("INSERT INTO phones VALUES (?, ?)", phones)


def _indexed(names_key: str) -> str:
    """The names between spaces: a beginning and an end are telling, and a name of one or two characters is found."""
    return " " + names_key.replace("\n", "  ") + " "


def _origin(connection: sqlite3.Connection, place: Place, origins: dict[tuple[str, str, str], int]) -> int:
    terms = (place.source, place.licence, place.attribution)
    if terms not in origins:
        connection.execute("INSERT OR IGNORE INTO origins (source, licence, attribution) VALUES (?, ?, ?)", terms)
        query = "SELECT origin FROM origins WHERE source = ? AND licence = ? AND attribution = ?"
        origins[terms] = connection.execute(query, terms).fetchone()[0]
    return origins[terms]


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
