"""Files into the store: wholly or not at all, twice without change, and what does not fit is reported."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage import importing
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.apps.places.storage.readers.reading import Rejected, Terms
from pocketvlm.apps.places.storage.store import open_store

HEAD = "id,name,lat,lon,phone,names"


def table(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def many(count: int, first: int = 0) -> list[str]:
    return [f"{number},Place {number},{number % 80},{number % 170},," for number in range(first, first + count)]


def content(path: Path) -> list[object]:
    """Everything a store says, the times of imports left out."""
    connection = sqlite3.connect(path)
    tables = ["origins", "places", "phones", "trigram_counts", "place_positions"]
    rows: list[object] = [connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables]
    connection.close()
    return rows


def test_a_file_is_imported_with_its_terms_and_its_rejected_rows_are_reported(tmp_path: Path) -> None:
    file = table(
        tmp_path / "mine.csv",
        "1,Good,10,20,123456,",
        "2,North,91.5,20,,",
        "3,Nowhere,x,20,,",
        "4,,1,2,,",
        f"5,{'n' * 400},1,2,,",
        "6,Also good,-90,180,,Other;Names",
        "7,Infinite,inf,2,,",
    )
    seen: list[Rejected] = []
    (report,) = import_files(
        tmp_path / "s.sqlite", [file], Terms(licence="CC0-1.0"), on_rejected=lambda _, row: seen.append(row)
    )
    assert (report.counts.added, report.counts.rejected, report.counts.read) == (2, 5, 7)
    assert report.counts.reasons == {
        "latitude out of range": 2,
        "lat is no number": 1,
        "no name": 1,
        "name too long": 1,
    }
    assert seen == report.counts.examples
    assert seen[0] == Rejected("line 3", "latitude out of range", "it is 91.5 and must lie from -90 to 90")
    with open_store(tmp_path / "s.sqlite") as store:
        (origin,) = store.origins()
        assert (origin.source, origin.licence, origin.attribution) == ("mine", "CC0-1.0", "not stated")
        (done,) = store.imports()
        assert (done.file, done.places, done.rejected) == ("mine.csv", 2, 5)
        assert store.search("names")[0].place.name == "Also good"


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    store, file = tmp_path / "s.sqlite", table(tmp_path / "a.csv", *many(1200))
    list(import_files(store, [file]))
    before = store.read_bytes()
    (again,) = import_files(store, [file])
    assert again.done_before
    assert store.read_bytes() == before
    # The same rows in a file of another content are read, and found to be as they were.
    other = table(tmp_path / "b.csv", *reversed(many(1200)))
    (third,) = import_files(store, [other], Terms(source="a"))
    assert (third.counts.added, third.counts.changed, third.counts.unchanged) == (0, 0, 1200)


def test_a_place_that_comes_again_is_replaced_in_every_index(tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    old = table(tmp_path / "old.csv", "1,Old Name,10,20,111111,Older", "2,Stays,10,20,,")
    new = table(tmp_path / "new.csv", "1,Quite Different,-10,30,222222,")
    terms = Terms(source="t")
    list(import_files(store, [old], terms))
    (report,) = import_files(store, [new], terms)
    assert (report.counts.added, report.counts.changed) == (0, 1)
    with open_store(store) as opened:
        opened.check()
        assert len(opened) == 2
        assert opened.search("Old Name") == opened.search("Older") == opened.search(phone="111111") == []
        assert [one.place.id for one in opened.search(near=(10, 20), within_m=1000)] == ["t:2"]
        assert [one.place.name for one in opened.search(phone="222222")] == ["Quite Different"]
        assert opened.search("quite diferent")[0].place.lat == -10
    # The indices are those of a store that never knew the old row.
    alone = table(tmp_path / "alone.csv", "2,Stays,10,20,,", "1,Quite Different,-10,30,222222,")
    list(import_files(tmp_path / "fresh.sqlite", [alone], terms))
    assert content(store)[3] == content(tmp_path / "fresh.sqlite")[3]


def test_of_two_rows_with_one_id_the_last_counts(tmp_path: Path) -> None:
    file = table(tmp_path / "a.csv", "1,First,1,1,,", "1,Second,2,2,,")
    (report,) = import_files(tmp_path / "s.sqlite", [file])
    with open_store(tmp_path / "s.sqlite") as store:
        assert [one.place.name for one in store.search(near=(2, 2))] == ["Second"]
    assert report.counts.added == 1


def interrupted(after: int, rows: int) -> Iterator[Place]:
    for number in range(rows):
        if number == after:
            raise KeyboardInterrupt
        yield Place(f"t:{number}", f"Place {number}", 1, 2, "t", "l", "a", str(number))


def test_an_import_that_is_stopped_leaves_nothing_of_its_file_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "s.sqlite"
    first, second = table(tmp_path / "1.csv", *many(700)), table(tmp_path / "2.csv", *many(900, first=700))
    list(import_files(store, [first]))
    before = content(store)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "read_places", lambda path, terms: interrupted(after=800, rows=900))
        with pytest.raises(KeyboardInterrupt):
            list(import_files(store, [first, second]))
    assert content(store) == before
    reports = list(import_files(store, [first, second]))
    assert [report.done_before for report in reports] == [True, False]
    with open_store(store) as opened:
        opened.check()
        assert len(opened) == 1600


def test_a_damaged_file_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite"
    list(import_files(store, [table(tmp_path / "good.csv", *many(10))]))
    before = content(store)
    broken = tmp_path / "broken.geojson"
    feature = {"type": "Feature", "id": "node/1", "properties": {"amenity": "cafe", "name": "A"}}
    whole = {**feature, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    broken.write_text('{"type": "FeatureCollection", "features": [' + json.dumps(whole) + ", {")
    with pytest.raises(ValueError, match=r"broken\.geojson is damaged"):
        list(import_files(store, [broken]))
    assert content(store) == before


def test_a_first_import_that_fails_leaves_no_empty_store(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        list(import_files(tmp_path / "s.sqlite", [tmp_path / "missing.csv"]))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="no folder"):
        list(import_files(tmp_path / "no/s.sqlite", [table(tmp_path / "a.csv", *many(3))]))


def test_a_store_is_not_written_over_by_a_file_that_is_none(tmp_path: Path) -> None:
    mine = tmp_path / "letter.txt"
    mine.write_text("Dear Sir, " * 1000)
    with pytest.raises(ValueError, match="damaged or no database"):
        list(import_files(mine, [table(tmp_path / "a.csv", *many(3))]))
    assert mine.read_text() == "Dear Sir, " * 1000


def test_a_store_that_is_being_written_is_said_to_be_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "s.sqlite"
    list(import_files(store, [table(tmp_path / "a.csv", *many(3))]))
    writer = sqlite3.connect(store, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kwargs: connect(*args, **kwargs, timeout=0))
    with pytest.raises(ValueError, match="being written"):
        list(import_files(store, [table(tmp_path / "b.csv", *many(3, first=10))]))
    writer.execute("ROLLBACK")
    writer.close()


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    list(import_files(tmp_path / "s.sqlite", [table(tmp_path / "a.csv", *many(1200))], tell=told.append))
    assert told == [500, 1000, 1200]
