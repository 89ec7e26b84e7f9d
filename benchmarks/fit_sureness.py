"""Fit when a printed piece takes the place of what the taught model says; writes `apps/screens/weights.json`.

    python benchmarks/fit_sureness.py --screens validation    # a folder of `pocketvlm render --part validation`

The model's own answer stands where it is likely enough. Elsewhere spans of the screen are weighed by layout and by how
likely the model finds them, and the best one is the answer if it reaches what is needed. The three numbers for that are
those with the best mean score over the tuning questions in examples/screens/ (scored by layout weights fitted without
their screen) and questions about rendered screens, both counted alike. Nothing held out is read.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_screen_ranker import ROOT, crossed, make_examples
from tqdm import tqdm

import pocketvlm
from pocketvlm.apps.screens.answering import NOT_PRINTED, is_verdict
from pocketvlm.apps.screens.features import NAMES, Layout, features
from pocketvlm.apps.screens.ranking import Ranker, fitted_ranker, shortlist
from pocketvlm.apps.screens.spans import Span, spans_of
from pocketvlm.datasets.metrics import NO_ANSWER
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record, read_records
from pocketvlm.datasets.rendered.questions.make import make_questions
from pocketvlm.datasets.scoring import score
from pocketvlm.locating import is_reference
from pocketvlm.picture import Picture
from pocketvlm.training.language_task import finished_truths
from pocketvlm.vlm import PocketVLM

PRIOR = 0.003  # what benchmarks/fit_screen_ranker.py found best
SURE = (-0.3, -0.5, -0.7, -1.0, -1.5)
LIKELIHOOD = (0.1, 0.3, 0.6, 1.0, 1.5)
THRESHOLD = (-8.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0)
UNMATCHED = 4.0
PER_SCREEN = 8


@dataclass(frozen=True)
class Judged:
    """A question as the model answers it, and what could be said instead.

    Attributes:
        own, own_score: the nats of the model's own answer, and what it scores.
        scores, nats, span_scores: (S,) of the short list: by layout, by the model, and what each would score.
        evidence: (N, F) of all spans.
    """

    own: float
    own_score: float
    scores: np.ndarray
    nats: np.ndarray
    span_scores: np.ndarray
    evidence: np.ndarray

    def score(self, ranker: Ranker) -> float:
        """What the answer scores that this ranker leads to."""
        if self.own >= ranker.sure or not len(self.scores):
            return self.own_score
        best = ranker.choose(ranker.totals(self.scores, self.nats), self.evidence)
        return self.own_score if best is None else float(self.span_scores[best])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screens", type=Path, required=True, metavar="DIR", help="rendered screens, none held out")
    parser.add_argument("--limit", type=int, default=40, help="the first so many of them (%(default)s)")
    parser.add_argument("--model", default="nano", help="a bundle that sees (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "apps/screens/weights.json")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    args = parser.parse_args()
    vlm = pocketvlm.load(args.model, threads=args.threads)
    sets = [list(printed_questions(vlm)), list(rendered_questions(vlm, args.screens, args.limit))]
    print(f"{[len(one) for one in sets]} questions: {means(sets, ranker(-np.inf, 0.0, 0.0))} as the model says")
    grid = itertools.product(SURE, LIKELIHOOD, THRESHOLD)
    chosen = max(grid, key=lambda values: float(np.mean(means(sets, ranker(*values)))))
    print(f"sure, likelihood and threshold {chosen}: {means(sets, ranker(*chosen))}")
    taught = dict(zip(("sure", "likelihood", "threshold"), chosen, strict=True)) | {"unmatched": UNMATCHED}
    args.out.write_text(json.dumps({**json.loads(args.out.read_text()), "taught": taught}, indent=2) + "\n")


def ranker(sure: float, likelihood: float, threshold: float) -> Ranker:
    return Ranker(np.zeros(len(NAMES)), likelihood, threshold, UNMATCHED, sure)


def means(sets: Sequence[Sequence[Judged]], chosen: Ranker) -> list[float]:
    """The mean score of each set."""
    return [round(float(np.mean([one.score(chosen) for one in judged])), 4) for judged in sets]


def printed_questions(vlm: PocketVLM) -> Iterator[Judged]:
    """The tuning questions."""
    examples = make_examples(vlm, read_records(ROOT / "examples/screens/questions.jsonl"))
    found = zip(examples, crossed(examples, PRIOR), strict=True)
    for example, scores in tqdm(found, total=len(examples), unit="question", disable=None, leave=False):
        spans = spans_of(example.picture.text, example.record.question)
        yield from judged(vlm, example.picture, example.record, spans, example.evidence, scores)


def rendered_questions(vlm: PocketVLM, screens: Path, limit: int) -> Iterator[Judged]:
    """Questions about rendered screens, but for those that are answered by pointing."""
    for truth in tqdm(finished_truths(screens)[:limit], unit="screen", disable=None, leave=False):
        picture = vlm.read(truth["image"])
        assert picture.text is not None  # a bundle that sees reads as well
        layout = Layout(picture.text)
        for record in make_questions(truth, 0, PER_SCREEN, folder=Path(truth["image"]).parent):
            spans = spans_of(picture.text, record.question)
            evidence = features(layout, spans, record.question)
            yield from judged(vlm, picture, record, spans, evidence, fitted_ranker().scores(evidence))


def judged(
    vlm: PocketVLM, picture: Picture, record: Record, spans: list[Span], evidence: np.ndarray, scores: np.ndarray
) -> Iterable[Judged]:
    """One question, unless the model points, or tells a state."""
    short = shortlist(scores)
    texts = [spans[index].text for index in short]
    said, nats = vlm.chat(picture).taught_answer(record.question, lambda own: [own, *texts])
    if is_reference(said) or is_verdict(said):  # which stand in any case
        return
    own_score, *span_scores = (scored(record, text) for text in (said, *texts))
    yield Judged(nats[0], own_score, scores[short], np.array(nats[1:]), np.array(span_scores), evidence)


def scored(record: Record, text: str) -> float:
    return score(record, Prediction(record.id, NO_ANSWER if text == NOT_PRINTED else text)).main


if __name__ == "__main__":
    main()
