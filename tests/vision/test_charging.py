"""A battery, drawn here: charging when it is green, however little of it is full."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.vision.parser.charging import is_charging

BOX = (100, 20, 172, 54)
Color = tuple[int, int, int]
GREEN, RED, BLACK, WHITE = (52, 199, 89), (255, 59, 48), (20, 20, 20), (255, 255, 255)


def drawn(fill: Color, level: float, page: Color = WHITE, ink: Color = BLACK) -> np.ndarray:
    """A battery's case, and its charge from the left."""
    pixels = np.full((80, 240, 3), page, np.uint8)
    x1, y1, x2, y2 = BOX
    pixels[y1:y2, x1:x2] = ink
    pixels[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2] = page
    pixels[y1 + 6 : y2 - 6, x1 + 6 : x1 + 6 + round(level * (x2 - x1 - 12))] = fill
    return pixels


@pytest.mark.parametrize("level", [0.08, 0.5, 1.0])
@pytest.mark.parametrize(("page", "ink"), [(WHITE, BLACK), (BLACK, WHITE)])
def test_green_is_charging(level: float, page: Color, ink: Color) -> None:
    assert is_charging(drawn(GREEN, level, page, ink), BOX)


@pytest.mark.parametrize("fill", [BLACK, RED])
def test_other_colours_are_not(fill: Color) -> None:
    assert not is_charging(drawn(fill, 0.6), BOX)


def test_a_green_page_charges_nothing() -> None:
    assert not is_charging(drawn(WHITE, 0.6, page=GREEN, ink=WHITE), BOX)


def test_a_box_of_nothing_is_not_charging() -> None:
    assert not is_charging(drawn(GREEN, 0.6), (500, 500, 500, 500))
