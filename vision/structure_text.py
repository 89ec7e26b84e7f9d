"""A screen's structure in few words: a line each row, controls in square brackets, and a summary with exact counts.

    [screen: light; 3 tabs; 4 switches: 3 on, 1 off; tab Home selected]
    [back] | # Settings | [icon magnifying glass]
    Wi-Fi | Home | [switch on, teal]
    [button Save, disabled]
    [tab Home, selected, house] | [tab Search, magnifying glass]

What a picture prints is data: its square brackets become round ones, so that no picture can draw up a control.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pocketvlm.vision.reading_order import CELL_SEPARATOR
from pocketvlm.vision.structure import BEHIND, MODAL, TEXT, Cell, ScreenStructure, StructureRow

ROLE_WORDS = {
    "action": "icon",
    "app_icon": "app",
    "dialog_button": "button",
    "player_button": "player",
    "checkbox": "box",
    "search": "search box",
}
STATES = {  # what is said of a control that is active, and of one that is not
    "switch": ("on", "off"),
    "star": ("on", "off"),
    "checkbox": ("ticked", "empty"),
    "radio": ("chosen", "not chosen"),
    "accordion": ("open", "closed"),
    "field": ("focused", ""),
    "step": ("done", ""),
    "battery": ("charging", ""),
}
SELECTED = ("selected", "")  # likewise of what is not among them
ONE_OF_SEVERAL = ("tab", "segment", "radio")
GROUPS = 3  # a screen with more of them chosen has none that stands out
BY_STATE = frozenset({"switch", "star", "checkbox", "radio"})  # their state comes first, without a comma
COLORED = frozenset({"switch", "button", "icon", "app_icon", "avatar", "badge", "banner", "fab"})
ALWAYS_TOLD = frozenset({"switch", "checkbox", "step"})  # that none of them is on is worth a word
SHARED = frozenset({"progress", "slider"})  # they say how full they are
STARS = 5
HALF = 0.5  # a day's value above it is a mark; a step's nearest to it is the step under way
NOT_SAID = frozenset({"wifi", "signal"})
STATUS = frozenset({"wifi", "signal", "battery"})  # beside them stands the clock, not a title
CLOCK = re.compile(r"\d{1,2}[:.]\d{2}( ?[ap]m)?", re.IGNORECASE)  # where a header reaches up to the status bar
_BRACKETS = str.maketrans("[]\n|", "()  ")


def printed(text: str) -> str:
    """A picture's words as they may stand in a prompt: without what marks controls and cells."""
    return " ".join(text.translate(_BRACKETS).split())


def role_word(role: str) -> str:
    return ROLE_WORDS.get(role, role.replace("_", " "))


def structure_lines(structure: ScreenStructure) -> list[str]:
    """The summary, then a line for each row; "" for a row of which nothing is said."""
    return [summary(structure), *map(row_text, structure.rows)]


def structure_text(structure: ScreenStructure) -> str:
    """All of it."""
    return "\n".join(line for line in structure_lines(structure) if line)


def row_text(row: StructureRow) -> str:
    """One row: "Wi-Fi | Home | [switch on, teal]"."""
    frame = row.frame.role if row.frame is not None else None
    roles = {cell.role for cell in row.cells}
    if roles == {"key"}:
        return "" if frame == "keyboard" else f"[keys {' '.join(_key(cell) for cell in row.cells)}]"
    if frame == "keyboard" and "keyboard" not in roles:
        return ""
    if roles == {"day"}:
        return f"[days {' '.join(map(_day, row.cells))}]"
    titled = frame == "header" and not roles & STATUS
    parts = [f"# {printed(c.text)}" if titled and _may_be_title(c) else cell_text(c) for c in row.cells]
    if row.frame is not None and frame == "row" and row.frame.disabled:
        parts.append("[disabled]")
    return CELL_SEPARATOR.join(part for part in parts if part)


def _may_be_title(cell: Cell) -> bool:
    return cell.role == TEXT and CLOCK.fullmatch(cell.text.strip()) is None


def _key(cell: Cell) -> str:
    return printed(cell.text) or "?"


def _day(cell: Cell) -> str:
    """A day of a calendar: "14", "14 selected", "14 dot"."""
    element = cell.element
    chosen = " selected" if element is not None and element.active else ""
    marked = " dot" if element is not None and (element.value or 0) > HALF else ""
    return f"{printed(cell.text)}{chosen}{marked}"


def cell_text(cell: Cell) -> str:
    """One cell: the words of a text, or a control in square brackets."""
    if cell.role == TEXT:
        return printed(cell.text)
    if cell.role == BEHIND:
        return "[behind]"
    if cell.role in NOT_SAID or cell.element is None:
        return ""
    if cell.role == "chevron":
        return "[>]"
    said = [word for word in (_state(cell), *_looks(cell)) if word]
    head = " ".join(word for word in (_head(cell), printed(cell.text)) if word)
    if cell.role in BY_STATE and said and cell.element.active is not None:
        head = f"{head} {said.pop(0)}"
    elif not cell.text and cell.element.look and cell.element.look in said:
        said.remove(cell.element.look)
        head = f"{head} {cell.element.look}"
    return f"[{', '.join([head, *said])}]"


