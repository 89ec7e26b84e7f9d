"""From photo to place with the real text reader, over six photos that `tests/data/places/README.md` describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pocketvlm.apps.places.photos.lookup import Lookup, look_up
from pocketvlm.apps.places.photos.photo import PlacePhoto, read_photo
from pocketvlm.apps.places.photos.signs import Sign
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.apps.places.storage.store import PlaceStore, open_store
from pocketvlm.vision.text_reader import TextReader

DATA = Path(__file__).resolve().parent.parent / "data" / "places"
TRUTHS: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "truths.jsonl").read_text().splitlines()]
KNOWN = [truth for truth in TRUTHS if truth["known"]]
UNKNOWN = [truth for truth in TRUTHS if not truth["known"]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlaceStore]:
    path = tmp_path_factory.mktemp("places") / "places.sqlite"
    (report,) = import_files(path, [DATA / "places.geojson"])
    assert report.counts.rejected == 0
    with open_store(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(1)


def photo_of(truth: dict[str, Any]) -> PlacePhoto:
    return read_photo(DATA / truth["photo"])


def name_of(truth: dict[str, Any]) -> str:
    return str(truth["photo"])


@pytest.mark.parametrize("truth", KNOWN, ids=name_of)
def test_the_place_comes_first_with_the_position(truth: dict[str, Any], store: PlaceStore, reader: TextReader) -> None:
    photo = photo_of(truth)
    assert photo.position == pytest.approx(truth["position"], abs=1e-5)  # metres; EXIF keeps a tenth of that
    seen = look_up(photo, store, reader)
    assert seen.verdict in ("sure", "several")
    assert seen.matches[0].place.id == truth["id"]


@pytest.mark.parametrize("truth", UNKNOWN, ids=name_of)
def test_a_place_that_the_store_lacks_is_never_sure(
    truth: dict[str, Any], store: PlaceStore, reader: TextReader
) -> None:
    assert look_up(photo_of(truth), store, reader).verdict != "sure"


def test_a_position_given_by_hand_replaces_the_photos_own(store: PlaceStore, reader: TextReader) -> None:
    truth = KNOWN[0]
    elsewhere = (truth["position"][0] + 1, truth["position"][1])
    seen = look_up(photo_of(truth), store, reader, near=elsewhere)
    assert seen.position == elsewhere
    assert seen.verdict != "sure"  # 111 km away from everything in the store


def test_a_look_up_is_json_and_text(store: PlaceStore, reader: TextReader) -> None:
    seen = look_up(photo_of(KNOWN[0]), store, reader)
    record = json.loads(json.dumps(seen.to_dict()))
    assert record["verdict"] == seen.verdict
    assert record["matches"][0]["place"]["id"] == KNOWN[0]["id"]
    assert len(seen.text.splitlines()) == len(record["signs"]) > 0
    assert all(isinstance(sign, Sign) for sign in seen.signs)
    assert isinstance(seen, Lookup)
