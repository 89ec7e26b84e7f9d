"""WebSRC: questions about segments of web pages, answered by a span of their text or by yes and no.

Source: the README of github.com/X-LANCE/WebSRC-Baseline. Each website is a folder `<domain>/<number>` with
`dataset.csv` (question, answer, element_id, answer_start, id) and `processed_data/<page>.png`, where the page is
`id[2:9]`. The page's metadata have a box for each element; where the screenshot lies in their frame is not said, so
that records have none.
"""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import find_image, read_each
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import Rows, text_of

CARD = Card(
    name="websrc",
    what="Questions about parts of web pages of 70 sites in 11 domains; the answer is printed there, or yes or no.",
    size="400 K questions on 6.4 K pages: train 307,315, dev 52,826; the answers of test are not public",
    licence="CC-BY-4.0",
    how_to_get="Download WebSRC v1.0 from the page; path=the folder with the domains, or one of them, or one website.",
    metrics=("token_f1", "exact_match"),
    citation="Chen et al., WebSRC: A Dataset for Web-Based Structural Reading Comprehension, arXiv:2101.09465",
    url="https://x-lance.github.io/WebSRC/",
)


def read(path: Path, images: Path | None) -> Rows[Record]:
    """All websites below `path`, in order."""
    if images is not None:
        raise ValueError("images of websrc lie in each website's processed_data: leave images out")
    files = sorted(path.rglob("dataset.csv"))
    if not files:
        raise FileNotFoundError(f"no dataset.csv in or below {path}")
    for file in files:
        yield from read_each(file, _lines(file), partial(_parse, file.parent / "processed_data"))


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened)
        for row in rows:
            yield rows.line_num, row


def _parse(folder: Path, _: str, row: dict[str, str]) -> Iterator[Record]:
    name = text_of(row, "id")
    yield Record(
        id=name,
        image=find_image(f"{name[2:9]}.png", [folder]),
        question=" ".join(text_of(row, "question").split()),
        answers=(text_of(row, "answer"),),
        type="yes/no" if text_of(row, "element_id").strip() == "-1" else "span",
        source=CARD.name,
        licence=CARD.licence,
    )
