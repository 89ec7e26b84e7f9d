"""What each kind of question asks of small screens written by hand, and what it does not ask of doubtful ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from pocketvlm.datasets.rendered.questions import (
    chart,
    colour,
    count,
    description,
    lookup,
    make_questions,
    picture,
    place,
    reasoning,
    state,
)
from pocketvlm.datasets.rendered.questions.amounts import read_clock, read_money
from pocketvlm.datasets.rendered.questions.colour import colour_names
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft
from pocketvlm.datasets.rendered.questions.screen import Screen, read_screen

WIDTH, HEIGHT = 300, 900


class Page:
    """A truth in the making: each element gets the next id, and a box below the last one's."""

    def __init__(self, app: str = "settings", language: str = "en", overlay: str | None = None) -> None:
        self.about = {"id": "s1", "image": "s1.png", "width": WIDTH, "height": HEIGHT, "scale": 1, "text_scale": 1}
        self.about |= {"kit": "ionic-ios", "app": app, "language": language, "dark": False, "overlay": overlay}
        self.elements: list[dict[str, Any]] = []

    def add(self, role: str, text: str | None = None, name: str | None = None, **more: Any) -> int:
        at = len(self.elements)
        blank = {"state": {}, "icon": None, "color": None, "picture": None, "parent": None, "row": None}
        box = [10, 10 * at, WIDTH - 10, 10 * at + 9]
        self.elements.append({"id": at, "role": role, "text": text, "name": name, **blank, "box": box, **more})
        return at

    def row(self, label: str, value: str | None = None, **more: Any) -> int:
        row = self.add("row", name=label)
        self.add("label", label, parent=row, row=row, **more)
        if value:
            self.add("value", value, label, parent=row, row=row)
        return row

    def switch(self, label: str, on: bool, **more: Any) -> None:
        row = self.row(label)
        self.add("switch", None, label, state={"on": on}, parent=row, row=row, **more)

    def chart(self, labels: list[str], values: list[float], kind: str = "bar") -> None:
        box = self.add("chart", kind, "Chart")
        for label, value in zip(labels, values, strict=True):
            self.add("chart_value", None, label, state={"value": value}, parent=box)

    @property
    def screen(self) -> Screen:
        return read_screen(self.truth)

    @property
    def truth(self) -> dict[str, Any]:
        return {**self.about, "elements": self.elements}


def answers(drafts: Iterator[Draft], ways: Both) -> list[tuple[str, ...]]:
    """The English answers of the drafts that ask in these ways."""
    return [draft.answers.en for draft in drafts if draft.ways is ways]


def firsts(drafts: Iterator[Draft], ways: Both) -> list[str]:
    return [found[0] for found in answers(drafts, ways)]


def test_values_are_looked_up_by_their_labels() -> None:
    page = Page()
    page.row("Total", "£1,250.00")
    page.row("Due", "07:30")
    assert answers(lookup.drafts(page.screen), lookup.VALUE) == [("£1,250.00", "1250.00"), ("07:30",)]
    assert firsts(lookup.drafts(page.screen), lookup.AMOUNT) == ["£1,250.00"]
    assert firsts(lookup.drafts(page.screen), lookup.MOMENT) == ["07:30"]
    assert firsts(lookup.drafts(page.screen), lookup.REVERSE) == ["Total", "Due"]


def test_doubtful_values_are_not_looked_up() -> None:
    twice = Page()
    twice.row("Total", "£5")
    twice.row("total", "£6")  # which of the two?
    assert list(lookup.drafts(twice.screen)) == []
    cut = Page()
    cut.row("Where", "Somewhere over the rain…")
    assert firsts(lookup.drafts(cut.screen), lookup.VALUE) == []
    hidden = Page()
    hidden.row("Total", "£5", clipped=True)
    assert list(lookup.drafts(hidden.screen)) == []


def test_cells_are_looked_up_by_row_and_column() -> None:
    page = Page()
    for header in ("Item", "Price"):
        page.add("table_header", header)
    for name, price in (("Bread", "£2"), ("Milk", "£1")):
        row = page.add("row", name=name)
        page.add("table_cell", name, f"{name}, Item", row=row)
        page.add("table_cell", price, f"{name}, Price", row=row)
    drafts = [draft for draft in lookup.drafts(page.screen) if draft.ways is lookup.CELL]
    assert [(d.slots["name"], d.slots["column"], d.answers.en[0]) for d in drafts] == [
        ("Bread", "Price", "£2"),
        ("Milk", "Price", "£1"),
    ]


