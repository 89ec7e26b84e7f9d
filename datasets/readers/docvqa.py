"""DocVQA (single page): questions about scanned letters, forms, tables and figures of industry.

Source: rrc.cvc.uab.es/?ch=17&com=tasks. `val_v1.0_withQT.json` (and train) is `{"dataset_name": "docvqa", "data":
[{"questionId", "question", "question_types", "image": "documents/<name>.png", "docId", "ucsf_document_id",
"ucsf_document_page_no", "answers", "data_split"}], ...}`; files without `QT` in their names lack `question_types`.
Today's archive of images, `spdocvqa_images`, has them without the folder `documents`.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import entries, find_image, read_each
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import Rows, as_object, is_file, text_of, texts_of, value_of

CARD = Card(
    name="docvqa",
    what="Questions about pages of the UCSF Industry Documents Library, typed or by hand; answers word for word.",
    size="50,000 questions on 12,767 pages: train 39,463, val 5,349; the answers of test are not public",
    licence="terms of the Robust Reading Competition's portal",
    how_to_get="Register at the page and download Task 1; path=val_v1.0_withQT.json, images=spdocvqa_images.",
    metrics=("anls",),
    citation="Mathew et al., DocVQA: A Dataset for VQA on Document Images, arXiv:2007.00398",
    url="https://rrc.cvc.uab.es/?ch=17",
)


def read(path: Path, images: Path | None) -> Rows[Record]:
    folders = (
        [images] if images else [path.parent, *(up / "spdocvqa_images" for up in (path.parent, path.parent.parent))]
    )
    return read_each(path, entries(path, "data"), partial(_parse, folders))


def _parse(folders: list[Path], _: str, entry: Any) -> Iterator[Record]:
    row = as_object(entry)
    name = text_of(row, "image")
    with_folder = any(is_file(folder / name) for folder in folders)
    yield Record(
        id=str(value_of(row, "questionId")),
        image=find_image(name if with_folder else name.rpartition("/")[2], folders),
        question=text_of(row, "question"),
        answers=texts_of(row, "answers"),
        type=" and ".join(texts_of(row, "question_types")) if row.get("question_types") else "docvqa",
        source=CARD.name,
        licence=CARD.licence,
    )
