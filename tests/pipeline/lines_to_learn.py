"""A small task for the trainer's tests, and a script that trains it: processes are started, killed and joined."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pocketvlm.training.config import train_config
from pocketvlm.training.trainer import train

SAMPLES = 37  # no multiple of any batch in the tests: batches reach across epochs


class Lines:
    """Learns the sum of eight numbers; a sample counts for one unit or two."""

    def __init__(self, dropout: float = 0.0) -> None:
        torch.manual_seed(0)
        layers = (torch.nn.Linear(8, 16), torch.nn.Dropout(dropout), torch.nn.ReLU(), torch.nn.Linear(16, 1))
        self.model = torch.nn.Sequential(*layers)

    def __len__(self) -> int:
        return SAMPLES

    def load(self, index: int, epoch: int) -> tuple[np.ndarray, int]:
        return np.random.default_rng((epoch, index)).normal(size=8).astype(np.float32), 1 + index % 2

    def collate(self, samples: list[tuple[np.ndarray, int]]) -> dict[str, torch.Tensor]:
        numbers, units = zip(*samples, strict=True)
        return {"numbers": torch.from_numpy(np.stack(numbers)), "units": torch.tensor(units)}

    def loss(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, float]]:
        off = self.model(batch["numbers"])[:, 0] - batch["numbers"].sum(1)
        weighted = off * batch["units"]
        return (weighted * off).sum(), {
            "off": float(weighted.detach().abs().sum()),
            "units": float(batch["units"].sum()),
        }

    def evaluate(self) -> dict[str, float]:
        assert not self.model.training
        numbers = torch.linspace(-1, 1, 8 * 50).view(50, 8)
        return {"off": float((self.model(numbers)[:, 0] - numbers.sum(1)).abs().mean())}

    def export_state(self) -> dict[str, np.ndarray]:
        return {name: value.detach().numpy().copy() for name, value in self.model.state_dict().items()}


def main(folder: str, config: str, dropout: str) -> None:
    values: dict[str, Any] = json.loads(config)
    train(Lines(float(dropout)), train_config(values), Path(folder), resume=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
