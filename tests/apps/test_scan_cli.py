"""`pocketvlm scan` from a picture of a sheet to what it says; and sheets that lie askew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from pocketvlm import cli
from pocketvlm.apps.documents.reading import homography, read_page, slopes_of
from pocketvlm.apps.documents.scanning import scan
from pocketvlm.datasets.rendered.camera import draw_conditions, photograph
from pocketvlm.datasets.rendered.more_papers import PAPER_KINDS, PaperKind, draw_paper
from pocketvlm.datasets.rendered.places.faces import Faces
from pocketvlm.errors import ImageError, OptionError
from pocketvlm.vision.text_reader import TextReader

Sheet = Callable[[PaperKind, int], tuple[str, dict[str, Any]]]
PILLOWS = Faces()  # the typeface that every machine has; it holds no Chinese


def run(*argv: str) -> None:
    """The command, its errors raised."""
    cli.run(["scan", *argv, "--threads", "1"])


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Draws a sheet into a file; gives the file's name and the truth."""

    def drawn(kind: PaperKind, seed: int) -> tuple[str, dict[str, Any]]:
        paper = draw_paper(kind, seed, PILLOWS)
        Image.fromarray(paper.image).save(tmp_path / f"{kind}.png")
        return str(tmp_path / f"{kind}.png"), paper.truth

    return drawn


def test_a_card_becomes_a_vcard_file(sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, truth = sheet("contact", 7004)
    run(photo, "--as", "contact", "--out", str(tmp_path / "card.vcf"))
    card = (tmp_path / "card.vcf").read_bytes().decode()
    assert f"FN:{truth['name']}\r\n" in card
    assert f"EMAIL;TYPE=work:{truth['emails'][0]}\r\n" in card
    assert truth["organisation"] in capsys.readouterr().out


def test_a_poster_becomes_a_calendar_file(sheet: Sheet, tmp_path: Path) -> None:
    photo, truth = sheet("event", 7000)
    run(photo, "--as", "event", "--out", str(tmp_path / "event.ics"), "--today", "2026-11-22")
    event = (tmp_path / "event.ics").read_bytes().decode()
    assert f"SUMMARY:{truth['title']}\r\n" in event
    assert f"DTSTART:{truth['start'].replace('-', '').replace(':', '')}00\r\n" in event


def test_a_receipt_seen_from_aside_keeps_its_amounts_with_its_goods() -> None:
    paper = draw_paper("receipt", 7021, PILLOWS)
    conditions = replace(draw_conditions(np.random.default_rng(5)), turn=9.0, perspective=0.06, blur=0.3)
    photo = photograph(paper.image, 5, "paper", size=(1200, 1600), conditions=conditions).image
    record = scan(read_page(photo, TextReader(1)), "receipt", date(2026, 11, 22)).to_dict()
    assert [(item["name"], Decimal(item["amount"])) for item in record["items"]] == [
        (item["name"], Decimal(item["amount"])) for item in paper.truth["items"]
    ]
    assert Decimal(record["total"]) == Decimal(paper.truth["total"])


def test_json_holds_the_lines_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = str(tmp_path / "blank.png")
    Image.new("RGB", (200, 200), "white").save(blank)
    run(blank, "--as", "text", "--json")
    assert json.loads(capsys.readouterr().out) == {"kind": "text", "flags": ["nothing could be read"], "lines": []}


@pytest.mark.parametrize(
    ("argv", "error", "message"),
    [
        (["none.png", "--as", "text"], ImageError, "none.png"),
        (["x.png", "--as", "receipt", "--out", "x.vcf"], OptionError, "give a .json file"),
        (["x.png", "--as", "contact", "--out", "x"], OptionError, "give a .json file"),
    ],
)
def test_bad_input_is_one_line(argv: list[str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(*argv)


def test_a_bad_day_and_an_empty_card_are_one_line(tmp_path: Path) -> None:
    blank = str(tmp_path / "blank.png")
    Image.new("RGB", (200, 200), "white").save(blank)
    with pytest.raises(OptionError, match="2026-05-14"):
        run(blank, "--as", "event", "--today", "tomorrow")
    with pytest.raises(OptionError, match="neither a name nor an organisation"):
        run(blank, "--as", "contact", "--out", str(tmp_path / "card.vcf"))


def lines_at(slope: Callable[[float], float]) -> np.ndarray:
    """Ten lines of text down a page of 1000 pixels, (10, 4, 2), whose slope depends on how far down they are."""
    quads = []
    for y in range(50, 1000, 100):
        across = np.array([1, slope(y)]) / np.hypot(1, slope(y))
        corner, down = np.array([200.0, y]), np.array([-across[1], across[0]]) * 30
        quads.append([corner, corner + 400 * across, corner + 400 * across + down, corner + down])
    return np.array(quads, dtype=np.float32)


def test_slopes_are_those_of_the_lines_without_the_odd_one() -> None:
    quads = lines_at(lambda y: 0.05 + 0.1 * y / 1000)
    quads[4] = lines_at(lambda y: -0.4)[4]  # a seal put on askew
    found = slopes_of(quads, 1000)
    assert found is not None
    # Of a line the middle counts, and it lies up to 25 pixels below the corner at which the slope was set.
    np.testing.assert_allclose(found, (0.05, 0.15), atol=0.01)
    assert slopes_of(lines_at(lambda y: 0.001), 1000) is None
    assert slopes_of(quads[:2], 1000) is None


def test_the_homography_makes_such_lines_level() -> None:
    def slope(y: float) -> float:
        return -0.2 + 0.1 * y / 1000

    to_flat = homography((-0.2, -0.1), 800, 1000)
    for y in (100.0, 500.0, 900.0):
        ends = np.array([[[300.0, y - 100 * slope(y)], [500.0, y + 100 * slope(y)]]])  # about the middle, x = 400
        left, right = cv2.perspectiveTransform(ends, to_flat)[0]
        assert abs(right[1] - left[1]) < 2  # of 200 pixels: the slope changes along a straight line only nearly


def test_papers_are_the_same_again_and_say_what_they_lack() -> None:
    for kind in PAPER_KINDS:
        first, second, other = (draw_paper(kind, seed, PILLOWS) for seed in (7009, 7009, 7000))
        np.testing.assert_array_equal(first.image, second.image)
        assert first.truth == second.truth != other.truth
    with pytest.raises(ValueError, match="choose one of receipt, menu"):
        draw_paper("poem", 0, PILLOWS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="fonts-wqy-microhei"):
        draw_paper("menu", 7002, PILLOWS)
