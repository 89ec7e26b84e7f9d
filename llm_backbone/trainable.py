"""The LLaMA decoder as a torch module that can be trained: all of it, or an adapter over weights that stay as they are.

An adapter is trained over the very weights that ship: the INT4 and INT8 numbers of a bundle's graphs, widened.
Sequences may be packed (`packing`): a mask says who sees whom. `definition` is the independent reference that tests
compare with.

Letters: T positions, P those whose logits are wanted, D hidden width, H query heads, G key-value heads, W head width,
V vocabulary, N output features, K input features, R rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pocketvlm.graphs.tensors import Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import A, B, LoraConfig, tensor_name
from pocketvlm.llm_backbone.weights import EMBEDDING, FINAL_NORM, HEAD, expected

# What a fused product is made of, in the order of its rows.
FUSED = {
    "self_attn.qkv_proj": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "mlp.gate_up_proj": ("mlp.gate_proj", "mlp.up_proj"),
}


class TrainableLlama(nn.Module):
    """A language model with gradients."""

    cos: Tensor  # (positions, W)
    sin: Tensor

    def __init__(
        self, config: LlamaConfig, tensors: Tensors, lora: LoraConfig | None = None, dtype: torch.dtype = torch.float32
    ) -> None:
        """
        Args:
            tensors: those of `weights.expected`.
            lora: freeze the model and train an adapter over it; without it all weights train.
            dtype: of the weights. bfloat16 makes frozen ones twice as fast on processors that know it, and rounds them
                by less than INT4 did; what trains, norms and the sums of the layers' outputs are float32 in any case.
        Raises:
            ValueError: weights that are to be trained are not held in float32.
        """
        super().__init__()
        if lora is None and dtype != torch.float32:
            raise ValueError(f"weights that train are held in float32, not {dtype}; use autocast to compute in another")
        self.config = config
        self.lora = lora
        self.embedding = _weight(tensors.read(EMBEDDING), dtype)
        layers = [Layer(config, tensors, index, lora, dtype) for index in range(config.num_hidden_layers)]
        self.layers = nn.ModuleList(layers)
        self.final_norm = _weight(tensors.read(FINAL_NORM), torch.float32)
        self.head = None if config.tie_word_embeddings else _weight(tensors.read(HEAD), dtype)
        if lora is not None:
            for name, parameter in self.named_parameters():
                parameter.requires_grad_(name.endswith((A, B)))
        cos, sin = _rotary(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def embed(self, input_ids: Tensor, image_tokens: Tensor | None = None) -> Tensor:
        """Embeddings of ids, image tokens among them.

        Args:
            input_ids: (T,) int64; V + r stands for row r of the image tokens.
            image_tokens: (M, D) float32.
        Returns:
            (T, D) float32.
        """
        pictured = input_ids >= self.config.vocab_size
        embeds = functional.embedding(input_ids.masked_fill(pictured, 0), self.embedding).float()
        if image_tokens is None:
            return embeds
        rows = image_tokens.float()[(input_ids - self.config.vocab_size).clamp(0, len(image_tokens) - 1)]  # (T, D)
        return torch.where(pictured[:, None], rows, embeds)

    def forward(
        self,
        inputs_embeds: Tensor,
        predicting: Tensor | None = None,
        positions: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """What follows positions of one sequence.

        Args:
            inputs_embeds: (T, D) float32.
            predicting: (P,) int64, where logits are wanted; everywhere when None.
            positions: (T,) int64 for rotary; 0 to T - 1 when None.
            mask: (T, T) bool, whether a row sees a column; every position sees itself and those before it when None.
        Returns:
            (P, V) float32.
        """
        x = inputs_embeds
        places = torch.arange(len(x), device=x.device) if positions is None else positions
        dtype = self.embedding.dtype
        rotation = self.cos[places], self.sin[places]
        seen = None if mask is None else torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, -torch.inf)
        for layer in self.layers:
            x = layer(x, rotation, seen)
        if predicting is not None:
            x = x[predicting]
        x = _rms_norm(self.config, x, self.final_norm)
        head = self.embedding if self.head is None else self.head
        return functional.linear(x.to(head.dtype), head).float()

    def adapter_tensors(self) -> dict[str, np.ndarray]:
        """The adapter as graphs take it, named and shaped as `lora.adapter_shapes` says; B holds the scale."""
        found: dict[str, np.ndarray] = {}
        for index, product, module in self._products():
            if module.lora_a is not None and module.lora_b is not None:
                found[tensor_name(index, product, A)] = module.lora_a.detach().float().cpu().numpy()
                found[tensor_name(index, product, B)] = (module.scale * module.lora_b.detach().float()).cpu().numpy()
        return found

    def load_adapter(self, tensors: Mapping[str, np.ndarray]) -> None:
        """Go on from an adapter that `adapter_tensors` gave.

        Raises:
            ValueError: it is of another model, rank or choice of products.
        """
        wanted = {name: array.shape for name, array in self.adapter_tensors().items()}
        found = {name: array.shape for name, array in tensors.items()}
        if wanted != found:
            odd = sorted(wanted.items() ^ found.items())[0]
            raise ValueError(
                f"the adapter is of another shape: {odd[0]} {list(odd[1])}; give the rank it was made with"
            )
        for index, product, module in self._products():
            if module.lora_a is not None and module.lora_b is not None:
                down, up = (torch.from_numpy(tensors[tensor_name(index, product, half)]) for half in (A, B))
                module.lora_a.data.copy_(down)
                module.lora_b.data.copy_(up / module.scale)

    def checkpoint_tensors(self) -> dict[str, np.ndarray]:
        """All weights under the names that checkpoints have, float32; an adapter is not among them."""
        found = {EMBEDDING: self.embedding, FINAL_NORM: self.final_norm}
        if self.head is not None:
            found[HEAD] = self.head
        for index, layer in enumerate(self._layers()):
            found[f"model.layers.{index}.input_layernorm.weight"] = layer.input_norm
            found[f"model.layers.{index}.post_attention_layernorm.weight"] = layer.post_attention_norm
        arrays = {name: value.detach().float().cpu().numpy() for name, value in found.items()}
        shapes = expected(self.config)
        for index, product, module in self._products():
            whole, first = module.weight.detach().float().cpu().numpy(), 0
            for part in FUSED.get(product, (product,)):
                name = f"model.layers.{index}.{part}.weight"
                arrays[name] = whole[first : first + shapes[name][0]]
                first += shapes[name][0]
        return arrays

    def _layers(self) -> list[Layer]:
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def _products(self) -> Iterator[tuple[int, str, Product]]:
        """The number of the layer, the product's name, and the product."""
        for index, layer in enumerate(self._layers()):
            for name, module in layer.products.items():
                assert isinstance(module, Product)
                yield index, name.replace("/", "."), module


