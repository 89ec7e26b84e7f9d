"""Predictions: a file that grows, that survives being cut off anywhere, and says what is wrong with its rows."""

import json
from pathlib import Path

import pytest

from pocketvlm.datasets.predictions import Prediction, append_predictions, read_predictions, write_predictions

SOME = [
    Prediction("1", "9:41"),
    Prediction("2", "", point=(3.5, 7.0)),
    Prediction("3", "设置\u2028“开”", bbox=(1, 2, 3, 4)),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "predictions.jsonl"


def test_written_predictions_are_read_back_as_they_were(path: Path) -> None:
    write_predictions(path, SOME)
    assert read_predictions(path) == SOME
    write_predictions(path, SOME[:1])
    assert read_predictions(path) == SOME[:1]


def test_rows_hold_what_is_known_and_no_more(path: Path) -> None:
    write_predictions(path, SOME[:2])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [{"id": "1", "answer": "9:41"}, {"id": "2", "answer": "", "point": [3.5, 7.0]}]


def test_appended_predictions_follow(path: Path) -> None:
    append_predictions(path, SOME[:1])
    append_predictions(path, [])
    append_predictions(path, SOME[1:])
    assert read_predictions(path) == SOME


def test_cut_anywhere_the_file_gives_whole_rows_and_grows_again(path: Path) -> None:
    write_predictions(path, SOME)
    whole = path.read_bytes()
    ends = [end for end in range(len(whole)) if whole[:end].endswith(b"}")]  # a row less its line end is all there
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        there = sum(end <= size for end in ends)
        assert read_predictions(path) == SOME[:there]
        append_predictions(path, SOME[there:])
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"{", "not JSON"),
        (b"[1]", "JSON object"),
        ({"answer": "a"}, "no 'id'"),
        ({"id": 1, "answer": "a"}, "'id' is a text"),
        ({"id": "2"}, "no 'answer'"),
        ({"id": "2", "answer": None}, "'answer' is a text, not null"),
        ({"id": "2", "answer": "a", "point": [1]}, "'point' is two numbers"),
        ({"id": "2", "answer": "a", "point": [1, True]}, "'point' is two numbers"),
        (b'{"id": "2", "answer": "a", "point": [1, NaN]}', "'point' is two numbers"),
        ({"id": "2", "answer": "a", "bbox": [1, 2, 1, 4]}, "x1 < x2"),
        ({"id": "1", "answer": "a"}, "the id '1' was used before"),
    ],
)
def test_bad_row_is_named_with_file_line_and_reason(path: Path, row: object, says: str) -> None:
    line = row if isinstance(row, bytes) else json.dumps(row).encode()
    path.write_bytes(b'{"id": "1", "answer": "a"}\n' + line + b"\n")
    with pytest.raises(ValueError, match="predictions") as error:
        read_predictions(path)
    assert str(error.value).startswith(f"{path}:2: ")
    assert says in str(error.value)
    assert read_predictions(path, on_error="skip", report=lambda bad: None) == [Prediction("1", "a")]


def test_missing_file_is_an_os_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"predictions\.jsonl"):
        read_predictions(path)
