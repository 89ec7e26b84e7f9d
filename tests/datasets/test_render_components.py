"""Every component in every kit: what the page says it shows is what the spec asked for, and what the pixels show."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pocketvlm.datasets.rendered import schema
from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.devices import ANDROID, IOS
from pocketvlm.datasets.rendered.driver import Drawn, Driver, open_driver

SPECS = Path(__file__).parent / "specs"
SCREENS = ("lists", "forms", "figures", "media", "launcher", "keypad")
OVERLAYS = json.loads((SPECS / "overlays.json").read_text(encoding="utf-8"))
Element = dict[str, Any]
Claim = tuple[str, str | None, dict[str, Any]]  # role, what it is about or says, state


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with open_driver() as opened:
        yield opened


def complete(screen: dict[str, Any], kit: str, height: int = 844, **more: Any) -> dict[str, Any]:
    """A spec around what an app made; tall ones show all of it at once."""
    device = {"name": "test", "width": 400, "height": height, "scale": 1, "inset": "none", "home_indicator": True}
    theme = {"dark": False, "accent": "#1a73e8", "text_scale": 1}
    status = {"time": "9:41", "battery": 0.75, "charging": False, "wifi": 2, "signal": 3}
    screen = {name: part for name, part in screen.items() if name not in ("overlays", "scroll")}
    spec = {
        **{"id": "s1", "seed": 7, "index": 1, "kit": kit, "app": "test", "language": "en", "device": device},
        **{"theme": theme, "status": status, "scroll": 0, **screen, **more},
    }
    schema.check(spec)
    return spec


def stored(name: str) -> dict[str, Any]:
    return json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))


def shows(elements: list[Element], claim: Claim) -> bool:
    role, about, state = claim
    return any(
        element["role"] == role and about in (None, element["name"], element["text"]) and element["state"] == state
        for element in elements
    )


# What a component must show: worked out from the spec alone, as a person would read it.


def item_claims(item: dict[str, Any]) -> list[Claim]:
    label, control = item["label"], item.get("control", {})
    about = {key: value for key, value in control.items() if key not in ("type", "label", "min", "max")}
    if control.get("type") == "progress":
        about = {"progress": control["value"]}
    claims: list[Claim] = [("label", label, {})]
    claims.append(("row", label, {"disabled": item["disabled"]} if "disabled" in item else {}))
    claims += [(role, item[role], {}) for role in ("detail", "value", "badge", "avatar") if role in item]
    claims += [(role, label, {}) for role in ("icon",) if role in item]
    claims += [("picture", item["picture"], {})] if "picture" in item else []
    return claims + ([(control["type"], label, about)] if control else [])


def component_claims(part: dict[str, Any]) -> list[Claim]:
    kind = part["type"]
    if kind == "section":
        titles = [("section_title", part["title"], {})] if "title" in part else []
        return titles + [claim for item in part["items"] for claim in item_claims(item)]
    if kind in ("buttons", "card"):
        inner = part.get("items") or part["body"]
        own = [("card", part["title"], {})] if kind == "card" else []
        return own + [claim for each in inner for claim in component_claims(each)]
    return SIMPLE[kind](part) if kind in SIMPLE else LISTED[kind](part)


SIMPLE: dict[str, Any] = {
    "text": lambda part: [("text" if part["style"] == "body" else part["style"], part["text"], {})],
    "banner": lambda part: [("banner", part["text"], {})],
    "button": lambda part: [("button", part["label"], {"disabled": True} if "disabled" in part else {})],
    "slider": lambda part: [("slider", part["label"], {"value": part["value"]})],
    "stepper": lambda part: [("stepper", part["label"], {"value": part["value"]})],
    "progress": lambda part: [("progress", part["label"], {"progress": part["value"]})],
    "rating": lambda part: [("rating", part["label"], {"value": part["value"]})],
    "picture": lambda part: [("picture", part["name"], {}), ("caption", part["caption"], {})],
    "divider": lambda part: [],
    "field": lambda part: [("field", part["label"], {"focused": True} if "focused" in part else {})],
    "player": lambda part: [
        ("progress", part["title"], {"progress": round(part["position_s"] / part["duration_s"], 4)}),
        ("player_button", "pause" if part["playing"] else "play", {}),
    ],
}
LISTED: dict[str, Any] = {
    "segments": lambda part: [
        ("segment", option, {"selected": at == part["selected"]}) for at, option in enumerate(part["options"])
    ],
    "chips": lambda part: [
        ("chip", option, {"selected": at in part["selected"]}) for at, option in enumerate(part["options"])
    ],
    "stats": lambda part: [("stat", item["label"], {}) for item in part["items"]],
    "chart": lambda part: (
        [("chart", part["title"], {})]
        + [
            ("chart_value", label, {"value": value, **({"selected": True} if part.get("highlight") == at else {})})
            for at, (label, value) in enumerate(zip(part["labels"], part["values"], strict=True))
        ]
    ),
    "table": lambda part: (
        [("table_header", column, {}) for column in part["columns"]]
        + [("table_cell", cell, {}) for row in part["rows"] for cell in row]
    ),
    "calendar": lambda part: [
        ("day", str(day), {"selected": day == part["selected"], "checked": day in part["marked"]})
        for day in range(1, 32)
    ],
    "steps": lambda part: [
        ("step", item["title"], {"checked": item["state"] == "done", "selected": item["state"] == "current"})
        for item in part["items"]
    ],
    "accordion": lambda part: [("accordion", item["title"], {"expanded": item["expanded"]}) for item in part["items"]],
    "gallery": lambda part: [
        ("picture", item["name"], {"selected": item["selected"]} if "selected" in item else {})
        for item in part["items"]
    ],
    "map": lambda part: [("pin", pin["label"], {}) for pin in part["pins"]],
    "bubbles": lambda part: [("bubble", message["text"], {}) for message in part["messages"]],
    "grid": lambda part: [("app_icon", item["label"], {}) for item in part["items"]],
    "keypad": lambda part: [("key", key, {}) for row in part["keys"] for key in row],
}


def frame_claims(screen: dict[str, Any]) -> list[Claim]:
    claims: list[Claim] = [("time", "9:41", {}), ("battery", None, {"value": 0.75}), ("wifi", None, {"value": 2})]
    claims.append(("signal", None, {"value": 3}))
    if head := screen["header"]:
        claims += [("title", head["title"], {}), *(("action", icon, {}) for icon in head["actions"])]
        claims += [("search", head["search"], {})] if head["search"] else []
        claims += [("back", None, {})] if head["back"] is not None else []
    for at, tab in enumerate((screen["tabs"] or {"items": []})["items"]):
        claims.append(("tab", tab["label"], {"selected": at == screen["tabs"]["selected"]}))
    return claims + ([("fab", screen["fab"], {})] if screen["fab"] else [])


@pytest.mark.parametrize("kit", schema.KITS)
@pytest.mark.parametrize("name", SCREENS)
def test_every_component_tells_what_the_spec_asked(driver: Driver, kit: str, name: str) -> None:
    screen = stored(name)
    truth = driver.draw(complete(screen, kit, height=3000)).truth
    claims = frame_claims(screen) + [claim for part in screen["body"] for claim in component_claims(part)]
    assert [claim for claim in claims if not shows(truth["elements"], claim)] == []


def test_the_stored_screens_hold_every_component() -> None:
    kinds = {part["type"] for name in SCREENS for part in schema.parts_of(stored(name)["body"])}
    assert kinds == set(schema.COMPONENTS)


@pytest.mark.parametrize("kit", schema.KITS)
@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: f"{overlay['type']}-{overlay.get('layout', '')}")
def test_every_overlay_tells_its_parts(driver: Driver, kit: str, overlay: dict[str, Any]) -> None:
    elements = driver.draw(complete(stored("lists"), kit, overlay=overlay)).truth["elements"]
    claims: list[Claim] = [(overlay["type"], None, {})]
    claims += [("dialog_button", text, {}) for text in overlay.get("buttons", [])]
    claims += [("option", text, {}) for text in overlay.get("options", [])]
    claims += [("key", key, {}) for key in {"letters": "qwm", "numbers": "059"}.get(overlay.get("layout", ""), "")]
    claims += [(overlay["type"], overlay["text"], {})] if overlay["type"] in ("toast", "dialog") else []
    assert [claim for claim in claims if not shows(elements, claim)] == []


@pytest.mark.parametrize("kit", schema.KITS)
def test_what_a_sheet_hides_is_left_out(driver: Driver, kit: str) -> None:
    rows = ui.section([ui.item(f"Row {number}") for number in range(12)])
    screen = ui.screen(ui.header("Rows"), [rows], overlay=ui.sheet("More", *(f"Option {n}" for n in range(7))))
    elements = driver.draw(complete(screen, kit)).truth["elements"]
    (sheet,) = [element for element in elements if element["role"] == "sheet"]
    rows_seen = [element for element in elements if element["role"] == "row"]
    assert 2 <= len(rows_seen) < 12
    # Boxes end outward at whole pixels, so that two which touch may share one.
    assert all(row["box"][3] <= sheet["box"][1] + 1 for row in rows_seen)


@pytest.mark.parametrize("kit", schema.KITS)
def test_what_a_scroller_cuts_is_clipped(driver: Driver, kit: str) -> None:
    body = [ui.picture("cat", 500), ui.picture("dog", 500)]
    elements = driver.draw(complete(ui.screen(ui.header("Album"), body), kit, scroll=1)).truth["elements"]
    (header,) = [element for element in elements if element["role"] == "header"]
    seen = {element["picture"]: element for element in elements if element["role"] == "picture"}
    assert set(seen) == {"cat", "dog"}
    assert seen["cat"]["clipped"] is True  # scrolled out for the most part
    assert seen["cat"]["box"][1] >= header["box"][3]


def covering_color(drawn: Drawn, element: Element) -> tuple[int, ...]:
    """The most common colour of the pixels in an element's box."""
    x1, y1, x2, y2 = element["box"]
    pixels = np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB"))[y1:y2, x1:x2].reshape(-1, 3)
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    return tuple(int(part) for part in colors[counts.argmax()])


