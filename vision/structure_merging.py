"""The text reader's lines and the parser's elements, merged into one ordered structure.

Lines win over what the parser takes for text. What is inside a list row, a card, a header or an overlay is read
together, as a person would; the order of everything else is that of `vision.reading_order`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pocketvlm.vision.reading_order import Box, TextLine, arrange
from pocketvlm.vision.structure import BEHIND, MODAL, TEXT, Cell, ScreenStructure, StructureRow, area, inside
from pocketvlm.vision.structure_cells import MOSTLY, STATUS, cells_of, level_with, overlay_of
from pocketvlm.vision.structure_charts import chart_kind, chart_rows

if TYPE_CHECKING:
    from pocketvlm.vision.parser.elements import Element

OVERLAYS = (*MODAL, "notification")
MARKED = (*OVERLAYS, "keyboard", "chart")  # frames that begin with a mark of their own
FRAMES = frozenset({*MARKED, "row", "card", "header"})
IGNORED = frozenset({TEXT, "status_bar", "chart_value"})  # lines tell better what is printed; a chart's bars do not
NAMED_ABOVE = frozenset({"slider", "progress", "rating", "stepper", "field"})  # what they are about may stand above
ENDING = frozenset("switch checkbox radio star chevron button progress stepper".split())  # rows end with one of these
BESIDE = 0.06  # of a list row's width: its first and last things may lie beside where the parser takes it to end
RUN_INTO = 0.25  # of the narrower one's width: what two things that stand side by side may share by mistake
TABLE = 3  # lines in each of several columns: a legend that was taken for a list row
STATUS_ENDS = 0.08  # of a screen's height: a battery lower down is a picture of one
DARK = 110  # median brightness, 0 to 255, below which a screen is dark

Place: TypeAlias = "Element | None"  # the frame that a row or a frame lies in


def merge(
    width: int, height: int, lines: Sequence[TextLine], elements: Sequence[Element], dark: bool | None = None
) -> ScreenStructure:
    """Merge what was read and what was recognised.

    Args:
        width, height: pixels of the upright picture.
        lines: of the text reader, in any order.
        elements: of the parser, in any order; those that are text are left out, the lines tell better.
        dark: whether the screen is dark (`is_dark`); None where nobody looked.
    """
    frames = [element for element in elements if element.role in FRAMES]
    overlays = sorted((f for f in frames if f.role in OVERLAYS), key=lambda frame: area(frame.box))
    things = [element for element in elements if element.role not in FRAMES and element.role not in IGNORED]
    things = [e for e in things if e.role != "bubble" or overlay_of(e.box, overlays) is None]  # a dialog's own words
    things = _parted([_whose(element, width) for element in things])
    cells = cells_of(lines, things, overlays)
    values = [element for element in elements if element.role == "chart_value"]
    layout = _Layout(width, height, frames, overlays, cells, values)
    rows = [_named(row) for row in layout.rows()]
    return ScreenStructure(width, height, tuple(_named_above(rows)), dark)


def is_dark(pixels: np.ndarray) -> bool:
    """Whether a screen has light writing on a dark ground.

    Args:
        pixels: (H, W, 3) uint8 RGB.
    """
    sample = pixels[::8, ::8].reshape(-1, 3)
    return bool(np.median(sample @ np.array([0.299, 0.587, 0.114], np.float32)) < DARK)


def _whose(element: Element, width: int) -> Element:
    """A message's bubble is active where it is one's own: those stand at the right."""
    if element.role != "bubble":
        return element
    x1, _, x2, _ = element.box
    return replace(element, active=width - x2 < x1)


def _parted(things: list[Element]) -> list[Element]:
    """Things of one role side by side, such as tabs, that run a little into each other end where they meet."""
    boxes = [thing.box for thing in things]
    order = sorted(range(len(things)), key=lambda number: boxes[number][0])
    for place, left in enumerate(order):
        for right in order[place + 1 :]:
            one, other = boxes[left], boxes[right]
            shared, narrower = one[2] - other[0], min(one[2] - one[0], other[2] - other[0])
            level = 2 * (min(one[3], other[3]) - max(one[1], other[1])) > max(one[3] - one[1], other[3] - other[1])
            if things[left].role == things[right].role and level and 0 < shared < RUN_INTO * narrower:
                middle = (one[2] + other[0]) // 2
                boxes[left], boxes[right] = (*one[:2], middle, one[3]), (middle, *other[1:])
    return [replace(thing, box=box) for thing, box in zip(things, boxes, strict=True)]


def _status_bar(cells: Sequence[Cell], height: int) -> list[Cell]:
    """From left to right, what stands level with the symbols at a screen's upper edge: the clock, however far away."""
    symbols = [cell.box for cell in cells if cell.role in STATUS and cell.box[3] < STATUS_ENDS * height]
    if not symbols:
        return []
    x1, y1, x2, y2 = min(symbols, key=lambda box: box[1])
    room = y2 - y1  # the clock's line may be twice as high
    level = (cell for cell in cells if level_with(cell.box, (x1, y1 - room, x2, y2 + room)))
    return sorted(level, key=lambda cell: cell.box[0])


