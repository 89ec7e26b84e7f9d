"""What the language model is told: the picture's lines, the questions and answers so far, the question."""

from __future__ import annotations

from dataclasses import dataclass

from pocketvlm.llm_backbone.tokenizer import Message, Tokenizer

ABOUT_PICTURE = "You answer questions about a picture from the text that is printed in it."
NOTHING_PRINTED = "(no text)"


@dataclass(frozen=True)
class Turn:
    """A question that was answered; the answer as the ids that the cache holds."""

    question: str
    answer_ids: tuple[int, ...]


def encode_prompt(tokenizer: Tokenizer, rows: list[str] | None, turns: list[Turn], question: str) -> list[int]:
    """Ids of a conversation up to the assistant's next turn.

    The picture comes before everything that changes from question to question, so that all share its cache.

    Args:
        rows: the picture's text, a row each, in reading order; None for a conversation without a picture.
        turns: what was asked and answered before.
        question: what is asked now.
    """
    asked = [*(turn.question for turn in turns), question]
    messages: list[Message] = []
    if rows is not None:
        messages.append({"role": "system", "content": ABOUT_PICTURE})
        # What a picture prints is the person's material and stands in their turn, never in the system's.
        asked[0] = f"{_shown(rows)}\n\n{asked[0]}"
    for text, turn in zip(asked, turns, strict=False):
        messages.append({"role": "user", "content": text})
        messages.append({"role": "assistant", "content": list(turn.answer_ids)})
    messages.append({"role": "user", "content": asked[-1]})
    return tokenizer.encode_chat(messages)


def _shown(rows: list[str]) -> str:
    return "\n".join(rows) or NOTHING_PRINTED
