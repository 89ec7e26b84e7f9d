"""The store's SQLite file: its tables, and how it is opened so that a wrong or damaged file is a clear error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APPLICATION_ID = 0x706C6163  # "plac" in the file's header tells a store from other SQLite files
VERSION = 1

# `names_key` and `street_key` are folded texts; `kinds` the category and cuisines; `record` what is no column, as JSON.
# `place_names` holds trigrams without their positions, which a third of the space does for; it keeps no text itself.
# `trigram_counts` says how many places have a trigram, so that a search asks for the telling ones.
TABLES = """
CREATE TABLE origins (
    origin INTEGER PRIMARY KEY, source TEXT NOT NULL, licence TEXT NOT NULL, attribution TEXT NOT NULL,
    UNIQUE (source, licence, attribution));
CREATE TABLE places (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, origin INTEGER NOT NULL REFERENCES origins,
    names_key TEXT NOT NULL, kinds TEXT NOT NULL, street_key TEXT, lat REAL NOT NULL, lon REAL NOT NULL,
    digest BLOB NOT NULL, record TEXT NOT NULL);
CREATE INDEX places_by_street ON places (street_key) WHERE street_key IS NOT NULL;
CREATE TABLE phones (phone TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (phone, place)) WITHOUT ROWID;
CREATE VIRTUAL TABLE place_names USING fts5 (names, content='', tokenize='trigram', detail=none, columnsize=0);
CREATE VIRTUAL TABLE place_trigrams USING fts5vocab (place_names, row);
CREATE TABLE trigram_counts (trigram TEXT PRIMARY KEY, places INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE place_positions USING rtree (place, south, north, west, east);
CREATE TABLE imports (
    sha256 TEXT NOT NULL, terms TEXT NOT NULL, file TEXT NOT NULL, imported_at TEXT NOT NULL,
    places INTEGER NOT NULL, rejected INTEGER NOT NULL, PRIMARY KEY (sha256, terms));
"""


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write.

    Raises:
        ValueError: there is no such file, or it is no places store, a damaged or a newer one.
    """
    if not path.is_file():
        raise ValueError(f"there is no places store at {path}: make one with `pocketvlm places import FILE...`")
    with damage_as_value_error(path):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        return _checked(connection, path)


def open_for_writing(path: Path | None) -> sqlite3.Connection:
    """A connection to a store that is made if it is not there; None is a store in memory.

    The connection is in autocommit mode: whoever writes says BEGIN and COMMIT.

    Raises:
        ValueError: the file is no places store, or a damaged or newer one.
    """
    name = ":memory:" if path is None else str(path)
    shown = Path(name)
    if path is not None and not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}: make it, or name another place for the store")
    with damage_as_value_error(shown):
        # The sample is read from several threads; SQLite itself takes them one at a time.
        connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _make_tables(connection)
        return _checked(connection, shown)


def _make_tables(connection: sqlite3.Connection) -> None:
    if sqlite3.sqlite_version_info < (3, 34):
        raise ValueError(f"SQLite {sqlite3.sqlite_version} has no trigram index: a Python with 3.34 or newer is needed")
    connection.executescript(
        f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; {TABLES} COMMIT;"
    )


def _checked(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        connection.close()
        raise ValueError(f"{path} is a database, but no places store: name another file")
    if version != VERSION:
        connection.close()
        raise ValueError(
            f"{path} is a places store of version {version}, and this program reads {VERSION}: import again"
        )
    connection.execute("PRAGMA trusted_schema = OFF")  # nothing that a foreign file says is run
    return connection


@contextmanager
def damage_as_value_error(path: Path) -> Iterator[None]:
    """What SQLite says of a file becomes one line that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise ValueError(f"{path} is being written by another program: try again when it is done") from error
        raise ValueError(f"{path} cannot be used as a places store ({error})") from error
    except sqlite3.DatabaseError as error:
        raise ValueError(
            f"{path} is damaged or no database ({error}): keep it aside and import your files into a new store"
        ) from error
