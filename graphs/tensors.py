"""What graphs are written from: named tensors that are read one at a time, so that no export holds a whole model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np


class Tensors(Protocol):
    """Named tensors on disk, in memory or drawn at random."""

    @property
    def names(self) -> frozenset[str]:
        """All names."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, without reading it."""

    def read(self, name: str) -> np.ndarray:
        """A tensor as float32, a copy of its own."""


class Arrays:
    """Tensors in memory, such as a torch module's state dict turned to numpy."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._arrays = arrays

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._arrays)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._arrays[name].shape)

    def read(self, name: str) -> np.ndarray:
        return self._arrays[name].astype(np.float32)


class Renamed:
    """Some of the tensors under other names: a part of a checkpoint as its stage calls it."""

    def __init__(self, tensors: Tensors, rename: Callable[[str], str | None]) -> None:
        """
        Args:
            rename: a tensor's name in the source to its name here, or None for one that does not belong.
        """
        self._tensors = tensors
        self._source = {new: old for old in tensors.names if (new := rename(old)) is not None}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._source)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._tensors.shape(self._source[name])

    def read(self, name: str) -> np.ndarray:
        return self._tensors.read(self._source[name])


def with_prefix(tensors: Tensors, prefix: str) -> Renamed:
    """The tensors whose names begin so, without that beginning."""
    return Renamed(tensors, lambda name: name[len(prefix) :] if name.startswith(prefix) else None)


def problems(tensors: Tensors, expected: Mapping[str, tuple[int, ...]], unused: Iterable[str] = ()) -> list[str]:
    """Why these tensors are not the expected ones, a line for each that is missing, unexpected or of another shape.

    Args:
        expected: shapes by name.
        unused: names that may stand there and are not needed.
    """
    found = tensors.names
    missing = [f"{name} is missing" for name in sorted(expected.keys() - found)]
    unexpected = [f"{name} is unexpected" for name in sorted(found - expected.keys() - set(unused))]
    wrong = [
        f"{name} is {list(shape)} instead of {list(expected[name])}"
        for name in sorted(expected.keys() & found)
        if (shape := tuple(tensors.shape(name))) != tuple(expected[name])
    ]
    return missing + unexpected + wrong
