"""Close-ups: the right square of the picture, at any edge, at the size asked for."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.vision.parser.close_up import MARGIN, UPPER, close_ups, cut, frames


def test_a_frame_is_a_square_about_the_whole_element() -> None:
    ((x, y, side),) = frames(np.array([[10, 20, 50, 40]]), ["icon"])
    assert (x, y, side) == (30, 30, pytest.approx(MARGIN * 40))


def test_what_stands_over_words_is_looked_at_without_them() -> None:
    ((x, y, side),) = frames(np.array([[0, 100, 120, 150]]), ["tab"])
    assert (x, y, side) == (60, pytest.approx(100 + UPPER * 25), pytest.approx(UPPER * 50))


def test_no_elements_have_no_frames() -> None:
    assert frames(np.empty((0, 4)), []).shape == (0, 3)
    assert close_ups(np.zeros((9, 9, 3), np.uint8), np.empty((0, 3)), 16).shape == (0, 16, 16, 3)


@pytest.mark.parametrize("size", [8, 20, 200])
def test_what_lies_in_the_frame_fills_the_close_up(size: int) -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[60 : 60 + size, 40 : 40 + size] = (200, 100, 50)
    middle = np.array([40 + size / 2, 60 + size / 2, size])
    assert (cut(pixels, middle, 32) == (200, 100, 50)).all()


@pytest.mark.parametrize("place", [(0, 0), (399, 0), (0, 299), (399, 299), (-20, 150)])
def test_beyond_the_edges_the_last_pixels_go_on(place: tuple[int, int]) -> None:
    pixels = np.full((300, 400, 3), 77, np.uint8)
    found = close_ups(pixels, np.array([[*place, 50.0]]), 24)
    assert found.shape == (1, 24, 24, 3)
    assert (found == 77).all()
