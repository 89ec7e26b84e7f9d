"""Readers of web pages, photos, documents and conversations, each on a handful of rows in the form of its authors."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pocketvlm.datasets import readers
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import BadRow


def draw(path: Path, size: tuple[int, int] = (108, 192)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "white").save(path)
    return path


def dump(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def read_most(name: str, path: Path, **options: Any) -> tuple[list[Record], list[BadRow]]:
    bad: list[BadRow] = []
    return readers.open(name, path, on_error="skip", report=bad.append, **options), bad


# WebSRC


def test_websrc(tmp_path: Path) -> None:
    site = tmp_path / "camera" / "01"
    for page in ("0100001", "0100002"):
        draw(site / "processed_data" / f"{page}.png")
    with (site / "dataset.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["question", "answer", "element_id", "answer_start", "id"])
        writer.writerow(["What's kind  of the product is this?", "Web camera, HD", 82, 0, "ca010000100000"])
        writer.writerow(["Does it\nrecord?", "yes", -1, 1, "ca010000200001"])
        writer.writerow(["Of which page?", "none", 3, 0, "ca010000900002"])
        writer.writerow(["No answer?", "", 3, 0, "ca010000100003"])
    for path in (tmp_path, site):
        records, bad = read_most("websrc", path)
        assert [(record.id, record.question, record.answers, record.type) for record in records] == [
            ("ca010000100000", "What's kind of the product is this?", ("Web camera, HD",), "span"),
            ("ca010000200001", "Does it record?", ("yes",), "yes/no"),
        ]
        assert records[1].image == site / "processed_data" / "0100002.png"
        assert [(row.path.name, row.where) for row in bad] == [("dataset.csv", 5), ("dataset.csv", 6)]
        assert "no image '0100009.png'" in bad[0].reason


# VisualWebBench


def png(size: tuple[int, int] = (200, 100)) -> dict[str, object]:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, "PNG")
    return {"bytes": buffer.getvalue(), "path": None}


WEB_ROWS: dict[str, dict[str, Any]] = {
    "web_caption": {"answer": "Shop for shoes."},
    "heading_ocr": {"answer": "SHOES"},
    "webqa": {"question": "What is on sale?", "answer": ["boots", "winter boots"]},
    "element_ocr": {"bbox": [0.1, 0.2, 0.3, 0.4], "elem_desc": "All are waterproof", "answer": "All are waterproof"},
    "element_ground": {
        "raw_image": png(),
        "options": [[0.0, 0.0, 0.1, 0.1], [0.25, 0.5, 0.755, 1.0]],
        "elem_desc": "the cart",
        "answer": 1,
    },
    "action_prediction": {"options": ["Boots", "Sandals"], "bbox": [0, 0.2, 0.3, 0.4], "elem_desc": "B", "answer": 0},
    "action_ground": {"raw_image": png(), "options": [[20.0, 10.0, 60.5, 50]], "instruction": "buy boots", "answer": 0},
}  # fmt: skip


def write_parquet(folder: Path, task: str, *changes: dict[str, Any]) -> Path:
    common = {"task_type": task, "website": "shoes.com", "image": png(), "image_size": [200, 100], **WEB_ROWS[task]}
    rows = [{"id": f"{task}_{number}", **common, **change} for number, change in enumerate(changes or [{}])]
    (folder / task).mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / task / "test-00000-of-00001.parquet")
    return folder


def test_visualwebbench(tmp_path: Path) -> None:
    for task in WEB_ROWS:
        write_parquet(tmp_path, task)
    records = {record.type: record for record in readers.open("visualwebbench", tmp_path)}
    assert set(records) == set(WEB_ROWS)
    assert {task: record.answers for task, record in records.items()} == {
        "web_caption": ("Shop for shoes.",),
        "heading_ocr": ("SHOES",),
        "webqa": ("boots", "winter boots"),
        "element_ocr": ("All are waterproof",),
        "element_ground": ("B",),
        "action_prediction": ("A",),
        "action_ground": ("A",),
    }
    assert records["webqa"].question == "What is on sale?"
    assert records["action_prediction"].question.endswith("\nA. Boots\nB. Sandals")
    assert "the cart" in records["element_ground"].question
    assert "buy boots" in records["action_ground"].question
    assert records["element_ground"].bbox == (50, 50, 151, 100)  # shares of 200 x 100, outward
    assert records["action_ground"].bbox == (20, 10, 61, 50)  # pixels
    assert records["webqa"].bbox is None
    card = readers.card("visualwebbench")
    assert card.metrics_of("web_caption") == ("rouge_l",)
    assert card.metrics_of("action_ground") == ("choice_accuracy",)


def test_visualwebbench_screenshots_are_unpacked_once(tmp_path: Path) -> None:
    write_parquet(tmp_path, "webqa")
    (record,) = readers.open("visualwebbench", tmp_path)
    assert record.image == tmp_path / "images" / "webqa_0.png"
    assert record.image.read_bytes() == png()["bytes"]
    before = record.image.stat().st_mtime_ns
    assert readers.open("visualwebbench", tmp_path) == [record]
    assert record.image.stat().st_mtime_ns == before
    (elsewhere,) = readers.open("visualwebbench", tmp_path, images=tmp_path / "unpacked")
    assert elsewhere.image == tmp_path / "unpacked" / "webqa_0.png"


def test_visualwebbench_bad_rows_are_named(tmp_path: Path) -> None:
    changes = [
        {"id": "../up"},
        {"image": {"bytes": b"no image", "path": None}},
        {"answer": 2},
        {"task_type": "dance"},
        {},
    ]
    records, bad = read_most("visualwebbench", write_parquet(tmp_path, "element_ground", *changes))
    assert [record.id for record in records] == ["element_ground_4"]
    assert [row.where for row in bad] == ["row 0", "row 1", "row 2", "row 3"]
    reasons = ["no name for a file", "'image' is not an image", "one of 2 options", "no task 'dance'"]
    assert [reason in row.reason for reason, row in zip(reasons, bad, strict=True)] == [True] * 4


# TextVQA, DocVQA


def test_textvqa_keeps_all_ten_answers(tmp_path: Path) -> None:
    image = draw(tmp_path / "train_images" / "003a8ae2ef43b901.jpg")
    row = {
        "question": "what is the brand of this camera?",
        "image_id": "003a8ae2ef43b901",
        "image_classes": ["Cassette deck", "Printer"],
        "flickr_original_url": "https://example.org/o.jpg",
        "flickr_300k_url": "https://example.org/z.jpg",
        "image_width": 1024,
        "image_height": 664,
        "answers": ["nous les gosses", *["dakota"] * 7, "clos culombu", "dakota digital"],
        "question_tokens": ["what", "is"],
        "question_id": 34602,
        "set_name": "val",
    }
    unanswered = {key: value for key, value in row.items() if key != "answers"} | {"question_id": 1}
    data = {"dataset_type": "val", "dataset_name": "textvqa", "dataset_version": "0.5.1", "data": [row, unanswered]}
    records, bad = read_most("textvqa", dump(tmp_path / "TextVQA_0.5.1_val.json", data))
    assert [(record.id, record.image, len(record.answers)) for record in records] == [("34602", image, 10)]
    assert records[0].answers.count("dakota") == 7
    assert [row.where for row in bad] == ["entry 1"]
    assert "'answers' is a list of one or more texts" in bad[0].reason


DOCVQA_ROW: dict[str, Any] = {
    "questionId": 337,
    "question": "what is the date mentioned in this letter?",
    "question_types": ["handwritten", "form"],
    "image": "documents/xnbl0037_1.png",
    "docId": 279,
    "ucsf_document_id": "xnbl0037",
    "ucsf_document_page_no": "1",
    "answers": ["1/8/93", "1/8/1993"],
    "data_split": "train",
}


@pytest.mark.parametrize("place", ["documents", "spdocvqa_images"])
def test_docvqa(tmp_path: Path, place: str) -> None:
    image = draw(tmp_path / place / "xnbl0037_1.png")
    plain = {key: value for key, value in DOCVQA_ROW.items() if key != "question_types"} | {"questionId": 338}
    data = {"dataset_name": "docvqa", "dataset_version": "1.0", "dataset_split": "train", "data": [DOCVQA_ROW, plain]}
    first, second = readers.open("docvqa", dump(tmp_path / "train_v1.0_withQT.json", data))
    assert (first.id, first.image, first.answers) == ("337", image, ("1/8/93", "1/8/1993"))
    assert (first.type, second.type) == ("handwritten and form", "docvqa")


def test_docvqa_images_may_lie_elsewhere(tmp_path: Path) -> None:
    image = draw(tmp_path / "far" / "xnbl0037_1.png")
    path = dump(tmp_path / "qas" / "val_v1.0_withQT.json", {"data": [DOCVQA_ROW]})
    (record,) = readers.open("docvqa", path, images=tmp_path / "far")
    assert record.image == image


# LLaVA


def talk(*texts: str) -> list[dict[str, str]]:
    return [{"from": ("human", "gpt")[number % 2], "value": text} for number, text in enumerate(texts)]


def test_llava_turns_become_records_with_their_history(tmp_path: Path) -> None:
    image = draw(tmp_path / "part-1" / "a.jpg")
    seen = {"id": "000000033471", "image": "part-1/a.jpg"}
    samples = [
        {**seen, "conversations": talk("<image>\nWhat colour?", "Red.", "Why?", "Paint.")},
        {**seen, "conversations": talk("Describe it.\n<image>", "A red bus.")},
        {"id": "talk", "conversations": talk("Hello", "Hello!")},  # of nothing seen
    ]
    records, bad = read_most("llava", dump(tmp_path / "llava_instruct.json", samples))
    assert not bad
    assert [(record.id, record.question, record.answers, record.history) for record in records] == [
        ("llava_instruct-0-0", "What colour?", ("Red.",), ()),
        ("llava_instruct-0-1", "Why?", ("Paint.",), (("What colour?", "Red."),)),
        ("llava_instruct-1-0", "Describe it.", ("A red bus.",), ()),
    ]
    assert {record.image for record in records} == {image}


@pytest.mark.parametrize(
    ("conversations", "says"),
    [
        (None, "'conversations' is a list of questions"),
        ([], "'conversations' is a list of questions"),
        (talk("<image>\nWhat?"), "each with its answer"),
        (talk("<image>\nWhat?", "This.")[::-1], 'message 0 is from "gpt"'),
        (talk("<image>\n", "This."), "a text that is not empty"),
        (talk("<image>\nWhat?", ""), "a text that is not empty"),
        (["What?", "This."], "JSON object"),
    ],
)
def test_llava_conversations_that_are_none_are_reported(tmp_path: Path, conversations: object, says: str) -> None:
    draw(tmp_path / "a.jpg")
    path = dump(tmp_path / "data.json", [{"id": "1", "image": "a.jpg", "conversations": conversations}])
    records, bad = read_most("llava", path)
    assert not records
    assert says in bad[0].reason
