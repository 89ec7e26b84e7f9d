"""Checkpoints on disk: whole or not there, the newest ones kept."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import torch
from safetensors.numpy import save_file

_NAME = re.compile(r"step-(\d+)\.pt")


class Checkpoints:
    """The checkpoints of a run, `checkpoints/step-00000500.pt` in its folder."""

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder / "checkpoints"
        self._keep = keep

    def paths(self) -> list[Path]:
        """What is there, oldest first."""
        found = [(int(match[1]), path) for path in self.folder.glob("*") if (match := _NAME.fullmatch(path.name))]
        return [path for _, path in sorted(found)]

    def save(self, step: int, state: dict[str, Any]) -> Path:
        """Write a checkpoint and drop the oldest ones; a kill at any moment leaves whole ones only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"step-{step:08d}.pt"
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            torch.save(state, file)
            _to_disk(file)
        temporary.replace(path)
        paths = self.paths()
        place = paths.index(path) + 1
        for old in [*paths[: max(0, place - self._keep)], *paths[place:]]:  # a newer one was not whole, or we had it
            old.unlink()
        return path

    def newest(self) -> dict[str, Any] | None:
        """The newest whole checkpoint's state; None where there is none. Damaged ones are passed over.

        Raises:
            ValueError: there are checkpoints, and none is whole.
        """
        paths = self.paths()
        for path in reversed(paths):
            if _is_whole(path):
                state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
                return state
        if paths:
            raise ValueError(f"{self.folder} holds no whole checkpoint: give another folder, or empty this one")
        return None


def save_weights(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays as safetensors; the file is whole or the one from before."""
    temporary = path.with_name(path.name + ".part")
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def _is_whole(path: Path) -> bool:
    """Whether a checkpoint, which is a ZIP archive, ends as one and holds what its checksums say."""
    try:
        with ZipFile(path) as archive:
            return archive.testzip() is None
    except (BadZipFile, OSError):
        return False


def _to_disk(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
