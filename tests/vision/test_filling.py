"""Progress bars, drawn here, found where they lie and as full as they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pocketvlm.vision.parser.filling import find_bar

BOX = (40, 100, 340, 112)
Color = tuple[int, int, int]
GREEN, GREY, WHITE = (30, 140, 60), (225, 225, 225), (255, 255, 255)


def drawn(
    share: float, fill: Color = GREEN, track: Color = GREY, page: Color = WHITE, noise: float = 0.0
) -> np.ndarray:
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
    found = find_bar(drawn(share), box)  # type: ignore[arg-type]
    assert found is not None
    assert found.share == pytest.approx(share, abs=0.02)
    assert found.box == pytest.approx(BOX, abs=2)  # its ends are round, and the line of OpenCV has a pixel more


def test_light_on_dark_and_with_the_noise_of_a_photo() -> None:
    for pixels in (drawn(0.4, (170, 200, 255), (70, 70, 90), (10, 10, 10)), drawn(0.4, noise=1.5)):
        found = find_bar(pixels, BOX)
        assert found is not None
        assert found.share == pytest.approx(0.4, abs=0.03)


def test_one_colour_alone_is_full_or_empty() -> None:
    full, empty = (find_bar(drawn(share), BOX) for share in (1.0, 0.0))
    assert full is not None
    assert empty is not None
    assert (full.share, empty.share) == (1.0, 0.0)


def test_no_bar_is_none() -> None:
    assert find_bar(np.full((200, 400, 3), 250, np.uint8), BOX) is None
    assert find_bar(np.zeros((4, 4, 3), np.uint8), (1, 1, 2, 2)) is None  # a pixel of a bar
    assert find_bar(np.random.default_rng(0).integers(0, 256, (200, 400, 3), np.uint8), BOX) is None
