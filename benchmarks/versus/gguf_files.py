"""Writes llama.cpp's files of random weights: a Q4_0 language model and its image encoder with an LDPv2 projector.

Names and keys are those that llama.cpp's own converters write; the tensor types those of its quantiser, which keeps a
Q4_0 file's output head in Q6_K, and of its image encoder converter: matrices in F16, or in Q8_0, the rest in F32.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

STD = 0.02  # of the weights
NIBBLE_STD, SIX_BIT_STD, BYTE_STD = 4.61, 18.5, 73.3  # of integers that are as likely as one another
Q6_K_SCALE = 16  # of each group of 16 weights, on top of the block's
MEAN, DEVIATION = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]

rng = np.random.default_rng(0)


def q4_0(rows: int, columns: int) -> np.ndarray:
    """Blocks of 32 weights: a float16 scale, 16 bytes of nibbles."""
    blocks = rng.integers(0, 256, (rows, columns // 32, 18), dtype=np.uint8)
    blocks[..., :2] = np.array([STD / NIBBLE_STD], np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)


def q6_k(rows: int, columns: int) -> np.ndarray:
    """Blocks of 256 weights: 192 bytes of integers, 16 int8 scales, a float16 scale of those."""
    blocks = rng.integers(0, 256, (rows, columns // 256, 210), dtype=np.uint8)
    blocks[..., 192:208] = Q6_K_SCALE
    blocks[..., 208:] = np.array([STD / (SIX_BIT_STD * Q6_K_SCALE)], np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)


def q8_0(rows: int, columns: int) -> np.ndarray:
    """Blocks of 32 weights: a float16 scale, 32 int8."""
    blocks = rng.integers(0, 256, (rows, columns // 32, 34), dtype=np.uint8)
    blocks[..., :2] = np.array([STD / BYTE_STD], np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)


def f16(rows: int, columns: int) -> np.ndarray:
    return (rng.standard_normal((rows, columns), np.float32) * STD).astype(np.float16)


DRAW = {Kind.Q4_0: q4_0, Kind.Q6_K: q6_k, Kind.Q8_0: q8_0, Kind.F16: f16}


def write_language_model(path: Path, config: dict[str, Any], tokenizer: Path) -> None:
    """A LLaMA in Q4_0 with the tokenizer of a `tokenizer.json`."""
    writer = gguf.GGUFWriter(path, "llama")
    heads, width = config["num_attention_heads"], config["hidden_size"]
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(width)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(width // heads)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    _add_tokenizer(writer, tokenizer, config["vocab_size"])
    for name, rows, columns, kind in language_tensors(config):
        _add(writer, name, rows, columns, kind)
    _finish(writer)


def language_tensors(config: dict[str, Any]) -> Iterator[tuple[str, int, int, Kind]]:
    """Name, rows, columns and type of each; no rows for a norm's gains."""
    width, wide = config["hidden_size"], config["intermediate_size"]
    pairs = config["num_key_value_heads"] * (width // config["num_attention_heads"])
    yield "token_embd.weight", config["vocab_size"], width, Kind.Q4_0
    for layer in range(config["num_hidden_layers"]):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", 0, width, Kind.F32
        for part, rows in (("q", width), ("k", pairs), ("v", pairs), ("output", width)):
            yield f"{block}.attn_{part}.weight", rows, width, Kind.Q4_0
        yield f"{block}.ffn_norm.weight", 0, width, Kind.F32
        yield f"{block}.ffn_gate.weight", wide, width, Kind.Q4_0
        yield f"{block}.ffn_up.weight", wide, width, Kind.Q4_0
        yield f"{block}.ffn_down.weight", width, wide, Kind.Q4_0
    yield "output_norm.weight", 0, width, Kind.F32
    yield "output.weight", config["vocab_size"], width, Kind.Q6_K


def _add_tokenizer(writer: gguf.GGUFWriter, path: Path, size: int) -> None:
    """A byte-level BPE as `tokenizer.json` has it; ids that it leaves over are unused."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    special = {added["id"]: added["content"] for added in raw["added_tokens"]}
    tokens = {index: token for token, index in raw["model"]["vocab"].items()} | special
    merges = raw["model"]["merges"]
    kinds = {True: gguf.TokenType.CONTROL, False: gguf.TokenType.NORMAL}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([tokens.get(index, f"[UNUSED{index}]") for index in range(size)])
    writer.add_token_types([kinds[index in special] for index in range(size)])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_chat_template("{{ messages }}")


def write_image_encoder(path: Path, config: dict[str, Any], out: int, kind: Kind) -> None:
    """CLIP's image encoder without its last block, and LDPv2 to `out` features; matrices in `kind`."""
    writer = gguf.GGUFWriter(path, "clip")
    width, wide, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"] - 1
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_bool("clip.has_llava_projector", True)
    writer.add_string("clip.projector_type", "ldpv2")
    writer.add_bool("clip.use_gelu", config["hidden_act"] == "gelu")
    for key, value in (
        ("image_size", config["image_size"]),
        ("patch_size", config["patch_size"]),
        ("embedding_length", width),
        ("feed_forward_length", wide),
        ("projection_dim", out),
        ("attention.head_count", config["num_attention_heads"]),
        ("block_count", layers),
    ):
        writer.add_uint32(f"clip.vision.{key}", value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", config["layer_norm_eps"])
    writer.add_array("clip.vision.feature_layer", [layers])
    writer.add_array("clip.vision.image_mean", MEAN)
    writer.add_array("clip.vision.image_std", DEVIATION)
    for name, rows, columns, held in encoder_tensors(width, wide, layers, config, out, kind):
        _add(writer, name, rows, columns, held)
    side = config["patch_size"]
    for name, shape in (("v.patch_embd.weight", (width, 3, side, side)), ("mm.model.peg.0.weight", (out, 1, 3, 3))):
        writer.add_tensor(name, f16(shape[0], int(np.prod(shape[1:]))).reshape(shape))
    _finish(writer)


def encoder_tensors(
    width: int, wide: int, layers: int, config: dict[str, Any], out: int, kind: Kind
) -> Iterator[tuple[str, int, int, Kind]]:
    """As `language_tensors`."""
    positions = (config["image_size"] // config["patch_size"]) ** 2 + 1
    yield "v.class_embd", 0, width, Kind.F32
    yield "v.position_embd.weight", positions, width, Kind.F16
    norms = ["v.pre_ln", *(f"v.blk.{layer}.ln{n}" for layer in range(layers) for n in (1, 2))]
    for name in norms:
        yield f"{name}.weight", 0, width, Kind.F32
        yield f"{name}.bias", 0, width, Kind.F32
    for layer in range(layers):
        parts = {f"attn_{part}": (width, width) for part in ("q", "k", "v", "out")}
        for part, (rows, columns) in {**parts, "ffn_up": (wide, width), "ffn_down": (width, wide)}.items():
            yield f"v.blk.{layer}.{part}.weight", rows, columns, kind
            yield f"v.blk.{layer}.{part}.bias", 0, rows, Kind.F32
    for index, columns in ((0, width), (2, out)):
        yield f"mm.model.mlp.{index}.weight", out, columns, kind
        yield f"mm.model.mlp.{index}.bias", 0, out, Kind.F32
    yield "mm.model.peg.0.bias", 0, out, Kind.F32


def _add(writer: gguf.GGUFWriter, name: str, rows: int, columns: int, kind: Kind) -> None:
    if not rows:
        value = np.zeros(columns, np.float32) if name.endswith("bias") else np.ones(columns, np.float32)
        writer.add_tensor(name, value)
    elif kind is Kind.F16:
        writer.add_tensor(name, f16(rows, columns))
    else:
        writer.add_tensor(name, DRAW[kind](rows, columns), raw_dtype=kind)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
