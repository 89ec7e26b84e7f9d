"""Labels for a parser of pixels, from the truth of rendered screens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pocketvlm.datasets.rendered.parser_truth import _ACTIVE, LOOKS, SAME, SEEN_AS, icon_word, parser_labels
from pocketvlm.vision.parser.roles import ACTIVE, DISABLED, ROLES, VALUE_SCALE

TRUTHS = Path(__file__).parent.parent / "data" / "rendered" / "truths.jsonl"


def truths() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TRUTHS.read_text(encoding="utf-8").splitlines()]


def element(role: str, **state: Any) -> dict[str, Any]:
    box = [1, 2, 30, 40]
    about = {"name": None, "text": None, "icon": None, "picture": None, "color": None, "id": 0, "parent": None}
    return {"role": role, "state": state, "box": box, **about}


def label_of(role: str, app: str = "sound", **state: Any) -> Any:
    return parser_labels({"app": app, "elements": [element(role, **state)]})[0]


def test_labels_speak_the_parsers_words() -> None:
    assert set(SEEN_AS.values()) | SAME == set(ROLES)


def test_what_is_active_is_told_of_the_parsers_roles() -> None:
    assert {*_ACTIVE, "battery"} == set(ACTIVE)


def test_every_screen_of_the_test_data_has_labels_that_the_parser_can_learn() -> None:
    for truth in truths():
        labels = parser_labels(truth)
        assert len(labels) == len(truth["elements"])
        for label in labels:
            assert label.role in ROLES
            assert label.look is None or label.look in LOOKS
            assert label.active is None or label.role in ACTIVE
            assert not label.disabled or label.role in DISABLED
            assert label.value is None or (label.role in VALUE_SCALE and 0 <= label.value <= 1)


def test_an_unknown_role_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"'hologram': add it to parser_truth\.SAME"):
        label_of("hologram")


def test_states_become_active() -> None:
    assert label_of("switch", on=True).active is True
    assert label_of("checkbox", checked=False).active is False
    assert label_of("picture").active is False  # one that cannot be chosen looks like one that is not
    assert label_of("button", disabled=True).disabled
    battery = {**element("battery"), "name": "battery, charging"}
    assert parser_labels({"app": "sound", "elements": [battery]})[0].active is True
    assert label_of("battery").active is False


def test_values_are_shares() -> None:
    assert label_of("slider", value=25).value == 0.25
    assert label_of("slider", app="survey", value=7).value == 0.7
    assert label_of("slider", app="thermostat", value=21).value is None  # its ends depend on the unit
    assert label_of("rating", value=4.5).value == 0.9
    assert label_of("signal", value=3).value == 0.75
    assert label_of("progress", progress=0.5).value == 0.5
    assert label_of("stepper", value=3).value is None  # has no end
    assert label_of("step", checked=False, selected=True).value == 0.5


def boxes_of(scale: float, *elements: dict[str, Any]) -> list[tuple[float, ...]]:
    return [label.box for label in parser_labels({"app": "sound", "scale": scale, "elements": list(elements)})]


def test_boxes_end_where_something_can_be_seen_to_end() -> None:
    touched, words = element("action"), {**element("back"), "text": "Library"}
    touched["box"] = words["box"] = [100, 50, 220, 170]  # 60 CSS pixels at a scale of 2
    assert boxes_of(2, touched, words) == [(134, 84, 186, 136), (100, 84, 220, 136)]
    tight = {**element("action"), "box": [100, 50, 140, 90]}  # as some kits have it
    assert boxes_of(2, tight) == [(100, 50, 140, 90)]
    assert boxes_of(2, {**element("row"), "box": [0, 0, 720, 200]}) == [(0, 0, 720, 200)]


def test_a_status_bar_is_as_high_as_what_stands_in_it() -> None:
    bar = {**element("status_bar"), "box": [0, 0, 720, 160]}
    time = {**element("time"), "id": 1, "parent": 0, "box": [60, 70, 120, 100]}
    assert boxes_of(2, bar, time)[0] == (0, 55, 720, 115)
    assert boxes_of(2, bar)[0] == (0, 0, 720, 160)


def test_icons_and_pictures_of_the_same_thing_share_their_word() -> None:
    assert icon_word("send") == "paper plane"
    assert icon_word("volume-off") == "volume off"
    assert icon_word("home") == "house"
    assert LOOKS.count("house") == 1


def test_elements_without_a_size_are_left_out() -> None:
    flat = {**element("row"), "box": [5, 5, 5, 9]}
    assert parser_labels({"app": "sound", "elements": [flat]}) == []
