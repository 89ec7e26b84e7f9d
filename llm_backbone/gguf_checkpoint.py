"""Reads a LLaMA-architecture GGUF file: its config, its tokenizer and its quantised tensors, without torch.

A checkpoint is `Tensors` under Hugging Face's names, with the rows of q and k in Hugging Face's order; beside the float
values it gives the quantised blocks that the file holds.

Source: the GGUF specification (ggml, docs/gguf.md) and llama.cpp's `convert_hf_to_gguf.py` for the tensor names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader, dequantize
from gguf.constants import GGMLQuantizationType

from pocketvlm.llm_backbone.config import LlamaConfig

LAYER_PARTS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OUTER_PARTS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def hugging_face_name(name: str) -> str:
    """A GGUF tensor's name as Hugging Face calls it; one that the model has no place for keeps its own."""
    stem, _, ending = name.rpartition(".")
    layer = re.fullmatch(r"blk\.(\d+)\.(\w+)", stem)
    if ending == "weight" and stem in OUTER_PARTS:
        return f"{OUTER_PARTS[stem]}.weight"
    if ending == "weight" and layer and layer[2] in LAYER_PARTS:
        return f"model.layers.{layer[1]}.{LAYER_PARTS[layer[2]]}.weight"
    return name


class GGUFCheckpoint:
    """One GGUF file, memory-mapped: tensors are read when asked for."""

    def __init__(self, path: str | Path) -> None:
        """
        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file is not whole, not GGUF, or holds a model that the graph cannot express.
        """
        self.path = Path(path)
        try:
            self._reader = GGUFReader(self.path)
        except (ValueError, IndexError, KeyError, OverflowError) as error:  # what the reader meets past a file's end
            raise ValueError(f"not a whole GGUF file ({error})") from error
        architecture = self.field("general.architecture")
        if architecture != "llama":
            raise ValueError(f"the architecture is {architecture!r}; only 'llama' is supported")
        self._tensors = {hugging_face_name(tensor.name): tensor for tensor in self._reader.tensors}
        self.config = self._read_config()
        width = self.config.head_dim
        plain = {"rope.scaling.type": "none", "rope.dimension_count": width, "attention.key_length": width}
        for name, only in plain.items():
            value = self.field(f"llama.{name}", only)
            if value != only:
                raise ValueError(f"llama.{name} is {value!r}; for this model only {only!r} is supported")

    def field(self, name: str, default: Any = None) -> Any:
        """The metadata value of that name, or `default`."""
        field = self._reader.get_field(name)
        return default if field is None else field.contents()

    def required(self, name: str) -> Any:
        """The metadata value of that name.

        Raises:
            ValueError: the file has none.
        """
        value = self.field(name)
        if value is None:
            raise ValueError(f"the metadata lacks {name}")
        return value

    def _read_config(self) -> LlamaConfig:
        heads = int(self.required("llama.attention.head_count"))
        return LlamaConfig(
            vocab_size=len(self.required("tokenizer.ggml.tokens")),
            hidden_size=int(self.required("llama.embedding_length")),
            intermediate_size=int(self.required("llama.feed_forward_length")),
            num_hidden_layers=int(self.required("llama.block_count")),
            num_attention_heads=heads,
            num_key_value_heads=int(self.field("llama.attention.head_count_kv", heads)),
            max_position_embeddings=int(self.required("llama.context_length")),
            rope_theta=float(self.field("llama.rope.freq_base", 10000.0)),
            # Stored as float32; 1e-5 is meant where 9.99999975e-06 is read.
            rms_norm_eps=float(f"{self.required('llama.attention.layer_norm_rms_epsilon'):.6g}"),
            tie_word_embeddings="lm_head.weight" not in self._tensors,
        )

    @property
    def names(self) -> frozenset[str]:
        """The names of all tensors."""
        return frozenset(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """(rows, columns) or (columns,)."""
        return tuple(int(size) for size in reversed(self._tensors[name].shape))

    def kind(self, name: str) -> str:
        """The quantisation type of a tensor, e.g. "Q4_1"."""
        return str(self._tensors[name].tensor_type.name)

    def blocks(self, name: str) -> np.ndarray:
        """What the file holds of a tensor: (rows, bytes per row) uint8, or floats where it is not quantised."""
        data = np.asarray(self._tensors[name].data)
        heads = {"q_proj": self.config.num_attention_heads, "k_proj": self.config.num_key_value_heads}
        part = name.split(".")[-2]
        return data[self.rope_order(heads[part])] if part in heads else data

    def read(self, name: str) -> np.ndarray:
        """A tensor as float32, (rows, columns) or (columns,)."""
        kind = GGMLQuantizationType(self._tensors[name].tensor_type)
        return np.array(dequantize(self.blocks(name), kind), dtype=np.float32)

    def rope_order(self, heads: int) -> np.ndarray:
        """Row order that turns GGUF's interleaved rotary pairs back into the two halves that the graph rotates.

        llama.cpp stores the rows of q and k of a head as x0 y0 x1 y1 ...; transformers and ONNX Runtime's
        default rotate the halves x0 x1 ... y0 y1 ...

        Returns:
            (heads * head_dim,) int64 row numbers.
        """
        rows = np.arange(heads * self.config.head_dim)
        return rows.reshape(heads, self.config.head_dim // 2, 2).swapaxes(1, 2).reshape(-1)
