"""The folder of one evaluation: what was answered so far, so that a kill loses nothing and counts nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pocketvlm.datasets.predictions import Prediction, append_predictions, read_predictions, write_predictions
from pocketvlm.datasets.rows import write_whole
from pocketvlm.errors import OptionError

PREDICTIONS, TIMINGS, IDENTITY = "predictions.jsonl", "timings.jsonl", "run.json"


@dataclass(frozen=True)
class Timing:
    """Seconds of the answer to the record of that id, reading the picture included."""

    id: str
    ttft_s: float
    total_s: float


@dataclass(frozen=True)
class Answered:
    """What a model said to one record, and what that took."""

    prediction: Prediction
    timing: Timing


class RunFolder:
    """Answers on disk. Timings stand in a file of their own, so that predictions are the same bytes in every run."""

    def __init__(self, folder: Path, predictions: dict[str, Prediction], timings: dict[str, Timing]) -> None:
        self.path = folder
        self.predictions = predictions
        self.timings = timings

    @classmethod
    def open(cls, folder: str | Path, identity: Mapping[str, Any]) -> RunFolder:
        """The run in a folder that was begun, or a new one.

        Args:
            folder: made if need be.
            identity: what answers depend on; a run goes on only with the same.
        Raises:
            OptionError: the folder holds another run, or its files are damaged.
            OSError: it cannot be read or written.
        """
        folder = Path(folder)
        known = folder / IDENTITY
        if known.exists():
            _check_same(folder, json.loads(known.read_text(encoding="utf-8")), dict(identity))
        elif (folder / PREDICTIONS).exists():
            raise OptionError(f"{folder} holds predictions that are not of an evaluation: give another folder")
        else:
            write_whole(known, [json.dumps(dict(identity), indent=2).encode() + b"\n"])
        run = cls(folder, *read_run(folder))
        # A timing is written before its prediction: one without is of an answer that was cut off, and is dropped here.
        run._write(run.predictions.values())
        return run

    def add(self, answered: Sequence[Answered]) -> None:
        """Write answers down, at the end of what is there."""
        with (self.path / TIMINGS).open("ab") as file:
            file.write(b"".join(_line(one.timing) for one in answered))
        append_predictions(self.path / PREDICTIONS, [one.prediction for one in answered])
        self.predictions |= {one.prediction.id: one.prediction for one in answered}
        self.timings |= {one.timing.id: one.timing for one in answered}

    def sort(self, ids: Iterable[str]) -> None:
        """Bring the files in the order of `ids`, whatever order the answers came in."""
        self._write([self.predictions[id] for id in ids if id in self.predictions])

    def _write(self, predictions: Iterable[Prediction]) -> None:
        self.predictions = {one.id: one for one in predictions}
        self.timings = {id: self.timings[id] for id in self.predictions if id in self.timings}
        write_predictions(self.path / PREDICTIONS, self.predictions.values())
        write_whole(self.path / TIMINGS, map(_line, self.timings.values()))


def read_run(folder: Path) -> tuple[dict[str, Prediction], dict[str, Timing]]:
    """The predictions and timings of a folder by id; a last line that was cut off does not count.

    Raises:
        OptionError: a file is damaged.
    """
    predictions = _read_if_there(folder / PREDICTIONS, read_predictions)
    timings = _read_if_there(folder / TIMINGS, _read_timings)
    return {one.id: one for one in predictions}, {one.id: one for one in timings}


def _check_same(folder: Path, known: dict[str, Any], asked: dict[str, Any]) -> None:
    changed = [name for name in {**known, **asked} if known.get(name) != asked.get(name)]
    if changed:
        listed = ", ".join(f"{name} ({known.get(name)!r}, now {asked.get(name)!r})" for name in changed)
        raise OptionError(f"{folder} holds a run with another {listed}: give another folder")


def _read_if_there(path: Path, read: Callable[[Path], list[Any]]) -> list[Any]:
    if not path.exists():
        return []
    try:
        return read(path)
    except ValueError as error:
        raise OptionError(f"damaged: {str(error).splitlines()[0]}") from None


def _read_timings(path: Path) -> list[Timing]:
    whole = path.read_bytes().rpartition(b"\n")[0]
    try:
        return [Timing(**json.loads(line)) for line in whole.splitlines()]
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from None


def _line(timing: Timing) -> bytes:
    return json.dumps(asdict(timing)).encode() + b"\n"
