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
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from tqdm import tqdm

import pocketvlm
from pocketvlm.datasets.metrics.intervals import bootstrap
from pocketvlm.datasets.records import Record, read_records
from pocketvlm.datasets.scoring import Scored, by_type, score
from pocketvlm.evaluation import prediction_of
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

ROOT = Path(__file__).resolve().parent.parent
KEPT_OUT = ROOT / "tests/data/screens/questions.jsonl"
PLAIN_TOKENS = 48  # enough for any answer in the files; a longer ramble only scores lower


@dataclass(frozen=True)
class Timed:
    """One scored answer; `seconds` leaves out reading the picture."""

    scored: Scored
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
    answers = score_all(vlm, read_records(args.questions), args.plain, args.show)
    summary = summarize(answers)
    for kind, row in summary["types"].items():
        print(f"{kind:14} {row['questions']:4}  exact {row['exact_match']:.3f}  F1 {row['f1']:.3f}")
    low, high = summary["f1_95"]
    total = f"exact {summary['exact_match']:.3f}  F1 {summary['f1']:.3f} (95% {low:.3f} to {high:.3f})"
    print(f"{'all':14} {len(answers):4}  {total}")
    print(json.dumps({"method": "plain" if args.plain else "default", **summary}))
    return int(args.at_least is not None and summary["f1"] < args.at_least)


def score_all(vlm: PocketVLM, records: list[Record], plain: bool, show: bool) -> list[Timed]:
    pictures: dict[Path, Picture] = {}
    answers = []
    for record in tqdm(records, unit="question", disable=None, leave=False):
        if record.image not in pictures:
            pictures[record.image] = vlm.read(record.image)
        answers.append(answer(vlm, pictures[record.image], record, plain))
        if show:
            scored = answers[-1].scored
            text = scored.prediction.answer
            tqdm.write(f"{scored.main:.2f}  {record.question}  |  {text!r}  |  {record.answers[0]}")
    return answers


def answer(vlm: PocketVLM, picture: Picture, record: Record, plain: bool) -> Timed:
    started = time.perf_counter()
    options = {"free": True, "max_new_tokens": PLAIN_TOKENS} if plain else {}
    said = vlm.ask(picture, record.question, **options)
    seconds = time.perf_counter() - started
    return Timed(score(record, prediction_of(record.id, said), ["token_f1", "exact_match"]), seconds)


def summarize(answers: list[Timed]) -> dict[str, Any]:
    scored = [one.scored for one in answers]
    f1 = bootstrap([one.scores["token_f1"] for one in scored])
    return {
        **means(scored),
        "f1_95": [f1.low, f1.high],
        "median_seconds": median(one.seconds for one in answers),
        "types": {kind: means(group) for kind, group in by_type(scored).items()},
    }


def means(scored: list[Scored]) -> dict[str, Any]:
    return {
        "questions": len(scored),
        "exact_match": fmean(one.scores["exact_match"] for one in scored),
        "f1": fmean(one.scores["token_f1"] for one in scored),
    }


if __name__ == "__main__":
    sys.exit(main())
