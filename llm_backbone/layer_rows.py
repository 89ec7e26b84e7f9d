"""Where the graph of one layer gets its weights from when it runs: rows of int8, out of the decoder's own files.

Weights whose scales are whole multiples of their rows' are unpacked anew for every prompt, one layer at a time: what
the memory holds besides is as large as one layer (`UnpackedRows`). Other weights have to be rounded, which takes longer
than it saves if it is done for every prompt: those of a small model are rounded once and kept (`KeptRows`).

Letters: N output features, K input features, S weights that share a scale, B = K / S blocks of a row.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pocketvlm.graphs.mapped_tensors import MappedTensors
from pocketvlm.graphs.session import turns
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.int8_rows import PackedRows, PackedWeights, rounded_rows
from pocketvlm.llm_backbone.lora import PRODUCTS, product_shapes

OF_PRODUCT = ("weight_q4", "weight_scales", "weight_zero_points")  # the decoder's tensors of one product
AT_ONCE = 1 << 21  # weights unpacked at a time: what is computed on the way fits a core's cache
ROUNDED_AT_ONCE = 1 << 17  # as float32
# Positions from which prompts go this way (`benchmarks/long_prompts.py`). Unpacking takes as long for one as for a
# thousand. Kept rows are faster from a few on, but rounding them takes as long as nano's decoder for 260 positions, and
# who asks one short question had better not wait for that.
UNPACKED_FROM = 128
KEPT_FROM = 256
KEPT_AT_MOST = 128 << 20  # bytes of rows, one a weight

Layer = dict[str, tuple[np.ndarray, np.ndarray]]  # by product, its rows (N, K) uint8 and their scales (N, 1) float32


@dataclass(frozen=True)
class Facts:
    """What a layer's graph says of the weights it is for.

    Attributes:
        places: file, offset, dtype and shape of each tensor, by its name in the decoder's graph.
        block_size: weights that share a scale.
        whole: whether rows of int8 are these weights exactly; otherwise they are rounded, and kept.
    """

    places: dict[str, dict[str, Any]]
    block_size: int
    whole: bool


class LayerRows(Protocol):
    """The weights of all layers, for prompt after prompt."""

    def suits(self, positions: int, adapter: Adapter | None) -> bool:
        """Whether a prompt of so many positions is faster with these rows, and the adapter can be in them."""

    def layers(self, adapter: Adapter | None) -> Iterator[Layer]:
        """Layer after layer, each to be used before the next is asked for."""


def open_rows(config: LlamaConfig, tensors: MappedTensors, facts: Facts, threads: int | None) -> LayerRows:
    """The weights of a decoder's layers, as what is said of them allows."""
    if facts.whole:
        return UnpackedRows(config, tensors, facts.block_size, threads or turns().cores)
    return KeptRows(config, tensors, facts.block_size)


class UnpackedRows:
    """Unpacks one layer after the other into the same piece of memory; adapters have no place in it."""

    def __init__(self, config: LlamaConfig, tensors: MappedTensors, block_size: int, threads: int) -> None:
        self._config, self._tensors, self._block_size, self._threads = config, tensors, block_size, threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="unpack")

    def suits(self, positions: int, adapter: Adapter | None) -> bool:
        """As `LayerRows` says; no adapter can."""
        return positions >= UNPACKED_FROM and adapter is None

    def layers(self, adapter: Adapter | None) -> Iterator[Layer]:
        """As `LayerRows` says."""
        assert adapter is None
        room, shapes = self._room(), product_shapes(self._config)
        rows = {product: part.view(np.uint8).reshape(shapes[product]) for product, part in room.items()}
        for layer in range(self._config.num_hidden_layers):
            self._unpack(layer, room)
            self._tensors.let_go()
            scales = {product: self._tensors[f"model.layers.{layer}.{product}.row_scales"] for product in PRODUCTS}
            yield {product: (rows[product], scales[product]) for product in PRODUCTS}

    def _room(self) -> dict[str, np.ndarray]:
        """Where a layer is unpacked to: one piece, which the system takes back as a whole when it is no longer used."""
        size = self._block_size
        shapes = {
            name: (rows, columns // size, size // 8) for name, (rows, columns) in product_shapes(self._config).items()
        }
        ends = list(itertools.accumulate(math.prod(shape) for shape in shapes.values()))
        parts = np.split(np.empty(ends[-1], dtype=np.uint64), ends[:-1])
        return {product: part.reshape(shape) for (product, shape), part in zip(shapes.items(), parts, strict=True)}

    def _unpack(self, layer: int, out: dict[str, np.ndarray]) -> None:
        """All weights of a layer, some rows at a time."""
        parts = list(self._parts(layer, out))
        # Shares dealt out beforehand: threads that fetch every piece spend half their time waiting for each other.
        shares = [parts[thread :: self._threads] for thread in range(self._threads)]
        with turns().take(self._threads):
            list(self._pool.map(self._unpack_all, shares))

    def _parts(self, layer: int, out: dict[str, np.ndarray]) -> Iterator[_Part]:
        for product, (_, columns) in product_shapes(self._config).items():
            name, step = f"model.layers.{layer}.{product}", max(1, AT_ONCE // columns)
            for start in range(0, len(out[product]), step):
                yield name, slice(start, start + step), out[product]

    def _unpack_all(self, parts: list[_Part]) -> None:
        for name, rows, out in parts:
            PackedRows(*(self._tensors[f"{name}.{part}"] for part in (*OF_PRODUCT, "row_scales"))).unpack(rows, out)
            self._tensors.let_rows_go(f"{name}.{OF_PRODUCT[0]}", rows)  # more of them than of all else


_Part = tuple[str, slice, np.ndarray]


class KeptRows:
    """Rounds all layers when a first prompt comes, an adapter's share with them, and keeps the rows for the next."""

    def __init__(self, config: LlamaConfig, tensors: MappedTensors, block_size: int) -> None:
        self._config, self._tensors, self._block_size = config, tensors, block_size
        self._adapter: Adapter | None = None
        self._kept: list[Layer] = []  # with this adapter

    def suits(self, positions: int, adapter: Adapter | None) -> bool:
        """As `LayerRows` says; any adapter can."""
        del adapter
        return positions >= KEPT_FROM

    def layers(self, adapter: Adapter | None) -> Iterator[Layer]:
        """As `LayerRows` says; with another adapter than before everything is rounded anew."""
        if not self._kept or adapter is not self._adapter:
            self._kept = []  # before there are others
            self._kept = [self._rounded(layer, adapter) for layer in range(self._config.num_hidden_layers)]
            self._adapter = adapter
            self._tensors.let_go()
        yield from self._kept

    def _rounded(self, layer: int, adapter: Adapter | None) -> Layer:
        found = {}
        for product, (rows, columns) in product_shapes(self._config).items():
            name, step = f"model.layers.{layer}.{product}", max(1, ROUNDED_AT_ONCE // columns)
            packed, scales, zero_points = (self._tensors[f"{name}.{part}"] for part in OF_PRODUCT)
            weights = PackedWeights(packed, scales, zero_points, columns // self._block_size)
            lora = None if adapter is None else adapter.of_product(layer, product)
            steps, units = np.empty((rows, columns), dtype=np.uint8), np.empty((rows, 1), dtype=np.float32)
            for start in range(0, rows, step):
                part = slice(start, start + step)
                steps[part], units[part] = rounded_rows(weights, part, lora)
            found[product] = steps, units
        return found
