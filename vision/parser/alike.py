"""Radio buttons and boxes to tick look alike in some kits: what stands in one column is of one kind.

Of a column of radio buttons one at most is chosen; where more are, they are boxes. Otherwise the kind that most of them
were taken for is that of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pocketvlm.vision.parser.elements import Element

RADIO, BOX = "radio", "checkbox"
EVEN = 1.3  # a step down a column that is longer than this times the shortest begins another one


def of_one_kind(elements: Sequence[Element]) -> tuple[Element, ...]:
    """The same elements in the same order, with one role for all in a column of radio buttons and boxes."""
    found = list(elements)
    marks = [number for number, element in enumerate(found) if element.role in (RADIO, BOX)]
    for column in _columns(found, marks):
        role = _kind([found[number] for number in column])
        for number in column:
            found[number] = replace(found[number], role=role)
    return tuple(found)


def _kind(column: Sequence[Element]) -> str:
    boxes = sum(element.role == BOX for element in column)
    several = sum(bool(element.active) for element in column) > 1
    return BOX if several or 2 * boxes > len(column) else RADIO


def _columns(elements: Sequence[Element], marks: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of the marks that stand below each other in even steps."""
    aligned: list[list[int]] = []
    for number in sorted(marks, key=lambda mark: elements[mark].box[1]):
        column = next((one for one in aligned if _below(elements[one[-1]], elements[number])), None)
        if column is None:
            aligned.append([number])
        else:
            column.append(number)
    for column in aligned:
        tops = [elements[number].box[1] for number in column]
        steps = [lower - upper for upper, lower in pairwise(tops)]
        height = elements[column[0]].box[3] - tops[0]
        shortest = min((step for step in steps if step > height), default=height)  # others are two finds of one mark
        part = [column[0]]
        for number, step in zip(column[1:], steps, strict=True):
            if step > EVEN * shortest:
                yield part
                part = []
            part.append(number)
        yield part


def _below(upper: Element, lower: Element) -> bool:
    x1, _, x2, _ = lower.box
    return abs(upper.box[0] + upper.box[2] - x1 - x2) < x2 - x1
