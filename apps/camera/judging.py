"""Whether a frame of a video is worth a look: sharp, steady, and not what was looked at already.

All is measured on a small grey copy, which takes a few milliseconds. How sharp a view can be depends on what it shows,
so a frame is compared with the best of the last seconds of the same view, never with a fixed number. Shifts are found
by phase correlation (Kuglin and Hines, "The phase correlation image alignment method", 1975); what two frames show is
the same if they correlate once the shift is undone.

H, W: pixels of a frame; h, w: of its small copy.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import cv2
import numpy as np

State: TypeAlias = Literal["moving", "blurred", "settling", "ready", "seen"]


@dataclass(frozen=True)
class JudgeConfig:
    """When a frame is good enough.

    Attributes:
        width: of the small copy, in pixels.
        still: the most that a steady view moves from frame to frame, as a part of the width. A hand that holds still
            trembles by 0.2 to 0.5 in a hundred; who pans moves by two or more.
        sharp: the least sharpness, as a part of the best of the same view.
        hold: how many good frames in a row it takes; a third of a second at 30 a second is `hold` 10.
        rising: how much sharper a view may have become during the hold; more, and the lens is still finding its focus.
        memory: for how many frames the best sharpness is remembered.
        same: the least correlation at which two frames show the same view.
        moved: how far a view may move, as a part of the width, and still count as the same.
        sharper: how many times sharper a view must be than when it was looked at to be looked at again.
    """

    width: int = 320
    still: float = 0.012
    sharp: float = 0.6
    hold: int = 6
    memory: int = 60
    rising: float = 1.2
    same: float = 0.6
    moved: float = 0.25
    sharper: float = 2.0

    def __post_init__(self) -> None:
        if self.width < 32 or self.hold < 1 or self.memory < self.hold:
            raise ValueError(
                f"width {self.width} must be at least 32, hold {self.hold} at least 1 and at most memory {self.memory}"
            )


@dataclass(frozen=True)
class Judgement:
    """What a frame is.

    Attributes:
        state: "moving" and "blurred" as they say; "settling", good, but not for long enough; "ready", to be looked at
            now; "seen", the view that was looked at last.
        sharpness: variance of the Laplacian of the small copy, smoothed a little.
        shift: from the frame before, as a part of the width.
    """

    state: State
    sharpness: float
    shift: float


class FrameJudge:
    """Judges frames one after the other. Call `looked` with the frame that was looked up."""

    def __init__(self, config: JudgeConfig | None = None) -> None:
        self.config = config or JudgeConfig()
        self._before: np.ndarray | None = None
        self._looked: tuple[np.ndarray, float] | None = None
        self._recent: deque[float] = deque(maxlen=self.config.memory)
        self._good = 0
        self._way = 0.0  # that the view has moved since `_recent` began, as a part of the width

    def judge(self, frame: np.ndarray) -> Judgement:
        """Judge the next frame, (H, W, 3) uint8 BGR."""
        small = self._small(frame)
        sharpness = _sharpness(small)
        shift, same = (1.0, 0.0) if self._before is None else self._between(self._before, small)
        self._before = small
        self._way += shift if shift > self.config.still else 0.0
        if same < self.config.same or self._way > self.config.moved:
            self._recent.clear()  # another view: what was sharp in the last one says nothing
            self._way = 0.0
        self._recent.append(sharpness)
        return Judgement(self._state(small, sharpness, shift, same), sharpness, shift)

    def looked(self, frame: np.ndarray) -> None:
        """Take note that this frame was looked up."""
        small = self._small(frame)
        self._looked = small, _sharpness(small)
        self._good = 0

    def shows_the_same(self, frame: np.ndarray) -> bool:
        """Whether a frame still shows what was looked up last."""
        return self._looked is not None and self._is_like(self._looked[0], self._small(frame))

    def _state(self, small: np.ndarray, sharpness: float, shift: float, same: float) -> State:
        if same < self.config.same or shift > self.config.still:
            self._good = 0
            return "moving"
        if sharpness < self.config.sharp * max(self._recent):
            self._good = 0
            return "blurred"
        self._good += 1
        if self._good < self.config.hold or sharpness > self.config.rising * self._recent[-self.config.hold]:
            return "settling"
        if self._looked is None:
            return "ready"
        before, sharp_before = self._looked
        is_new = not self._is_like(before, small) or sharpness > self.config.sharper * sharp_before
        return "ready" if is_new else "seen"

    def _is_like(self, one: np.ndarray, other: np.ndarray) -> bool:
        shift, same = self._between(one, other)
        return same >= self.config.same and shift <= self.config.moved

    def _between(self, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
        """By how much two small copies are apart, as a part of the width, and how like they are then, -1 to 1."""
        if one.shape != other.shape:
            return 1.0, 0.0
        # OpenCV's own window is multiplied into the arrays that it is given, so frames kept for later would fade away.
        window = _window(one.shape[1], one.shape[0])
        (across, down), _ = cv2.phaseCorrelate(one * window, other * window)
        return float(np.hypot(across, down)) / one.shape[1], _likeness(one, other, round(across), round(down))

    def _small(self, frame: np.ndarray) -> np.ndarray:
        """The frame as (h, w) float32 grey."""
        height = max(32, round(frame.shape[0] * self.config.width / frame.shape[1]))
        small = cv2.resize(frame, (self.config.width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.float32)


def _sharpness(small: np.ndarray) -> float:
    """Variance of the Laplacian. Smoothed first, else noise counts, and where between two pixels a thin line falls."""
    return float(cv2.Laplacian(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.CV_32F).var())


def _likeness(one: np.ndarray, other: np.ndarray, across: int, down: int) -> float:
    """The correlation of what both show, once the second is moved back; 0 where they have less than a third in common.

    The peak's own height is no measure of it: walls of brick have one in common whatever hangs on them.
    """
    height, width = one.shape
    wide, high = width - abs(across), height - abs(down)
    if wide * high * 3 < width * height:
        return 0.0
    x, y = max(0, across), max(0, down)
    seen = other[y : y + high, x : x + wide]
    kept = one[y - down : y - down + high, x - across : x - across + wide]
    apart = np.stack([kept - kept.mean(), seen - seen.mean()]).reshape(2, -1)
    scale = float(np.sqrt((apart**2).sum(axis=1)).prod())
    return float(apart[0] @ apart[1]) / scale if scale > 0 else 1.0  # two blank walls are alike


@cache
def _window(width: int, height: int) -> np.ndarray:
    """Fades towards the edges, where one frame shows what the other does not; (h, w) float32."""
    return np.asarray(cv2.createHanningWindow((width, height), cv2.CV_32F), dtype=np.float32)
