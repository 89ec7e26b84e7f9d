"""The command: what it prints, its exit codes, and that bad pictures are one clear line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from pocketvlm.answer import Answer
from pocketvlm.chat import ELEMENTS, IMAGE, LANGUAGE_MODEL, SCREEN_TEXT
from pocketvlm.cli import main
from pocketvlm.picture import Picture
from pocketvlm.vision.parser.roles import ROLES
from pocketvlm.vision.structure import TEXT
from pocketvlm.vlm import PocketVLM

COMMAND = [sys.executable, "-I", "-c", "import sys; from pocketvlm.cli import main; sys.exit(main())"]


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True)


def lies_in(box: list[int], size: tuple[int, int]) -> bool:
    x1, y1, x2, y2 = box
    return 0 <= x1 <= x2 <= size[0] and 0 <= y1 <= y2 <= size[1]


def test_ask_prints_the_answer_alone(reader: Path, screens: Path) -> None:
    done = run("ask", str(screens / "bank.png"), "What's my balance?", "--model", str(reader))
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (0, "£2,318.64\n", "")


def test_ask_reads_stdin_and_prints_json(screens: Path) -> None:
    """Of the embedded model; the same answer as from a file, where it stands alone."""
    image, question = screens / "bank.png", "What's my balance?"
    done = run("ask", "-", question, "--json", stdin=image.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert set(answer) == {field.name for field in fields(Answer)}
    assert answer["sources"] == [SCREEN_TEXT, ELEMENTS, IMAGE, LANGUAGE_MODEL]
    places = [quote["box"] for quote in answer["quotes"]] + ([answer["box"]] if answer["box"] else [])
    assert all(lies_in(box, (1080, 2400)) for box in places)
    stages = ("image_decode_s", "read_text_s", "encode_s", "parse_s", "project_s", "prefill_s")
    assert all(answer["timings"][stage] > 0 for stage in stages)
    tokens = answer["tokens"]
    assert tokens["prompt"] - tokens["cached"] == tokens["prefilled"] > 10 * tokens["cached"]  # the prompt's head
    alone = run("ask", str(image), question)
    assert (alone.returncode, alone.stdout.decode().strip(), alone.stderr) == (0, answer["text"], b"")
    assert answer["text"]


def test_parse_finds_elements_with_the_embedded_model(screens: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(screens / "bank.png"), "--json"]) == 0
    parsed = json.loads(capsys.readouterr().out)
    cells = [cell for row in parsed["rows"] for cell in row["cells"]]
    assert (parsed["width"], parsed["height"]) == (1080, 2400)
    assert all(lies_in(cell["box"], (1080, 2400)) for cell in cells)
    assert any("Redline Gym" in cell["text"] for cell in cells)
    found = [cell for cell in cells if cell["role"] != TEXT]
    assert found
    assert all(cell["role"] in ROLES and 0 < cell["score"] <= 1 for cell in found)


def test_parse_draws_with_the_embedded_model(screens: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "painted.png"
    assert main(["parse", str(screens / "wifi.png"), "--draw", str(out)]) == 0
    assert capsys.readouterr().out.startswith("[screen: ")
    with Image.open(screens / "wifi.png") as given, Image.open(out) as painted:
        assert painted.size == given.size
        assert painted.convert("RGB").tobytes() != given.convert("RGB").tobytes()


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
    reader: Path, screens: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
    assert main(["chat", str(screens / "bank.png"), "--model", str(reader)]) == 0
    out = capsys.readouterr().out
    assert "£2,318.64" in out
    assert "10:25" in out
    assert "no-such.png" in out
    assert "There is no /nonsense" in out
    assert "/free QUESTION" in out


def test_chat_with_the_embedded_model_answers_as_its_python(
    vlm: PocketVLM,
    bank: Picture,
    screens: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    questions = ["What's my balance?", "Where do I pay?"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([questions[0], "/reset", questions[1], "/nonsense"])))
    assert main(["chat", str(screens / "bank.png"), "--threads", "2"]) == 0
    shown, _, first, reset, second, last = capsys.readouterr().out.splitlines()
    assert shown.endswith(f"1080 x 2400 pixels, {len(bank.text.lines if bank.text else ())} lines of text.")
    assert [first.strip(), second.strip()] == [vlm.ask(bank, question).text for question in questions]
    assert "forgotten" in reset
    assert "There is no /nonsense" in last


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
