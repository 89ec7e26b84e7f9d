"""What the text reader would read of a drawn screen, made from its truth: lines with boxes, and a few slips."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pocketvlm.datasets.rendered.questions.chart import PRINTED_AT_MOST
from pocketvlm.datasets.rendered.questions.screen import Element as TrueElement
from pocketvlm.datasets.rendered.questions.screen import Screen
from pocketvlm.vision.reading_order import Box, TextLine

TEXTUAL = frozenset(
    "label detail value title heading caption text section_title stat table_cell table_header time".split()
)
REPEATING = frozenset({"dialog", "card", "chart", "picture"})  # their text stands in an element inside them, or nowhere
BLOCKS = frozenset({"bubble", "banner", "toast"})  # they hold running text
FONT = 16.0  # of a common label, in the page's own pixels
LINE_HEIGHT = 1.3  # of a font's size
WIDE, NARROW = 1.0, 0.52  # of a font's size: a Chinese character, a Latin one
ALIKE = (("l", "I"), ("O", "0"), ("rn", "m"), ("1", "l"), ("5", "S"), ("，", ","), ("：", ":"), ("é", "e"))
MISSING, MERGED, MISREAD = 0.01, 0.03, 0.01  # shares of lines
BADGE_MISSING = 0.4  # a badge's small digit is often not seen to be text
DRAWN = frozenset("icon action tab search star player_button switch radio checkbox wifi signal app_icon".split())
SCRAPS, SCRAP = ("O", "Q", "X", "☆", "√", "G", "1", "A", "...", "女", "C", "41"), 0.12  # what is read of a drawing
CLIPPED_READ = 0.6  # share of the words at a screen's edge that can still be read


def simulate_lines(screen: Screen, scale: float, rng: random.Random) -> list[TextLine]:
    """Lines as the text reader gives them, in the order of the truth.

    Args:
        screen: the truth.
        scale: pixels of the image for one of the page.
        rng: decides about slips.
    """
    lines: list[TextLine] = []
    for element in screen.elements:
        unread = BADGE_MISSING if element.role == "badge" else 1 - CLIPPED_READ if element.clipped else 0.0
        if rng.random() < unread:
            continue
        lines += _lines_of(element, scale)
        if element.role in DRAWN and rng.random() < SCRAP:
            lines.append(_scrap(element, scale, rng))
    for chart in screen.elements:
        if chart.role == "chart" and chart.text != "pie":
            lines += _chart_lines(chart, [e for e in screen.elements if e.parent == chart.id], scale)
    kept = [_slip(line, rng) for line in lines if rng.random() >= MISSING and line.text.strip()]
    return _merge_some(kept, rng)


def width_of(text: str) -> float:
    """How wide a text is, in units of its font's size."""
    return sum(WIDE if ord(character) > 0x2E80 else NARROW for character in text)


def _lines_of(element: TrueElement, scale: float) -> Iterator[TextLine]:
    text = element.text
    if not text or element.role in REPEATING:
        return
    if element.role in TEXTUAL:
        yield from _block(text, element.box)
    elif element.role in BLOCKS:
        yield from _block(text, _inset(element.box, 0.05, 0.12))
    elif element.role == "field":
        yield from _field(element, text, scale)
    else:
        yield _centred(text, element.box, scale, 0.75 if element.role == "tab" else 0.5)


def _block(text: str, box: Box) -> Iterator[TextLine]:
    """Text that fills a box, in as many lines as it needs for that."""
    x1, y1, x2, y2 = box
    width, height = max(1, x2 - x1), max(1, y2 - y1)
    count = max(1, math.ceil(math.sqrt(width_of(text) * height / (LINE_HEIGHT * width)) - 0.2))
    parts = _wrapped(text, count)
    step = height / len(parts)
    longest = max(map(width_of, parts)) or 1.0
    for number, part in enumerate(parts):
        right = x1 + round(width * min(1.0, width_of(part) / longest))
        yield TextLine(part, (x1, round(y1 + number * step), max(x1 + 1, right), round(y1 + (number + 1) * step)), 0.97)


def _wrapped(text: str, count: int) -> list[str]:
    """A text in about so many lines of about equal width, cut at spaces, or anywhere in Chinese."""
    pieces = (
        text.split(" ") if " " in text else list(text) if count > 1 and width_of(text) > len(text) * 0.8 else [text]
    )
    joint = " " if " " in text else ""
    limit = width_of(text) / count
    parts: list[str] = []
    for piece in pieces:
        if parts and (len(parts) == count or width_of(parts[-1]) + width_of(piece) / 2 < limit):
            parts[-1] += joint + piece
        else:
            parts.append(piece)
    return parts


def _inset(box: Box, across: float, down: float) -> Box:
    x1, y1, x2, y2 = box
    dx, dy = round(across * (x2 - x1)), round(down * (y2 - y1))
    return x1 + dx, y1 + dy, x2 - dx, y2 - dy


