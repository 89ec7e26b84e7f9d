"""Metrics by name: each scores a right and a wrong prediction, and cards name only metrics that exist."""

from pathlib import Path

import pytest

from pocketvlm.datasets import readers
from pocketvlm.datasets.metrics.registry import METRICS, metric
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record

RECORD = Record("1", Path("/a.png"), "Which letter?", ("B",) * 10, "look-up", bbox=(0, 0, 10, 10))
RIGHT = Prediction("1", "B", point=(5, 5), bbox=(0, 0, 10, 10))
WRONG = Prediction("1", "Z", point=(15, 5), bbox=(20, 0, 30, 10))


@pytest.mark.parametrize("name", METRICS)
def test_right_is_one_and_wrong_is_zero(name: str) -> None:
    assert metric(name).name == name
    assert metric(name).score(RIGHT, RECORD) == 1.0
    assert metric(name).score(WRONG, RECORD) == 0.0


def test_places_beside_the_box_count_too() -> None:
    record = Record("1", Path("/a.png"), "?", (), "tap", bbox=(0, 0, 30, 10), boxes=((0, 0, 10, 10), (20, 0, 30, 10)))
    assert metric("click_accuracy").score(Prediction("1", "", point=(25, 5)), record) == 1.0
    assert metric("click_accuracy").score(Prediction("1", "", point=(15, 5)), record) == 0.0
    assert metric("box_accuracy").score(Prediction("1", "", bbox=(0, 0, 10, 5)), record) == 1.0
    assert metric("box_accuracy").score(Prediction("1", "", bbox=(0, 0, 10, 4)), record) == 0.0


def test_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="no metric 'bleu': choose one of exact_match, token_f1"):
        metric("bleu")


def test_cards_name_metrics_that_exist() -> None:
    for card in readers.cards():
        named = {*card.metrics, *(name for names in card.type_metrics.values() for name in names)}
        assert card.metrics
        assert named <= set(METRICS), card.name