@pytest.mark.parametrize("scale", [1, 2.625, 3])
@pytest.mark.parametrize("kit", schema.KITS)
def test_boxes_and_colours_fit_the_pixels(driver: Driver, kit: str, scale: float) -> None:
    body = [ui.text("Above"), ui.button("Delete", color="#c2185b"), ui.text("Below")]
    spec = complete(ui.screen(ui.header("Buttons"), body), kit)
    spec["device"]["scale"] = scale
    drawn = driver.draw(spec)
    (button,) = [element for element in drawn.truth["elements"] if element["role"] == "button"]
    assert button["color"] == "#c2185b"
    assert covering_color(drawn, button) == (0xC2, 0x18, 0x5B)
    pixels = np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB")).astype(int)
    rows, columns = np.nonzero(abs(pixels - (0xC2, 0x18, 0x5B)).sum(axis=2) < 6)
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    # Rounded corners, edges between pixels and Material's invisible margin around a button's touch target.
    assert np.abs(np.array(found) - button["box"]).max() <= 6 * scale


@pytest.mark.parametrize("kit", ["material-web", "ionic-ios"])
def test_cut_words_are_told_as_printed(driver: Driver, kit: str) -> None:
    title = "The unabridged minutes of the allotment society's extraordinary general meeting"
    elements = driver.draw(complete(ui.screen(ui.header(title), [ui.text("Hello")]), kit)).truth["elements"]
    (shown,) = [element["text"] for element in elements if element["role"] == "title"]
    assert shown.endswith("…")
    assert title.startswith(shown[:-1].rstrip())
    assert 15 < len(shown) < len(title)


