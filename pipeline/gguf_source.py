"""Opens a LLaMA-architecture GGUF file as a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pocketvlm.bundle import sha256, write_json
from pocketvlm.checkpoint import Checkpoint, LanguagePart
from pocketvlm.errors import CheckpointError
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.gguf_decoder import check_tensors, decoder_weights, precisions
from pocketvlm.llm_backbone.gguf_tokenizer import tokenizer_config, tokenizer_from_gguf


def open_gguf(path: Path) -> Checkpoint:
    """
    Raises:
        CheckpointError: there is no such file.
        ValueError: the file is damaged, or holds a model or tokenizer that cannot be exported.
    """
    if not path.is_file():
        raise CheckpointError(f"no file at {path}; give a .gguf file")
    gguf = GGUFCheckpoint(path)
    check_tensors(gguf)

    def write_tokenizer(folder: Path) -> None:
        tokenizer_from_gguf(gguf).save(str(folder / "tokenizer.json"))
        write_json(folder / "tokenizer_config.json", tokenizer_config(gguf))

    return Checkpoint(
        weights="trained",
        source=_facts(gguf),
        language=LanguagePart(gguf.config, gguf, lambda: decoder_weights(gguf), precisions(gguf)),
        write_tokenizer=write_tokenizer,
        generation={
            f"{role}_token_id": gguf.field(f"tokenizer.ggml.{name}_token_id")
            for role, name in {"bos": "bos", "eos": "eos", "pad": "padding"}.items()
        },
    )


def _facts(gguf: GGUFCheckpoint) -> dict[str, Any]:
    return {
        "name": gguf.field("general.name"),
        "organization": gguf.field("general.organization"),
        "file": gguf.path.name,
        "sha256": sha256(gguf.path),
        "licence": gguf.field("general.license"),
    }
