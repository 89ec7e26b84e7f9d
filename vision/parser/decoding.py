"""From what the network says of its cells to elements. Numpy only.

Letters: A cells, R roles, K candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pocketvlm.vision.parser.cells import Cells, boxes_at
from pocketvlm.vision.parser.config import ParserConfig

MOST = 2000  # answers of cells that are compared with each other: time grows with its square


@dataclass(frozen=True)
class Candidates:
    """Elements found, best first; boxes in input pixels, scores and shares 0..1."""

    boxes: np.ndarray  # (K, 4) float32
    roles: np.ndarray  # (K,) int64
    scores: np.ndarray  # (K,) float32
    attributes: np.ndarray  # (K, 3) float32: active, disabled, value


def candidates(
    cells: Cells,
    roles: np.ndarray,
    boxes: np.ndarray,
    attributes: np.ndarray,
    config: ParserConfig,
    thresholds: float | Sequence[float],
) -> Candidates:
    """The elements that one picture's cells name, the weaker of overlapping ones of the same role left out.

    Args:
        roles: (A, R) logits.
        boxes: (A, 4) as the network says them.
        attributes: (A, 3) logits.
        thresholds: the least score, for all roles or for each.
    """
    least = np.asarray(thresholds)
    bar = np.log(least / (1 - least))  # logits are compared, so that only a few need an exponential
    cell, role = np.nonzero(roles > bar)
    score = sigmoid(roles[cell, role])
    order = np.argsort(-score, kind="stable")[:MOST]
    cell, role, score = cell[order], role[order], score[order]
    box = boxes_at(cells, boxes)[cell]
    keep = suppress(box, role, config.nms_iou, config.nms_inside)[: config.max_elements]
    cell = cell[keep]
    return Candidates(box[keep], role[keep], score[keep], sigmoid(attributes[cell]))


def distinct(found: Candidates, least_iou: float) -> Candidates:
    """Of elements of different roles in the same place, the surest alone; `found` is best first."""
    keep = suppress(found.boxes, np.zeros(len(found.boxes), np.int64), least_iou)
    return Candidates(found.boxes[keep], found.roles[keep], found.scores[keep], found.attributes[keep])


def suppress(boxes: np.ndarray, roles: np.ndarray, least_iou: float, least_inside: float = 1.0) -> np.ndarray:
    """Indices of the boxes that stay, of (K, 4) in falling order of score: none overlaps a better one of its role.

    Args:
        least_iou: intersection over union from which two boxes are one.
        least_inside: share of the smaller one that lies in the other, from which they are.
    """
    keep: list[int] = []
    for role in np.unique(roles):
        rest = np.flatnonzero(roles == role)
        while rest.size:
            best, rest = rest[0], rest[1:]
            keep.append(int(best))
            same = overlap(boxes[best], boxes[rest]) > least_iou
            same |= inside(boxes[best], boxes[rest]) > least_inside
            rest = rest[~same]
    return np.array(sorted(keep), dtype=np.int64)


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of one box (4,) with others (K, 4)."""
    shared = intersection(box, others)
    union = area(box) + area(others) - shared
    return np.asarray(shared / np.maximum(union, 1e-6))


def inside(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How much of the smaller of one box (4,) and each of others (K, 4) lies in the larger one, as a share of it."""
    return np.asarray(intersection(box, others) / np.maximum(np.minimum(area(box), area(others)), 1e-6))


def intersection(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Area that one box (4,) shares with each of others (K, 4)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return np.asarray(np.clip(sides, 0, None).prod(axis=1))


def area(boxes: np.ndarray) -> np.ndarray:
    """Of (..., 4) boxes."""
    return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(axis=-1))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function, without overflow for large negative values."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float32)