@pytest.mark.parametrize("kit", schema.KITS)
def test_same_spec_same_bytes_whatever_came_before(driver: Driver, kit: str) -> None:
    spec = complete(stored("lists"), kit, overlay=OVERLAYS[0])
    spec["device"]["scale"] = 2  # as devices have: see devices.py
    first = driver.draw(spec)
    driver.draw(complete(stored("forms"), kit, theme={"dark": True, "accent": "#d81b60", "text_scale": 1.3}))
    again = driver.draw(spec)
    assert again.png == first.png
    assert again.truth == first.truth


def test_chinese_dark_and_large_text_are_drawn(driver: Driver) -> None:
    screen = ui.screen(ui.header("设置"), [ui.section([ui.item("无线网络", value="已连接", control=ui.switch(True))])])
    more = {"language": "zh", "theme": {"dark": True, "accent": "#1a73e8", "text_scale": 1.3}}
    for kit in schema.KITS:
        large = driver.draw(complete(screen, kit, **more))
        small = driver.draw(complete(screen, kit, language="zh"))
        heights = []
        for drawn in (large, small):
            (label,) = [element for element in drawn.truth["elements"] if element["role"] == "label"]
            assert label["text"] == "无线网络"
            heights.append(label["box"][3] - label["box"][1])
        assert heights[0] > heights[1]
        assert np.asarray(Image.open(io.BytesIO(large.png)).convert("L")).mean() < 60  # of 255
        assert np.asarray(Image.open(io.BytesIO(small.png)).convert("L")).mean() > 200


def test_devices_are_many_and_drawn_at_their_size(driver: Driver) -> None:
    assert len({device["name"] for device in (*IOS, *ANDROID)}) >= 12
    for kit, device in (("ionic-ios", IOS[0]), ("material-web", ANDROID[5]), ("antd-mobile", ANDROID[-1])):
        drawn = driver.draw(complete(stored("keypad"), kit) | {"device": device})
        size = Image.open(io.BytesIO(drawn.png)).size
        assert (drawn.truth["width"], drawn.truth["height"]) == size
        wanted = (device["width"] * device["scale"], device["height"] * device["scale"])
        assert np.abs(np.array(size) - wanted).max() < 1  # a part of a pixel is rounded


def test_an_unknown_kit_is_refused(driver: Driver) -> None:
    with pytest.raises(ValueError, match=r"unknown kit 'swing': use one of ionic-ios"):
        driver.draw({"kit": "swing"})
