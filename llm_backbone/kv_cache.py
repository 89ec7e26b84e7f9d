"""Keys and values of the positions so far, in one buffer a layer and half that serves as both past and present.

Letters: H key-value heads, C capacity in positions, W head width.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnxruntime as ort

from pocketvlm.llm_backbone.config import LlamaConfig

GRANULE = 64  # positions; capacities are multiples of it


def rounded(positions: int) -> int:
    """Positions that a buffer for that many has."""
    return -(-positions // GRANULE) * GRANULE


def cache_bytes(config: LlamaConfig, capacity: int, itemsize: int) -> int:
    """Bytes of keys and values: two halves of every layer, as wide as its key-value heads side by side."""
    return 2 * config.num_hidden_layers * config.key_value_size * itemsize * capacity


def _padded(half: np.ndarray, capacity: int) -> np.ndarray:
    """(1, H, n, W) to (1, H, C, W)."""
    return np.pad(half, ((0, 0), (0, 0), (0, capacity - half.shape[2]), (0, 0)))


class KVCache:
    """A conversation's state.

    `length` is the number of valid positions. Setting it lower forgets the later ones at no cost, because what
    lies beyond it in the buffers is never read.
    """

    def __init__(self, config: LlamaConfig, dtype: type[np.generic] = np.float32) -> None:
        """
        Args:
            dtype: what the graph keeps keys and values in: float32, float16 or int8.
        """
        self._config = config
        self._dtype = np.dtype(dtype)
        self._names = [
            (f"past_key_values.{layer}.{half}", f"present.{layer}.{half}")
            for layer in range(config.num_hidden_layers)
            for half in ("key", "value")
        ]
        self._buffers: list[ort.OrtValue | None] = []
        self.capacity = 0
        self.length = 0

    @property
    def nbytes(self) -> int:
        """Bytes that the buffers take now."""
        return cache_bytes(self._config, self.capacity, self._dtype.itemsize)

    def halves(self) -> Iterator[np.ndarray]:
        """Keys and values of each layer, (1, H, length, W); views of the buffers."""
        for buffer in self._buffers:
            assert buffer is not None  # once reserve has run
            yield buffer.numpy()[:, :, : self.length]

    def past(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Keys and values of a layer's valid positions, (1, H, length, W) each; copies."""
        keys, values = (self._half(layer, half)[:, :, : self.length].copy() for half in range(2))
        return keys, values

    def write(self, layer: int, new: tuple[np.ndarray, np.ndarray]) -> None:
        """Put a layer's keys and values of further positions, (1, H, n, W) each, behind the valid ones.

        There is room for them since `reserve`; they count once `length` does.
        """
        for half, rows in enumerate(new):
            self._half(layer, half)[:, :, self.length : self.length + rows.shape[2]] = rows

    def _half(self, layer: int, half: int) -> np.ndarray:
        """(1, H, C, W), a view of a buffer."""
        buffer = self._buffers[2 * layer + half]
        assert buffer is not None  # once reserve has run
        view: np.ndarray = buffer.numpy()
        return view

    def copy_from(self, other: KVCache, positions: int) -> None:
        """Become the first positions of another cache of the same model; what was here is lost."""
        self.length = 0
        self.reserve(positions)
        for own, half in zip(self._buffers, other.halves(), strict=True):
            assert own is not None
            own.update_inplace(_padded(half[:, :, :positions], self.capacity))
        self.length = positions

    def reserve(self, positions: int) -> None:
        """Make room for that many positions in all, keeping what is there.

        Raises:
            ValueError: more than the model's context; the message gives both numbers.
        """
        limit = self._config.max_position_embeddings
        if positions > limit:
            raise ValueError(f"{positions} positions exceed the model's context of {limit}")
        if positions <= self.capacity:
            return
        # By half again, so that a long answer moves the cache few times, and memory stays near what is used.
        wanted = max(positions, self.capacity + self.capacity // 2)
        capacity = min(rounded(wanted), limit)
        if not self._buffers:
            self._buffers = [None] * len(self._names)
        for index, buffer in enumerate(self._buffers):  # one at a time, so that at most one is held twice
            self._buffers[index] = self._grown(buffer, capacity)
        self.capacity = capacity  # only now: where memory ran out half-way, the next call grows all buffers again

    def _grown(self, old: ort.OrtValue | None, capacity: int) -> ort.OrtValue:
        shape = (1, self._config.num_key_value_heads, capacity, self._config.head_dim)
        array = np.zeros(shape, dtype=self._dtype)
        if old is not None:
            array[:, :, : self.length] = old.numpy()[:, :, : self.length]
        return ort.OrtValue.ortvalue_from_numpy(array)

    def bind(self, binding: ort.IOBinding) -> None:
        """Name each buffer as both past input and present output of the coming run."""
        for (past, present), buffer in zip(self._names, self._buffers, strict=True):
            binding.bind_ortvalue_input(past, buffer)
            binding.bind_ortvalue_output(present, buffer)
