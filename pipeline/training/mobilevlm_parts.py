"""The parts that MobileVLM is trained from: CLIP's image encoder, MobileLLaMA, and a projector between them.

The weights of an earlier stage take the place of those that the parts came with. Names are those of the published
checkpoints, so that what was trained can be exported like them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import nn

from pocketvlm.checkpoint import Checkpoint, VisionPart
from pocketvlm.checkpoints.files import open_checkpoint
from pocketvlm.checkpoints.hub import locate
from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.mobilevlm import OPEN_CLIP, PROJECTOR_PREFIX, open_folder
from pocketvlm.projector.definition import make_projector
from pocketvlm.training.trainer import ABOUT, WEIGHTS
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import build, config_of, pretrained_tensors
from pocketvlm.vision.preprocess import PreprocessorConfig

PARTS = ("projector", "language_model")
TOKENIZER_FILES = ("tokenizer.model", "tokenizer.json", "tokenizer_config.json", "generation_config.json")


@dataclass(frozen=True)
class MobileVLMSettings:
    """What a recipe's [settings] say.

    Attributes:
        language_model: folder or hub name of a LLaMA such as MobileLLaMA.
        vision_tower: folder or hub name of CLIP's image encoder, or open_clip:NAME:TAG.
        projector: its kind, as `projector.definition.make_projector` names them.
        train: which parts learn: "projector", "language_model", or both.
        start: the folder of an earlier stage's run, whose weights this one begins with; empty for none.
        images: the folder of the data's images; empty for the folder of the data itself.
        held_out: how many conversations, the last ones of the data, are not learnt and give the scores.
        max_length: positions of a conversation, image tokens among them; what is longer is cut off.
    """

    language_model: str
    vision_tower: str
    projector: str = "ldpnetv2"
    train: tuple[str, ...] = PARTS
    start: str = ""
    images: str = ""
    held_out: int = 64
    max_length: int = 2048

    def __post_init__(self) -> None:
        if not self.train or not set(self.train) <= set(PARTS):
            raise ValueError(f"train is {list(self.train)}; it names one or more of {', '.join(PARTS)}")


def settings_of(values: Mapping[str, Any]) -> MobileVLMSettings:
    """The settings of a table of plain values.

    Raises:
        ValueError: a name or value that is none of theirs, or one that is missing.
    """
    known = [one.name for one in fields(MobileVLMSettings)]
    if unknown := sorted(set(values) - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}; [settings] has {', '.join(known)}")
    if missing := {"language_model", "vision_tower"} - {name for name, value in values.items() if value}:
        example = " ".join(f"--set settings.{name}=FOLDER" for name in sorted(missing))
        raise ValueError(f"missing in [settings]: {', '.join(sorted(missing))}; give {example}")
    return MobileVLMSettings(**{**values, "train": tuple(values.get("train", PARTS))})


def earlier_weights(start: str) -> dict[str, np.ndarray]:
    """What an earlier stage trained, by published name; nothing for an empty `start`.

    Raises:
        ValueError: there are no weights in that folder.
    """
    if not start:
        return {}
    path = Path(start) / WEIGHTS
    if not path.is_file():
        raise ValueError(f"{start} holds no {WEIGHTS}: give the folder of a stage that was trained")
    return load_file(path)


def language_part(source: str, earlier: Mapping[str, np.ndarray]) -> tuple[Checkpoint, Tensors]:
    """The language model as published, and its tensors with the earlier stage's in their place."""
    checkpoint = open_folder(source, None)
    config, tensors = checkpoint.language.config, checkpoint.language.tensors
    if set(expected(config)) <= set(earlier):
        return checkpoint, Arrays({name: earlier[name] for name in expected(config)})
    return checkpoint, tensors


def vision_part(tower: str) -> VisionPart:
    """CLIP's image encoder, and how pictures are prepared for it: padded to a square, as MobileVLM does."""
    if tower.startswith(OPEN_CLIP):
        name, _, tag = tower.removeprefix(OPEN_CLIP).partition(":")
        config = config_of(name)
        return VisionPart(config, pretrained_tensors(name, tag), PreprocessorConfig(config.image_size))
    folder = locate(tower)
    raw = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = VisionConfig.from_dict(raw)
    return VisionPart(config, open_checkpoint(folder), PreprocessorConfig(config.image_size))


def frozen_tower(part: VisionPart) -> nn.Module:
    """open_clip's tower with those weights, none of which trains."""
    with torch.device("meta"):
        tower = build(part.config)
    tensors = part.tensors
    state = {name: torch.from_numpy(tensors.read(name)) for name in tensors.names}
    tower.load_state_dict(state, strict=True, assign=True)
    return tower.requires_grad_(False)


def fresh_projector(kind: str, in_features: int, out_features: int, earlier: Mapping[str, np.ndarray]) -> nn.Module:
    """A projector of random weights, or the earlier stage's."""
    projector = make_projector(kind, in_features, out_features)
    known = {name.removeprefix(PROJECTOR_PREFIX): torch.from_numpy(value) for name, value in earlier.items()}
    state = {name: known[name] for name in projector.state_dict() if name in known}
    if state:
        projector.load_state_dict(state, strict=True)
    return projector


def write_checkpoint(run: str | Path, out: str | Path) -> Path:
    """Make a checkpoint in the published layout of a trained stage, for `pocketvlm export OUT --vision-tower TOWER`.

    Args:
        run: the folder of a run of the task "mobilevlm".
        out: the folder to write; made if need be.
    Raises:
        ValueError: the run holds no weights.
    """
    run, out = Path(run), Path(out)
    settings = settings_of(json.loads((run / ABOUT).read_text(encoding="utf-8"))["settings"])
    weights = earlier_weights(str(run))
    checkpoint, tensors = language_part(settings.language_model, weights)
    tower = vision_part(settings.vision_tower)
    source = locate(settings.language_model)
    out.mkdir(parents=True, exist_ok=True)
    raw = json.loads((source / "config.json").read_text(encoding="utf-8"))
    image = {
        "mm_projector_type": settings.projector,
        "mm_hidden_size": tower.config.hidden_size,
        "mm_vision_tower": settings.vision_tower,
        "mm_vision_select_layer": -2,
        "mm_vision_select_feature": "patch",
        "image_aspect_ratio": tower.preprocessor.image_aspect_ratio,
    }
    (out / "config.json").write_text(json.dumps({**raw, **image}, indent=2) + "\n", encoding="utf-8")
    for name in TOKENIZER_FILES:
        if (source / name).is_file():
            shutil.copy(source / name, out / name)
    language = {name: tensors.read(name) for name in expected(checkpoint.language.config)}
    save_file(
        {**language, **{name: one for name, one in weights.items() if name not in language}}, out / "model.safetensors"
    )
    return out
