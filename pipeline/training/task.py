"""What the trainer asks of a stage."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch


class Task(Protocol):
    """A model, its samples and its loss.

    A task may also have `write_config(folder: Path)`, which leaves beside the weights what the model is run with.

    Everything is a function of its arguments and of the task's own settings, so that a run that goes on after a kill
    sees the same samples and computes the same losses.

    Attributes:
        model: the trainer puts it on its device, trains its parameters that require a gradient, and calls `train()`
            and `eval()` on it: one that has frozen parts (norms, say) keeps them so in its own `train`.
    """

    model: torch.nn.Module

    def __len__(self) -> int:
        """Samples in an epoch."""

    def load(self, index: int, epoch: int) -> Any:
        """Sample `index` (0 to len - 1) as it is seen in that epoch: the same arguments, the same sample, whichever
        process asks. What is random about it comes from `np.random.default_rng((seed, epoch, index))`."""

    def collate(self, samples: list[Any]) -> Any:
        """A batch: tensors, or dicts, lists and tuples of them, which the trainer moves to its device."""

    def loss(self, batch: Any) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss summed (not averaged) over the batch's units, and what to log: sums over the units as well, and
        "units", how many they are (tokens, boxes, samples). Sums, so that pieces of a batch, on one process or on
        several, add up to the batch."""

    def evaluate(self) -> dict[str, float]:
        """Scores of the model as it stands; called in eval mode, without gradients, with the averaged weights."""

    def export_state(self) -> dict[str, np.ndarray]:
        """What ships, by name; written to weights.safetensors."""
