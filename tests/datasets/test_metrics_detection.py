"""Average precision by label, against the plain twin that goes box by box."""

from __future__ import annotations

import numpy as np
import pytest

from pocketvlm.datasets.metrics.boxes import Found, Truth, iou, mean_average_precision
from pocketvlm.datasets.metrics.detection import Boxes, average_precisions, pairwise_iou, take


def some_boxes(rng: np.random.Generator, count: int) -> Boxes:
    low = rng.integers(0, 20, (count, 2))
    boxes = np.concatenate([low, low + rng.integers(4, 16, (count, 2))], axis=1).astype(float)
    return Boxes(boxes, rng.integers(0, 3, count), rng.permutation(count) / count)


def some_of(rng: np.random.Generator, truth: Boxes) -> Boxes:
    """Most of what is there, a little off, and as much that is not."""
    near = truth.boxes[:-1] + rng.integers(-2, 3, (len(truth.boxes) - 1, 4))
    wrong = some_boxes(rng, len(near))
    labels = np.concatenate([truth.labels[:-1], wrong.labels])
    return Boxes(np.concatenate([near, wrong.boxes]), labels, rng.permutation(len(labels)) / len(labels))


def test_average_precisions_are_those_of_the_plain_twin() -> None:
    rng = np.random.default_rng(3)
    truths = {str(image): some_boxes(rng, 6) for image in range(8)}
    found = {image: some_of(rng, one) for image, one in truths.items()}
    slow_found = [
        Found(image, str(label), tuple(box), score + int(image) * 1e-3)  # no ties, whose order would be free
        for image, one in found.items()
        for box, label, score in zip(one.boxes.tolist(), one.labels.tolist(), one.scores.tolist(), strict=True)
    ]
    slow_truths = [
        Truth(image, str(label), tuple(box))
        for image, one in truths.items()
        for box, label in zip(one.boxes.tolist(), one.labels.tolist(), strict=True)
    ]
    shifted = {image: Boxes(one.boxes, one.labels, one.scores + int(image) * 1e-3) for image, one in found.items()}
    fast = np.mean(list(average_precisions(shifted, truths, 0.3).values()))
    slow = mean_average_precision(slow_found, slow_truths, 0.3)
    assert fast == pytest.approx(slow)
    assert 0.05 < slow < 0.95  # that is, neither all right nor all wrong


def test_nothing_found_has_no_precision_and_a_truth_found_has_all() -> None:
    truth = Boxes(np.array([[0.0, 0, 9, 9]]), np.array([4]), np.ones(1))
    none = Boxes(np.empty((0, 4)), np.empty(0, int), np.empty(0))
    assert average_precisions({"a": none}, {"a": truth}) == {4: 0.0}
    assert average_precisions({"a": truth}, {"a": truth}) == {4: 1.0}
    assert average_precisions({}, {"a": truth}) == {4: 0.0}


def test_average_precision_of_nothing_is_refused() -> None:
    none = Boxes(np.empty((0, 4)), np.empty(0, int), np.empty(0))
    with pytest.raises(ValueError, match="no boxes that are there"):
        average_precisions({}, {"a": none})
    with pytest.raises(ValueError, match="images without a truth: b"):
        average_precisions({"b": none}, {"a": none})


def test_pairwise_iou_is_iou_pair_by_pair() -> None:
    rng = np.random.default_rng(0)
    one, other = some_boxes(rng, 5).boxes, some_boxes(rng, 7).boxes
    slow = [[iou(tuple(a), tuple(b)) for b in other.tolist()] for a in one.tolist()]
    np.testing.assert_allclose(pairwise_iou(one, other), slow)


def test_take_gives_every_truth_once() -> None:
    assert take(np.array([[0.6, 0.9], [0.7, 0.8], [0.4, 0.2]]), 0.5).tolist() == [1, 0, -1]
