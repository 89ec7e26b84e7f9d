"""Pictures of any shape as the screen tower's input."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.vision.parser.config import InputConfig
from pocketvlm.vision.screen_input import fit_screen, fit_size

CONFIG = InputConfig()


def test_fit_size_of_a_long_phone_fills_the_budget() -> None:
    assert fit_size(1080, 2400, CONFIG) == (448, 960)


@pytest.mark.parametrize(
    ("width", "height"),
    [(1080, 1920), (1200, 1920), (1470, 1800), (640, 1136), (4000, 3000), (3203, 1442), (5000, 300)],
)
def test_fit_size_keeps_shape_and_budget(width: int, height: int) -> None:
    wide, high = fit_size(width, height, CONFIG)
    assert wide % CONFIG.multiple == high % CONFIG.multiple == 0
    assert wide * high <= CONFIG.area_budget
    # Half a step of rounding on the shorter side, and a whole step on the longer one where that left the budget.
    slack = 1.5 * CONFIG.multiple / min(wide, high)
    assert abs(np.log((wide / high) / (width / height))) < slack


def test_fit_size_does_not_blow_up_small_pictures() -> None:
    assert fit_size(320, 200, CONFIG) == (320, 192)
    assert fit_size(5, 7, CONFIG) == (32, 32)  # but for the least that the encoder takes


def test_fit_size_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0 x 5"):
        fit_size(0, 5, CONFIG)


def test_fit_screen_normalises_and_says_its_scale() -> None:
    pixels = np.zeros((2400, 1080, 3), np.uint8)
    pixels[:, :, 0] = 255  # red
    given = fit_screen(pixels, CONFIG)
    assert given.pixels.shape == (1, 3, 960, 448)
    assert given.pixels.dtype == np.float32
    assert given.scale == (448 / 1080, 960 / 2400)
    np.testing.assert_array_equal(given.pixels[0, :, 5, 5], np.float32([1.0, -127 / 128, -127 / 128]))


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3), float)]
)
def test_fit_screen_of_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"not \(9, 9.*\) of"):
        fit_screen(pixels, CONFIG)
