"""Opens the weights of a checkpoint in the files that models are published in, and reads them tensor by tensor.

Files are memory-mapped: opening costs nothing, reading a tensor touches its own bytes, nothing in a file is executed.
"""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open

from pocketvlm.graphs.tensors import Tensors

INDEX = ".index.json"
# What a folder's weights are called, the first found is taken: safetensors are safer to read than pickles.
NAMES = (
    "model.safetensors",
    f"model.safetensors{INDEX}",
    "open_clip_model.safetensors",
    "pytorch_model.bin",
    f"pytorch_model.bin{INDEX}",
    "open_clip_pytorch_model.bin",
)
PICKLES = (".bin", ".pt", ".pth")
CODE = re.compile(r"GLOBAL (\S+)")  # how torch's safe unpickler names what it does not let a file call
ZIP_MAGIC = b"PK\x03\x04"


def open_checkpoint(source: Path) -> Tensors:
    """Open the weights of a checkpoint, of one file or of several with an index.

    Args:
        source: a folder in Hugging Face's or open_clip's layout; or the file itself, or its index.
    Raises:
        ValueError: there are no weights, they are not whole, or reading them would execute code.
    """
    if not source.is_dir():
        return _open_file(source)
    path = next((source / name for name in NAMES if (source / name).is_file()), None)
    if path is None:
        raise ValueError(f"{source} holds no weights; one of these is needed: {', '.join(NAMES)}")
    return _open_file(path)


def _open_file(path: Path) -> Tensors:
    if not path.is_file():
        raise ValueError(f"no file at {path}")
    if path.name.endswith(INDEX):
        return _Shards(path)
    if path.suffix == ".safetensors":
        return _SafetensorsFile(path)
    if path.suffix in PICKLES:
        return _TorchFile(path)
    raise ValueError(f"{path} is of no known kind; give .safetensors, {', '.join(PICKLES)} or {INDEX}")


def _as_float32(tensor: torch.Tensor) -> np.ndarray:
    """A copy, so that no caller holds on to the mapped file."""
    return tensor.detach().to(torch.float32, copy=True).contiguous().numpy()


class _SafetensorsFile:
    def __init__(self, path: Path) -> None:
        try:
            # Through torch, because numpy has no bfloat16.
            self._file: Any = safe_open(path, framework="pt")
        except (SafetensorError, OSError) as error:
            raise ValueError(f"{path} is not a whole safetensors file ({error})") from None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._file.keys())

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._file.get_slice(name).get_shape())

    def read(self, name: str) -> np.ndarray:
        return _as_float32(self._file.get_tensor(name))


class _TorchFile:
    def __init__(self, path: Path) -> None:
        self._tensors = _unpickled(path)
        self.names = frozenset(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._tensors[name].shape)

    def read(self, name: str) -> np.ndarray:
        return _as_float32(self._tensors[name])


def _unpickled(path: Path) -> dict[str, torch.Tensor]:
    with path.open("rb") as file:
        zipped = file.read(len(ZIP_MAGIC)) == ZIP_MAGIC  # files from before torch 1.6 are not, and cannot be mapped
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except Exception as error:  # a damaged pickle can raise anything
        unsafe = isinstance(error, pickle.UnpicklingError)  # its message is torch's long advice
        code = CODE.search(str(error)) if unsafe else None
        if code:
            reason = f"it asks for {code[1]}, which may execute anything; give safetensors, or a file of tensors alone"
            raise ValueError(f"{path} is refused: {reason}") from None
        reason = "its pickle is damaged" if unsafe else _first_line(error)
        raise ValueError(f"{path} is not a whole PyTorch file ({reason})") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__} instead of tensors by name")
    others = [str(name) for name, value in content.items() if not isinstance(value, torch.Tensor)]
    if others:
        raise ValueError(f"{path} holds {', '.join(others[:3])}, which is no tensor; give a state dict alone")
    return content


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:120]


class _Shards:
    """Several files with an index that says which tensor is in which."""

    def __init__(self, index: Path) -> None:
        shards = _weight_map(index)
        files = {shard: _open_file(_beside(index, shard)) for shard in sorted(set(shards.values()))}
        missing = [f"{name} is not in {shard}" for name, shard in shards.items() if name not in files[shard].names]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise ValueError(f"{index} does not fit its files: {missing[0]}{more}")
        self._files = {name: files[shard] for name, shard in shards.items()}
        self.names = frozenset(self._files)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._files[name].shape(name)

    def read(self, name: str) -> np.ndarray:
        return self._files[name].read(name)


def _weight_map(index: Path) -> dict[str, str]:
    try:
        shards = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{index} is no index of weights ({error!r})") from None
    if not isinstance(shards, dict) or not all(isinstance(shard, str) for shard in shards.values()):
        raise ValueError(f"{index} is no index of weights (weight_map must name a file for each tensor)")
    return shards


def _beside(index: Path, shard: str) -> Path:
    if shard in ("", ".", "..") or any(separator in shard for separator in "/\\:"):
        raise ValueError(f"{index} names {shard!r}; its files must lie beside it")
    path = index.parent / shard
    if not path.is_file():
        raise ValueError(f"{index} names {shard}, which is missing; download the checkpoint again")
    return path