def _head(cell: Cell) -> str:
    """What kind of thing it is; of a bubble, whose."""
    if cell.role == "bubble":
        return "me:" if cell.element is not None and cell.element.active else "other:"
    if cell.element is not None and cell.element.value is not None and cell.role in SHARED:
        return f"{role_word(cell.role)} {round(100 * cell.element.value)}%"
    if cell.element is not None and cell.element.value is not None and cell.role == "rating":
        return f"rating {round(2 * STARS * cell.element.value) / 2:g}"
    return role_word(cell.role)


def _state(cell: Cell) -> str:
    if cell.element is None or cell.element.active is None or cell.role == "bubble":
        return ""
    if cell.role == "step" and abs((cell.element.value or 0) - HALF) < HALF / 2:
        return "now"
    return STATES.get(cell.role, SELECTED)[0 if cell.element.active else 1]


def _looks(cell: Cell) -> list[str]:
    element = cell.element
    assert element is not None  # which `cell_text` sees to
    badge = [] if cell.badge is None else [f"badge {printed(cell.badge)}".strip()]
    colored = cell.role in COLORED and not (cell.role == "switch" and not element.active) and element.color
    return [
        *(["disabled"] if element.disabled else []),
        *([element.look] if element.look and cell.role != "star" else []),
        *([element.color] if colored and element.color else []),
        *badge,
    ]


def summary(structure: ScreenStructure) -> str:
    """What is asked of a screen as a whole, counted: "[screen: dark; 4 tabs; 3 switches: 1 on, 2 off; dialog]"."""
    cells = structure.cells
    parts = [] if structure.dark is None else ["dark" if structure.dark else "light"]
    parts += (part for role, words in _COUNTED.items() if (part := _count(role, words, cells)))
    parts += (part for role in ONE_OF_SEVERAL if (part := _chosen(role, cells)))
    mine = [cell for cell in cells if cell.role == "bubble" and cell.element is not None]
    if mine:
        sent = sum(bool(cell.element and cell.element.active) for cell in mine)
        parts.append(f"{len(mine)} messages: {sent} mine, {len(mine) - sent} theirs")
    parts += _dialog_buttons(structure)
    parts += _table_rows(structure)
    parts += (f"{role} open" for role in (*MODAL, "toast", "notification", "keyboard") if _any(role, cells))
    return f"[screen: {'; '.join(parts) or 'text'}]"


def _chosen(role: str, cells: Sequence[Cell]) -> str:
    """What is chosen of things of which one at a time is: "tab Home selected"."""
    chosen = [cell for cell in cells if cell.role == role and cell.element is not None and cell.element.active]
    names = [printed(cell.text or cell.name).replace(";", ",") for cell in chosen]  # no more parts than there are
    if not all(names) or not 0 < len(names) <= GROUPS:
        return ""
    return f"{role_word(role)} {', '.join(names)} {STATES.get(role, SELECTED)[0]}"


def _dialog_buttons(structure: ScreenStructure) -> list[str]:
    over = [cell for row in structure.rows if not row.behind for cell in row.cells]
    buttons = sum(cell.role in ("button", "dialog_button") for cell in over)
    return [f"{buttons} dialog buttons"] if buttons and _any("dialog", over) else []


def _table_rows(structure: ScreenStructure) -> list[str]:
    """List rows of nothing but text, three cells or more, as many as most of them have."""
    rows = [row for row in structure.rows if row.frame is not None and row.frame.role == "row"]
    widths = [len(row.cells) for row in rows if all(cell.role == TEXT for cell in row.cells)]
    wide = max((widths.count(width), width) for width in widths) if widths else (0, 0)
    return [f"table: {wide[0]} rows"] if wide[1] >= 3 and wide[0] > 1 else []


def _any(role: str, cells: Sequence[Cell]) -> bool:
    return any(cell.role == role for cell in cells)


_COUNTED: dict[str, tuple[str, str, tuple[str, str] | None]] = {  # one, several, those active and those not
    "tab": ("tab", "tabs", None),
    "switch": ("switch", "switches", ("on", "off")),
    "checkbox": ("box", "boxes", ("ticked", "empty")),
    "picture": ("picture", "pictures", ("selected", "not")),
    "chip": ("chip", "chips", ("selected", "not")),
    "step": ("step", "steps", ("done", "not")),
    "field": ("field", "fields", None),
    "option": ("option", "options", None),
    "app_icon": ("app", "apps", None),
}


def _count(role: str, words: tuple[str, str, tuple[str, str] | None], cells: Sequence[Cell]) -> str:
    found = [cell for cell in cells if cell.role == role]
    one, several, states = words
    if not found:
        return ""
    text = f"{len(found)} {one if len(found) == 1 else several}"
    active = sum(bool(cell.element and cell.element.active) for cell in found)
    if states and (active or role in ALWAYS_TOLD):
        return f"{text}: {active} {states[0]}, {len(found) - active} {states[1]}"
    if role == "app_icon" and any(cell.badge is not None for cell in found):
        return f"{text}: {sum(cell.badge is not None for cell in found)} with badge"
    return text
