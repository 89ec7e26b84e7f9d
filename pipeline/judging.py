"""The language model as a judge of given texts, where generating one of its own would invent."""

from __future__ import annotations

import time
from collections.abc import Callable

from pocketvlm.llm_backbone.generation import Conversation


class Judge:
    """Says how much likelier the model finds texts as the answer once it knows the question.

    That is their pointwise mutual information with the question: what is likely anyway, such as a word that the
    picture repeats, gains nothing by it. (Holtzman et al., "Surface Form Competition", arXiv:2104.08315.)
    """

    def __init__(
        self,
        conversation: Conversation,
        prompt: list[int],
        blank: list[int],
        longest: int,
        cancelled: Callable[[], bool],
    ) -> None:
        """
        Args:
            conversation: its cache is used and changed.
            prompt: ids up to the answer.
            blank: the same with a question that says nothing.
            longest: tokens of a text that are judged; what follows is not.
            cancelled: asked before every text; once true, the rest get 0.
        """
        self._conversation = conversation
        self._prompt = prompt
        self._blank = blank
        self._longest = longest
        self._cancelled = cancelled
        self.cached_tokens = conversation.shared(prompt)
        self.prefill_s = 0.0

    def __call__(self, texts: list[str]) -> list[float]:
        """Log probability of each text after the prompt less that after the blank one, in nats."""
        encoded = [self._conversation.model.tokenizer.encode(text)[: self._longest] for text in texts]
        without, asked = (self._log_probabilities(prompt, encoded) for prompt in (self._blank, self._prompt))
        return [known - blank for known, blank in zip(asked, without, strict=True)]

    def _log_probabilities(self, prompt: list[int], texts: list[list[int]]) -> list[float]:
        started = time.perf_counter()
        self._conversation.feed(prompt)
        self.prefill_s += time.perf_counter() - started
        return [0.0 if self._cancelled() else self._conversation.log_probability(prompt, ids) for ids in texts]
