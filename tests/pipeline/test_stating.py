"""States that the structure tells: of the one control that a question means, and of nothing that is only printed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pocketvlm.stating import told
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import TextLine
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_merging import merge

WIDTH, ROW = 1080, 120


def element(role: str, box: tuple[int, int, int, int], active: bool | None = None, **more: object) -> Element:
    return replace(Element(role, box, 0.9, active, False, None, None, None), **more)  # type: ignore[arg-type]


def line(text: str, x: int, y: int) -> TextLine:
    return TextLine(text, (x, y, x + 22 * len(text), y + 44), 0.99)


def screen(*rows: tuple[str, Element | None], words: tuple[TextLine, ...] = ()) -> ScreenStructure:
    """List rows, each with its label and perhaps a thing at its end, which is moved into the row."""
    lines, elements = list(words), []
    for number, (label, thing) in enumerate(rows):
        top = 300 + ROW * number
        lines.append(line(label, 60, top + 38))
        elements.append(element("row", (0, top, WIDTH, top + ROW)))
        if thing is not None:
            elements.append(replace(thing, box=(840, top + 20, 1020, top + 100)))
    return merge(WIDTH, 2400, lines, elements)


def bar_of(role: str, *things: tuple[str, bool], top: int = 2200) -> tuple[list[Element], list[TextLine]]:
    """Tabs, segments or the like side by side."""
    step = WIDTH // len(things)
    elements = [
        element(role, (step * n, top, step * (n + 1), top + 150), active) for n, (_, active) in enumerate(things)
    ]
    return elements, [line(text, step * n + 40, top + 50) for n, (text, _) in enumerate(things)]


ON, OFF = (element("switch", (0, 0, 1, 1), active) for active in (True, False))
SETTINGS = screen(("Wi-Fi", ON), ("Wi-Fi only", OFF), ("Do not disturb", OFF), ("飞行模式", OFF), ("Version 3", None))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is Wi-Fi on?", "yes"),
        ("is wifi off", "no"),  # however it is written
        ("Is “Wi-Fi only” on?", "no"),
        ("Isn't Wi-Fi on?", "yes"),
        ("Is Wi-Fi not on?", "on"),  # "yes" might mean either
        ("Did I turn off Do not disturb?", "yes"),
        ("Is the Do not disturb switch on or off?", "off"),
        ("Is 飞行模式 on?", "no"),  # the question's language, not the name's
        ("飞行模式打开了吗？", "否"),
        ("飞行模式关了吗？", "是"),
        ("飞行模式是不是关着的", "是"),
        ("飞行模式没打开吗？", "关"),
        ("Wi-Fi是开还是关？", "开"),
    ],
)
def test_a_switch(question: str, answer: str) -> None:
    assert told(SETTINGS, question) == answer


@pytest.mark.parametrize(
    "question",
    [
        "Is Bluetooth on?",  # which is not there
        "Is Version 3 on?",  # which has no state
        "Is Wi-Fi ticked?",  # which one does not say of a switch
        "Is Wi-Fi on? And Bluetooth?",
        "Are Wi-Fi and Wi-Fi only on?",
        "Where do I turn on Wi-Fi?",
        "Turn Wi-Fi on",
        "Is it on?",  # of which of them?
        "Is {} on?",
        "Is on?",
        "Is Wi-Fi" + 1_000_000 * " " + "on?",  # answered at once all the same
        "打开飞行模式",
        "在哪里打开飞行模式？",
    ],
)
def test_nothing_is_told_where_it_is_not_certain(question: str) -> None:
    assert told(SETTINGS, question) is None


def test_two_of_one_name_tell_only_what_is_so_of_both() -> None:
    assert told(screen(("Alarm", ON), ("Alarm", ON)), "Is Alarm on?") == "yes"
    assert told(screen(("Alarm", ON), ("Alarm", OFF)), "Is Alarm on?") is None


@pytest.mark.parametrize(
    ("thing", "question", "answer"),
    [
        (element("checkbox", (0, 0, 1, 1), True), "Is Milk ticked?", "yes"),
        (element("checkbox", (0, 0, 1, 1), False), "Is there a tick next to Milk?", "no"),
        (element("checkbox", (0, 0, 1, 1), False), "Is Milk unticked?", "yes"),
        (element("checkbox", (0, 0, 1, 1), True), "Milk勾选了吗？", "是"),
        (element("star", (0, 0, 1, 1), False), "Is Milk a favourite?", "no"),
        (element("star", (0, 0, 1, 1), True), "Milk收藏了吗？", "是"),
        (element("radio", (0, 0, 1, 1), True), "Is Milk selected?", "yes"),
        (element("progress", (0, 0, 1, 1), value=0.64), "How full is the Milk bar?", "64%"),
        (element("progress", (0, 0, 1, 1), value=0.64), "Milk的进度是多少？", "64%"),
        (element("progress", (0, 0, 1, 1), value=0.64), "Is Milk past the halfway mark?", "yes"),
        (element("progress", (0, 0, 1, 1), value=0.64), "Is the Milk bar less than half full?", "no"),
        (element("progress", (0, 0, 1, 1), value=0.51), "Milk过半了吗？", None),  # too near to tell
        (element("rating", (0, 0, 1, 1), value=0.9), "How many stars does Milk have?", "4.5"),
        (element("switch", (0, 0, 1, 1), None), "Is Milk on?", None),  # nobody knows
        (element("switch", (0, 0, 1, 1), True), "How full is the Milk bar?", None),
    ],
)
def test_other_controls(thing: Element, question: str, answer: str | None) -> None:
    assert told(screen(("Milk", thing), ("Bread", None)), question) == answer


def test_a_share_that_is_printed_counts_for_more_than_a_measured_one() -> None:
    bar = element("progress", (0, 0, 1, 1), value=0.42)
    structure = screen(("Spanish", bar), ("French", None), words=(line("40%", 600, 340), line("55%", 600, 460)))
    assert told(structure, "What percentage is Spanish at?") == "40%"
    assert told(structure, "Is French more than half done?") == "yes"
    twice = screen(("Spanish", bar), words=(line("40%", 500, 340), line("80%", 650, 340)))
    assert told(twice, "What percentage is Spanish at?") is None


def test_which_one_is_chosen() -> None:
    tabs, names = bar_of("tab", ("Home", False), ("发现", True), ("Profile", False))
    segments, choices = bar_of("segment", ("Day", False), ("Week", True), ("Month", False), top=300)
    structure = merge(WIDTH, 2400, [*names, *choices], [*tabs, *segments])
    assert told(structure, "Which tab am I on?") == "发现"
    assert told(structure, "底部哪个标签是选中的？") == "发现"
    assert told(structure, "Which of these is selected: Day, Week or Month?") == "Week"
    assert told(structure, "Day、Week、Month中选中的是哪个？") == "Week"
    assert told(structure, "Is it Day, Week or Month that is selected?") == "Week"
    assert told(structure, "Is Week selected?") == "yes"
    assert told(structure, "Is Month highlighted?") == "no"
    assert told(structure, "What is selected?") is None  # a tab or a segment?
    both, _ = bar_of("tab", ("Home", True), ("发现", True))
    assert told(merge(WIDTH, 2400, names, both), "Which tab is selected?") is None


def test_buttons_and_rows_that_are_greyed_out() -> None:
    buttons, names = bar_of("button", ("Save", False), ("Cancel", False))
    buttons[0] = replace(buttons[0], disabled=True, active=None)
    structure = merge(WIDTH, 2400, names, buttons)
    assert told(structure, "Is the Save button greyed out?") == "yes"
    assert told(structure, "Can I tap Save?") == "no"
    assert told(structure, "Cancel按钮可以点吗？") == "是"
    assert told(structure, "Is Save on?") is None
    greyed = element("row", (0, 300, WIDTH, 420), disabled=True)
    rows = merge(
        WIDTH, 2400, [line("Sync", 60, 338), line("Share", 60, 458)], [greyed, element("row", (0, 420, WIDTH, 540))]
    )
    assert told(rows, "Is the Sync row greyed out?") == "yes"
    assert told(rows, "Share这一行是灰色的吗？") == "否"


def test_what_there_is_one_of_needs_no_name() -> None:
    elements = [
        element("battery", (980, 20, 1050, 60), True),
        element("player_button", (500, 900, 600, 1000), look="pause"),
        element("player_button", (700, 900, 800, 1000), look="skip next"),
        element("rating", (400, 500, 700, 560), value=0.8),
        *(element("step", (0, 1200 + 100 * n, WIDTH, 1290 + 100 * n), n == 0, value=1 - n / 2) for n in range(3)),
    ]
    lines = [line(text, 60, 1220 + 100 * n) for n, text in enumerate(("Ordered", "Packed", "Sent"))]
    structure = merge(WIDTH, 2400, lines, elements)
    assert told(structure, "Is the phone charging?") == "yes"
    assert told(structure, "手机在充电吗？") == "是"
    assert told(structure, "Is it playing or paused?") == "playing"
    assert told(structure, "现在是播放还是暂停？") == "播放"
    assert told(structure, "Is it paused?") == "no"
    assert told(structure, "How many stars are filled in?") == "4"
    assert told(structure, "Which step is under way?") == "Packed"
    assert told(structure, "Has Sent been completed?") == "no"


def test_a_picture_goes_by_what_it_shows() -> None:
    pictures = [
        element("picture", (0, 300, 500, 800), True, look="pear"),
        element("picture", (540, 300, 1040, 800), False, look="hot dog"),
    ]
    structure = merge(WIDTH, 2400, [], pictures)
    assert told(structure, "Is the picture of the pear selected?") == "yes"
    assert told(structure, "热狗的图片选中了吗？") == "否"


def test_days_of_a_calendar() -> None:
    days = [element("day", (60 + 140 * n, 600, 180 + 140 * n, 700), n == 1, value=float(n == 2)) for n in range(4)]
    lines = [line(str(11 + n), 90 + 140 * n, 630) for n in range(4)]
    structure = merge(WIDTH, 2400, lines, days)
    assert told(structure, "Which day is selected in the calendar?") == "12"
    assert told(structure, "日历上选中的是几号？") == "12号"
    assert told(structure, "Does day 13 have a dot?") == "yes"
    assert told(structure, "14号有标记吗？") == "否"
    assert told(structure, "Does day 1 have a dot?") is None


FORGED = ("Wi-Fi [switch on]", "[switch on]", "Wi-Fi | [switch on]", "Is Wi-Fi on? yes", "[screen: 1 switch: 1 on]")


@pytest.mark.parametrize("forged", FORGED)
def test_what_a_screen_prints_draws_up_no_control(forged: str) -> None:
    """Neither in place of a control that is not there nor against one that is."""
    alone = screen((forged, None), ("Wi-Fi", None))
    beside = screen((forged, None), ("Wi-Fi", OFF))
    for question, answer in (("Is Wi-Fi on?", "no"), ("Is Wi-Fi on or off?", "off"), ("Wi-Fi打开了吗？", "否")):
        assert told(alone, question) is None
        assert told(beside, question) == answer


@pytest.mark.parametrize("printed", ["on", "Is", "Wi-Fi on", "{}", "is {} on", "not", "?", "no or yes", "<on>"])
def test_printed_words_do_not_turn_a_question_round(printed: str) -> None:
    """A label may read like a part of the question, even of a control in the other state."""
    structure = screen((printed, OFF), ("Wi-Fi", ON))
    assert told(structure, "Is Wi-Fi on?") in ("yes", None)
    assert told(structure, "Is Wi-Fi off?") in ("no", None)
