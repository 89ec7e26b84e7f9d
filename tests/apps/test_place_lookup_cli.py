"""The command `pocketvlm lookup`: cards, answers, JSON, and errors in one line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from pocketvlm import cli
from pocketvlm.apps.places.photos.lookup import Lookup, Match
from pocketvlm.apps.places.photos.photo import PlacePhoto
from pocketvlm.apps.places.photos.signs import Sign
from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.cli_lookup import moment_of, position_of, verdict_text
from pocketvlm.errors import ImageError, OptionError, PocketVLMError

DATA = Path(__file__).resolve().parent.parent / "data" / "places"
TRUTH = json.loads((DATA / "truths.jsonl").read_text().splitlines()[1])  # its name stands on one house only


def run(*argv: str) -> None:
    """The command, its errors raised."""
    cli.run(["lookup", *argv])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("places") / "places.sqlite"
    list(import_files(path, [DATA / "places.geojson"]))
    return str(path)


def test_lookup_prints_the_card_and_why(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(DATA / TRUTH["photo"]), "--places", store, "--threads", "1")
    said = capsys.readouterr().out
    assert said.startswith(TRUTH["name"])
    assert "Certain to" in said
    assert "reads like" in said


def test_lookup_answers_from_the_record_and_from_the_sign(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(DATA / TRUTH["photo"]), "What is the phone number?", "--places", store, "--threads", "1", "--json")
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "sure"
    assert record["card"]["phone"] in record["answer"]["answer"]
    assert record["answer"]["facts"][0]["source"] == "record"


def test_lookup_says_in_one_line_what_is_wrong(store: str, tmp_path: Path) -> None:
    photo = str(DATA / TRUTH["photo"])
    text = tmp_path / "notes.jpg"
    text.write_text("no picture")
    with pytest.raises(ImageError, match="not a picture"):
        run(str(text), "--places", store)
    with pytest.raises(ImageError, match="no such file"):
        run("nothing.jpg", "--places", store)
    with pytest.raises(OptionError, match="--near"):
        run(photo, "--places", store, "--near", "91,0")
    with pytest.raises(OptionError, match="--at"):
        run(photo, "--places", store, "--at", "soon")
    with pytest.raises(PocketVLMError, match="no places store"):
        run(photo, "--places", str(tmp_path / "none.sqlite"))


def test_position_and_time_are_read_as_people_write_them() -> None:
    assert position_of("50.698, -1.872") == (50.698, -1.872)
    for wrong in ("50.698", "north,west", "nan,0", "0,181"):
        with pytest.raises(OptionError, match="latitude"):
            position_of(wrong)
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    taken = datetime(2026, 5, 14, 19, 20)
    assert moment_of(None, PlacePhoto(pixels)) is None
    assert moment_of("2026-05-14 19:20", PlacePhoto(pixels)) == taken
    assert moment_of("photo", PlacePhoto(pixels, taken=taken)) == taken
    with pytest.raises(OptionError, match="does not say when"):
        moment_of("photo", PlacePhoto(pixels))


def test_several_and_none_are_said_plainly_and_cannot_steer_the_terminal() -> None:
    terms = {"source": "t", "licence": "CC0-1.0", "attribution": "nobody", "source_id": "1"}
    place = Place(id="t:1", name="Blue\x1b[2J Heron", lat=0, lon=0, **terms)
    sign = Sign("BLUE\x1b[2J HERON", (0, 0, 9, 9), 0.9, 1.0, "plain")
    several = verdict_text(Lookup("several", (Match(place, 0.41, 120.0, ()),), (sign,), (0.0, 0.0)))
    assert several.startswith("Not certain. It may be:")
    assert "41%" in several
    assert "120 m" in several
    none = verdict_text(Lookup("none", (), (sign,), None))
    assert none.startswith("No place of the store fits the photo.\nThe signs say:")
    assert "\x1b" not in several + none
    assert "Nothing could be read" in verdict_text(Lookup("none", (), (), None))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What do I owe on this receipt?", 'The photo shows: "Total $23.90". [photo]'),
        ("How much was the fish?", "Fish: 4.00. [photo]"),
    ],
)
def test_amounts_of_a_photographed_receipt_stand_with_what_they_are_for(
    question: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = DATA.parent.parent.parent / "examples/evaluation/receipt-10.jpg"
    run(str(receipt), question)
    assert capsys.readouterr().out.startswith(answer)
