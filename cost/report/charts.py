"""The kinds of plots that the report has: lines, bars, and a waterfall. Each returns a `Drawing`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pocketvlm.cost.report.drawing import Box, Dot, Drawing, Label, Mark, Path, text_width

WIDTH = 440  # units: small print is still legible where a phone shows it at 350 pixels
_LEFT, _RIGHT, _BOTTOM = 58, 14, 40
_PLOT = 210  # height of the plot itself
_ROW, _BAR = 27, 15
_LEGEND_ROW = 20

Format = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """One line of a plot.

    Attributes:
        name: in the legend.
        points: (x, y), x rising.
        ink: a role of the palette.
        dashed: to be told apart without colours.
        dots: places that were measured, or that matter, on the line.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    ink: str
    dashed: bool = False
    dots: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Axis:
    """What an axis counts, how its ticks are written, and where they are if not at round numbers."""

    name: str
    format: Format
    ticks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One bar: how long it is, where it starts, and the ink of what it belongs to."""

    name: str
    value: float
    ink: str
    start: float = 0.0


def ticks(highest: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to the first at or above `highest`, about so many.

    Raises:
        ValueError: `highest` is not above 0.
    """
    if not highest > 0:
        raise ValueError(f"an axis from 0 to {highest}: give a value above 0")
    rough = highest / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    count = math.ceil(highest / step - 1e-9)
    return [index * step for index in range(count + 1)]


def line_chart(
    name: str, title: str, description: str, series: Sequence[Series], across: Axis, up: Axis, legend: bool = True
) -> Drawing:
    """Lines over a common x axis; both axes start at 0.

    Args:
        name, title, description: as a `Drawing` has them.
        series: at least one, with a value above 0.
        across, up: the axes.
        legend: whether the lines are named above the plot.
    """
    points = [point for one in series for point in (*one.points, *one.dots)]
    right = max(x for x, _ in points)
    levels = ticks(max(y for _, y in points))
    marks, top = _legend([(one.name, one.ink) for one in series] if legend else [])
    top += 24  # the name of the y axis
    bottom = top + _PLOT

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return _LEFT + x / right * (WIDTH - _LEFT - _RIGHT), bottom - y / levels[-1] * _PLOT

    marks.append(Label(0, top - 13, up.name))
    for level in levels:
        y = place((0, level))[1]
        marks.append(Path(((_LEFT, y), (WIDTH - _RIGHT, y)), "soft" if level == 0 else "line"))
        marks.append(Label(_LEFT - 6, y + 4, up.format(level), anchor="end"))
    for tick in across.ticks or [tick for tick in ticks(right) if tick <= right]:
        marks.append(Label(place((tick, 0))[0], bottom + 17, across.format(tick), anchor="middle"))
    marks.append(Label((WIDTH + _LEFT - _RIGHT) / 2, bottom + 35, across.name, anchor="middle"))
    for one in series:
        marks.append(Path(tuple(place(point) for point in one.points), one.ink, 2.2, one.dashed))
        marks.extend(Dot(*place(dot), one.ink) for dot in one.dots)
    return Drawing(name, title, description, WIDTH, bottom + _BOTTOM, tuple(marks))


def bar_chart(
    name: str, title: str, description: str, bars: Sequence[Bar], form: Format, legend: Sequence[tuple[str, str]] = ()
) -> Drawing:
    """Bars one below the other, each with its name at the left and its value behind it.

    Args:
        name, title, description: as a `Drawing` has them.
        bars: at least one that ends above 0; with starts above 0 they make a waterfall.
        form: how a value is written.
        legend: (name, ink) of what the inks mean.
    """
    marks, top = _legend(legend)
    left = max(text_width(bar.name, 12) for bar in bars) + 8
    behind = max(text_width(form(bar.value), 12) for bar in bars) + 8
    longest = max(max(bar.start, bar.start + bar.value) for bar in bars)
    scale = (WIDTH - left - behind) / longest
    for index, bar in enumerate(bars):
        y = top + 6 + index * _ROW
        begin, end = sorted((bar.start, bar.start + bar.value))
        marks.append(Label(left - 8, y + _BAR - 3, bar.name, "ink", "end"))
        if index and begin > 0:  # where the bar above ends
            marks.append(Path(((left + bar.start * scale, y - _ROW + _BAR), (left + bar.start * scale, y)), "soft"))
        marks.append(Box(left + begin * scale, y, max((end - begin) * scale, 1), _BAR, bar.ink))
        marks.append(Label(left + end * scale + 6, y + _BAR - 3, form(bar.value), "ink"))
    return Drawing(name, title, description, WIDTH, top + 6 + len(bars) * _ROW, tuple(marks))


def waterfall(
    name: str,
    title: str,
    description: str,
    steps: Sequence[tuple[str, float, str]],
    form: Format,
    legend: Sequence[tuple[str, str]] = (),
) -> Drawing:
    """Steps (name, value, ink) that each begin where the one before ends, and their sum."""
    bars, end = [], 0.0
    for step, value, ink in steps:
        bars.append(Bar(step, value, ink, end))
        end += value
    return bar_chart(name, title, description, [*bars, Bar("in all", end, "other")], form, legend)


def _legend(entries: Sequence[tuple[str, str]]) -> tuple[list[Mark], float]:
    """The key above a plot, broken into lines, and how high it is."""
    marks: list[Mark] = []
    x, y = 0.0, 0.0
    for name, ink in entries:
        width = 18 + text_width(name, 12) + 16
        if x and x + width > WIDTH:
            x, y = 0.0, y + _LEGEND_ROW
        marks += [Box(x, y + 3, 12, 10, ink), Label(x + 18, y + 12, name, "ink")]
        x += width
    return marks, y + _LEGEND_ROW if entries else 0.0
