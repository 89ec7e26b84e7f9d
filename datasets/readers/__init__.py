"""Readers of public data sets in the forms that their authors publish: one file each, its source and card in it.

records = readers.open("screenqa-short", "short_answers/test.json", images="combined")
"""

from collections.abc import Callable
from pathlib import Path

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers import (
    docvqa,
    llava,
    rico,
    screenqa,
    screenspot,
    textvqa,
    visualwebbench,
    websrc,
)
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import OnError, Report, Rows, keep_good

_READERS: tuple[tuple[Card, Callable[[Path, Path | None], Rows[Record]]], ...] = (
    (screenqa.SHORT, screenqa.read_short),
    (screenqa.LONG, screenqa.read_long),
    (screenqa.COMPLEX, screenqa.read_complex),
    (rico.CARD, rico.read),
    (screenspot.V1, screenspot.read_v1),
    (screenspot.V2, screenspot.read_v2),
    (websrc.CARD, websrc.read),
    (visualwebbench.CARD, visualwebbench.read),
    (textvqa.CARD, textvqa.read),
    (docvqa.CARD, docvqa.read),
    (llava.CARD, llava.read),
)


def cards() -> list[Card]:
    """The cards of all data sets that can be read, screens first."""
    return [card for card, _ in _READERS]


def card(name: str) -> Card:
    """The card of one data set.

    Raises:
        ValueError: there is none of that name; lists those that there are.
    """
    return _find(name)[0]


def open(
    name: str,
    path: str | Path,
    *,
    images: str | Path | None = None,
    on_error: OnError = "raise",
    report: Report | None = None,
) -> list[Record]:
    """The records of a data set that was downloaded.

    Args:
        name: as its card has it.
        path: its file or folder; its card's `how_to_get` says which.
        images: the folder of its images, if it is not where the archives put it.
        on_error: whether bad rows end the reading, once all of it was checked, or are left out.
        report: called with each bad row; if None and `on_error` is "skip", one warning lists them.
    Raises:
        OSError: a file cannot be read.
        ValueError: there is no data set of that name, its file has another form, or rows are bad; lists the first 20.
    """
    _, read = _find(name)
    rows = read(Path(path).absolute(), None if images is None else Path(images).absolute())
    return keep_good(rows, on_error, report)


def _find(name: str) -> tuple[Card, Callable[[Path, Path | None], Rows[Record]]]:
    for found, read in _READERS:
        if found.name == name:
            return found, read
    raise ValueError(f"no data set {name!r}: choose one of {', '.join(card.name for card in cards())}")
