"""The camera waits for a sharp, steady view and looks each up once: on films of drawn fronts, shaken and blurred."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from pocketvlm.apps.camera.judging import FrameJudge, JudgeConfig
from pocketvlm.apps.camera.overlay import Overlay, with_overlay
from pocketvlm.apps.camera.watching import FORGET, watch

WIDTH, HEIGHT = 480, 360
HOLD = JudgeConfig().hold


def front(seed: int) -> np.ndarray:
    """A house's front, larger than a frame: bricks, windows and a sign, (H, W, 3) uint8 BGR."""
    rng = np.random.default_rng(seed)
    image = np.full((720, 960, 3), rng.integers(90, 190, 3), dtype=np.uint8)
    course = int(rng.integers(18, 34))
    for y in range(int(rng.integers(0, course)), 720, course):
        cv2.line(image, (0, y), (960, y), (70, 70, 80), 1)
    for _ in range(24):
        x, y = int(rng.integers(0, 900)), int(rng.integers(0, 660))
        shade = tuple(int(part) for part in rng.integers(20, 240, 3))
        cv2.rectangle(image, (x, y), (x + int(rng.integers(30, 120)), y + int(rng.integers(30, 90))), shade, -1)
    corner = int(rng.integers(200, 300)), int(rng.integers(300, 450))
    cv2.putText(
        image,
        "".join(rng.choice(list("ABCDEFGHKLMNPRSTUVW"), 6)),
        corner,
        cv2.FONT_HERSHEY_DUPLEX,
        3,
        (250, 250, 250),
        5,
    )
    return image


