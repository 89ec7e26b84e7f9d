"""Close-ups of rendered screens as a trained encoder sees them: encoded once, a file for each shard.

The encoder stays as it is while looks are learnt, so that its features can be kept: cache/close-ups-<weights>/
shard-00000.npz holds features of every element that shows something, in several framings, what it shows, and its role.

Letters: K elements, V framings of each, F features.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pocketvlm.datasets.rendered.manifest import SHARD, TRUTH
from pocketvlm.datasets.rendered.parser_truth import parser_labels
from pocketvlm.progress import progress_bar
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vision.image import read_image
from pocketvlm.vision.parser.close_up import SHOWING, close_ups, frames
from pocketvlm.vision.parser.config import POOLED_STRIDES, ParserConfig
from pocketvlm.vision.parser.looks import pool
from pocketvlm.vision.screen_input import normalise

SHIFT = 0.06  # of a frame's side: how far the parser's boxes may be off
RESIZE = 0.13  # likewise, as a logarithm


@dataclass(frozen=True)
class EncodedCloseUps:
    """What the encoder sees of elements that show something.

    Attributes:
        features: (K, V, F) float16; the first framing is the box's own.
        looks: K words.
        roles: K.
    """

    features: np.ndarray
    looks: np.ndarray
    roles: np.ndarray


def encoded_close_ups(
    folders: Sequence[str | Path], cache: str | Path, encoder: EfficientNetLite0, config: ParserConfig, framings: int
) -> EncodedCloseUps:
    """The close-ups of all finished shards of folders of rendered screens; shards are encoded as need be.

    Args:
        encoder: trained, in eval mode.
        framings: how often each element is cut out, each time a little otherwise.
    Raises:
        ValueError: a folder has no finished shard.
    """
    target = Path(cache) / f"close-ups-{_digest(encoder)}-{config.close_up}-{framings}"
    shards = [(Path(folder), shard) for folder in folders for shard in _shards(folder)]
    parts = []
    with progress_bar("shard") as progress:
        for number, (folder, shard) in enumerate(shards):
            path = target / folder.absolute().name / f"{shard.name}.npz"
            if not path.exists():
                _write(path, shard, encoder, config, framings)
            with np.load(path) as held:
                parts.append([held[name] for name in ("features", "looks", "roles")])
            progress(number + 1, len(shards))
    return EncodedCloseUps(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _shards(folder: str | Path) -> list[Path]:
    found = sorted(path.parent for path in Path(folder).glob(f"*/{SHARD}"))
    if not found:
        raise ValueError(f"{folder} has no finished shard of screens: render some with `pocketvlm render`")
    return found


def _digest(encoder: EfficientNetLite0) -> str:
    digest = hashlib.sha256()
    for value in encoder.state_dict().values():
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:12]


def _write(path: Path, shard: Path, encoder: EfficientNetLite0, config: ParserConfig, framings: int) -> None:
    features, looks, roles = [], [], []
    with (shard / TRUTH).open(encoding="utf-8") as lines:
        for truth in map(json.loads, lines):
            labels = [one for one in parser_labels(truth) if one.role in SHOWING and one.look and not one.clipped]
            if not labels:
                continue
            pixels = read_image(shard / truth["image"])
            places = frames(np.array([one.box for one in labels]), [one.role for one in labels])
            rng = np.random.default_rng(int(hashlib.sha256(truth["id"].encode()).hexdigest()[:8], 16))
            features.append(encode(list(_framed(pixels, places, config.close_up, framings, rng)), encoder, config))
            looks += [one.look for one in labels]
            roles += [one.role for one in labels]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial.npz")
    np.savez(partial, features=np.concatenate(features), looks=np.array(looks), roles=np.array(roles))
    os.replace(partial, path)


def _framed(
    pixels: np.ndarray, places: np.ndarray, side: int, framings: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Squares of all elements, framing by framing."""
    yield close_ups(pixels, places, side)
    for _ in range(framings - 1):
        moved = places.copy()
        moved[:, :2] += rng.uniform(-SHIFT, SHIFT, (len(places), 2)) * places[:, 2:]
        moved[:, 2] *= np.exp(rng.uniform(-RESIZE, RESIZE, len(places)))
        yield close_ups(pixels, moved, side)


@torch.inference_mode()
def encode(framed: list[np.ndarray], encoder: EfficientNetLite0, config: ParserConfig) -> np.ndarray:
    """Squares (K, side, side, 3) uint8 of V framings to features (K, V, F) float16."""
    seen = []
    for squares in framed:
        maps = encoder(torch.from_numpy(normalise(squares, config.input)))
        pooled = pool({stride: getattr(maps, f"stride{stride}") for stride in POOLED_STRIDES})
        seen.append(pooled.numpy().astype(np.float16))
    return np.stack(seen, axis=1)
