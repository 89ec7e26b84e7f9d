"""Which printed words belong to which control: those in a button, on a tab, in a field, under an app's icon."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pocketvlm.vision.reading_order import Box, TextLine
from pocketvlm.vision.structure import TEXT, Cell, area, hull, inside

if TYPE_CHECKING:
    from pocketvlm.vision.parser.elements import Element

# Their words are printed in them.
HOLDERS = frozenset(
    """button dialog_button tab chip segment key option field search badge avatar day bubble banner toast stepper back
    app_icon pin battery""".split()
)
HEADED = frozenset({"step", "accordion"})  # the first line in them is their name, what follows is text
# They show no words: what the reader takes for letters in them is their drawing.
MUTE = frozenset("icon action fab star rating chevron player_button switch radio checkbox wifi signal".split())
STATUS = frozenset({"wifi", "signal", "battery"})
DRAWN_IN = frozenset("tab search chip button option app_icon back segment banner".split())  # they may show an icon, too
SCRAP = 2  # letters: such a line beside a longer one in a control is its icon
PERCENT = re.compile(r"\d{1,3} ?%")
MARK_BEFORE = re.compile(r"^[^\w\s]\s*(?=\w)")  # a tick or an arrow, read as part of the words
GLASS_BEFORE = re.compile(r"^\S\s")  # a search box's magnifying glass, read as Q or O
DRAWN_BEFORE = re.compile(r"^(?:[<‹〈←]\s*|く\s)(?=[^\W\d_])")  # the arrow back, read as part of the words beside it
DRAWN_AFTER = re.compile(r"\s[>›]$|\s?[☆★]$")  # a row's chevron or star, read as part of its value
DRAWN_ALONE = re.compile(r"[○●◯□■◁◀△▽☆★✓✔√…]")  # a mark, or a key of the phone's own, read as a line
BADGED = frozenset({"tab", "app_icon", "action", "back"})  # a badge on one of these is a part of it
MOSTLY = 0.6  # so much of a line lies in the control that it belongs to
WORDS_APART = ": "  # between the lines of a field: its name and what is in it


def cells_of(lines: Sequence[TextLine], elements: Sequence[Element], overlays: Sequence[Element]) -> list[Cell]:
    """A cell for each control with the lines in it, and one for each line that is in none.

    Args:
        lines: what the text reader read.
        elements: controls and things, without frames.
        overlays: dialogs and the like: a line on one belongs to no control under it.
    """
    status = _status_zone(elements)
    if status is not None:  # amid its symbols stands no control, and each is there once
        amid = [e for e in elements if inside(e.box, status) >= MOSTLY]
        surest = {e.role: e for e in sorted(amid, key=lambda e: e.score) if e.role in STATUS}
        left_out = {id(e) for e in amid} - {id(e) for e in surest.values()}
        elements = [e for e in elements if id(e) not in left_out]
    home = {id(element): overlay_of(element.box, overlays) for element in elements}
    battery = next((element for element in elements if element.role == "battery"), None)
    held: defaultdict[int, list[TextLine]] = defaultdict(list)
    loose: list[TextLine] = []
    by_size = sorted(elements, key=lambda element: area(element.box))
    for line in lines:
        if battery is not None and status is not None and inside(line.box, status) > MOSTLY:
            held[id(battery)].append(line)
            continue
        over = overlay_of(line.box, overlays)
        near = [e for e in by_size if home[id(e)] is over and inside_rows(line.box, e.box)]
        for piece, holder in pieces(line, near):
            if holder is None:
                loose.append(piece)
            else:
                held[id(holder)].append(piece)
    badges = [element for element in elements if element.role == "badge"]
    marked = {id(owner): badge for badge in badges if (owner := _owner(badge, elements)) is not None}
    owned = {id(badge) for badge in marked.values()}
    cells = []
    for element in elements:
        if id(element) not in owned:
            badge = marked.get(id(element))
            cells.append(_cell(element, held[id(element)], held[id(badge)] if badge is not None else None, loose))
    return [*cells, *(_text(line) for line in loose if DRAWN_ALONE.fullmatch(line.text) is None)]


def _text(line: TextLine) -> Cell:
    """A line alone, less the arrow or the star that was read as part of it and the room that this takes."""
    text = DRAWN_BEFORE.sub("", line.text)
    x1, y1, x2, y2 = line.box
    step = (x2 - x1) / max(1, _weight(line.text))
    x1 += round(step * (_weight(line.text) - _weight(text)))
    before, text = text, DRAWN_AFTER.sub("", text)
    x2 -= round(step * (_weight(before) - _weight(text)))
    return Cell(TEXT, text, (x1, y1, x2, y2), None, (line,), text)


def _status_zone(elements: Sequence[Element]) -> Box | None:
    """Where a status bar's symbols stand, and what charge is printed beside them; None where there are none."""
    boxes = sorted((element.box for element in elements if element.role in STATUS), key=lambda box: box[1])
    if not boxes:
        return None
    x1, y1, x2, y2 = hull([box for box in boxes if box[1] < boxes[0][3]])  # one lower down is none of them
    height = y2 - y1
    return x1 - 3 * height, y1 - height, x2 + 3 * height, y2 + height


