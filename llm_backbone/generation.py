"""The decoding loop: from a conversation's ids to streamed text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.llm_backbone.lookup_decoding import Account, DraftedSteps, Lookup
from pocketvlm.llm_backbone.sampling import GenerationConfig, Sampler
from pocketvlm.llm_backbone.tokenizer import TextStream, Tokenizer

Choose = Callable[[np.ndarray], int]  # (V,) logits to a token id


@dataclass(frozen=True)
class Generation:
    """What a decoding loop did.

    Attributes:
        text: the whole answer, without the stop text.
        token_ids: the ids chosen, without the end-of-turn one.
        finish_reason: "stop" (end of turn or stop text), "length" (token or context limit) or "cancelled".
        prefill_tokens: positions computed before the first token of the answer.
        cached_tokens: positions of the prompt that an earlier turn had already computed.
        prefill_s: seconds from the loop's start to the first token's logits.
        decode_steps, decode_s: tokens of the answer after the first, the one that ended it included, and the seconds
            that they took; what the caller does between two pieces does not count.
        drafted_tokens, accepted_tokens: tokens that were guessed from what stands before, and how many of those held.
    """

    text: str
    token_ids: tuple[int, ...]
    finish_reason: str
    prefill_tokens: int
    cached_tokens: int
    prefill_s: float
    decode_steps: int = 0
    decode_s: float = 0.0
    drafted_tokens: int = 0
    accepted_tokens: int = 0

    @property
    def decode_tok_per_s(self) -> float | None:
        """Tokens a second after the first; None where there is none."""
        return self.decode_steps / self.decode_s if self.decode_steps else None


@dataclass(frozen=True)
class LanguageModel:
    """What a conversation needs of a bundle.

    Attributes:
        decoder: the two graphs.
        tokenizer: text to ids, with the bundle's chat template.
        eos_token_ids: the ids that end a turn.
        context_length: positions that prompt and answer may take together, at most the decoder's own limit.
        drafts: what drafting gained and lost so far.
    """

    decoder: Decoder
    tokenizer: Tokenizer
    eos_token_ids: frozenset[int]
    context_length: int
    drafts: Account = field(default_factory=Account)


class Conversation:
    """The ids computed so far and their cache: a prompt that continues them costs only its new tail."""

    def __init__(
        self, model: LanguageModel, image_tokens: np.ndarray | None = None, adapter: Adapter | None = None
    ) -> None:
        """
        Args:
            model: shared by all conversations.
            image_tokens: (R, D) float32, the rows that ids from the vocabulary's end on stand for (`splice_ids`).
            adapter: what the model was taught for conversations of this kind; shared as well.
        Raises:
            ValueError: the adapter does not fit the model.
        """
        if adapter is not None:
            model.decoder.check_adapter(adapter)
        self.model = model
        self.cache: KVCache = model.decoder.new_cache()
        self._image_tokens = image_tokens
        self._adapter = adapter
        self._ids: list[int] = []

    def shared(self, input_ids: list[int]) -> int:
        """How many positions of a prompt are in the cache. At least one is left to compute, for its logits."""
        limit = min(len(self._ids), len(input_ids) - 1)
        return next((i for i in range(limit) if self._ids[i] != input_ids[i]), max(limit, 0))

    def feed(self, input_ids: list[int], num_logits: int = 1) -> np.ndarray:
        """Make the cache hold exactly this prompt, computing only what it does not share.

        Args:
            input_ids: the whole prompt, from its first token.
            num_logits: for how many of the last positions logits are wanted; those are computed anew.
        Returns:
            (num_logits, V) float32.
        Raises:
            ValueError: the prompt is empty or longer than the model's context, or num_logits does not fit it.
        """
        if not input_ids:
            raise ValueError("the prompt is empty")
        if len(input_ids) > self.model.context_length:
            raise ValueError(f"{len(input_ids)} positions exceed the model's context of {self.model.context_length}")
        if not 1 <= num_logits <= len(input_ids):
            raise ValueError(f"num_logits is {num_logits}; a prompt of {len(input_ids)} tokens allows 1 to that many")
        start = min(self.shared(input_ids), len(input_ids) - num_logits)
        self.cache.length = start
        del self._ids[start:]
        embeds = self.model.decoder.embed(input_ids[start:], self._image_tokens)
        logits = self.model.decoder.decode(embeds, self.cache, num_logits, self._adapter)
        self._ids = list(input_ids)
        return logits

    def log_probability(self, input_ids: list[int], continuation_ids: list[int]) -> float:
        """How likely the model finds a continuation of a prompt: the sum of its tokens' log probabilities (nats)."""
        logits = self.feed([*input_ids, *continuation_ids], len(continuation_ids) + 1)[:-1]
        return float(_log_softmax(logits)[np.arange(len(continuation_ids)), continuation_ids].sum())

    def next_log_probabilities(self, input_ids: list[int]) -> np.ndarray:
        """How likely the model finds each token of the vocabulary next after a prompt, in nats: (V,) float64."""
        following: np.ndarray = _log_softmax(self.feed(input_ids))[0]
        return following

    def append(self, token_id: int) -> np.ndarray:
        """Add one token; returns the logits of what follows, (V,) float32."""
        return self.extend([token_id])[0]

    def extend(self, token_ids: list[int]) -> np.ndarray:
        """Add tokens in one run; returns the logits of what follows each of them, (count, V) float32."""
        embeds = self.model.decoder.embed(token_ids)
        logits = self.model.decoder.decode(embeds, self.cache, len(token_ids), self._adapter)
        self._ids += token_ids
        return logits

    def seeing(self, image_tokens: np.ndarray | None) -> Conversation:
        """The same, about a picture: (R, D) rows, or none; for one that has come no further than the prompt's head."""
        self._image_tokens = image_tokens
        return self

    def continue_from(self, other: Conversation) -> None:
        """Take over all that another conversation of the same model and adapter holds; that one stays as it is."""
        self.cache.copy_from(other.cache, other.length)
        self._ids = list(other._ids)

    def truncate(self, length: int) -> list[int]:
        """Forget the positions from `length` on; returns their ids."""
        forgotten = self._ids[length:]
        self.cache.length = min(length, len(self._ids))
        del self._ids[length:]
        return forgotten

    @property
    def length(self) -> int:
        """Positions that the cache holds."""
        return len(self._ids)

    def stream(
        self,
        input_ids: list[int],
        config: GenerationConfig,
        choose: Choose | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[str | Generation]:
        """Answer a prompt: pieces of text as they become certain, and the `Generation` last.

        Args:
            input_ids: the whole prompt, from its first token.
            config: limits and sampling.
            choose: takes the place of the sampler (constrained decoding).
            cancelled: asked before every token; true ends the answer. Dropping the iterator ends it too.
        """
        started = time.perf_counter()
        cached = self.shared(input_ids)
        logits = self.feed(input_ids)[0]
        prefill_s = time.perf_counter() - started
        room = min(config.max_new_tokens, self.model.context_length - len(input_ids))
        steps = self._steps(input_ids, logits, config, choose, room)
        decode_steps, decode_s = -1, 0.0  # the first token is the prefill's
        answer = _AnswerText(self.model.tokenizer, config.stop)
        ids: list[int] = []
        reason = "length"
        while len(ids) < room:
            if cancelled is not None and cancelled():
                reason = "cancelled"
                break
            began = time.perf_counter()
            token = steps.next()
            decode_steps, decode_s = decode_steps + 1, decode_s + (time.perf_counter() - began if ids else 0.0)
            if token in self.model.eos_token_ids and not config.ignore_eos:
                reason = "stop"
                break
            ids.append(token)
            yield from answer.add(token)
            if answer.stopped:
                reason = "stop"
                break
        steps.close()
        yield from answer.finish()
        counts = (len(input_ids) - cached, cached, prefill_s, max(decode_steps, 0), decode_s)
        yield Generation(answer.text, tuple(ids), reason, *counts, steps.drafted, steps.accepted)

    def _steps(
        self, input_ids: list[int], logits: np.ndarray, config: GenerationConfig, choose: Choose | None, room: int
    ) -> PlainSteps | DraftedSteps:
        """Drafts are for greedy choice alone: what is drawn at random, or chosen by someone else, is left untouched."""
        sampler = Sampler(config)
        if choose is not None or config.temperature > 0 or not config.lookup or room < 2:
            return PlainSteps(self, logits, choose or sampler.choose)
        lookup = Lookup(input_ids, self.model.decoder.config.vocab_size)

        def ends(token: int) -> bool:
            return token in self.model.eos_token_ids and not config.ignore_eos

        agree = self.model.decoder.rows_agree
        return DraftedSteps(self, logits, sampler, lookup, self.model.drafts, room, ends, agree)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    """(N, V) logits to log probabilities in nats, float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    normalised: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normalised


class PlainSteps:
    """The tokens of one answer, a run of the decoder for each."""

    drafted = accepted = 0

    def __init__(self, conversation: Conversation, logits: np.ndarray, choose: Choose) -> None:
        """
        Args:
            logits: (V,), what follows the conversation as it is.
        """
        self._conversation, self._choose = conversation, choose
        self._logits: np.ndarray | None = logits
        self._last = -1

    def next(self) -> int:
        """The next token of the answer."""
        if self._logits is None:
            self._logits = self._conversation.append(self._last)
        self._last = self._choose(self._logits)
        self._logits = None
        return self._last

    def close(self) -> None:
        """Nothing is held back."""


class _AnswerText:
    """Text that may still turn into a stop text is held back until it cannot."""

    def __init__(self, tokenizer: Tokenizer, stop: tuple[str, ...]) -> None:
        self._stream = TextStream(tokenizer)
        self._stop = stop
        self._held = ""
        self.text = ""
        self.stopped = False

    def add(self, token_id: int) -> Iterator[str]:
        self._held += self._stream.add(token_id)
        cut = min((at for at in map(self._held.find, self._stop) if at >= 0), default=None)
        if cut is not None:
            self.stopped = True
            self._held = self._held[:cut]
            return
        yield from self._release(len(self._held) - self._possible_stop())

    def finish(self) -> Iterator[str]:
        yield from self._release(len(self._held))

    def _possible_stop(self) -> int:
        """Length of the held text's longest end that begins a stop text."""
        longest = max((len(stop) - 1 for stop in self._stop), default=0)
        ends = (n for n in range(min(longest, len(self._held)), 0, -1))
        return next((n for n in ends if any(stop.startswith(self._held[-n:]) for stop in self._stop)), 0)

    def _release(self, count: int) -> Iterator[str]:
        piece, self._held = self._held[:count], self._held[count:]
        if piece:
            self.text += piece
            yield piece
