"""Scores by type and in all: the right metric for each record, means that are worked by hand, differences of runs."""

from pathlib import Path

import pytest

from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.scoring import Scored, by_type, difference, metrics_of, score, summarize


def record(id: str = "1", answers: tuple[str, ...] = ("two words",), type: str = "lookup", **more: object) -> Record:
    return Record(id, Path(f"/{more.pop('image', 'a')}.png"), "Which?", answers, type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "metrics"),
    [
        (record(), ("token_f1", "exact_match")),
        (record(bbox=(0, 0, 9, 9)), ("token_f1", "exact_match", "click_accuracy")),
        (record(answers=("打开", "on")), ("character_f1", "exact_match")),
        (record(answers=(), boxes=((0, 0, 9, 9),)), ("click_accuracy",)),
        (record(source="docvqa"), ("anls",)),
        (record(source="visualwebbench", type="action_ground"), ("choice_accuracy",)),
        (record(source="my own"), ("token_f1", "exact_match")),
    ],
)
def test_metrics_suit_the_record(asked: Record, metrics: tuple[str, ...]) -> None:
    assert metrics_of(asked)[: len(metrics)] == metrics


def test_score_takes_the_metrics_it_is_given_and_the_first_is_the_main_one() -> None:
    scored = score(record(), Prediction("1", "two"), ["exact_match", "token_f1"])
    assert scored.scores == {"exact_match": 0.0, "token_f1": 2 / 3}
    assert scored.main == 0.0
    assert score(record(), Prediction("1", "two")).main == 2 / 3


def test_metric_that_cannot_score_names_the_record() -> None:
    with pytest.raises(ValueError, match="'1' cannot be scored by click_accuracy: no box"):
        score(record(), Prediction("1", "two"), ["click_accuracy"])
    with pytest.raises(ValueError, match="'1' cannot be scored: it has neither answers nor a box"):
        score(record(answers=()), Prediction("1", "two"))
    with pytest.raises(ValueError, match="no metric 'bleu'"):
        score(record(), Prediction("1", "two"), ["bleu"])


def test_summary_means_each_metric_over_the_records_that_have_it() -> None:
    scored = [
        score(record("1"), Prediction("1", "two words")),
        score(record("2"), Prediction("2", "two")),
        score(record("3", (), "place", bbox=(0, 0, 9, 9), image="b"), Prediction("3", "", point=(4, 4))),
    ]
    summary = summarize(scored)
    assert (summary.questions, summary.images) == (3, 2)
    assert summary.main.mean == pytest.approx((1 + 2 / 3 + 1) / 3)  # sums in another order
    means = {name: (one.questions, one.interval.mean) for name, one in summary.metrics.items()}
    assert means == {
        "token_f1": (2, pytest.approx(5 / 6)),  # as above
        "exact_match": (2, 0.5),
        "click_accuracy": (1, 1.0),
    }
    assert {name: len(group) for name, group in by_type(scored).items()} == {"lookup": 2, "place": 1}


def scored_as(main: float, image: str) -> Scored:
    return Scored(record(image, image=image), Prediction(image, ""), {"token_f1": main})


def test_difference_counts_and_tests_pairs() -> None:
    pairs = [(scored_as(1.0, f"{n}"), scored_as(0.0, f"{n}")) for n in range(20)] + [
        (scored_as(0.0, "worse"), scored_as(1.0, "worse")),
        (scored_as(0.5, "same"), scored_as(0.5, "same")),
    ]
    found = difference(pairs)
    assert (found.questions, found.better, found.worse) == (22, 20, 1)
    assert found.paired.difference.mean == pytest.approx(19 / 22)  # sums in another order
    assert found.paired.p_value < 0.01  # 20 of 21 one way: by the sign test about 2e-5
    assert difference([(two, one) for one, two in pairs]).paired.difference.mean == pytest.approx(-19 / 22)  # as above
