"""The curve of a run as a picture: the loss, and under it every score of the evaluations, against samples seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 240, 70, 170, 30, 40  # pixels of a panel and its margins
COLORS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")
SMOOTHING = 0.9  # of the loss: how much of the mean so far every line of the log keeps

Points = list[tuple[float, float]]


def write_curve(path: Path, title: str, log: Sequence[dict[str, Any]]) -> None:
    """Write a log's curves as SVG; a log without a loss writes nothing.

    Args:
        log: lines as `Log.read` gives them.
    """
    losses = [line for line in log if math.isfinite(line.get("loss", math.nan))]
    if not losses:
        return
    raw = [(float(line["samples"]), float(line["loss"])) for line in losses]
    per_step = raw[-1][0] / losses[-1]["step"]
    panels = [_panel(f"{title}: loss", {"each line": raw, "mean": _smooth(raw)}, 0)]
    if scores := _scores(log, per_step):
        panels.append(_panel("scores", scores, HEIGHT))
    height = HEIGHT * len(panels)
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif">'
    background = f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    path.write_text("\n".join([frame, background, *panels, "</svg>"]) + "\n", encoding="utf-8")


def _smooth(points: Points) -> Points:
    """A running mean that leans on the last ten or so points."""
    smooth, mean, weight = [], 0.0, 0.0
    for x, y in points:
        mean, weight = SMOOTHING * mean + (1 - SMOOTHING) * y, SMOOTHING * weight + 1 - SMOOTHING
        smooth.append((x, mean / weight))
    return smooth


def _scores(log: Sequence[dict[str, Any]], samples_per_step: float) -> dict[str, Points]:
    found: dict[str, Points] = {}
    for line in log:
        for name, value in line.get("scores", {}).items():
            if math.isfinite(value):
                found.setdefault(name, []).append((line["step"] * samples_per_step, float(value)))
    return found


def _panel(title: str, series: dict[str, Points], top: int) -> str:
    """One drawing with axes, a line for every series, and their names on the right."""
    xs, ys = ([point[axis] for points in series.values() for point in points] for axis in (0, 1))
    low, high = min(ys), max(ys)
    span = (high - low) or 1.0
    right, bottom = WIDTH - RIGHT, top + HEIGHT - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (right - LEFT) * x / (max(xs) or 1.0)
        return across, bottom - (bottom - top - TOP) * (y - low) / span

    parts = [_text(LEFT, top + 18, title, 14), *_ticks(low, high, bottom, top + TOP, max(xs), right)]
    parts.append(f'<path d="M{LEFT} {top + TOP}V{bottom}H{right}" fill="none" stroke="#555"/>')
    for number, (name, points) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        parts.append(_line([place(*point) for point in points], color, faint=name == "each line"))
        parts.append(_text(right + 12, top + TOP + 8 + 15 * number, name, 11, color))
    return "\n".join(parts)


def _ticks(low: float, high: float, bottom: int, top: int, last: float, right: int) -> Iterable[str]:
    for share in (0.0, 0.5, 1.0):
        y = bottom - (bottom - top) * share
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
        yield _text(LEFT - 6, y + 4, f"{low + (high - low) * share:.3g}", 11, anchor="end")
        yield _text(LEFT + (right - LEFT) * share, bottom + 16, f"{last * share:,.0f}", 11, anchor="middle")
    yield _text((LEFT + right) / 2, bottom + 32, "samples", 11, anchor="middle")


def _line(points: Points, color: str, faint: bool) -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    opacity = 0.3 if faint else 1
    dots = "" if len(points) > 40 else "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>' for x, y in points)
    line = f'<polyline points="{drawn}" fill="none" stroke="{color}"/>'
    return f'<g opacity="{opacity}" fill="{color}">{line}{dots}</g>'


def _text(x: float, y: float, text: str, size: int, color: str = "#222", anchor: str = "start") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"'
    return f"<text {where}>{escape(text)}</text>"
