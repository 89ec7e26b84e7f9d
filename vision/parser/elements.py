"""One element of a screen, as found in its pixels."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[int, int, int, int]  # x1, y1, x2, y2 in pixels, x2 and y2 exclusive


@dataclass(frozen=True)
class Element:
    """Something on a screen that is no mere line of text: a switch, an icon, a row, a picture."""

    role: str  # one of vision.parser.roles.ROLES
    box: Box  # in pixels of the upright picture
    score: float  # 0..1, how sure the parser is that it is there, and of that role
    active: bool | None  # on, checked, selected: see roles.ACTIVE; None where the role has no state
    disabled: bool
    look: str | None  # what an icon or picture shows, in words people use: "paper plane"; None where nothing is shown
    value: float | None  # 0..1, how full: see roles.VALUE_SCALE; None where the role has no value
    color: str | None  # a plain name of its colour, from its pixels; None where people would not agree on one
