"""Where the weights of a decoder's layers lie in its files, for the graph of one layer to be given them.

They are not written again. A file of their own have only the scales of unpacked rows, and small tensors that stand
inside the decoder's graph.

Letters: N output features, B blocks of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from pocketvlm.graphs.linear import block_sums, extra_inputs_name
from pocketvlm.graphs.quantization import BLOCK
from pocketvlm.graphs.writer import ALIGNMENT, place
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.int8_rows import row_scales
from pocketvlm.llm_backbone.layer_rows import KEPT_AT_MOST, OF_PRODUCT, Facts
from pocketvlm.llm_backbone.lora import product_shapes
from pocketvlm.llm_backbone.prefill import HALVES, NORMS, TABLES


def locate_weights(config: LlamaConfig, decoder_path: Path, layer_path: Path) -> Facts | None:
    """Find the weights of all layers, and write what the decoder's files lack beside the layer's graph.

    Returns:
        What the layer's graph has to say of them, or None where they do not suit it (`layer_graph.write_layer`).
    """
    model = onnx.load(str(decoder_path), load_external_data=False)
    nodes = {node.name: node for node in model.graph.node}
    products = [
        (nodes[f"model.layers.{layer}.{product}"], shape[1])
        for layer in range(config.num_hidden_layers)
        for product, shape in product_shapes(config).items()
    ]
    sizes = {_block_size(node, columns) for node, columns in products}
    size = sizes.pop()
    if size is None or sizes:
        return None
    with _Tensors(model, layer_path) as tensors:
        for name in _constants(config):
            if name in tensors:
                tensors.keep(name)
        held = {node.name: [tensors.keep(name) for name in node.input[1:4]] for node, _ in products}
        scales = None if any(_extra(*product) for product in products) else _whole_scales(held)
        for name, found in (scales or {}).items():
            tensors.add(f"{name}.row_scales", found)
        if scales or (_is_small(config) and all(_sums_of_blocks(tensors, *product) for product in products)):
            return Facts(tensors.places, size, whole=scales is not None)
    layer_path.with_suffix(".onnx_data").unlink(missing_ok=True)
    return None


def _whole_scales(held: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray] | None:
    """The row scales of all products, or None where some have no such."""
    found = {}
    for name, (_, scales, zero_points) in held.items():
        of_rows = row_scales(scales, zero_points)
        if of_rows is None:
            return None
        found[name] = of_rows
    return found


def _is_small(config: LlamaConfig) -> bool:
    weights = sum(rows * columns for rows, columns in product_shapes(config).values()) * config.num_hidden_layers
    return weights <= KEPT_AT_MOST


def _block_size(node: NodeProto, columns: int) -> int | None:
    """Weights that share a scale, where these are 4-bit blocks with zero points that fill rows of so many columns."""
    if node.op_type != "MatMulNBits" or len(node.input) < len(OF_PRODUCT) + 1:
        return None
    found = _attributes(node)
    return found["block_size"] if found["bits"] == 4 and columns % found["block_size"] == 0 else None


def _attributes(node: NodeProto) -> dict[str, int]:
    return {item.name: item.i for item in node.attribute}


def _extra(node: NodeProto, columns: int) -> int:
    """Columns that meet something else than the product's input."""
    return _attributes(node)["K"] - columns


def _sums_of_blocks(tensors: _Tensors, node: NodeProto, columns: int) -> bool:
    """Whether what a product's further columns meet, if there are any, are the sums of its input's blocks."""
    extra = _extra(node, columns)
    if extra == 0:
        return True
    name, once = extra_inputs_name(columns, extra), block_sums(columns // BLOCK)
    times, rest = divmod(extra, once.shape[1])
    alike = _attributes(node)["block_size"] == BLOCK and rest == 0 and name in tensors
    return alike and np.array_equal(tensors.read(name), np.tile(once, times))


def _constants(config: LlamaConfig) -> Iterator[str]:
    """What a layer needs besides its products; the cache's scales are there if it is int8."""
    yield from (*TABLES, "model.layers.0.input_layernorm.weight")
    for layer in range(config.num_hidden_layers):
        yield from (f"model.layers.{layer}.{norm}.weight" for norm in NORMS)
        yield from (f"model.layers.{layer}.self_attn.{half}_scale" for half in HALVES)


class _Tensors:
    """The tensors of a decoder's graph, mapped, with a file for those that lie in none."""

    def __init__(self, model: ModelProto, layer_path: Path) -> None:
        self._initializers = {tensor.name: tensor for tensor in model.graph.initializer}
        self._path = layer_path.with_suffix(".onnx_data")
        self.places: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> _Tensors:
        self._file: BinaryIO = self._path.open("wb")
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        if self._path.stat().st_size == 0:
            self._path.unlink()

    def __contains__(self, name: str) -> bool:
        return name in self._initializers

    def read(self, name: str) -> np.ndarray:
        """A tensor, wherever it lies."""
        return numpy_helper.to_array(self._initializers[name], str(self._path.parent))

    def keep(self, name: str) -> np.ndarray:
        """Note where a tensor lies; returns it."""
        tensor = self._initializers[name]
        if tensor.data_location != TensorProto.EXTERNAL:
            return self.add(name, numpy_helper.to_array(tensor))
        found = self.places[name] = place(tensor)
        path, shape = self._path.parent / found["file"], tuple(found["shape"])
        return np.memmap(path, found["dtype"], "r", offset=found["offset"], shape=shape)

    def add(self, name: str, array: np.ndarray) -> np.ndarray:
        """Write a tensor that no file has."""
        self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
        self.places[name] = {
            "file": self._path.name,
            "offset": self._file.tell(),
            "dtype": array.dtype.name,
            "shape": list(array.shape),
        }
        self._file.write(np.ascontiguousarray(array).data)
        return array
