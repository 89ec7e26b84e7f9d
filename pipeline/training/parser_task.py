"""Teaching the screen parser from rendered screens: samples, loss and scores for the trainer.

Letters: B pictures, A cells, R roles, P cells that are to find something.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from pocketvlm.datasets.rendered.parser_truth import LOOKS, Label, parser_labels
from pocketvlm.training.parser_scores import score_parser, torch_finder
from pocketvlm.training.screen_augment import AugmentConfig, place, recolour, wear
from pocketvlm.training.screen_cache import CachedScreen, cached_screens
from pocketvlm.vision.efficientnet import load_imagenet
from pocketvlm.vision.parser.cells import make_cells
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.losses import LossWeights, Targets, parser_loss
from pocketvlm.vision.parser.roles import DISABLED
from pocketvlm.vision.parser.targets import UNKNOWN, Wanted, assign

CONFIG = "parser.json"  # beside the weights
LEAST_SEEN = 0.6  # the share of an element that is on the canvas, below which it is not asked for


Pair = tuple[float, float]


@dataclass(frozen=True)
class ParserTaskConfig:
    """What a parser is trained on."""

    screens: tuple[str, ...]  # folders of rendered screens
    check: tuple[str, ...]  # folders to score on
    cache: str  # where decoded screens are kept
    imagenet: str  # the encoder's published weights
    weights: str | None = None  # or a parser's, to go on from
    check_count: int = 48  # screens of each folder to score on
    frozen_blocks: int = 3
    seed: int = 0
    limit: int | None = None  # the first so many screens only
    augment: bool = True
    parser: ParserConfig = field(default_factory=lambda: ParserConfig(looks=LOOKS))
    augmentation: AugmentConfig = field(default_factory=AugmentConfig)
    loss: LossWeights = field(default_factory=LossWeights)


class ParserTask:
    """See `training.task.Task`."""

    def __init__(self, config: ParserTaskConfig) -> None:
        self.config = config
        cv2.setNumThreads(1)  # the cores are the trainer's; and forked loaders would wait for threads they do not have
        self.screens: list[CachedScreen] = []
        for folder in config.screens:
            self.screens += cached_screens(folder, config.cache, config.parser.input)
        self.screens = self.screens[: config.limit]
        self.model = ScreenParser(config.parser)
        load_imagenet(self.model.encoder, config.imagenet)
        if config.weights:
            self.model.load_state_dict(load_weights(config.weights))
        self.model.encoder.freeze(config.frozen_blocks)
        self.model.to(memory_format=torch.channels_last)
        canvas = config.augmentation.canvas
        self.cells = make_cells(canvas[1], canvas[0], config.parser.strides)
        self._roles = {role: number for number, role in enumerate(config.parser.roles)}

    def __len__(self) -> int:
        return len(self.screens)

    def load(self, index: int, epoch: int) -> dict[str, np.ndarray]:
        """A screen as it is seen in an epoch, and which cells are to find what."""
        rng = np.random.default_rng((self.config.seed, epoch, index))
        screen, augmentation = self.screens[index], self.config.augmentation
        if self.config.augment:
            pixels, cut = place(screen.pixels(), augmentation, rng)
            pixels = wear(recolour(pixels, augmentation, rng), augmentation, rng)
        else:
            pixels, cut = place(screen.pixels(), AugmentConfig(augmentation.canvas, (0.8, 0.8), 0.0), rng)
        scale = (screen.scale[0] * cut.scale[0], screen.scale[1] * cut.scale[1])
        return self._sample(pixels, self._wanted(parser_labels(screen.truth), scale, cut.shift))

    def _sample(self, pixels: np.ndarray, wanted: Wanted) -> dict[str, np.ndarray]:
        found = assign(self.cells, wanted, self.config.parser)
        chosen = {
            name: getattr(wanted, name)[found.elements] for name in ("boxes", "roles", "active", "disabled", "values")
        }
        return {"pixels": pixels, "cells": found.cells, "quiet": found.quiet, **chosen}

    def _wanted(self, labels: list[Label], scale: Pair, shift: Pair) -> Wanted:
        """Labels on the canvas: canvas pixel = label's pixel * scale + shift."""
        boxes = np.array([label.box for label in labels], np.float32).reshape(-1, 4)
        boxes = boxes * np.tile(scale, 2) + np.tile(shift, 2)
        inside = np.clip(boxes, 0, np.tile(self.config.augmentation.canvas, 2))
        seen = (inside[:, 2:] - inside[:, :2]).prod(axis=1) / np.maximum(
            (boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6
        )
        there = seen > 0.05  # of less nothing can be said, and the rest of the canvas is as without it
        kept = [label for label, yes in zip(labels, there, strict=True) if yes]
        seen = seen[there]
        return Wanted(
            boxes=inside[there].astype(np.float32),
            roles=np.array([self._roles[label.role] for label in kept], np.int64),
            active=_floats(None if label.active is None else float(label.active) for label in kept),
            disabled=_floats(float(label.disabled) if label.role in DISABLED else None for label in kept),
            values=_floats(label.value if share > 0.95 else None for label, share in zip(kept, seen, strict=True)),
            ignored=np.array([label.clipped for label in kept], bool) | (seen < LEAST_SEEN),
        )

    def collate(self, samples: list[dict[str, np.ndarray]]) -> dict[str, Any]:
        """One batch: pixels (B, 3, H, W) uint8 and the targets of all its cells."""
        count, roles = len(self.cells.strides), len(self.config.parser.roles)
        joined = {
            name: np.concatenate([sample[name] for sample in samples])
            for name in samples[0]
            if name not in ("pixels", "quiet", "cells")
        }
        own = np.concatenate([sample["cells"] for sample in samples])
        cells = np.concatenate([sample["cells"] + number * count for number, sample in enumerate(samples)])
        quiet = [
            (sample["quiet"][:, 0] + number * count) * roles + sample["quiet"][:, 1]
            for number, sample in enumerate(samples)
        ]
        targets = {
            **joined,
            "cells": cells,
            "quiet": np.concatenate(quiet),
            "middles": self.cells.middles[own],
            "strides": self.cells.strides[own],
        }
        pixels = torch.from_numpy(np.stack([sample["pixels"] for sample in samples])).permute(0, 3, 1, 2)
        return {
            "pixels": pixels,
            "targets": Targets(**{name: torch.from_numpy(value) for name, value in targets.items()}),
        }

    def loss(self, batch: dict[str, Any]) -> tuple[torch.Tensor, dict[str, float]]:
        """The loss summed over the cells that are to find something."""
        config = self.config.parser.input
        targets: Targets = batch["targets"]
        parse = self.model((batch["pixels"].float() - config.mean) / config.std)
        device = parse.roles.device.type
        with torch.autocast(device, enabled=False):  # boxes and logarithms want all their digits
            total, parts = parser_loss(parse, targets, self.config.loss)
        return total, {**{name: float(part) for name, part in parts.items()}, "units": float(len(targets.cells))}

    def evaluate(self) -> dict[str, float]:
        """Average precision, state accuracy and error of values on the first screens of the folders to check."""
        scores: dict[str, float] = {}
        for folder in self.config.check:
            screens = cached_screens(folder, self.config.cache, self.config.parser.input)
            step = max(1, len(screens) // self.config.check_count)
            report = score_parser(torch_finder(self.model), screens[::step][: self.config.check_count])
            scores.update({f"{Path(folder).name}_{name}": value for name, value in report.summary().items()})
        return scores

    def export_state(self) -> dict[str, np.ndarray]:
        """All weights and statistics, float32, under the definition's names."""
        state = self.model.state_dict()
        return {
            name: value.float().cpu().numpy()
            for name, value in state.items()
            if not name.endswith("num_batches_tracked")
        }

    def write_config(self, folder: Path) -> None:
        """Write the parser's config beside its weights: roles, looks and thresholds that it is run with."""
        self.config.parser.save(folder / CONFIG)


def load_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """A parser's state from its exported weights."""
    from safetensors.torch import load_file

    state = load_file(path)
    norms = [name.removesuffix("running_mean") for name in state if name.endswith("running_mean")]
    return {**state, **{f"{norm}num_batches_tracked": torch.tensor(0) for norm in norms}}


def _floats(values: Any) -> np.ndarray:
    return np.array([UNKNOWN if value is None else value for value in values], np.float32)
