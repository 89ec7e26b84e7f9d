"""Places: taps that land in a box, boxes that overlap, and the mean average precision of many of them.

torchmetrics and pycocotools would do the last, but bring torch or a compiled package for a page of numpy.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Box: TypeAlias = tuple[float, float, float, float]  # x1, y1, x2, y2, x2 and y2 exclusive

_RECALLS = np.linspace(0, 1, 101)  # where COCO reads precision off


@dataclass(frozen=True)
class Found:
    """One box that a model found in an image."""

    image: str
    label: str
    box: Box
    confidence: float  # only its order among the others counts


@dataclass(frozen=True)
class Truth:
    """One box that is there."""

    image: str
    label: str
    box: Box


def click_accuracy(point: tuple[float, float] | None, boxes: Sequence[Box]) -> float:
    """1.0 if `point` lies in one of `boxes` or on its edge, else 0.0; no point is a miss.

    Raises:
        ValueError: `boxes` is empty.
    Source: ScreenSpot's `pretrain/screenspot_test.py` (github.com/njucckevin/SeeClick), which counts all edges.
    """
    if not boxes:
        raise ValueError("no box to tap: the record does not say where its answer stands")
    if point is None:
        return 0.0
    x, y = point
    return float(any(x1 <= x <= x2 and y1 <= y <= y2 for x1, y1, x2, y2 in boxes))


def iou(one: Box, other: Box) -> float:
    """The area that two boxes share, as a part of the area that they cover together."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(one) + _area(other) - shared)


def best_iou(box: Box | None, boxes: Sequence[Box]) -> float:
    """The highest overlap of `box` with one of `boxes`; 0.0 for no box.

    Raises:
        ValueError: `boxes` is empty.
    """
    if not boxes:
        raise ValueError("no box to compare with: the record does not say where its answer stands")
    return 0.0 if box is None else max(iou(box, other) for other in boxes)


def mean_average_precision(found: Sequence[Found], truths: Sequence[Truth], least_iou: float = 0.5) -> float:
    """The mean over the labels of `truths` of the average precision of what was found of them.

    By confidence, each found box takes the truth of its image and label that it overlaps most and that is not yet
    taken, if by `least_iou` at least; else it is false. Precision is read at 101 recalls, each the best at that recall
    or a higher one. Labels that are never there do not count.

    Raises:
        ValueError: `truths` is empty, or `least_iou` is not above 0 and at most 1.
    Source: COCO's evaluation (cocodataset.org/#detection-eval), at one overlap, all areas, any number of boxes.
    """
    if not truths:
        raise ValueError("no boxes that are there: mean average precision is about those")
    if not 0 < least_iou <= 1:
        raise ValueError(f"least_iou is above 0 and at most 1, not {least_iou}")
    labels = sorted({truth.label for truth in truths})
    return float(np.mean([_average_precision(label, found, truths, least_iou) for label in labels]))


def _average_precision(label: str, found: Sequence[Found], truths: Sequence[Truth], least_iou: float) -> float:
    open_boxes: defaultdict[str, list[Box]] = defaultdict(list)
    for truth in truths:
        if truth.label == label:
            open_boxes[truth.image].append(truth.box)
    there = sum(map(len, open_boxes.values()))
    ranked = sorted((box for box in found if box.label == label), key=lambda box: -box.confidence)
    right = np.array([_take(box, open_boxes[box.image], least_iou) for box in ranked], dtype=bool)  # (F,)
    if not right.size:
        return 0.0
    hits = np.cumsum(right)  # (F,)
    recall = hits / there
    precision = hits / np.arange(1, right.size + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]  # the best at this recall or a higher one
    reached = np.searchsorted(recall, _RECALLS, side="left")  # (101,)
    return float(np.mean(np.append(precision, 0.0)[reached]))  # a recall that is never reached has precision 0


def _take(box: Found, open_boxes: list[Box], least_iou: float) -> bool:
    overlaps = [iou(box.box, other) for other in open_boxes]
    if not overlaps or max(overlaps) < least_iou:
        return False
    del open_boxes[overlaps.index(max(overlaps))]
    return True


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