class _Layout:
    """Frames in frames, cells in the innermost of them."""

    def __init__(
        self,
        width: int,
        height: int,
        frames: list[Element],
        overlays: list[Element],
        cells: list[Cell],
        values: list[Element],
    ) -> None:
        self._size = width, height
        self._values = values
        self._overlays = overlays
        by_size = sorted(frames, key=lambda frame: area(frame.box))
        self._homes = {id(frame): self._home(frame.box) for frame in frames}
        self._frames: defaultdict[int, list[Element]] = defaultdict(list)
        self._cells: defaultdict[int, list[Cell]] = defaultdict(list)
        for number, frame in enumerate(by_size):
            self._frames[id(self._place_of(frame, by_size[number + 1 :]))].append(frame)
        self._top = _status_bar(cells, height)
        for cell in cells:
            if not any(cell is other for other in self._top):
                place = self._around(cell.box, by_size)
                self._cells[id(self._row_of(cell, place))].append(cell)

    def _home(self, box: Box) -> Place:
        return next((overlay for overlay in self._overlays if inside(box, overlay.box) > MOSTLY), None)

    def _around(self, box: Box, frames: Sequence[Element]) -> Place:
        """The smallest of some frames around a box; for a box on an overlay, none of those under it."""
        home = self._home(box)
        near = (frame for frame in frames if inside(box, self._reach(frame)) > MOSTLY)
        return next((frame for frame in near if home is None or self._homes[id(frame)] is home), None)

    def _reach(self, frame: Element) -> Box:
        """Where a frame's things lie: the parser draws wide ones too narrow."""
        x1, y1, x2, y2 = frame.box
        if frame.role == "header" and self._homes[id(frame)] is None:
            return 0, y1, self._size[0], y2
        beside = round(BESIDE * (x2 - x1)) if frame.role == "row" else 0
        return x1 - beside, y1, x2 + beside, y2

    def _place_of(self, frame: Element, larger: Sequence[Element]) -> Place:
        """What a frame lies in; an overlay lies in another one or in nothing, whatever it covers."""
        if frame.role in OVERLAYS:
            larger = [other for other in larger if other.role in OVERLAYS]
            return next((other for other in larger if inside(frame.box, other.box) > MOSTLY), None)
        return self._around(frame.box, larger)

    def _row_of(self, cell: Cell, place: Place) -> Place:
        """The only list row that a control at the end of rows is level with, though it lies beyond where that ends."""
        if cell.role not in ENDING or (place is not None and place.role == "row"):
            return place
        rows = [frame for frame in self._frames[id(place)] if frame.role == "row" and level_with(cell.box, frame.box)]
        return rows[0] if len(rows) == 1 else place

    def rows(self) -> Iterator[StructureRow]:
        """All rows; a modal overlay's first, wherever it lies."""
        modal = [frame for frame in self._frames[id(None)] if frame.role in MODAL]
        for frame in modal:
            yield from self._of(frame)
        rest = [StructureRow(tuple(self._top))] if self._top else []
        rest += self._of(None, leave=modal)
        if modal and rest:
            yield StructureRow((Cell(BEHIND, "", (0, 0, *self._size)),), None, True)
        yield from (replace(row, behind=bool(modal)) for row in rest)

    def _of(self, place: Place, leave: Sequence[Element] = ()) -> Iterator[StructureRow]:
        """The rows inside a frame, or of what is in none."""
        cells = self._cells[id(place)]
        frames = [frame for frame in self._frames[id(place)] if not any(frame is left for left in leave)]
        if place is not None and place.role in MARKED:
            yield StructureRow((self._mark(place),), place)
        if place is not None and place.role == "chart":
            yield from (StructureRow(row, place) for row in chart_rows(cells))
            yield from self._arranged([], frames, place)
        elif place is not None and place.role == "row" and not frames:
            yield from [StructureRow(tuple(side_by_side(cells)), place)] if cells else []
        else:
            yield from self._arranged(cells, frames, place)

    def _mark(self, frame: Element) -> Cell:
        """Where a frame begins; a chart's mark says how many values of which kind it has."""
        if frame.role != "chart":
            return Cell(frame.role, "", frame.box, frame)
        values = [value for value in self._values if inside(value.box, frame.box) > MOSTLY]
        kind = chart_kind(frame, values)
        return Cell("chart", f"{kind}, {len(values)} values" if kind else "", frame.box, frame)

    def _arranged(self, cells: list[Cell], frames: list[Element], place: Place) -> Iterator[StructureRow]:
        """Loose cells and whole frames in the order of reading."""
        of_cells = [(TextLine(cell.text or cell.role, cell.box, 1.0), cell) for cell in cells]
        of_frames = [(TextLine(frame.role, frame.box, 1.0), frame) for frame in frames]
        cell_of = {id(line): cell for line, cell in of_cells}
        frame_of = {id(line): frame for line, frame in of_frames}
        lines = [*(line for line, _ in of_cells), *(line for line, _ in of_frames)]
        for row in arrange(lines, self._size).rows:
            for is_cell, run in groupby(row.cells, lambda line: id(line) in cell_of):
                if is_cell:
                    yield StructureRow(tuple(cell_of[id(line)] for line in run), place)
                else:
                    for line in run:
                        yield from self._of(frame_of[id(line)])


