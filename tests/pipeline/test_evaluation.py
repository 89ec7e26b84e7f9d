"""Evaluation: every question is asked once whatever happens, and the scores, comparison and page say what came out."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pocketvlm.answer import Answer, Quote
from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.cli import main
from pocketvlm.datasets.metrics import NO_ANSWER
from pocketvlm.datasets.predictions import Prediction, read_predictions
from pocketvlm.datasets.records import Record, read_records, write_records
from pocketvlm.datasets.rendered.browser import open_browser
from pocketvlm.errors import ContextError, ImageError, OptionError
from pocketvlm.evaluation import answer_record, by_image, evaluate, fingerprint, prediction_of
from pocketvlm.evaluation_report import compare_runs, make_report
from pocketvlm.gallery import Compared, write_gallery
from pocketvlm.run_folder import Answered, RunFolder, Timing, read_run

HERE = Path(__file__).resolve().parent


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module `models_to_evaluate`, imported so that other processes can import it too."""
    monkeypatch.syspath_prepend(HERE)
    return importlib.import_module("models_to_evaluate")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file of 12 questions about 6 images, those of an image apart; the last is asked about a place."""
    records = []
    for number in range(12):
        image = tmp_path / f"image-{number % 6}.png"
        Image.fromarray(np.full((40, 20, 3), 20 * number, np.uint8)).save(image)
        answers = ("What",) if number % 3 else (NO_ANSWER,)
        kind = "lookup" if number < 8 else "state"
        records.append(Record(f"q{number}", image, f"What is {number}?", answers, kind, bbox=(0, 0, 10, 10)))
    records.append(Record("q12", records[0].image, "Where?", (), "place", bbox=(10, 10, 20, 20)))
    write_records(tmp_path / "questions.jsonl", records)
    return tmp_path / "questions.jsonl"


def asked(log: Path) -> list[str]:
    return [line.split()[0] for line in log.read_text().splitlines()]


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("predictions.jsonl", "timings.jsonl", "run.json")}


def test_any_number_of_processes_writes_the_same_files(stand_ins: ModuleType, data: Path, tmp_path: Path) -> None:
    records = read_records(data)
    told: list[tuple[int, int]] = []
    evaluate(stand_ins.Parrot(tmp_path / "log1"), records, tmp_path / "one", progress=lambda *at: told.append(at))
    evaluate(stand_ins.Parrot(tmp_path / "log2"), records, tmp_path / "two", processes=2)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert [one.id for one in read_predictions(tmp_path / "two/predictions.jsonl")] == [one.id for one in records]
    assert asked(tmp_path / "log1") == [one.id for group in by_image(records) for one in group]  # one image at a time
    assert sorted(asked(tmp_path / "log2")) == sorted(asked(tmp_path / "log1"))
    assert told == [(0, 13), (3, 13), (5, 13), (7, 13), (9, 13), (11, 13), (13, 13)]


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("30 seconds went by")


@pytest.mark.parametrize("processes", [1, 2])
def test_killed_run_goes_on_where_it_was(stand_ins: ModuleType, data: Path, tmp_path: Path, processes: int) -> None:
    log, out = tmp_path / "log", tmp_path / "out"
    script = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from pathlib import Path; from models_to_evaluate import Parrot\n"
        "from pocketvlm.datasets.records import read_records; from pocketvlm.evaluation import evaluate\n"
        "data, log, out = map(Path, sys.argv[1:4])\n"
        f"if __name__ == '__main__': evaluate(Parrot(log, 3), read_records(data), out, processes={processes})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, data, log, out], cwd=tmp_path)
    wait_for(
        lambda: (out / "predictions.jsonl").exists() and (out / "predictions.jsonl").read_bytes().count(b"\n") == 7
    )
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with (out / "predictions.jsonl").open("ab") as file:
        file.write(b'{"id": "q3", "ans')  # as if it was killed while it wrote
    with (out / "timings.jsonl").open("ab") as file:
        file.write(b'{"id": "q3", "ttft_s": 0.25, "total_s": 0.5}\n{"id": "q9"')
    before = asked(log)
    (tmp_path / "go").touch()
    records = read_records(data)
    evaluate(stand_ins.Parrot(tmp_path / "again"), records, out, processes=processes)
    assert len(before) == 7
    assert sorted(before + asked(tmp_path / "again")) == sorted(record.id for record in records)  # each once
    evaluate(stand_ins.Parrot(tmp_path / "other"), records, tmp_path / "whole")
    assert files_of(out) == files_of(tmp_path / "whole")


def test_stopped_run_keeps_what_it_has_in_order(stand_ins: ModuleType, data: Path, tmp_path: Path) -> None:
    records = read_records(data)

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(stand_ins.Parrot(tmp_path / "log"), records, tmp_path / "out", progress=stop)
    kept = [one.id for one in read_predictions(tmp_path / "out/predictions.jsonl")]
    assert kept == ["q0", "q1", "q6", "q7", "q12"]


def test_chosen_questions_first_and_the_rest_later(stand_ins: ModuleType, data: Path, tmp_path: Path) -> None:
    records = read_records(data)
    run = evaluate(stand_ins.Parrot(tmp_path / "log"), records, tmp_path / "out", chosen=records[8:10])
    assert list(run.predictions) == ["q8", "q9"]
    run = evaluate(stand_ins.Parrot(tmp_path / "log"), records, tmp_path / "out")
    assert list(run.predictions) == [record.id for record in records]
    assert sorted(asked(tmp_path / "log")) == sorted(run.predictions)


def test_another_run_in_the_folder_is_refused(stand_ins: ModuleType, data: Path, tmp_path: Path) -> None:
    records = read_records(data)
    parrot = stand_ins.Parrot(tmp_path / "log")
    evaluate(parrot, records, tmp_path / "out")
    with pytest.raises(OptionError, match=r"out holds a run with another questions_sha256 .*: give another folder"):
        evaluate(parrot, records[:5], tmp_path / "out")
    with pytest.raises(OptionError, match="another model"):
        evaluate("nano", records, tmp_path / "out")
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange/predictions.jsonl").write_text('{"id": "q0", "answer": "a"}\n')
    with pytest.raises(OptionError, match="not of an evaluation"):
        evaluate(parrot, records, tmp_path / "strange")


def test_damaged_predictions_are_named(tmp_path: Path) -> None:
    row = '{"id": "q0", "answer": "a"}\n'
    (tmp_path / "predictions.jsonl").write_text(row + row)
    with pytest.raises(OptionError, match=r"predictions.jsonl:2: the id 'q0' was used before"):
        read_run(tmp_path)
    (tmp_path / "predictions.jsonl").write_text(row)
    (tmp_path / "timings.jsonl").write_text('{"id": "q0"}\n')
    with pytest.raises(OptionError, match=r"damaged: .*timings.jsonl: "):
        read_run(tmp_path)


def test_gold_answers_may_be_corrected_and_questions_may_not(data: Path) -> None:
    records = read_records(data)
    one = records[0]
    corrected = Record(one.id, one.image, one.question, ("else",), one.type)
    reworded = Record(one.id, one.image, one.question + " Now?", one.answers, one.type)
    assert fingerprint([corrected, *records[1:]]) == fingerprint(records)
    assert fingerprint([reworded, *records[1:]]) != fingerprint(records)
    Image.new("RGB", (99, 99)).save(one.image)
    assert fingerprint([corrected, *records[1:]]) != fingerprint([reworded])


def test_unreadable_picture_is_an_error_or_left_out(stand_ins: ModuleType, data: Path, tmp_path: Path) -> None:
    records = read_records(data)
    bad = Record("bad", shutil.copy(records[0].image, tmp_path / "bad-0.png"), "What?", ("What",), "lookup")
    parrot = stand_ins.Parrot(tmp_path / "log")
    with pytest.raises(ImageError, match=r"bad-0\.png is no picture"):
        evaluate(parrot, [bad, *records], tmp_path / "out")
    left_out: list[Any] = []
    run = evaluate(parrot, [bad, *records], tmp_path / "out", unreadable=left_out.append)
    assert [one.image.name for one in left_out] == ["bad-0.png"]
    report = make_report([bad, *records], run.predictions, run.timings)
    assert (report.unanswered, report.all.questions) == (1, 13)


def answer(text: str, *boxes: tuple[int, int, int, int], box: tuple[int, int, int, int] | None = None) -> Answer:
    quotes = tuple(Quote("line", quoted) for quoted in boxes)
    point = None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    timings = SimpleNamespace(ttft_s=1.0, total_s=2.0)
    return SimpleNamespace(text=text, quotes=quotes, timings=timings, point=point, box=box)  # type: ignore[return-value]


def test_answer_becomes_a_prediction() -> None:
    assert prediction_of("1", answer(NOT_PRINTED)) == Prediction("1", NO_ANSWER)
    assert prediction_of("1", answer("so")) == Prediction("1", "so")
    quoting = answer("a b", (10, 0, 20, 10), (0, 30, 40, 50))
    assert prediction_of("1", quoting) == Prediction("1", "a b", point=(15.0, 5.0), bbox=(0, 0, 40, 50))
    pointing = answer("the Wi-Fi switch, right", (10, 0, 20, 10), box=(80, 20, 100, 40))
    assert prediction_of("1", pointing) == Prediction("1", "the Wi-Fi switch, right", (90.0, 30.0), (80, 20, 100, 40))


class FakeModel:
    """Answers with the number of questions so far in the chat; has no room for "long"."""

    def chat(self, picture: object) -> FakeModel:
        self.asked: list[tuple[str, bool]] = []
        return self

    def ask(self, question: str, free: bool) -> Answer:
        if question == "long":
            raise ContextError("too long")
        self.asked.append((question, free))
        return answer(str(len(self.asked)))


def test_question_follows_those_before_it() -> None:
    record = Record("1", Path("a.png"), "And?", ("2",), "conversation", history=(("First?", "so"),))
    model: Any = FakeModel()
    answered = answer_record(model, SimpleNamespace(total_s=0.5), record, free=True)  # type: ignore[arg-type]
    assert answered == Answered(Prediction("1", "2"), Timing("1", 1.0, 2.0))
    assert model.asked == [("First?", True), ("And?", True)]


def test_question_without_room_has_an_empty_answer() -> None:
    record = Record("1", Path("a.png"), "long", ("2",), "lookup")
    model: Any = FakeModel()
    answered = answer_record(model, SimpleNamespace(total_s=0.5), record)  # type: ignore[arg-type]
    assert answered == Answered(Prediction("1", ""), Timing("1", 0.5, 0.5))


@pytest.fixture
def run(stand_ins: ModuleType, data: Path, tmp_path: Path) -> RunFolder:
    return evaluate(stand_ins.Parrot(tmp_path / "log"), read_records(data), tmp_path / "out")


def test_report_has_scores_by_type_and_times(run: RunFolder, data: Path) -> None:
    report = make_report(read_records(data), run.predictions, run.timings)
    # "What" is right but where the gold answer is that there is none: 0, 3, 6 of 8, and 9 of 4; the tap misses.
    assert {name: one.main.mean for name, one in report.types.items()} == {"lookup": 5 / 8, "state": 3 / 4, "place": 0}
    assert report.all.main.mean == pytest.approx(8 / 13)  # sums in another order
    assert report.all.metrics["click_accuracy"].interval.mean == 12 / 13
    assert report.to_dict()["timings"]["ttft_s"] == {"median": 0.25, "p95": 0.25}
    assert json.loads(json.dumps(report.to_dict()))["types"]["state"]["questions"] == 4
    lines = report.text().splitlines()
    assert re.match(r"lookup +8  0\.625  0\.\d{3} to \d\.\d{3} +0\.625 +0\.625 +1\.000", lines[1])
    assert re.match(r"place +1  0\.000  0\.000 to 0\.000 +0\.000", lines[2])


def test_metrics_can_be_chosen_and_must_fit(run: RunFolder, data: Path) -> None:
    records = read_records(data)
    report = make_report(records, run.predictions, run.timings, ["click_accuracy"])
    assert list(report.all.metrics) == ["click_accuracy"]
    with pytest.raises(OptionError, match="'q12' cannot be scored by token_f1"):
        make_report(records, run.predictions, run.timings, ["token_f1"])
    with pytest.raises(OptionError, match="nothing to score"):
        make_report(records, {}, {})


def test_comparison_says_which_questions_changed(run: RunFolder, data: Path) -> None:
    report = make_report(read_records(data), run.predictions, run.timings)
    other = {id: one for id, one in run.predictions.items() if id != "q11"}
    other |= {"q0": Prediction("q0", NO_ANSWER), "q1": Prediction("q1", "else")}
    found = compare_runs(report, other)
    assert [(one.record.id, one.main, then.main) for one, then in found.changed()] == [("q0", 0, 1), ("q1", 1, 0)]
    assert (found.all.better, found.all.worse, found.left_out) == (1, 1, 1)
    assert found.types["lookup"].questions == 8
    assert found.to_dict()["changed"][0]["other_answer"] == NO_ANSWER
    assert "1 questions were not asked in the other run" in found.text()
    with pytest.raises(OptionError, match="none of these questions"):
        compare_runs(report, {})


def embedded(page: Path) -> Any:
    found = re.search(
        r'<script id="data" type="application/json">(.*?)</script>', page.read_text(encoding="utf-8"), re.S
    )
    assert found is not None
    return json.loads(found[1])


def test_page_holds_questions_boxes_and_pictures(run: RunFolder, data: Path) -> None:
    records = read_records(data)
    hostile = "</script><script>alert(1)</script>"
    predictions = {**run.predictions, "q2": Prediction("q2", hostile, bbox=(1, 2, 3, 4))}
    report = make_report(records, predictions, run.timings)
    compared = Compared("before", compare_runs(report, run.predictions))
    page = write_gallery(run.path, "a on b", report, run.timings, compared)
    shown = embedded(page)
    assert hostile not in page.read_text(encoding="utf-8")
    item = shown["items"][2]
    assert (item["answer"], item["box"], item["gold"], item["score"]) == (hostile, [1, 2, 3, 4], [[0, 0, 10, 10]], 0)
    assert item["then"] == {"answer": "What", "score": 1}
    assert shown["comparison"]["name"] == "before"
    assert len(shown["pictures"]) == 6  # one an image
    picture = shown["pictures"][item["picture"]]
    assert (picture["width"], picture["height"]) == (20, 40)
    with Image.open(run.path / picture["file"]) as opened:
        assert opened.size == (20, 40)
    assert "http" not in page.read_text(encoding="utf-8").replace(hostile, "")  # it reaches for nothing


def test_large_pictures_are_shown_smaller_with_boxes_of_the_original(data: Path, run: RunFolder) -> None:
    records = read_records(data)
    Image.new("RGB", (400, 2560)).save(records[0].image)
    report = make_report(records, run.predictions, run.timings)
    shown = embedded(write_gallery(run.path, "a on b", report, run.timings))
    assert (shown["pictures"][0]["width"], shown["pictures"][0]["height"]) == (400, 2560)
    with Image.open(run.path / shown["pictures"][0]["file"]) as opened:
        assert opened.size == (200, 1280)
    written = sorted((run.path / "pictures").iterdir())
    write_gallery(run.path, "a on b", report, run.timings)
    assert sorted((run.path / "pictures").iterdir()) == written


def test_page_filters_and_enlarges(run: RunFolder, data: Path) -> None:
    report = make_report(read_records(data), run.predictions, run.timings)
    page_file = write_gallery(run.path, "a on b", report, run.timings)
    with open_browser() as browser:
        page = browser.new_page()
        wrong: list[Any] = []
        page.on("pageerror", lambda error: wrong.append(error))
        page.goto(page_file.as_uri())
        assert page.locator("article").count() == 13
        assert "token f1 0.00" in page.locator("article").first.inner_text()  # failures first
        page.locator("tr[data-type=state]").click()
        assert page.locator("article").count() == 4
        page.select_option("#result", "wrong")
        assert page.locator("article .question").all_inner_texts() == ["What is 9?"]
        assert page.locator("article .mark.gold").count() == 1
        page.locator("article .shot").click()
        assert page.locator("dialog").is_visible()
        page.keyboard.press("Escape")
        page.fill("#words", "nothing like it")
        assert page.locator("article").count() == 0
        assert wrong == []


def test_command_scores_a_bundle_goes_on_and_compares(
    reader: Path, screens: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [record for record in read_records(screens / "questions.jsonl") if record.image.name == "wifi.png"]
    data, out = tmp_path / "wifi.jsonl", tmp_path / "out"
    write_records(data, records)
    assert main(["eval", str(reader), str(data), "--out", str(out), "--limit", "3", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores == {**json.loads((out / "scores.json").read_text()), "comparison": None}
    assert scores["all"]["questions"] == 3
    assert scores["types"]["lookup"]["metrics"]["exact_match"]["mean"] == 1.0
    predictions = read_predictions(out / "predictions.jsonl")
    assert [one.answer for one in predictions] == ["you will be notified", NO_ANSWER, "Ask to Join"]
    x1, y1, x2, y2 = records[2].places[0]
    x, y = predictions[2].point or (0, 0)
    assert x1 <= x <= x2
    assert y1 <= y <= y2
    other = shutil.copytree(out, tmp_path / "other")
    again = ["eval", str(reader), str(data), "--out", str(out), "--types", "paraphrase,row"]
    timings = (out / "timings.jsonl").read_bytes()
    assert main([*again, "--compare", str(other)]) == 0
    assert (out / "timings.jsonl").read_bytes() == timings  # nothing was asked again
    text = capsys.readouterr().out
    assert f"compared with {other}:" in text
    assert json.loads((out / "comparison.json").read_text())["changed"] == []
    assert str(out / "report.html") in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such.jsonl"], "no file"),
        (["nosuchset:path.json"], "data sets: screenqa-short"),
        (["DATA", "--types", "lookup,nonsense"], "no questions of type nonsense; there are lookup, place, state"),
        (["DATA", "--limit", "0"], "--limit is 0"),
        (["DATA", "--metric", "bleu"], "no metric 'bleu'"),
        (["DATA", "--metric", "anls"], "'q12' cannot be scored by anls"),
        (["DATA", "--compare", "no/such/run"], "no/such/run holds no predictions"),
        (["DATA", "--processes", "0"], "processes and cores are at least 1"),
    ],
)
def test_command_names_what_is_wrong(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    given = [str(data) if argument == "DATA" else argument for argument in arguments]
    assert main(["eval", "nano", *given, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("pocketvlm: ")
    assert error.count("\n") == 1
    assert says in error


def test_bad_rows_stop_the_command_unless_skipped(
    data: Path, screens: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "good", "image": str(screens / "wifi.png"), "question": "Which?", "answers": ["a"], "type": "lookup"}
    (tmp_path / "no.png").write_text("no picture")
    unreadable = {**row, "id": "unreadable", "image": "no.png"}
    data.write_text("\n".join(map(json.dumps, [row, unreadable, {"id": "bad"}])))
    command = ["eval", "nano", str(data), "--out", str(tmp_path / "out")]
    assert main(command) == 2
    assert f"{data}:3: " in capsys.readouterr().err
    assert main([*command, "--skip-bad"]) == 0
    shown = capsys.readouterr()
    assert f"left out: {data}:3: " in shown.err
    assert f"left out: {tmp_path / 'no.png'}: " in shown.err
    assert "1 more have no answer" in shown.out
