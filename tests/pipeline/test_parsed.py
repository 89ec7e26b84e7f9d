"""A structure printed, as JSON, and painted; and the command that does so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pocketvlm.vlm
from pocketvlm.cli import main
from pocketvlm.drawing import draw_structure
from pocketvlm.parsed import structure_to_dict, tree
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import TextLine
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_merging import merge

SIZE = (270, 600)


@pytest.fixture
def structure() -> ScreenStructure:
    """A header, a row with a switch, a card, a button under a dialog."""
    elements = [
        Element("header", (0, 0, 270, 60), 0.9, None, False, None, None, None),
        Element("action", (230, 10, 260, 40), 0.9, None, False, "bell", None, "blue"),
        Element("row", (0, 80, 270, 120), 0.9, None, True, None, None, None),
        Element("switch", (220, 90, 260, 110), 0.87654, True, False, None, None, "teal"),
        Element("card", (10, 140, 260, 300), 0.9, None, False, None, None, None),
        Element("dialog", (40, 350, 230, 500), 0.9, None, False, None, None, None),
    ]
    texts = {"Settings": (10, 20), "Wi-Fi": (10, 92), "Offer": (20, 150), "Half price": (20, 180), "Sure?": (60, 370)}
    lines = [TextLine(text, (x, y, x + 8 * len(text), y + 16), 0.9) for text, (x, y) in texts.items()]
    return merge(*SIZE, lines, elements, dark=False)


def test_the_tree_groups_what_belongs_together(structure: ScreenStructure) -> None:
    assert tree(structure).splitlines() == [
        "[screen: light; 1 switch: 1 on, 0 off; dialog open]",
        "[dialog]",
        "  Sure?",
        "[behind]",
        "[header]",
        "  # Settings | [icon bell]",
        "Wi-Fi | [switch on, teal] | [disabled]",
        "[card]",
        "  Offer",
        "  Half price",
    ]


def test_json_holds_boxes_and_states(structure: ScreenStructure) -> None:
    value: dict[str, Any] = json.loads(json.dumps(structure_to_dict(structure)))
    assert (value["width"], value["height"], value["dark"]) == (270, 600, False)
    row = next(row for row in value["rows"] if row["frame"] == "row")
    assert row["disabled"] is True
    assert row["behind"] is True
    assert row["frame_box"] == [0, 80, 270, 120]
    text, switch = row["cells"]
    assert text == {"role": "text", "text": "Wi-Fi", "box": [10, 92, 50, 108]}
    assert switch["name"] == "Wi-Fi"
    assert (switch["active"], switch["color"], switch["score"]) == (True, "teal", 0.877)


def test_boxes_are_painted_where_things_are(structure: ScreenStructure) -> None:
    white = np.full((600, 270, 3), 255, np.uint8)
    painted = draw_structure(white, structure)
    assert painted.shape == white.shape
    assert (white == 255).all()
    changed = (painted != 255).any(axis=2)
    assert changed[109, 221:259].all()  # the switch's lower edge
    assert changed[92:108, 10].all()  # the left edge of a line
    assert not changed[520:].any()  # below the dialog there is nothing


def test_another_pictures_structure_is_not_painted(structure: ScreenStructure) -> None:
    with pytest.raises(ValueError, match="270 x 600 pixels for a picture of 100 x 50"):
        draw_structure(np.zeros((50, 100, 3), np.uint8), structure)


class Parses:
    """Stands in for a bundle with a parser."""

    def __init__(self, structure: ScreenStructure) -> None:
        self._structure = structure

    def parse(self, image: object) -> ScreenStructure:
        return self._structure


@pytest.fixture
def picture(tmp_path: Path, structure: ScreenStructure, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pocketvlm.vlm, "load", lambda *_, **__: Parses(structure))
    path = tmp_path / "screen.png"
    Image.new("RGB", SIZE, "white").save(path)
    return path


def test_parse_prints_and_paints(picture: Path, structure: ScreenStructure, capsys: pytest.CaptureFixture[str]) -> None:
    out = picture.with_name("painted.png")
    assert main(["parse", str(picture), "--draw", str(out)]) == 0
    assert capsys.readouterr().out == f"{tree(structure)}\n"
    assert Image.open(out).size == SIZE
    assert main(["parse", str(picture), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == structure_to_dict(structure)


def test_parse_says_what_is_wrong(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(picture), "--draw", str(picture.with_name("painted.what"))]) == 2
    assert "ends in .png" in capsys.readouterr().err
