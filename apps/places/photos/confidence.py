"""From evidence to a verdict that can be relied on: sure, several, or none.

The places that come into question, and "none of these", share one probability among them (McFadden's conditional
logit). Two branches of a chain that the photo cannot tell apart share theirs by halves, so neither is ever sure.
The weights in `confidence.json` are fitted by `benchmarks/place_lookup.py --fit` to rendered photos of another town
than those it is evaluated on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import numpy as np

from pocketvlm.apps.places.photos.matching import FEATURES

Verdict: TypeAlias = Literal["sure", "several", "none"]

LISTED = 0.03  # a place less probable than that is not worth a person's look
MOST_LISTED = 5


@dataclass(frozen=True)
class Confidence:
    """The fitted numbers.

    Attributes:
        weights: (F,) in the order of `FEATURES`.
        none: score of "none of these"; none_located: what is added where the photo's position is known.
        sure: the probability from which on one place is taken to be the one.
    """

    weights: np.ndarray
    none: float
    none_located: float
    sure: float

    def probabilities(self, evidence: np.ndarray, located: bool) -> np.ndarray:
        """(N + 1,) probabilities of N places and, last, of none of them, from (N, F) evidence."""
        none = self.none + (self.none_located if located else 0.0)
        scores = np.append(evidence.reshape(-1, len(FEATURES)) @ self.weights, none)
        shares = np.exp(scores - scores.max())
        return shares / shares.sum()

    def verdict(self, probabilities: np.ndarray) -> Verdict:
        """What can be said: "none" where none of the places is likelier than all of them together."""
        places = probabilities[:-1]
        if places.size and places.max() >= self.sure:
            return "sure"
        return "several" if places.sum() > probabilities[-1] else "none"


@cache
def fitted_confidence() -> Confidence:
    """The numbers that ship with the package."""
    raw = json.loads(files("pocketvlm.apps.places.photos").joinpath("confidence.json").read_text(encoding="utf-8"))
    weights = np.array([raw["weights"][name] for name in FEATURES])
    return Confidence(weights, raw["none"], raw["none_located"], raw["sure"])
