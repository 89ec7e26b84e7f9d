"""`arrange`: boxes drawn by hand, for every arrangement that a person reads without thinking."""

import math
import random

import pytest

from pocketvlm.vision.reading_order import CELL_SEPARATOR, Row, ScreenText, TextLine, arrange

SIZE = (1080, 2400)
SIGN = 17  # pixels of width per character in these made-up boxes


def line(text: str, x: float, y: float, height: int = 40, right: bool = False) -> TextLine:
    """A line at x, y (its right edge at x if `right`), as wide as its text."""
    width = round(len(text) * SIGN * height / 40)
    left = x - width if right else x
    return TextLine(text, (round(left), round(y), round(left + width), round(y + height)), 0.99)


def rows(*lines: TextLine, tilt: float = 0.0) -> list[str]:
    """What is read, whatever the order in which the detector found the lines."""
    read = {
        arrange(shuffled, SIZE, tilt).text for shuffled in (lines, lines[::-1], sorted(lines, key=lambda x: x.text))
    }
    assert len(read) == 1, read
    return read.pop().split("\n")


def turned(lines: list[TextLine], tilt: float) -> list[TextLine]:
    """The upright boxes of lines on a page that falls to the right by `tilt`."""
    out = []
    for one in lines:
        x1, y1, x2, y2 = one.box
        a, b = sorted((tilt * x1, tilt * x2))
        out.append(TextLine(one.text, (x1, math.floor(y1 + a), x2, math.ceil(y2 + b)), one.score))
    return out


RECEIPT = [
    part
    for i, (item, price) in enumerate([("Flat white", "$4.50"), ("Almond croissant", "$3.95"), ("Total", "$8.45")])
    for part in (line(item, 40, 100 + 70 * i), line(price, 1040, 103 + 70 * i, right=True))
]


def test_no_lines_give_no_rows():
    assert arrange([], SIZE) == ScreenText(())
    assert arrange([], SIZE).text == ""


def test_item_and_far_price_share_a_row():
    assert rows(*RECEIPT) == ["Flat white | $4.50", "Almond croissant | $3.95", "Total | $8.45"]


def test_price_between_title_and_subtitle_joins_the_title():
    item = [line("Running shoes", 40, 100), line("Size 42, blue", 40, 150, 30), line("$59.99", 1040, 120, right=True)]
    assert rows(*item) == ["Running shoes | $59.99", "Size 42, blue"]


def test_amount_over_status_reads_along_rows():
    bank = []
    for i, (who, when, much, state) in enumerate(
        [("Metro tram", "Today, 3:40 PM", "-$2.80", "Pending"), ("Salary", "28 Feb 2025", "+$3,210.00", "Completed")]
    ):
        y = 100 + 140 * i
        bank += [line(who, 40, y), line(when, 40, y + 48, 30)]
        bank += [line(much, 1040, y, right=True), line(state, 1040, y + 48, 30, right=True)]
    assert rows(*bank) == [
        "Metro tram | -$2.80",
        "Today, 3:40 PM | Pending",
        "Salary | +$3,210.00",
        "28 Feb 2025 | Completed",
    ]


