"""From which score on a find is worth telling: one threshold for each role, the best on rendered screens.

A role's scores say how well its boxes fit, and thin or tiny things never fit as well as rows and pictures do: one
threshold for all would leave out every status bar, or let through twice as many buttons as there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from pocketvlm.datasets.metrics.detection import pairwise_iou, take
from pocketvlm.datasets.rendered.parser_truth import parser_labels
from pocketvlm.training.parser_scores import LEAST_IOU, Found, comparable
from pocketvlm.training.screen_cache import CachedScreen

ENOUGH = 10  # of a role in the truth; fewer say too little about where its threshold should be
# Beyond, what fits these screens best fits others worse: of what was told to be a toast from 0.15 on, one in nine was.
LOWEST, HIGHEST = 0.25, 0.6


def fit_thresholds(find: Callable[[CachedScreen], Found], screens: Iterable[CachedScreen]) -> dict[str, float]:
    """The score with the best F1 for each role that the screens show often enough.

    Args:
        find: tells weak finds as well, down to `LOWEST`.
        screens: none that the parser was trained on.
    """
    scores: dict[str, list[float]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    there: dict[str, int] = defaultdict(int)
    numbers: dict[str, int] = {}
    for screen in screens:
        found, truth = comparable(find(screen), parser_labels(screen.truth), numbers)
        for role, number in numbers.items():
            mine, wanted = found.labels == number, truth.labels == number
            scores[role] += found.scores[mine].tolist()
            right[role] += (take(pairwise_iou(found.boxes[mine], truth.boxes[wanted]), LEAST_IOU) >= 0).tolist()
            there[role] += int(wanted.sum())
    return {
        role: best_threshold(np.array(scores[role]), np.array(right[role], bool), count)
        for role, count in sorted(there.items())
        if count >= ENOUGH and scores[role]
    }


def best_threshold(scores: np.ndarray, right: np.ndarray, there: int) -> float:
    """The score from `LOWEST` to `HIGHEST` from which on finds have the best F1, in hundredths.

    Args:
        scores, right: (K,) of the finds, and whether each is one of those there.
        there: how many there are.
    """
    thresholds = np.arange(round(100 * LOWEST), round(100 * HIGHEST) + 1) / 100
    told = scores[None] >= thresholds[:, None]  # (T, K)
    f1 = 2 * (told & right).sum(axis=1) / (told.sum(axis=1) + there)
    return float(thresholds[f1.argmax()])
