"""Reading GGUF: what a good file says."""

from pathlib import Path

import numpy as np
import pytest
from transformers import AutoConfig

from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint


def test_config_equals_what_transformers_reads(tiny_gguf: Path, tied: bool) -> None:
    config = GGUFCheckpoint(tiny_gguf).config
    other = AutoConfig.from_pretrained(tiny_gguf.parent, gguf_file=tiny_gguf.name)
    counts = ["num_hidden_layers", "num_attention_heads", "num_key_value_heads", "max_position_embeddings"]
    for name in ["vocab_size", "hidden_size", "intermediate_size", "head_dim", *counts]:
        assert getattr(config, name) == getattr(other, name), name
    assert config.rope_theta == other.rope_parameters["rope_theta"]
    assert config.rms_norm_eps == 1e-5  # stored as float32, meant as the decimal
    assert config.tie_word_embeddings is tied


def test_rope_order_undoes_llama_cpps_permutation(tiny_gguf: Path) -> None:
    checkpoint = GGUFCheckpoint(tiny_gguf)
    heads, width = 4, checkpoint.config.head_dim
    rows = np.arange(heads * width)
    # `permute` of llama.cpp's convert_hf_to_gguf.py, on row numbers.
    stored = rows.reshape(heads, 2, width // 2).swapaxes(1, 2).reshape(-1)
    np.testing.assert_array_equal(stored[checkpoint.rope_order(heads)], rows)


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        GGUFCheckpoint(tmp_path / "none.gguf")
