"""Conversations that share their prefix, and answers that stream."""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from transformers.convert_slow_tokenizer import bytes_to_unicode

from pocketvlm.llm_backbone.generation import Conversation, Generation, LanguageModel
from pocketvlm.llm_backbone.sampling import GenerationConfig

EOS = 2
PROMPT = [1, 50, 60, 70, 80]
# Cached and uncached prefills cut the rows differently; see OTHER_KERNEL in test_decoder.py.
OTHER_KERNEL = 3e-3


def ids_of(text: str | bytes) -> list[int]:
    """One id a byte (the tiny vocabulary lists them after 3 special tokens), so that every byte comes alone."""
    order = list(bytes_to_unicode())
    return [3 + order.index(byte) for byte in (text.encode() if isinstance(text, str) else text)]


def script(ids: Iterable[int]) -> Callable[[np.ndarray], int]:
    """A `choose` that plays some ids, whatever the logits say."""
    played = iter(ids)
    return lambda logits: next(played)


def answer(
    model: LanguageModel,
    text: str | bytes,
    stop: tuple[str, ...] = (),
    max_new_tokens: int = 400,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[list[str], Generation]:
    """The pieces and the outcome of an answer made of these bytes and an end of turn."""
    config = GenerationConfig(max_new_tokens=max_new_tokens, stop=stop)
    stream = Conversation(model).stream(PROMPT, config, script([*ids_of(text), EOS]), cancelled)
    *pieces, generation = stream
    assert isinstance(generation, Generation)
    assert all(isinstance(piece, str) and piece for piece in pieces)
    assert "".join(pieces) == generation.text
    return pieces, generation


# --- prefixes -------------------------------------------------------------------------------------------------------


def test_feed_shares_the_common_prefix(model: LanguageModel) -> None:
    conversation = Conversation(model)
    conversation.feed([5, 6, 7, 8])
    assert conversation.shared([5, 6, 7, 8, 9, 10]) == 4
    assert conversation.shared([5, 6, 9]) == 2
    assert conversation.shared([9]) == 0
    assert conversation.shared([5, 6, 7, 8]) == 3  # one is left to compute, for its logits
    conversation.feed([5, 6, 9])
    assert conversation.shared([5, 6, 7, 8]) == 2
    assert conversation.cache.length == 3


def test_cached_feed_equals_uncached(model: LanguageModel) -> None:
    random_ids = random.Random(0)
    conversation = Conversation(model)
    prompt: list[int] = []
    for _ in range(12):
        kept = random_ids.randint(0, len(prompt))
        prompt = prompt[:kept] + [random_ids.randrange(3, 269) for _ in range(random_ids.randint(1, 40))]
        cached, fresh = conversation.feed(prompt), Conversation(model).feed(prompt)
        assert conversation.cache.length == len(prompt)
        np.testing.assert_allclose(cached, fresh, atol=OTHER_KERNEL * 4 * np.abs(fresh).max())


def test_feed_gives_the_logits_asked_for(model: LanguageModel) -> None:
    prompt = list(range(10, 30))
    every = Conversation(model).feed(prompt, num_logits=20)
    conversation = Conversation(model)
    conversation.feed(prompt)
    assert every.shape == (20, model.decoder.config.vocab_size)
    last = conversation.feed(prompt, num_logits=6)  # all cached, yet six are wanted
    np.testing.assert_allclose(last, every[-6:], atol=OTHER_KERNEL * 4 * np.abs(every).max())


def test_feed_refuses_what_cannot_be(model: LanguageModel) -> None:
    conversation = Conversation(replace(model, context_length=8))
    conversation.feed([5, 6, 7])
    with pytest.raises(ValueError, match=r"^the prompt is empty$"):
        conversation.feed([])
    with pytest.raises(ValueError, match=r"^9 positions exceed the model's context of 8$"):
        conversation.feed([5] * 9)
    with pytest.raises(ValueError, match=r"^num_logits is 4; a prompt of 3 tokens allows 1 to that many$"):
        conversation.feed([5, 6, 7], num_logits=4)
    assert conversation.shared([5, 6, 7, 8]) == 3  # refusals leave the conversation as it was


def test_feed_that_fails_leaves_a_consistent_conversation(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = Conversation(model)
    conversation.feed([5, 6, 7, 8])

    def fails(*arguments: object) -> np.ndarray:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(model.decoder, "decode", fails)
        with pytest.raises(MemoryError):
            conversation.feed([5, 6, 9, 10])
    assert conversation.shared([5, 6, 7, 8, 9]) == conversation.cache.length == 2


def test_second_turn_costs_only_its_tail(model: LanguageModel) -> None:
    conversation = Conversation(model)
    *_, first = conversation.stream(PROMPT, GenerationConfig(), script([*ids_of("hello"), EOS]))
    follow_up = [*PROMPT, *first.token_ids, EOS, 90, 91]
    *_, second = conversation.stream(follow_up, GenerationConfig(), script([*ids_of("you"), EOS]))
    assert (first.prefill_tokens, first.cached_tokens) == (5, 0)
    assert (second.prefill_tokens, second.cached_tokens) == (3, 10)


# --- text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "你好，世界",
        "😀 and 👩‍👩‍👧‍👦 and 🇨🇭",
        "naïve café",
        "مرحبا",
        "a\ufffdb",
        "ends with \ufffd",
        "  two\n\nlines\t",
    ],
)
def test_pieces_are_whole_characters_and_make_the_text(model: LanguageModel, text: str) -> None:
    pieces, generation = answer(model, text)
    assert generation.text == text
    assert generation.finish_reason == "stop"
    assert len(pieces) == len(text)  # a byte an id: each character comes alone, as soon as it is whole