def _centred(text: str, box: Box, scale: float, height: float) -> TextLine:
    """One line in the middle of a control, `height` of the way down."""
    x1, y1, x2, y2 = box
    size = min(FONT * scale, 0.8 * (y2 - y1), 0.95 * (x2 - x1) / max(1e-6, width_of(text)))
    half_width, half_height = max(1.0, size * width_of(text) / 2), max(1.0, size * LINE_HEIGHT / 2)
    x, y = (x1 + x2) / 2, y1 + height * (y2 - y1)
    return TextLine(
        text, (round(x - half_width), round(y - half_height), round(x + half_width), round(y + half_height)), 0.97
    )


def _field(element: TrueElement, text: str, scale: float) -> Iterator[TextLine]:
    """What is in a field, and over it its name where there is room for both."""
    x1, y1, x2, y2 = element.box
    size = FONT * scale
    left = x1 + round(size)
    both = element.name and element.name != text and y2 - y1 > 3 * size
    if both and element.name:
        top = y1 + round(0.25 * (y2 - y1) - 0.5 * size)
        yield TextLine(
            element.name, (left, top, left + round(0.75 * size * width_of(element.name)), top + round(size)), 0.97
        )
    middle = y1 + (0.65 if both else 0.5) * (y2 - y1)
    half = LINE_HEIGHT * size / 2
    yield TextLine(
        text, (left, round(middle - half), min(x2, left + round(size * width_of(text))), round(middle + half)), 0.97
    )


def _scrap(element: TrueElement, scale: float, rng: random.Random) -> TextLine:
    """A drawing taken for a letter: in a tab or on a tile above the words, in a search box before them."""
    x1, y1, x2, y2 = element.box
    half = 0.45 * min(FONT * scale, x2 - x1, y2 - y1)
    x = x1 + 2 * half if element.role == "search" else (x1 + x2) / 2
    y = y1 + (0.3 if element.role in ("tab", "app_icon") else 0.5) * (y2 - y1)
    return TextLine(rng.choice(SCRAPS), (round(x - half), round(y - half), round(x + half), round(y + half)), 0.6)


def _chart_lines(chart: TrueElement, parts: Sequence[TrueElement], scale: float) -> Iterator[TextLine]:
    """Labels under the bars or points of a chart, and their values over them where there are few enough."""
    values = [part for part in parts if part.role == "chart_value" and part.name]
    yield from _scale_lines(chart, values, scale)
    foot = chart.box[3] - round(20 * scale)
    size = 10 * scale
    for value in values:
        middle = (value.box[0] + value.box[2]) / 2
        texts = [(value.name or "", foot)]
        if len(values) <= PRINTED_AT_MOST and "value" in value.state:
            texts.append((f"{value.state['value']:,}", value.box[1] - round(size)))
        for text, y in texts:
            half = size * width_of(text) / 2
            yield TextLine(
                text, (round(middle - half), round(y - size * 0.7), round(middle + half), round(y + size * 0.7)), 0.95
            )


def _scale_lines(chart: TrueElement, values: Sequence[TrueElement], scale: float) -> Iterator[TextLine]:
    """The numbers beside a chart: nought, the top of a scale that holds its values, and the middle."""
    most = max((abs(float(value.state.get("value", 0))) for value in values), default=0.0)
    if most <= 0:
        return
    power = 10.0 ** math.floor(math.log10(most))
    top = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= most)
    _, y1, x2, y2 = chart.box
    for share, number in ((0.0, 0.0), (0.5, top / 2), (1.0, top)):
        y = y2 - round((0.12 + 0.62 * share) * (y2 - y1))
        size = round(10 * scale)
        text = f"{number:g}"
        right = x2 - round(8 * scale)
        yield TextLine(text, (right - round(size * width_of(text)), y - size // 2, right, y + size - size // 2), 0.9)


def _slip(line: TextLine, rng: random.Random) -> TextLine:
    """A line with its box a little off, and seldom with a letter taken for another."""
    x1, y1, x2, y2 = line.box
    step = max(1, round(0.06 * (y2 - y1)))
    shift = [rng.randint(-step, step) for _ in range(4)]
    box = (max(0, x1 + shift[0]), max(0, y1 + shift[1]), max(x1 + 1, x2 + shift[2]), max(y1 + 1, y2 + shift[3]))
    text = line.text
    if rng.random() < MISREAD:
        for good, bad in rng.sample(ALIKE, len(ALIKE)):
            if good in text:
                text = text.replace(good, bad, 1)
                break
    return replace(line, text=text, box=box)


def _merge_some(lines: list[TextLine], rng: random.Random) -> list[TextLine]:
    """Now and then two pieces of one row read as one line."""
    merged: list[TextLine] = []
    for line in lines:
        before = merged[-1] if merged else None
        if before is not None and rng.random() < MERGED and _close(before.box, line.box):
            x1, y1, _, y2 = before.box
            box = (x1, min(y1, line.box[1]), line.box[2], max(y2, line.box[3]))
            merged[-1] = TextLine(f"{before.text} {line.text}", box, before.score)
        else:
            merged.append(line)
    return merged


def _close(left: Box, right: Box) -> bool:
    height = min(left[3] - left[1], right[3] - right[1])
    shared = min(left[3], right[3]) - max(left[1], right[1])
    return shared > 0.7 * height and 0 <= right[0] - left[2] < 2 * height
