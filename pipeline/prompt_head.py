"""The beginning that all prompts about pictures share, computed once, while the first picture is being read."""

from __future__ import annotations

import threading

from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel
from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID, Tokenizer
from pocketvlm.prompt import encode_prompt

UNLIKE = (("Alpha",), "Who?"), (("12",), "¿é?")  # rows and questions that share no token at their beginnings


class PromptHead:
    """Ids, and keys and values for them, that new conversations begin with; threads may share it."""

    def __init__(self, model: LanguageModel, input_ids: list[int], adapter: Adapter | None) -> None:
        """
        Args:
            input_ids: what all prompts begin with (`head_ids`).
            adapter: what the model was taught, where these prompts are for that.
        """
        self._model, self._ids, self._adapter = model, input_ids, adapter
        self._conversation: Conversation | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Compute it on another thread, unless that was done; returns at once."""
        if self._ids and self._conversation is None:
            threading.Thread(target=self._computed, name="prompt-head", daemon=True).start()

    def conversation(self) -> Conversation:
        """A new conversation that holds it; waits until it is computed."""
        new = Conversation(self._model, adapter=self._adapter)
        if self._ids:
            new.continue_from(self._computed())
        return new

    def _computed(self) -> Conversation:
        with self._lock:
            if self._conversation is None:
                conversation = Conversation(self._model, adapter=self._adapter)
                conversation.feed(self._ids)
                self._conversation = conversation
            return self._conversation


def head_ids(tokenizer: Tokenizer, images: int, *, reads: bool, parsed: bool, limit: int) -> list[int]:
    """The ids that prompts about any picture begin with.

    Args:
        images: how many images stand in the prompt.
        reads, parsed: whether it shows what was read or parsed, as for `encode_prompt`.
        limit: the most positions that may be taken.
    """
    prompts = [
        encode_prompt(tokenizer, rows if reads else None, images, (), question, parsed=parsed)
        for rows, question in UNLIKE
    ]
    pairs = zip(*prompts, strict=False)
    same = next((i for i, (a, b) in enumerate(pairs) if a != b or a == IMAGE_TOKEN_ID), 0)
    return prompts[0][: min(same, limit)]
