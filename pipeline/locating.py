"""Pointing at things: the model names one of the structure's cells, and this finds it and says where it is.

A reference is "@", the kind of thing and its words, as the prompt shows them: "@switch Breakfast", "@icon magnifying
glass", "@text Balance", "@row Payment", "@back". The words need not be exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from pocketvlm.vision.reading_order import Box
from pocketvlm.vision.structure import BEHIND, TEXT, Cell, ScreenStructure, hull
from pocketvlm.vision.structure_text import printed, role_word

MARK = "@"
NOT_FOUND = "I cannot find that on the screen."
LONGEST = 48  # characters of a thing's words in a reference; fewer tell long ones apart
LIKE = 0.6  # ratio: words that share less are another thing's
KIND_WEIGHT = 0.3  # how much the right kind counts against the right words
LATIN_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")
THINGS = {  # one looks at them rather than taps; only their part of the screen is said
    "text", "battery", "time", "chart", "keyboard", "banner", "toast", "picture", "calendar", "rating", "header",
    "notification", "dialog", "sheet", "menu",
}  # fmt: skip
CONTROLS = {  # how a kind is called after its words, in English and Chinese
    "tab": ("tab", "标签"),
    "segment": ("option", "选项"),
    "chip": ("option", "选项"),
    "option": ("option", "选项"),
    "key": ("key", "按键"),
    "switch": ("switch", "开关"),
    "checkbox": ("checkbox", "复选框"),
    "star": ("star", "星星"),
    "accordion": ("heading", "标题"),
    "radio": ("radio button", "单选按钮"),
    "slider": ("slider", "滑块"),
    "stepper": ("stepper", "加减按钮"),
    "field": ("field", "输入框"),
    "search": ("search box", "搜索框"),
    "app_icon": ("icon", "图标"),
}
NAMELESS = {"back", "battery", "picture", "banner", "toast", "chart", "keyboard"}  # one does not call them by words
ICONS = {"action", "fab", "player_button", "icon"}  # they have no words to be called by
_ROWS = (("top", "上"), ("middle", "中"), ("bottom", "下"))
_COLUMNS = (("left", "左"), ("centre", "中"), ("right", "右"))


@dataclass(frozen=True)
class Target:
    """Something on a screen that can be pointed at.

    Attributes:
        role: of the parser, "text" or "row".
        name: the words it goes by; "" for a thing that has none.
        look: what it shows, where it is known by that.
        box: where it is.
    """

    role: str
    name: str
    look: str
    box: Box

    @property
    def reference(self) -> str:
        """What the model says to point at it."""
        words = self.name or self.look
        return f"{MARK}{role_word(self.role)} {words[:LONGEST]}".rstrip()


def targets(structure: ScreenStructure) -> Iterator[Target]:
    """Everything on a screen that a reference may name; what lies under an overlay last."""
    if clock := _clock(structure):
        yield Target("time", "", "", clock.box)
    for row in structure.rows:
        if row.frame is not None and row.frame.role == "row":
            yield Target("row", printed(row.name), "", row.box)
        for cell in row.cells:
            if cell.role != BEHIND:
                yield _target(cell)
            if cell.role != TEXT:
                yield from (Target(TEXT, printed(line.text), "", line.box) for line in cell.lines)


def _target(cell: Cell) -> Target:
    look = cell.element.look if cell.element is not None and cell.element.look else ""
    name = "" if cell.role in NAMELESS else cell.name
    if cell.role in ICONS and look:
        name = ""
    return Target(cell.role, printed(name), look, cell.box)


def _clock(structure: ScreenStructure) -> Cell | None:
    """The status bar's time: the first text of the screen's top edge that is a time of day."""
    texts = (cell for cell in structure.cells if cell.role == TEXT and cell.box[3] < 0.08 * structure.height)
    return next((cell for cell in texts if ":" in cell.text and len(cell.text) <= 8), None)


def is_reference(text: str, screen: str = "") -> bool:
    """Whether a text points at something, and is not somebody's handle.

    Args:
        screen: what is printed there: "@anna_k" is a handle where it is.
    """
    said = text.strip()
    return said.startswith(MARK) and said not in screen


def resolve(structure: ScreenStructure, reference: str) -> Target | None:
    """The thing that a reference names; None where nothing is like it.

    Of things that are equally like it, the first in the order of reading.
    """
    said = " ".join(reference.strip().removeprefix(MARK).casefold().split())
    best, most = None, LIKE
    for target in targets(structure):
        score = _likeness(said, target)
        if score > most:
            best, most = target, score
    return best


def _likeness(said: str, target: Target) -> float:
    """How well a thing fits a reference, 0 to 1: its kind and its words."""
    kind = role_word(target.role).casefold()
    named = said == kind or said.startswith(f"{kind} ")
    words = said[len(kind) :].strip() if named else said.partition(" ")[2] or said
    own = [text[:LONGEST].casefold() for text in (target.name, target.look) if text]
    if not words:
        return float(named) * (1.0 if not own else 0.9)
    alike = max((SequenceMatcher(None, words, text, autojunk=False).ratio() for text in own), default=0.0)
    if alike < LIKE:
        return 0.0
    return alike - (0.0 if named else KIND_WEIGHT)


def part_of_screen(structure: ScreenStructure, box: Box) -> tuple[str, str]:
    """Which ninth of the screen a thing's middle lies in, in English and Chinese: "top right"."""
    x1, y1, x2, y2 = box
    row, row_zh = _ROWS[max(0, min(2, 3 * (y1 + y2) // 2 // structure.height))]
    column, column_zh = _COLUMNS[max(0, min(2, 3 * (x1 + x2) // 2 // structure.width))]
    if (row, column) == ("middle", "centre"):
        return "middle", "中间"
    if row == "middle":
        return column, f"{column_zh}侧"
    if column == "centre":
        return row, f"{row_zh}方"
    return f"{row} {column}", f"{column_zh}{row_zh}方"


def wording(structure: ScreenStructure, target: Target, chinese: bool) -> str:
    """Where something is, in words: "the Breakfast switch, bottom right"; of what is only looked at, "top left"."""
    part = part_of_screen(structure, target.box)
    if target.role in THINGS:
        return part[chinese]
    name = called(target)
    return f"{part[1]}的{name[1]}" if chinese else f"{name[0]}, {part[0]}"


def called(target: Target) -> tuple[str, str]:
    """What a thing is called, in English and Chinese: "the Breakfast switch"."""
    if target.role == "back":
        return "the back arrow", "返回箭头"
    if target.role in ("row", "chevron"):
        return "the row", "那一行"
    if target.role in ICONS:
        return "the icon", "图标"
    english, chinese = CONTROLS.get(target.role, ("button", "按钮"))
    return f"the {target.name} {english}".replace("  ", " "), f"{target.name}{chinese}"


def is_chinese(text: str) -> bool:
    """Whether a question is in Chinese, and does not only name something in it: "Where is 发现?" is English."""
    ideographs = sum("\u3400" <= character <= "\u9fff" for character in text)
    return ideographs > len(LATIN_WORD.findall(text))


def nearest(structure: ScreenStructure, box: Box) -> Target | None:
    """The thing whose place is most like a box, which a reference should name; None where there is nothing like it.

    That is, where none overlaps by half, or by a fifth in its middle: what a finger may touch is larger than its icon.
    """

    def overlap(target: Target) -> float:
        x1, y1 = max(box[0], target.box[0]), max(box[1], target.box[1])
        x2, y2 = min(box[2], target.box[2]), min(box[3], target.box[3])
        if x1 >= x2 or y1 >= y2:
            return 0.0
        shared = (x2 - x1) * (y2 - y1)
        around = hull([box, target.box])
        return shared / ((around[2] - around[0]) * (around[3] - around[1]))

    best = max(targets(structure), key=overlap, default=None)
    least = 0.2 if best is not None and _in_the_middle(best.box, box) else 0.5
    return best if best is not None and overlap(best) >= least else None


def _in_the_middle(box: Box, around: Box) -> bool:
    """Whether two boxes have about the same middle."""
    (x1, y1, x2, y2), (left, top, right, bottom) = box, around
    across, down = abs(x1 + x2 - left - right) / 2, abs(y1 + y2 - top - bottom) / 2
    return across < 0.1 * (right - left) and down < 0.1 * (bottom - top)


@dataclass(frozen=True)
class Place:
    """What a reference comes to: words, and the box of what it names; None where it names nothing on the screen."""

    text: str
    box: Box | None


def locate(structure: ScreenStructure, reference: str, question: str) -> Place:
    """Resolve a reference; its place is worded in the question's language."""
    target = resolve(structure, reference)
    if target is None:
        return Place(NOT_FOUND, None)
    return Place(wording(structure, target, is_chinese(question)), target.box)
