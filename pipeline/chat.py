"""A conversation about pictures: every turn continues the same ids and the same cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from pocketvlm.answer import Answer, Box, Quote, Timings, TokenCounts
from pocketvlm.apps.screens.answering import NOT_PRINTED, find_answer, is_open_ended, is_verdict, wants_own_words
from pocketvlm.apps.screens.quoting import quoted_lines, repeated_lines
from pocketvlm.apps.screens.ranking import taught_ranker
from pocketvlm.apps.screens.spans import Span
from pocketvlm.cost.memory import peak_rss_bytes
from pocketvlm.errors import BundleError, ContextError, OptionError
from pocketvlm.judging import Judge
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.generation import Conversation, Generation, LanguageModel
from pocketvlm.llm_backbone.sampling import GenerationConfig
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.locating import MARK, is_reference, locate
from pocketvlm.naming import in_its_language, is_seen
from pocketvlm.picture import Picture
from pocketvlm.prompt import Turn, encode_prompt
from pocketvlm.shown import Shown
from pocketvlm.stating import told
from pocketvlm.streaming import AnswerStream
from pocketvlm.vision.reading_order import ScreenText, TextLine

SCREEN_TEXT, ELEMENTS, IMAGE, LANGUAGE_MODEL = "screen text", "screen elements", "image", "language model"
PLAIN, TAUGHT = "plain", "taught"  # the voices of a chat: the model alone, and with what it was taught
ANSWER_ROOM = 64  # tokens kept free for an answer when the picture's lines fill the context
JUDGED_TOKENS = 48  # of a text; with the blank question in place of a shorter one, still within that room
ROUNDING = 1e-3  # nats; one row alone is computed in another order than among others
ANY_QUESTION = "What does it say?"  # stands in for the question when the model judges a text without knowing it

Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class _Voice:
    """One way to answer: a conversation with its own cache, and what its prompts show of the picture."""

    conversation: Conversation
    shown: Shown | None
    image_tokens: tuple[np.ndarray, ...]  # (M, D) each


class Chat:
    """What was asked and answered so far about a picture.

    A turn joins the chat when its answer is complete or was cancelled; one that fails or is broken off leaves the chat
    as it was. One turn runs at a time.
    """

    def __init__(
        self,
        model: LanguageModel,
        pictures: Sequence[Picture] = (),
        defaults: dict[str, Any] | None = None,
        adapter: Adapter | None = None,
        begun: Mapping[str, Conversation] | None = None,
    ) -> None:
        """
        Args:
            model: shared by all chats.
            pictures: what the chat is about, if anything: at most one with text, any number with image tokens.
            defaults: the bundle's own `GenerationConfig` fields, for the options that a question leaves open.
            adapter: what the model was taught about parsed screens; used for a picture that was parsed.
            begun: conversations of an earlier chat about the same pictures (`conversations`), to go on with.
        """
        self.pictures = tuple(pictures)
        self._model = model
        self._defaults = defaults or {}
        self._text: ScreenText | None = next((picture.text for picture in pictures if picture.text), None)
        parsed = next((picture.structure for picture in pictures if picture.structure is not None), None)
        self._structure = parsed if adapter is not None else None
        tokens = tuple(p.image_tokens[0] for p in pictures if p.image_tokens is not None)  # (M, D) each
        shown = Shown.of_text(self._text) if self._text else None
        begun = begun or {}
        # Where an adapter was taught to see, the model alone was not.
        self._plain = _voice(model, shown, () if self._structure else tokens, None, begun.get(PLAIN))
        self._taught = None
        if self._structure:
            screen = Shown.of_structure(self._structure)
            self._taught = _voice(model, screen, tokens, adapter, begun.get(TAUGHT))
        self._turns: list[Turn] = []
        self._unclocked = self.pictures  # until the first answer, which counts the pictures' reading as its own

    @property
    def conversations(self) -> dict[str, Conversation]:
        """What was computed so far, for another chat about the same pictures once this one is over."""
        voices = {PLAIN: self._plain, TAUGHT: self._taught}
        return {name: voice.conversation for name, voice in voices.items() if voice is not None}

    def ask(self, question: str, *, free: bool = False, **options: Any) -> Answer:
        """Answer a question.

        Where a picture was parsed, the model answers as it was taught about screens: in a few words, with a place
        where one is asked for; a question about the state of one control, such as "Is Wi-Fi on?", by its structure.
        Where one was only read, the answer is a piece of what it prints, or that it is not there. A request such as
        "summarise this", and any question in a chat without such a picture, is worded freely.

        Args:
            question: what is asked.
            free: let the language model word the answer in any case.
            options: fields of `GenerationConfig` for an answer that the model words: max_new_tokens, stop, ignore_eos,
                temperature, top_k, top_p, min_p, repetition_penalty, seed. Greedy unless given; the bundle may differ.
        Raises:
            OptionError: an option is unknown or out of its range, or the question is empty.
            ContextError: the question does not fit the model's context even without the picture's lines.
        """
        return self.stream(question, free=free, **options).answer

    def stream(self, question: str, *, free: bool = False, **options: Any) -> AnswerStream:
        """The same, piece by piece; what the model was taught to say comes in one piece."""
        config = _config({**self._defaults, **options})
        _check(question)
        question = question.strip()
        if self._taught is not None and not free and not wants_own_words(question):
            taught = _taught_config(options)
            return AnswerStream(lambda cancelled: self._seen(question, taught, cancelled))
        worded = free or self._text is None or is_open_ended(question) or self._taught is not None
        answer = self._worded if worded else self._printed
        return AnswerStream(lambda cancelled: answer(question, config, cancelled))

    def locate(self, question: str) -> Answer:
        """Point at what a question asks for; `Answer.box` is None where it is not on the screen.

        Raises:
            OptionError: the question is empty.
            BundleError: the chat has no picture whose controls were recognised.
            ContextError: as for `ask`.
        """
        _check(question)
        if self._taught is None:
            raise BundleError("this chat has no picture whose controls were recognised: use a bundle with a parser")
        return AnswerStream(lambda cancelled: self._seen(question.strip(), _taught_config({}), cancelled, MARK)).answer

    def reset(self) -> None:
        """Forget the questions so far; the pictures and what is computed for it stay."""
        self._turns.clear()

    def _seen(
        self, question: str, config: GenerationConfig, cancelled: Cancelled, opening: str = ""
    ) -> Iterator[str | Answer]:
        """Answer about a parsed screen.

        Args:
            opening: how the answer begins, where it is to be a place; the model goes on from there.
        """
        assert self._taught is not None
        assert self._structure is not None
        turn = self._clock()
        state = None if opening or config.ignore_eos or cancelled() else told(self._structure, question)
        if state is not None:
            yield from self._told(question, state, turn)
            return
        prompt, generation = self._say(question, config, cancelled, opening)
        place, found = None, None
        if generation.finish_reason != "cancelled":
            if opening or is_reference(generation.text, self._text.text if self._text else ""):
                place = locate(self._structure, generation.text, question)
                generation = replace(generation, text=place.text)
            elif found := self._surer(question, prompt, generation):
                generation = replace(generation, text=found.text, token_ids=self._ids_of(found.text))
            else:
                generation = replace(generation, text=in_its_language(question, generation.text, self._lines()))
        turn.first_piece()
        if generation.text:
            yield generation.text
        self._finish(Turn(question, generation.token_ids))
        lines: list[TextLine] = []
        if found is not None:
            lines = self._lines_of(found)
        elif place is None:
            lines = repeated_lines(generation.text, self._lines())
        sources = self._sources(self._taught)
        yield turn.answer(generation, sources, lines, prompt.trimmed_lines, place.box if place else None)

    def _told(self, question: str, state: str, turn: _TurnRecord) -> Iterator[str | Answer]:
        """Answer with a state that the structure tells; the language model sees the turn when the next is asked."""
        assert self._taught is not None
        turn.first_piece()
        yield state
        ids = self._ids_of(state)
        self._finish(Turn(question, ids))
        sources = tuple(source for source in self._sources(self._taught) if source in (SCREEN_TEXT, ELEMENTS))
        generation = Generation(state, ids, "stop", prefill_tokens=0, cached_tokens=0, prefill_s=0.0)
        yield turn.answer(generation, sources, repeated_lines(state, self._lines()), trimmed_lines=0)

    def _say(
        self, question: str, config: GenerationConfig, cancelled: Cancelled, opening: str = ""
    ) -> tuple[_Prompt, Generation]:
        """What the taught model itself answers, and the prompt before it; arguments as for `_seen`."""
        assert self._taught is not None
        prompt = self._prompt(question, self._taught)
        opened = self._model.tokenizer.encode(opening)
        *_, last = self._taught.conversation.stream([*prompt.ids, *opened], config, cancelled=cancelled)
        assert isinstance(last, Generation)
        return prompt, replace(last, text=f"{opening}{last.text}", token_ids=(*opened, *last.token_ids))

    def _surer(self, question: str, prompt: _Prompt, generation: Generation) -> Span | None:
        """A printed piece that is the better answer, where the model is not sure of its own; None where it is."""
        if self._text is None or generation.finish_reason != "stop":
            return None
        if is_verdict(generation.text) or is_seen(generation.text, self._text.lines):
            return None
        ranker = taught_ranker()
        (own,) = self._likelihood(prompt, [generation.text])
        if own >= ranker.sure:
            return None
        return find_answer(
            self._text,
            question,
            lambda texts: self._likelihood(prompt, texts),
            ranker,
            lambda texts: self._likelihood_at_most(prompt, texts),
        )

    def _likelihood(self, prompt: _Prompt, texts: list[str]) -> list[float]:
        """Log probability (nats) of each text as the taught model's whole answer, as far as it is judged."""
        assert self._taught is not None
        end = min(self._model.eos_token_ids)
        ids = [[*self._ids_of(text)[:JUDGED_TOKENS], end] for text in texts]
        return [self._taught.conversation.log_probability(prompt.ids, one) for one in ids]

    def _likelihood_at_most(self, prompt: _Prompt, texts: list[str]) -> list[float]:
        """What `_likelihood` will not exceed: the log probability (nats) of each text's first token, from one run."""
        assert self._taught is not None
        first = self._taught.conversation.next_log_probabilities(list(prompt.ids))
        return [float(first[self._ids_of(text)[0]]) + ROUNDING for text in texts]

    def _ids_of(self, text: str) -> tuple[int, ...]:
        return tuple(self._model.tokenizer.encode(text)[:ANSWER_ROOM])

    def taught_answer(self, question: str, texts: Callable[[str], list[str]]) -> tuple[str, list[float]]:
        """What the taught model itself says, before anything printed takes its place; a place as a reference.

        Args:
            texts: given the answer, texts to judge.
        Returns:
            The answer, and the log probability (nats) of each text as the whole answer.
        """
        prompt, generation = self._say(question, _taught_config({}), lambda: False)
        return generation.text, self._likelihood(prompt, texts(generation.text))

    def _worded(self, question: str, config: GenerationConfig, cancelled: Cancelled) -> Iterator[str | Answer]:
        turn = self._clock()
        prompt = self._prompt(question)
        for piece in self._plain.conversation.stream(prompt.ids, config, cancelled=cancelled):
            if isinstance(piece, Generation):
                generation = piece
            else:
                turn.first_piece()
                yield piece
        self._finish(Turn(question, generation.token_ids))
        lines = quoted_lines(generation.text, self._lines())
        yield turn.answer(generation, self._sources(self._plain), lines, prompt.trimmed_lines)

    def _printed(self, question: str, config: GenerationConfig, cancelled: Cancelled) -> Iterator[str | Answer]:
        assert self._text is not None
        turn = self._clock()
        prompt = self._prompt(question)
        judge = self._judge(prompt, cancelled)
        found = find_answer(self._text, question, judge)
        if cancelled():
            found, text, reason = None, "", "cancelled"
        else:
            text, reason = found.text if found else NOT_PRINTED, "stop"
        ids = self._ids_of(text)
        turn.first_piece()
        if text:
            yield text
        self._plain.conversation.feed([*prompt.ids, *ids])  # so that the next turn finds this one in the cache
        self._finish(Turn(question, ids))
        sources = (SCREEN_TEXT, LANGUAGE_MODEL)  # printed on the one, chosen by the other
        generation = Generation(
            text, ids, reason, len(prompt.ids) - judge.cached_tokens, judge.cached_tokens, judge.prefill_s
        )
        lines = self._lines_of(found) if found else []
        yield turn.answer(generation, sources, lines, prompt.trimmed_lines)

    def _sources(self, voice: _Voice) -> tuple[str, ...]:
        seen = {
            SCREEN_TEXT: self._text is not None,
            ELEMENTS: voice.shown is not None and voice.shown.parsed,
            IMAGE: bool(voice.image_tokens),
            LANGUAGE_MODEL: True,
        }
        return tuple(source for source, used in seen.items() if used)

    def _clock(self) -> _TurnRecord:
        return _TurnRecord(self._unclocked, any(picture.cached for picture in self.pictures), self._cache_bytes)

    def _cache_bytes(self) -> int:
        return sum(conversation.cache.nbytes for conversation in self.conversations.values())

    def _finish(self, turn: Turn) -> None:
        self._turns.append(turn)
        self._unclocked = ()

    def judge(self, question: str, texts: list[str]) -> list[float]:
        """How much likelier the model finds each text as the answer once it knows the question, in nats."""
        return self._judge(self._prompt(question), lambda: False)(texts)

    def _judge(self, prompt: _Prompt, cancelled: Cancelled) -> Judge:
        blank = self._ids(self._plain, prompt.rows, ANY_QUESTION)
        return Judge(self._plain.conversation, prompt.ids, blank, JUDGED_TOKENS, cancelled)

    def _lines(self) -> tuple[TextLine, ...]:
        return self._text.lines if self._text else ()

    def _lines_of(self, span: Span) -> list[TextLine]:
        lines = self._lines()
        return [lines[number] for number in span.lines]

    def _prompt(self, question: str, voice: _Voice | None = None) -> _Prompt:
        """The conversation up to a question; rows that do not fit are left out, the least useful first.

        Args:
            voice: whose; the plain one when None.
        """
        voice = voice or self._plain
        limit = self._model.context_length - ANSWER_ROOM
        prompt = self._encoded(voice, None, question)
        if voice.shown is not None and voice.shown.texts and len(prompt.ids) > limit:
            room = limit - len(self._encoded(voice, (), question).ids)
            prompt = self._encoded(voice, voice.shown.useful(self._model.tokenizer, question, room), question)
        if len(prompt.ids) > limit:
            raise ContextError(
                f"the question takes {len(prompt.ids)} tokens with what was said before, the model allows {limit}: "
                "ask a shorter one, or forget the earlier ones with reset()"
            )
        return prompt

    def _encoded(self, voice: _Voice, kept: Collection[int] | None, question: str) -> _Prompt:
        """The prompt with the rows of some numbers; None for all of them."""
        rows = None if voice.shown is None else voice.shown.rows(kept)
        left_out = 0 if voice.shown is None else voice.shown.left_out(kept)
        return _Prompt(self._ids(voice, rows, question), rows, left_out)

    def _ids(self, voice: _Voice, rows: list[str] | None, question: str) -> list[int]:
        counts = [len(tokens) for tokens in voice.image_tokens]
        parsed = voice.shown is not None and voice.shown.parsed
        ids = encode_prompt(self._model.tokenizer, rows, len(counts), self._turns, question, parsed=parsed)
        return splice_ids(ids, counts, self._model.decoder.config.vocab_size)


