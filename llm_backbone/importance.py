"""How much each input of a weight product matters: the mean square of what comes in while some prompts are read.

Rounding errors of the weights that meet large inputs count for more ("importance matrix" in llama.cpp). The float model
is run a layer at a time, so that a model of any size needs the memory of one layer.

Letters: T positions, D hidden width, K a product's inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear

from pocketvlm.graphs.tensors import Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.definition import layer, rms_norm, rotary
from pocketvlm.llm_backbone.weights import FINAL_NORM, HEAD


class InputImportance:
    """The importances of all products, computed in the order of the layers as they are asked for."""

    def __init__(self, config: LlamaConfig, tensors: Tensors, prompts: Sequence[np.ndarray]) -> None:
        """
        Args:
            tensors: those of `weights.expected`.
            prompts: embeddings, (1, T, D) float32 each, of what is like what the model will read.
        Raises:
            ValueError: there are no prompts.
        """
        if not prompts:
            raise ValueError("no prompts to learn from which inputs are large: give some like what will be read")
        self._layers = _layers(config, tensors, prompts)
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, name: str) -> np.ndarray:
        """(K,) float32 mean squares of the inputs of a product, by its weight's name.

        Raises:
            ValueError: there is no such product in a layer, or the head, or its layer was passed already.
        """
        while name not in self._known:
            following = next(self._layers, None)
            if following is None:
                raise ValueError(f"{name} is no product of a layer or the head, or of a layer that was passed already")
            self._known = following
        return self._known[name]


class _Observed:
    """A layer's weights, and the squares of all that is multiplied with them."""

    def __init__(self, tensors: Tensors, index: int) -> None:
        self._tensors, self._prefix = tensors, f"model.layers.{index}."
        self._weights: dict[str, Tensor] = {}
        self._squares: dict[str, Tensor] = {}

    def weight(self, part: str) -> Tensor:
        """Read once, however many prompts there are."""
        if part not in self._weights:
            self._weights[part] = torch.from_numpy(self._tensors.read(self._name(part)))
        return self._weights[part]

    def product(self, part: str, x: Tensor) -> Tensor:
        """x, (T, K), times a weight."""
        squares = x.square().sum(0)
        self._squares[part] = self._squares[part] + squares if part in self._squares else squares
        return linear(x, self.weight(part))

    def means(self, positions: int) -> dict[str, np.ndarray]:
        """By the names of the weights."""
        return {self._name(part): (squares / positions).numpy() for part, squares in self._squares.items()}

    def _name(self, part: str) -> str:
        return f"{self._prefix}{part}.weight"


@torch.no_grad()
def _layers(config: LlamaConfig, tensors: Tensors, prompts: Sequence[np.ndarray]) -> Iterator[dict[str, np.ndarray]]:
    """Mean squares of one layer after another, by the names of the weights."""
    states = [torch.from_numpy(prompt)[0] for prompt in prompts]  # (T, D) each
    positions = sum(map(len, states))
    rotations = [rotary(config, len(state)) for state in states]
    for index in range(config.num_hidden_layers):
        seen = _Observed(tensors, index)
        turned = zip(states, rotations, strict=True)
        states = [layer(config, seen.weight, seen.product, x, rotation) for x, rotation in turned]
        yield seen.means(positions)
    norm = torch.from_numpy(tensors.read(FINAL_NORM))
    squares = [rms_norm(config, x, norm).square().sum(0) for x in states]
    yield {HEAD: (torch.stack(squares).sum(0) / positions).numpy()}
