"""The truth about a screen as questions look at it: what can be read, and what is there only once."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pocketvlm.datasets.rendered.questions.drafts import Box, Language

MODAL = ("dialog", "sheet", "menu")  # overlays that take every tap, and dim what lies under them
OVERLAYS = (*MODAL, "toast", "notification", "keyboard")
_REPEATS = {"dialog", "card"}  # their text stands in an element inside them too


@dataclass(frozen=True)
class Element:
    """One element of a truth; see the renderer for its roles."""

    id: int
    role: str
    text: str | None
    name: str | None
    state: Mapping[str, Any]
    icon: str | None
    color: str | None
    picture: str | None
    box: Box
    parent: int | None
    row: int | None
    clipped: bool

    @property
    def readable(self) -> bool:
        """It has words, and all of them can be read."""
        return self.text is not None and is_whole(self.text) and not self.clipped


@dataclass(frozen=True)
class Screen:
    """A drawn screen."""

    id: str
    image: str
    width: int
    height: int
    kit: str
    app: str
    language: Language
    dark: bool
    overlay: str | None
    elements: tuple[Element, ...]  # in the order of reading the page; element i has the id i

    @property
    def is_paper(self) -> bool:
        """No screen at all: a menu, a receipt or a sign (see `rendered.papers`)."""
        return self.kit == "paper"

    @cached_property
    def clear(self) -> tuple[Element, ...]:
        """The elements that are seen whole or nearly so."""
        return tuple(element for element in self.elements if not element.clipped)

    def all(self, *roles: str) -> list[Element]:
        """The clear elements of some roles, in reading order."""
        return [element for element in self.clear if element.role in roles]

    def only(self, *roles: str) -> Element | None:
        """The one element of some roles; None if there are more, if it is clipped, or none."""
        found = [element for element in self.elements if element.role in roles]
        return found[0] if len(found) == 1 and not found[0].clipped else None

    def inside(self, outer: Element, *roles: str) -> list[Element]:
        """The clear elements of some roles inside another."""
        return [element for element in self.all(*roles) if self.holds(outer, element)]

    def holds(self, outer: Element, inner: Element) -> bool:
        return any(element.id == outer.id for element in self.around(inner))

    def around(self, element: Element) -> list[Element]:
        """The elements that an element lies in, innermost first."""
        found = []
        while element.parent is not None:
            element = self.elements[element.parent]
            found.append(element)
        return found

    def in_row(self, row: int | None, role: str) -> Element | None:
        """The one element of a role in a row or card; None if there are more, if it is clipped, or none."""
        found = [
            element for element in self.elements if row is not None and element.row == row and element.role == role
        ]
        return found[0] if len(found) == 1 and not found[0].clipped else None

    def overlaid(self, element: Element) -> bool:
        """It belongs to what lies over the app: a dialog, a keyboard, ..."""
        return element.role in OVERLAYS or any(outer.role in OVERLAYS for outer in self.around(element))

    def in_reach(self, element: Element) -> bool:
        """A tap gets to it and its colours are its own: nothing modal lies over the app, or it is part of that."""
        return self.overlay not in MODAL or self.overlaid(element)

    @cached_property
    def _printed(self) -> Counter[str]:
        return Counter(key(e.text) for e in self.elements if e.text and e.role not in _REPEATS)

    def prints_once(self, text: str | None) -> bool:
        """The words stand on the screen once, whole, where they can be read."""
        if not text or not is_whole(text) or self._printed[key(text)] != 1:
            return False
        return any(e.readable and e.text == text for e in self.clear if e.role not in _REPEATS)

    def named_once(self, element: Element) -> bool:
        """What it is about can be read, and no other element of its role, clipped or not, is about the same."""
        name = element.name
        if not name or not is_whole(name):
            return False
        seen = any(e.readable and e.text == name for e in self.clear)
        return seen and sum(e.role == element.role and key(e.name) == key(name) for e in self.elements) == 1

    def lot(self, what: str, one_in: int) -> bool:
        """True for one screen in so many, always the same ones: what every screen would answer is not asked of each."""
        return zlib.crc32(f"{what} {self.id}".encode()) % one_in == 0

    @cached_property
    def words(self) -> str:
        """All that is printed or named on the screen, in lower case: no unanswerable question may be about it."""
        texts = [text for element in self.elements for text in (element.text, element.name) if text]
        return "\n".join(texts).casefold()


def read_screen(truth: Mapping[str, Any]) -> Screen:
    """
    Raises:
        ValueError: the truth lacks a part, or its elements are not numbered in order; the message says which.
    """
    try:
        elements = tuple(_element(entry) for entry in truth["elements"])
        shown = ("id", "image", "width", "height", "kit", "app", "language", "dark", "overlay")
        screen = Screen(**{name: truth[name] for name in shown}, elements=elements)
    except KeyError as error:
        raise ValueError(f"the truth of screen {truth.get('id')!r} lacks {error}: render it again") from error
    if screen.language not in ("en", "zh"):
        raise ValueError(f"the truth of screen {screen.id!r} is in {screen.language!r}: questions know en and zh")
    if [element.id for element in elements] != list(range(len(elements))):
        raise ValueError(f"the elements of screen {screen.id!r} are not numbered 0, 1, 2, ...: render it again")
    return screen


def _element(entry: Mapping[str, Any]) -> Element:
    x1, y1, x2, y2 = entry["box"]
    return Element(
        id=entry["id"],
        role=entry["role"],
        text=entry["text"],
        name=entry["name"],
        state=entry["state"],
        icon=entry["icon"],
        color=entry["color"],
        picture=entry["picture"],
        box=(x1, y1, x2, y2),
        parent=entry["parent"],
        row=entry["row"],
        clipped=bool(entry.get("clipped", False)),
    )


def is_whole(text: str) -> bool:
    """It has words, and none was cut off."""
    return bool(text.strip()) and "…" not in text and "..." not in text


def key(text: str | None) -> str:
    return (text or "").strip().casefold()


def boxes(elements: Sequence[Element]) -> tuple[Box, ...]:
    return tuple(element.box for element in elements)