def test_switches_are_asked_both_ways_round() -> None:
    page = Page()
    page.switch("Wi-Fi", True)
    page.switch("Bluetooth", False)
    drafts = list(state.drafts(page.screen))
    assert firsts(iter(drafts), state.ON_YES) == ["yes", "no"]
    assert firsts(iter(drafts), state.OFF_YES) == ["no", "yes"]
    assert answers(iter(drafts), state.ON_OR_OFF)[0][:2] == ("on", "it is on")
    assert len({draft.about for draft in drafts if "Wi-Fi" in draft.about}) == 1  # so that a screen gets one of them


def test_doubtful_states_are_not_asked() -> None:
    page = Page()
    page.switch("Alarm", True)
    page.switch("Alarm", False)
    page.switch("Bluetooth", False, clipped=True)
    assert [draft for draft in state.drafts(page.screen) if draft.about.startswith("state of")] == []


def test_a_choice_is_asked_only_where_one_thing_is_chosen() -> None:
    def tabs(*selected: bool) -> Screen:
        page = Page()
        for label, on in zip(("Home", "Search", "Profile"), selected, strict=True):
            page.add("tab", label, label, state={"selected": on})
        return page.screen

    assert firsts(state.drafts(tabs(False, True, False)), state.TAB) == ["Search"]
    assert firsts(state.drafts(tabs(True, True, False)), state.TAB) == []
    assert firsts(state.drafts(tabs(False, False, False)), state.TAB) == []


def test_shares_may_be_read_some_points_off() -> None:
    page = Page()
    page.add("label", "Storage")
    page.add("progress", None, "Storage", state={"progress": 0.62})
    drafts = list(state.drafts(page.screen))
    assert answers(iter(drafts), state.FULL)[0][0] == "62%"
    assert set(answers(iter(drafts), state.FULL)[0]) == {f"{percent}%" for percent in range(59, 66)}
    assert firsts(iter(drafts), state.HALF) == ["yes"]
    page.elements[-1]["state"] = {"progress": 0.53}
    assert firsts(state.drafts(page.screen), state.HALF) == []  # too near to tell


def test_greyed_buttons() -> None:
    page = Page()
    page.add("button", "Send", "Send", state={"disabled": True})
    page.add("button", "Cancel", "Cancel")
    assert firsts(state.drafts(page.screen), state.GREYED) == ["yes", "no"]
    assert firsts(state.drafts(page.screen), state.TAPPABLE) == ["no", "yes"]


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ("#e53935", "red"),
        ("#f4511e", "orange"),
        ("#fdd835", "yellow"),
        ("#2e7d32", "green"),
        ("#00897b", "teal"),
        ("#1a73e8", "blue"),
        ("#007aff", "blue"),
        ("#8e24aa", "purple"),
        ("#ff2d92", "pink"),
        ("#6d4c41", None),  # a greyish brown
        ("#8b4513", "brown"),
        ("#808080", "grey"),
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#fff3cd", None),  # a pale tint
        ("#1a1c2e", None),  # nearly black
    ],
)
def test_colours_have_the_names_that_people_use(color: str, name: str | None) -> None:
    names = colour_names(color)
    assert (names.en[0] if names else None) == name


def test_colours_between_two_names_have_both() -> None:
    names = colour_names("#0097a7")
    assert names
    assert {"teal", "blue"} <= set(names.en)
    assert {"青色", "蓝色"} <= set(names.zh)


def test_colours_are_not_asked_of_what_is_off_or_dimmed() -> None:
    page = Page()
    page.switch("Wi-Fi", True, color="#34c759")
    page.switch("Bluetooth", False, color="#34c759")
    assert [draft.slots["name"] for draft in colour.drafts(page.screen)] == ["Wi-Fi"]
    page.about["overlay"] = "dialog"
    assert list(colour.drafts(page.screen)) == []


def test_pictured_objects() -> None:
    page = Page()
    row = page.row("Rex")
    page.add("picture", None, "dog", picture="dog", parent=row, row=row)
    drafts = list(picture.drafts(page.screen))
    assert answers(iter(drafts), picture.ONLY) == [("dog", "a dog")]
    assert firsts(iter(drafts), picture.IN_ROW) == ["dog"]
    assert firsts(iter(drafts), picture.OF_GROUP) == ["dog"]
    there = {draft.slots["thing"].en[0]: draft.answers.en[0] for draft in drafts if draft.ways is picture.THERE}  # type: ignore[union-attr]
    assert there.pop("a dog") == "yes"
    assert list(there.values()) == ["no"]


@pytest.mark.parametrize(("name", "spoken"), [("apple", "an apple"), ("dog", "a dog"), ("jeans", "jeans")])
def test_things_are_spoken_of_with_their_article(name: str, spoken: str) -> None:
    assert picture.with_article(name) == spoken


