"""List rows that are greyed out, told by how faint their words are beside the others'."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import TextLine
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_greyed import with_greyed_rows
from pocketvlm.vision.structure_merging import merge
from pocketvlm.vision.structure_text import row_text

WIDTH, HEIGHT, ROW = 600, 800, 100


def element(role: str, box: tuple[int, int, int, int]) -> Element:
    return Element(role, box, 0.9, None, False, None, None, None)


def drawn(inks: list[float], page: int, overlay: bool = False) -> tuple[ScreenStructure, np.ndarray]:
    """Rows of which each one's words have a share of the full contrast; perhaps with a dialog over the last half."""
    pixels = np.full((HEIGHT, WIDTH, 3), page, np.uint8)
    lines, elements = [], []
    for number, ink in enumerate(inks):
        top = 50 + ROW * number
        color = round(page + ink * ((255 - page) - page))
        for text, x in (("Setting", 30), ("Value", 400)):
            cv2.putText(pixels, text, (x, top + 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (color, color, color), 2)
            lines.append(TextLine(text, (x, top + 30, x + 140, top + 70), 0.99))
        elements.append(element("row", (0, top, WIDTH, top + ROW)))
    if overlay:
        pixels[: HEIGHT // 2] = (pixels[: HEIGHT // 2] * 0.4).astype(np.uint8)
        elements.append(element("dialog", (0, HEIGHT // 2, WIDTH, HEIGHT)))
    return merge(WIDTH, HEIGHT, lines, elements), pixels


@pytest.mark.parametrize("page", [255, 0])
def test_faint_rows_are_greyed_out(page: int) -> None:
    structure, pixels = drawn([1.0, 0.38, 0.85, 0.3], page)
    told = with_greyed_rows(structure, pixels)
    assert [row.frame is not None and row.frame.disabled for row in told.rows] == [False, True, False, True]
    assert [row_text(row).endswith("[disabled]") for row in told.rows] == [False, True, False, True]


def test_rows_that_are_all_alike_are_as_they_were() -> None:
    for inks in ([1.0, 1.0, 0.9], [0.4, 0.4], [0.4]):
        structure, pixels = drawn(inks, 255)
        assert with_greyed_rows(structure, pixels) == structure


def test_what_an_overlay_dims_is_compared_with_its_like() -> None:
    structure, pixels = drawn([1.0, 1.0, 1.0, 1.0, 0.38, 1.0], 255, overlay=True)
    told = with_greyed_rows(structure, pixels)
    assert any(row.behind for row in told.rows)
    greyed = [row for row in told.rows if row.frame is not None and row.frame.role == "row" and row.frame.disabled]
    assert [row.behind for row in greyed] == [False]


def test_a_row_without_words_and_a_screen_without_rows() -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    empty = merge(WIDTH, HEIGHT, [], [element("row", (0, 50, WIDTH, 150)), element("switch", (500, 80, 580, 120))])
    loose = merge(WIDTH, HEIGHT, [TextLine("Setting", (30, 80, 170, 120), 0.99)], [])
    beyond = merge(WIDTH, HEIGHT, [TextLine("x", (590, 790, 700, 900), 0.9)], [element("row", (500, 780, 700, 900))])
    for structure in (empty, loose, beyond):
        assert with_greyed_rows(structure, pixels) == structure
