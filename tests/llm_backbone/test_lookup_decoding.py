"""Drafts from the prompt: the same answer as plain decoding, whatever the prompt repeats."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pocketvlm.bundle import open_bundle
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import Conversation, Generation, LanguageModel
from pocketvlm.llm_backbone.int8_cache import cache_scales, quantize_cache
from pocketvlm.llm_backbone.lookup_decoding import MOST, SHARE, START, Account, DraftedSteps, Lookup
from pocketvlm.llm_backbone.sampling import GenerationConfig, Sampler
from pocketvlm.llm_backbone.tokenizer import Tokenizer

GRAPH = "decoder_model_merged_q4.onnx"
TEXTS = [
    "Order 4417 was shipped on 3 March from Leeds and will arrive on Friday between 9 and 11.",
    "Balance £2,318.64. Overdraft £500.00. Redline Gym £29.99. Salary £1,940.00 on the 28th.",
    "the the the the the the the the the the the the the the the the",
    "a b c a b d a b c a b e a b c a b d a b c a b e",
    "1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 11 1 2 3 4 5 6 7 8 9 12",
    "余额 2,318.64 元，透支额度 500 元。",
]
QUESTIONS = ["Repeat the text word for word.", "What does it say?", "Continue it."]


def int8_copy(bundle: Path, folder: Path, texts: list[list[int]]) -> Decoder:
    """A bundle's decoder with an int8 cache."""
    shutil.copytree(bundle / "onnx", folder, dirs_exist_ok=True)
    config = LlamaConfig.from_dict(open_bundle(bundle).config)
    embed = folder / "embed_tokens_int8.onnx"
    decoder = Decoder(config, embed, folder / GRAPH, threads=1)
    quantize_cache(folder / GRAPH, cache_scales(decoder, [decoder.embed(ids) for ids in texts]))
    return Decoder(config, embed, folder / GRAPH, threads=1)


