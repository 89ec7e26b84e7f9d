"""The exported graph against transformers' float32 reading of the same GGUF file, and against itself."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.tokenizer import Tokenizer

# One root mean square of the logits' error over that of the logits. Activations are rounded to int8 in blocks of 32,
# about 0.4 % a product, and a random model of a few narrow layers averages little of that away: 3.1 % measured.
INT8_ACTIVATIONS = 0.05
# In float activations only the rests of Q4_1 are rounded, twice to four bits: 0.013 % measured.
FLOAT_ACTIVATIONS = 4e-4
# One row and several rows take different kernels; where their float sums differ in the last bit, an activation may
# round to the next int8: 0.09 % measured.
OTHER_KERNEL = 3e-3

Reference = Callable[[list[int]], np.ndarray]


def some_ids(count: int, seed: int = 0) -> list[int]:
    return np.random.default_rng(seed).integers(3, 269, count).tolist()


def error(logits: np.ndarray, expected: np.ndarray) -> float:
    assert logits.shape == expected.shape
    return float(np.sqrt(np.square(logits - expected).mean()) / expected.std())


def run(decoder: Decoder, ids: list[int], *cuts: int) -> np.ndarray:
    """Logits of all positions, computed in pieces that end at the cuts; (S, V)."""
    cache = decoder.new_cache()
    bounds = [0, *cuts, len(ids)]
    pieces = [ids[start:end] for start, end in pairwise(bounds)]
    return np.concatenate([decoder.decode(decoder.embed(piece), cache, 0) for piece in pieces])


def float_activations(bundle: Path, folder: Path) -> Path:
    """A copy of the graph with MatMulNBits told to keep activations in float32."""
    shutil.copytree(bundle / "onnx", folder, dirs_exist_ok=True)
    path = folder / "decoder_model_merged_q4.onnx"
    graph = onnx.load(path, load_external_data=False)
    levels = [a for node in graph.graph.node for a in node.attribute if a.name == "accuracy_level"]
    assert len(levels) == 4 * 2 + 1  # four products a layer, and the head
    for level in levels:
        level.i = 0
    onnx.save(graph, path)
    return path


def test_embeddings_are_the_tables_rows(decoder: Decoder, tiny_gguf: Path) -> None:
    table = GGUFCheckpoint(tiny_gguf).read("model.embed_tokens.weight")
    ids = some_ids(20)
    np.testing.assert_array_equal(decoder.embed(ids), table[ids][None])  # d q is one multiplication: no tolerance


def test_logits_match_transformers(decoder: Decoder, reference: Reference) -> None:
    ids = some_ids(200)
    assert error(run(decoder, ids), reference(ids)) < INT8_ACTIVATIONS


def test_logits_with_float_activations_match_transformers_tightly(
    decoder: Decoder, reference: Reference, tiny_bundle: Path, tmp_path: Path
) -> None:
    path = float_activations(tiny_bundle, tmp_path)
    exact = Decoder(decoder.config, tmp_path / "embed_tokens_int8.onnx", path)
    ids = some_ids(200)
    assert error(run(exact, ids), reference(ids)) < FLOAT_ACTIVATIONS


def test_log_probability_matches_transformers(decoder: Decoder, reference: Reference, tiny_bundle: Path) -> None:
    model = LanguageModel(decoder, Tokenizer(tiny_bundle), frozenset({2}), 600)
    conversation = Conversation(model)
    prompt = some_ids(20)
    for seed, length in enumerate([1, 2, 7, 1]):  # one conversation, as when candidates are ranked
        continuation = some_ids(length, seed)
        log_softmax = torch.from_numpy(reference(prompt + continuation)).log_softmax(-1).numpy()
        expected = log_softmax[len(prompt) - 1 + np.arange(length), continuation].sum()
        # A log probability is off by no more than its logits: INT8_ACTIVATIONS of their deviation each, say tripled.
        tolerance = 3 * INT8_ACTIVATIONS * float(log_softmax.std()) * length
        assert conversation.log_probability(prompt, continuation) == pytest.approx(expected, abs=tolerance)
        following = conversation.next_log_probabilities(prompt)
        assert np.exp(following).sum() == pytest.approx(1)
        assert following[continuation[0]] == pytest.approx(log_softmax[len(prompt) - 1, continuation[0]], abs=tolerance)


def test_prefill_in_chunks_equals_prefill_whole(single_decoder: Decoder) -> None:
    ids = some_ids(120)
    # Rows of one product do not influence each other, so the cut changes no sum: equal but for the attention's
    # blocking, whose float32 sums may differ in the last bits.
    assert error(run(single_decoder, ids, 17, 64, 90), run(single_decoder, ids)) < OTHER_KERNEL


def test_token_by_token_equals_prefill(single_decoder: Decoder) -> None:
    ids = some_ids(60)
    assert error(run(single_decoder, ids, *range(1, 60)), run(single_decoder, ids)) < OTHER_KERNEL


def test_truncated_cache_equals_a_fresh_one(single_decoder: Decoder) -> None:
    first, wrong, right = some_ids(30, 1), some_ids(40, 2), some_ids(25, 3)
    cache = single_decoder.new_cache()
    for piece in (first, wrong):
        single_decoder.decode(single_decoder.embed(piece), cache)
    cache.length = len(first)
    again = single_decoder.decode(single_decoder.embed(right), cache, 0)
    fresh = run(single_decoder, first + right, len(first))[len(first) :]
    np.testing.assert_array_equal(again, fresh)  # the same pieces through the same kernels


@pytest.mark.parametrize("keep", [1, 3, 10])
def test_num_logits_are_the_last_positions(single_decoder: Decoder, keep: int) -> None:
    ids = some_ids(10)
    logits = single_decoder.decode(single_decoder.embed(ids), single_decoder.new_cache(), keep)
    assert error(logits, run(single_decoder, ids)[-keep:]) < OTHER_KERNEL


def test_logits_outlive_the_next_run(single_decoder: Decoder) -> None:
    cache = single_decoder.new_cache()
    logits = single_decoder.decode(single_decoder.embed(some_ids(5)), cache)
    kept = logits.copy()
    single_decoder.decode(single_decoder.embed(some_ids(5, 1)), cache)
    np.testing.assert_array_equal(logits, kept)


def test_context_can_be_filled_but_not_exceeded(single_decoder: Decoder) -> None:
    cache = single_decoder.new_cache()
    single_decoder.decode(single_decoder.embed(some_ids(600)), cache)
    assert cache.length == 600
    with pytest.raises(ValueError, match=r"^601 positions exceed the model's context of 600$"):
        single_decoder.decode(single_decoder.embed([5]), cache)
    assert cache.length == 600
