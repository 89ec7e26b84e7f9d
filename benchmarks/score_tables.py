"""Writes the tables of nano's scores in README.md and models/README.md from the committed runs in docs/scores.

pocketvlm eval nano examples/evaluation/questions.jsonl --out RUN && cp RUN/scores.json docs/scores/
python benchmarks/screen_ablations.py --out RUNS --gguf FILE | tail -1 > docs/scores/ablations.json
python benchmarks/score_tables.py            # after either
python benchmarks/score_tables.py --check    # writes nothing; exit 1 if a table says something else
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from marked_text import with_part, write_part

ROOT = Path(__file__).resolve().parent.parent
SCORES, ABLATIONS = (ROOT / "docs" / "scores" / name for name in ("scores.json", "ablations.json"))
SHOWN_IN = (ROOT / "README.md", ROOT / "models" / "README.md")
WRITER = "benchmarks/score_tables.py"
KINDS = {  # in the tables' order: in words, and the score to reach
    "lookup": ("look-up", "0.85"),
    "state": ("state of switches, tabs, bars", "0.85"),
    "place": ("place: where to tap", "0.80"),
    "picture": ("pictured object", "0.60"),
    "count": ("count", "0.65"),
    "colour": ("colour", "0.80"),
    "unanswerable": ("unanswerable", "0.70"),
    "description": ("description", ""),
    "chart": ("chart value", ""),
    "reasoning": ("reasoning over printed values", ""),
}
BESIDE = {"lookup": "look-up", "state": "state", "place": "place", "picture": "pictured", "count": "count"}


def scores_table(scores: dict[str, Any]) -> str:
    """A row a kind of question, as `pocketvlm eval` scored them."""
    rows = [(words, scores["types"][kind], goal) for kind, (words, goal) in KINDS.items()]
    rows.append(("all", scores["all"], ""))
    lines = ["| kind of question | questions | score (95%) | goal |", "|---|---:|---:|---:|"]
    lines += (f"| {words} | {of['questions']} | {interval(of['main'])} | {goal} |" for words, of, goal in rows)
    return "\n".join(lines)


def ablations_table(ablations: dict[str, Any]) -> str:
    """A row a variant of `screen_ablations.py`: its score, and by how much it is off the whole."""
    lines = [f"| | score (95%) | change (95%) | {' | '.join(BESIDE.values())} |", f"|---|{'---:|' * (2 + len(BESIDE))}"]
    for variant, scores in ablations.items():
        change = interval(scores["difference"]["all"]["difference"], "+.3f") if "difference" in scores else ""
        means = (f"{scores['types'][kind]['main']['mean']:.2f}" for kind in BESIDE)
        lines.append(f"| {' | '.join([variant, interval(scores['all']['main']), change, *means])} |")
    return "\n".join(lines)


def interval(figure: dict[str, float], form: str = ".2f") -> str:
    """A mean and its 95% interval."""
    return f"{figure['mean']:{form}} ({figure['low']:{form}} to {figure['high']:{form}})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the tables instead of writing them")
    check = parser.parse_args().check
    parts = {
        "scores": scores_table(json.loads(SCORES.read_text(encoding="utf-8"))),
        "ablations": ablations_table(json.loads(ABLATIONS.read_text(encoding="utf-8"))),
    }
    wrong = []
    for path in SHOWN_IN:
        for name, part in parts.items():
            text = path.read_text(encoding="utf-8")
            if not check:
                write_part(path, name, WRITER, part)
            elif with_part(text, name, WRITER, part) != text:
                wrong.append(f"{path.relative_to(ROOT)}'s table of {name} is not what docs/scores says: run {WRITER}")
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
