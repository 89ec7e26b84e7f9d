"""How sure a score is: bootstrap intervals of a mean, and whether two runs over the same records differ.

Questions about one image rise and fall together, so that counting each as news would make intervals too narrow. Where
`groups` names each score's image, whole images are drawn. Letters: N scores, G groups, R resamples.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_DRAWS_AT_ONCE = 2_000_000  # 16 MB of whole numbers


@dataclass(frozen=True)
class Interval:
    """A mean, and between what it lies with the confidence that was asked for."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """By how much one run is better than another over the same records."""

    difference: Interval  # of the means, the first less the second
    p_value: float  # how often chance alone would give a difference as large, in either direction


def bootstrap(
    scores: Sequence[float],
    groups: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """The mean of `scores`, with the percentile interval of its bootstrap.

    Args:
        scores: N numbers.
        groups: for each score what it belongs to, say its image; None if each stands alone.
        confidence: between 0 and 1.
        resamples: how often to draw as many groups as there are, with replacement.
        seed: the same seed gives the same interval.
    Raises:
        ValueError: there are no scores, one of them is not a number, `groups` has another length, `confidence` is not
            between 0 and 1, or `resamples` is not positive.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13.
    """
    sums, counts = _grouped(scores, groups)
    _check(confidence, resamples)
    means = _resampled_means(sums, counts, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(sums.sum() / counts.sum()), float(low), float(high))


def compare(
    scores: Sequence[float],
    others: Sequence[float],
    groups: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Whether a run is better than another one over the same records, score by score.

    The interval is the bootstrap's of the paired differences. The p-value is of a permutation test: if the runs were
    alike, each group's difference could as well have the other sign.

    Args:
        scores: N numbers, of the first run.
        others: N numbers, of the second run, in the same order.
        groups, confidence, resamples, seed: as for `bootstrap`.
    Raises:
        ValueError: as for `bootstrap`, or the runs have not as many scores.
    """
    if len(scores) != len(others):
        raise ValueError(f"{len(scores)} scores against {len(others)}: compare runs over the same records")
    differences = [one - other for one, other in zip(scores, others, strict=True)]
    interval = bootstrap(differences, groups, confidence=confidence, resamples=resamples, seed=seed)
    sums, _ = _grouped(differences, groups)
    return Comparison(interval, _sign_flip_p_value(sums, resamples, np.random.default_rng(seed)))


def _grouped(scores: Sequence[float], groups: Sequence[Hashable] | None) -> tuple[Floats, Floats]:
    """For each group, in order of appearance, the sum of its scores and their count: (G,) and (G,)."""
    values = np.asarray(scores, dtype=np.float64)  # (N,)
    if not values.size or not np.isfinite(values).all():
        raise ValueError(f"scores are one or more finite numbers, not {len(values)} with {np.isnan(values).sum()} NaN")
    if groups is None:
        return values, np.ones_like(values)
    if len(groups) != values.size:
        raise ValueError(f"{len(groups)} groups for {values.size} scores: name one for each")
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(group, len(numbers)) for group in groups])  # (N,)
    return np.bincount(index, weights=values).astype(np.float64), np.bincount(index).astype(np.float64)


def _check(confidence: float, resamples: int) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is between 0 and 1, not {confidence}")
    if resamples < 1:
        raise ValueError(f"resamples is at least 1, not {resamples}")


def _batches(resamples: int, groups: int) -> list[int]:
    """How many resamples to draw at a time, so that memory stays small."""
    size = max(1, _DRAWS_AT_ONCE // groups)
    return [min(size, resamples - start) for start in range(0, resamples, size)]


def _resampled_means(sums: Floats, counts: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    means = []
    for batch in _batches(resamples, sums.size):
        drawn = rng.integers(sums.size, size=(batch, sums.size))  # (R, G)
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))  # (R,)
    return np.concatenate(means)


def _sign_flip_p_value(sums: Floats, resamples: int, rng: np.random.Generator) -> float:
    """With the real signs counted as one more resample, so that no finite test claims that chance is impossible."""
    real = abs(sums.sum())
    least = real - 1e-9 * np.abs(sums).sum()  # sums of the same numbers in another order differ by rounding
    as_large = 0
    for batch in _batches(resamples, sums.size):
        signs = rng.integers(2, size=(batch, sums.size)) * 2 - 1  # (R, G)
        as_large += int((np.abs((signs * sums).sum(axis=1)) >= least).sum())
    return (as_large + 1) / (resamples + 1)
