"""Models of random weights at the official shapes, for measuring what a model costs; their answers mean nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pocketvlm.bundle import open_bundle, write_json
from pocketvlm.checkpoint import Checkpoint, LanguagePart, ProjectorPart, VisionPart
from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.errors import CheckpointError
from pocketvlm.llm_backbone import weights as llm_weights
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.projector import definition as projector_definition
from pocketvlm.vision import checkpoint as vision_checkpoint
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import config_of
from pocketvlm.vision.preprocess import PreprocessorConfig

TOWER = "ViT-L-14-336-quickgelu"
SEED = 0


def _mobile_llama(hidden: int, layers: int, heads: int, ffn: int) -> LlamaConfig:
    """MobileLLaMA, arXiv:2312.16886, table 3."""
    return LlamaConfig(
        vocab_size=32000,
        hidden_size=hidden,
        intermediate_size=ffn,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=2048,
        rope_theta=10000.0,
        rms_norm_eps=1e-6,
        tie_word_embeddings=False,
    )


LLAMA_1_4B, LLAMA_2_7B = _mobile_llama(2048, 24, 16, 5632), _mobile_llama(2560, 32, 32, 6912)
OFFICIAL = {
    "mobilevlm-1.7b": (LLAMA_1_4B, "ldpnet"),
    "mobilevlm-3b": (LLAMA_2_7B, "ldpnet"),
    "mobilevlm-v2-1.7b": (LLAMA_1_4B, "ldpnetv2"),
    "mobilevlm-v2-3b": (LLAMA_2_7B, "ldpnetv2"),
}


def random_checkpoint(name: str) -> Checkpoint:
    """A checkpoint of an official shape, the same weights on every machine.

    Raises:
        CheckpointError: no such model; lists those there are.
    """
    if name not in OFFICIAL:
        raise CheckpointError(f"no model {name!r} to draw at random; there are {', '.join(OFFICIAL)}")
    config, projector = OFFICIAL[name]
    return random_parts(config, config_of(TOWER), projector, name)


def random_parts(config: LlamaConfig, vision: VisionConfig, projector: str, name: str) -> Checkpoint:
    """A checkpoint of any shape, drawn at the published initialisation scales."""
    kind = projector_definition.expected(projector, vision.hidden_size, config.hidden_size)
    preprocessor = PreprocessorConfig(vision.image_size, image_aspect_ratio="pad")
    tower = RandomTensors(vision_checkpoint.expected(vision), clip_std(vision), SEED)
    return Checkpoint(
        weights="random",
        source={"name": name, "seed": SEED, "tokenizer": f"the first {config.vocab_size} tokens of nano's"},
        language=LanguagePart(config, RandomTensors(llm_weights.expected(config), lambda _: LLAMA_STD, SEED)),
        write_tokenizer=lambda out: write_stand_in_tokenizer(out, config),
        generation={"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2},
        vision=VisionPart(vision, tower, preprocessor),
        projector=ProjectorPart(
            projector,
            vision.hidden_size,
            config.hidden_size,
            RandomTensors(kind, lambda _: LLAMA_STD, SEED),
        ),
    )


LLAMA_STD = 0.02  # initializer_range of LLaMA's configs


def clip_std(config: VisionConfig) -> Callable[[str], float]:
    """Standard deviations by tensor name, as CLIP initialises them (open_clip's `init_parameters`)."""
    width = config.hidden_size
    residual = width**-0.5 * (2 * config.num_hidden_layers) ** -0.5
    rules = {
        "attn.in_proj": width**-0.5,
        "attn.out_proj": residual,
        "mlp.c_fc": (2 * width) ** -0.5,
        "mlp.c_proj": residual,
        "conv1": 1 / math.sqrt(3 * 3 * config.patch_size**2),  # torch's default for convolutions, uniform there
    }
    return lambda name: next((std for part, std in rules.items() if part in name), width**-0.5)


def write_stand_in_tokenizer(out: Path, config: LlamaConfig) -> None:
    """nano's tokenizer cut to a vocabulary's size: a byte-level BPE stays whole when its last merges are dropped."""
    nano = open_bundle().folder
    tokenizer: dict[str, Any] = json.loads((nano / "tokenizer.json").read_text(encoding="utf-8"))
    model = tokenizer["model"]
    model["vocab"] = {token: index for token, index in model["vocab"].items() if index < config.vocab_size}
    model["merges"] = [merge for merge in model["merges"] if _merged(merge) in model["vocab"]]
    write_json(out / "tokenizer.json", tokenizer)
    described = json.loads((nano / "tokenizer_config.json").read_text(encoding="utf-8"))
    write_json(out / "tokenizer_config.json", {**described, "model_max_length": config.max_position_embeddings})


def _merged(merge: str | list[str]) -> str:
    return merge.replace(" ", "") if isinstance(merge, str) else "".join(merge)
