"""`LlamaConfig`: derived widths, and what is said of a bad `config.json`."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import transformers

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
        ({"model_type": "gpt2"}, "model_type 'gpt2' is not 'llama' or 'mobilevlm'"),
        ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "rope_type is 'linear'; .* only 'default' is supported"),
        ({"rope_parameters": {"rope_theta": 1e4, "rope_type": "llama3"}}, "rope_type is 'llama3'"),
        ({"partial_rotary_factor": 0.5}, "partial_rotary_factor is 0.5"),
        ({"attention_bias": True}, "attention_bias is True; for this model only False is supported"),
        ({"mlp_bias": True}, "mlp_bias is True"),
        ({"head_dim": 32}, "head_dim is 32; for this model only 16 is supported"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
        ({"hidden_size": 95}, "hidden_size 95 is not a multiple of num_attention_heads 6"),
        ({"num_key_value_heads": 4}, "num_attention_heads 6 is not a multiple of num_key_value_heads 4"),
    ],
)
def test_bad_value_is_named(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LlamaConfig.from_dict(GOOD | change)


def test_missing_fields_are_named() -> None:
    raw = {key: value for key, value in GOOD.items() if key not in ("vocab_size", "hidden_size")}
    with pytest.raises(ValueError, match=r"config lacks vocab_size, hidden_size$"):
        LlamaConfig.from_dict(raw)


def test_what_is_missing_is_what_transformers_takes_for_it() -> None:
    needed = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
    raw = {"model_type": "llama", **{name: GOOD[name] for name in needed}}
    config, other = LlamaConfig.from_dict(raw), transformers.LlamaConfig(**raw)
    for name in ("num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "head_dim"):
        assert getattr(config, name) == getattr(other, name), name
    assert config.rope_theta == other.rope_parameters["rope_theta"]


def test_config_that_transformers_writes_is_read() -> None:
    other = transformers.LlamaConfig(**{**GOOD, "rope_parameters": {"rope_theta": 5e3, "rope_type": "default"}})
    config = LlamaConfig.from_dict(json.loads(other.to_json_string(use_diff=False)))
    assert config == LlamaConfig.from_dict(GOOD | {"rope_theta": 5e3})


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_published_mobilevlm_config_is_read(version: str) -> None:
    path = Path(__file__).resolve().parent.parent / f"data/golden/mobilevlm-tiny-{version}/config.json"
    config = LlamaConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    assert (config.hidden_size, config.num_key_value_heads, config.rope_theta) == (96, 4, 10000.0)
    assert not config.tie_word_embeddings
