"""Frames in, frames with cards out: looks up each view once, as soon as it is sharp and steady."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pocketvlm.apps.camera.judging import FrameJudge, JudgeConfig, Judgement
from pocketvlm.apps.camera.overlay import Look, Overlay, with_overlay

FORGET = 15  # frames for which a card stays after its view is gone: half a second at 30 a second


@dataclass(frozen=True)
class Shown:
    """One frame as it is shown.

    Attributes:
        image: (H, W, 3) uint8 BGR, with the card if there is one.
        overlay: the card, or None.
        is_new: whether the card has just been found.
    """

    number: int
    image: np.ndarray
    judgement: Judgement
    overlay: Overlay | None
    is_new: bool


def watch(
    frames: Iterable[np.ndarray], look: Look, config: JudgeConfig | None = None, *, live: bool = False
) -> Iterator[Shown]:
    """Show frames with the cards of what is on them.

    Args:
        frames: (H, W, 3) uint8 BGR, all of one size.
        look: what to show for an RGB picture. Its errors are raised here.
        live: look in the background, so that the picture does not freeze; otherwise each look is waited for, and the
            same frames always give the same.
    """
    judge = FrameJudge(config)
    overlay: Overlay | None = None
    pending: Future[Overlay] | None = None
    away = 0  # frames since the view of the card was last seen
    with ThreadPoolExecutor(max_workers=1) as worker:
        for number, frame in enumerate(frames):
            judgement = judge.judge(frame)
            if judgement.state == "ready" and pending is None:
                judge.looked(frame)
                pending = worker.submit(look, np.ascontiguousarray(frame[..., ::-1]))
            is_new = pending is not None and (pending.done() or not live)
            if pending is not None and is_new:
                overlay, pending, away = pending.result(), None, 0
            elif overlay is not None:
                away = 0 if judge.shows_the_same(frame) else away + 1
                overlay = overlay if away <= FORGET else None
            image = frame if overlay is None else with_overlay(frame, overlay)
            yield Shown(number, image, judgement, overlay, is_new)
