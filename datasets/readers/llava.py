"""LLaVA's conversations: several turns about an image, written by a language model or by one's own people.

Source: `docs/Finetune_Custom_Data.md` of github.com/haotian-liu/LLaVA. A file is a JSON list of `{"id", "image",
"conversations": [{"from": "human", "value": "<image>\\nWhat is this?"}, {"from": "gpt", "value": "..."}, ...]}`.
`<image>` stands where the image comes, at the start or the end of the first turn; in records the image is first.
Each answer becomes a record, with the turns before it as its history. Samples without an image are left out, as some
mixtures have talk about nothing seen. Ids are not unique in LLaVA's own files: places in the file take their stead.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import entries, find_image, numbered, read_each
from pocketvlm.datasets.records import Record, Turn
from pocketvlm.datasets.rows import Rows, as_object, shown, text_of, value_of

_IMAGE = "<image>"

CARD = Card(
    name="llava",
    what="Conversations, descriptions and reasoning about photos of COCO; or any file in the form of LLaVA's.",
    size="LLaVA-Instruct-150K: 158 K samples on 81 K photos",
    licence="CC-BY-4.0, and OpenAI's terms of use, as GPT-4 wrote it",
    how_to_get="Download llava_instruct_150k.json and COCO's train2017; path=the file, images=the images' folder.",
    metrics=("rouge_l",),
    citation="Liu et al., Visual Instruction Tuning, arXiv:2304.08485",
    url="https://huggingface.co/datasets/liuhaotian/LLaVA-Instruct-150K",
)


def read(path: Path, images: Path | None) -> Rows[Record]:
    return read_each(path, entries(path), partial(_parse, path, [images or path.parent]))


def _parse(path: Path, folders: list[Path], where: str, entry: Any) -> Iterator[Record]:
    sample = as_object(entry)
    if sample.get("image") is None:
        return
    image = find_image(text_of(sample, "image"), folders)
    turns = _turns(sample)
    for number, (question, answer) in enumerate(turns):
        yield Record(
            id=f"{numbered(path, where)}-{number}",
            image=image,
            question=question,
            answers=(answer,),
            type="conversation",
            source=CARD.name,
            licence=CARD.licence,
            history=tuple(turns[:number]),
        )


def _turns(sample: dict[str, Any]) -> list[Turn]:
    said = value_of(sample, "conversations")
    if not isinstance(said, list) or not said or len(said) % 2:
        raise ValueError(f"'conversations' is a list of questions, each with its answer, not {shown(said)}")
    texts = []
    for number, message in enumerate(map(as_object, said)):
        speaker = ("human", "gpt")[number % 2]
        if message.get("from") != speaker:
            raise ValueError(f"human and gpt take turns; message {number} is from {shown(message.get('from'))}")
        texts.append(text_of({"value": text_of(message, "value").replace(_IMAGE, "").strip()}, "value"))
    return list(zip(texts[::2], texts[1::2], strict=True))
