"""Reads the weights of this project's own graphs back, one at a time, as float32 under the names they had.

It is what proves a file: the definition, given these weights, must compute what the graph computes.

Letters: N output features, K input features, E extra inputs, B blocks of weights that share a scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from pocketvlm.graphs.quantization import QuantizedMatrix, unpacked

WEIGHTS_AT_A_TIME = 1 << 20  # widened at once: some 4 MB of float32, which caches hold
FLOATS = (TensorProto.FLOAT, TensorProto.FLOAT16)


def graph_tensors(path: Path) -> GraphTensors:
    """The weights in a graph of ours: products, tables, norms and biases, dequantised.

    Constants that are no weights (rotary tables, epsilons, shapes, the sums of `LinearWeight.extra_inputs`, what inputs
    such as adapters are unless given) are left out. External data is mapped and read tensor by tensor.

    Raises:
        ValueError: the file is no ONNX graph, or lacks a tensor that it names.
    """
    return GraphTensors(path)


@dataclass(frozen=True)
class _Source:
    """Where a weight comes from."""

    shape: tuple[int, ...]
    read: Callable[[], np.ndarray]


class GraphTensors:
    """The `Tensors` of an .onnx file."""

    def __init__(self, path: Path) -> None:
        try:
            graph = onnx.load(str(path), load_external_data=False).graph
        except Exception as error:  # protobuf raises types of its own
            raise ValueError(f"{path} is no ONNX graph: {str(error).splitlines()[0]}") from None
        self._folder = path.parent
        self._initializers = {tensor.name: tensor for tensor in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._sources: dict[str, _Source] = {}
        # Initializers that are no float weights under their own name: defaults of inputs, and other forms of weights.
        used = {given.name for given in graph.input}
        for node in graph.node:
            if (make := _PRODUCTS.get(node.op_type)) is not None:
                name, source = make(self, node)
                self._sources[name] = source
                used |= {name, *(given for given in node.input if given.startswith(name))}
            used |= _constants(node)
        for name, tensor in self._initializers.items():
            if name not in used and tensor.data_type in FLOATS and not name.endswith(".epsilon"):
                self._sources[name] = self._float(name)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._sources)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._sources[name].shape

    def read(self, name: str) -> np.ndarray:
        return self._sources[name].read()

    def _float(self, name: str) -> _Source:
        return _Source(tuple(self._initializers[name].dims), lambda: self._array(name).astype(np.float32))

    def _array(self, name: str) -> np.ndarray:
        """An initializer as it is stored; what lies in external data is mapped and not read."""
        tensor = self._initializers.get(name)
        if tensor is None:
            raise ValueError(f"{name} is no initializer of the graph")
        if tensor.data_location != TensorProto.EXTERNAL:
            return numpy_helper.to_array(tensor)
        entry = {item.key: item.value for item in tensor.external_data}
        dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        path = self._folder / entry["location"]
        return np.memmap(path, dtype, "r", offset=int(entry.get("offset", 0)), shape=tuple(tensor.dims))

    def _optional(self, node: NodeProto, index: int) -> np.ndarray | None:
        return self._array(node.input[index]) if len(node.input) > index and node.input[index] else None

    def float_product(self, node: NodeProto) -> tuple[str, _Source]:
        """`FusedMatMul` with transB: (x, weights (N, K) float32, or float16 that a `Cast` widens)."""
        widened = self._makers.get(node.input[1])
        name = node.input[1] if widened is None else widened.input[0]
        extra = self._extra_inputs(node)
        if extra is None:
            return name, self._float(name)
        width = extra.shape[0]

        def read() -> np.ndarray:
            whole = self._array(name).astype(np.float32)
            return whole[:, :width] + whole[:, width:] @ extra.T

        return name, _Source((self._initializers[name].dims[0], width), read)

    def product(self, node: NodeProto) -> tuple[str, _Source]:
        """`MatMulNBits`: (x, packed (N, B, bytes), scales, zero points)."""
        found = _attributes(node)
        extra = self._extra_inputs(node)
        shape = (found["N"], found["K"] - (0 if extra is None else extra.shape[1]))

        def read() -> np.ndarray:
            packed, scales = self._array(node.input[1]), self._array(node.input[2])
            zero_points = self._optional(node, 3)
            blocks = _Blocks(packed, scales, zero_points, found["K"], found["bits"], found["block_size"])
            return blocks.dequantized(extra)

        return _plain(node.input[1]), _Source(shape, read)

    def _extra_inputs(self, node: NodeProto) -> np.ndarray | None:
        """The (K, E) sums that `linear` puts beside a product's input, if it did: see `LinearWeight`."""
        concat = self._makers.get(node.input[0])
        if concat is None or concat.op_type != "Concat" or len(concat.input) != 2:
            return None
        sums = self._makers.get(concat.input[1])
        return self._array(sums.input[1]) if sums is not None and _constants(sums) else None

    def table(self, node: NodeProto) -> tuple[str, _Source]:
        """`GatherBlockQuantized`: (packed (V, bytes), ids, scales, zero points)."""
        found = _attributes(node)
        bits: int = found["bits"]
        rows, width = self._initializers[node.input[0]].dims
        columns = width * 8 // bits

        def read() -> np.ndarray:
            packed, scales = self._array(node.input[0]), self._array(node.input[2])
            zero_points = self._optional(node, 3)
            return _Blocks(packed, scales, zero_points, columns, bits, found["block_size"]).dequantized()

        return _plain(node.input[0]), _Source((rows, columns), read)

    def dynamic_product(self, node: NodeProto) -> tuple[str, _Source]:
        """`DynamicQuantizeMatMul`: (x, weights (K, N) int8, scales of the N columns, no zero points, bias)."""
        columns, rows = self._initializers[node.input[1]].dims

        def read() -> np.ndarray:
            q, scales = self._array(node.input[1]), self._array(node.input[2])
            return np.ascontiguousarray(q.T).astype(np.float32) * scales[:, None]

        return _plain(node.input[1]), _Source((rows, columns), read)


