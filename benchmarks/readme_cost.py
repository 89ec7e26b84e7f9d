"""Writes the README's table of what a picture costs from the committed reports, docs/cost/NAME/cost.json.

python benchmarks/readme_cost.py            # after `pocketvlm cost BUNDLE --out docs/cost/NAME`
python benchmarks/readme_cost.py --check    # writes nothing; exit 1 if the README says something else
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from marked_text import with_part, write_part

from pocketvlm.cost.report.wording import NONE, change, key_words, value
from pocketvlm.cost.results import CostReport, Row, read_report, rows

ROOT = Path(__file__).resolve().parent.parent
NAME, WRITER = "cost", "benchmarks/readme_cost.py"
ORDER = ("nano", "mobilevlm-v2-1.7b", "mobilevlm-v2-3b")
KEYS = (
    "parameters",
    "file_bytes",
    "load_s",
    "peak_rss_bytes",
    "ttft_s",
    "prefill_tokens",
    "decode_tok_per_s_at_200",
    "answer_s_for_20",
    "answer_s_for_100",
    "answer_s_for_256",
    "answer_j_for_100",
)


def table(reports: Sequence[CostReport]) -> str:
    """A row a figure, a column a bundle: the language model alone, with a picture, and the change."""
    known = [{row.key: row for row in rows(report)} for report in reports]
    lines = [f"| | {' | '.join(heading(report) for report in reports)} |", f"|---|{'---|' * len(reports)}"]
    for key in KEYS:
        cells = [cell(one.get(key)) for one in known]
        if any(cell != NONE for cell in cells):
            lines.append(f"| {key_words(key).lower()}{estimated(key, reports)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def heading(report: CostReport) -> str:
    """Which bundle, and whether its weights mean anything."""
    return f"{report.bundle.name}{'' if report.bundle.weights == 'trained' else f', {report.bundle.weights} weights'}"


def estimated(key: str, reports: Sequence[CostReport]) -> str:
    """Marks a figure that was reckoned and not measured."""
    figures = [report.multimodal.get(key) for report in reports]
    return " (estimate)" if any(figure is not None and figure.estimate for figure in figures) else ""


def cell(row: Row | None) -> str:
    if row is None or row.multimodal is None:
        return NONE
    if row.text_only is None:
        return value(row.key, row.multimodal.median)
    before, after = (value(row.key, figure.median) for figure in (row.text_only, row.multimodal))
    return f"{before} → {after}, {change(row.added_fraction)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the README instead of writing it")
    check = parser.parse_args().check
    reports = [read_report(ROOT / "docs" / "cost" / name / "cost.json") for name in ORDER]
    readme = ROOT / "README.md"
    if not check:
        write_part(readme, NAME, WRITER, table(reports))
        return 0
    text = readme.read_text(encoding="utf-8")
    if with_part(text, NAME, WRITER, table(reports)) == text:
        return 0
    print("README.md's table is not what docs/cost says: run python benchmarks/readme_cost.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
