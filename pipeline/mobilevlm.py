"""Opens MobileVLM checkpoints as they are published, and the plain LLaMA ones that they grew from.

A V2 checkpoint holds its vision tower; a V1 checkpoint takes it from CLIP's own, which its config names.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from huggingface_hub import metadata_load

from pocketvlm.bundle import write_json
from pocketvlm.checkpoint import Checkpoint, LanguagePart, ProjectorPart, VisionPart
from pocketvlm.checkpoints.files import open_checkpoint
from pocketvlm.checkpoints.hub import locate
from pocketvlm.errors import CheckpointError
from pocketvlm.graphs.tensors import Renamed, Tensors, with_prefix
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.sentencepiece_tokenizer import write_tokenizer
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import config_of, pretrained_tensors
from pocketvlm.vision.preprocess import PreprocessorConfig

VISION_PREFIX, PROJECTOR_PREFIX = "model.vision_tower.vision_tower.", "model.mm_projector."
OPEN_CLIP = "open_clip:"  # before the name of a tower that open_clip builds
# What published configs call their tower, whoever's copy it is, and open_clip's name for its shape.
KNOWN_TOWERS = {"clip-vit-large-patch14-336": "ViT-L-14-336-quickgelu"}
# What this pipeline does with features, and the reference does under these values only.
ONLY = {
    "mm_vision_select_layer": -2,
    "mm_vision_select_feature": "patch",
    "mm_use_im_start_end": False,
    "mm_use_im_patch_token": False,
}


def open_folder(source: str, vision_tower: str | None) -> Checkpoint:
    """Open a checkpoint in Hugging Face's layout.

    Args:
        source: a folder, or a name on the hub.
        vision_tower: where the tower is, if not where the checkpoint says: a folder, a name on the hub, or
            "open_clip:NAME" with ":TAG" after it for one of open_clip's pretrained weights.
    Raises:
        CheckpointError: a part is missing or of a kind that cannot be exported; the message names it.
    """
    folder = locate(source)
    raw = _read_json(folder / "config.json")
    config = LlamaConfig.from_dict(raw)
    tensors = open_checkpoint(folder)
    vision = projector = None
    if "mm_projector_type" in raw or "mm_vision_tower" in raw:
        vision = _vision(raw, tensors, vision_tower)
        projector = _projector(raw, tensors, vision.config, config)
    elif vision_tower:
        raise CheckpointError(f"{source} has no projector for the tower {vision_tower}; leave --vision-tower out")
    return Checkpoint(
        weights="trained",
        source=_facts(source, folder, raw),
        language=LanguagePart(config, Renamed(tensors, _language_name)),
        write_tokenizer=lambda out: _write_tokenizer(folder, out, config.max_position_embeddings),
        generation={name: raw.get(name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")},
        vision=vision,
        projector=projector,
    )


def _facts(source: str, folder: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """For the manifest; the licence is the one that the model's card names."""
    card = folder / "README.md"
    described = (metadata_load(card) if card.is_file() else None) or {}
    return {
        "name": folder.name if Path(source).exists() else source,
        "architecture": raw.get("architectures", [raw["model_type"]])[0],
        "licence": described.get("license"),
    }


def _language_name(name: str) -> str | None:
    return None if name.startswith((VISION_PREFIX, PROJECTOR_PREFIX)) else name


def _vision(raw: dict[str, Any], tensors: Tensors, vision_tower: str | None) -> VisionPart:
    for name, only in ONLY.items():
        if raw.get(name, only) != only:
            raise CheckpointError(f"{name} is {raw[name]!r}; only {only!r} can be exported")
    own = with_prefix(tensors, VISION_PREFIX)
    tower = vision_tower or raw.get("mm_vision_tower")
    if not tower:
        raise CheckpointError("the config names no mm_vision_tower; give one with --vision-tower")
    config, published, preprocessor = _tower(tower, bool(own.names))
    source = own if own.names else published
    assert source is not None  # which `_tower` sees to
    preprocessor = replace(preprocessor, image_aspect_ratio=raw.get("image_aspect_ratio"))
    return VisionPart(config, source, preprocessor)


def _tower(tower: str, config_alone: bool) -> tuple[VisionConfig, Tensors | None, PreprocessorConfig]:
    """The tower's config, its published tensors unless they are not needed, and its preprocessor's config."""
    name, _, tag = tower.removeprefix(OPEN_CLIP).partition(":")
    known = KNOWN_TOWERS.get(tower.rpartition("/")[2]) if config_alone and not Path(tower).exists() else None
    if tower.startswith(OPEN_CLIP) or known:
        config = config_of(known or name)
        tensors = None if config_alone else pretrained_tensors(name, tag)
        return config, tensors, PreprocessorConfig(config.image_size)
    folder = locate(tower)
    config = VisionConfig.from_dict(_read_json(folder / "config.json"))
    described = folder / "preprocessor_config.json"
    preprocessor = PreprocessorConfig(config.image_size)
    if described.is_file():
        preprocessor = PreprocessorConfig.from_dict(_read_json(described))
    return config, None if config_alone else open_checkpoint(folder), preprocessor


def _projector(raw: dict[str, Any], tensors: Tensors, vision: VisionConfig, llm: LlamaConfig) -> ProjectorPart:
    width = raw.get("mm_hidden_size", vision.hidden_size)
    if width != vision.hidden_size:
        raise CheckpointError(
            f"the projector takes features of {width}, the tower's are {vision.hidden_size} wide: "
            "give the tower that it was trained with (--vision-tower)"
        )
    kind = raw.get("mm_projector_type", "linear")
    return ProjectorPart(kind, width, llm.hidden_size, with_prefix(tensors, PROJECTOR_PREFIX))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CheckpointError(f"{path} is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds no JSON object")
    return value


def _write_tokenizer(source: Path, out: Path, context_length: int) -> None:
    """LLaMA's `tokenizer.model` turned into `tokenizer.json`, or that file itself where the checkpoint has it."""
    if (source / "tokenizer.model").is_file():
        write_tokenizer(source, out, context_length)
        return
    if not (source / "tokenizer.json").is_file():
        raise CheckpointError(f"{source} holds neither tokenizer.model nor tokenizer.json; copy the tokenizer there")
    described = _read_json(source / "tokenizer_config.json")
    if "chat_template" not in described:
        raise CheckpointError(f"{source / 'tokenizer_config.json'} has no chat_template; add the model's")
    (out / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    write_json(out / "tokenizer_config.json", described)