_PRODUCTS: dict[str, Callable[[GraphTensors, NodeProto], tuple[str, _Source]]] = {
    "FusedMatMul": GraphTensors.float_product,
    "MatMulNBits": GraphTensors.product,
    "GatherBlockQuantized": GraphTensors.table,
    "DynamicQuantizeMatMul": GraphTensors.dynamic_product,
}


@dataclass(frozen=True)
class _Blocks:
    """Packed integers as the operators hold them; see `QuantizedMatrix` for the meaning of each part."""

    packed: np.ndarray
    scales: np.ndarray
    zero_points: np.ndarray | None
    columns: int
    bits: int
    block_size: int

    def dequantized(self, extra_inputs: np.ndarray | None = None) -> np.ndarray:
        """(N, K) float32, some rows at a time; the E last columns folded into the others where they are sums."""
        rows = self.packed.shape[0]
        width = self.columns - (0 if extra_inputs is None else extra_inputs.shape[1])
        whole = np.empty((rows, width), dtype=np.float32)
        step = max(1, WEIGHTS_AT_A_TIME // self.columns)
        for start in range(0, rows, step):
            part = self._rows(slice(start, start + step)).dequantized()
            whole[start : start + step] = part[:, :width]
            if extra_inputs is not None:  # W x + R (S x), so W + R S
                whole[start : start + step] += part[:, width:] @ extra_inputs.T
        return whole

    def _rows(self, rows: slice) -> QuantizedMatrix:
        count = len(self.packed)
        scales = self.scales.reshape(count, -1)[rows]
        zero_points = None if self.zero_points is None else self.zero_points.reshape(count, -1)[rows]
        return unpacked(self.packed[rows], scales, zero_points, self.columns, self.bits, self.block_size)


def _attributes(node: NodeProto) -> dict[str, Any]:
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _plain(name: str) -> str:
    """What a weight is called before it is said how it is held: "a.weight" of "a.weight_q4"."""
    return name.rpartition(".weight")[0] + ".weight"


def _constants(node: NodeProto) -> set[str]:
    """Floating-point inputs of a node that are no weights."""
    if node.op_type == "GroupQueryAttention":
        return set(node.input[7:9])  # the rotary tables
    if node.op_type == "RotaryEmbedding":
        return set(node.input[2:4])
    if node.op_type == "Max":
        return set(node.input)  # a lower bound
    if node.op_type == "MatMul":
        return {name for name in node.input[1:] if name.startswith("extra_inputs.")}
    return set()