@pytest.fixture(scope="module")
def tiny_int8(single_bundle: Path, model: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    texts = [np.random.default_rng(seed).integers(3, 269, 200).tolist() for seed in range(3)]
    return replace(model, decoder=int8_copy(single_bundle, tmp_path_factory.mktemp("int8"), texts))


@pytest.fixture(scope="module")
def nano(nano_folder: Path, nano_tokenizer: Tokenizer) -> LanguageModel:
    bundle = open_bundle(nano_folder)
    config = LlamaConfig.from_dict(bundle.config)
    decoder = Decoder(config, bundle.graph("embed_tokens"), bundle.graph("decoder_model_merged"), threads=1)
    return LanguageModel(decoder, nano_tokenizer, frozenset({bundle.generation_config["eos_token_id"]}), 2048)


@pytest.fixture(scope="module")
def nano_int8(nano: LanguageModel, nano_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    texts = [nano.tokenizer.encode(text) for text in TEXTS]
    return replace(nano, decoder=int8_copy(nano_folder, tmp_path_factory.mktemp("nano8"), texts))


class Generous(Account):
    """Lets drafts be as long as they like, so that tests do not hang on how fast the machine is."""

    def rows(self, staked: float, spare: float) -> int:
        return 99 if super().rows(0, 0) == 0 and self._step_s is not None else 0


def answers(model: LanguageModel, ids: list[int], **options: object) -> tuple[Generation, Generation]:
    """Plain, and with drafts that are never too dear."""
    config = GenerationConfig(**{"max_new_tokens": 40, **options})  # type: ignore[arg-type]
    generous = replace(model, drafts=Generous())
    plain, drafted = (
        list(Conversation(generous).stream(ids, replace(config, lookup=lookup)))[-1] for lookup in (False, True)
    )
    assert isinstance(plain, Generation)
    assert isinstance(drafted, Generation)
    return plain, drafted


# --- where drafts come from ------------------------------------------------------------------------------------------


def test_draft_continues_the_longest_match_then_the_latest() -> None:
    lookup = Lookup([9, 1, 2, 3, 50, 8, 1, 2, 3, 60, 7, 1, 2, 3, 70, 8, 1, 2, 3], 100)
    assert lookup.draft(2) == [60, 7]  # "8 1 2 3" is longer than "1 2 3"
    assert Lookup([4, 1, 2, 3, 50, 5, 1, 2, 3, 60, 6, 1, 2, 3], 100).draft(1) == [60]


def test_draft_needs_three_tokens_that_match() -> None:
    assert Lookup([1, 2, 3, 4, 9, 2, 3], 100).draft(4) == []
    assert Lookup([], 100).draft(4) == []
    assert Lookup([1, 2, 3, 4, 1, 2, 3], 100).draft(0) == []


def test_draft_grows_with_the_answer_and_leaves_out_image_tokens() -> None:
    lookup = Lookup([1, 2, 3, 4, 100, 101, 1, 2], 100)
    lookup.add(3)
    assert lookup.draft(5) == [4]  # 100 and on stand for an image
    assert Lookup([7, 7, 7, 7], 100).draft(3) == [7]


# --- the account -----------------------------------------------------------------------------------------------------


def test_account_allows_nothing_before_it_knows_what_a_step_takes() -> None:
    account = Account()
    assert account.rows(0, 1) == 0
    account.plain(0.01)
    assert account.rows(0, 1) == 4  # at a quarter of a step each


def test_account_never_loses_more_than_its_start_and_share() -> None:
    account, steps, lost = Account(), 0, 0.0
    for _ in range(2000):
        account.plain(0.01)
        steps += 1
        if rows := min(account.rows(0, 99), 12):
            took = account.batch(1 + rows, 0.01 * (1 + 0.3 * rows))
            account.settle(1 - took)  # one token, for all those rows
            lost += took - 1
    assert 0 < lost <= START + SHARE * steps + 12 * 0.3  # and a draft that went a little over


def test_account_learns_the_price_of_a_row_and_keeps_a_ceiling() -> None:
    account = Account()
    account.plain(0.01)
    for _ in range(50):
        account.batch(5, 0.01 * 3)  # half a step each
    assert account.rows(0, 1) in (1, 2)
    account.settle(1000)
    assert account.credit == MOST


# --- the same answer -------------------------------------------------------------------------------------------------


def test_rows_are_said_to_agree_only_where_they_do(tiny_int8: LanguageModel, model: LanguageModel) -> None:
    """With an int8 cache that hangs on the processor: seen to be so with AVX-512, and not with AVX2 alone."""
    assert not model.decoder.rows_agree
    decoder, draw = tiny_int8.decoder, random.Random(7)
    ids = [draw.randrange(decoder.config.vocab_size) for _ in range(14)]
    together, alone = decoder.new_cache(), decoder.new_cache()
    for cache in (together, alone):
        decoder.decode(decoder.embed(ids[:9]), cache)
    rows = decoder.decode(decoder.embed(ids[9:]), together, 5)
    singles = [decoder.decode(decoder.embed([token]), alone)[0] for token in ids[9:]]
    assert np.array_equal(rows, singles) or not decoder.rows_agree


@pytest.mark.parametrize("kind", ["float", "int8"])
@pytest.mark.parametrize("penalty", [1.0, 1.2])
def test_drafts_change_nothing_in_adversarial_repetition(
    model: LanguageModel, tiny_int8: LanguageModel, kind: str, penalty: float
) -> None:
    """A random model falls into loops, and prompts of few different tokens match everywhere and mostly wrongly."""
    draw = random.Random(0)
    drafted = accepted = 0
    for few in (2, 3, 5, 40):
        for _ in range(6):
            ids = [draw.randrange(3, 3 + few) for _ in range(draw.randint(5, 120))]
            one, other = answers(
                tiny_int8 if kind == "int8" else model, ids, ignore_eos=True, repetition_penalty=penalty
            )
            assert other.token_ids == one.token_ids
            assert (other.text, other.finish_reason) == (one.text, one.finish_reason)
            drafted, accepted = drafted + other.drafted_tokens, accepted + other.accepted_tokens
    assert drafted > accepted > 0


@pytest.mark.parametrize("kind", ["float", "int8"])
def test_drafts_change_no_answer_of_nano(nano: LanguageModel, nano_int8: LanguageModel, kind: str) -> None:
    language_model = nano if kind == "float" else nano_int8
    accepted = 0
    for text in TEXTS:
        for question, penalty in zip(QUESTIONS, (1.0, 1.1, 1.0), strict=True):
            ids = nano.tokenizer.encode_chat([{"role": "user", "content": f"{text}\n\n{question}"}])
            one, other = answers(language_model, ids, max_new_tokens=24, repetition_penalty=penalty)
            assert other.token_ids == one.token_ids
            accepted += other.accepted_tokens
    assert accepted > 20


def test_limits_and_stops_cut_a_drafted_answer_where_they_cut_a_plain_one(tiny_int8: LanguageModel) -> None:
    ids = [10, 11, 12] * 20
    whole, _ = answers(tiny_int8, ids, max_new_tokens=60, ignore_eos=True)
    for limit in range(1, 20):
        one, other = answers(tiny_int8, ids, max_new_tokens=limit, ignore_eos=True)
        assert other.token_ids == one.token_ids == whole.token_ids[:limit]
    ending = replace(tiny_int8, eos_token_ids=frozenset({whole.token_ids[25]}))
    one, other = answers(ending, ids)
    assert (other.token_ids, other.finish_reason) == (one.token_ids, one.finish_reason)
    full = replace(tiny_int8, context_length=len(ids) + 9)
    one, other = answers(full, ids, ignore_eos=True)
    assert other.token_ids == one.token_ids == whole.token_ids[:9]


def test_conversation_goes_on_after_drafts_as_after_plain_steps(tiny_int8: LanguageModel) -> None:
    ids = [10, 11, 12] * 20
    generous, config = replace(tiny_int8, drafts=Generous()), GenerationConfig(max_new_tokens=30, ignore_eos=True)
    logits = []
    for lookup in (False, True):
        conversation = Conversation(generous)
        *_, turn = conversation.stream(ids, replace(config, lookup=lookup))
        assert isinstance(turn, Generation)
        assert conversation.length == conversation.cache.length
        logits.append(conversation.feed([*ids, *turn.token_ids, 20, 21]))
    # Rows agree, so the positions that drafts computed are to the last bit those of plain steps.
    np.testing.assert_array_equal(*logits)


def test_sampling_and_constrained_choice_draft_nothing(tiny_int8: LanguageModel) -> None:
    ids = [10, 11, 12] * 20
    one, other = answers(tiny_int8, ids, temperature=1.0, seed=3, ignore_eos=True)
    assert one.token_ids == other.token_ids
    assert other.drafted_tokens == 0
    played = iter(ids)
    choose: Callable[[np.ndarray], int] = lambda logits: next(played)  # noqa: E731
    config = GenerationConfig(max_new_tokens=30, ignore_eos=True)
    *_, generation = Conversation(tiny_int8).stream(ids, config, choose)
    assert isinstance(generation, Generation)
    assert generation.token_ids == tuple(ids[:30])
    assert generation.drafted_tokens == 0


class Scripted:
    """Rows whose logits are given: those of a run of several are shifted, as another kernel's might be."""

    def __init__(self, follows: dict[int, tuple[int, float]], shift: float) -> None:
        self.follows, self.shift, self.ids, self.alone = follows, shift, [1, 2, 3, 4, 5, 6, 7, 1, 2], 0

    @property
    def length(self) -> int:
        return len(self.ids)

    def _logits(self, token: int, shift: float) -> np.ndarray:
        best, lead = self.follows[token]
        logits = np.zeros(50, dtype=np.float32)
        logits[10:20] = 5  # so that their deviation is known to be about 2
        logits[40], logits[best] = 9 + shift, 9 + lead
        return logits

    def append(self, token_id: int) -> np.ndarray:
        self.ids.append(token_id)
        self.alone += 1
        return self._logits(token_id, 0.0)

    def extend(self, token_ids: list[int]) -> np.ndarray:
        self.ids += token_ids
        return np.stack([self._logits(token, self.shift) for token in token_ids])

    def truncate(self, length: int) -> list[int]:
        forgotten, self.ids = self.ids[length:], self.ids[:length]
        return forgotten


def test_near_tie_is_decided_by_rows_computed_alone() -> None:
    """At 5 the lead is 0.1; rows of a draft would have 40 in front by 0.1."""
    rows = Scripted({3: (4, 9.0), 4: (5, 9.0), 5: (6, 0.1), 6: (7, 9.0), 7: (1, 9.0), 1: (2, 9.0)}, shift=0.2)
    account = Generous()
    account.plain(0.01)
    first = np.eye(50, dtype=np.float32)[3]
    steps = DraftedSteps(
        rows, first, Sampler(GenerationConfig()), Lookup(rows.ids, 50), account, room=6, ends=lambda token: False
    )
    assert [steps.next() for _ in range(5)] == [3, 4, 5, 6, 7]
    assert rows.alone >= 3  # 3, 4 and 5 again, one by one
    assert rows.ids == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7][: len(rows.ids)]


# --- the int8 cache --------------------------------------------------------------------------------------------------


def test_int8_cache_is_a_quarter_and_close_to_float(nano: LanguageModel, nano_int8: LanguageModel) -> None:
    ids = nano.tokenizer.encode(" ".join(TEXTS))
    caches = [language_model.decoder.new_cache() for language_model in (nano, nano_int8)]
    logits = [
        language_model.decoder.decode(language_model.decoder.embed(ids), cache, 0).astype(np.float64)
        for language_model, cache in zip((nano, nano_int8), caches, strict=True)
    ]
    assert caches[1].nbytes * 4 == caches[0].nbytes
    exact, rounded = (part - np.logaddexp.reduce(part, axis=1, keepdims=True) for part in logits)
    divergence = (np.exp(exact) * (exact - rounded)).sum(axis=1).mean()
    # 0.06 nats measured over running text; a wrong scale or a wrong head gives several.
    assert divergence < 0.2


def test_int8_cache_refuses_what_does_not_fit(
    model: LanguageModel, tiny_int8: LanguageModel, single_bundle: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"^no prompts to take the cache's scales from"):
        cache_scales(model.decoder, [])
    with pytest.raises(ValueError, match=r"int8'?>? already; scales are taken from a float32 one$"):
        cache_scales(tiny_int8.decoder, [tiny_int8.decoder.embed([5, 6])])
    shutil.copytree(single_bundle / "onnx", tmp_path, dirs_exist_ok=True)
    with pytest.raises(ValueError, match=r"^scales of 1 layers for a graph of 2"):
        quantize_cache(tmp_path / GRAPH, np.ones((1, 2, 2, 16), dtype=np.float32))