def test_corners_of_a_whole_grid_of_pictures() -> None:
    def grid(count: int) -> Screen:
        page = Page()
        for at, name in enumerate(("dog", "cat", "horse", "cow", "pig", "sheep")[:count]):
            x, y = 10 + 100 * (at % 2), 10 + 100 * (at // 2)
            page.add("picture", None, name, picture=name, box=[x, y, x + 90, y + 90])
        return page.screen

    assert firsts(picture.drafts(grid(6)), picture.CORNER) == ["dog", "sheep"]
    assert firsts(picture.drafts(grid(5)), picture.CORNER) == []  # the last is not in the corner


def test_counts_need_all_that_is_counted_in_full_view() -> None:
    page = Page()
    page.switch("Wi-Fi", True)
    page.switch("Bluetooth", False)
    page.switch("Vibrate", True)
    drafts = list(count.drafts(page.screen))
    assert answers(iter(drafts), count.SWITCHES_ON) == [("2", "two")]
    assert next(d.answers.zh for d in drafts if d.ways is count.SWITCHES_ON) == ("2", "2个", "两", "两个")
    assert answers(iter(drafts), count.SWITCHES) == [("3", "three")]
    assert [len(d.boxes) for d in drafts if d.ways is count.SWITCHES_ON] == [2]
    page.elements[2]["clipped"] = True
    assert list(count.drafts(page.screen)) == []


def test_ticks_are_not_counted_beside_radio_buttons() -> None:
    page = Page()
    for label in ("Gloves", "Hats"):
        row = page.row(label)
        page.add("checkbox", None, label, state={"checked": True}, parent=row, row=row)
    assert firsts(count.drafts(page.screen), count.TICKED) == ["2"]
    page.add("radio", None, "Small", state={"selected": True})  # iOS draws a tick for it
    assert firsts(count.drafts(page.screen), count.TICKED) == []


def test_places_are_boxes_and_words() -> None:
    page = Page()
    page.add("action", None, "search", icon="search", box=[260, 10, 290, 40])
    page.switch("Wi-Fi", True, box=[240, 440, 290, 460])
    drafts = list(place.drafts(page.screen))
    search = next(d for d in drafts if d.slots.get("do") == Both(("search",), ("搜索",)))
    assert search.boxes == ((260, 10, 290, 40),)
    assert search.answers.en[:3] == ("the icon, top right", "the icon", "top right")
    assert search.answers.zh[0] == "右上方的图标"
    turn = next(d for d in drafts if d.slots.get("do") == Both(("turn off Wi-Fi",), ("关闭Wi-Fi",)))
    assert turn.boxes == ((240, 440, 290, 460),)
    assert turn.answers.en[0] == "the Wi-Fi switch, right"


def test_nobody_is_asked_to_choose_what_is_chosen() -> None:
    page = Page()
    page.add("chip", "Mon", "Mon", state={"selected": True})
    page.add("chip", "Tue", "Tue", state={"selected": False})
    assert {draft.about for draft in place.drafts(page.screen)} == {"press Tue"}


def test_under_a_dialog_only_the_dialog_can_be_tapped() -> None:
    page = Page(overlay="dialog")
    page.add("button", "Save", "Save")
    dialog = page.add("dialog", "Sure?", "Delete it?")
    page.add("dialog_button", "Cancel", "Cancel", parent=dialog)
    asked = {draft.about for draft in place.drafts(page.screen)}
    assert asked == {"press Cancel"}


@pytest.mark.parametrize(
    ("x", "y", "english", "chinese"),
    [
        (10, 10, "top left", "左上方"),
        (150, 10, "top", "上方"),
        (290, 450, "right", "右侧"),
        (150, 450, "middle", "中间"),
    ],
)
def test_regions(x: int, y: int, english: str, chinese: str) -> None:
    page = Page()
    page.add("chart", "bar", "Chart", box=[x - 5, y - 5, x + 5, y + 5])
    found = place.region(page.screen, page.screen.elements[0])
    assert (found.en[0], found.zh[0]) == (english, chinese)


def test_chart_values_extremes_and_differences() -> None:
    page = Page()
    page.chart(["Mon", "Tue", "Wed"], [1200, 800.5, 950])
    drafts = list(chart.drafts(page.screen))
    assert answers(iter(drafts), chart.VALUE) == [("1200", "1,200"), ("800.5",), ("950",)]
    assert firsts(iter(drafts), chart.HIGHEST) == ["Mon"]
    assert firsts(iter(drafts), chart.LOWEST) == ["Tue"]
    assert firsts(iter(drafts), chart.TOP_VALUE) == ["1200"]
    assert answers(iter(drafts), chart.DIFFERENCE) == [("399.5",), ("149.5",)]
    assert firsts(iter(drafts), chart.COMPARE) == ["Mon", "Wed"]
    for draft in (draft for draft in drafts if draft.ways is chart.ABOVE):
        higher = (draft.slots["more"], draft.slots["less"]) in (("Mon", "Tue"), ("Wed", "Tue"))
        assert draft.answers.en[0] == ("yes" if higher else "no")


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (list("abcdefgh"), [1, 2, 3, 4, 5, 6, 7, 8]),  # numbers are printed on up to seven bars
        (["A rather long label", "Another rather long one"] * 2 + ["The last of them"], [1, 2, 3, 4, 5]),
        (["Mon", "Mon"], [1, 2]),
    ],
)
def test_charts_whose_numbers_or_labels_are_not_all_printed_are_not_read(
    labels: list[str], values: list[float]
) -> None:
    page = Page()
    page.chart(labels, values)
    assert {draft.ways for draft in chart.drafts(page.screen)} == {chart.TYPE}


