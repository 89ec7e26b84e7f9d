"""A plot as a list of marks in its own units, so that SVG and PNG show the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# By role, on light and on dark pages. Blue and orange stay apart for colour-blind eyes; lines differ in dashes as well.
PALETTE: dict[str, tuple[str, str]] = {
    "page": ("#f5f6f8", "#111418"),
    "card": ("#ffffff", "#1a1e24"),
    "ink": ("#1b1f24", "#e6e9ed"),
    "soft": ("#5c6570", "#9aa4af"),
    "line": ("#dde1e6", "#2c323a"),
    "fill": ("#eceff3", "#252b33"),
    "base": ("#2457c5", "#7fa7ff"),
    "added": ("#c2570c", "#ff9a5c"),
    "other": ("#5b7c85", "#8fb3bd"),
    "good": ("#14793a", "#46c272"),
    "bad": ("#b42318", "#ff7a70"),
}


@dataclass(frozen=True)
class Box:
    """A filled rectangle; (x, y) is its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    ink: str


@dataclass(frozen=True)
class Path:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    ink: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    ink: str
    radius: float = 3.5


@dataclass(frozen=True)
class Label:
    """A line of text; y is its baseline, x its start, middle or end."""

    x: float
    y: float
    text: str
    ink: str = "soft"
    anchor: Literal["start", "middle", "end"] = "start"
    size: float = 12
    bold: bool = False


Mark = Box | Path | Dot | Label


@dataclass(frozen=True)
class Drawing:
    """One plot.

    Attributes:
        name: of its file, and of its element on the page.
        title: what it shows.
        description: what a reader who cannot see it has to know, figures included.
        width, height: in units that are pixels at full size.
        marks: the later ones lie above the earlier ones; their inks are roles of `PALETTE`.
    """

    name: str
    title: str
    description: str
    width: float
    height: float
    marks: tuple[Mark, ...]


def text_width(text: str, size: float) -> float:
    """About how wide a text is: enough to keep labels apart, without the font."""
    return 0.56 * size * len(text)
