"""Average precision of each kind of box, fast enough for tens of thousands of them.

The same rule as `boxes.mean_average_precision`, which is its slow and plain twin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_RECALLS = np.linspace(0, 1, 101)  # where COCO reads precision off


@dataclass(frozen=True)
class Boxes:
    """The boxes of one image: found ones with scores, or those that are there with ones."""

    boxes: np.ndarray  # (K, 4): x1, y1, x2, y2
    labels: np.ndarray  # (K,)
    scores: np.ndarray  # (K,)


def average_precisions(
    found: Mapping[str, Boxes], truths: Mapping[str, Boxes], least_iou: float = 0.5
) -> dict[int, float]:
    """The average precision of every label that is there, by label; the keys of both mappings are images.

    Raises:
        ValueError: nothing is there, or something was found in an image that has no truth.
    """
    if unknown := sorted(set(found) - set(truths)):
        raise ValueError(f"boxes were found in images without a truth: {', '.join(unknown[:5])}")
    labels = sorted({int(label) for truth in truths.values() for label in truth.labels})
    if not labels:
        raise ValueError("no boxes that are there: average precision is about those")
    return {label: _average_precision(label, found, truths, least_iou) for label in labels}


def pairwise_iou(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union of every box of (K, 4) with every one of (M, 4): (K, M)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return np.asarray(shared / np.maximum(areas[0][:, None] + areas[1][None] - shared, 1e-9))


def take(iou: np.ndarray, least_iou: float) -> np.ndarray:
    """Which truth each found box takes, of (K, M) overlaps with the found boxes in falling order of score; -1 is none.

    Each takes the one it overlaps most of those that are left, if by `least_iou` at least.
    """
    iou = iou.copy()
    taken = np.full(len(iou), -1)
    for number in range(len(iou) if iou.shape[1] else 0):
        best = int(iou[number].argmax())
        if iou[number, best] >= least_iou:
            taken[number] = best
            iou[:, best] = -1
    return taken


def _average_precision(label: int, found: Mapping[str, Boxes], truths: Mapping[str, Boxes], least_iou: float) -> float:
    scores, right = [np.empty(0)], [np.empty(0, bool)]
    for image, one in found.items():
        mine = one.labels == label
        order = np.argsort(-one.scores[mine], kind="stable")
        truth = truths[image]
        iou = pairwise_iou(one.boxes[mine][order], truth.boxes[truth.labels == label])
        scores.append(one.scores[mine][order])
        right.append(take(iou, least_iou) >= 0)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    hits = np.cumsum(np.concatenate(right)[order])
    there = sum(int((truth.labels == label).sum()) for truth in truths.values())
    recall, precision = hits / there, hits / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1] if len(hits) else precision
    return float(np.mean(np.append(best, 0.0)[np.searchsorted(recall, _RECALLS, side="left")]))
