"""Rows of data files: what is said of a bad one, whether the rest go on, and the checks that every row needs."""

import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

BBox: TypeAlias = tuple[int, int, int, int]  # x1, y1, x2, y2 in pixels of the image, x2 and y2 exclusive
OnError: TypeAlias = Literal["raise", "skip"]

_MAX_LISTED = 20  # bad rows in one error: enough to see a pattern, few enough to read


@dataclass(frozen=True)
class BadRow:
    """A row that could not be read: in which file, where in it, and why."""

    path: Path
    where: int | str  # the line, from 1; in files that are not lines, what their readers count ("entry 3")
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.where}: {self.reason}"


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=HasId)
Rows: TypeAlias = Iterator[tuple[Path, int | str, Row | ValueError]]  # file, place in it, the row or what is wrong
Report: TypeAlias = Callable[[BadRow], object]


def keep_good(rows: Rows[Row], on_error: OnError, report: Report | None) -> list[Row]:
    """The good ones of `rows`, in order; an id that comes a second time makes a row bad.

    Args:
        rows: of one file or several.
        on_error: "raise" reads all rows, then raises one error; "skip" goes on without the bad ones.
        report: called with each bad row as it is met; if None and `on_error` is "skip", one warning lists them.
    Raises:
        ValueError: `on_error` is "raise" and rows are bad; lists the first 20 of them. Or `on_error` is neither.
    """
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error is 'raise' or 'skip', not {on_error!r}")
    good: dict[str, Row] = {}
    bad: list[BadRow] = []
    for path, where, row in rows:
        if not isinstance(row, ValueError):
            if row.id not in good:
                good[row.id] = row
                continue
            row = ValueError(f"the id {row.id!r} was used before: give each row its own")
        bad.append(BadRow(path, where, str(row)))
        if report is not None:
            report(bad[-1])
    if bad and on_error == "raise":
        raise ValueError(_listed(bad))
    if bad and report is None:
        warnings.warn(f"left out {len(bad)} bad rows:\n{_listed(bad)}", stacklevel=3)
    return list(good.values())


def _listed(bad: list[BadRow]) -> str:
    rest = len(bad) - _MAX_LISTED
    return "\n".join([*map(str, bad[:_MAX_LISTED]), *([f"and {rest} more bad rows"] if rest > 0 else [])])


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line numbers from 1, and the lines that are not blank; cut at \\n only, as JSON may hold other line ends."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, line


def parse_json(data: bytes) -> Any:
    """The value that `data` holds.

    Raises:
        ValueError: not UTF-8, or not JSON.
    """
    try:
        return json.loads(data.decode("utf-8-sig"))  # some editors begin the file with a byte order mark
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}: save the file as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to a file that appears whole or not at all: under another name first, then under its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.writelines(chunks)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def as_object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a row is a JSON object, not {shown(value)}")
    return value


def text_of(row: dict[str, Any], key: str) -> str:
    """The text under `key`, which is there and not blank."""
    value = value_of(row, key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is a text that is not empty, not {shown(value)}")
    return value


def optional_text(row: dict[str, Any], key: str) -> str | None:
    return None if row.get(key) is None else text_of(row, key)


def texts_of(row: dict[str, Any], key: str) -> tuple[str, ...]:
    """The list of texts under `key`: at least one, and none blank."""
    texts = row.get(key)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"{key!r} is a list of one or more texts that are not empty, not {shown(texts)}")
    return tuple(texts)


def value_of(row: dict[str, Any], key: str) -> Any:
    if key not in row:
        raise ValueError(f"no {key!r}: every row needs one")
    return row[key]


def bbox_of(value: object, name: str = "bbox") -> BBox:
    """`value` as a box, if it is four whole numbers that bound an area."""
    if not isinstance(value, list) or [type(edge) for edge in value] != [int] * 4:  # `type`, as True is an int too
        raise ValueError(f"{name!r} is four whole numbers x1, y1, x2, y2 in pixels, not {shown(value)}")
    x1, y1, x2, y2 = value
    if not (0 <= x1 < x2 and 0 <= y1 < y2):
        raise ValueError(f"{name!r} has 0 <= x1 < x2 and 0 <= y1 < y2, not {shown(value)}")
    return x1, y1, x2, y2


def is_file(path: Path) -> bool:
    return os.path.isfile(path)  # `Path.is_file` raises on a name that is too long


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 100 else text[:100] + "…"
