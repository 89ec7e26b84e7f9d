"""Ratings of five stars, drawn here, as full as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pocketvlm.vision.parser.stars import share_of_stars

Color = tuple[int, int, int]
GOLD, GREY, WHITE, BLACK = (245, 179, 1), (204, 204, 204), (255, 255, 255), (0, 0, 0)
SIZE, GAP, LEFT, TOP = 40, 12, 60, 50
BOX = (LEFT, TOP, LEFT + 5 * SIZE + 4 * GAP, TOP + SIZE)


def corners(left: int) -> np.ndarray:
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2, 0.24, 0.5) * SIZE
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None] + (left + SIZE / 2, TOP + SIZE / 2)
    return points.round().astype(np.int32)


def drawn(
    stars: float, fill: Color = GOLD, empty: Color = GREY, page: Color = WHITE, outlined: bool = False
) -> np.ndarray:
    """Five stars on a page of one colour; empty ones filled with another colour, or outlined."""
    pixels = np.full((140, 400, 3), page, np.uint8)
    for number in range(5):
        left = LEFT + number * (SIZE + GAP)
        star = corners(left)
        if outlined:
            cv2.polylines(pixels, [star], True, empty, 2)
        else:
            cv2.fillPoly(pixels, [star], empty)
        inside = np.zeros(pixels.shape[:2], np.uint8)
        cv2.fillPoly(inside, [star], 1)
        inside[:, left + round(SIZE * min(1.0, max(0.0, stars - number))) :] = 0
        pixels[inside > 0] = fill
    return pixels


@pytest.mark.parametrize("stars", [0.5, 1, 2.5, 3, 4.5])
@pytest.mark.parametrize("off", [(0, 0, 0, 0), (3, -2, -3, 2), (-6, -8, 6, 8), (6, 4, -5, -3)])
def test_stars_are_counted_in_halves_wherever_about_the_box_lies(stars: float, off: tuple[int, int, int, int]) -> None:
    box = (BOX[0] + off[0], BOX[1] + off[1], BOX[2] + off[2], BOX[3] + off[3])
    assert share_of_stars(drawn(stars), box) == pytest.approx(stars / 5)


@pytest.mark.parametrize("stars", [1, 3.5, 4])
def test_outlined_and_dark_ones(stars: float) -> None:
    assert share_of_stars(drawn(stars, empty=GOLD, outlined=True), BOX) == pytest.approx(stars / 5)
    assert share_of_stars(drawn(stars, empty=(60, 60, 60), page=BLACK), BOX) == pytest.approx(stars / 5)


def test_all_of_one_colour_are_full_if_it_is_a_strong_one() -> None:
    assert share_of_stars(drawn(5), BOX) == 1.0
    assert share_of_stars(drawn(0), BOX) is None


def test_what_shows_no_five_stars_is_not_measured() -> None:
    assert share_of_stars(np.full((140, 400, 3), 250, np.uint8), BOX) is None
    assert share_of_stars(drawn(3), (60, 50, 100, 90)) is None  # one star
    assert share_of_stars(drawn(3), (60, 50, 64, 52)) is None  # a few pixels
    mixed = drawn(5)
    mixed[:, LEFT + 2 * (SIZE + GAP) : LEFT + 3 * (SIZE + GAP)] = drawn(0)[
        :, LEFT + 2 * (SIZE + GAP) : LEFT + 3 * (SIZE + GAP)
    ]
    mixed[:, LEFT + 4 * (SIZE + GAP) :] = drawn(0)[:, LEFT + 4 * (SIZE + GAP) :]
    assert share_of_stars(mixed, BOX) is None  # a gap in it
