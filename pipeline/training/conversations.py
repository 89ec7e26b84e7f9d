"""Conversations about an image as a language model learns them: ids, and which of them it is to say itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pocketvlm.datasets import readers
from pocketvlm.datasets.records import Record
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.prompt import Turn, encode_prompt

LLAVA = "llava"


@dataclass(frozen=True)
class Conversation:
    """An image and what was said about it: questions, each with its answer."""

    image: Path
    turns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Encoded:
    """A conversation in ids.

    Attributes:
        ids: -200 where the image stands.
        said: whether the assistant says that id: the answers and the ids that end them.
    """

    ids: list[int]
    said: list[bool]


def read_conversations(path: Path, images: Path | None) -> list[Conversation]:
    """The conversations of a JSON file in LLaVA's form.

    Args:
        images: the folder of its images; the file's own when None.
    Raises:
        FileNotFoundError: no such file.
        ValueError: rows that are not of that form.
    """
    return list(_whole(readers.open(LLAVA, path, images=images)))


def _whole(records: list[Record]) -> Iterable[Conversation]:
    """A record is an answer with the turns before it: the last one of a sample has them all."""
    for record, following in zip(records, [*records[1:], None], strict=True):
        if following is None or not following.history:
            yield Conversation(Path(record.image), (*record.history, (record.question, record.answers[0])))


def encode_conversation(tokenizer: Tokenizer, turns: Iterable[tuple[str, str]], end: int) -> Encoded:
    """Ids of a conversation with one image, laid out as it is when the model is asked.

    Args:
        end: the id that ends an answer.
    """
    before: list[Turn] = []
    ids: list[int] = []
    said: list[bool] = []
    for question, answer in turns:
        prompt = encode_prompt(tokenizer, None, 1, before, question)
        assert prompt[: len(ids)] == ids  # the template adds to what was said, as the cache relies on
        spoken = tokenizer.encode(answer)
        said += [False] * (len(prompt) - len(ids)) + [True] * (len(spoken) + 1)
        ids = [*prompt, *spoken, end]
        before.append(Turn(question, tuple(spoken)))
    return Encoded(ids, said)