def test_unfinished_character_is_dropped(model: LanguageModel) -> None:
    assert answer(model, b"ok \xf0\x9f\x98")[1].text == "ok "


def test_junk_bytes_become_replacement_characters(model: LanguageModel) -> None:
    junk = random.Random(3)
    for _ in range(6):
        raw = bytes(junk.choice([0xE4, 0xBD, 0xA0, 0xF0, 0x9F, 0xFF, 0x41, 0xC3]) for _ in range(40)) + b"."
        assert answer(model, raw)[1].text == raw.decode(errors="replace")


def test_junk_does_not_hold_back_what_follows(model: LanguageModel) -> None:
    pieces, _ = answer(model, b"\xff\xff\xff\xffabc")
    assert pieces[-3:] == ["a", "b", "c"]


def test_special_tokens_are_not_text(model: LanguageModel) -> None:
    conversation = Conversation(model)
    ids = [*ids_of("a"), 0, *ids_of("b"), 1, EOS]
    *pieces, generation = conversation.stream(PROMPT, GenerationConfig(), script(ids))
    assert pieces == ["a", "b"]
    assert generation.token_ids == tuple(ids[:-1])


# --- ends -----------------------------------------------------------------------------------------------------------


def test_end_of_turn_is_not_in_the_answer(model: LanguageModel) -> None:
    _, generation = answer(model, "hi")
    assert (generation.text, generation.token_ids) == ("hi", tuple(ids_of("hi")))


def test_empty_answer(model: LanguageModel) -> None:
    pieces, generation = answer(model, "")
    assert (pieces, generation.text, generation.finish_reason) == ([], "", "stop")
    assert generation.decode_tok_per_s is None


@pytest.mark.parametrize(
    ("text", "stop", "expected"),
    [
        ("one END two", ("END",), "one "),
        ("one END two", ("two", "END"), "one "),
        ("ababac", ("abac",), "ab"),
        ("almost EN but no", ("END",), "almost EN but no"),
        ("ends with EN", ("END",), "ends with EN"),
        ("END", ("END",), ""),
        ("你好。再见", ("。",), "你好"),
        ("xyz", ("xyzzy", "yz"), "x"),
        ("\nUser: hi", ("\n\n", "\nUser:"), ""),
    ],
)
def test_stop_text_ends_the_answer_before_it(
    model: LanguageModel, text: str, stop: tuple[str, ...], expected: str
) -> None:
    pieces, generation = answer(model, text, stop)
    assert generation.text == expected
    assert generation.finish_reason == "stop"
    assert all(not any(end in piece for end in stop) for piece in pieces)


def test_stop_text_inside_one_token_is_cut(model: LanguageModel) -> None:
    the = model.tokenizer.encode(" the")
    assert len(the) == 1
    stream = Conversation(model).stream(PROMPT, GenerationConfig(stop=("he",)), script([*ids_of("in"), *the, EOS]))
    *pieces, generation = stream
    assert ("".join(pieces), generation.token_ids) == ("in t", (*ids_of("in"), *the))


def test_possible_stop_text_is_held_back_no_longer_than_needed(model: LanguageModel) -> None:
    pieces, _ = answer(model, "aENbENDc", ("END",))
    assert pieces == ["a", "ENb"]


