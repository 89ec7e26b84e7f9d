"""Turns a checkpoint into a bundle."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pocketvlm.bundle import sha256, write_json, write_manifest
from pocketvlm.errors import CheckpointError

MAX_FILE_BYTES = 45_000_000  # code hosts and phone app stores dislike larger files


def export_gguf(
    source: str | Path,
    out: str | Path,
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    generation: dict[str, Any] | None = None,
) -> Path:
    """Write the bundle of a LLaMA-architecture GGUF file. The same file always gives the same bytes.

    The bundle appears under `out` only when it is complete.

    Args:
        source: a GGUF file with Q4_1 weights and a byte-level BPE tokenizer.
        out: the folder to write; an existing bundle there is replaced.
        name: what the bundle is called; the folder's name unless given.
        progress: told (layers written, layers in all).
        generation: further defaults for `generation_config.json`, such as {"repetition_penalty": 1.1}.
    Raises:
        CheckpointError: the file is missing or of a kind that cannot be exported; or `out` holds something else.
    """
    source, out = Path(source), Path(out).resolve()
    if not source.is_file():
        raise CheckpointError(f"no file at {source}; give a .gguf file")
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file()):
        raise CheckpointError(f"{out} holds something that is no bundle; choose another folder")
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / "onnx").mkdir(parents=True)
        _write(source, partial, name or out.name, progress, generation or {})
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
    except ValueError as error:
        raise CheckpointError(f"{source} cannot be exported: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return out


def _write(
    source: Path,
    folder: Path,
    name: str,
    progress: Callable[[int, int], None] | None,
    generation: dict[str, Any],
) -> None:
    # Imported here: these need the packages of the `export` extra, which answering a question does not.
    from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
    from pocketvlm.llm_backbone.gguf_decoder import decoder_weights
    from pocketvlm.llm_backbone.gguf_tokenizer import tokenizer_config, tokenizer_from_gguf
    from pocketvlm.llm_backbone.graph import write_graphs

    checkpoint = GGUFCheckpoint(source)
    weights = decoder_weights(checkpoint)
    precision = {"embed_tokens": "int8", "decoder_model_merged": "q4"}
    write_graphs(checkpoint.config, weights, folder / "onnx", MAX_FILE_BYTES, precision, progress)
    tokenizer_from_gguf(checkpoint).save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", tokenizer_config(checkpoint))
    write_json(folder / "config.json", checkpoint.config.to_dict())
    write_json(folder / "generation_config.json", {**_generation_config(checkpoint), **generation})
    write_manifest(
        folder,
        {
            "name": name,
            "weights": "trained",
            "precision": precision,
            "source": {
                "name": checkpoint.field("general.name"),
                "organization": checkpoint.field("general.organization"),
                "file": source.name,
                "sha256": sha256(source),
                "licence": checkpoint.field("general.license"),
            },
        },
    )


def _generation_config(checkpoint: Any) -> dict[str, Any]:
    return {
        "bos_token_id": checkpoint.field("tokenizer.ggml.bos_token_id"),
        "eos_token_id": checkpoint.field("tokenizer.ggml.eos_token_id"),
        "pad_token_id": checkpoint.field("tokenizer.ggml.padding_token_id"),
        "do_sample": False,
    }
