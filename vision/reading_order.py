"""The order in which a person reads lines of text on a screen or a page.

Two arrangements look alike to a machine, and a person tells them apart at once:

    Tea            $4.00          Tea            Scone
    Scone          $3.50          $4.00          $3.50

The left one is read along its rows, the right one is two cards, each read on its own. Cuts of white space alone (the
recursive XY-cut of Nagy and Seth, "Hierarchical representation of optically scanned documents", ICPR 1984) cannot tell
which it is, so a cut between columns is made only where the columns can stand apart; see `stand_apart`. Everything else
is read along rows.

Pure geometry and a little text; no network, no pixels. Lengths are pixels; h is a line's height.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

Box = tuple[int, int, int, int]
Span = tuple[float, float]

CELL_SEPARATOR = " | "  # unlike a run of spaces it survives a tokenizer, Markdown and a terminal that folds lines

MARGIN = 0.25  # this part of a box's height is the detector's margin, and not the line's own

# In units of h, the height without its margin, but for the ratios.
ROW_OVERLAP = 0.3  # two lines are side by side when they share this part of the lower one's height
GUTTER = 0.5  # narrower white space than this is a gap between words
SECTION_GAP = 2.2  # higher white space than this ends a group of cards
UNLIKE_GAPS = 0.5  # white stripes whose heights differ by more than this part cards from what is inside a card
TIGHT_GAP = 0.8  # lines of one paragraph are closer than this
FLUSH = 0.67  # edges that differ by less than this are aligned
FILLED = 0.6  # ratio: each line of a paragraph but the last is at least this part as wide as the widest
EVEN = 0.2  # ratio: columns whose widths differ by less than this part are equally wide
TALLER = 1.5  # ratio: a line this much taller than another is in another size; below, it may be the box that differs


@dataclass(frozen=True)
class TextLine:
    """One line of text found in an image.

    Attributes:
        text: what it says.
        box: x1, y1, x2, y2 in pixels of the image, the right and lower edge exclusive.
        score: mean probability of its characters, 0 to 1.
    """

    text: str
    box: Box
    score: float


@dataclass(frozen=True)
class Row:
    """Lines that are read as one, from left to right: an item and its price, the cells of a table's row."""

    cells: tuple[TextLine, ...]

    @property
    def text(self) -> str:
        return CELL_SEPARATOR.join(cell.text for cell in self.cells)

    @property
    def box(self) -> Box:
        x1, y1, x2, y2 = zip(*(cell.box for cell in self.cells), strict=True)
        return min(x1), min(y1), max(x2), max(y2)


@dataclass(frozen=True)
class ScreenText:
    """All text of an image, rows in reading order.

    Attributes:
        tilt: by how much its lines fall to the right, pixels down per pixel across; 0 on a screen.
    """

    rows: tuple[Row, ...]
    tilt: float = 0.0

    @property
    def lines(self) -> tuple[TextLine, ...]:
        return tuple(cell for row in self.rows for cell in row.cells)

    @property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)


@dataclass(frozen=True)
class Placed:
    """A line and its box, as it would be if the page were straight, without the margin above and below."""

    line: TextLine
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def height(self) -> float:
        return self.y2 - self.y1


def arrange(lines: Sequence[TextLine], image_size: tuple[int, int], tilt: float = 0.0) -> ScreenText:
    """Join lines to rows and put the rows in reading order. Every line appears exactly once.

    Args:
        lines: in any order.
        image_size: width and height of the image in pixels.
        tilt: by how much the lines fall to the right, pixels down per pixel across; a photo is seldom straight.
    """
    placed = sorted((straighten(line, tilt) for line in lines), key=lambda p: (p.y1, p.x1, p.y2, p.x2, p.line.text))
    return ScreenText(tuple(Row(tuple(p.line for p in row)) for row in read(placed, (0, image_size[0]))), tilt)


def straighten(line: TextLine, tilt: float) -> Placed:
    """Shear a line's box to where it would be without the tilt. A tilted line's upright box is taller by its fall."""
    x1, y1, x2, y2 = line.box
    half = (1 - MARGIN) * max(y2 - y1 - abs(tilt) * (x2 - x1), 0.3 * (y2 - y1), 1.0) / 2
    middle = (y1 + y2) / 2 - tilt * (x1 + x2) / 2
    return Placed(line, x1, middle - half, x2, middle + half)


