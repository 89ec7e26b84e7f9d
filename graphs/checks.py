"""What a graph's file must be before anybody runs it: valid, of operators that every build has, and self-contained.

Sources of the operator list:
- CPU: the table of `CPUExecutionProvider` in ONNX Runtime's docs/OperatorKernels.md, which names every operator below;
  those of `com.microsoft` are documented in docs/ContribOperators.md.
- Web: onnxruntime-web compiles the same CPU kernels to WebAssembly, "including full ONNX operator coverage" (its
  README); its build leaves the contributed ones in.
- Phones: onnxruntime-android and onnxruntime-c/-objc are full builds, "support for all types and operators" (their
  package pages). The reduced package onnxruntime-mobile, which lacked the contributed ones, ended with 1.18.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import onnx
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, checker, helper

from pocketvlm.graphs.paths import path_problem
from pocketvlm.graphs.writer import CONTRIB, OPSET

IR_VERSION = 10  # what ONNX Runtime has read since 1.18
# Only what the graphs of this project use, so that a new operator is looked up before it is shipped.
OPERATORS = {
    "": frozenset(
        "Add AveragePool Cast Clip Concat Conv DequantizeLinear Div Expand Flatten Gather Gelu GlobalAveragePool "
        "GlobalMaxPool HardSigmoid Identity LayerNormalization MatMul Max Mul Neg QuantizeLinear ReduceMax ReduceMean "
        "ReduceMin ReduceSum Relu Reshape Resize Shape Slice Split Sqrt Squeeze Sub Transpose Unsqueeze".split()
    ),
    CONTRIB: frozenset(
        "DynamicQuantizeMatMul FusedMatMul GatherBlockQuantized GroupQueryAttention MatMulIntegerToFloat MatMulNBits "
        "MultiHeadAttention QuickGelu RotaryEmbedding SkipSimplifiedLayerNormalization".split()
    ),
}
OPSETS = {"": OPSET, CONTRIB: 1}
# Values that a node may carry itself; tensors and graphs inside a node are places to hide data and operators.
PLAIN = {
    AttributeProto.FLOAT,
    AttributeProto.INT,
    AttributeProto.STRING,
    AttributeProto.FLOATS,
    AttributeProto.INTS,
    AttributeProto.STRINGS,
}


def check_graph(path: Path) -> list[str]:
    """Why an .onnx file is not fit to be shipped, a line for each problem; an empty list for a good one.

    Weights in external data are not read, only looked for: whole, and inside the graph's folder.
    """
    try:
        model = onnx.load(str(path), load_external_data=False)
    except Exception as error:  # protobuf raises types of its own, the file system others
        return [f"it cannot be read: {_first_line(error)}"]
    found = [*_version_problems(model), *_operator_problems(model), *_external_problems(model, path.parent)]
    if found:
        return found
    try:
        checker.check_model(_without_external_data(model))
    except Exception as error:  # ValidationError, and others from below it
        return [f"onnx's checker says: {_first_line(error)}"]
    return []


def _without_external_data(model: ModelProto) -> ModelProto:
    """The same graph with weights in external data as inputs: onnx's checker takes a file with a second name on the
    disk, as installers and tests make them to save space, for an attack. What lies there is checked above."""
    bare = ModelProto()
    bare.CopyFrom(model)
    external = [tensor for tensor in bare.graph.initializer if tensor.data_location == TensorProto.EXTERNAL]
    for tensor in external:
        bare.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
        bare.graph.initializer.remove(tensor)
    return bare


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _version_problems(model: ModelProto) -> Iterator[str]:
    if model.ir_version > IR_VERSION:
        yield f"its format is IR version {model.ir_version}, newer than {IR_VERSION}"
    for opset in model.opset_import:
        limit = OPSETS.get(opset.domain)
        if limit is None:
            yield f"it uses operators of {opset.domain!r}, which packages do not carry"
        elif opset.version > limit:
            yield f"it uses opset {opset.version} of {opset.domain or 'ai.onnx'}, newer than {limit}"
    if model.functions:
        yield f"it defines functions of its own: {', '.join(function.name for function in model.functions)}"


def _operator_problems(model: ModelProto) -> Iterator[str]:
    unknown: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        if node.op_type not in OPERATORS.get(node.domain, ()):
            unknown.setdefault(f"{node.domain or 'ai.onnx'}.{node.op_type}", []).append(node)
        for attribute in node.attribute:
            if attribute.type not in PLAIN:
                yield f"{node.name} carries a tensor or a graph in {attribute.name}"
    for name, nodes in sorted(unknown.items()):
        yield f"{name} is not known to be in every package; {nodes[0].name} and {len(nodes) - 1} more use it"
    if model.graph.sparse_initializer:
        yield "it holds sparse weights"


def _external_problems(model: ModelProto, folder: Path) -> Iterator[str]:
    for tensor in model.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL and (problem := _external_problem(tensor, folder)):
            yield f"{tensor.name}: {problem}"


def _external_problem(tensor: TensorProto, folder: Path) -> str | None:
    """Why a weight's external data cannot be used."""
    entry = {item.key: item.value for item in tensor.external_data}
    location = entry.get("location", "")
    if problem := path_problem(folder, location):
        return problem
    try:
        offset, length = int(entry.get("offset", 0)), int(entry.get("length", -1))
    except ValueError:
        return f"offset {entry.get('offset')!r} and length {entry.get('length')!r} are no numbers"
    nbytes = math.prod(tensor.dims) * helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    if length not in (-1, nbytes):
        return f"{length} bytes are no tensor of {nbytes}"
    path = folder / location
    if not path.is_file():
        return f"{location} is missing"
    size = path.stat().st_size
    if offset < 0 or offset + nbytes > size:
        return f"bytes {offset} to {offset + nbytes} do not lie in {location}, which has {size}"
    return None
