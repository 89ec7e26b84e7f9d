"""Questions about a rendered folder: screens, photos of some, papers. The folder here is made without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from pocketvlm.datasets.records import read_records
from pocketvlm.datasets.rendered.question_set import write_question_set

TRUTHS = Path(__file__).resolve().parent.parent / "data/rendered/truths.jsonl"
SCREENS = 12


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """A folder as `render` leaves it; the pictures are grey, of the right size."""
    shard = tmp_path / "shard-00000"
    shard.mkdir()
    lines = TRUTHS.read_text(encoding="utf-8").splitlines()[:SCREENS]
    (shard / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for truth in map(json.loads, lines):
        Image.new("RGB", (truth["width"], truth["height"]), "grey").save(shard / truth["image"])
    (tmp_path / "manifest.json").write_text(json.dumps({"count": SCREENS, "shards": [{"name": "shard-00000"}]}))
    return tmp_path


def test_screens_photos_and_papers_are_asked_about(rendered: Path) -> None:
    told: list[tuple[int, int]] = []
    progress = lambda *done: told.append(done)  # noqa: E731
    path = write_question_set(rendered, seed=1, per_screen=6, photographed=0.5, papers=2, progress=progress)
    records = read_records(path)  # which sees to it that every picture is there
    assert told == [(done, SCREENS + 2) for done in range(1, SCREENS + 3)]
    assert len({record.id for record in records}) == len(records)
    pictures = {record.image for record in records}
    photos = {picture for picture in pictures if picture.parent.name == "photos"}
    assert 2 < len(photos) < SCREENS
    assert any(picture.stem.startswith(("menu_card", "receipt")) for picture in photos)
    assert any(picture.suffix == ".png" for picture in pictures)
    for record in records:
        if record.bbox:
            width, height = Image.open(record.image).size
            assert record.bbox[2] <= width
            assert record.bbox[3] <= height


def test_same_seed_asks_the_same(rendered: Path) -> None:
    first, second, other = (
        write_question_set(rendered, seed, photographed=0.3).read_text(encoding="utf-8") for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


def test_bad_arguments_are_refused(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ValueError, match=r"photographed is 1\.5: a share from 0 to 1"):
        write_question_set(rendered, 1, photographed=1.5)
    with pytest.raises(FileNotFoundError, match="render it to its end"):
        write_question_set(tmp_path_factory.mktemp("empty"), 1)
