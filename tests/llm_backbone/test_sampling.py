"""Sampling against transformers' logits processors, seeds, and bad values."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from pocketvlm.llm_backbone.sampling import GenerationConfig, Sampler

VOCABULARY = 500


def some_logits(seed: int = 0, scale: float = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, scale, VOCABULARY).astype(np.float32)


def expected_probabilities(logits: np.ndarray, config: GenerationConfig) -> np.ndarray:
    """The same filters by transformers, in float64."""
    warpers: list[Any] = [TemperatureLogitsWarper(config.temperature)]
    if config.top_k:
        warpers.append(TopKLogitsWarper(config.top_k))
    if config.top_p < 1:
        warpers.append(TopPLogitsWarper(config.top_p))
    if config.min_p > 0:
        warpers.append(MinPLogitsWarper(config.min_p))
    scores = LogitsProcessorList(warpers)(torch.zeros((1, 0), dtype=torch.long), torch.tensor(logits[None]).double())
    return scores.softmax(-1)[0].numpy()


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 1.0},
        {"temperature": 0.3},
        {"temperature": 2.5},
        {"temperature": 1.0, "top_k": 1},
        {"temperature": 1.0, "top_k": 40},
        {"temperature": 1.0, "top_k": 10_000},
        {"temperature": 1.0, "top_p": 0.01},
        {"temperature": 1.5, "top_p": 0.9},
        {"temperature": 1.0, "min_p": 0.1},
        {"temperature": 1.0, "min_p": 1.0},
        {"temperature": 0.8, "top_k": 50, "top_p": 0.95, "min_p": 0.02},
        {"temperature": 3.0, "top_k": 20, "top_p": 0.6, "min_p": 0.2},
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_probabilities_match_transformers(options: dict, seed: int) -> None:
    config = GenerationConfig(**options)
    logits = some_logits(seed)
    ours = Sampler(config).probabilities(logits)
    expected = expected_probabilities(logits, config)
    np.testing.assert_array_equal(ours > 0, expected > 0)
    np.testing.assert_allclose(ours, expected, atol=1e-9)  # both in float64; sums in another order


def test_draws_follow_the_probabilities() -> None:
    config = GenerationConfig(temperature=1.0, top_k=8, seed=0)
    logits = some_logits(scale=1)
    sampler = Sampler(config)
    draws = 4000
    counts = np.bincount([sampler.choose(logits) for _ in range(draws)], minlength=VOCABULARY)
    expected = expected_probabilities(logits, config)
    deviation = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(counts / draws - expected) <= 4 * deviation).all()  # 4 sigma, and the seed is fixed


@pytest.mark.parametrize("penalty", [1.3, 0.7])
def test_repetition_penalty_matches_transformers(penalty: float) -> None:
    processor = RepetitionPenaltyLogitsProcessor(penalty)
    sampler = Sampler(GenerationConfig(repetition_penalty=penalty))
    chosen: list[int] = []
    for step in range(40):
        logits = some_logits(seed=step % 3, scale=0.3)  # alike from step to step, so that the penalty decides
        scores = processor(torch.tensor([chosen], dtype=torch.long), torch.tensor(logits[None].copy()))
        before = logits.copy()
        chosen.append(sampler.choose(logits))
        assert chosen[-1] == int(scores.argmax())
        np.testing.assert_array_equal(logits, before)  # the caller's logits are left alone
    assert (len(set(chosen)) > 3) is (penalty > 1)


def test_greedy_is_the_default_and_takes_the_likeliest() -> None:
    logits = some_logits()
    assert Sampler(GenerationConfig()).choose(logits) == logits.argmax()


def test_seed_repeats_and_another_does_not() -> None:
    def draws(seed: int | None) -> list[int]:
        sampler = Sampler(GenerationConfig(temperature=1.0, seed=seed))
        return [sampler.choose(some_logits(step)) for step in range(30)]

    assert draws(7) == draws(7)
    assert draws(7) != draws(8)
    assert draws(None) != draws(None)


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-30])
def test_temperature_near_zero_is_greedy(temperature: float) -> None:
    logits = some_logits()
    assert Sampler(GenerationConfig(temperature=temperature)).choose(logits) == logits.argmax()


def test_filters_never_drop_the_likeliest_of_equals() -> None:
    sampler = Sampler(GenerationConfig(temperature=1.0, top_k=1, top_p=1e-9, min_p=1.0, seed=0))
    assert sampler.choose(np.zeros(VOCABULARY, dtype=np.float32)) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_new_tokens": 0}, "max_new_tokens is 0; it must be at least 1"),
        ({"stop": ("a", "")}, "stop is .*; it must be a tuple of texts that are not empty"),
        ({"stop": "User:"}, "stop is 'User:'; it must be a tuple"),
        ({"repetition_penalty": 0.0}, "repetition_penalty is 0.0; it must be above 0"),
        ({"repetition_penalty": float("inf")}, "repetition_penalty is inf"),
        ({"temperature": -0.1}, "temperature is -0.1; it must be 0 or more"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"temperature": float("inf")}, "temperature is inf"),
        ({"top_k": -1}, "top_k is -1; it must be 0 or more"),
        ({"top_p": 0.0}, "top_p is 0.0; it must be above 0 and at most 1"),
        ({"top_p": 1.1}, "top_p is 1.1"),
        ({"min_p": -0.1}, "min_p is -0.1; it must be from 0 to 1"),
        ({"min_p": 1.1}, "min_p is 1.1"),
        ({"seed": -1}, "seed is -1; it must be 0 or more"),
    ],
)
def test_bad_value_is_named(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GenerationConfig(**options)
