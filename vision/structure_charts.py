"""A chart's printed labels and values, each pair as one cell: what stands over a bar belongs to what stands under it.

And what kind of chart it is, which the places of its bars, points or slices tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pocketvlm.vision.reading_order import is_value
from pocketvlm.vision.structure import TEXT, Cell, hull

if TYPE_CHECKING:
    from pocketvlm.vision.parser.elements import Element

NEAR = 0.4  # of the distance between labels: farther to the side, a number belongs to another bar
PAIRED = 0.5  # share of the labels that need a value
LEVEL = 0.03  # of the chart's height: feet of bars differ by less
POINT = 0.08  # of the chart's height: a line's points are smaller


def chart_kind(chart: Element, values: Sequence[Element]) -> str:
    """ "bar", "line" or "pie", by its values' boxes; "" where there are too few to tell."""
    if len(values) < 2:
        return ""
    height = chart.box[3] - chart.box[1]
    if all(value.box[3] - value.box[1] < POINT * height for value in values):
        return "line"
    feet = [value.box[3] for value in values]
    return "bar" if max(feet) - min(feet) < LEVEL * height else "pie"


def chart_rows(cells: list[Cell]) -> Iterator[tuple[Cell, ...]]:
    """Rows of what is printed in a chart: its heading, pairs of label and value, and what else there is."""
    bands = _bands(cells)
    foot = next((band for band in reversed(bands) if len(band) > 1 and band is not bands[0]), None)
    if foot is not None and sum(len(band) == len(foot) == 2 for band in bands) > 1:
        foot = None  # a pie's legend, which is read along its lines
    pairs = _pairs(foot, [cell for band in bands if band is not foot for cell in band]) if foot else {}
    if foot is None or len(pairs) < PAIRED * len(foot):
        yield from map(tuple, bands)
        return
    used = {id(value) for value in pairs.values()} | {id(label) for label in foot}
    rest = [[cell for cell in band if id(cell) not in used] for band in bands]
    yield from (tuple(band) for band in rest if band and not _is_scale(band))
    yield tuple(_joined(label, pairs.get(id(label))) for label in foot)
    if scale := tuple(cell for band in rest if _is_scale(band) for cell in band):
        yield scale


def _is_scale(band: list[Cell]) -> bool:
    """Whether cells are numbers of the scale beside a chart."""
    return all(cell.role == TEXT and is_value(cell.text) for cell in band)


def _bands(cells: list[Cell]) -> list[list[Cell]]:
    """Cells at one height, from the top down; each from left to right."""
    bands: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.box[1] + cell.box[3]):
        if bands and (cell.box[1] + cell.box[3]) / 2 < bands[-1][0].box[3]:
            bands[-1].append(cell)
        else:
            bands.append([cell])
    return [sorted(band, key=lambda cell: cell.box[0]) for band in bands]


def _middle(cell: Cell) -> float:
    return (cell.box[0] + cell.box[2]) / 2


def _pairs(labels: list[Cell], others: list[Cell]) -> dict[int, Cell]:
    """The value over each label, by the label's identity."""
    step = (_middle(labels[-1]) - _middle(labels[0])) / (len(labels) - 1)
    pairs: dict[int, Cell] = {}
    for label in labels:
        over = [
            cell
            for cell in others
            if cell.role == TEXT and is_value(cell.text) and abs(_middle(cell) - _middle(label)) < NEAR * step
        ]
        if over:
            pairs[id(label)] = min(over, key=lambda cell: abs(_middle(cell) - _middle(label)))
    return pairs


def _joined(label: Cell, value: Cell | None) -> Cell:
    if value is None:
        return label
    text = f"{label.text}: {value.text}"
    return Cell(TEXT, text, hull([label.box, value.box]), None, (*label.lines, *value.lines), label.text)
