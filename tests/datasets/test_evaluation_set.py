"""The committed evaluation set: whole, small, even, and of nothing that may be trained on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from pocketvlm.datasets.records import Record, read_records
from pocketvlm.datasets.rendered.questions.make import KINDS
from pocketvlm.datasets.rendered.splits import part_of

FOLDER = Path(__file__).resolve().parent.parent.parent / "examples/evaluation"


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read_records(FOLDER / "questions.jsonl")


def test_size(records: list[Record]) -> None:
    pictures = {record.image for record in records}
    assert len(records) == 400
    assert 55 <= len(pictures) <= 65
    assert {path for path in FOLDER.iterdir() if path.suffix in (".webp", ".jpg")} == pictures
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 20_000_000


def test_kinds_are_even(records: list[Record]) -> None:
    kinds = Counter(record.type for record in records)
    assert set(kinds) == set(KINDS)
    assert max(kinds.values()) <= 0.3 * len(records)


def test_nothing_may_be_trained_on(records: list[Record]) -> None:
    for record in records:
        assert record.source is not None
        _, kit, app = record.source.split("/")
        drawn = re.match(r"s(\d+)-\d+", record.image.stem)
        if drawn:  # papers have no kit and are drawn for this set alone
            assert part_of(kit, app, int(drawn[1])) == "held_out"


def test_boxes_lie_in_their_pictures(records: list[Record]) -> None:
    for record in records:
        if record.bbox:
            width, height = Image.open(record.image).size
            assert record.bbox[2] <= width
            assert record.bbox[3] <= height
