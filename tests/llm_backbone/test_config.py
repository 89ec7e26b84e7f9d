"""`LlamaConfig`: derived widths, and what is said of a bad `config.json`."""

import dataclasses
from typing import Any

import pytest

from pocketvlm.llm_backbone.config import LlamaConfig

GOOD: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 100,
    "hidden_size": 96,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "rope_theta": 10000.0,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
}


def test_widths_follow_from_the_heads() -> None:
    config = LlamaConfig.from_dict(GOOD)
    assert (config.head_dim, config.key_value_size) == (16, 32)


def test_dict_survives_a_round_trip_and_ignores_other_keys() -> None:
    config = LlamaConfig.from_dict(GOOD | {"torch_dtype": "float32"})
    assert LlamaConfig.from_dict(config.to_dict()) == config
    assert config.to_dict()["architectures"] == ["LlamaForCausalLM"]


def test_config_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        LlamaConfig.from_dict(GOOD).vocab_size = 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "gpt2"}, "model_type 'gpt2' is not 'llama'"),
        ({"hidden_size": 95}, "hidden_size 95 is not a multiple of num_attention_heads 6"),
        ({"num_key_value_heads": 4}, "num_attention_heads 6 is not a multiple of num_key_value_heads 4"),
    ],
)
def test_bad_value_is_named(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LlamaConfig.from_dict(GOOD | change)


def test_missing_fields_are_named() -> None:
    raw = {key: value for key, value in GOOD.items() if key not in ("vocab_size", "rope_theta")}
    with pytest.raises(ValueError, match=r"config lacks vocab_size, rope_theta$"):
        LlamaConfig.from_dict(raw)
