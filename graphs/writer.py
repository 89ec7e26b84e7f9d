"""Builds an ONNX graph node by node while its weights stream into external data files of limited size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from onnx import ModelProto, StringStringEntryProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

from pocketvlm.graphs.names import FACTS

OPSET = 21
CONTRIB = "com.microsoft"
ALIGNMENT = 64  # bytes; a cache line, so that mapped weights can be read with aligned vector loads
INLINE_BYTES = 1024  # smaller tensors stay inside the .onnx file, where shape inference can see them

TENSOR_TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.int64): TensorProto.INT64,
    np.dtype(np.int8): TensorProto.INT8,
    np.dtype(np.uint8): TensorProto.UINT8,
}


class ExternalData:
    """Weight bytes beside the graphs: `STEM.onnx_data`, `STEM.onnx_data_1`, ... as transformers.js names them.

    A tensor written once can be named by several graphs of the same folder (tied embeddings).
    """

    def __init__(self, folder: Path, stem: str, max_file_bytes: int) -> None:
        self._folder = folder
        self._stem = stem
        self._max_file_bytes = max_file_bytes
        self._count = 0
        self._file: BinaryIO | None = None

    def write(self, name: str, array: np.ndarray, apart: bool = False) -> TensorProto:
        """Append one tensor; the value returned is what a graph lists among its initializers.

        Args:
            apart: in a file, however small it is.
        """
        array = np.ascontiguousarray(array)
        if array.nbytes <= INLINE_BYTES and not apart:
            return numpy_helper.from_array(array, name)
        if array.nbytes > self._max_file_bytes:
            raise ValueError(
                f"{name} has {array.nbytes} bytes, a file at most {self._max_file_bytes}: allow larger ones"
            )
        file = self._room_for(array.nbytes)
        file.write(b"\0" * (-file.tell() % ALIGNMENT))
        offset = file.tell()
        file.write(array.data)
        tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(array.dtype), dims=array.shape)
        tensor.data_location = TensorProto.EXTERNAL
        location = {"location": Path(file.name).name, "offset": str(offset), "length": str(array.nbytes)}
        tensor.external_data.extend(StringStringEntryProto(key=key, value=value) for key, value in location.items())
        return tensor

    def _room_for(self, nbytes: int) -> BinaryIO:
        if self._file is None or self._file.tell() + ALIGNMENT + nbytes > self._max_file_bytes:
            self.close()
            suffix = f"_{self._count}" if self._count else ""
            self._file = (self._folder / f"{self._stem}.onnx_data{suffix}").open("wb")
            self._count += 1
        return self._file

    def close(self) -> None:
        """Finish the file being written."""
        if self._file is not None:
            self._file.close()
            self._file = None


def place(tensor: TensorProto) -> dict[str, Any]:
    """File, offset, dtype and shape of a tensor in external data, for `MappedTensors`."""
    entry = {item.key: item.value for item in tensor.external_data}
    dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
    return {
        "file": entry["location"],
        "offset": int(entry.get("offset", 0)),
        "dtype": dtype.name,
        "shape": list(tensor.dims),
    }


def _named(tensor: TensorProto, name: str) -> TensorProto:
    copy = TensorProto()
    copy.CopyFrom(tensor)
    copy.name = name
    return copy


def reshaped(tensor: TensorProto, dims: tuple[int, ...]) -> TensorProto:
    """The same bytes under another shape, for a second operator that reads them."""
    view = TensorProto()
    view.CopyFrom(tensor)
    del view.dims[:]
    view.dims.extend(dims)
    return view


def largest_magnitudes(graph: GraphWriter, x: str, name: str, keepdims: int = 0) -> str:
    """Along the axis 1: a pass for each end, because magnitudes would be written first, and then read."""
    axis = graph.weight("axis_1", np.array([1], dtype=np.int64))
    high, low = (graph.op(f"Reduce{end}", x, axis, name=f"{name}.{end}", keepdims=keepdims) for end in ("Max", "Min"))
    return graph.op("Max", high, graph.op("Neg", low, name=f"{name}.below"), name=f"{name}.largest")


class GraphWriter:
    """Collects nodes; `op` returns the name of a node's first output, so that calls nest like the formula."""

    def __init__(self, data: ExternalData) -> None:
        self._data = data
        self._nodes: list[Any] = []
        self._initializers: dict[str, TensorProto] = {}
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []

    def input(self, name: str, dtype: type, shape: list[str | int]) -> str:
        """Declare a graph input."""
        self._inputs.append(helper.make_tensor_value_info(name, TENSOR_TYPES[np.dtype(dtype)], shape))
        return name

    def output(self, name: str, dtype: type, shape: list[str | int]) -> str:
        """Declare a graph output; some node must produce that name."""
        self._outputs.append(helper.make_tensor_value_info(name, TENSOR_TYPES[np.dtype(dtype)], shape))
        return name

    def weight(self, name: str, value: np.ndarray | TensorProto) -> str:
        """Add an initializer: an array to be written, or a tensor that another graph has written."""
        if name not in self._initializers:
            tensor = value if isinstance(value, TensorProto) else self._data.write(name, value)
            self._initializers[name] = _named(tensor, name)
        return name

    def op(self, kind: str, *inputs: str, name: str, outputs: list[str] | None = None, **attributes: Any) -> str:
        """Add a node of a standard ONNX operator, or of a contributed one written `com.microsoft.Name`."""
        domain, _, op_type = kind.rpartition(".")
        names = outputs or [f"{name}/out"]
        self._nodes.append(helper.make_node(op_type, list(inputs), names, name=name, domain=domain, **attributes))
        return names[0]

    def save(self, path: Path, graph_name: str, facts: dict[str, Any] | None = None) -> ModelProto:
        """Check the graph and write it to `path`; `facts` are what it says of itself beside the graph."""
        graph = helper.make_graph(
            self._nodes, graph_name, self._inputs, self._outputs, list(self._initializers.values())
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="pocketvlm")
        helper.set_model_props(model, {FACTS: json.dumps(facts, sort_keys=True)} if facts else {})
        path.write_bytes(model.SerializeToString(deterministic=True))
        self._data.close()
        checker.check_model(str(path))
        return model
