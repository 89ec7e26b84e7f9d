"""All that is fixed about a parser: what it tells apart, how it is built, how its answers are read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pocketvlm.vision.parser.roles import ROLES

# What is kept of the encoder's maps of a close-up: stride, and the mean or the greatest value of each channel.
POOLED: tuple[tuple[int, Literal["mean", "max"]], ...] = ((32, "mean"), (32, "max"), (16, "mean"))
POOLED_STRIDES = tuple(sorted({stride for stride, _ in POOLED}))


@dataclass(frozen=True)
class InputConfig:
    """How a picture becomes the network's input."""

    area_budget: int = 430_080  # pixels: 448 x 960, what a phone's screen of 9:20 fills exactly
    multiple: int = 32  # both sides are multiples of it: the coarsest stride of the encoder
    mean: float = 127.0  # of 0..255, all channels: as EfficientNet-Lite0 was trained
    std: float = 128.0


@dataclass(frozen=True)
class ParserConfig:
    """A parser's roles and looks, its widths, and the thresholds with which its answers are read.

    Saved as JSON beside the weights: what runs needs nothing else.
    """

    looks: tuple[str, ...]  # what icons and pictures show, in words: what closer looks tell apart
    roles: tuple[str, ...] = ROLES
    input: InputConfig = field(default_factory=InputConfig)
    strides: tuple[int, ...] = (8, 16, 32, 64)  # of the levels that elements are found on, small ones first
    # An element belongs to the level in whose range its size lies: the square root of its area in input pixels.
    level_sizes: tuple[float, ...] = (40.0, 96.0, 224.0)  # between the levels
    level_overlap: float = 1.2  # near a border it belongs to both levels: sizes within this factor of it
    neck_channels: int = 96
    close_up: int = 96  # input pixels each way of the closer look at what shows something
    score_threshold: float = 0.45  # below it nothing is said to be there
    score_thresholds: dict[str, float] = field(default_factory=dict)  # of the roles that have one of their own
    nms_iou: float = 0.45  # of two boxes of a role that overlap more, the weaker goes
    nms_inside: float = 0.5  # likewise where a greater share of one lies in the other: a part, or several as one
    double_iou: float = 0.75  # nothing is of two roles: of two boxes that overlap so much, the weaker goes as well
    max_elements: int = 300

    def __post_init__(self) -> None:
        if len(self.level_sizes) != len(self.strides) - 1:
            raise ValueError(
                f"{len(self.strides)} levels have {len(self.strides) - 1} borders between them, not {self.level_sizes}"
            )

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The least score of each role."""
        return tuple(self.score_thresholds.get(role, self.score_threshold) for role in self.roles)

    def save(self, path: str | Path) -> None:
        """Write the config as JSON."""
        Path(path).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> ParserConfig:
        """Read a saved config.

        Raises:
            ValueError: the file is no parser's config; the message says why.
        """
        try:
            raw: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
            return cls(**{**raw, **lists, "input": InputConfig(**raw["input"])})
        except (TypeError, KeyError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is no parser's config: {error}; export the bundle again") from error
