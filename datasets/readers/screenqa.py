"""ScreenQA: questions of people about screens of Android apps; answers short, long (with boxes) or worked out.

Source: the README of github.com/google-research-datasets/screen_qa. Each file is a JSON list of
`{"image_id", "question", "ground_truth"}`. `ground_truth` is a list of short answers (`short_answers/`, `complex_qa/`)
or, in `answers_and_bboxes/`, of what each rater gave: `{"full_answer", "ui_elements": [{"text", "bounds": [left, top,
right, bottom], "vh_index"}]}`, beside `image_width` and `image_height`. Images are Rico's: `combined/<image_id>.jpg`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import (
    around,
    entries,
    find_image,
    four_numbers,
    numbered,
    read_each,
    size_of,
    whole_box,
)
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import BBox, Rows, as_object, shown, text_of, texts_of, value_of

_URL = "https://github.com/google-research-datasets/screen_qa"
_IMAGES = "Images are Rico's (see its card): images=the folder combined, or put the file beside it."
_SCREENQA = "Hsiao et al., ScreenQA: Large-Scale Question-Answer Pairs over Mobile App Screenshots, arXiv:2209.08199"
_SCREENAI = "Baechler et al., ScreenAI: A Vision-Language Model for UI and Infographics Understanding, arXiv:2402.04615"

SHORT = Card(
    name="screenqa-short",
    what="Look-up questions of people about Android screens; every short way to say the answer, or <no answer>.",
    size="86 K questions on 35 K screens: train 68,951, validation 8,614, test 8,419",
    licence="CC-BY-4.0",
    how_to_get=f"git clone {_URL}; path=short_answers/test.json (or validation, train). {_IMAGES}",
    metrics=("token_f1", "exact_match"),
    citation=_SCREENQA,
    url=_URL,
)
LONG = Card(
    name="screenqa-long",
    what="The questions of screenqa-short, answered by people in full sentences, with the elements they read.",
    size=SHORT.size,
    licence="CC-BY-4.0",
    how_to_get=f"git clone {_URL}; path=answers_and_bboxes/test.json (or validation, train). {_IMAGES}",
    metrics=("rouge_l",),
    citation=_SCREENQA,
    url=_URL,
)
COMPLEX = Card(
    name="screenqa-complex",
    what="Counting, sums and comparisons over several parts of an Android screen, by a model, checked by people.",
    size="11,781 questions",
    licence="CC-BY-4.0",
    how_to_get=f"git clone {_URL}; path=complex_qa/data.json. {_IMAGES}",
    metrics=("token_f1", "exact_match"),
    citation=_SCREENAI,
    url=_URL,
)


def read_short(path: Path, images: Path | None) -> Rows[Record]:
    return _read(path, images, SHORT, "short")


def read_long(path: Path, images: Path | None) -> Rows[Record]:
    return _read(path, images, LONG, "long")


def read_complex(path: Path, images: Path | None) -> Rows[Record]:
    return _read(path, images, COMPLEX, "complex")


def _read(path: Path, images: Path | None, card: Card, kind: str) -> Rows[Record]:
    folders = [images] if images else [path.parent, path.parent / "combined", path.parent.parent / "combined"]

    def parse(where: str, entry: Any) -> Iterator[Record]:
        row = as_object(entry)
        image = find_image(f"{value_of(row, 'image_id')}.jpg", folders)
        answers, boxes = _said_by_raters(row, image) if kind == "long" else (texts_of(row, "ground_truth"), ())
        yield Record(
            id=numbered(path, where),
            image=image,
            question=text_of(row, "question"),
            answers=answers,
            type=kind,
            bbox=around(boxes),
            boxes=boxes,
            source=card.name,
            licence=card.licence,
        )

    return read_each(path, entries(path), parse)


def _said_by_raters(row: dict[str, Any], image: Path) -> tuple[tuple[str, ...], tuple[BBox, ...]]:
    """Each full answer once, and the boxes of the first rater who gave any: raters do not always mark the same."""
    given = value_of(row, "ground_truth")
    if not isinstance(given, list) or not given:
        raise ValueError(f"'ground_truth' is a list of one or more answers, not {shown(given)}")
    raters = [as_object(rater) for rater in given]
    answers = dict.fromkeys(text_of(rater, "full_answer") for rater in raters)
    marked: object = next((rater["ui_elements"] for rater in raters if rater.get("ui_elements")), [])
    if not isinstance(marked, list):
        raise ValueError(f"'ui_elements' is a list, not {shown(marked)}")
    size = size_of(image)
    drawn_on = (row.get("image_width", size[0]), row.get("image_height", size[1]))  # the first release lacks them
    if not all(isinstance(side, int) and side > 0 for side in drawn_on):
        raise ValueError(f"'image_width' and 'image_height' are pixels, not {shown(drawn_on)}")
    scale = (size[0] / drawn_on[0], size[1] / drawn_on[1])  # the images may have been made smaller since
    return tuple(answers), tuple(
        whole_box(four_numbers(value_of(as_object(one), "bounds")), size, scale) for one in marked
    )
