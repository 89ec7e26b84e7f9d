"""Tells the state of a control from the structure, where a question asks for it alone and one control is meant.

The structure mostly holds the right state, and a small language model misreads it: "off?" and "关了吗？" most of all.
What a question has to be for this is in `apps.screens.state_questions`; where nothing is certain, nothing is told. Only
what the parser found is a control: a picture that prints "[switch on]" has none by that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pocketvlm.apps.screens.state_questions import EITHER, NAME, SHARE, STARS, VERDICT, WHICH, Asked, understand
from pocketvlm.datasets.rendered.chinese import CHINESE
from pocketvlm.vision.structure import TEXT, Cell, ScreenStructure, StructureRow

HALF = 0.5
MARGIN = 0.02  # of a bar: nearer to its half than that, it is not told on which side it ends
OF_FIVE = 5  # stars
PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}) ?%")
EDGES = re.compile(r"^\W+|\W+$")
LONGEST = 300  # characters of a question: what is longer asks for more than a state
FEWEST = 2  # letters and digits of a name, of which a Chinese character counts for two; fewer are met by chance
SHARED = ("progress", "slider")
PRINTED = "printed"  # a share that a row prints, as if it were a control
CHOICES = ("radio", "tab", "segment", "chip", "day")  # of them, one at a time is chosen
BUTTONS = ("button", "dialog_button")
GREYED = (*BUTTONS, "row")  # their state is whether they are greyed out
UNNAMED = frozenset({"charging", "playing", "paused", "playing or paused"})  # what there is one of, needs no name
SENSES: dict[str, dict[str, bool]] = {  # whether what is said of a kind of control means that it is active
    "switch": {"on": True, "enabled": True, "off": False, "disabled": False},
    "checkbox": {"ticked": True, "chosen": True, "marked": True, "done": True, "unticked": False},
    "radio": {"chosen": True, "ticked": True, "on": True},
    "star": {"starred": True, "filled": True, "marked": True, "on": True, "off": False},
    "chip": {"chosen": True, "enabled": True},
    "tab": {"chosen": True, "enabled": True},
    "segment": {"chosen": True, "enabled": True},
    "picture": {"chosen": True, "ticked": True},
    "accordion": {"open": True, "closed": False},
    "step": {"done": True},
    "day": {"dot": True, "marked": True},
    "battery": {"charging": True},
    "player_button": {"playing": True, "paused": False},
    **{button: {"greyed": True, "disabled": True, "usable": False, "enabled": False} for button in BUTTONS},
    "row": {"greyed": True},
}
KINDS: dict[str, frozenset[str]] = {  # the roles that a kind of thing may be of
    "bar": frozenset({*SHARED, PRINTED}),
    "button": frozenset(BUTTONS),
    "row": frozenset({"row", "switch", "checkbox"}),
    "choice": frozenset({"radio", "chip", "segment"}),
    "star": frozenset({"star", "rating"}),
    "phone": frozenset({"battery"}),
    "player": frozenset({"player_button"}),
}
CALLED = {  # the two states of a control in words, where "yes" would not tell which
    "switch": (("on", "off"), ("开", "关")),
    "star": (("on", "off"), ("开", "关")),
    "player_button": (("playing", "paused"), ("播放", "暂停")),
}
YES, NO = ("yes", "是"), ("no", "否")


def told(structure: ScreenStructure, question: str) -> str | None:
    """The answer to a question about the state of one control; None where that is not what it asks, or not certain."""
    if NAME in question or len(question) > LONGEST:
        return None
    answers = {_TOLD[asked.form](asked, things) for asked, things in _readings(structure, question)} - {None}
    return answers.pop() if len(answers) == 1 else None


@dataclass(frozen=True)
class _Thing:
    """A control, a list row as a whole, or a share in print; with the row that it stands in."""

    role: str
    cell: Cell
    row: StructureRow

    @property
    def active(self) -> bool | None:
        """Whether it is in the state that `SENSES` speaks of; None where it has none, or that is not known."""
        element = self.cell.element
        if element is None:
            return None
        if self.role in GREYED:
            return element.disabled
        if self.role == "player_button":  # it shows what a tap would do
            return {"pause": True, "play": False}.get(element.look or "")
        if self.role == "day":
            return None if element.value is None else element.value > HALF
        return element.active


def _readings(structure: ScreenStructure, question: str) -> Iterator[tuple[Asked, list[_Thing]]]:
    """What a question may ask, and of what: for each name on the screen that it may hold, for a list, and for none."""
    things = list(_things(structure))
    asked = understand(question)
    if asked is not None:
        if asked.form in (WHICH, STARS) or asked.kinds or asked.senses & UNNAMED:
            yield asked, _of_kind(things, asked)
        return
    for name, called in _named(structure, things).items():
        for start, end in _spans(question, name):
            asked = understand(f"{question[:start]}{NAME}{question[end:]}")
            if asked is not None:
                yield asked, _of_kind(called, asked)
    for role in CHOICES:
        yield from _listed(question, [thing for thing in things if thing.role == role])


def _listed(question: str, things: list[_Thing]) -> Iterator[tuple[Asked, list[_Thing]]]:
    """A question that lists what it asks of: "Which is selected: Day, Week or Month?"."""
    spans = [(span, thing) for thing in things for span in _spans(question, thing.cell.text)]
    if len(spans) < 2:
        return
    first, last = min(start for (start, _), _ in spans), max(end for (_, end), _ in spans)
    asked = understand(f"{question[:first]}{NAME} or {NAME}{question[last:]}")
    if asked is not None:
        yield asked, [thing for _, thing in spans]


def _things(structure: ScreenStructure) -> Iterator[_Thing]:
    for row in structure.rows:
        yield from (_Thing(cell.role, cell, row) for cell in row.cells if cell.element is not None)
        yield from (_Thing(PRINTED, replace(cell, name=row.name), row) for cell in row.cells if _is_share(cell))
        if row.frame is not None and row.frame.role == "row" and row.cells:
            yield _Thing("row", Cell("row", row.name, row.frame.box, row.frame, (), row.name), row)


def _named(structure: ScreenStructure, things: list[_Thing]) -> dict[str, list[_Thing]]:
    """Things by what they may be called: by their own name, a picture by what it shows, else by a text of their row."""
    named: defaultdict[str, list[_Thing]] = defaultdict(list)
    for thing in things:
        for name in dict.fromkeys((thing.cell.name, thing.cell.text, *_shown(thing))):
            named[name].append(thing)
    own = frozenset(named)
    for thing in things:
        for text in {cell.text for cell in thing.row.cells if cell.role == TEXT} - own:
            named[text].append(thing)
    return {name: called for name, called in named.items() if _length(name) >= FEWEST or _bare(name).isdigit()}


def _shown(thing: _Thing) -> tuple[str, ...]:
    """What a picture shows, in both languages."""
    look = thing.cell.element.look if thing.role == "picture" and thing.cell.element else None
    return () if look is None else (look, CHINESE.get(look, look))


def _of_kind(things: list[_Thing], asked: Asked) -> list[_Thing]:
    """Those that are of the kind that a question says, if it says one."""
    kinds = [KINDS.get(kind, frozenset({kind})) for kind in asked.kinds]
    return [thing for thing in things if all(thing.role in roles for roles in kinds)]


def _verdict(asked: Asked, things: list[_Thing]) -> str | None:
    """Yes or no; after a "not" the state in words, where it has some."""
    if asked.senses & {"half", "underhalf"}:
        return _side_of_half(asked, things)
    truths = {truth for thing in things if (truth := _true(asked, thing)) is not None}
    if len(truths) != 1:
        return None
    if asked.negated:
        return _either(asked, things)
    return (YES if truths.pop() else NO)[asked.chinese]


def _true(asked: Asked, thing: _Thing) -> bool | None:
    """Whether what is asked of a thing is so; None where it is not said of such a thing, or not known."""
    meant = {SENSES.get(thing.role, {}).get(sense) for sense in asked.senses}
    wanted = meant.pop() if len(meant) == 1 else None
    return None if wanted is None or thing.active is None else thing.active == wanted


def _either(asked: Asked, things: list[_Thing]) -> str | None:
    """Which of two states: on or off, playing or paused."""
    roles = {"player_button"} if "playing or paused" in asked.senses else set(CALLED)
    states = {(thing.role, thing.active) for thing in things if thing.role in roles and thing.active is not None}
    if len(states) != 1:
        return None
    role, active = states.pop()
    return CALLED[role][asked.chinese][not active]


def _which(asked: Asked, things: list[_Thing]) -> str | None:
    """The name of the one that is chosen, of things of one kind."""
    if "which step" in asked.senses:
        steps = [thing.cell for thing in things if thing.role == "step" and thing.cell.element]
        now = [cell.name for cell in steps if cell.element and abs((cell.element.value or 0) - HALF) < HALF / 2]
        return now[0] if len(now) == 1 and now[0] else None
    if not asked.senses & {"chosen", "enabled", "open", "on", "current", "which tab"}:
        return None
    roles = _roles_asked(asked, things)
    chosen = [thing for thing in things if thing.role in roles and thing.cell.element and thing.cell.element.active]
    if len(roles) != 1 or len(chosen) != 1:
        return None
    cell = chosen[0].cell
    words = cell.text or cell.name
    return f"{words}号" if chosen[0].role == "day" and asked.chinese and words.isdigit() else words or None


def _roles_asked(asked: Asked, things: list[_Thing]) -> set[str]:
    """Of which kinds of things one is meant; a list without a kind is one of options, if there are any."""
    if "which tab" in asked.senses:
        return {"tab"}
    roles = {thing.role for thing in things if thing.role in CHOICES}
    if len(roles) > 1 and "radio" in roles and asked.kinds <= {"choice"}:
        return {"radio"}
    return roles


def _share(asked: Asked, things: list[_Thing]) -> str | None:
    """How full a bar is, in percent."""
    share = _filled(things)
    return None if share is None else f"{round(100 * share)}%"


def _filled(things: list[_Thing]) -> float | None:
    """How full a bar is, 0 to 1: as is printed beside it, else as its pixels have it."""
    for role in (PRINTED, *SHARED):  # a bar may have been found twice, once as a slider
        shares = {share for thing in things if thing.role == role and (share := _share_of(thing)) is not None}
        if shares:
            return shares.pop() if len(shares) == 1 else None
    return None


def _share_of(thing: _Thing) -> float | None:
    if thing.role == PRINTED:
        return int(PERCENT.findall(thing.cell.text)[0]) / 100
    return thing.cell.element.value if thing.cell.element else None


def _is_share(cell: Cell) -> bool:
    """Whether a text tells a share, such as "40%" or "Ann Bell · 40%"."""
    return cell.role == TEXT and len(PERCENT.findall(cell.text)) == 1


def _side_of_half(asked: Asked, things: list[_Thing]) -> str | None:
    share = _filled(things)
    if share is None or asked.negated or abs(share - HALF) < MARGIN:
        return None
    return (YES if (share > HALF) == ("half" in asked.senses) else NO)[asked.chinese]


def _stars(asked: Asked, things: list[_Thing]) -> str | None:
    """How many stars a rating has, in halves, as people see them."""
    values = {thing.cell.element.value for thing in things if thing.role == "rating" and thing.cell.element}
    value = values.pop() if len(values) == 1 else None
    return None if value is None else f"{round(2 * OF_FIVE * value) / 2:g}"


_TOLD: dict[str, Callable[[Asked, list[_Thing]], str | None]] = {
    VERDICT: _verdict,
    EITHER: _either,
    WHICH: _which,
    SHARE: _share,
    STARS: _stars,
}


def _spans(question: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a name stands in a question, whatever its capitals, spaces and marks."""
    bare = _bare(name)
    places = [at for at, character in enumerate(question) if character.isalnum()]
    letters = "".join(question[at].casefold()[:1] for at in places)
    at = letters.find(bare) if bare else -1
    while at >= 0:
        start, end = places[at], places[at + len(bare) - 1] + 1
        if not _cut(question, start) and not _cut(question, end):
            yield _with_marks(question, start, end, name)
        at = letters.find(bare, at + 1)


def _with_marks(question: str, start: int, end: int, name: str) -> tuple[int, int]:
    """A name's place with the marks that it is printed with, such as a currency's sign; not the question's own."""
    before, _, after = name.partition(EDGES.sub("", name))
    if before and question[:start].endswith(before):
        start -= len(before)
    if after and question.startswith(after, end) and question[end + len(after) :].strip():
        end += len(after)
    return start, end


def _cut(question: str, at: int) -> bool:
    """Whether a place lies inside a Latin word or a number."""
    return 0 < at < len(question) and all(_is_latin(question[place]) for place in (at - 1, at))


def _is_latin(character: str) -> bool:
    return character.isalnum() and ord(character) < 0x2E80


def _bare(text: str) -> str:
    return "".join(character.casefold()[:1] for character in text if character.isalnum())


def _length(name: str) -> int:
    return sum(1 + (ord(character) > 0x2E80) for character in name if character.isalnum())
