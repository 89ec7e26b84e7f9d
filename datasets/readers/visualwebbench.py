"""VisualWebBench: seven tasks on screenshots of websites, from reading a heading to choosing what to tap.

Source: the data card of huggingface.co/datasets/visualwebbench/VisualWebBench and `run.py`, `utils/prompts.py` and
`utils/eval_utils.py` of github.com/VisualWebBench/VisualWebBench. Each task is a folder with a Parquet file; all have
`id`, `task_type`, `website`, `image` ({"bytes", "path"}), `image_size` and `answer`, and besides:

- `webqa`: `question`; several answers;
- `element_ocr`: `bbox`, shares of the image, drawn in red; `elem_desc`;
- `element_ground`, `action_ground`: `raw_image`, `options` (boxes, drawn with letters), `elem_desc` or `instruction`;
  the answer is the option's number, from 0;
- `action_prediction`: `bbox`, `options` (texts), `elem_desc`; the answer is the option's number.

The questions are worded here, shorter than the authors' prompts, which also tell the format of the answer. Parquet is
read with pyarrow.
"""

import io
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import four_numbers, read_each, whole_box
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import BBox, Rows, is_file, shown, text_of, texts_of, value_of, write_whole

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ROWS_AT_ONCE = 8  # a screenshot takes a megabyte
_CHOICE = ("choice_accuracy",)
_GROUND = ("element_ground", "action_ground")

CARD = Card(
    name="visualwebbench",
    what="Captions, headings, questions, text in boxes, and multiple choice of elements and actions on web pages.",
    size="1.5 K questions on 139 websites, 1.2 GB",
    licence="Apache-2.0",
    how_to_get="Download the repository; path=its folder. Screenshots are unpacked to images, or its folder images.",
    metrics=("rouge_l",),
    citation="Liu et al., VisualWebBench: How Far Have Multimodal LLMs Evolved in Web Page Understanding and "
    "Grounding?, arXiv:2404.05955",
    url="https://huggingface.co/datasets/visualwebbench/VisualWebBench",
    type_metrics={
        "webqa": ("token_f1", "exact_match"),
        "element_ground": _CHOICE,
        "action_ground": _CHOICE,
        "action_prediction": _CHOICE,
    },
)


def read(path: Path, images: Path | None) -> Rows[Record]:
    """All tasks below `path`, in order. Screenshots are unpacked to `images`, or `path`/images, if not yet there."""
    files = sorted(path.rglob("*.parquet"))
    if not files:
        raise FileNotFoundError(f"no Parquet file in or below {path}")
    for file in files:
        yield from read_each(file, _rows(file), partial(_parse, images or path / "images"))


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    from pyarrow.parquet import ParquetFile  # 55 MB that only this needs

    number = 0
    with ParquetFile(file) as table:
        for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield f"row {number}", row
                number += 1


def _parse(folder: Path, _: str, row: dict[str, Any]) -> Iterator[Record]:
    task = text_of(row, "task_type")
    if task not in _QUESTIONS:
        raise ValueError(f"no task {task!r}: it is one of {', '.join(_QUESTIONS)}")
    image, size = _unpack(row, folder)
    yield Record(
        id=text_of(row, "id"),
        image=image,
        question=_QUESTIONS[task](row),
        answers=_answers(row, task),
        type=task,
        bbox=_box(value_of(row, "options")[_chosen(row)], size) if task in _GROUND else None,
        source=CARD.name,
        licence=CARD.licence,
    )


def _unpack(row: dict[str, Any], folder: Path) -> tuple[Path, tuple[int, int]]:
    name = text_of(row, "id")
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"the id {name!r} is no name for a file")
    data = value_of(row, "image")
    if not isinstance(data, dict) or not isinstance(data.get("bytes"), bytes):
        raise ValueError(f"'image' has bytes, not {shown(data)}")
    try:
        with Image.open(io.BytesIO(data["bytes"])) as opened:
            size, ending = opened.size, str(opened.format).lower()
    except OSError as error:
        raise ValueError(f"'image' is not an image: {error}") from error
    file = Path(os.path.abspath(folder / f"{name}.{ending}"))
    if not is_file(file):
        write_whole(file, [data["bytes"]])
    return file, size


def _answers(row: dict[str, Any], task: str) -> tuple[str, ...]:
    if CARD.metrics_of(task) == _CHOICE:
        return (_LETTERS[_chosen(row)],)
    return texts_of(row, "answer") if task == "webqa" else (text_of(row, "answer"),)


def _chosen(row: dict[str, Any]) -> int:
    number, options = value_of(row, "answer"), value_of(row, "options")
    if not isinstance(options, list) or not 0 < len(options) <= len(_LETTERS):
        raise ValueError(f"'options' is a list of up to {len(_LETTERS)}, not {shown(options)}")
    if not isinstance(number, int) or not 0 <= number < len(options):
        raise ValueError(f"'answer' is the number of one of {len(options)} options, not {shown(number)}")
    return number


def _box(edges: object, size: tuple[int, int]) -> BBox:
    """Shares of the image where none is above 1, else pixels: the authors' code has both."""
    numbers = four_numbers(edges)
    return whole_box(numbers, size, size if max(numbers) <= 1 else (1, 1))


def _listed(row: dict[str, Any]) -> str:
    return "\n".join(f"{letter}. {option}" for letter, option in zip(_LETTERS, texts_of(row, "options"), strict=False))


_QUESTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "web_caption": lambda row: "What would this web page's meta description say?",
    "heading_ocr": lambda row: "What is the heading of this web page?",
    "webqa": lambda row: text_of(row, "question"),
    "element_ocr": lambda row: "What does the text in the red box say?",
    "element_ground": lambda row: f"Which letter marks this: {text_of(row, 'elem_desc')}?",
    "action_ground": lambda row: f"Which letter marks what to tap to do this: {text_of(row, 'instruction')}?",
    "action_prediction": lambda row: f"Which page opens on tapping the red box? Answer with a letter.\n{_listed(row)}",
}
