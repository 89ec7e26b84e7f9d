"""Look-ups as people ask who care for what a line means, not for where it stands: "who sent ...?", "how far is it?"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pocketvlm.datasets.rendered.questions.amounts import spellings
from pocketvlm.datasets.rendered.questions.drafts import NONE, Both, Box, Draft, same
from pocketvlm.datasets.rendered.questions.meanings import FACTS, ROWS
from pocketvlm.datasets.rendered.questions.screen import Element, Screen, is_whole, key

LONGEST = 60  # letters of an answer
PIECES = " · "  # what parts the pieces of a line
REPEATING = ("dialog", "card")  # the text of what lies in them is theirs, too
OF_A_FACT = ("value", "detail", "stat", "field")  # where what a fixed label says may stand


@dataclass(frozen=True)
class Line:
    """A line of a row, or a piece of one: its words, and the element that they stand in."""

    text: str
    element: Element


def drafts(screen: Screen) -> Iterator[Draft]:
    """Questions that have an answer."""
    facts = FACTS.get(screen.app, {})
    fixed = {key(name) for label in facts for name in (*label.en, *label.zh)}
    rows = [row for row in _rows(screen) if key(_text_of(screen.in_row(row, "label"))) not in fixed]
    for meaning in ROWS.get(screen.app, ()):
        for row in rows:
            named, asked = line_of(screen, row, meaning.named), line_of(screen, row, meaning.asked)
            if named and asked and len(asked.text) <= LONGEST and stands_once(screen, named.text):
                about, box = f"{meaning.asked} of {named.text}", asked.element.box
                yield _draft(about, meaning.ways, asked.text, box, name=named.text)
    for label, ways in facts.items():
        if found := fact_of(screen, label):
            yield _draft(f"fact {label.en[0]}", ways, found.text or "", found.box)


def _draft(about: str, ways: Both, answer: str, box: Box, **slots: str) -> Draft:
    return Draft("lookup", about, ways, same(*spellings(answer)), slots, (box,))


def _rows(screen: Screen) -> list[int]:
    return sorted({element.row for element in screen.clear if element.row is not None})


def _text_of(element: Element | None) -> str | None:
    return element.text if element else None


def missing(screen: Screen) -> Iterator[Draft]:
    """Facts that other screens of the app tell, and this one does not."""
    for label, ways in FACTS.get(screen.app, {}).items():
        if not any(name.casefold() in screen.words for name in (*label.en, *label.zh)):
            yield Draft("unanswerable", f"no fact {label.en[0]}", ways, NONE)


def line_of(screen: Screen, row: int, part: str) -> Line | None:
    """A line of a row as `Meaning` names it; None if the row has none, or it cannot be read."""
    role, _, piece = part.partition(".")
    element = _cell_of(screen, row, part.split("|")) if "|" in part else screen.in_row(row, role)
    if element is None or not element.readable or not element.text:
        return None
    if not piece:
        return Line(element.text, element)
    pieces = element.text.split(PIECES)  # one alone may be any of them
    return Line(pieces[int(piece)].strip(), element) if int(piece) < len(pieces) > 1 else None


def _cell_of(screen: Screen, row: int, headers: list[str]) -> Element | None:
    """A table's cell in the column with one of the headers; a row's own name may stand in front of the header."""
    cells = [e for e in screen.all("table_cell") if e.row == row and e.name]
    found = [cell for cell in cells if any((cell.name or "").endswith(f", {header}") for header in headers)]
    return found[0] if len(found) == 1 else None


def fact_of(screen: Screen, label: Both) -> Element | None:
    """What stands for a fixed label: beside it in its row, or in a figure or field of that name; None if nothing."""
    names = {key(name) for name in (*label.en, *label.zh)}
    found = [
        element
        for element in screen.all(*OF_A_FACT)
        if element.readable and key(element.text) not in names and key(_label_of(screen, element)) in names
    ]
    fits = len(found) == 1 and len(found[0].text or "") <= LONGEST and "•" not in (found[0].text or "")
    return found[0] if fits else None


def _label_of(screen: Screen, element: Element) -> str | None:
    return _text_of(screen.in_row(element.row, "label")) or element.name


def stands_once(screen: Screen, text: str) -> bool:
    """One element holds these words, and no other."""
    holders = [e for e in screen.elements if e.role not in REPEATING and key(text) in key(e.text)]
    return is_whole(text) and len(holders) == 1
