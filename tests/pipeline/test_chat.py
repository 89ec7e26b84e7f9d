"""Conversations about a picture that is only read, and about none: caching, trimming, what answers and errors tell."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

import pocketvlm
from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.chat import LANGUAGE_MODEL, SCREEN_TEXT
from pocketvlm.errors import BundleError
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM


def test_printed_answer_quotes_its_line_and_times_its_stages(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    answer = reading_vlm.ask(read_bank, "What's my balance?")
    assert answer.text == "£2,318.64"
    assert answer.finish_reason == "stop"
    assert [quote.text for quote in answer.quotes] == ["£2,318.64"]
    x1, y1, x2, y2 = answer.quotes[0].box
    assert 0 <= x1 < x2 <= read_bank.width
    assert 250 < y1 < y2 < 360  # the balance stands in the green head of the screen
    times = answer.timings
    assert times.image_decode_s == read_bank.image_decode_s
    assert times.total_s >= times.ttft_s >= times.image_decode_s + times.read_text_s + times.prefill_s > 0
    assert answer.peak_rss_bytes > 50_000_000
    with pytest.raises(FrozenInstanceError):
        answer.text = "else"  # type: ignore[misc]


def test_answer_is_json(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    answer = reading_vlm.ask(read_bank, "How much was Redline Gym?")
    value = json.loads(json.dumps(answer.to_dict()))
    assert value["text"] == answer.text
    assert value["tokens"]["prompt"] == value["tokens"]["cached"] + value["tokens"]["prefilled"]
    assert value["sources"] == [SCREEN_TEXT, LANGUAGE_MODEL]


def test_what_is_not_printed_is_not_invented(reading_vlm: PocketVLM) -> None:
    blank = np.full((400, 300, 3), 255, dtype=np.uint8)
    answer = reading_vlm.ask(blank, "What is the total?")
    assert answer.text == NOT_PRINTED
    assert answer.quotes == ()


def test_later_turns_prefill_only_their_own_tokens(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    chat = reading_vlm.chat(read_bank)
    first = chat.ask("What's my balance?").tokens
    second = chat.ask("And the overdraft?").tokens
    assert first.cached == len(reading_vlm._head._ids) > 0  # what all prompts begin with
    assert second.prompt - first.prompt == second.prefilled + first.answer
    assert second.cached == first.prompt + first.answer
    assert second.prefilled < 25


@pytest.mark.parametrize("free", [False, True])
def test_cached_turn_equals_the_same_conversation_computed_afresh(
    reading_vlm: PocketVLM, read_bank: Picture, free: bool
) -> None:
    """The same prediction, up to the int8 rounding of activations, whose kernels differ for one position and for many.

    The bound is the divergence that this rounding is allowed against the float model (benchmarks/nano_quality.py).
    """
    chat = reading_vlm.chat(read_bank)
    chat.ask("What's my balance?", free=free, max_new_tokens=8)
    prompt = chat._prompt("How much was the gym?").ids
    assert chat._plain.conversation.shared(prompt) > 0.9 * len(prompt)
    cached = chat._plain.conversation.feed(prompt)[0]
    fresh = reading_vlm.chat(read_bank)._plain.conversation.feed(prompt)[0]
    expected, found = (np.exp(part - np.logaddexp.reduce(part)) for part in (fresh, cached))
    assert float((expected * np.log(expected / found)).sum()) < 0.02


def test_worded_answers_stream_and_repeat_with_a_seed(vlm: PocketVLM) -> None:
    options = {"temperature": 0.8, "top_p": 0.9, "seed": 7, "max_new_tokens": 12}
    stream = vlm.chat().stream("Write a line about rain.", **options)
    pieces = list(stream)
    assert len(pieces) > 3
    assert "".join(pieces).strip() == stream.answer.text
    assert stream.answer.sources == (LANGUAGE_MODEL,)
    assert stream.answer.finish_reason == "length"
    assert stream.answer.tokens.answer == 12
    assert stream.answer.timings.decode_tok_per_s is not None
    assert vlm.chat().ask("Write a line about rain.", **options).text == stream.answer.text


def test_bundle_sets_the_repetition_penalty_that_a_question_leaves_open(vlm: PocketVLM) -> None:
    question = "What is the capital of France?"
    assert vlm.bundle.sampling_defaults == {"repetition_penalty": 1.1}
    left_open = vlm.chat().ask(question, max_new_tokens=24).text
    assert left_open == vlm.chat().ask(question, max_new_tokens=24, repetition_penalty=1.1).text
    assert left_open != vlm.chat().ask(question, max_new_tokens=24, repetition_penalty=1.0).text


def test_stop_text_ends_the_answer(vlm: PocketVLM) -> None:
    whole = vlm.chat().ask("Count from one to nine.", max_new_tokens=24).text
    stop = whole.split()[2]
    cut = vlm.chat().ask("Count from one to nine.", max_new_tokens=24, stop=(stop,))
    assert cut.finish_reason == "stop"
    assert cut.text == whole[: whole.index(stop)].strip()


def test_cancelled_answer_says_so_and_the_chat_goes_on(vlm: PocketVLM) -> None:
    chat = vlm.chat()
    stream = chat.stream("Tell me a long story.", max_new_tokens=50)
    for _ in stream:
        stream.cancel()
    assert stream.answer.finish_reason == "cancelled"
    assert stream.answer.tokens.answer < 50
    assert chat.ask("Go on.", max_new_tokens=2).tokens.cached > 0


def test_broken_off_answer_leaves_no_turn(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    chat = reading_vlm.chat(read_bank)
    for _ in chat.stream("Summarise this.", max_new_tokens=30):
        break
    asked, fresh = chat.ask("What's my balance?"), reading_vlm.ask(read_bank, "What's my balance?")
    assert asked.text == fresh.text
    assert asked.tokens.prompt == fresh.tokens.prompt


def test_reset_forgets_the_questions_and_keeps_the_picture(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    chat = reading_vlm.chat(read_bank)
    first = chat.ask("What's my balance?").tokens
    chat.ask("Who pays my salary?")
    chat.reset()
    again = chat.ask("What's my balance?").tokens
    assert again.prompt == first.prompt
    assert again.prefilled == 1  # the logits of the last position have to be computed


def test_full_context_leaves_out_the_least_useful_lines_and_says_so(reader: Path, read_bank: Picture) -> None:
    small = pocketvlm.load(reader, threads=2, context_length=250)
    chat = small.chat(read_bank)
    answer = chat.ask("How much was Redline Gym?")
    assert 0 < answer.trimmed_lines < len(read_bank.text.lines)
    shown = small.model.tokenizer.decode(chat._prompt("How much was Redline Gym?").ids)
    assert "Redline Gym" in shown
    assert answer.tokens.prompt + answer.tokens.answer <= 250


def test_question_too_long_for_the_context_is_an_error(reader: Path, read_bank: Picture) -> None:
    small = pocketvlm.load(reader, threads=2, context_length=120)
    with pytest.raises(pocketvlm.ContextError, match=r"takes \d+ tokens .* the model allows 56"):
        small.ask(read_bank, "why " * 100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1}, "temperature is -1"),
        ({"max_new_tokens": 0}, "max_new_tokens is 0"),
        ({"temprature": 1}, "no option temprature"),
        ({"top_k": "many"}, "top_k"),
    ],
)
def test_bad_options_are_named(vlm: PocketVLM, options: dict[str, object], message: str) -> None:
    with pytest.raises(pocketvlm.OptionError, match=message):
        vlm.chat().ask("Hello", **options)


def test_empty_question_is_an_error(vlm: PocketVLM) -> None:
    with pytest.raises(pocketvlm.OptionError, match="empty"):
        vlm.chat().ask("  ")


def test_load_names_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(pocketvlm.BundleError, match="no bundle at"):
        pocketvlm.load(tmp_path)
    with pytest.raises(pocketvlm.OptionError, match="threads is 0"):
        pocketvlm.load(threads=0)
    with pytest.raises(pocketvlm.OptionError, match="context_length is 9999999"):
        pocketvlm.load(context_length=9_999_999)


def test_a_bundle_without_a_parser_neither_parses_nor_points(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    assert read_bank.structure is None
    with pytest.raises(BundleError, match="no screen parser"):
        reading_vlm.parse(read_bank)
    with pytest.raises(BundleError, match="not taught to point"):
        reading_vlm.locate(read_bank, "Where do I pay?")
