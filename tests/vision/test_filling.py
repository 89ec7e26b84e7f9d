"""Progress bars, drawn here, and how full they are found to be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pocketvlm.vision.parser.filling import filled_share

BOX = (40, 100, 340, 112)
Color = tuple[int, int, int]
GREEN, GREY, WHITE = (30, 140, 60), (225, 225, 225), (255, 255, 255)


def bar(share: float, fill: Color = GREEN, track: Color = GREY, page: Color = WHITE, noise: float = 0.0) -> np.ndarray:
    """A bar with round ends on a page of one colour, with words beside it."""
    pixels = np.full((200, 400, 3), page, np.uint8)
    x1, y1, x2, y2 = BOX
    middle, radius = (y1 + y2) // 2, (y2 - y1) // 2
    cv2.line(pixels, (x1 + radius, middle), (x2 - radius, middle), track, 2 * radius)
    if share:
        pixels[y1:y2, x1 + radius : round(x1 + share * (x2 - x1))] = fill
        cv2.circle(pixels, (x1 + radius, middle), radius, fill, -1)
    cv2.putText(pixels, "40%", (352, 112), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (90, 90, 90))
    grain = np.random.default_rng(0).normal(0, noise, pixels.shape) if noise else 0
    return (pixels + grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.77, 0.95])
@pytest.mark.parametrize("off", [(0, 0, 0, 0), (3, -3, -3, 3), (-6, 4, 6, 8), (30, 0, -40, 2)])
def test_share_is_where_the_colour_ends_wherever_about_the_box_lies(share: float, off: tuple[int, ...]) -> None:
    box = tuple(edge + by for edge, by in zip(BOX, off, strict=True))
    found = filled_share(bar(share), box)  # type: ignore[arg-type]
    assert found == pytest.approx(share, abs=0.02)


def test_light_on_dark_and_with_the_noise_of_a_photo() -> None:
    assert filled_share(bar(0.4, (170, 200, 255), (70, 70, 90), (10, 10, 10)), BOX) == pytest.approx(0.4, abs=0.02)
    assert filled_share(bar(0.4, noise=1.5), BOX) == pytest.approx(0.4, abs=0.03)


def test_one_colour_alone_is_full_or_empty() -> None:
    assert filled_share(bar(1.0), BOX) == 1.0
    assert filled_share(bar(0.0), BOX) == 0.0


def test_no_bar_has_no_share() -> None:
    assert filled_share(np.full((200, 400, 3), 250, np.uint8), BOX) is None
    assert filled_share(np.zeros((4, 4, 3), np.uint8), (1, 1, 2, 2)) is None  # a pixel of a bar
    assert filled_share(np.random.default_rng(0).integers(0, 256, (200, 400, 3), np.uint8), BOX) is None
