"""Writes a LLaMA checkpoint of random weights as transformers reads it, for the engines that convert one themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.random_model import LLAMA_STD, SEED, write_stand_in_tokenizer


def write_checkpoint(folder: Path, raw: dict[str, Any]) -> None:
    """Float16, a file a layer, so that at most one layer is in memory."""
    folder.mkdir(parents=True)
    config = LlamaConfig.from_dict(raw)
    tensors = RandomTensors(expected(config), lambda _: LLAMA_STD, SEED)
    files: dict[str, list[str]] = {}
    for name in sorted(tensors.names):
        layer = name.split(".")[2] if name.startswith("model.layers.") else "rest"
        files.setdefault(f"model-{layer}.safetensors", []).append(name)
    for file, names in files.items():
        save_file({n: tensors.read(n).astype(np.float16) for n in names}, folder / file, metadata={"format": "pt"})
    index = {name: file for file, names in files.items() for name in names}
    _write(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": index})
    described = {**config.to_dict(), "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    _write(folder / "config.json", {**described, "torch_dtype": "float16"})
    write_stand_in_tokenizer(folder, config)


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
