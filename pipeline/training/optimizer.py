"""AdamW over a model's trainable parameters, its learning rate, and the average of the weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch

from pocketvlm.training.config import TrainConfig

Parameters = dict[str, torch.nn.Parameter]


def trainable(model: torch.nn.Module) -> Parameters:
    """The parameters that require a gradient, by name.

    Raises:
        ValueError: there are none.
    """
    found = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if not found:
        raise ValueError("the model has no parameter that requires a gradient: there is nothing to train")
    return found


def make_optimizer(parameters: Parameters, config: TrainConfig) -> torch.optim.AdamW:
    """AdamW with a group for every pair of rate and decay; a group's `factor` is its share of the rate."""
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in parameters.items():
        decay = config.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((_factor(name, config.lr_factors), decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": group, "factor": factor, "weight_decay": decay} for (factor, decay), group in groups.items()],
        lr=config.lr,
        betas=config.betas,
        fused=True,
    )


def _factor(name: str, factors: Mapping[str, float]) -> float:
    """The factor of the longest beginning that fits."""
    fitting = [prefix for prefix in factors if name.startswith(prefix)]
    return factors[max(fitting, key=len)] if fitting else 1.0


def learning_rate(step: int, total: int, config: TrainConfig) -> float:
    """The rate of update `step` (from 0): up a line for the warm-up, then down half a cosine."""
    if step < config.warmup_steps:
        return config.lr * (step + 1) / config.warmup_steps
    done = (step - config.warmup_steps) / max(1, total - config.warmup_steps)
    share = config.final_lr + (1 - config.final_lr) * (1 + math.cos(math.pi * min(1.0, done))) / 2
    return config.lr * share


class Average:
    """An exponential moving average of the weights; it follows fast at first, so that no start is remembered."""

    def __init__(self, parameters: Parameters, decay: float) -> None:
        self._parameters = parameters
        self._decay = decay
        self.values = {name: one.detach().clone() for name, one in parameters.items()} if decay else {}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after update `step`."""
        weight = 1 - min(self._decay, (1 + step) / (10 + step))
        for name, value in self.values.items():
            value.lerp_(self._parameters[name], weight)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within, the model has the averaged weights."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for name, value in self.values.items():
            parameter = self._parameters[name]
            parameter.data, self.values[name] = value, parameter.data
