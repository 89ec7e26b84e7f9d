"""One question about one image, and the file of them that every data set is brought into."""

import json
import os
from collections.abc import Iterable, Iterator
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
    is_file,
    keep_good,
    lines,
    optional_text,
    parse_json,
    shown,
    text_of,
    texts_of,
    write_whole,
)

Turn: TypeAlias = tuple[str, str]  # what was asked, and what was answered


@dataclass(frozen=True)
class Record:
    """A question, the image it is about, and every answer that counts as right."""

    id: str  # unique in its file
    image: Path  # absolute
    question: str
    answers: tuple[
        str, ...
    ]  # at least one, or none if the answer is a place; `metrics.NO_ANSWER` if the image does not tell
    type: str  # of question, as its data set calls it
    bbox: BBox | None = None  # where the answer stands: x1, y1, x2, y2 in pixels of the image, x2 and y2 exclusive
    boxes: tuple[BBox, ...] = ()  # its parts, where the answer stands in several places; `bbox` then bounds them all
    source: str | None = None  # the data set it comes from
    licence: str | None = None  # of the question and the image, or of the stricter of the two
    history: tuple[Turn, ...] = ()  # of the same conversation, oldest first, where the question follows on from it

    @property
    def places(self) -> tuple[BBox, ...]:
        """Every box where the answer stands; empty if none is known."""
        return self.boxes or (() if self.bbox is None else (self.bbox,))


def read_records(path: str | Path, *, on_error: OnError = "raise", report: Report | None = None) -> list[Record]:
    """Read a JSONL file with one record a line, its images named relative to the file's folder.

    A line is `{"id", "image", "question", "answers": [...], "type", "bbox": [x1, y1, x2, y2], "boxes": [[...], ...],
    "source", "licence", "history": [[question, answer], ...]}`; from `bbox` on, keys may be absent or null. Other keys
    are ignored, and so are blank lines.

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


def write_records(path: str | Path, records: Iterable[Record]) -> None:
    """Write `records` to a JSONL file that `read_records` reads back as they are.

    The file appears whole or not at all: it is written under another name first. Images are not copied; they are named
    relative to the file's folder, so that file and images can move together.

    Raises:
        OSError: the file cannot be written.
        ValueError: two records have one id, or an image lies on another drive than the file.
    """
    path = Path(path).absolute()
    write_whole(path, _lines(records, path.parent))


def _lines(records: Iterable[Record], folder: Path) -> Iterator[bytes]:
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise ValueError(f"two records have the id {record.id!r}: give each its own")
        seen.add(record.id)
        yield json.dumps(_row(record, folder), ensure_ascii=False).encode() + b"\n"


def _row(record: Record, folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": record.id,
        "image": Path(os.path.relpath(record.image, folder)).as_posix(),
        "question": record.question,
        "answers": record.answers,
        "type": record.type,
    }
    rest = ("bbox", "boxes", "source", "licence", "history")
    return row | {key: getattr(record, key) for key in rest if getattr(record, key)}


def _rows(path: Path) -> Rows[Record]:
    for number, line in lines(path):
        try:
            yield path, number, _parse(line, path.parent)
        except ValueError as error:
            yield path, number, error


def _parse(line: bytes, folder: Path) -> Record:
    row = as_object(parse_json(line))
    boxes = _boxes(row)
    return Record(
        id=text_of(row, "id"),
        image=_image(row, folder),
        question=text_of(row, "question"),
        answers=() if row.get("answers") == [] and (row.get("bbox") or boxes) else texts_of(row, "answers"),
        type=text_of(row, "type"),
        bbox=None if row.get("bbox") is None else bbox_of(row["bbox"]),
        boxes=boxes,
        source=optional_text(row, "source"),
        licence=optional_text(row, "licence"),
        history=_history(row),
    )


def _image(row: dict[str, Any], folder: Path) -> Path:
    image = Path(os.path.normpath(folder / text_of(row, "image")))  # so that what was written is what is read
    if not is_file(image):
        raise ValueError(f"no image file {str(image)!r}: its path is relative to the folder of this file")
    return image


def _boxes(row: dict[str, Any]) -> tuple[BBox, ...]:
    boxes = row.get("boxes")
    if boxes is not None and not isinstance(boxes, list):
        raise ValueError(f"'boxes' is a list of boxes, not {shown(boxes)}")
    return tuple(bbox_of(box, "boxes") for box in boxes or [])


def _history(row: dict[str, Any]) -> tuple[Turn, ...]:
    turns = row.get("history") or []
    if not isinstance(turns, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(text, str) for text in turn) for turn in turns
    ):
        raise ValueError(f"'history' is a list of pairs of texts, question and answer, not {shown(turns)}")
    return tuple((asked, answered) for asked, answered in turns)
