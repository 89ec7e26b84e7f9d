"""References to what is on a screen: found again by their words, and put in words."""

from __future__ import annotations

import pytest

from pocketvlm.locating import Target, is_chinese, is_reference, nearest, part_of_screen, resolve, wording
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import TextLine
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_merging import merge


def element(role: str, box: tuple[int, int, int, int], look: str | None = None) -> Element:
    return Element(role, box, 0.9, True if role == "switch" else None, False, look, None, None)


@pytest.fixture(scope="module")
def settings() -> ScreenStructure:
    """A title, two rows with switches, one that opens, an icon, tabs."""
    elements = [
        element("header", (0, 100, 1080, 250)),
        element("back", (20, 120, 120, 230)),
        element("action", (950, 120, 1050, 230), "magnifying glass"),
        element("row", (0, 300, 1080, 450)),
        element("switch", (900, 330, 1020, 420)),
        element("row", (0, 450, 1080, 600)),
        element("switch", (900, 480, 1020, 570)),
        element("row", (0, 600, 1080, 750)),
        element("chevron", (960, 640, 1020, 700)),
        element("tab", (0, 2200, 540, 2400), "house"),
        element("tab", (540, 2200, 1080, 2400), "person"),
        element("battery", (980, 20, 1050, 60)),
    ]
    texts = {
        "9:41": (60, 20), "Alarms": (160, 150), "Breakfast": (60, 350), "Brunch": (60, 500), "Payment": (60, 650),
        "Home": (220, 2340), "Profile": (730, 2340),
    }  # fmt: skip
    lines = [TextLine(text, (x, y, x + 22 * len(text), y + 44), 0.99) for text, (x, y) in texts.items()]
    return merge(1080, 2400, lines, elements)


@pytest.mark.parametrize(
    ("reference", "box"),
    [
        ("@switch Breakfast", (900, 330, 1020, 420)),
        ("@switch Brunch", (900, 480, 1020, 570)),
        ("@switch breakfsat", (900, 330, 1020, 420)),  # the model's slips are forgiven
        ("@row Payment", (0, 600, 1080, 750)),
        ("@text Payment", (60, 650, 214, 694)),
        ("@icon magnifying glass", (950, 120, 1050, 230)),
        ("@tab Profile", (540, 2200, 1080, 2400)),
        ("@back", (20, 120, 120, 230)),
        ("@battery", (980, 20, 1050, 60)),
        ("@time", (60, 20, 148, 64)),
        ("@button Profile", (540, 2200, 1080, 2400)),  # the words count for more than the kind
    ],
)
def test_references_lead_to_their_things(
    settings: ScreenStructure, reference: str, box: tuple[int, int, int, int]
) -> None:
    found = resolve(settings, reference)
    assert found is not None
    assert found.box == box


@pytest.mark.parametrize("reference", ["@switch Dinner", "@keyboard", "@", "@text zzz", "no reference at all"])
def test_nothing_like_it(settings: ScreenStructure, reference: str) -> None:
    assert resolve(settings, reference) is None


def test_a_box_is_named_by_a_reference_that_leads_back_to_it(settings: ScreenStructure) -> None:
    for box in [(902, 328, 1018, 424), (3, 602, 1080, 750), (62, 652, 212, 690), (538, 2203, 1080, 2400)]:
        target = nearest(settings, box)
        assert target is not None
        found = resolve(settings, target.reference)
        assert found is not None
        assert found.box == target.box
    assert nearest(settings, (300, 1200, 500, 1400)) is None


def test_what_a_finger_may_touch_is_larger_than_what_is_seen(settings: ScreenStructure) -> None:
    target = nearest(settings, (870, 300, 1050, 450))
    assert target is not None
    assert target.box == (900, 330, 1020, 420)
    assert nearest(settings, (660, 150, 1260, 600)) is None


@pytest.mark.parametrize(
    ("target", "english", "chinese"),
    [
        (Target("switch", "Breakfast", "", (900, 2300, 1000, 2400)), "the Breakfast switch, bottom right",
         "右下方的Breakfast开关"),
        (Target("action", "", "paper plane", (900, 100, 1000, 200)), "the icon, top right", "右上方的图标"),
        (Target("back", "", "", (10, 100, 90, 200)), "the back arrow, top left", "左上方的返回箭头"),
        (Target("row", "Payment", "", (0, 1100, 1080, 1300)), "the row, middle", "中间的那一行"),
        (Target("text", "Balance", "", (0, 1100, 90, 1300)), "left", "左侧"),
        (Target("keyboard", "", "", (0, 1800, 1080, 2400)), "bottom", "下方"),
    ],
)  # fmt: skip
def test_places_in_words(settings: ScreenStructure, target: Target, english: str, chinese: str) -> None:
    assert wording(settings, target, chinese=False) == english
    assert wording(settings, target, chinese=True) == chinese


def test_a_place_beyond_the_edge_is_still_named(settings: ScreenStructure) -> None:
    assert part_of_screen(settings, (-300, -200, -10, -10)) == ("top left", "左上方")
    assert part_of_screen(settings, (1080, 2400, 1400, 2600)) == ("bottom right", "右下方")


def test_what_is_a_reference_and_what_is_chinese() -> None:
    assert is_reference("@back")
    assert not is_reference("at the back")
    assert is_reference("@switch Wi-Fi", "Wi-Fi | Bluetooth")
    assert not is_reference("@anna_k", "by @anna_k, two days ago")  # somebody's handle
    assert is_chinese("电池在哪里？")
    assert is_chinese("Wi-Fi和Bluetooth开关在哪里？")
    assert not is_chinese("Where is the café?")
    assert not is_chinese("Which colour does the button “已有账号” have?")
    assert not is_chinese("Need to switch to the 发现 tab, where")
