"""Fit the ranker that picks answers from a screen, and write `apps/screens/weights.json`.

Only the tuning questions in examples/screens/ are read; those in tests/data/screens/ stay kept out.

First the weights of the layout features are fitted: the likelihood of a right span under a softmax over all spans of
its screen. Then, with every screen scored by weights fitted on the other screens, a grid gives the language model's
weight and the score below which the screen is taken not to say.
"""

from __future__ import annotations

import argparse
import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

import pocketvlm
from pocketvlm.apps.screens.features import NAMES, Layout, features
from pocketvlm.apps.screens.ranking import SHORTLIST, Ranker, shortlist
from pocketvlm.apps.screens.spans import spans_of
from pocketvlm.datasets.metrics import NO_ANSWER, token_f1
from pocketvlm.datasets.records import Record, read_records
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

ROOT = Path(__file__).resolve().parent.parent
FOLDS = 8  # groups of screens; each is scored by weights fitted on the others
PRIORS = (0.001, 0.003, 0.01, 0.03)  # strengths of the pull towards zero; the one that scores best is taken
SILENT = 0.0  # the language model's weight when it is not asked
SURPRISES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)
NEVER = (-1e9, 0.0)  # a threshold that no answer misses
NEEDED = [*itertools.product(np.arange(-6, 8, 0.5).tolist(), (0.0, 1.0, 2.0, 4.0))]


@dataclass
class Example:
    """A question with its spans' evidence (N, F), each span's F1 (N,), and the short list's nats, 0 till judged."""

    record: Record
    picture: Picture
    texts: list[str]
    evidence: np.ndarray
    f1: np.ndarray
    surprise: np.ndarray = field(default_factory=lambda: np.zeros(SHORTLIST))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=Path, default=ROOT / "examples/screens/questions.jsonl")
    parser.add_argument("--out", type=Path, default=ROOT / "apps/screens/weights.json")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    args = parser.parse_args()
    vlm = pocketvlm.load(threads=args.threads)
    examples = make_examples(vlm, read_records(args.questions))
    by_prior = {strength: crossed(examples, strength) for strength in PRIORS}
    prior = max(PRIORS, key=lambda strength: mean_f1(by_prior[strength], examples, NEVER, SILENT))
    scores = by_prior[prior]
    print(
        f"{len(examples)} questions, prior {prior}: F1 {mean_f1(scores, examples, NEVER, SILENT):.3f} by layout alone"
    )
    judge(vlm, examples, scores)
    surprise = max(SURPRISES, key=lambda weight: mean_f1(scores, examples, NEVER, weight))
    print(f"language model's weight {surprise}: F1 {mean_f1(scores, examples, NEVER, surprise):.3f}")
    needed = max(NEEDED, key=lambda pair: mean_f1(scores, examples, pair, surprise))
    print(f"threshold and unmatched {needed}: F1 {mean_f1(scores, examples, needed, surprise):.3f}")
    weights = dict(zip(NAMES, (round(float(weight), 3) for weight in fit(examples, prior)), strict=True))
    fitted = {"weights": weights, "surprise": surprise, "threshold": needed[0], "unmatched": needed[1]}
    values = {**json.loads(args.out.read_text()), **fitted}  # what a taught model needs is fitted apart
    args.out.write_text(json.dumps(values, indent=2) + "\n")


def make_examples(vlm: PocketVLM, records: list[Record]) -> list[Example]:
    """Read every screen once, and weigh the evidence for every span of it."""
    pictures = {image: vlm.read(image) for image in sorted({record.image for record in records})}
    examples = []
    for record in records:
        picture = pictures[record.image]
        spans = spans_of(picture.text, record.question)
        evidence = features(Layout(picture.text), spans, record.question)
        f1 = np.array([token_f1(span.text, record.answers) for span in spans])
        examples.append(Example(record, picture, [span.text for span in spans], evidence, f1))
    return examples


def fit(examples: list[Example], prior: float) -> np.ndarray:
    """(F,) weights: a softmax over each screen's spans should give the right ones all the mass."""
    useful = [example for example in examples if example.f1.max() > 0]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for example in useful:
            scores = example.evidence @ weights
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            right = chance * example.f1**2
            total -= np.log(right.sum())
            slope -= example.evidence.T @ (right / right.sum() - chance)
        count = len(useful)
        return total / count + prior / 2 * weights @ weights, slope / count + prior * weights

    weights: np.ndarray = minimize(loss, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B").x
    return weights


def crossed(examples: list[Example], prior: float) -> list[np.ndarray]:
    """Every example's scores (N,), by weights fitted without its screen."""
    images = sorted({example.record.image for example in examples})
    scores: dict[str, np.ndarray] = {}
    for fold in range(FOLDS):
        held = set(images[fold::FOLDS])
        weights = fit([example for example in examples if example.record.image not in held], prior)
        scores |= {e.record.id: e.evidence @ weights for e in examples if e.record.image in held}
    return [scores[example.record.id] for example in examples]


def judge(vlm: PocketVLM, examples: list[Example], scores: list[np.ndarray]) -> None:
    """Ask the language model about each short list."""
    pairs = zip(examples, scores, strict=True)
    for example, ranked in tqdm(pairs, total=len(examples), unit="question", disable=None, leave=False):
        short = shortlist(ranked)
        nats = vlm.chat(example.picture).judge(example.record.question, [example.texts[i] for i in short])
        example.surprise = np.array(nats)


def mean_f1(scores: list[np.ndarray], examples: list[Example], needed: tuple[float, float], surprise: float) -> float:
    """Mean F1 of the answers that a ranker with these settings gives."""
    ranker = Ranker(np.zeros(len(NAMES)), surprise, *needed)
    return float(np.mean([f1_of(ranker, one, example) for one, example in zip(scores, examples, strict=True)]))


def f1_of(ranker: Ranker, scores: np.ndarray, example: Example) -> float:
    short = shortlist(scores)
    best = ranker.choose(ranker.totals(scores[short], example.surprise[: len(short)]), example.evidence)
    return float(NO_ANSWER in example.record.answers if best is None else example.f1[short[best]])


if __name__ == "__main__":
    main()
