"""Finds a checkpoint: a folder or file as it is, a name on the Hugging Face hub downloaded into the hub's cache."""

from __future__ import annotations

import os
import re
from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import (
    GatedRepoError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

HUB_NAME = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*/[\w.-]+)(@(?P<revision>[\w./-]+))?")
SMALL_FILES = ["*.json", "tokenizer.model", "README.md"]
SAFETENSORS = ["model*.safetensors", "open_clip_model.safetensors"]
PICKLES = ["pytorch_model*.bin", "open_clip_pytorch_model.bin"]
REMEDY = "give the checkpoint's folder instead"


def locate(source: str | Path, cache: Path | None = None, revision: str | None = None) -> Path:
    """The folder of a checkpoint, downloaded if need be, with a progress bar; an interrupted download goes on.

    Args:
        source: a folder or file; or "owner/name" on the hub, "owner/name@revision" for one revision of it.
        cache: where downloads go; the hub's own cache unless given.
        revision: a branch, tag or commit; the newest unless given.
    Raises:
        ValueError: there is no such thing, or it cannot be downloaded.
    """
    if os.path.exists(source):  # not Path's: that takes "" for the current folder, and raises on very long names
        return Path(source)
    match = HUB_NAME.fullmatch(str(source))
    if match is None:
        raise ValueError(f"no file or folder at {source}, and no name on the hub either (owner/name)")
    name, revision = match["name"], match["revision"] or revision
    try:
        folder = _download(name, revision, cache, SAFETENSORS)
        # A repository often holds its weights twice; pickles are fetched only where there is nothing else.
        return folder if any(folder.glob("*.safetensors")) else _download(name, revision, cache, PICKLES)
    except Exception as error:  # also what the network library beneath the hub's raises, which is not always the same
        raise ValueError(f"{source} cannot be downloaded: {_reason(error)}; {REMEDY}") from error


def _download(name: str, revision: str | None, cache: Path | None, weights: list[str]) -> Path:
    folder = huggingface_hub.snapshot_download(
        name,
        revision=revision,
        cache_dir=cache,
        allow_patterns=[*SMALL_FILES, *weights],
        ignore_patterns=["*/*"],  # the patterns' stars match slashes too: checkpoints of a training, other formats
    )
    return Path(folder)


def _reason(error: Exception) -> str:
    """One line about what the hub's library raised; its own messages are long."""
    if isinstance(error, GatedRepoError):  # before its base class RepositoryNotFoundError
        return "its owner asks for an agreement: accept it on the hub and log in with `hf auth login`"
    if isinstance(error, RepositoryNotFoundError):
        return "the hub has no such repository, or it is private"
    if isinstance(error, RevisionNotFoundError):
        return "the repository has no such revision"
    if isinstance(error, (LocalEntryNotFoundError, OfflineModeIsEnabled, ConnectionError)):
        return "the hub cannot be reached, and the cache does not hold all of it"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # such as "No space left on device"
    return (str(error) or type(error).__name__).splitlines()[0]
