"""What the language model is told: what the picture holds, the questions and answers so far, the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID, Message, Tokenizer

ABOUT_PICTURE = "You answer questions about a picture from the text that is printed in it."
ABOUT_SCREEN = "You answer questions about a screen from what is on it."
NOTHING_PRINTED = "(no text)"


@dataclass(frozen=True)
class Turn:
    """A question that was answered; the answer as the ids that the cache holds."""

    question: str
    answer_ids: tuple[int, ...]


def encode_prompt(
    tokenizer: Tokenizer,
    rows: Sequence[str] | None,
    images: int,
    turns: Sequence[Turn],
    question: str,
    *,
    parsed: bool = False,
) -> list[int]:
    """Ids of a conversation up to the assistant's next turn; -200 where an image stands.

    The pictures come before everything that changes from question to question, so that all share their cache. Where a
    screen was parsed, the question's ids do not depend on what stands before it: all questions about a screen share
    the ids up to there, in training as in answering.

    Args:
        rows: a picture's text, a row each, in reading order; None for a conversation in which none was read.
        images: how many images the conversation begins with, each on a line of its own as in LLaVA's prompts.
        turns: what was asked and answered before.
        question: what is asked now.
        parsed: the rows are a structure's (`vision.structure_text`), as an adapter was trained on.
    """
    contents: list[list[str | int]] = [[turn.question] for turn in turns]
    contents.append([question])
    messages: list[Message] = []
    if rows is not None:
        messages.append({"role": "system", "content": ABOUT_SCREEN if parsed else ABOUT_PICTURE})
        # What a picture prints is the person's material and stands in their turn, never in the system's.
        shown = f"{_shown(rows)}\n\n"
        contents[0] = [shown, *contents[0]] if parsed else [f"{shown}{contents[0][0]}"]
    marked: list[str | int] = [IMAGE_TOKEN_ID, "\n"]
    contents[0] = [*(marked * images), *contents[0]]
    for content, turn in zip(contents, turns, strict=False):
        messages.append({"role": "user", "content": content})
        messages.append({"role": "assistant", "content": list(turn.answer_ids)})
    messages.append({"role": "user", "content": contents[-1]})
    return tokenizer.encode_chat(messages)


def _shown(rows: Sequence[str]) -> str:
    return "\n".join(rows) or NOTHING_PRINTED
