"""The command: what it prints, its exit codes, and that bad pictures are one clear line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pocketvlm.cli import main

COMMAND = [sys.executable, "-I", "-c", "import sys; from pocketvlm.cli import main; sys.exit(main())"]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True)


def test_ask_prints_the_answer_alone(screens: Path) -> None:
    done = run("ask", str(screens / "bank.png"), "What's my balance?")
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (0, "£2,318.64\n", "")


def test_ask_reads_stdin_and_prints_json(screens: Path) -> None:
    done = run("ask", "-", "What's my balance?", "--json", stdin=(screens / "bank.png").read_bytes())
    answer = json.loads(done.stdout)
    assert answer["text"] == "£2,318.64"
    assert set(answer) >= {"finish_reason", "sources", "quotes", "tokens", "timings", "peak_rss_bytes"}


def test_read_prints_rows_in_order(screens: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(screens / "bank.png")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("Redline Gym" in line and "£29.99" in line for line in lines)
    texts = "\n".join(lines)
    assert texts.index("Metro Tram") < texts.index("Lumen Energy") < texts.index("Redline Gym")


def test_read_json_has_boxes(screens: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(screens / "bank.png"), "--json"]) == 0
    picture = json.loads(capsys.readouterr().out)
    cell = next(cell for row in picture["text"]["rows"] for cell in row["cells"] if cell["text"] == "Redline Gym")
    assert 0 < cell["score"] <= 1
    assert len(cell["box"]) == 4
    assert (picture["width"], picture["height"]) == (1080, 2400)


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "text", "truncated"])
def test_bad_picture_is_one_line_and_exit_code_2(
    kind: str, tmp_path: Path, screens: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "picture.png"
    content = {
        "empty": b"",
        "text": b"just words\n" * 100,
        "truncated": (screens / "bank.png").read_bytes()[:5000],
    }
    if kind == "folder":
        path.mkdir()
    elif kind in content:
        path.write_bytes(content[kind])
    before = sorted(tmp_path.rglob("*"))
    assert main(["read", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pocketvlm: ")
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_bad_option_and_bad_bundle_are_one_line(screens: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = str(screens / "bank.png")
    assert main(["ask", image, "Why?", "--top-p", "3"]) == 2
    assert main(["ask", image, "Why?", "--model", "no/such/bundle"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_chat_obeys_its_commands(
    screens: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "What's my balance?",
        "/reset",
        f"/image {screens / 'boarding_pass.png'}",
        "What time is boarding?",
        "/image no-such.png",
        "/nonsense",
        "/help",
        "/quit",
        "never reached",
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
    assert main(["chat", str(screens / "bank.png")]) == 0
    out = capsys.readouterr().out
    assert "£2,318.64" in out
    assert "10:25" in out
    assert "no-such.png" in out
    assert "There is no /nonsense" in out
    assert "/free QUESTION" in out


def test_help_is_light(tmp_path: Path) -> None:
    """Help imports nothing heavy, which is what keeps it quick."""
    script = "import sys\nfrom pocketvlm.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    script += "print([name for name in ('numpy', 'onnxruntime', 'cv2', 'PIL') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"


def test_closed_output_is_no_traceback(screens: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "read", str(screens / "bank.png")], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
