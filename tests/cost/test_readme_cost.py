"""The committed reports: whole, and what the README says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pocketvlm.cost.results import read_report

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("nano", "mobilevlm-v2-1.7b", "mobilevlm-v2-3b")


@pytest.mark.parametrize("name", NAMES)
def test_committed_reports_are_whole_and_say_how_they_were_made(name: str) -> None:
    report = read_report(ROOT / "docs/cost" / name / "cost.json")
    assert report.complete
    assert report.bundle.name == name
    assert report.bundle.weights == ("trained" if name == "nano" else "random")
    assert report.conditions.command.startswith(f"pocketvlm cost {name} ")
    runs = 2 if report.conditions.quick else 5
    assert report.text_only["ttft_s"].runs == report.multimodal["ttft_s"].runs == runs
    assert report.multimodal["encode_s"].low > 0


def test_readme_shows_the_committed_reports() -> None:
    script = ROOT / "benchmarks/readme_cost.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
