"""What README and model card say of nano's scores: the committed runs' figures, and no others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pocketvlm.datasets.records import read_records

ROOT = Path(__file__).resolve().parent.parent


def test_the_tables_are_those_of_the_committed_runs() -> None:
    script = ROOT / "benchmarks/score_tables.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_committed_runs_answered_all_of_the_evaluation_set() -> None:
    records = read_records(ROOT / "examples/evaluation/questions.jsonl")
    scores = json.loads((ROOT / "docs/scores/scores.json").read_text(encoding="utf-8"))
    ablations = json.loads((ROOT / "docs/scores/ablations.json").read_text(encoding="utf-8"))
    for run in (scores, *ablations.values()):
        assert run["unanswered"] == 0
        assert run["all"]["questions"] == sum(kind["questions"] for kind in run["types"].values()) == len(records)
