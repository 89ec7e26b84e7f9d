"""How the evidence for a span becomes a score.

The weights in `weights.json` are fitted by `benchmarks/fit_screen_ranker.py` to the questions in `examples/screens/`,
and those under "taught" to these and to questions about rendered screens, as `benchmarks/fit_sureness.py` does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from pocketvlm.apps.screens.features import NAMES

SHORTLIST = 10  # spans that the language model may judge; each costs it about 20 ms on two cores


@dataclass(frozen=True)
class Ranker:
    """A linear ranker over the features of a span, and the language model's judgement beside it.

    Attributes:
        weights: (F,) in the order of `features.NAMES`.
        surprise: weight of the nats by which the question makes a span likelier, cut at +-`SURPRISE_LIMIT`.
        threshold: total score below which the screen is taken not to say.
        unmatched: how much `threshold` rises with the share of the question's words that stand nowhere on the screen.
        sure: log probability (nats) from which a taught model's own answer stands, whatever is printed.
    """

    weights: np.ndarray
    surprise: float
    threshold: float
    unmatched: float
    sure: float = 0.0

    def scores(self, evidence: np.ndarray) -> np.ndarray:
        """(N,) scores of (N, F) evidence, before the language model is asked."""
        return evidence @ self.weights

    def choose(self, totals: np.ndarray, evidence: np.ndarray) -> int | None:
        """The place of the best of (S,) totals; None where it is less than an answer needs, by the (N, F) evidence."""
        best = int(totals.argmax())
        return best if totals[best] >= self.needed(evidence) else None

    def totals(self, scores: np.ndarray, surprise: np.ndarray) -> np.ndarray:
        """(N,) scores with the language model's (N,) judgement in nats."""
        return scores + self.surprise * np.clip(surprise, -SURPRISE_LIMIT, SURPRISE_LIMIT)

    def needed(self, evidence: np.ndarray) -> float:
        """The total that an answer must reach; below it, "not on the screen" is the better answer."""
        return self.threshold + self.unmatched * float(evidence[:, NAMES.index("unmatched")].min())


SURPRISE_LIMIT = 10.0  # nats; beyond that the model's certainty says no more


def shortlist(scores: np.ndarray) -> np.ndarray:
    """(S,) numbers of the best of (N,) spans, best first, for the language model to judge."""
    return np.argsort(-scores, kind="stable")[:SHORTLIST]


@cache
def fitted_ranker() -> Ranker:
    """The ranker that ships with the package, for a model that was taught nothing about screens."""
    raw = _weights()
    return Ranker(_layout(raw), raw["surprise"], raw["threshold"], raw["unmatched"])


@cache
def taught_ranker() -> Ranker:
    """The same for a model that was taught to answer about screens: it judges by how likely a span is as its answer."""
    raw = _weights()
    taught = raw["taught"]
    return Ranker(_layout(raw), taught["likelihood"], taught["threshold"], taught["unmatched"], taught["sure"])


def _weights() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(
        files("pocketvlm.apps.screens").joinpath("weights.json").read_text(encoding="utf-8")
    )
    return raw


def _layout(raw: dict[str, Any]) -> np.ndarray:
    return np.array([raw["weights"][name] for name in NAMES])
