"""What a model answered to records, in a file that grows while it answers and outlives a kill."""

import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pocketvlm.datasets.rows import (
    BBox,
    OnError,
    Report,
    Rows,
    as_object,
    bbox_of,
    keep_good,
    lines,
    parse_json,
    shown,
    text_of,
    value_of,
    write_whole,
)

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Prediction:
    """A model's answer to the record of the same id."""

    id: str
    answer: str  # may be empty
    point: Point | None = None  # where it would tap: x, y in pixels of the image
    bbox: BBox | None = None  # where it says the answer stands: x1, y1, x2, y2 in pixels of the image


def read_predictions(
    path: str | Path, *, on_error: OnError = "raise", report: Report | None = None
) -> list[Prediction]:
    """Read a JSONL file of `{"id", "answer", "point": [x, y], "bbox": [x1, y1, x2, y2]}`; the last two may be absent.

    A last line that was cut off while it was written does not count: its record has no answer yet. Other keys are
    ignored, and so are blank lines.

    Args:
        path: the file.
        on_error: whether bad rows end the reading, once all of it was checked, or are left out.
        report: called with each bad row; if None and `on_error` is "skip", one warning lists them.
    Raises:
        OSError: the file cannot be read.
        ValueError: lists every bad row as `file:line: what is wrong`, the first 20 of them.
    """
    path = Path(path).absolute()
    return keep_good(_rows(path), on_error, report)


def append_predictions(path: str | Path, predictions: Iterable[Prediction]) -> None:
    """Add `predictions` at the end of the file, which is made if need be; a last line that was cut off goes first.

    They are on their way to the disk when this returns. One process at a time may append to a file.

    Raises:
        OSError: the file cannot be written.
    """
    _mend(Path(path))
    with open(path, "ab") as file:
        file.write(b"".join(_line(prediction) for prediction in predictions))


def write_predictions(path: str | Path, predictions: Iterable[Prediction]) -> None:
    """Write `predictions` to a file, in place of what it held; it appears whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(Path(path).absolute(), map(_line, predictions))


def _line(prediction: Prediction) -> bytes:
    row = {"id": prediction.id, "answer": prediction.answer, "point": prediction.point, "bbox": prediction.bbox}
    return json.dumps({key: row[key] for key in row if row[key] is not None}, ensure_ascii=False).encode() + b"\n"


def _mend(path: Path) -> None:
    """End the file with a whole line: a last line without its end is cut away, or ended if it is all there."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() == b"\n":
            return
        file.seek(0)
        data = file.read()
        start = data.rfind(b"\n") + 1
        if _is_whole(data[start:]):
            file.write(b"\n")
        else:
            file.truncate(start)


def _is_whole(tail: bytes) -> bool:
    try:
        return isinstance(parse_json(tail), dict)  # an object's bytes are JSON only once its last brace is there
    except ValueError:
        return False


def _rows(path: Path) -> Rows[Prediction]:
    for number, line in lines(path):
        if not line.endswith(b"\n") and not _is_whole(line):
            return  # it is the last one, and was cut off
        try:
            yield path, number, _parse(line)
        except ValueError as error:
            yield path, number, error


def _parse(line: bytes) -> Prediction:
    row = as_object(parse_json(line))
    answer = value_of(row, "answer")
    if not isinstance(answer, str):
        raise ValueError(f"'answer' is a text, not {shown(answer)}")
    bbox = None if row.get("bbox") is None else bbox_of(row["bbox"])
    return Prediction(id=text_of(row, "id"), answer=answer, point=_point(row), bbox=bbox)


def _point(row: dict[str, Any]) -> Point | None:
    point = row.get("point")
    if point is None:
        return None
    if not isinstance(point, list) or len(point) != 2 or not all(_is_number(value) for value in point):
        raise ValueError(f"'point' is two numbers x, y in pixels, not {shown(point)}")
    return float(point[0]), float(point[1])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
