"""The shape of a LLaMA-architecture language model, in the field names of Hugging Face's `config.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

MODEL_TYPES = ("llama", "mobilevlm")
# What transformers' LlamaConfig says where a file says nothing.
USUAL = {"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "tie_word_embeddings": False}


@dataclass(frozen=True)
class LlamaConfig:
    """Everything that fixes the decoder's graph; other widths and counts are derived from it."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    max_position_embeddings: int
    rope_theta: float
    rms_norm_eps: float
    tie_word_embeddings: bool

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of num_attention_heads {self.num_attention_heads}"
            )
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_attention_heads {self.num_attention_heads} is not a multiple of "
                f"num_key_value_heads {self.num_key_value_heads}"
            )

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.hidden_size // self.num_attention_heads

    @property
    def key_value_size(self) -> int:
        """Width of all key (or value) heads side by side."""
        return self.num_key_value_heads * self.head_dim

    def to_dict(self) -> dict[str, Any]:
        """The `config.json` of this model, as transformers reads it."""
        return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", **asdict(self)}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> LlamaConfig:
        """Read a `config.json`: a plain LLaMA's, or a MobileVLM's, whose language model is one.

        What is missing there has the value that transformers gives it.

        Raises:
            ValueError: another architecture, a variant that the graph cannot express, or a missing field that has no
                usual value; the message names it.
        """
        if raw.get("model_type") not in MODEL_TYPES:
            raise ValueError(f"model_type {raw.get('model_type')!r} is not {' or '.join(map(repr, MODEL_TYPES))}")
        heads = raw.get("num_attention_heads")
        usual = {**USUAL, "num_key_value_heads": heads, "rope_theta": _rope_theta(raw)}
        values = {**raw, **{name: value for name, value in usual.items() if raw.get(name) is None}}
        missing = [field.name for field in fields(cls) if values.get(field.name) is None]
        if missing:
            raise ValueError(f"config lacks {', '.join(missing)}")
        config = cls(**{field.name: values[field.name] for field in fields(cls)})
        _refuse_variants(raw, config)
        return config


def _rope_theta(raw: dict[str, Any]) -> float:
    """Since version 5, transformers writes it among the `rope_parameters`."""
    parameters = raw.get("rope_parameters") or {}
    return float(raw.get("rope_theta") or parameters.get("rope_theta") or 10000.0)


def _refuse_variants(raw: dict[str, Any], config: LlamaConfig) -> None:
    rope = {**(raw.get("rope_scaling") or {}), **(raw.get("rope_parameters") or {})}
    plain = {
        "rope_type": (rope.get("rope_type", rope.get("type")), "default"),
        "partial_rotary_factor": (rope.get("partial_rotary_factor", raw.get("partial_rotary_factor")), 1.0),
        "attention_bias": (raw.get("attention_bias"), False),
        "mlp_bias": (raw.get("mlp_bias"), False),
        "head_dim": (raw.get("head_dim"), config.head_dim),
        "hidden_act": (raw.get("hidden_act"), "silu"),
    }
    for name, (value, only) in plain.items():
        if value is not None and value != only:
            raise ValueError(f"{name} is {value!r}; for this model only {only!r} is supported")