def test_equal_bars_have_no_highest() -> None:
    page = Page()
    page.chart(["Mon", "Tue", "Wed"], [5, 5, 1])
    drafts = list(chart.drafts(page.screen))
    assert firsts(iter(drafts), chart.HIGHEST) == []
    assert firsts(iter(drafts), chart.LOWEST) == ["Wed"]


def test_sums_over_prices() -> None:
    page = Page(app="menu")
    page.row("Soup", "£4.50")
    page.row("Cake", "£3.75")
    page.row("Total", "£8.25")
    drafts = list(reasoning.drafts(page.screen))
    assert answers(iter(drafts), reasoning.SUM) == [("£8.25", "8.25")]  # the total is not for sale
    assert firsts(iter(drafts), reasoning.GAP) == ["£0.75"]
    assert firsts(iter(drafts), reasoning.CHEAPER) == ["Cake"]
    assert firsts(iter(drafts), reasoning.TWICE) == ["£9.00", "£7.50"]
    assert firsts(iter(drafts), reasoning.CHANGE) == ["£0.50", "£1.25"]  # of £5
    bank = Page(app="bank_account")
    bank.row("Rent", "£400")
    bank.row("Food", "£1,200")
    drafts = list(reasoning.drafts(bank.screen))
    assert answers(iter(drafts), reasoning.SUM) == [("£1,600", "£1600", "1,600", "1600")]
    assert firsts(iter(drafts), reasoning.MORE) == ["Food"]
    assert firsts(iter(drafts), reasoning.CHEAPER) == []


def test_sums_need_one_currency() -> None:
    page = Page(app="currency")
    page.row("Pound", "£4.50")
    page.row("Dollar", "$3.75")
    assert list(reasoning.drafts(page.screen)) == []


def test_times_are_compared() -> None:
    page = Page(app="agenda")
    page.row("Lunch", "12:30")
    page.row("Yoga", "11:05")
    drafts = list(reasoning.drafts(page.screen))
    assert firsts(iter(drafts), reasoning.EARLIER) == ["Yoga"]
    assert firsts(iter(drafts), reasoning.LATER) == ["Lunch"]
    assert "1 hour 25 minutes" in answers(iter(drafts), reasoning.APART)[0]
    assert firsts(iter(drafts), reasoning.APART) == ["85 minutes"]
    page.about["app"] = "playlist"  # there it may be minutes and seconds
    assert list(reasoning.drafts(page.screen)) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("07:30", 450), ("12:05 AM", 5), ("12:05 PM", 725), ("下午3:10", 910), ("上午12:00", 0)]
    + [(text, None) for text in ("3:45", "24:00", "07:60", "13:00 PM", "yesterday", "1:03.22")],
)
def test_clocks(text: str, minutes: int | None) -> None:
    assert read_clock(text) == minutes


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("£4.50", 450),
        ("$1,200", 120000),
        ("¥12.00", 1200),
        ("-£4.50", None),
        ("£4.5", None),
        ("4.50", None),
        ("£12,00", None),
    ],
)
def test_money(text: str, minor: int | None) -> None:
    money = read_money(text)
    assert (money.minor if money else None) == minor


def test_descriptions() -> None:
    page = Page(app="wifi", language="zh", overlay="sheet")
    page.add("sheet", None, "分享")
    drafts = list(description.drafts(page.screen))
    assert next(d.answers for d in drafts if d.ways is description.KIND).zh[0] == "无线局域网设置"
    assert next(d for d in drafts if d.ways is description.OVER).boxes == ((10, 0, 290, 9),)


def test_paper_is_not_asked_about_taps() -> None:
    page = Page(app="receipt")
    page.about["kit"] = "paper"
    page.row("Soup", "£4.50")
    page.row("Cake", "£3.75")
    types = {record.type for record in make_questions(page.truth, 1, 12)}
    assert types == {"lookup", "reasoning", "unanswerable", "description"}