def _voice(
    model: LanguageModel,
    shown: Shown | None,
    image_tokens: tuple[np.ndarray, ...],
    adapter: Adapter | None,
    begun: Conversation | None,
) -> _Voice:
    rows = np.concatenate(image_tokens) if image_tokens else None  # (R, D)
    conversation = Conversation(model, rows, adapter) if begun is None else begun.seeing(rows)
    return _Voice(conversation, shown, image_tokens)


@dataclass(frozen=True)
class _Prompt:
    """Ids of a conversation up to the answer, the rows of the picture in it, and how many lines had to be left out."""

    ids: list[int]
    rows: list[str] | None
    trimmed_lines: int


class _TurnRecord:
    """Clocks one turn and makes its `Answer`; the first turn counts the pictures' taking in as its own."""

    def __init__(self, pictures: Sequence[Picture], cached: bool, cache_bytes: Callable[[], int]) -> None:
        self._pictures, self._cached, self._cache_bytes = pictures, cached, cache_bytes
        self._started = time.perf_counter() - sum(picture.total_s for picture in pictures)
        self._first: float | None = None

    def first_piece(self) -> None:
        """Call at every piece of text; the first one counts."""
        self._first = self._first or time.perf_counter()

    def answer(
        self,
        generation: Generation,
        sources: tuple[str, ...],
        lines: Sequence[TextLine],
        trimmed_lines: int,
        box: Box | None = None,
    ) -> Answer:
        ended = time.perf_counter()
        prompt = generation.prefill_tokens + generation.cached_tokens
        return Answer(
            text=generation.text.strip(),
            finish_reason=generation.finish_reason,
            sources=sources,
            quotes=tuple(Quote(line.text, line.box) for line in lines),
            trimmed_lines=trimmed_lines,
            tokens=TokenCounts(prompt, generation.cached_tokens, generation.prefill_tokens, len(generation.token_ids)),
            timings=Timings(
                image_decode_s=sum(picture.image_decode_s for picture in self._pictures),
                read_text_s=sum(picture.read_text_s for picture in self._pictures),
                encode_s=sum(picture.encode_s for picture in self._pictures),
                parse_s=sum(picture.parse_s for picture in self._pictures),
                project_s=sum(picture.project_s for picture in self._pictures),
                prefill_s=generation.prefill_s,
                ttft_s=(self._first or ended) - self._started,
                decode_tok_per_s=generation.decode_tok_per_s,
                total_s=ended - self._started,
            ),
            peak_rss_bytes=peak_rss_bytes(),
            point=None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2),
            box=box,
            picture_cached=self._cached,
            cache_bytes=self._cache_bytes(),
        )


def _check(question: str) -> None:
    if not question.strip():
        raise OptionError("the question is empty; ask something")


def _taught_config(options: dict[str, Any]) -> GenerationConfig:
    """Short, as was taught, and without the bundle's defaults, which are for free wording: a penalty spoils quotes."""
    return _config({"max_new_tokens": ANSWER_ROOM, **options})


def _config(options: dict[str, Any]) -> GenerationConfig:
    known = [field.name for field in fields(GenerationConfig)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise OptionError(f"no option {', '.join(unknown)}; there are free, {', '.join(known)}")
    try:
        return GenerationConfig(**options)
    except ValueError as error:
        raise OptionError(str(error)) from None
    except TypeError as error:
        raise OptionError(f"an option is of the wrong type in {options}: {error}") from None
