"""Ask a model every question of a data set, on as many processors or machines as there are, and score the answers.

records = read_records("questions.jsonl")
run = evaluate("nano", records, "runs/nano")
report = make_report(records, run.predictions, run.timings)  # in pocketvlm.evaluation_report
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from pocketvlm import __version__
from pocketvlm.answer import Answer
from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.bundle import EMBEDDED, open_bundle
from pocketvlm.datasets.metrics.words import NO_ANSWER
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.scaling import spread
from pocketvlm.errors import ContextError, ImageError, PocketVLMError
from pocketvlm.picture import Picture
from pocketvlm.run_folder import Answered, RunFolder, Timing
from pocketvlm.vlm import PocketVLM, load


@dataclass(frozen=True)
class Unreadable:
    """A picture that cannot be asked about, and why."""

    image: Path
    reason: str


# Answers questions about one picture, which is read once for all of them.
Ask: TypeAlias = Callable[[Sequence[Record]], "list[Answered] | Unreadable"]
Progress: TypeAlias = Callable[[int, int], object]


@dataclass(frozen=True)
class BundleAnswers:
    """An `Ask` by a bundle, which each process loads when it first answers."""

    model: str
    threads: int | None = None
    free: bool = False

    def __call__(self, records: Sequence[Record]) -> list[Answered] | Unreadable:
        vlm = _loaded(self.model, self.threads)
        try:
            picture = vlm.read(records[0].image)
        except ImageError as error:
            return Unreadable(records[0].image, str(error))
        return [answer_record(vlm, picture, record, free=self.free) for record in records]


@lru_cache(maxsize=1)
def _loaded(model: str, threads: int | None) -> PocketVLM:
    return load(model, threads)


def answer_record(vlm: PocketVLM, picture: Picture, record: Record, *, free: bool = False) -> Answered:
    """Ask one question about a picture that was read; after the questions before it, where it follows on from some.

    That the screen does not say it becomes `NO_ANSWER`. A question that does not fit the context has an empty answer.
    """
    chat = vlm.chat(picture)
    try:
        for question, _ in record.history:
            chat.ask(question, free=free)
        answer = chat.ask(record.question, free=free)
    except ContextError:
        return Answered(Prediction(record.id, ""), Timing(record.id, picture.total_s, picture.total_s))
    timing = Timing(record.id, answer.timings.ttft_s, answer.timings.total_s)
    return Answered(prediction_of(record.id, answer), timing)


def prediction_of(id: str, answer: Answer) -> Prediction:
    """An answer as data sets score it; its place is what it points at, else that of the lines it repeats.

    The tap is where it points, else the middle of the first of those lines.
    """
    if answer.text == NOT_PRINTED:
        return Prediction(id, NO_ANSWER)
    if answer.box is not None:
        return Prediction(id, answer.text, point=answer.point, bbox=answer.box)
    if not answer.quotes:
        return Prediction(id, answer.text)
    boxes = [quote.box for quote in answer.quotes]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    x1, y1, x2, y2 = boxes[0]
    around = (min(lefts), min(tops), max(rights), max(bottoms))
    return Prediction(id, answer.text, point=((x1 + x2) / 2, (y1 + y2) / 2), bbox=around)


def evaluate(
    model: str | Path | Ask,
    records: Sequence[Record],
    out: str | Path,
    *,
    chosen: Sequence[Record] | None = None,
    free: bool = False,
    threads: int | None = None,
    processes: int = 1,
    ray: str | None = None,
    unreadable: Callable[[Unreadable], object] | None = None,
    progress: Progress | None = None,
) -> RunFolder:
    """Answer records and keep the answers in a folder; what it holds of an earlier run is not asked again.

    Args:
        model: "nano", the folder of a bundle, or anything that answers the records of one picture.
        records: the data set.
        out: the folder; ends with its predictions in the order of `records`, the same whoever answered them.
        chosen: those of `records` to answer; all when None.
        free: let the language model word every answer.
        threads: processor cores for each process; when None, all, shared out among the processes; one on Ray.
        processes, ray: as for `datasets.scaling.spread`.
        unreadable: told of each picture that cannot be read, whose questions are then left out; an error when None.
        progress: told how many questions are answered and how many there are.
    Raises:
        BundleError: the bundle cannot be loaded, or its weights are random.
        ImageError: a picture cannot be read.
        OptionError: the folder holds another run.
        PocketVLMError: workers die again and again, or there is no Ray.
    """
    if callable(model):
        ask = model
    else:
        place = model if model == EMBEDDED else Path(model).absolute()  # workers may have another folder as theirs
        ask = BundleAnswers(str(place), _share(threads, processes, ray), free)
    run = RunFolder.open(out, {**identity(model, free), "questions_sha256": fingerprint(records)})
    asked = records if chosen is None else chosen
    left = [record for record in asked if record.id not in run.predictions]
    keeper = _Keeper(run, len(asked) - len(left), len(asked), unreadable, progress)
    try:
        spread(ask, by_image(left), processes=processes, ray=ray, cores=threads or 1, done=keeper)
    except (ValueError, ModuleNotFoundError, ConnectionError, RuntimeError) as error:
        raise PocketVLMError(str(error)) from error
    finally:
        run.sort(record.id for record in records)
    return run


class _Keeper:
    """Writes answers down as they come, and tells how far it is."""

    def __init__(
        self,
        run: RunFolder,
        answered: int,
        total: int,
        unreadable: Callable[[Unreadable], object] | None,
        progress: Progress | None,
    ) -> None:
        self._run, self._answered, self._total = run, answered, total
        self._unreadable, self._progress = unreadable, progress
        self._tell()

    def __call__(self, answers: list[Answered] | Unreadable) -> None:
        if isinstance(answers, Unreadable):
            if self._unreadable is None:
                raise ImageError(answers.reason)
            self._unreadable(answers)
            return
        self._run.add(answers)
        self._answered += len(answers)
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._answered, self._total)


def by_image(records: Sequence[Record]) -> list[list[Record]]:
    """Records of one image together, images in the order in which they first come."""
    groups: defaultdict[Path, list[Record]] = defaultdict(list)
    for record in records:
        groups[record.image].append(record)
    return list(groups.values())


def identity(model: str | Path | Ask, free: bool) -> dict[str, Any]:
    """What answers depend on besides the questions.

    Raises:
        BundleError: the bundle is missing or damaged.
    """
    if callable(model):
        return {"model": getattr(model, "__qualname__", type(model).__qualname__)}
    bundle = open_bundle(model)
    manifest = hashlib.sha256((bundle.folder / "manifest.json").read_bytes()).hexdigest()  # lists every file's hash
    return {"model": bundle.name, "manifest_sha256": manifest, "pocketvlm": __version__, "free": free}


def fingerprint(records: Sequence[Record]) -> str:
    """The hash of what is asked, image files by name and size; gold answers may be corrected without asking again."""
    digest = hashlib.sha256()
    for record in records:
        image = (record.image.name, record.image.stat().st_size)
        digest.update(json.dumps([record.id, *image, record.question, record.history]).encode())
    return digest.hexdigest()


def _share(threads: int | None, processes: int, ray: str | None) -> int | None:
    if threads is not None:
        return threads
    if ray is not None:
        return 1
    return None if processes <= 1 else max(1, (os.cpu_count() or 1) // processes)
