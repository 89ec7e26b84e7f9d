"""Reading GGUF: what a good file says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Kind
from transformers import AutoConfig, AutoModelForCausalLM

from pocketvlm.graphs.tensors import problems
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.weights import expected


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


@pytest.mark.parametrize("kind", [Kind.Q4_0, Kind.Q4_1, Kind.Q5_0, Kind.Q8_0, Kind.F16])
def test_tensors_equal_what_transformers_reads(write_gguf: Callable[..., Path], tmp_path: Path, kind: Kind) -> None:
    """The same names, shapes and float values, the rows of q and k in the same order."""
    kinds = {f"blk.0.attn_{part}.weight": kind for part in ("q", "k", "v")}
    path = write_gguf(tmp_path / "tiny.gguf", tied=False, kinds=kinds)
    checkpoint = GGUFCheckpoint(path)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    reference = {name: value.numpy() for name, value in model.state_dict().items()}
    assert checkpoint.names == reference.keys()
    for name, value in reference.items():
        assert checkpoint.shape(name) == value.shape
        np.testing.assert_array_equal(checkpoint.read(name), value)


def test_whole_file_has_no_problems_and_a_stray_tensor_keeps_its_name(
    write_gguf: Callable[..., Path], tmp_path: Path
) -> None:
    whole, spoilt = GGUFCheckpoint(write_gguf(tmp_path / "whole.gguf")), tmp_path / "spoilt.gguf"
    assert problems(whole, expected(whole.config)) == []
    line = np.zeros(64, dtype=np.float32)
    write_gguf(spoilt, without="blk.1.attn_k.weight", extra={"rope_freqs.weight": line, "blk.0.attn_q.bias": line})
    assert problems(GGUFCheckpoint(spoilt), expected(whole.config)) == [
        "model.layers.1.self_attn.k_proj.weight is missing",
        "blk.0.attn_q.bias is unexpected",
        "rope_freqs.weight is unexpected",
    ]


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        GGUFCheckpoint(tmp_path / "none.gguf")
