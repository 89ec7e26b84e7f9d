"""What each kind of question asks of small screens written by hand, and what it does not ask of doubtful ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from pocketvlm.datasets.rendered.apps import APPS
from pocketvlm.datasets.rendered.questions import (
    by_meaning,
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
    unanswerable,
)
from pocketvlm.datasets.rendered.questions.amounts import read_clock, read_money
from pocketvlm.datasets.rendered.questions.colour import colour_names
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft
from pocketvlm.datasets.rendered.questions.meanings import FACTS, ROWS
from pocketvlm.datasets.rendered.questions.screen import Screen, read_screen
from pocketvlm.datasets.rendered.splits import HELD_OUT_APPS

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


def asked(page: Page) -> dict[str, str]:
    """First wordings in English with their answers."""
    return {draft.ways.en[0].format(**draft.slots): draft.answers.en[0] for draft in by_meaning.drafts(page.screen)}


def mail(page: Page, sender: str, subject: str, time: str) -> None:
    row = page.row(sender, time)
    page.add("detail", subject, parent=row, row=row)


def test_a_mail_has_a_sender_a_subject_and_a_time() -> None:
    page = Page(app="mail_inbox")
    mail(page, "Anna Bradshaw", "Plans for the weekend", "07:04")
    mail(page, "Darren Roberts", "Invoice for last month", "Yesterday")
    questions = asked(page)
    assert questions["What did Anna Bradshaw write about?"] == "Plans for the weekend"
    assert questions['Who sent "Invoice for last month"?'] == "Darren Roberts"
    assert questions["When did Darren Roberts's mail come in?"] == "Yesterday"


def test_what_stands_twice_names_nothing() -> None:
    page = Page(app="mail_inbox")
    mail(page, "Anna Bradshaw", "Plans for the weekend", "07:04")
    mail(page, "Anna Bradshaw", "Minutes", "08:10")
    assert "What did Anna Bradshaw write about?" not in asked(page)


def test_pieces_are_told_apart_and_one_alone_may_be_any() -> None:
    page = Page(app="timetable")
    for label, detail in (("Physics", "Room 23 · Ian Norman"), ("Essay", "Due Tuesday")):
        row = page.row(label, "11:45")
        page.add("detail", detail, parent=row, row=row)
    questions = asked(page)
    assert questions["Where is Physics?"] == "Room 23"
    assert questions["Who teaches Physics?"] == "Ian Norman"
    assert questions["What does Ian Norman teach?"] == "Physics"
    assert "Where is Essay?" not in questions


def test_a_table_is_asked_by_its_columns() -> None:
    page = Page(app="transit_board")
    for header in ("Time", "To", "Platform"):
        page.add("table_header", header)
    row = page.add("row", name="8:09")
    for header, text in (("Time", "8:09"), ("To", "Oxford"), ("Platform", "10")):
        page.add("table_cell", text, f"8:09, {header}", parent=row, row=row)
    questions = asked(page)
    assert questions["Which platform is the Oxford train on?"] == "10"
    assert questions["Where does the 8:09 go?"] == "Oxford"


def test_fixed_labels_are_asked_in_other_words_and_name_no_row() -> None:
    page = Page(app="food_cart")
    page.row("Delivery", "£3.50")
    tip = page.row("Tip")
    page.add("detail", "£1.00", parent=tip, row=tip)
    questions = asked(page)
    assert questions["What do they charge for bringing it?"] == "£3.50"
    assert questions["How much do I give the driver?"] == "£1.00"
    assert "What did I pay for the Tip?" not in questions


def test_figures_and_fields_are_facts() -> None:
    page = Page(app="steps")
    page.add("stat", "9.7 km", "Distance")
    assert asked(page) == {"How far did I walk?": "9.7 km"}


def test_a_label_said_twice_is_no_fact() -> None:
    page = Page(app="steps")
    for figure in ("9.7 km", "3.1 km"):
        page.add("stat", figure, "Distance")
    assert asked(page) == {}


def test_facts_that_a_screen_does_not_tell_have_no_answer() -> None:
    page = Page(app="contact_card")
    page.row("Mobile", "07700 900293")
    questions = [draft.ways.en[0] for draft in unanswerable.drafts(page.screen)]
    assert "When do they turn a year older?" in questions
    assert "What number can I call?" not in questions


def test_chinese_screens_are_asked_in_chinese() -> None:
    page = Page(app="steps", language="zh")
    page.add("stat", "9.7公里", "距离")
    page.add("stat", "8,208", "步数")
    (record,) = [r for r in make_questions(page.truth, 1, 20) if r.answers[0] == "9.7公里"]
    assert any(ord(letter) > 0x3000 for letter in record.question)


def test_only_apps_that_training_may_see_are_known_by_meaning() -> None:
    apps = {*ROWS, *FACTS}
    assert apps <= set(APPS)
    assert not apps & HELD_OUT_APPS


@pytest.mark.parametrize("named", [True, False])
def test_ways_name_what_they_should_in_both_languages(named: bool) -> None:
    """A row's are about one of many, a fact's about the screen."""
    entries = [m.ways for ms in ROWS.values() for m in ms] if named else [w for f in FACTS.values() for w in f.values()]
    assert entries
    for ways in entries:
        assert ways.en
        assert ways.zh
        assert all(("{name}" in way) == named for way in (*ways.en, *ways.zh))
        assert all(any(ord(letter) > 0x3000 for letter in way) for way in ways.zh)
