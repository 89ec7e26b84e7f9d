"""TextVQA: questions about photos that take reading the text in them, each answered by ten people.

Source: textvqa.org/dataset. `TextVQA_0.5.1_val.json` (and train) is `{"data": [{"question_id", "image_id", "question",
"answers": [ten texts], "image_width", "image_height", "set_name", ...}], ...}`; images are `<image_id>.jpg`.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import entries, find_image, read_each
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import Rows, as_object, text_of, texts_of, value_of

CARD = Card(
    name="textvqa",
    what="Questions about signs, labels, screens and covers in photos; ten answers each, repetitions kept.",
    size="45,336 questions on 28,408 photos: train 34,602, val 5,000; the answers of test are not public; 7 GB",
    licence="CC-BY-4.0",
    how_to_get="Download TextVQA_0.5.1_val.json and the train and val images; path=the file, images=train_images.",
    metrics=("vqa_accuracy",),
    citation="Singh et al., Towards VQA Models That Can Read, arXiv:1904.08920",
    url="https://textvqa.org/dataset/",
)


def read(path: Path, images: Path | None) -> Rows[Record]:
    folders = (
        [images] if images else [path.parent / name for name in ("train_images", "train_val_images", "images", "")]
    )
    return read_each(path, entries(path, "data"), partial(_parse, folders))


def _parse(folders: list[Path], _: str, entry: Any) -> Iterator[Record]:
    row = as_object(entry)
    yield Record(
        id=str(value_of(row, "question_id")),
        image=find_image(f"{text_of(row, 'image_id')}.jpg", folders),
        question=text_of(row, "question"),
        answers=texts_of(row, "answers"),
        type="textvqa",
        source=CARD.name,
        licence=CARD.licence,
    )
