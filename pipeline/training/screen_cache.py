"""Rendered screens at the size that the network sees, decoded once: a file of plain bytes for each shard.

Decoding and shrinking a screen takes longer than a step of training may wait. cache/shard-00000.u8 holds the pixels of
a shard's screens one after the other, cache/shard-00000.jsonl their truth, size and place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pocketvlm.datasets.rendered.manifest import SHARD, TRUTH
from pocketvlm.vision.parser.config import InputConfig
from pocketvlm.vision.screen_input import fit_pixels


@dataclass(frozen=True)
class CachedScreen:
    """One screen of the cache."""

    truth: dict[str, Any]  # boxes in pixels of the screen as it was rendered
    path: Path
    offset: int
    width: int
    height: int

    def pixels(self) -> np.ndarray:
        """(height, width, 3) uint8, RGB, at the network's size."""
        shape = (self.height, self.width, 3)
        return np.fromfile(self.path, np.uint8, count=int(np.prod(shape)), offset=self.offset).reshape(shape)

    def map(self) -> np.ndarray:
        """The same, read only where it is looked at."""
        shape = (self.height, self.width, 3)
        return np.memmap(self.path, np.uint8, "r", offset=self.offset, shape=shape)

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels here a pixel of the screen as it was rendered: x, y."""
        return self.width / self.truth["width"], self.height / self.truth["height"]


def cached_screens(folder: str | Path, cache: str | Path, config: InputConfig) -> list[CachedScreen]:
    """The screens of all finished shards of a folder of rendered screens, in order; shards are cached as need be.

    Raises:
        ValueError: there is no finished shard.
    """
    shards = sorted(path.parent for path in Path(folder).glob(f"*/{SHARD}"))
    if not shards:
        raise ValueError(f"{folder} has no finished shard of screens: render some with `pocketvlm data render`")
    side = f"{config.area_budget}-{config.multiple}"
    target = Path(cache) / f"{Path(folder).absolute().name}-{side}"
    target.mkdir(parents=True, exist_ok=True)
    return [screen for shard in shards for screen in _shard(shard, target, config)]


def _shard(shard: Path, target: Path, config: InputConfig) -> list[CachedScreen]:
    index, pixels = target / f"{shard.name}.jsonl", target / f"{shard.name}.u8"
    if not index.exists():
        _write(shard, index, pixels, config)
    with index.open(encoding="utf-8") as lines:
        return [CachedScreen(path=pixels, **json.loads(line)) for line in lines]


def _write(shard: Path, index: Path, pixels: Path, config: InputConfig) -> None:
    """The index gets its name last: where it is, both are whole."""
    entries, offset = [], 0
    temporary = pixels.with_suffix(".partial")
    with temporary.open("wb") as out:
        for truth in _truths(shard / TRUTH):
            image = cv2.imread(str(shard / truth["image"]), cv2.IMREAD_COLOR)
            if image is None:
                raise ValueError(f"{shard / truth['image']} cannot be read: render the shard again")
            fitted = fit_pixels(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), config)
            out.write(fitted.tobytes())
            entries.append({"truth": truth, "offset": offset, "width": fitted.shape[1], "height": fitted.shape[0]})
            offset += fitted.nbytes
    os.replace(temporary, pixels)
    partial = index.with_suffix(".partial_index")
    partial.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), encoding="utf-8")
    os.replace(partial, index)


def _truths(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