def side_by_side(cells: list[Cell]) -> list[Cell]:
    """The cells of a list row: its columns from left to right, each from top to bottom; a table's line by line."""
    columns: list[list[Cell]] = []
    reach = 0
    for cell in sorted(cells, key=lambda cell: (cell.box[0], cell.box[1])):
        if columns and cell.box[0] < reach:
            columns[-1].append(cell)
        else:
            columns.append([cell])
        reach = max(reach, cell.box[2])
    counts = {len(column) for column in columns}
    if len(columns) > 1 and len(counts) == 1 and counts.pop() >= TABLE:
        return _down(cells)
    return [cell for column in columns for cell in _down(column)]


def _down(column: list[Cell]) -> list[Cell]:
    """Cells from top to bottom; those at one height from left to right."""
    bands: list[list[Cell]] = []
    for cell in sorted(column, key=lambda cell: cell.box[1] + cell.box[3]):
        middle = (cell.box[1] + cell.box[3]) / 2
        if bands and middle < bands[-1][0].box[3]:
            bands[-1].append(cell)
        else:
            bands.append([cell])
    return [cell for band in bands for cell in sorted(band, key=lambda cell: cell.box[0])]


def _named(row: StructureRow) -> StructureRow:
    """A row whose controls without words are about the row's first words."""
    name = next((cell.text for cell in row.cells if cell.role == TEXT), "")
    if not name:
        return row
    cells = (replace(cell, name=name) if _nameless(cell) else cell for cell in row.cells)
    return replace(row, cells=tuple(cells))


def _nameless(cell: Cell) -> bool:
    """It has no words that tell what it is about; a stepper's number does not."""
    return not cell.text or cell.role in ("stepper", "avatar", "badge")


def _named_above(rows: list[StructureRow]) -> Iterator[StructureRow]:
    """Rows in which a control alone takes its name from the row above."""
    above: StructureRow | None = None
    for row in rows:
        alone = all(cell.role != TEXT for cell in row.cells)
        if above is not None and alone and above.name and any(cell.role in NAMED_ABOVE for cell in row.cells):
            name = above.name
            cells = (
                replace(cell, name=name) if cell.role in NAMED_ABOVE and _nameless(cell) else cell for cell in row.cells
            )
            row = replace(row, cells=tuple(cells))
        yield row
        above = row
