"""One question about one image, and the file of them that every data set is brought into."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

BBox: TypeAlias = tuple[int, int, int, int]

_MAX_LISTED = 20  # bad rows in one error: enough to see a pattern, few enough to read


@dataclass(frozen=True)
class Record:
    """A question, the image it is about, and every answer that counts as right."""

    id: str  # unique in its file
    image: Path  # absolute
    question: str
    answers: tuple[str, ...]  # at least one; `metrics.NO_ANSWER` where the image does not tell
    type: str  # of question, as its data set calls it
    bbox: BBox | None = None  # where the answer stands: x1, y1, x2, y2 in pixels of the image, x2 and y2 exclusive


def read_records(path: str | Path) -> list[Record]:
    """Read a JSONL file with one record a line, its images named relative to the file's folder.

    A line is `{"id", "image", "question", "answers": [...], "type", "bbox": [x1, y1, x2, y2]}`; `bbox` may be absent or
    null. Other keys are ignored, and so are blank lines.

    Raises:
        OSError: the file cannot be read.
        ValueError: lists every bad row as `file:line: what is wrong`, the first 20 of them.
    """
    path = Path(path).absolute()
    records: dict[str, Record] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        try:
            record = _parse(line, path.parent)
            if record.id in records:
                raise ValueError(f"the id {record.id!r} was used before: give each record its own")
            records[record.id] = record
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}")
    if problems:
        raise ValueError("\n".join(_capped(problems)))
    return list(records.values())


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line numbers from 1, and the lines that are not blank; cut at \\n only, as JSON may hold other line ends."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def _capped(problems: list[str]) -> list[str]:
    rest = len(problems) - _MAX_LISTED
    return problems if rest <= 0 else [*problems[:_MAX_LISTED], f"and {rest} more bad rows"]


def _parse(line: bytes, folder: Path) -> Record:
    try:
        row = json.loads(line.decode("utf-8-sig"))  # some editors begin the file with a byte order mark
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}: save the file as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError(f"a row is a JSON object, not {_shown(row)}")
    return Record(
        id=_text(row, "id"),
        image=_image(row, folder),
        question=_text(row, "question"),
        answers=_answers(row),
        type=_text(row, "type"),
        bbox=_bbox(row),
    )


def _text(row: dict[str, Any], key: str) -> str:
    if key not in row:
        raise ValueError(f"no {key!r}: every row needs one")
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is a text that is not empty, not {_shown(value)}")
    return value


def _image(row: dict[str, Any], folder: Path) -> Path:
    image = folder / _text(row, "image")
    if not os.path.isfile(image):  # `Path.is_file` raises on a name that is too long
        raise ValueError(f"no image file {str(image)!r}: its path is relative to the folder of this file")
    return image


def _answers(row: dict[str, Any]) -> tuple[str, ...]:
    answers = row.get("answers")
    if not isinstance(answers, list) or not answers or not all(isinstance(a, str) and a.strip() for a in answers):
        raise ValueError(f"'answers' is a list of one or more texts that are not empty, not {_shown(answers)}")
    return tuple(answers)


def _bbox(row: dict[str, Any]) -> BBox | None:
    bbox = row.get("bbox")
    if bbox is None:
        return None
    if not isinstance(bbox, list) or [type(edge) for edge in bbox] != [int] * 4:  # `type`, as True is an int too
        raise ValueError(f"'bbox' is four whole numbers x1, y1, x2, y2 in pixels, not {_shown(bbox)}")
    x1, y1, x2, y2 = bbox
    if not (0 <= x1 < x2 and 0 <= y1 < y2):
        raise ValueError(f"'bbox' has 0 <= x1 < x2 and 0 <= y1 < y2, not {_shown(bbox)}")
    return x1, y1, x2, y2


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:100] + "…"