def test_max_new_tokens_ends_the_answer(model: LanguageModel) -> None:
    conversation = Conversation(model)
    *_, generation = conversation.stream(PROMPT, GenerationConfig(max_new_tokens=3), script(ids_of("abcdef")))
    assert (generation.text, generation.finish_reason) == ("abc", "length")
    assert conversation.cache.length == len(PROMPT) + 2  # nothing is computed after the last token


def test_context_limit_ends_the_answer(model: LanguageModel) -> None:
    _, generation = answer(replace(model, context_length=len(PROMPT) + 2), "abcdef")
    assert (generation.text, generation.finish_reason) == ("ab", "length")


def test_decoders_own_limit_is_reached_without_error(model: LanguageModel) -> None:
    limit = model.context_length
    prompt = [5] * (limit - 3)
    *_, generation = Conversation(model).stream(prompt, GenerationConfig(), script(ids_of("abcdef")))
    assert (generation.text, generation.finish_reason) == ("abc", "length")


def test_cancellation_is_asked_before_every_token(model: LanguageModel) -> None:
    asked = []

    def third_time() -> bool:
        asked.append(True)
        return len(asked) == 3

    _, generation = answer(model, "abcdef", cancelled=third_time)
    assert (generation.text, generation.finish_reason) == ("ab", "cancelled")


def test_held_back_text_is_released_on_cancellation(model: LanguageModel) -> None:
    asked = iter([False, False, False, True])
    _, generation = answer(model, "aENx", ("END",), cancelled=lambda: next(asked))
    assert generation.text == "aEN"


@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_dropped_stream_leaves_a_consistent_conversation(model: LanguageModel, pieces: int) -> None:
    conversation = Conversation(model)
    stream = conversation.stream(PROMPT, GenerationConfig(), script(ids_of("abcdefgh")))
    taken = [next(stream) for _ in range(pieces)]
    stream.close()
    assert taken == list("abc"[:pieces])
    prompt = [*PROMPT, *ids_of("abX")]
    # What was taken is cached, except the last piece's token, whose turn had not come, and "X", which differs.
    assert conversation.shared(prompt) == (len(PROMPT) + min(pieces - 1, 2) if pieces else 0)
    logits, fresh = conversation.feed(prompt), Conversation(model).feed(prompt)
    np.testing.assert_allclose(logits, fresh, atol=OTHER_KERNEL * 4 * np.abs(fresh).max())


def test_error_in_choose_leaves_a_consistent_conversation(model: LanguageModel) -> None:
    conversation = Conversation(model)
    with pytest.raises(RuntimeError):  # the script runs out: StopIteration inside a generator
        list(conversation.stream(PROMPT, GenerationConfig(), script(ids_of("ab"))))
    prompt = [*PROMPT, *ids_of("abc")]
    assert conversation.shared(prompt) == len(PROMPT) + 2
    fresh = Conversation(model).feed(prompt)
    np.testing.assert_allclose(conversation.feed(prompt), fresh, atol=OTHER_KERNEL * 4 * np.abs(fresh).max())


# --- the sampler ----------------------------------------------------------------------------------------------------


def test_greedy_stream_takes_the_likeliest_each_time(model: LanguageModel) -> None:
    *_, generation = Conversation(model).stream(PROMPT, GenerationConfig(max_new_tokens=12))
    ids = list(PROMPT)
    conversation = Conversation(model)
    for token in generation.token_ids:
        assert token == conversation.feed(ids)[0].argmax()
        ids.append(token)
    assert generation.finish_reason in ("length", "stop")


def test_seed_repeats_an_answer(model: LanguageModel) -> None:
    def text(seed: int) -> str:
        config = GenerationConfig(max_new_tokens=20, temperature=1.5, seed=seed)
        *_, generation = Conversation(model).stream(PROMPT, config)
        return generation.text

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_times_and_rate_are_measured(model: LanguageModel) -> None:
    _, generation = answer(model, "abcdef")
    assert generation.prefill_s > 0
    assert generation.decode_s > 0
    assert generation.decode_steps == 6  # the last foretells the end of turn
    assert generation.decode_tok_per_s == pytest.approx(6 / generation.decode_s)


def test_time_does_not_count_a_slow_reader(model: LanguageModel) -> None:
    stream = Conversation(model).stream(PROMPT, GenerationConfig(max_new_tokens=5), script(ids_of("abcde")))
    pause_s = 0.2
    for item in stream:
        if isinstance(item, str):
            time.sleep(pause_s)
    assert item.decode_steps == 4
    assert item.decode_s < pause_s  # of 1 s of pauses; four steps of the tiny model take milliseconds
