"""Specs of rendered screens: every app, in both languages, is valid, repeatable, varied and coherent."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from pocketvlm.datasets.rendered import schema, words
from pocketvlm.datasets.rendered.apps import APPS, OVERLAY_SHARE, make_spec, wares
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.pictures import PICTURES, picture_name

SEEDS = range(12)
UNPRINTED = {  # keys whose words are names for the page, not what it prints
    *("type", "id", "kit", "app", "language", "style", "tone", "kind", "icon", "icon_color", "color", "picture"),
    *("name", "state", "layout", "inset", "accent", "actions", "time"),
}


def texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if key not in UNPRINTED:
            yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from () if name in UNPRINTED else texts(entry, name)
    elif isinstance(value, list):
        for entry in value:
            yield from texts(entry, key)


@pytest.fixture(scope="module")
def specs() -> list[dict[str, Any]]:
    return [make_spec(3, index) for index in range(1500)]


def spec_of(app: str, seed: int = 1, language: str = "en") -> dict[str, Any]:
    return make_spec(seed, 0, app=app, language=language)


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for part in schema.parts_of(spec["body"]) if part["type"] == "section" for row in part["items"]]


def amount(text: str) -> int:
    """A printed sum in hundredths."""
    found = re.search(r"(-?)[£$¥]([\d,]+)\.(\d\d)", text)
    assert found is not None, text
    return (-1 if found[1] else 1) * (int(found[2].replace(",", "")) * 100 + int(found[3]))


def test_there_are_many_apps() -> None:
    assert len(APPS) >= 36


@pytest.mark.parametrize("language", schema.LANGUAGES)
@pytest.mark.parametrize("app", APPS)
def test_an_app_gives_valid_and_repeatable_screens(app: str, language: str) -> None:
    drawn = [make_spec(seed, 5, app=app, language=language) for seed in SEEDS]
    for seed, spec in zip(SEEDS, drawn, strict=True):
        schema.check(spec)
        assert (spec["app"], spec["language"]) == (app, language)
        assert json.dumps(make_spec(seed, 5, app=app, language=language)) == json.dumps(spec)
    assert len({json.dumps(spec["body"]) for spec in drawn}) == len(drawn)
    assert len({tuple(part["type"] for part in spec["body"]) for spec in drawn} | overlay_kinds(drawn)) >= 2


def overlay_kinds(specs: list[dict[str, Any]]) -> set[Any]:
    return {spec["overlay"] and spec["overlay"]["type"] for spec in specs}


def test_a_fixed_kit_leaves_the_other_choices(specs: list[dict[str, Any]]) -> None:
    for index in range(20):
        spec = make_spec(3, index, kit="antd-mobile")
        assert {**spec, "kit": "", "device": ""} == {**specs[index], "kit": "", "device": ""}


@pytest.mark.parametrize(("name", "value"), [("kit", "bootstrap"), ("app", "teleport"), ("language", "fr")])
def test_an_unknown_choice_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"no {name} '{value}'.*there are"):
        make_spec(0, 0, **{name: value})


def test_every_component_control_overlay_and_state_occurs(specs: list[dict[str, Any]]) -> None:
    parts = [part for spec in specs for part in schema.parts_of(spec["body"])]
    assert {part["type"] for part in parts} == set(schema.COMPONENTS)
    rows = [row for spec in specs for row in rows_of(spec)]
    controls = [row["control"] for row in rows if "control" in row]
    assert {control["type"] for control in controls} == set(schema.CONTROLS)
    for kind, state in (("switch", "on"), ("star", "on"), ("checkbox", "checked"), ("radio", "selected")):
        assert {control[state] for control in controls if control["type"] == kind} == {True, False}
    assert overlay_kinds(specs) == {None, *schema.OVERLAYS}
    assert any(row.get("disabled") for row in rows)
    assert any(row.get("badge") for row in rows)
    assert {bool(part.get("disabled")) for part in parts if part["type"] == "button"} == {True, False}
    assert {part["tone"] for part in parts if part["type"] == "banner"} == {"info", "success", "warning", "danger"}
    assert {part["kind"] for part in parts if part["type"] == "field"} == {"text", "password", "number", "search"}
    assert any(part.get("error") for part in parts)
    assert {part["kind"] for part in parts if part["type"] == "chart"} == {"bar", "line", "pie"}
    assert {part["playing"] for part in parts if part["type"] == "player"} == {True, False}
    steps = [step["state"] for part in parts if part["type"] == "steps" for step in part["items"]]
    assert set(steps) == {"done", "current", "todo"}
    opened = [entry["expanded"] for part in parts if part["type"] == "accordion" for entry in part["items"]]
    assert set(opened) == {True, False}
    picked = [
        cell["selected"] for part in parts if part["type"] == "gallery" for cell in part["items"] if "selected" in cell
    ]
    assert set(picked) == {True, False}
    assert {spec["kit"] for spec in specs} == set(schema.UI_KITS)  # others are drawn only when asked for
    assert {spec["overlay"]["layout"] for spec in specs if spec["overlay"] and "layout" in spec["overlay"]} == {
        "letters",
        "numbers",
    }


def test_shares_are_those_asked_for(specs: list[dict[str, Any]]) -> None:
    def share(found: Iterator[bool]) -> float:
        return sum(found) / len(specs)

    # Four standard deviations of a share of 0.3 to 0.4 in 1500 draws are 0.05; layers that an app or a focused field
    # brings come on top of the share that is drawn.
    assert share(spec["language"] == "zh" for spec in specs) == pytest.approx(0.3, abs=0.05)
    assert share(spec["theme"]["dark"] for spec in specs) == pytest.approx(0.4, abs=0.05)
    assert share(spec["scroll"] > 0 for spec in specs) == pytest.approx(0.3, abs=0.05)
    assert OVERLAY_SHARE - 0.05 < share(spec["overlay"] is not None for spec in specs) < OVERLAY_SHARE + 0.1


def test_words_are_varied_and_no_filler(specs: list[dict[str, Any]]) -> None:
    found = Counter(text for spec in specs for text in texts(spec))
    assert len(found) > 10_000
    for text in found:
        assert "lorem" not in text.lower()
        assert not re.search(r"[{}|]|  ;|\bnan\b", text), text
        assert text == text.strip(), text


def test_chinese_screens_are_in_chinese_and_english_ones_in_english(specs: list[dict[str, Any]]) -> None:
    teaching = {"lesson", "flashcards"}  # they show both
    for spec in specs:
        printed = "".join(texts(spec))
        chinese = len(re.findall(r"[\u4e00-\u9fff]", printed))
        if spec["language"] == "zh":
            assert chinese >= 2, spec["app"]
        elif spec["app"] not in teaching:
            assert chinese == 0, (spec["app"], printed)


@pytest.mark.parametrize("app", ["bill", "food_cart", "shopping_cart", "hotel"])
def test_totals_add_up(app: str) -> None:
    for seed, language in itertools.product(SEEDS, schema.LANGUAGES):
        spec = spec_of(app, seed, language)
        sums = next(
            part["items"]
            for part in spec["body"]
            if part["type"] == "section" and part["items"][-1]["label"] in ("Total", "合计")
        )
        free = {"Free", "免运费"}
        parts = [0 if row["value"] in free else amount(row["value"]) for row in sums]
        assert sum(parts[:-1]) == parts[-1], sums


def test_a_bills_lines_add_up_to_its_subtotal() -> None:
    for seed in SEEDS:
        spec = spec_of("bill", seed)
        tables = [part for part in spec["body"] if part["type"] == "table"]
        rows = rows_of(spec)
        prices = (
            [row[-1] for row in tables[0]["rows"]]
            if tables
            else [r["value"] for r in rows if "×" in r.get("detail", "")]
        )
        subtotal = next(row["value"] for row in rows if row["label"] == "Subtotal")
        assert sum(map(amount, prices)) == amount(subtotal)


def test_shares_of_the_battery_are_a_hundred() -> None:
    for seed in SEEDS:
        shown = [
            row["value"] for row in rows_of(spec_of("battery", seed)) if row.get("control", {}).get("type") != "switch"
        ]
        used = [int(text[:-1]) for text in shown if text.endswith("%")][:6]
        assert sum(used) == 100
        assert used == sorted(used, reverse=True)


def test_a_league_is_in_order_and_counts_three_points_a_win() -> None:
    for seed in SEEDS:
        rows = next(part for part in spec_of("league", seed)["body"] if part["type"] == "table")["rows"]
        points = [int(row[-1]) for row in rows]
        assert points == sorted(points, reverse=True)
        assert all(3 * int(won) + int(drawn) == int(all_) for _, _, won, drawn, _, all_ in rows)
        assert len({sum(map(int, row[2:5])) for row in rows}) == 1  # all have played as often


def test_boards_and_alarms_go_on_in_time() -> None:
    for seed in SEEDS:
        alarms = [row["label"] for row in rows_of(spec_of("alarm", seed))]
        minutes = [minute_of(text) for text in alarms]
        assert minutes == sorted(minutes)


def minute_of(text: str) -> int:
    hour, minute = map(int, re.findall(r"\d+", text)[:2])
    half = 0 if "PM" not in text else 12
    return (hour % 12 + half if "M" in text else hour) * 60 + minute


def test_the_same_content_does_not_depend_on_what_was_made_before() -> None:
    before = Content(4, 2, "en")
    expected = [before.name(), before.company(), before.address()]
    Content(9, 9, "en").names(20)
    again = Content(4, 2, "en")
    assert [again.name(), again.company(), again.address()] == expected


def test_money_is_printed_exactly() -> None:
    content = Content(0, 0, "zh")
    assert content.money(123_456) == "¥1,234.56"
    assert content.money(-5) == "-¥0.05"
    assert content.money(5, sign=True) == "+¥0.05"


def test_pictures_have_a_name_in_each_language() -> None:
    assert len(PICTURES) >= 150
    assert picture_name("dog", "en") == "dog"
    assert picture_name("dog", "zh") == "狗"
    for field in ("chinese", "code"):
        assert max(Counter(getattr(picture, field) for picture in PICTURES.values()).values()) == 1
    with pytest.raises(ValueError, match="no picture 'dragon fruit'"):
        picture_name("dragon fruit", "en")


BROKEN: list[tuple[str, Any, str]] = [
    ("kit", "bootstrap", r"\.kit: 'bootstrap' is none of"),
    ("scroll", 1.5, r"\.scroll: 1\.5 is not from 0 to 1"),
    ("fab", "unicorn", r"\.fab: there is no icon 'unicorn'"),
    ("body", [], r"\.body: \[\] is no list of at least 1"),
    ("body", [{"type": "hologram"}], "has no type of section"),
    ("body", [{"type": "text", "style": "body"}], r"\(text\) lacks text"),
    ("body", [{"type": "divider", "width": 3}], "has width, which does not belong here"),
    ("body", [{"type": "picture", "name": "unicorn", "height": 90}], "there is no picture 'unicorn'"),
    ("body", [{"type": "segments", "options": ["a", "b"], "selected": 2}], "number 2 is selected of 2"),
    ("body", [{"type": "chips", "options": ["a"], "selected": [1]}], r"numbers \[1\] are selected of 1"),
    ("body", [{"type": "table", "columns": ["a", "b"], "rows": [["1"]]}], "not the 2 cells"),
    ("body", [{"type": "slider", "label": "a", "value": 9, "min": 0, "max": 5}], "9 is not from 0 to 5"),
    ("body", [{"type": "section", "items": [{"label": "a", "icon_color": "red"}]}], "'red' is no colour"),
    (
        "body",
        [{"type": "chart", "kind": "bar", "title": "t", "labels": ["a", "b"], "values": [1, 2, 3], "unit": ""}],
        "2 labels for 3 values",
    ),
    (
        "body",
        [{"type": "player", "title": "t", "artist": "a", "position_s": 9, "duration_s": 5, "playing": True}],
        "it plays second 9 of 5",
    ),
    ("tabs", {"items": [{"icon": "home", "label": "a"}] * 2, "selected": 2}, "number 2 is selected of 2"),
]


@pytest.mark.parametrize(("key", "value", "message"), BROKEN)
def test_a_wrong_part_is_named(key: str, value: Any, message: str) -> None:
    spec = copy.deepcopy(spec_of("settings"))
    spec[key] = value
    with pytest.raises(ValueError, match=message):
        schema.check(spec)


def test_a_missing_part_is_named() -> None:
    spec = spec_of("settings")
    del spec["theme"]
    with pytest.raises(ValueError, match="lacks theme"):
        schema.check(spec)


def test_every_picture_that_content_may_name_is_there() -> None:
    sold = [ware.picture for ware in (*wares.GOODS, *wares.DISHES)]
    served = [name for kitchen in wares.COOKING.values() for name in kitchen.pictures]
    assert {*words.PICTURED.values(), *words.SCENES, *sold, *served} <= set(PICTURES)
    assert len(wares.KITCHENS) == len(words.RESTAURANTS)
