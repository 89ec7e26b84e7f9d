"""Bootstrap intervals and paired comparisons, against scipy's, against the theory and against cases worked by hand."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from pocketvlm.datasets.metrics.intervals import bootstrap, compare


def some_scores(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 3, count) / 2


def test_bootstrap_agrees_with_scipy() -> None:
    scores = some_scores(120)
    ours = bootstrap(scores)
    theirs = stats.bootstrap((scores,), np.mean, n_resamples=10_000, method="percentile", rng=3).confidence_interval
    assert ours.mean == pytest.approx(scores.mean(), abs=1e-12)  # roundings
    # The ends of both are themselves drawn: with 10,000 draws their standard error is about a sixtieth of the mean's.
    error = scores.std() / math.sqrt(120) / 60
    assert ours.low == pytest.approx(theirs.low, abs=5 * error)
    assert ours.high == pytest.approx(theirs.high, abs=5 * error)


def test_interval_has_the_width_of_the_theory() -> None:
    scores = [0.0] * 200 + [1.0] * 200
    interval = bootstrap(scores, confidence=0.9)
    expected = 1.645 * 0.5 / math.sqrt(400)  # a normal's, times the standard error of the mean
    # 3% for the draw of the ends, and 1/400, the step between means.
    assert interval.high - interval.mean == pytest.approx(expected, rel=0.03, abs=1 / 400)
    assert interval.mean - interval.low == pytest.approx(expected, rel=0.03, abs=1 / 400)


def test_same_seed_same_interval() -> None:
    scores = np.random.default_rng(2).random(50)
    assert bootstrap(scores, seed=4) == bootstrap(list(scores), seed=4)
    assert bootstrap(scores, seed=4) != bootstrap(scores, seed=5)


def test_draws_in_batches_are_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = some_scores(40)
    at_once = compare(scores, scores[::-1])
    monkeypatch.setattr("pocketvlm.datasets.metrics.intervals._DRAWS_AT_ONCE", 1234)
    assert compare(scores, scores[::-1]) == at_once


def test_one_score_and_equal_scores_are_sure() -> None:
    for scores in ([0.5], [0.5] * 9):
        interval = bootstrap(scores)
        assert (interval.mean, interval.low, interval.high) == (0.5, 0.5, 0.5)


def test_groups_are_drawn_whole() -> None:
    scores = some_scores(100)
    repeated = np.repeat(scores, 4)
    images = [f"image {number // 4}" for number in range(400)]
    assert bootstrap(repeated, images) == bootstrap(scores)  # four times the same is no more news than once
    alone = bootstrap(repeated)
    assert alone.high - alone.low == pytest.approx((bootstrap(scores).high - bootstrap(scores).low) / 2, rel=0.1)


def test_groups_of_many_sizes_keep_the_mean_of_scores() -> None:
    interval = bootstrap([1.0, 1.0, 1.0, 0.0], ["a", "b", "a", "b"])
    assert interval.mean == 0.75
    assert (interval.low, interval.high) == (0.5, 1.0)  # only b, only a
    assert bootstrap([1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"]).mean == 0.75


def test_p_value_is_that_of_all_signs() -> None:
    one, other = [1.0, 0.5, 1.0, 1.0, 0.0, 1.0, 0.5], [0.0, 0.5, 0.0, 0.5, 0.5, 0.0, 0.0]
    differences = np.subtract(one, other)
    sums = [np.dot(signs, differences) for signs in itertools.product((-1, 1), repeat=7)]
    exact = np.mean(np.abs(sums) >= abs(differences.sum()))
    p_value = compare(one, other).p_value
    assert p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000))  # four standard errors of a share


def test_p_value_agrees_with_scipy() -> None:
    one, other = some_scores(80, 5), some_scores(80, 6)
    theirs = stats.permutation_test(
        (one, other), lambda a, b: np.mean(a - b), permutation_type="samples", n_resamples=10_000, rng=7
    ).pvalue
    assert compare(one, other).p_value == pytest.approx(theirs, abs=5 * math.sqrt(2 * 0.25 / 10_000))  # of two shares


def test_like_runs_do_not_differ_and_better_ones_do() -> None:
    scores = some_scores(60)
    same = compare(scores, scores)
    assert (same.difference.mean, same.difference.low, same.difference.high, same.p_value) == (0, 0, 0, 1)
    better = compare(scores + 0.1, scores)
    assert better.difference.low > 0
    assert better.p_value == 1 / 10_001  # no resample was as large; the real one counts as one


def test_grouped_differences_are_less_sure() -> None:
    one, other = [1.0] * 12, [0.0] * 12
    images = ["a"] * 6 + ["b"] * 6
    assert compare(one, other, images).p_value == pytest.approx(0.5, abs=0.02)  # two signs, alike half of the time
    assert compare(one, other).p_value < 0.01


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: bootstrap([]), "one or more finite numbers"),
        (lambda: bootstrap([0.5, math.nan]), "1 NaN"),
        (lambda: bootstrap([0.5, 1.0], ["a"]), "1 groups for 2 scores"),
        (lambda: bootstrap([0.5], confidence=95), "confidence is between 0 and 1, not 95"),
        (lambda: bootstrap([0.5], resamples=0), "resamples is at least 1, not 0"),
        (lambda: compare([0.5], [0.5, 1.0]), "1 scores against 2"),
    ],
)
def test_bad_values_are_refused(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()