def read(lines: list[Placed], region: Span) -> list[list[Placed]]:
    """Rows in reading order, of the lines in a region from x to x.

    Takes bands from the top, as many at a time as make up aligned columns. Columns that stand apart are read one after
    the other, each as a region of its own; otherwise the bands are read along their rows.
    """
    bands = split(lines, vertical, 0.0)
    rows: list[list[Placed]] = []
    while bands:
        count = columns_below(bands)
        for section in sections(bands[:count], region):
            columns = columns_of(section)
            if stand_apart(columns, region):
                starts = [*(column_start(column) for column in columns), region[1]]
                for column, span in zip(columns, pairwise(starts), strict=True):
                    rows += read(column, span)
            else:
                rows += (row for band in section for row in rows_of(band))
        bands = bands[count:]
    return rows


def split(lines: list[Placed], extent: Callable[[Placed], Span], gap: float) -> list[list[Placed]]:
    """Cut lines into groups wherever their extents along an axis leave more than `gap` pixels of white between them."""
    groups: list[list[Placed]] = []
    reach = 0.0
    for line in sorted(lines, key=extent):
        low, high = extent(line)
        if groups and low - reach <= gap:
            groups[-1].append(line)
            reach = max(reach, high)
        else:
            groups.append([line])
            reach = high
    return groups


def vertical(line: Placed) -> Span:
    return line.y1, line.y2


def horizontal(line: Placed) -> Span:
    return line.x1, line.x2


def columns_of(bands: list[list[Placed]]) -> list[list[Placed]]:
    """Cut bands of lines at the gutters that run through all of them."""
    lines = [line for band in bands for line in band]
    return split(lines, horizontal, GUTTER * typical_height(lines))


def typical_height(lines: list[Placed]) -> float:
    return median(line.height for line in lines)


def white_between(above: list[Placed], below: list[Placed]) -> float:
    return min(p.y1 for p in below) - max(p.y2 for p in above)


def column_start(column: list[Placed]) -> float:
    return min(line.x1 for line in column)


def columns_below(bands: list[list[Placed]]) -> int:
    """How many bands from the first on make up aligned columns with no high white stripe between them; at least one."""
    columns = columns_of(bands[:1])
    for count in range(2, len(bands) + 1):
        above, below = bands[count - 2 : count]
        if white_between(above, below) > SECTION_GAP * typical_height(above + below):
            return count - 1
        before, columns = columns, columns_of(bands[:count])
        # A line across a gutter is a heading, and a line where no column was belongs to something else.
        if len(columns) < 2 or len(columns) != len(before) or not all(map(is_aligned, columns)):
            return count - 1
    return len(bands)


def is_aligned(column: list[Placed]) -> bool:
    """Whether the rows of a column start at the same place, or have the same middle."""
    rows = split(column, vertical, 0.0)
    left = [min(p.x1 for p in row) for row in rows]
    middle = [(min(p.x1 for p in row) + max(p.x2 for p in row)) / 2 for row in rows]
    return min(spread(left), spread(middle)) <= FLUSH * typical_height(column)


def sections(bands: list[list[Placed]], region: Span) -> list[list[list[Placed]]]:
    """Cut columns into rows of cards, where white stripes of two clearly different heights show that there are such."""
    gaps = [white_between(above, below) for above, below in pairwise(bands)]
    lines = [line for band in bands for line in band]
    if not gaps or spread(gaps) < UNLIKE_GAPS * typical_height(lines):
        return [bands]
    cut: list[list[list[Placed]]] = [[bands[0]]]
    for gap, band in zip(gaps, bands[1:], strict=True):
        if gap > (max(gaps) + min(gaps)) / 2:
            cut.append([band])
        else:
            cut[-1].append(band)
    return cut if all(stand_apart(columns_of(section), region) for section in cut) else [bands]


