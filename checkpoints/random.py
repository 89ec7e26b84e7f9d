"""Weights drawn at random at a model's shapes, for measuring what it costs without having it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np


class RandomTensors:
    """Named tensors that are drawn when they are read: the values hang on the name, the shape and the seed alone.

    Norms' weights are 1 and biases 0, as at the start of a training; everything else is normal around 0.
    The generator is numpy's SFC64, whose integers are the same on every machine.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], std: Callable[[str], float], seed: int) -> None:
        """
        Args:
            shapes: by name.
            std: a name to its standard deviation.
            seed: another one gives other values.
        """
        self._shapes = shapes
        self._std = std
        self._seed = seed
        self.names = frozenset(shapes)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._shapes[name])

    def read(self, name: str) -> np.ndarray:
        shape = self.shape(name)
        if name.endswith("bias"):
            return np.zeros(shape, np.float32)
        if name.endswith("weight") and len(shape) == 1:  # only norms have weights of one dimension
            return np.ones(shape, np.float32)
        source = np.random.Generator(np.random.SFC64(np.random.SeedSequence([self._seed, *name.encode()])))
        values = source.standard_normal(math.prod(shape), dtype=np.float32).reshape(shape)
        values *= np.float32(self._std(name))
        return values
