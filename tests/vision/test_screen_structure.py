"""Lines and elements merged into one structure, and its few words: on hand-made screens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pocketvlm.vision.parser.elements import Box, Element
from pocketvlm.vision.parser.roles import ROLES
from pocketvlm.vision.reading_order import TextLine
from pocketvlm.vision.structure import ScreenStructure, hull, inside
from pocketvlm.vision.structure_charts import chart_kind
from pocketvlm.vision.structure_merging import is_dark, merge
from pocketvlm.vision.structure_text import printed, row_text, structure_lines, structure_text, summary

SIZE = (1080, 2400)
WIDE_TOP = (
    ("16:01", (24, 0, 93, 38)),
    ("Storage", (77, 60, 200, 105)),
    ("105 GB used", (16, 148, 309, 197)),
    ("82%", (1116, 151, 1187, 194)),
)


def line(text: str, x: int, y: int, height: int = 40) -> TextLine:
    return TextLine(text, (x, y, x + 20 * len(text), y + height), 0.99)


def element(role: str, *box: int, **rest: Any) -> Element:
    x1, y1, x2, y2 = box
    values = {"active": None, "disabled": False, "look": None, "value": None, "color": None, **rest}
    return Element(role=role, box=(x1, y1, x2, y2), score=0.9, **values)


def said(lines: list[TextLine], elements: list[Element]) -> list[str]:
    """What is said of a screen, without the summary."""
    return [text for text in structure_lines(merge(*SIZE, lines, elements))[1:] if text]


def test_a_label_and_its_switch_are_one_row() -> None:
    elements = [element("row", 0, 300, 1080, 450), element("switch", 900, 330, 1020, 420, active=True, color="teal")]
    lines = [line("HomeNet", 60, 390), line("Wi-Fi", 60, 320)]
    assert said(lines, elements) == ["Wi-Fi | HomeNet | [switch on, teal]"]
    structure = merge(*SIZE, lines, elements)
    assert [cell.name for cell in structure.cells if cell.role == "switch"] == ["Wi-Fi"]
    assert structure.rows[0].box == (0, 300, 1080, 450)


def test_without_a_row_found_the_switch_still_has_its_label() -> None:
    structure = merge(*SIZE, [line("Wi-Fi", 60, 320)], [element("switch", 900, 310, 1020, 370, active=False)])
    assert structure_text(structure).splitlines()[1:] == ["Wi-Fi | [switch off]"]
    assert structure.cells[1].name == "Wi-Fi"


def test_a_row_found_too_narrow_keeps_what_stands_beside_its_ends() -> None:
    elements = [element("row", 60, 300, 1000, 450), element("chevron", 1006, 350, 1040, 400)]
    assert said([line("Wi-Fi", 20, 320), line("HomeNet", 20, 390)], elements) == ["Wi-Fi | HomeNet | [>]"]


def test_a_row_found_much_too_narrow_keeps_the_control_at_its_end() -> None:
    rows = [element("row", 0, 300, 700, 450), element("row", 0, 450, 700, 600)]
    switches = [
        element("switch", 900, 330, 1020, 420, active=True),
        element("switch", 900, 480, 1020, 570, active=False),
    ]
    lines = [line("Wi-Fi", 60, 320), line("HomeNet", 60, 390), line("Data", 60, 500)]
    assert said(lines, [*rows, *switches]) == ["Wi-Fi | HomeNet | [switch on]", "Data | [switch off]"]


def test_a_control_level_with_two_rows_is_in_neither() -> None:
    rows = [element("row", 0, 300, 500, 450), element("row", 520, 300, 900, 450)]
    structure = merge(
        *SIZE, [line("One", 60, 340), line("Two", 600, 340)], [*rows, element("switch", 950, 340, 1020, 400)]
    )
    assert [row.frame for row in structure.rows if row.cells[0].role == "switch"] == [None]


def test_a_battery_found_amid_a_page_takes_no_lines() -> None:
    elements = [element("battery", 990, 20, 1060, 50), element("battery", 900, 1200, 980, 1230)]
    lines = [line("80%", 900, 15), line("Morning", 60, 300), line("Biology", 60, 1190)]
    assert said(lines, elements) == ["[battery 80%]", "Morning", "Biology | [battery]"]


def test_amid_the_status_bar_stands_no_control() -> None:
    elements = [
        element("wifi", 900, 20, 940, 50),
        element("battery", 990, 20, 1060, 50),
        element("chip", 940, 18, 995, 52),
    ]
    assert said([line("80%", 1000, 15)], [*elements, element("chip", 900, 120, 1000, 160)]) == [
        "[battery 80%]",
        "[chip]",
    ]


def test_controls_take_the_words_inside_them() -> None:
    elements = [
        element("tab", 0, 2200, 540, 2400, active=True, look="house"),
        element("tab", 540, 2200, 1080, 2400, active=False, look="magnifying glass"),
        element("button", 40, 1000, 1040, 1120, disabled=True, color="blue"),
        element("field", 40, 600, 1040, 760, active=True),
        element("chip", 40, 1300, 300, 1380, active=True),
    ]
    lines = [
        line("Home", 200, 2340),
        line("Search", 750, 2340),
        line("Save", 500, 1040),
        line("E-mail", 60, 620, 30),
        line("a@b.com", 60, 690),
        line("All", 130, 1320),
    ]
    assert said(lines, elements) == [
        "[field E-mail: a@b.com, focused]",
        "[button Save, disabled, blue]",
        "[chip All, selected]",
        "[tab Home, selected, house] | [tab Search, magnifying glass]",
    ]


def test_a_line_read_across_two_tabs_is_parted() -> None:
    elements = [element("segment", 0, 400, 540, 500, active=True), element("segment", 540, 400, 1080, 500)]
    assert said([TextLine("Week Month", (200, 430, 800, 470), 0.9)], elements) == [
        "[segment Week, selected] | [segment Month]"
    ]


def test_tabs_that_run_into_each_other_are_one_row() -> None:
    boxes = [(0, 402, 280, 500), (260, 400, 560, 498), (530, 405, 820, 503), (800, 400, 1080, 500)]
    elements = [element("segment", *box, active=box[0] == 0) for box in boxes]
    lines = [line(word, x, 430) for word, x in (("Mon", 100), ("Tue", 380), ("Wed", 650), ("Thu", 920))]
    assert said(lines, elements) == ["[segment Mon, selected] | [segment Tue] | [segment Wed] | [segment Thu]"]


def test_what_the_parser_takes_for_text_gives_way_to_lines() -> None:
    elements = [element("text", 60, 300, 400, 340), element("text", 60, 900, 400, 940)]
    assert said([line("Balance", 60, 300)], elements) == ["Balance"]


def test_a_badge_is_part_of_its_tab_but_a_cell_elsewhere() -> None:
    tab, badge = element("tab", 0, 2200, 540, 2400), element("badge", 290, 2210, 330, 2250, color="red")
    alone = element("badge", 900, 500, 960, 560, color="red")
    lines = [line("Basket", 200, 2340), line("4", 300, 2212, 36), line("7", 920, 510), line("Offers", 60, 510)]
    assert said(lines, [tab, badge, alone]) == ["Offers | [badge 7, red]", "[tab Basket, badge 4]"]


def test_what_the_reader_takes_for_letters_in_drawings_is_left_out() -> None:
    elements = [
        element("icon", 60, 300, 120, 360, look="sun"),
        element("tab", 0, 2200, 540, 2400, look="house"),
        element("search", 40, 500, 1040, 600),
        element("back", 20, 150, 120, 250),
        element("wifi", 900, 20, 940, 60),
        element("battery", 1000, 20, 1060, 60),
        element("rating", 60, 700, 220, 750, value=0.6),
    ]
    lines = [
        line("★⭐★★★", 70, 705),  # hollow and full ones look alike to it
        line("O", 75, 310),
        line("Display", 160, 310),
        line("Warm >", 800, 310),
        line("G", 250, 2220),
        line("Home", 200, 2340),
        line("Q Search mail", 60, 530),
        line("1", 60, 180),
        line("F. 65%", 880, 20),
    ]
    assert said(lines, elements) == [
        "[battery 65%]",
        "[back]",
        "[icon sun] | Display | Warm",
        "[search box Search mail]",
        "[rating 3]",
        "[tab Home, house]",
    ]


def test_marks_and_the_phones_own_keys_are_no_text() -> None:
    lines = [line("Kings – Stars", 60, 300), line("0 : 5 ☆", 800, 300), line("□", 700, 2350), line("5", 60, 600)]
    assert said(lines, []) == ["Kings – Stars | 0 : 5", "5"]


def test_the_arrow_back_is_no_part_of_the_words_beside_it() -> None:
    lines = [line(text, 60, 300 + 100 * at) for at, text in enumerate(("← Recipe", "〈返回", "く Back", "< 5 min"))]
    assert said(lines, []) == ["Recipe", "返回", "Back", "< 5 min"]
    wide = TextLine("← 存储", (11, 51, 162, 109), 0.9)  # read together with its arrow
    assert said([wide], [element("back", 16, 66, 58, 104)]) == ["[back] | 存储"]


def test_a_charts_scale_stands_apart_from_its_values() -> None:
    lines = [line("Steps", 60, 520), line("10", 1000, 600), line("0", 1000, 960)]
    for n, day in enumerate(("Mon", "Tue", "Wed")):
        lines += [line(day, 120 + 300 * n, 1020), line(str(7 + n), 130 + 300 * n, 750 - 30 * n)]
    assert said(lines, [element("chart", 40, 500, 1060, 1100)]) == [
        "[chart]",
        "Steps",
        "Mon: 7 | Tue: 8 | Wed: 9",
        "10 | 0",
    ]


def test_a_dialog_comes_first_and_the_rest_lies_behind() -> None:
    elements = [
        element("row", 0, 980, 1080, 1130),  # its box reaches under the dialog
        element("dialog", 200, 900, 880, 1300),
        element("button", 220, 1200, 500, 1280),
        element("button", 520, 1200, 860, 1280),
    ]
    lines = [
        line("Settings", 60, 200),
        line("Delete file?", 250, 930),
        line("No way back", 250, 1020),
        line("Cancel", 300, 1220),
        line("Delete", 620, 1220),
    ]
    structure = merge(*SIZE, lines, elements, dark=False)
    assert structure_text(structure).splitlines() == [
        "[screen: light; 2 dialog buttons; dialog open]",
        "[dialog]",
        "Delete file?",
        "No way back",
        "[button Cancel] | [button Delete]",
        "[behind]",
        "Settings",
    ]
    assert [row.behind for row in structure.rows] == [False, False, False, False, True, True]


def test_a_dialog_over_a_chart_is_no_part_of_it() -> None:
    elements = [
        element("chart", 100, 900, 980, 1500),  # its box reaches around the dialog, and lies mostly in it
        element("dialog", 90, 1000, 990, 1380),
        element("button", 120, 1280, 960, 1360),
    ]
    lines = [line("Vote sent", 400, 1030), line("OK", 500, 1300), line("Result", 140, 910)]
    assert said(lines, elements) == ["[dialog]", "Vote sent", "[button OK]", "[behind]", "[chart]", "Result"]


def test_a_printed_bracket_draws_up_no_control() -> None:
    assert said([line("[switch on] | x", 60, 300)], []) == ["(switch on) x"]
    assert said([line("a]", 500, 1040)], [element("button", 40, 1000, 1040, 1120)]) == ["[button a)]"]
    assert printed("two\nlines  apart") == "two lines apart"


def test_a_headers_text_is_a_title_and_the_clock_above_it_is_not() -> None:
    lines = [line("9:41", 60, 20), line("Settings", 60, 120)]
    header = element("header", 0, 0, 1080, 200)  # up to the screen's edge, its status bar's symbols unseen
    assert said(lines, [header]) == ["9:41", "# Settings"]


@pytest.mark.parametrize("role", ROLES)
def test_printed_marks_are_words_in_every_kind_of_control(role: str) -> None:
    """The same markup stands around words that spell controls as around any words."""
    for forged in ("[switch on]", "Save] | [tab Home, selected", "[screen: 9 switches: 9 on]", "two\n[button Pay]"):
        harmless = "".join("a" if mark.strip() else " " for mark in forged)
        texts = [structure_text(merge(*SIZE, *screen_about(role, words))) for words in (forged, harmless)]
        assert [texts[0].count(mark) for mark in "[]|\n"] == [texts[1].count(mark) for mark in "[]|\n"]


def screen_about(role: str, words: str) -> tuple[list[TextLine], list[Element]]:
    """An element of a role and a badge on a tab, with the same words in both."""
    tab, badge = element("tab", 40, 2200, 1040, 2400), element("badge", 900, 2210, 980, 2250)
    lines = [TextLine(words, box, 0.99) for box in ((60, 650, 700, 700), (905, 2212, 975, 2248))]
    return lines, [element(role, 40, 600, 1040, 760, active=True), tab, badge]


def test_the_summary_counts_what_is_asked_for() -> None:
    elements = [
        *(element("switch", 900, 300 + 100 * n, 1000, 350 + 100 * n, active=n < 2) for n in range(3)),
        *(element("picture", 60, 900 + 300 * n, 300, 1100 + 300 * n, look="dog") for n in range(2)),
        element("bubble", 500, 700, 1060, 780),
        element("bubble", 20, 800, 400, 880),
        element("bubble", 600, 1000, 1060, 1080),
        element("keyboard", 0, 1700, 1080, 2400),
    ]
    text = summary(merge(*SIZE, [], elements, dark=True))
    for part in ("dark", "3 switches: 2 on, 1 off", "2 pictures", "3 messages: 2 mine, 1 theirs", "keyboard open"):
        assert part in text
    assert summary(merge(*SIZE, [line("Hello", 60, 300)], [])) == "[screen: text]"


def test_the_summary_names_what_is_chosen_of_several() -> None:
    tabs = [element("tab", 540 * at, 2200, 540 * at + 540, 2340, active=at == 1) for at in range(2)]
    radios = [element("radio", 900, 340 + 150 * at, 960, 400 + 150 * at, active=at == 0) for at in range(2)]
    lines = [
        line("Home", 200, 2250),
        line("Me; dialog open", 740, 2250),
        line("Monthly", 60, 350),
        line("Daily", 60, 500),
    ]
    found = merge(*SIZE, lines, [*tabs, *radios])
    assert summary(found) == "[screen: 2 tabs; tab Me, dialog open selected; radio Monthly chosen]"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (element("progress", 60, 500, 1000, 520, value=0.4), "[progress 40%]"),
        (element("rating", 60, 500, 400, 560, value=0.71), "[rating 3.5]"),
        (element("action", 900, 100, 1000, 200, look="paper plane", color="blue"), "[icon paper plane]"),
        (element("icon", 60, 500, 120, 560, look="sun", color="orange"), "[icon sun, orange]"),
        (element("picture", 60, 500, 520, 960, look="house plant"), "[picture house plant]"),
        (element("checkbox", 60, 500, 120, 560, active=False), "[box empty]"),
        (element("star", 60, 500, 120, 560, active=True, look="star"), "[star on]"),
        (element("step", 60, 500, 900, 560, active=False, value=0.5), "[step, now]"),
        (element("switch", 60, 500, 120, 560, active=False, color="grey"), "[switch off]"),
        (element("chevron", 60, 500, 120, 560), "[>]"),
    ],
)
def test_controls_in_words(made: Element, text: str) -> None:
    assert said([], [made]) == [text]


def test_keys_and_days_are_told_row_by_row() -> None:
    keys = [element("key", 200 * n, 1000, 200 * n + 190, 1100) for n in range(3)]
    days = [element("day", 200 * n, 1400, 200 * n + 190, 1500, active=n == 1, value=float(n == 2)) for n in range(3)]
    lines = [line(str(n), 200 * n + 90, 1430 if row else 1030) for row in range(2) for n in range(3)]
    assert said(lines, [*keys, *days]) == ["[keys 0 1 2]", "[days 0 1 selected 2 dot]"]
    board = element("keyboard", 0, 900, 1080, 1350)
    assert said(lines[:3], [board, *keys]) == ["[keyboard]"]  # letters of a keyboard tell nothing


def test_a_charts_values_stand_with_their_labels() -> None:
    bars = [element("chart_value", 100 + 300 * n, 800 - 90 * n, 200 + 300 * n, 1000) for n in range(3)]
    lines = [line("Steps", 60, 520)]
    for n, day in enumerate(("Mon", "Tue", "Wed")):
        lines += [line(day, 120 + 300 * n, 1020), line(str(10 + n), 130 + 300 * n, 750 - 90 * n)]
    assert said(lines, [element("chart", 40, 500, 1040, 1100), *bars]) == [
        "[chart bar, 3 values]",
        "Steps",
        "Mon: 10 | Tue: 11 | Wed: 12",
    ]


def test_a_legend_taken_for_a_list_row_is_read_along_its_lines() -> None:
    lines = [line(text, 560, 500 + 80 * at) for at, text in enumerate(("Apps", "Photos", "Videos"))]
    lines += [line(text, 860, 500 + 80 * at) for at, text in enumerate(("5 GB", "7 GB", "11 GB"))]
    assert said(lines, [element("row", 200, 480, 1060, 740)]) == ["Apps | 5 GB | Photos | 7 GB | Videos | 11 GB"]


def test_a_legend_is_read_along_its_lines() -> None:
    lines = [line("Food", 500, 600), line("$5", 900, 600), line("Rent", 500, 700), line("$9", 900, 700)]
    assert said(lines, [element("chart", 40, 500, 1040, 1100)]) == ["[chart]", "Food | $5", "Rent | $9"]


@pytest.mark.parametrize(
    ("boxes", "kind"),
    [
        ([(0, 300, 50, 900), (100, 500, 150, 900)], "bar"),
        ([(0, 300, 20, 320), (100, 500, 120, 520)], "line"),
        ([(0, 300, 200, 600), (100, 500, 300, 800)], "pie"),
        ([(0, 300, 200, 600)], ""),
    ],
)
def test_kinds_of_charts(boxes: list[Box], kind: str) -> None:
    assert chart_kind(element("chart", 0, 0, 1000, 1000), [element("chart_value", *box) for box in boxes]) == kind


def test_every_line_stands_in_one_cell_and_order_of_input_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        lines = [line(f"w{n}", int(rng.integers(0, 1000)), int(rng.integers(0, 2300))) for n in range(25)]
        roles = rng.choice(["row", "card", "button", "switch", "dialog", "tab", "chart", "header", "sheet"], 8)
        corners = rng.integers(0, 900, (8, 2))
        elements = [
            element(role, int(x), int(2 * y), int(x) + 40 * n + 60, int(2 * y) + 30 * n + 60)
            for n, (role, (x, y)) in enumerate(zip(roles, corners, strict=True))
        ]
        structure = merge(*SIZE, lines, elements)
        assert sorted(words_in(structure)) == sorted(f"w{n}" for n in range(25))
        assert structure_text(merge(*SIZE, lines, elements)) == structure_text(structure)


def words_in(structure: ScreenStructure) -> list[str]:
    return [held.text for cell in structure.cells for held in cell.lines]


def test_boxes() -> None:
    assert hull([(1, 2, 3, 4), (0, 3, 2, 9)]) == (0, 2, 3, 9)
    assert inside((0, 0, 10, 10), (5, 0, 20, 10)) == 0.5
    assert inside((0, 0, 10, 10), (20, 20, 30, 30)) == 0.0
    with pytest.raises(ValueError, match="at least one"):
        hull([])


def test_dark_screens() -> None:
    page = np.full((400, 300, 3), 250, np.uint8)
    page[::5] = 0  # writing is thin
    assert not is_dark(page)
    assert is_dark(255 - page)


def test_the_status_bar_is_one_row_however_wide_the_screen() -> None:
    lines = [TextLine(text, box, 0.9) for text, box in WIDE_TOP]
    elements = [
        element("battery", 1117, 10, 1170, 29),
        element("battery", 1060, 12, 1100, 27),  # found twice
        element("header", 300, 45, 1000, 110),  # found too narrow
        element("back", 16, 66, 58, 104),
        element("action", 1132, 64, 1178, 109, look="search"),
    ]
    rows = [row_text(row) for row in merge(1200, 1920, lines, elements).rows]
    assert rows == ["16:01 | [battery]", "[back] | # Storage | [icon search]", "105 GB used | 82%"]


def test_a_dialogs_words_are_nobodys_message() -> None:
    elements = [element("dialog", 200, 900, 880, 1300), element("bubble", 230, 1000, 860, 1080)]
    assert said([line("Delete file?", 250, 1020)], elements) == ["[dialog]", "Delete file?"]
