"""Colours are named as people name them, from pixels, whatever is printed on the thing or lies around it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pocketvlm.datasets.rendered.questions import colour
from pocketvlm.datasets.rendered.questions.colour import colour_names
from pocketvlm.vision.parser.colors import HUES, color_name, color_of, main_color

BOX = (20, 30, 80, 60)
Draw = Callable[[np.ndarray], None]


def screen(*drawn: Draw, ground: int | tuple[int, int, int] = 255) -> np.ndarray:
    pixels = np.full((100, 120, 3), ground, np.uint8)
    for draw in drawn:
        draw(pixels)
    return pixels


def fill(color: tuple[int, int, int], box: tuple[int, int, int, int] = BOX) -> Draw:
    x1, y1, x2, y2 = box

    def draw(pixels: np.ndarray) -> None:
        pixels[y1:y2, x1:x2] = color

    return draw


def test_names_are_those_of_the_questions() -> None:
    """Two lists that were written apart, because vision imports no data set: the same on a grid of all colours."""
    differ = []
    for code in np.ndindex(9, 9, 9):
        red, green, blue = (min(255, 32 * step) for step in code)
        theirs = colour_names(f"#{red:02x}{green:02x}{blue:02x}")
        ours = color_name((red, green, blue))
        if ours != (theirs.en[0] if theirs else None):
            differ.append((red, green, blue, ours))
    assert differ == []


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((0, 122, 255), "blue"),
        ((52, 199, 89), "green"),
        ((220, 20, 40), "red"),
        ((120, 70, 20), "brown"),
        ((128, 128, 128), "grey"),
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((230, 235, 250), None),  # a pale tint
    ],
)
def test_plain_colours_have_their_names(color: tuple[int, int, int], name: str | None) -> None:
    assert color_name(color) == name


def test_fill_counts_and_not_what_is_written_on_it() -> None:
    pixels = screen(fill((0, 122, 255)), fill((255, 255, 255), (30, 42, 70, 48)))
    assert color_of(pixels, BOX) == "blue"


def test_thin_strokes_count_where_nothing_is_filled() -> None:
    pixels = screen(fill((220, 20, 40), (30, 44, 50, 46)))  # 40 of the box's 1800 pixels
    assert color_of(pixels, BOX) == "red"


def test_surroundings_of_any_colour_do_not_count() -> None:
    pixels = screen(fill((255, 255, 255), (40, 40, 60, 50)), ground=(0, 122, 255))
    assert color_of(pixels, BOX) == "white"


def test_nothing_but_surroundings_has_no_colour() -> None:
    assert color_of(screen(), BOX) is None
    assert main_color(screen(fill((250, 250, 250))), BOX) is None  # a shade that nobody sees


def test_box_that_fills_or_leaves_the_picture_is_cut_off() -> None:
    pixels = screen(fill((52, 199, 89), (0, 0, 120, 90)), ground=20)
    assert color_of(pixels, (0, 0, 120, 90)) == "green"
    assert color_of(pixels, (-50, -5, 300, 90)) == "green"
    assert color_of(pixels, (200, 200, 300, 300)) is None


def test_questions_and_pixels_go_by_the_same_hues() -> None:
    assert colour.HUES == HUES


def test_a_button_found_a_little_too_small_has_the_colour_of_its_fill() -> None:
    around, words = (17, 27, 83, 63), (40, 40, 60, 50)
    assert color_of(screen(fill((30, 120, 50), around), fill((255, 255, 255), words)), BOX) == "green"
