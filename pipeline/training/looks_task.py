"""Teaching what icons and pictures show: one linear layer on what the parser's encoder sees of their close-ups.

It follows the parser's stage, whose encoder it leaves as it is, and takes minutes.

Letters: B samples, F features, L looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from pocketvlm.training.close_up_cache import EncodedCloseUps, encoded_close_ups
from pocketvlm.training.parser_task import CONFIG, load_weights
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.looks import LookClassifier

SMOOTHING = 0.05


@dataclass(frozen=True)
class LooksTaskConfig:
    """What looks are learnt from.

    Attributes:
        parser: the folder of a run of the parser stage, whose encoder sees.
        cache: where encoded close-ups are kept.
        framings: how often each element is cut out, each time a little otherwise.
        rarity: how much a rare look counts more than a common one: the power of 1 / its count.
        check: folders of other screens to score on.
    """

    parser: str
    cache: str
    framings: int = 3
    rarity: float = 0.25
    check: tuple[str, ...] = ()


class LooksTask:
    """See `training.task.Task`."""

    def __init__(self, config: LooksTaskConfig, screens: Sequence[Path], seed: int) -> None:
        run = Path(config.parser)
        self._parser = ParserConfig.load(run / CONFIG)
        encoder = _encoder(run, self._parser)
        numbers = {look: number for number, look in enumerate(self._parser.looks)}

        def numbered(held: EncodedCloseUps) -> np.ndarray:
            return np.array([numbers[look] for look in held.looks])

        self._learnt = encoded_close_ups(screens, config.cache, encoder, self._parser, config.framings)
        self._numbers = numbered(self._learnt)
        self._weights = _weights(self._numbers, config.rarity)
        held = [encoded_close_ups([one], config.cache, encoder, self._parser, 1) for one in config.check]
        self._check = {Path(one).name: (own, numbered(own)) for one, own in zip(config.check, held, strict=True)}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = LookClassifier(len(self._parser.looks))
        self.model.settle(torch.from_numpy(self._learnt.features[:, 0]).float())

    def __len__(self) -> int:
        return len(self._numbers)

    def load(self, index: int, epoch: int) -> tuple[np.ndarray, int, float]:
        """An element's features in this epoch's framing, what it shows, and how much it counts."""
        framing = (index + epoch) % self._learnt.features.shape[1]
        return self._learnt.features[index, framing], int(self._numbers[index]), float(self._weights[index])

    def collate(self, samples: list[tuple[np.ndarray, int, float]]) -> dict[str, Tensor]:
        """Features (B, F), looks (B,) and weights (B,)."""
        features, looks, weights = zip(*samples, strict=True)
        return {
            "features": torch.from_numpy(np.stack(features)).float(),
            "looks": torch.tensor(looks),
            "weights": torch.tensor(weights),
        }

    def loss(self, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """The cross entropy summed over the batch's elements."""
        logits = self.model(batch["features"])
        each = cross_entropy(logits, batch["looks"], reduction="none", label_smoothing=SMOOTHING)
        right = (logits.argmax(dim=1) == batch["looks"]).sum()
        return (each * batch["weights"]).sum(), {"right": float(right), "units": float(len(each))}

    def evaluate(self) -> dict[str, float]:
        """Shares of the icons and of the pictures of other screens that are called by their own word."""
        scores: dict[str, float] = {}
        for name, (held, numbers) in self._check.items():
            features = torch.from_numpy(held.features[:, 0]).float().to(self.model.mean.device)
            found = self.model(features).argmax(dim=1).cpu().numpy()
            for kind, rows in (("picture", held.roles == "picture"), ("icon", held.roles != "picture")):
                scores[f"{name}_{kind}_accuracy"] = float((found == numbers)[rows].mean())
        return scores

    def export_state(self) -> dict[str, np.ndarray]:
        """All weights and statistics, float32, under the definition's names."""
        return {name: value.cpu().numpy() for name, value in self.model.state_dict().items()}


def open_task(data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> LooksTask:
    """The task that recipes call "looks"; see `LooksTaskConfig` for its settings.

    Args:
        data: folders of rendered screens.
    Raises:
        ValueError: a setting that is none of its, or none where one is needed.
    """
    known = [one.name for one in fields(LooksTaskConfig)]
    if unknown := sorted(set(settings) - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}; [settings] has {', '.join(known)}")
    if not (Path(settings.get("parser", "")) / CONFIG).is_file():
        raise ValueError("settings.parser is missing: give the folder of a run of nano/parser")
    return LooksTask(LooksTaskConfig(**{**settings, "check": tuple(settings.get("check", ()))}), data, seed)


def load_looks(run: Path, looks: int) -> LookClassifier:
    """The classifier that a run of this stage trained.

    Raises:
        OSError, RuntimeError: the folder holds no such weights.
    """
    model = LookClassifier(looks)
    model.load_state_dict(load_file(run / "weights.safetensors"))
    return model.eval()


def _encoder(run: Path, config: ParserConfig) -> EfficientNetLite0:
    parser = ScreenParser(config)
    parser.load_state_dict(load_weights(run / "weights.safetensors"))
    return parser.encoder.eval().requires_grad_(False)


def _weights(numbers: np.ndarray, rarity: float) -> np.ndarray:
    counts = np.bincount(numbers)[numbers]
    weights = counts.astype(np.float64) ** -rarity
    return np.asarray(weights / weights.mean())