def overlay_of(box: Box, overlays: Sequence[Element]) -> Element | None:
    return next((overlay for overlay in overlays if inside(box, overlay.box) > MOSTLY), None)


def inside_rows(line: Box, holder: Box) -> bool:
    """Whether a line runs, with most of its height, through a control."""
    return level_with(line, holder) and line[0] < holder[2] and holder[0] < line[2]


def level_with(box: Box, other: Box) -> bool:
    """Whether most of a box's height lies between another one's top and bottom, wherever each is across."""
    return min(box[3], other[3]) - max(box[1], other[1]) > MOSTLY * (box[3] - box[1])


def pieces(line: TextLine, near: Sequence[Element]) -> list[tuple[TextLine, Element | None]]:
    """A line and the smallest control that holds it; in pieces where it runs through several, as tabs read as one."""
    holders = [element for element in near if element.role in HOLDERS or element.role in HEADED]
    around = [element for element in near if element.role in MUTE or element in holders]
    whole = next((element for element in around if _holds(element, line)), None)
    if whole is not None or len(holders) < 2 or " " not in line.text:
        return [(line, whole)]
    x1, y1, x2, y2 = line.box
    step = (x2 - x1) / max(1, len(line.text))
    found: list[tuple[list[str], float, float, Element | None]] = []
    at = 0
    for word in line.text.split(" "):
        left, right = x1 + at * step, x1 + (at + len(word)) * step
        at += len(word) + 1
        holder = next((e for e in holders if e.box[0] <= (left + right) / 2 < e.box[2]), None)
        if found and found[-1][3] is holder:
            words, start, _, _ = found.pop()
            found.append(([*words, word], start, right, holder))
        else:
            found.append(([word], left, right, holder))
    return [
        (TextLine(" ".join(words), (round(left), y1, max(round(right), round(left) + 1), y2), line.score), holder)
        for words, left, right, holder in found
    ]


def _holds(element: Element, line: TextLine) -> bool:
    """Whether a line stands in a control; a scrap of a drawing is often read in too wide a box."""
    x1, y1, x2, y2 = element.box
    x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
    scrap = element.role in MUTE and len(line.text) <= SCRAP and x1 <= x <= x2 and y1 <= y <= y2
    return scrap or inside(line.box, element.box) > MOSTLY


def _owner(badge: Element, elements: Sequence[Element]) -> Element | None:
    """The tab or app that a badge sits on, perhaps over its edge."""
    x, y = (badge.box[0] + badge.box[2]) / 2, (badge.box[1] + badge.box[3]) / 2
    around = [
        element
        for element in elements
        if element.role in BADGED and element.box[0] <= x <= element.box[2] and element.box[1] <= y <= element.box[3]
    ]
    return min(around, key=lambda element: area(element.box), default=None)


def _cell(element: Element, lines: list[TextLine], badge: list[TextLine] | None, loose: list[TextLine]) -> Cell:
    """A control with its words; lines in it that are not its own go back to `loose`."""
    lines = sorted(lines, key=lambda line: ((line.box[1] + line.box[3]) // 2, line.box[0]))
    if element.role in HEADED:
        head = next((line for line in lines if any(map(str.isalpha, line.text))), None)
        loose += (line for line in lines if line is not head)
        lines = [head] if head else []
    text = _words(element.role, _in_rows(lines))
    box = hull([element.box, *(line.box for line in lines)]) if element.role == "app_icon" else element.box
    marked = None if badge is None else " ".join(line.text for line in badge)
    return Cell(element.role, text, box, element, tuple(lines), text, marked)


def _words(role: str, lines: list[TextLine]) -> str:
    """What a control says, without what was read of its drawing."""
    if role in MUTE:
        return ""
    if role == "battery":
        return next((found[0] for line in lines if (found := PERCENT.search(line.text))), "")
    texts = [line.text for line in lines]
    if role == "search":
        texts = [GLASS_BEFORE.sub("", text) for text in texts]
    if role == "back" and not any(_weight(text) > SCRAP for text in texts):
        return ""  # the arrow
    if role in DRAWN_IN:
        longest = max((_weight(text) for text in texts), default=0)
        texts = [MARK_BEFORE.sub("", text) for text in texts if longest <= SCRAP or _weight(text) > SCRAP]
    return (WORDS_APART if role == "field" else " ").join(texts)


def _weight(text: str) -> int:
    """Letters, of which a Chinese one counts for two."""
    return sum(1 + (ord(character) > 0x2E80) for character in text)


def _in_rows(lines: list[TextLine]) -> list[TextLine]:
    """Lines of a control from top to bottom, those side by side from left to right."""
    ordered: list[TextLine] = []
    for line in lines:
        at = len(ordered)
        while at and _beside(ordered[at - 1], line) and line.box[0] < ordered[at - 1].box[0]:
            at -= 1
        ordered.insert(at, line)
    return ordered


def _beside(one: TextLine, other: TextLine) -> bool:
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared > 0.5 * min(one.box[3] - one.box[1], other.box[3] - other.box[1])
