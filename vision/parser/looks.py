"""What an icon or a picture shows, in torch: the encoder's maps of a close-up, pooled, and one linear layer.

The encoder knew a thousand things before it knew screens, so that one layer on what it sees is enough to name some
four hundred. It is the same encoder that sees the whole screen, and stays as the parser's training left it.

Letters: K close-ups, h and w sides of a map, F = 752 features, L looks.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pocketvlm.vision.efficientnet_shape import CHANNELS
from pocketvlm.vision.parser.config import POOLED

FEATURES = sum(CHANNELS[stride] for stride, _ in POOLED)
DROPOUT = 0.2
LEAST_DEVIATION = 1e-3


def pool(maps: dict[int, Tensor]) -> Tensor:
    """Maps by stride, (K, C, h, w) each, to features (K, F): see `config.POOLED`."""
    how = {"mean": lambda x: x.mean((2, 3)), "max": lambda x: x.amax((2, 3))}
    return torch.cat([how[kind](maps[stride]) for stride, kind in POOLED], dim=1)


class LookClassifier(nn.Module):
    """Features (K, F) to logits (K, L)."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, looks: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("deviation", torch.ones(FEATURES))
        self.dropout = nn.Dropout(DROPOUT)
        self.words = nn.Linear(FEATURES, looks)

    def settle(self, features: Tensor) -> None:
        """Take from (K, F) how large each feature is, so that the layer begins with all of one size."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0) + LEAST_DEVIATION)

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.words(self.dropout((features - self.mean) / self.deviation))
        return logits

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight (L, F) and bias (L,) that do the same to features as they come."""
        weight = self.words.weight / self.deviation
        return weight.detach(), (self.words.bias - weight @ self.mean).detach()
