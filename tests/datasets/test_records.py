"""`read_records` and `write_records`: what a good file gives, and what is said of each bad row."""

import dataclasses
import json
import warnings
from pathlib import Path

import pytest

from pocketvlm.datasets.records import Record, read_records, write_records
from pocketvlm.datasets.rows import BadRow

GOOD = {"id": "1", "image": "images/a.png", "question": "What time?", "answers": ["9:41", "9.41"], "type": "look-up"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "images" / name).write_bytes(b"pixels")  # records do not open images
    return tmp_path


def write(folder: Path, *rows: object) -> Path:
    """A JSONL file; a row that is bytes is written as it is."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path = folder / "records.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ValueError, match=r"records\.jsonl:") as error:
        read_records(path)
    return str(error.value)


def test_rows_become_records_in_order(folder: Path) -> None:
    second = {**GOOD, "id": "2", "image": "images/b.png", "answers": ["<no answer>"], "bbox": [0, 5, 10, 20]}
    assert read_records(write(folder, GOOD, second)) == [
        Record("1", folder / "images/a.png", "What time?", ("9:41", "9.41"), "look-up", None),
        Record("2", folder / "images/b.png", "What time?", ("<no answer>",), "look-up", (0, 5, 10, 20)),
    ]


def test_image_is_absolute_from_a_relative_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, GOOD)
    monkeypatch.chdir(folder)
    (record,) = read_records("records.jsonl")
    assert record.image == folder / "images" / "a.png"
    assert record.image.is_absolute()


def test_record_is_frozen_and_hashable(folder: Path) -> None:
    (record,) = read_records(write(folder, {**GOOD, "bbox": [1, 2, 3, 4]}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.id = "2"
    assert len({record, dataclasses.replace(record)}) == 1


def test_null_values_and_other_keys_are_allowed(folder: Path) -> None:
    nulls = dict.fromkeys(("bbox", "boxes", "source", "licence", "history"))
    (record,) = read_records(write(folder, {**GOOD, **nulls, "extra": [1]}))
    assert record == Record("1", folder / "images/a.png", "What time?", ("9:41", "9.41"), "look-up")


def test_all_values_become_the_record(folder: Path) -> None:
    row = {
        **GOOD,
        "bbox": [1, 2, 30, 40],
        "boxes": [[1, 2, 3, 4], [20, 30, 30, 40]],
        "source": "rico",
        "licence": "CC-BY-4.0",
        "history": [["Which app?", "Clock"]],
    }
    (record,) = read_records(write(folder, row))
    assert record.bbox == (1, 2, 30, 40)
    assert record.places == record.boxes == ((1, 2, 3, 4), (20, 30, 30, 40))
    assert (record.source, record.licence) == ("rico", "CC-BY-4.0")
    assert record.history == (("Which app?", "Clock"),)


def test_places_are_the_box_where_there_is_but_one(folder: Path) -> None:
    boxed, bare = read_records(write(folder, {**GOOD, "bbox": [1, 2, 3, 4]}, {**GOOD, "id": "2"}))
    assert boxed.places == ((1, 2, 3, 4),)
    assert bare.places == ()


@pytest.mark.parametrize("where", [{"bbox": [1, 2, 3, 4]}, {"boxes": [[1, 2, 3, 4]]}])
def test_no_answers_are_needed_where_the_answer_is_a_place(folder: Path, where: dict) -> None:
    (record,) = read_records(write(folder, {**GOOD, "answers": [], **where}))
    assert record.answers == ()


def test_blank_lines_byte_order_mark_and_crlf_are_allowed(folder: Path) -> None:
    first = b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r"
    path = write(folder, first, b"", b"  \r", {**GOOD, "id": "2"}, b"")
    assert [record.id for record in read_records(path)] == ["1", "2"]


def test_other_line_ends_within_a_text_do_not_split_a_row(folder: Path) -> None:
    question = "one\u2028two\x85three\x0b"
    row = json.dumps({**GOOD, "question": question}, ensure_ascii=False).encode()
    assert read_records(write(folder, row))[0].question == question


def test_empty_file_has_no_records(folder: Path) -> None:
    assert read_records(write(folder)) == []


def test_missing_file_is_an_os_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.jsonl"):
        read_records(folder / "none.jsonl")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8 at byte 8"),
        ([1], "JSON object, not [1]"),
        ("text", "JSON object"),
        ({**GOOD, "id": 1}, "'id' is a text that is not empty, not 1"),
        ({**GOOD, "id": " "}, "'id' is a text"),
        ({**GOOD, "image": None}, "'image' is a text that is not empty, not null"),
        ({**GOOD, "image": "images/none.png"}, "no image file"),
        ({**GOOD, "image": "images"}, "no image file"),
        ({**GOOD, "image": "nul\0"}, "no image file"),
        ({**GOOD, "image": "x" * 5000}, "no image file"),
        ({**GOOD, "question": ""}, "'question' is a text"),
        ({**GOOD, "type": ["a"]}, "'type' is a text"),
        ({**GOOD, "answers": []}, "'answers' is a list of one or more"),
        ({**GOOD, "answers": "9:41"}, 'not "9:41"'),
        ({**GOOD, "answers": ["9:41", ""]}, "'answers' is a list"),
        ({**GOOD, "answers": [9]}, "'answers' is a list"),
        ({**GOOD, "answers": None}, "'answers' is a list"),
        ({**GOOD, "bbox": [1, 2, 3]}, "'bbox' is four whole numbers"),
        ({**GOOD, "bbox": [1, 2, 3, 4.5]}, "'bbox' is four whole numbers"),
        ({**GOOD, "bbox": [False, 2, 3, 4]}, "'bbox' is four whole numbers"),
        ({**GOOD, "bbox": {"x1": 1}}, "'bbox' is four whole numbers"),
        ({**GOOD, "bbox": [3, 2, 3, 4]}, "x1 < x2"),
        ({**GOOD, "bbox": [1, 4, 3, 2]}, "y1 < y2"),
        ({**GOOD, "bbox": [-1, 2, 3, 4]}, "0 <= x1"),
        ({**GOOD, "boxes": [1, 2, 3, 4]}, "'boxes' is four whole numbers"),
        ({**GOOD, "boxes": {}}, "'boxes' is a list of boxes"),
        ({**GOOD, "source": ""}, "'source' is a text"),
        ({**GOOD, "licence": 4}, "'licence' is a text"),
        ({**GOOD, "history": [["a"]]}, "'history' is a list of pairs"),
        ({**GOOD, "history": ["ab"]}, "'history' is a list of pairs"),
    ],
)
def test_bad_row_is_named_with_file_line_and_reason(folder: Path, row: object, says: str) -> None:
    path = write(folder, {**GOOD, "id": "first"}, row)
    message = refusal(path)
    assert message.startswith(f"{path}:2: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize("key", ["id", "image", "question", "answers", "type"])
def test_missing_key_is_named(folder: Path, key: str) -> None:
    row = {name: value for name, value in GOOD.items() if name != key}
    assert f"'{key}'" in refusal(write(folder, row))


def test_id_used_twice_is_refused(folder: Path) -> None:
    assert ":3: the id '1' was used before" in refusal(write(folder, GOOD, {**GOOD, "id": "2"}, GOOD))


def test_all_bad_rows_are_listed_at_once(folder: Path) -> None:
    message = refusal(write(folder, {**GOOD, "id": 1}, GOOD, b"", {**GOOD, "id": "2", "type": ""}))
    assert [line.split(": ")[0].rpartition(":")[2] for line in message.splitlines()] == ["1", "4"]


@pytest.mark.parametrize(("bad", "listed"), [(20, 20), (21, 21), (45, 21)])
def test_list_of_bad_rows_is_capped(folder: Path, bad: int, listed: int) -> None:
    lines = refusal(write(folder, *([b"{"] * bad))).splitlines()
    assert len(lines) == listed
    assert (lines[-1] == f"and {bad - 20} more bad rows") == (bad > 20)


def test_long_value_is_shortened(folder: Path) -> None:
    assert len(refusal(write(folder, {**GOOD, "answers": "x" * 10_000}))) < 500 + len(str(folder))


def test_bad_rows_are_left_out_and_reported_as_asked(folder: Path) -> None:
    path = write(folder, {**GOOD, "id": 1}, GOOD, b"{", GOOD, {**GOOD, "id": "2"})
    met: list[BadRow] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # who gets a report needs no warning
        records = read_records(path, on_error="skip", report=met.append)
    assert [record.id for record in records] == ["1", "2"]
    assert [(bad.path, bad.where) for bad in met] == [(path, 1), (path, 3), (path, 4)]
    assert str(met[2]) == f"{path}:4: the id '1' was used before: give each row its own"


def test_bad_rows_are_never_left_out_in_silence(folder: Path) -> None:
    path = write(folder, b"{", GOOD)
    with pytest.warns(UserWarning, match=r"left out 1 bad rows:\n.*records\.jsonl:1: not JSON"):
        (record,) = read_records(path, on_error="skip")
    assert record.id == "1"


def test_reports_also_come_before_the_error(folder: Path) -> None:
    met: list[BadRow] = []
    with pytest.raises(ValueError, match="not JSON"):
        read_records(write(folder, b"{", b"["), report=met.append)
    assert [bad.where for bad in met] == [1, 2]


def test_other_ways_to_meet_errors_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="'raise' or 'skip', not 'ignore'"):
        read_records(write(folder, GOOD), on_error="ignore")  # type: ignore[arg-type]


def a_record(folder: Path, **changes: object) -> Record:
    return dataclasses.replace(
        Record("1", folder / "images/a.png", "What\u2028time?", ("九点", "9:41"), "look-up"), **changes
    )


def test_written_records_are_read_back_as_they_were(folder: Path) -> None:
    records = [
        a_record(folder),
        a_record(
            folder,
            id="2",
            answers=(),
            bbox=(0, 0, 9, 9),
            boxes=((0, 0, 1, 1), (8, 8, 9, 9)),
            source="rico",
            licence="CC0",
            history=(("a", "b"), ("c", "d")),
        ),
    ]
    for path in (folder / "records.jsonl", folder / "elsewhere" / "deep" / "records.jsonl"):
        write_records(path, records)
        assert read_records(path) == records


def test_written_images_are_relative_with_forward_slashes(folder: Path) -> None:
    write_records(folder / "sub" / "records.jsonl", [a_record(folder)])
    row = json.loads((folder / "sub" / "records.jsonl").read_text(encoding="utf-8"))
    assert row == {
        "id": "1",
        "image": "../images/a.png",
        "question": "What\u2028time?",
        "answers": ["九点", "9:41"],
        "type": "look-up",
    }


def test_a_file_that_could_not_be_finished_leaves_the_old_one(folder: Path) -> None:
    path = folder / "records.jsonl"
    write_records(path, [a_record(folder)])
    before = path.read_bytes()
    with pytest.raises(ValueError, match="two records have the id '7'"):
        write_records(path, [a_record(folder, id="7"), a_record(folder, id="7")])
    assert path.read_bytes() == before
    assert sorted(file.name for file in folder.iterdir()) == ["images", "records.jsonl"]
