"""Ask every question of a JSONL file and score the answers: exact match and SQuAD token-F1.

    python benchmarks/screen_questions.py                       # the questions kept out of tuning
    python benchmarks/screen_questions.py --plain               # what the language model says to a plain prompt
    python benchmarks/screen_questions.py examples/screens/questions.jsonl

An answer that the screen does not say counts as `<no answer>`. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import numpy as np
from tqdm import tqdm

import pocketvlm
from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.datasets.metrics import NO_ANSWER, exact_match, token_f1
from pocketvlm.datasets.records import Record, read_records
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

ROOT = Path(__file__).resolve().parent.parent
KEPT_OUT = ROOT / "tests/data/screens/questions.jsonl"
PLAIN_TOKENS = 48  # enough for any answer in the files; a longer ramble only scores lower


@dataclass(frozen=True)
class Score:
    """One scored answer; `seconds` leaves out reading the picture."""

    record: Record
    text: str
    exact: float
    f1: float
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="?", type=Path, default=KEPT_OUT, help="JSONL (default: the kept-out ones)")
    parser.add_argument("--plain", action="store_true", help="all lines, the question, and what the model then writes")
    parser.add_argument("--show", action="store_true", help="print every question with its answer")
    parser.add_argument("--model", default="nano", help="a bundle (%(default)s)")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    parser.add_argument("--at-least", type=float, metavar="F1", help="exit 1 when the mean F1 is lower")
    args = parser.parse_args()
    vlm = pocketvlm.load(args.model, threads=args.threads)
    scores = score_all(vlm, read_records(args.questions), args.plain, args.show)
    summary = summarize(scores)
    for kind, row in summary["types"].items():
        print(f"{kind:14} {row['questions']:4}  exact {row['exact_match']:.3f}  F1 {row['f1']:.3f}")
    low, high = summary["f1_95"]
    total = f"exact {summary['exact_match']:.3f}  F1 {summary['f1']:.3f} (95% {low:.3f} to {high:.3f})"
    print(f"{'all':14} {len(scores):4}  {total}")
    print(json.dumps({"method": "plain" if args.plain else "default", **summary}))
    return int(args.at_least is not None and summary["f1"] < args.at_least)


def score_all(vlm: PocketVLM, records: list[Record], plain: bool, show: bool) -> list[Score]:
    pictures: dict[Path, Picture] = {}
    scores = []
    for record in tqdm(records, unit="question", disable=None, leave=False):
        if record.image not in pictures:
            pictures[record.image] = vlm.read(record.image)
        scores.append(score(vlm, pictures[record.image], record, plain))
        if show:
            tqdm.write(f"{scores[-1].f1:.2f}  {record.question}  |  {scores[-1].text!r}  |  {record.answers[0]}")
    return scores


def score(vlm: PocketVLM, picture: Picture, record: Record, plain: bool) -> Score:
    started = time.perf_counter()
    options = {"free": True, "max_new_tokens": PLAIN_TOKENS} if plain else {}
    answer = vlm.ask(picture, record.question, **options)
    seconds = time.perf_counter() - started
    text = NO_ANSWER if answer.text == NOT_PRINTED else answer.text
    return Score(record, text, exact_match(text, record.answers), token_f1(text, record.answers), seconds)


def summarize(scores: list[Score]) -> dict[str, object]:
    by_type: dict[str, list[Score]] = defaultdict(list)
    for one in scores:
        by_type[one.record.type].append(one)
    f1 = np.array([one.f1 for one in scores])
    resampled = np.random.default_rng(0).choice(f1, (10_000, len(f1))).mean(axis=1)
    return {
        "questions": len(scores),
        "exact_match": fmean(one.exact for one in scores),
        "f1": float(f1.mean()),
        "f1_95": [float(bound) for bound in np.quantile(resampled, (0.025, 0.975))],
        "median_seconds": median(one.seconds for one in scores),
        "types": {
            kind: {
                "questions": len(group),
                "exact_match": fmean(one.exact for one in group),
                "f1": fmean(one.f1 for one in group),
            }
            for kind, group in sorted(by_type.items())
        },
    }


if __name__ == "__main__":
    sys.exit(main())
