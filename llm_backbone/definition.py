"""The LLaMA decoder in torch: the reference that exported graphs are proved against.

It is written as the papers draw it and runs layer by layer, reading weights when they are needed, so that a model of
any size needs the memory of one layer.

Sources: LLaMA, arXiv:2302.13971; rotary positions, arXiv:2104.09864; SwiGLU, arXiv:2002.05202; grouped-query attention,
arXiv:2305.13245; RMS norm, arXiv:1910.07467.

Letters: T positions, D hidden width, H query heads, G key-value heads, W head width, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear, silu

from pocketvlm.graphs.tensors import Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.weights import EMBEDDING, FINAL_NORM, HEAD

Weights = Callable[[str], Tensor]  # a layer's weight, by its name within the layer
Product = Callable[[str, Tensor], Tensor]  # x, (T, K), times such a weight, (N, K): (T, N)


def embed(
    config: LlamaConfig, tensors: Tensors, input_ids: list[int], image_tokens: np.ndarray | None = None
) -> np.ndarray:
    """Rows of the token table, and image tokens among them.

    Args:
        input_ids: ids of the vocabulary; V + r stands for row r of the image tokens.
        image_tokens: (R, D) float32.
    Returns:
        (1, T, D) float32.
    Raises:
        ValueError: an id is outside the vocabulary, and stands for no image token.
    """
    ids = np.asarray(input_ids, dtype=np.int64)
    table = tensors.read(EMBEDDING)
    if image_tokens is not None:
        table = np.concatenate([table, image_tokens])
    if ids.size and (ids.min() < 0 or ids.max() >= len(table)):
        raise ValueError(f"ids from {ids.min()} to {ids.max()}; the vocabulary has 0 to {config.vocab_size - 1}")
    return table[None, ids]


@torch.no_grad()
def logits(config: LlamaConfig, tensors: Tensors, inputs_embeds: np.ndarray) -> np.ndarray:
    """What follows each position.

    Args:
        tensors: those of `weights.expected`.
        inputs_embeds: (1, T, D) float32.
    Returns:
        (T, V) float32.
    """
    x = torch.from_numpy(inputs_embeds)[0]  # (T, D)
    rotation = rotary(config, len(x))
    for index in range(config.num_hidden_layers):

        def weight(part: str, index: int = index) -> Tensor:
            return torch.from_numpy(tensors.read(f"model.layers.{index}.{part}.weight"))

        x = layer(config, weight, lambda part, given: linear(given, weight(part)), x, rotation)
    x = rms_norm(config, x, torch.from_numpy(tensors.read(FINAL_NORM)))
    head = tensors.read(EMBEDDING if config.tie_word_embeddings else HEAD)
    found: np.ndarray = linear(x, torch.from_numpy(head)).numpy()
    return found


def layer(config: LlamaConfig, weight: Weights, product: Product, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """One layer: what the other positions say, then what to make of it. (T, D)."""
    x = x + attention(config, product, rms_norm(config, x, weight("input_layernorm")), rotation)
    return x + feed_forward(product, rms_norm(config, x, weight("post_attention_layernorm")))


def rms_norm(config: LlamaConfig, x: Tensor, weight: Tensor) -> Tensor:
    """x over the root of its mean square, (T, D), times a learnt scale, (D,)."""
    return weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + config.rms_norm_eps)


def attention(config: LlamaConfig, product: Product, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Every position looks at itself and those before it; groups of query heads share a key-value head. (T, D)."""

    def heads(part: str) -> Tensor:
        return product(f"self_attn.{part}_proj", x).view(len(x), -1, config.head_dim).transpose(0, 1)

    group = config.num_attention_heads // config.num_key_value_heads
    queries = rotate(heads("q"), rotation)  # (H, T, W)
    keys = rotate(heads("k"), rotation).repeat_interleave(group, dim=0)  # (G, T, W) to (H, T, W)
    values = heads("v").repeat_interleave(group, dim=0)
    scores = queries @ keys.transpose(1, 2) / math.sqrt(config.head_dim)  # (H, T, T)
    later = torch.ones(len(x), len(x), dtype=torch.bool).triu(1)
    mixed = scores.masked_fill(later, -torch.inf).softmax(-1) @ values  # (H, T, W)
    return product("self_attn.o_proj", mixed.transpose(0, 1).flatten(1))


def rotary(config: LlamaConfig, positions: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every position's angles, each (T, W / 2) float32."""
    frequencies = config.rope_theta ** (-torch.arange(0, config.head_dim, 2, dtype=torch.float64) / config.head_dim)
    angles = torch.outer(torch.arange(positions, dtype=torch.float64), frequencies)
    return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair (one number of the first half of a head, its fellow in the second) by its angle. (H, T, W)."""
    cos, sin = rotation
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def feed_forward(product: Product, x: Tensor) -> Tensor:
    """SwiGLU: one product decides how much of the other passes. (T, D)."""
    gate, up = product("mlp.gate_proj", x), product("mlp.up_proj", x)
    return product("mlp.down_proj", silu(gate) * up)
