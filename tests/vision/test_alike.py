"""Columns of radio buttons and boxes: one kind each, whatever the parser took single ones for."""

from __future__ import annotations

from pocketvlm.vision.parser.alike import of_one_kind
from pocketvlm.vision.parser.elements import Element


def mark(role: str, x: int, y: int, active: bool = False) -> Element:
    return Element(role, (x, y, x + 40, y + 40), 0.9, active, False, None, None, None)


def roles(*elements: Element) -> list[str]:
    found = of_one_kind(elements)
    assert [element.box for element in found] == [element.box for element in elements]
    assert [element.active for element in found] == [element.active for element in elements]
    return [element.role for element in found]


def test_most_of_a_column_tell_its_kind() -> None:
    assert roles(mark("radio", 0, 0), mark("radio", 4, 100), mark("checkbox", -5, 200, True)) == ["radio"] * 3
    assert roles(mark("checkbox", 0, 0), mark("checkbox", 4, 100), mark("radio", -5, 200, True)) == ["checkbox"] * 3


def test_where_several_are_chosen_they_are_boxes() -> None:
    column = [mark("radio", 0, 0, True), mark("radio", 0, 100), mark("checkbox", 0, 200, True)]
    assert roles(*column) == ["checkbox"] * 3


def test_a_mark_found_twice_parts_no_column() -> None:
    column = [
        mark("radio", 0, 0, True),
        mark("checkbox", 0, 3, True),
        mark("checkbox", 0, 100),
        mark("checkbox", 0, 200),
    ]
    assert roles(*column) == ["checkbox"] * 4


def test_columns_apart_keep_their_kinds() -> None:
    below = [mark("radio", 0, 0, True), mark("radio", 0, 100), mark("checkbox", 0, 400)]
    assert roles(*below) == ["radio", "radio", "checkbox"]
    beside = [mark("radio", 0, 0), mark("checkbox", 500, 0), mark("radio", 0, 100), mark("checkbox", 500, 100)]
    assert roles(*beside) == ["radio", "checkbox", "radio", "checkbox"]


def test_other_things_stay_as_they_are() -> None:
    assert roles(mark("switch", 0, 0, True), mark("switch", 0, 100, True), mark("radio", 0, 200, True)) == [
        "switch",
        "switch",
        "radio",
    ]
    assert of_one_kind(()) == ()
