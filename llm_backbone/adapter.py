"""An adapter on disk and beside a running decoder: a small safetensors file of INT8 rows.

Rounding to a 127th of each row's largest number changes no answer to speak of (`tests/llm_backbone/test_adapter.py`),
and halves the file against half precision.

Letters: N output features, K input features, R rank.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import A, B, adapter_rank, tensor_name

SCALE = ".scale"  # the suffix of the float32 that a row of integers is multiplied by
TYPES = {"I8": np.int8, "F32": np.float32}  # safetensors' names for what such a file holds
LONGEST_HEADER = 1 << 20  # bytes; a deep model's is a tenth of it, and what is damaged must not be believed


class Adapter:
    """The tensors of an adapter, ready to be bound to a decoder's inputs; shared by all conversations that use it."""

    def __init__(self, config: LlamaConfig, tensors: Mapping[str, np.ndarray]) -> None:
        """
        Args:
            tensors: float32, named and shaped as `lora.adapter_shapes` says.
        Raises:
            ValueError: they are not one adapter of this model.
        """
        self.rank = adapter_rank(config, tensors)
        self.nbytes = sum(array.nbytes for array in tensors.values())
        self._tensors = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in tensors.items()}
        self._values = {name: ort.OrtValue.ortvalue_from_numpy(array) for name, array in self._tensors.items()}

    @property
    def names(self) -> frozenset[str]:
        """The decoder's inputs that it is for."""
        return frozenset(self._values)

    def of_product(self, layer: int, product: str) -> tuple[np.ndarray, np.ndarray] | None:
        """A (K, R) and B (R, N) of one product, or None where it adds nothing to that one."""
        down, up = (self._tensors.get(tensor_name(layer, product, half)) for half in (A, B))
        return None if down is None or up is None else (down, up)

    def bind(self, binding: ort.IOBinding) -> None:
        """Give the coming run its tensors.

        They are plain inputs because ONNX Runtime's own `RunOptions.add_active_adapter` is ignored by runs with
        bindings (seen in 1.32), which the cache needs. It costs some 0.2 ms a run.
        """
        for name, value in self._values.items():
            binding.bind_ortvalue_input(name, value)


def read_adapter(path: Path, config: LlamaConfig) -> Adapter:
    """Open an adapter's file.

    Raises:
        ValueError: it is missing, damaged, or not an adapter of this model.
    """
    tensors = read_tensors(path)
    try:
        return Adapter(config, tensors)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """The tensors in an adapter's file, as float32 in the shapes of `lora.adapter_shapes`.

    Raises:
        ValueError: it is missing or damaged.
    """
    stored = _read_safetensors(path)
    names = [name for name in stored if not name.endswith(SCALE)]
    if missing := [name for name in names if name + SCALE not in stored]:
        raise ValueError(f"{path}: {missing[0]} has no scales; export the adapter again")
    return {name: _turned(name, stored[name].astype(np.float32) * stored[name + SCALE]) for name in names}


def write_adapter(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Write an adapter as INT8 with a scale for each of its R rows; the same tensors always give the same bytes.

    Args:
        tensors: float32, named and shaped as `lora.adapter_shapes` says.
    """
    stored: dict[str, np.ndarray] = {}
    for name in sorted(tensors):
        rows = _turned(name, tensors[name])  # (R, K) or (R, N)
        largest = np.abs(rows).max(axis=1, keepdims=True)
        scales = (np.where(largest == 0, 1, largest) / 127).astype(np.float32)  # (R, 1)
        stored[name + SCALE] = scales
        stored[name] = np.rint(rows / scales).astype(np.int8)
    _write_safetensors(path, stored)


def _turned(name: str, array: np.ndarray) -> np.ndarray:
    """A's (K, R) to rows of the rank and back; B is (R, N) already."""
    return np.ascontiguousarray(array.T) if name.endswith(A) else array


def _write_safetensors(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    # Floats first, so that every tensor is aligned to its own size, as the format demands.
    ordered = sorted(arrays, key=lambda name: (-arrays[name].itemsize, name))
    codes = {np.dtype(kind): code for code, kind in TYPES.items()}
    header: dict[str, Any] = {}
    end = 0
    for name in ordered:
        array = arrays[name]
        place = [end, end + array.nbytes]
        header[name] = {"dtype": codes[array.dtype], "shape": list(array.shape), "data_offsets": place}
        end += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [len(text).to_bytes(8, "little"), text, *(arrays[name].tobytes() for name in ordered)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(parts))


def _read_safetensors(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file as above: answering needs no package for it."""
    if not path.is_file():
        raise ValueError(f"no adapter at {path}")
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    if not 2 <= size <= min(LONGEST_HEADER, len(content) - 8):
        raise ValueError(f"{path} is no whole safetensors file: copy it again")
    body = memoryview(content)[8 + size :]
    try:
        header = json.loads(content[8 : 8 + size])
        return {name: _array(body, entry) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no whole adapter ({error}): copy it again") from None


def _array(body: memoryview, entry: dict[str, Any]) -> np.ndarray:
    start, end = entry["data_offsets"]
    if not 0 <= start <= end <= len(body):
        raise ValueError("a tensor lies outside the file")
    return np.frombuffer(body[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