class Layer(nn.Module):
    """A decoder layer: attention and feed-forward, each with the norm before it and the sum after it."""

    def __init__(
        self, config: LlamaConfig, tensors: Tensors, index: int, lora: LoraConfig | None, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.config = config
        prefix = f"model.layers.{index}"

        def product(name: str) -> Product:
            parts = [tensors.read(f"{prefix}.{part}.weight") for part in FUSED.get(name, (name,))]
            adapter = lora if lora is not None and name in lora.products else None
            return Product(np.concatenate(parts), adapter, dtype)

        names = ("self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj")
        self.products = nn.ModuleDict({name.replace(".", "/"): product(name) for name in names})  # no dots in modules
        self.input_norm = _weight(tensors.read(f"{prefix}.input_layernorm.weight"), torch.float32)
        self.post_attention_norm = _weight(tensors.read(f"{prefix}.post_attention_layernorm.weight"), torch.float32)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        x = x + self._attend(_rms_norm(self.config, x, self.input_norm), rotation, mask)
        gate_up = self.products["mlp/gate_up_proj"](_rms_norm(self.config, x, self.post_attention_norm))
        gate, up = gate_up.chunk(2, dim=-1)
        out: Tensor = x + self.products["mlp/down_proj"](functional.silu(gate) * up)
        return out

    def _attend(self, x: Tensor, rotation: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        config = self.config
        heads, groups = config.num_attention_heads, config.num_key_value_heads
        qkv = self.products["self_attn/qkv_proj"](x).view(len(x), -1, config.head_dim).transpose(0, 1)
        turned, values = torch.split(qkv, [heads + groups, groups])
        queries, keys = torch.split(_rotate(turned, rotation), [heads, groups])  # (H, T, W), (G, T, W)
        keys, values = (part.repeat_interleave(heads // groups, dim=0) for part in (keys, values))  # (H, T, W)
        mixed = functional.scaled_dot_product_attention(
            queries[None], keys[None], values[None], attn_mask=mask, is_causal=mask is None
        )[0]
        out: Tensor = self.products["self_attn/o_proj"](mixed.transpose(0, 1).flatten(1))
        return out


class Product(nn.Module):
    """y = W x + scale * B (A x); at first B is zero, so that the adapter begins as nothing."""

    def __init__(self, weight: np.ndarray, lora: LoraConfig | None, dtype: torch.dtype) -> None:
        super().__init__()
        self.weight = _weight(weight, dtype)  # (N, K)
        self.scale = lora.scale if lora else 1.0
        rows, columns = weight.shape
        self.lora_a = nn.Parameter(torch.randn(columns, lora.rank) / columns**0.5) if lora else None  # (K, R)
        self.lora_b = nn.Parameter(torch.zeros(lora.rank, rows)) if lora else None  # (R, N)

    def forward(self, x: Tensor) -> Tensor:
        """(T, K) to (T, N), in the weights' own precision."""
        x = x.to(self.weight.dtype)
        y = functional.linear(x, self.weight)
        if self.lora_a is None or self.lora_b is None:
            return y
        narrow = x @ self.lora_a.to(x.dtype)  # (T, R)
        return torch.addmm(y, narrow, (self.scale * self.lora_b).to(x.dtype))


def _weight(array: np.ndarray, dtype: torch.dtype) -> nn.Parameter:
    return nn.Parameter(torch.from_numpy(np.ascontiguousarray(array)).to(dtype, copy=True))


def _rms_norm(config: LlamaConfig, x: Tensor, weight: Tensor) -> Tensor:
    return functional.rms_norm(x.float(), (config.hidden_size,), weight, config.rms_norm_eps)


def _rotary(config: LlamaConfig) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every position, twice side by side: (positions, W) float32."""
    steps = torch.arange(0, config.head_dim, 2, dtype=torch.float64) / config.head_dim
    places = torch.arange(config.max_position_embeddings, dtype=torch.float64)
    angles = torch.outer(places, config.rope_theta**-steps).repeat(1, 2)
    return angles.cos().float(), angles.sin().float()


def _rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair (one number of the first half of a head, its fellow in the second) by its angle. (H, T, W)."""
    cos, sin = rotation
    first, second = x.chunk(2, dim=-1)
    return (x * cos + torch.cat([-second, first], dim=-1) * sin).to(x.dtype)
