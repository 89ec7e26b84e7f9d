"""A quantised graph with the rounding of its activations turned off: the same weights, the same nodes, exact sums.

Integer products round their inputs to 8 bits, and an int8 cache its keys and values, which hides small faults of a
graph. Without that a graph must equal its definition as closely as float32 allows, however few bits its weights have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onnx
import onnxruntime as ort
from onnx import NodeProto, TensorProto, helper

from pocketvlm.graphs.linear import INT8_ACTIVATIONS
from pocketvlm.graphs.session import session_options

FLOAT32_ACTIVATIONS = 1  # MatMulNBits' accuracy_level
# What tells GroupQueryAttention that its cache is int8, and the place of the first scale among its inputs.
INT8_CACHE = {"k_quant_type": "PER_CHANNEL", "v_quant_type": "PER_CHANNEL", "kv_cache_bit_width": 8}
CACHE_SCALES = 12


def rounds_activations(path: Path) -> bool:
    """Whether a graph rounds activations to 8 bits on their way into integer products."""
    return any(map(_rounds, onnx.load(str(path), load_external_data=False).graph.node))


def open_exact(path: Path, threads: int | None = None) -> ort.InferenceSession:
    """Open a graph with float32 activations.

    Args:
        path: the .onnx file; its external data is used where it lies.
        threads: cores to use; all physical ones when None.
    """
    model = onnx.load(str(path), load_external_data=False)
    nodes = [exact for node in model.graph.node for exact in _exact(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for value in [*model.graph.input, *model.graph.output]:
        if value.type.tensor_type.elem_type == TensorProto.INT8:  # a cache; no other value of a graph is so held
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    options = session_options(threads)
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(path.parent))
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _rounds(node: NodeProto) -> bool:
    levels = [attribute.i for attribute in node.attribute if attribute.name == "accuracy_level"]
    return node.op_type == "DynamicQuantizeMatMul" or INT8_ACTIVATIONS in levels or _has_int8_cache(node)


def _has_int8_cache(node: NodeProto) -> bool:
    return any(attribute.name in INT8_CACHE for attribute in node.attribute)


def _exact(node: NodeProto) -> Iterator[NodeProto]:
    """A node, or what does the same without rounding its input."""
    if node.op_type == "DynamicQuantizeMatMul":
        yield from _float_product(node)
        return
    if _has_int8_cache(node):
        del node.input[CACHE_SCALES:]
        kept = [attribute for attribute in node.attribute if attribute.name not in INT8_CACHE]
        del node.attribute[:]
        node.attribute.extend(kept)
    for attribute in node.attribute:
        if attribute.name == "accuracy_level":
            attribute.i = FLOAT32_ACTIVATIONS
    yield node


def _float_product(node: NodeProto) -> Iterator[NodeProto]:
    """`DynamicQuantizeMatMul` (x, weights (K, N), scales, zero points, bias) as a product of float32 matrices."""
    x, weights, *rest = node.input
    scales, zero_points, bias = (*rest, "", "")[:3]
    assert not zero_points, "this project writes symmetric rows"
    # Spelt out, because the runtime turns `DequantizeLinear` before a product into a product that rounds.
    wide, scaled, product = (f"{node.output[0]}/{part}" for part in ("wide", "scaled", "product"))
    yield helper.make_node("Cast", [weights], [wide], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [wide, scales], [scaled])
    yield helper.make_node("MatMul", [x, scaled], [product if bias else node.output[0]])
    if bias:
        yield helper.make_node("Add", [product, bias], [node.output[0]])
