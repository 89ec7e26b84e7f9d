"""What the README shows is what happens: its transcript, its Python, its commands."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from pocketvlm.cli import main
from pocketvlm.export import export

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def transcript() -> list[tuple[str, str]]:
    """The README's commands with what it says they print."""
    text = "\n".join(blocks("console"))
    return re.findall(r"^\$ pocketvlm (.+)\n((?:(?!\$ ).*\n?)*)", text, re.MULTILINE)


@pytest.mark.parametrize(("arguments", "expected"), transcript(), ids=[arguments for arguments, _ in transcript()])
def test_transcript_is_what_happens(
    arguments: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out.strip() == expected.strip()


def test_transcript_was_found() -> None:
    assert len(transcript()) >= 4


def test_python_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = blocks("python")[0]
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("£2,318.64")


def test_python_about_mobilevlm_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a tiny checkpoint's bundle in the place of the real one's."""
    golden = ROOT / "tests/data/golden/mobilevlm-tiny-v2"
    checkpoint = tmp_path / "checkpoint"
    shutil.copytree(golden, checkpoint)
    shutil.copy(ROOT / "tests/data/tokenizer/tiny.model", checkpoint / "tokenizer.model")
    export(checkpoint, tmp_path / "mobilevlm", vision_tower=str(golden / "clip"))
    shutil.copy(next((ROOT / "tests/data/photos").glob("*.jpg")), tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[1], "README.md", "exec"), {})
    ids = capsys.readouterr().out.splitlines()[-1]
    assert len(ids.split(",")) == 16


def test_every_file_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"(?:examples|benchmarks|models|tests|notebooks)/[\w./-]*\w", README))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
