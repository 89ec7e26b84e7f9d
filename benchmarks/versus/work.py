"""How much there is to do: operations and bytes of each figure, in closed form from the shapes."""

from __future__ import annotations

from typing import Any


def prefill_operations(language: dict[str, Any], tokens: int) -> int:
    """Multiplications and additions of a prompt: all layers for all positions, the head for the last."""
    width, layers = language["hidden_size"], language["num_hidden_layers"]
    attention = 4 * width * tokens * (tokens + 1) // 2  # queries with keys, weights with values, at or before each
    head = 2 * width * language["vocab_size"]
    return 2 * tokens * layer_weights(language) + layers * attention + head


def layer_weights(language: dict[str, Any]) -> int:
    """Weights in the products of all layers."""
    width = language["hidden_size"]
    pairs = language["num_key_value_heads"] * width // language["num_attention_heads"]
    mlp = 3 * width * language["intermediate_size"]
    return language["num_hidden_layers"] * (2 * width * width + 2 * width * pairs + mlp)


def encode_operations(vision: dict[str, Any], out: int) -> int:
    """Multiplications and additions of one image: all blocks but the last, and LDPv2's two products."""
    width, patches = vision["hidden_size"], (vision["image_size"] // vision["patch_size"]) ** 2
    rows = patches + 1  # the class token
    block = 2 * rows * (4 * width * width + 2 * width * vision["intermediate_size"]) + 4 * rows * rows * width
    stem = 2 * patches * 3 * vision["patch_size"] ** 2 * width
    return stem + (vision["num_hidden_layers"] - 1) * block + 2 * patches * out * (width + out)


def parameters(language: dict[str, Any]) -> int:
    """All parameters: the layers' products and norms, the token table and, where it is another, the head."""
    width, tables = language["hidden_size"], 1 if language["tie_word_embeddings"] else 2
    norms = (2 * language["num_hidden_layers"] + 1) * width
    return layer_weights(language) + norms + tables * language["vocab_size"] * width
