"""Low-rank adapters: what they add to the decoder's products, and what their tensors are called.

A product y = W x becomes y = W x + B (A x), with A and B of a small rank. W stays as it ships, in few bits; an adapter
is a small file beside it, and a decoder without one is the model that it was.

Products that the graph holds as one (q, k and v; gate and up) have one adapter of a higher rank in common: its B may
give every part rows of its own, so that it can be all that separate adapters of the parts can, in a third of the
operators.

Source: LoRA, arXiv:2106.09685.

Letters: N output features, K input features, R rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pocketvlm.llm_backbone.config import LlamaConfig

PRODUCTS = ("self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj")  # of a layer, as in graphs
A, B = "lora_a", "lora_b"


@dataclass(frozen=True)
class LoraConfig:
    """What fixes the shapes and the scale of an adapter.

    Attributes:
        rank: R, of every product.
        alpha: the products B (A x) are scaled by alpha / rank, so that a rate of learning suits every rank.
        products: which ones of a layer are adapted.
    """

    rank: int = 16
    alpha: float = 32.0
    products: tuple[str, ...] = PRODUCTS

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ValueError(f"rank is {self.rank}; an adapter needs at least 1")
        if unknown := sorted(set(self.products) - set(PRODUCTS)):
            raise ValueError(f"no products {', '.join(unknown)}; there are {', '.join(PRODUCTS)}")

    @property
    def scale(self) -> float:
        """What B (A x) is multiplied by."""
        return self.alpha / self.rank


def product_shapes(config: LlamaConfig) -> dict[str, tuple[int, int]]:
    """(N, K) of the products of a layer."""
    width, inner = config.hidden_size, config.intermediate_size
    return {
        "self_attn.qkv_proj": (width + 2 * config.key_value_size, width),
        "self_attn.o_proj": (width, width),
        "mlp.gate_up_proj": (2 * inner, width),
        "mlp.down_proj": (width, inner),
    }


def tensor_name(layer: int, product: str, half: str) -> str:
    """What a tensor is called in the graph and in the file: "model.layers.0.mlp.down_proj.lora_a"."""
    return f"model.layers.{layer}.{product}.{half}"


def adapter_shapes(config: LlamaConfig, rank: int, products: tuple[str, ...] = PRODUCTS) -> dict[str, tuple[int, int]]:
    """The shapes of an adapter's tensors by name: A as (K, R), B as (R, N), so that inputs stand before them."""
    shapes = product_shapes(config)
    found: dict[str, tuple[int, int]] = {}
    for layer in range(config.num_hidden_layers):
        for product in products:
            rows, columns = shapes[product]
            found[tensor_name(layer, product, A)] = (columns, rank)
            found[tensor_name(layer, product, B)] = (rank, rows)
    return found


def adapter_rank(config: LlamaConfig, tensors: Mapping[str, np.ndarray]) -> int:
    """The rank of an adapter's tensors, which adapt all products of the model or leave some out in every layer.

    Raises:
        ValueError: they are not one adapter of this model; the message names a tensor that does not fit.
    """
    if not tensors:
        raise ValueError("the adapter holds no tensors; train one first")
    products = tuple(product for product in PRODUCTS if tensor_name(0, product, A) in tensors)
    rank = next((array.shape[-1] for name, array in tensors.items() if name.endswith(A) and array.ndim == 2), 0)
    wanted = adapter_shapes(config, rank, products)
    for name in sorted(wanted.keys() ^ tensors.keys()):
        raise ValueError(f"{name} is {'missing from' if name in wanted else 'unexpected in'} the adapter")
    for name, shape in wanted.items():
        if tensors[name].shape != shape:
            raise ValueError(
                f"{name} is {list(tensors[name].shape)} instead of {list(shape)}: not this model's adapter"
            )
    return rank
