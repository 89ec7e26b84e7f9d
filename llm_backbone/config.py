"""The shape of a LLaMA-architecture language model, in the field names of Hugging Face's `config.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


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
        """Read a `config.json`.

        Raises:
            ValueError: another architecture, or a missing field; the message names it.
        """
        if raw.get("model_type") != "llama":
            raise ValueError(f"model_type {raw.get('model_type')!r} is not 'llama'")
        missing = [field.name for field in fields(cls) if field.name not in raw]
        if missing:
            raise ValueError(f"config lacks {', '.join(missing)}")
        return cls(**{field.name: raw[field.name] for field in fields(cls)})