def stand_apart(columns: list[list[Placed]], region: Span) -> bool:
    """Whether columns are read one after the other (cards, newspaper columns) and not along rows (lists, tables).

    Columns that are read along rows complete one another: one of them holds nothing but values, or hangs on the right
    margin. Columns that stand apart are each complete: a title and a price, a large figure and its caption, running
    text, or a few lines close together that share the width evenly with the others.
    """
    columns = [sorted(column, key=lambda p: (p.y1, p.x1)) for column in columns]
    if len(columns) < 2 or any(len(column) < 2 or holds_values(column) for column in columns):
        return False
    if any(map(hangs_right, columns[1:])) or len(set(map(is_terse, columns))) == 2:
        return False
    return (
        all(map(is_mixed, columns))
        or all(map(is_paragraph, columns))
        or (all(map(is_label, columns)) and share_evenly(columns, region))
    )


def is_terse(column: list[Placed]) -> bool:
    """Whether a column is initials, bullets or icons, which belong to what stands beside them."""
    return all(len(p.line.text) <= 2 for p in column)


def holds_values(column: list[Placed]) -> bool:
    """Whether a column is prices, times or counts, perhaps under a heading."""
    rest = column[1:] if len(column) > 3 else column
    return all(is_value(p.line.text) for p in rest)


def is_value(text: str) -> bool:
    """Whether a text is rather a figure, perhaps with a unit, than words: a third of its characters are digits."""
    digits, letters = sum(map(str.isdigit, text)), sum(map(str.isalpha, text))
    return 2 * digits >= letters


def hangs_right(column: list[Placed]) -> bool:
    """Whether right edges are aligned, and clearly better than left edges."""
    left, right = spread([p.x1 for p in column]), spread([p.x2 for p in column])
    height = typical_height(column)
    return right <= FLUSH * height and 2 * right + 0.1 * height < left


def spread(values: list[float]) -> float:
    return max(values) - min(values)


def is_mixed(column: list[Placed]) -> bool:
    """Whether a column holds lines of more than one kind: words and figures, or two sizes of type."""
    heights = [p.height for p in column]
    return len({is_value(p.line.text) for p in column}) == 2 or max(heights) >= TALLER * min(heights)


def is_tight(column: list[Placed]) -> bool:
    limit = TIGHT_GAP * typical_height(column)
    return all(below.y1 - above.y2 <= limit for above, below in pairwise(column))


def is_paragraph(column: list[Placed]) -> bool:
    """Whether lines are running text: three or more, close to one another, all but the last about as wide."""
    widths = [p.x2 - p.x1 for p in column]
    return len(column) >= 3 and is_tight(column) and min(widths[:-1]) >= FILLED * max(widths)


def is_label(column: list[Placed]) -> bool:
    """Whether a column is a short label of two or three lines, as under an album or on a switch."""
    return len(column) <= 3 and is_tight(column)


def share_evenly(columns: list[list[Placed]], region: Span) -> bool:
    """Whether columns begin as far apart as cards of equal width that fill the region.

    Not where the last ends at the right margin, as far in as the first begins at the left: there it hangs on that.
    """
    width = (region[1] - region[0]) / len(columns)
    starts = [column_start(column) for column in columns]
    margin = region[1] - (starts[0] - region[0])
    hanging = all(abs(p.x2 - margin) <= FLUSH / 2 * p.height for p in columns[-1])
    return not hanging and all(abs(right - left - width) <= EVEN * width for left, right in pairwise(starts))


def rows_of(band: list[Placed]) -> list[list[Placed]]:
    """Join the lines of a band that stand side by side; rows from top to bottom, cells from left to right."""
    rows: list[list[Placed]] = []
    for line in sorted(band, key=lambda p: (p.y1 + p.y2, p.x1)):
        shared, best = max(((share(row, line), -i) for i, row in enumerate(rows)), default=(0.0, 0))
        if shared >= ROW_OVERLAP:
            rows[-best].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda p: (p.x1, p.x2)) for row in rows]


def share(row: list[Placed], line: Placed) -> float:
    """How much of its height a line shares with the nearest cell of a row; 0 where it would lie over a cell."""
    if any(min(p.x2, line.x2) - max(p.x1, line.x1) > 0.2 * min(p.height, line.height) for p in row):
        return 0.0
    near = min(row, key=lambda p: max(p.x1 - line.x2, line.x1 - p.x2))
    return (min(near.y2, line.y2) - max(near.y1, line.y1)) / min(near.height, line.height)