def test_product_grid_reads_card_by_card():
    grid = []
    for i, (name, price) in enumerate(
        [("Trail socks", "$12.50"), ("Rain jacket", "$104.95"), ("Steel bottle", "$21.00"), ("Head torch", "$33.00")]
    ):
        x, y = 60 + 510 * (i % 2), 400 + 460 * (i // 2)
        grid += [line(name, x, y), line(price, x, y + 55)]
    assert rows(*grid) == [
        *("Trail socks", "$12.50", "Rain jacket", "$104.95"),
        *("Steel bottle", "$21.00", "Head torch", "$33.00"),
    ]


def test_card_with_a_wrapped_title_stays_whole():
    left = [line("Merino crew sweater,", 60, 400), line("dark green", 60, 450), line("$68.00", 60, 500)]
    right = [line("Canvas tote", 570, 400), line("$18.50", 570, 450), line("4.5 (120)", 570, 500)]
    assert rows(*left, *right) == [one.text for one in left + right]


def test_figures_with_captions_read_tile_by_tile():
    tiles = []
    for i, (name, figure) in enumerate([("Steps", "8,432"), ("Heart rate", "72 bpm"), ("Sleep", "7 h 12 min")]):
        tiles += [line(name, 60 + 340 * i, 200, 30), line(figure, 60 + 340 * i, 236, 60)]
    assert rows(*tiles) == ["Steps", "8,432", "Heart rate", "72 bpm", "Sleep", "7 h 12 min"]


def test_switches_of_equal_width_read_one_by_one():
    tiles = [line("Internet", 170, 200), line("Attic net", 170, 246, 34)]
    tiles += [line("Bluetooth", 680, 200), line("Buds Mini", 680, 246, 34)]
    assert rows(*tiles) == ["Internet", "Attic net", "Bluetooth", "Buds Mini"]


def test_labels_left_of_their_texts_read_along_rows():
    address = [
        line("From", 50, 200),
        line("Record shop", 200, 200),
        line("To", 50, 246),
        line("Prinsenhof 61", 200, 246),
    ]
    assert rows(*address) == ["From | Record shop", "To | Prinsenhof 61"]


def test_two_texts_of_one_width_at_the_right_margin_read_along_rows():
    doses = [line("Ear drops", 60, 200), line("twice a day", 1020, 200, right=True)]
    doses += [line("Joint chews", 60, 246), line("once a week", 1020, 246, right=True)]
    assert rows(*doses) == ["Ear drops | twice a day", "Joint chews | once a week"]


def test_table_with_a_header_reads_along_rows():
    cells = [
        ["Train", "Departs", "Platform"],
        ["RE Berlin", "12:04", "3"],
        ["ICE Ulm", "12:19", "11"],
        ["RB Hof", "12:31", "7a"],
    ]
    table = [line(text, 40 + 380 * c, 300 + 70 * r) for r, row in enumerate(cells) for c, text in enumerate(row)]
    assert rows(*table) == [CELL_SEPARATOR.join(row) for row in cells]


def test_table_of_words_reads_along_rows():
    cells = [["Country", "Capital"], ["Norway", "Oslo"], ["Portugal", "Lisbon"], ["Latvia", "Riga"]]
    table = [line(text, 40 + 300 * c, 300 + 90 * r) for r, row in enumerate(cells) for c, text in enumerate(row)]
    assert rows(*table) == [CELL_SEPARATOR.join(row) for row in cells]


def test_newspaper_columns_read_one_after_the_other():
    left = ["The council voted on", "Monday to keep the old", "bridge open until the", "new one is built."]
    right = ["Rain is expected from", "noon. Winds of up to 45", "km/h will weaken by the", "late evening."]
    page = [line(text, 60, 500 + 46 * i) for i, text in enumerate(left)]
    page += [line(text, 580, 517 + 46 * i) for i, text in enumerate(right)]  # the columns do not share a grid of lines
    heading = line("Two stories of the day", 60, 400, 60)
    assert rows(heading, *page) == [heading.text, *left, *right]


def test_tab_bar_keeps_its_labels_apart():
    bar = [line(text, 60 + 270 * i, 2300, 30) for i, text in enumerate(["Home", "Search", "Orders", "Account"])]
    assert rows(*bar) == ["Home | Search | Orders | Account"]


def test_tab_bar_below_cards_is_no_part_of_them():
    cards = [
        line("Trail socks", 60, 2000),
        line("$12.50", 60, 2055),
        line("Rain jacket", 570, 2000),
        line("$104", 570, 2055),
    ]
    bar = [line(text, 60 + 270 * i, 2300, 30) for i, text in enumerate(["Home", "Search", "Orders", "Account"])]
    assert rows(*cards, *bar)[-1] == "Home | Search | Orders | Account"


def test_status_bar_above_cards_is_no_part_of_them():
    bar = [line("9:41", 60, 20), line("87%", 1040, 20, right=True)]
    cards = [
        line("Steps", 60, 90, 30),
        line("8,432", 60, 126, 60),
        line("Sleep", 570, 90, 30),
        line("7 h 12", 570, 126, 60),
    ]
    assert rows(*bar, *cards) == ["9:41 | 87%", "Steps", "8,432", "Sleep", "7 h 12"]


def test_large_heading_beside_small_captions():
    assert rows(line("Bergen", 40, 100, 100), line("Light rain", 700, 105, 36), line("H 9 L 4", 700, 155, 36)) == [
        "Bergen | Light rain",
        "H 9 L 4",
    ]


def test_paragraph_stays_in_order():
    texts = [f"line {word} of a paragraph" for word in ("one", "two", "three", "four")]
    assert (
        rows(*(line(text, 40 + 3 * i, 100 + 38 * i) for i, text in enumerate(texts))) == texts
    )  # boxes overlap a little


def test_initials_stand_before_what_they_belong_to():
    people = []
    for i, (sign, who, what) in enumerate([("M", "Mum", "Dinner is at six"), ("K", "Kestrel", "You spent 12 euros")]):
        people += [line(sign, 60, 100 + 200 * i, 80), line(who, 180, 100 + 200 * i), line(what, 180, 155 + 200 * i)]
    assert rows(*people) == ["M | Mum", "Dinner is at six", "K | Kestrel", "You spent 12 euros"]


@pytest.mark.parametrize("tilt", [-0.05, -0.02, 0.02, 0.05])
def test_tilted_photo_reads_as_the_straight_page(tilt: float):
    assert rows(*turned(RECEIPT, tilt), tilt=tilt) == rows(*RECEIPT)


@pytest.mark.parametrize("tilt", [-0.008, 0.008])
def test_tilt_too_small_to_be_noticed_does_no_harm(tilt: float):
    assert rows(*turned(RECEIPT, tilt)) == rows(*RECEIPT)


@pytest.mark.parametrize("seed", range(20))
def test_every_line_appears_exactly_once_in_any_scatter(seed: int):
    dice = random.Random(seed)
    lines = [
        TextLine(f"{i}", (x, y, x + dice.randint(1, 500), y + dice.randint(1, 120)), 0.9)
        for i in range(dice.randint(1, 120))
        for x, y in [(dice.randint(0, 1000), dice.randint(0, 2300))]
    ]
    read = arrange(lines, SIZE, dice.choice([0.0, 0.03]))
    assert sorted(read.lines, key=lambda one: int(one.text)) == lines
    assert all(row.cells for row in read.rows)
    shuffled = dice.sample(lines, len(lines))
    assert arrange(shuffled, SIZE) == arrange(lines, SIZE)


def test_identical_lines_are_all_kept():
    assert arrange([line("Off", 40, 100)] * 3, SIZE).lines == (line("Off", 40, 100),) * 3


def test_row_knows_its_text_and_box():
    row = Row((TextLine("Tea", (10, 20, 50, 40), 0.9), TextLine("$4", (900, 18, 960, 44), 0.8)))
    assert row.text == "Tea | $4"
    assert row.box == (10, 18, 960, 44)