class Hand:
    """Films a front: trembles as a hand does, about 0.2 in a hundred of the width, with a sensor's noise."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.tremor = np.zeros(2)

    def frame(self, image: np.ndarray, x: float = 0.0, *, motion: int = 1, blur: float = 0.0) -> np.ndarray:
        """The front with its middle at x (a part of the width from the frame's middle), (HEIGHT, WIDTH, 3)."""
        self.tremor = 0.8 * self.tremor + self.rng.normal(0, 0.001 * WIDTH, 2)
        turn = cv2.getRotationMatrix2D((480, 360), float(self.rng.normal(0, 0.05)), 0.65)
        turn[:, 2] += np.array([WIDTH / 2 - 480 + x * WIDTH, HEIGHT / 2 - 360]) + self.tremor
        seen = cv2.warpAffine(image, turn, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
        if motion > 1:
            kernel = np.zeros((motion, motion), dtype=np.float32)
            kernel[motion // 2] = 1 / motion
            seen = cv2.filter2D(seen, -1, kernel)
        if blur > 0:
            seen = cv2.GaussianBlur(seen, (0, 0), blur)
        return np.clip(seen + self.rng.normal(0, 3, seen.shape), 0, 255).astype(np.uint8)

    def pan(self, image: np.ndarray, count: int, begin: float) -> Iterator[np.ndarray]:
        """Moves by four in a hundred of the width a frame, with motion blur."""
        for number in range(count):
            yield self.frame(image, begin + 0.04 * number, motion=11)

    def hold(self, image: np.ndarray, count: int, blur: float = 0.0) -> Iterator[np.ndarray]:
        for _ in range(count):
            yield self.frame(image, blur=blur)


def looks_at(frames: Iterator[np.ndarray]) -> list[int]:
    """The numbers of the frames that are looked up."""
    return [shown.number for shown in watch(frames, lambda pixels: Overlay("x")) if shown.is_new]


@pytest.mark.parametrize("seed", range(3))
def test_it_waits_until_the_view_stands_still_and_looks_once(seed: int) -> None:
    def film() -> Iterator[np.ndarray]:
        hand, image = Hand(seed), front(seed)
        yield from hand.pan(image, 15, -0.6)
        yield from hand.hold(image, 40)

    (looked,) = looks_at(film())
    assert 15 + HOLD - 1 <= looked <= 15 + HOLD + 4


@pytest.mark.parametrize("seed", range(3))
def test_it_never_looks_while_the_camera_moves(seed: int) -> None:
    hand, image = Hand(seed), front(seed)
    assert looks_at(hand.pan(image, 30, -0.6)) == []


@pytest.mark.parametrize("seed", range(3))
def test_once_the_focus_is_found_it_looks_again(seed: int) -> None:
    def film() -> Iterator[np.ndarray]:
        hand, image = Hand(seed), front(seed)
        yield from hand.hold(image, 10, blur=5)  # all that there is to see so far
        for number in range(10):
            yield hand.frame(image, blur=5 * (1 - number / 10))
        yield from hand.hold(image, 30)

    looked = looks_at(film())
    assert len(looked) == 2
    assert looked[0] < 10 < 19 <= looked[1]  # only the last frame of the focusing is as good as sharp


@pytest.mark.parametrize("seed", range(3))
def test_a_blurred_frame_of_a_sharp_view_is_not_taken(seed: int) -> None:
    judge, hand, image = FrameJudge(), Hand(seed), front(seed)
    states = [judge.judge(frame).state for frame in (*hand.hold(image, 10), *hand.hold(image, 10, blur=3.0))]
    assert states[9] == "ready"
    assert set(states[10:]) == {"blurred"}


@pytest.mark.parametrize("seed", range(3))
def test_each_view_is_looked_up_once_and_a_dark_one_too(seed: int) -> None:
    def film() -> Iterator[np.ndarray]:
        hand, first, second = Hand(seed), front(seed), front(seed + 100)
        yield from hand.hold(first, 30)
        yield from hand.pan(second, 15, -0.6)
        yield from hand.hold(second, 30)
        yield from hand.hold(front(seed + 200) // 4, 30)  # by night, cut to without a pan

    looked = looks_at(film())
    assert len(looked) == 3
    assert looked[0] < 30 < 45 < looked[1] < 75 < looked[2]


def test_a_view_that_was_always_dim_and_soft_is_looked_up_all_the_same() -> None:
    assert len(looks_at(Hand(1).hold(front(1), 20, blur=2.5))) == 1


def test_the_card_is_shown_over_its_view_and_goes_with_it() -> None:
    hand, first = Hand(3), front(3)
    frames = [*hand.hold(first, 20), *hand.pan(front(50), FORGET + 15, -0.6)]
    shown = list(watch(frames, lambda pixels: Overlay("Card", (), "sure")))
    found = next(one.number for one in shown if one.is_new)
    assert shown[found - 1].overlay is None
    assert np.array_equal(shown[found - 1].image, frames[found - 1])
    assert all(one.overlay is not None for one in shown[found:20])
    assert not np.array_equal(shown[19].image[-30:], frames[19][-30:])
    assert np.array_equal(shown[19].image[: HEIGHT // 3], frames[19][: HEIGHT // 3])
    assert shown[-1].overlay is None


def test_what_is_looked_at_is_the_frame_in_rgb() -> None:
    seen: list[np.ndarray] = []

    def look(pixels: np.ndarray) -> Overlay:
        seen.append(pixels)
        return Overlay("x")

    frames = list(Hand(1).hold(front(1), 10))
    (number,) = [shown.number for shown in watch(frames, look) if shown.is_new]
    np.testing.assert_array_equal(seen[0], frames[number][..., ::-1])


def test_a_live_view_goes_on_while_it_is_looked_up() -> None:
    may_end = threading.Event()

    def look(pixels: np.ndarray) -> Overlay:
        assert may_end.wait(60)  # seconds; never reached, or the test would hang instead of fail
        return Overlay("x")

    news = []
    for shown in watch(Hand(1).hold(front(1), 400), look, live=True):
        news.append(shown.is_new)
        if shown.number == 30:
            assert not any(news)
            may_end.set()
        if any(news):
            break
    assert sum(news) == 1


def test_a_look_that_fails_is_not_hidden() -> None:
    def look(pixels: np.ndarray) -> Overlay:
        raise ValueError("the store is damaged")

    with pytest.raises(ValueError, match="damaged"):
        list(watch(Hand(1).hold(front(1), 20), look))


def test_a_card_fits_any_picture_and_hostile_text_is_only_text() -> None:
    lines = ("\x1b[2J\u202e" + "long " * 200, "餐厅 " * 100, *("more",) * 50)
    for height, width in ((360, 480), (40, 30), (1080, 1920), (2000, 300)):
        frame = np.full((height, width, 3), 255, dtype=np.uint8)
        shown = with_overlay(frame, Overlay("Title", lines, "several"))
        assert shown.shape == frame.shape
        assert (shown[-1] != 255).any()
        assert frame.min() == 255  # what was given stays as it is
    assert (with_overlay(frame, Overlay("Title", lines))[: height // 2 - 60] == 255).all()


def test_frames_kept_for_later_do_not_fade() -> None:
    judge, frame = FrameJudge(), front(1)
    judge.looked(frame)
    for _ in range(30):  # OpenCV multiplies a window into its input; twenty times that leaves nothing to compare
        assert judge.shows_the_same(frame)


def test_a_config_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="hold 0"):
        JudgeConfig(hold=0)
