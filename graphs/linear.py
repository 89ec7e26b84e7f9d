"""One weight product, y = W x + b, in any precision that a bundle may hold it in.

Letters: N output features, K input features, E extra inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from pocketvlm.graphs.names import TERMS
from pocketvlm.graphs.quantization import BLOCK, IMATRIX, METHODS, QuantizedMatrix, quantize, stack
from pocketvlm.graphs.writer import CONTRIB, GraphWriter

INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level: activations rounded to int8 in blocks, the fast path on CPUs
# Largest magnitude of the weights of a row. Not 127: x86 processors without 8-bit dot products (before VNNI) add two
# products of uint8 and int8 in 16 bits, and 2 * 255 * 64 still fits.
ROW_TOP = 64
BLOCK_SIZES = (32, 64, 128, 256)  # offered; 16 works too, for formats that have it (Q6_K)


@dataclass(frozen=True)
class Precision:
    """How the weights of a part are held.

    Attributes:
        kind: "fp32"; "fp16", stored in half precision and computed in single; "int8" or "int4", integers in blocks,
            multiplied with activations that are rounded to int8 in blocks as well.
        block_size: weights that share a scale: 32, 64, 128 or 256. For the integer kinds.
        symmetric: the middle of the range stands for zero; otherwise every block has a zero point of its own.
        method: "rtn", round to nearest between a block's extremes; "k_quant", scales found by search: slower to
            export, nearer to the float weights; "imatrix", the same, and errors that meet large inputs count for more:
            the float model reads some prompts for that.
        whole_scales: the scales of a row's blocks are whole multiples of one number (`graphs.whole_scales`), so that
            long prompts can be multiplied with rows of int8. For "int4" that is not symmetric.
    """

    kind: str
    block_size: int = BLOCK
    symmetric: bool = True
    method: str = "rtn"
    whole_scales: bool = False

    def __post_init__(self) -> None:
        if self.kind not in TERMS:
            raise ValueError(f"no precision {self.kind!r}; there are {', '.join(TERMS)}")
        if self.block_size not in BLOCK_SIZES:
            raise ValueError(f"no block size {self.block_size}; there are {', '.join(map(str, BLOCK_SIZES))}")
        if self.method not in METHODS:
            raise ValueError(f"no method {self.method!r}; there are {', '.join(METHODS)}")
        if self.whole_scales and (self.kind != "int4" or self.symmetric):
            raise ValueError("scales that are whole multiples are for int4 with zero points")

    @property
    def term(self) -> str:
        """What manifests and file names call it."""
        return TERMS[self.kind]

    @property
    def needs_importance(self) -> bool:
        """Whether weights are rounded with regard to what they are multiplied with."""
        return self.is_quantized and self.method == IMATRIX

    @property
    def is_quantized(self) -> bool:
        """Whether weights become integers in blocks."""
        return self.kind in ("int8", "int4")

    def hold(self, weight: np.ndarray, importance: np.ndarray | None = None) -> Matrix:
        """A float32 matrix (N, K) in this precision; `importance` as for `quantize`."""
        if not self.is_quantized:
            return FloatMatrix(weight.astype(np.float16 if self.kind == "fp16" else np.float32, copy=False))
        bits = 8 if self.kind == "int8" else 4
        return quantize(weight, bits, self.symmetric, self.block_size, self.method, importance, self.whole_scales)


@dataclass(frozen=True)
class FloatMatrix:
    """A weight matrix that is not quantised, (N, K) float32 or float16."""

    weight: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """(N, K)."""
        return self.weight.shape[0], self.weight.shape[1]


Matrix = FloatMatrix | QuantizedMatrix


def stacked(parts: list[Matrix]) -> Matrix:
    """Matrices of one kind that read the same input, one above the other."""
    floats = [part.weight for part in parts if isinstance(part, FloatMatrix)]
    if floats:
        assert len(floats) == len(parts)
        return FloatMatrix(np.concatenate(floats))
    return stack([part for part in parts if isinstance(part, QuantizedMatrix)])


@dataclass(frozen=True)
class RowQuantizedMatrix:
    """One weight matrix of `DynamicQuantizeMatMul`, w = scale * q; the input is rounded to uint8 by one scale for all.

    Twice as fast as blocks where the processor has 8-bit dot products, and only as good as the input is even: one
    channel far above the others costs all the others their precision.

    Attributes:
        q: (N, K) int8.
        scales: (N,) float32.
    """

    q: np.ndarray
    scales: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """(N, K)."""
        return self.q.shape[0], self.q.shape[1]


def quantize_rows(weight: np.ndarray) -> RowQuantizedMatrix:
    """Round-to-nearest quantisation of a float32 matrix (N, K) to int8, a scale each row."""
    largest = np.abs(weight).max(axis=1)
    scales = (np.where(largest == 0, 1, largest) / ROW_TOP).astype(np.float32)
    return RowQuantizedMatrix(np.rint(weight / scales[:, None]).astype(np.int8), scales)


@dataclass(frozen=True)
class LinearWeight:
    """The weights of one product.

    Attributes:
        matrix: (N, K + E); its last E columns meet `extra_inputs`.
        extra_inputs: (K, E) float32 of ones and zeros: sums of the input that follow it, so that W x + R (S x) is one
            product. That is how a format with a real constant a block (GGUF Q4_1) is held without loss.
        bias: (N,) float32.
    """

    matrix: Matrix | RowQuantizedMatrix
    extra_inputs: np.ndarray | None = None
    bias: np.ndarray | None = None


def extra_inputs_name(width: int, extra: int) -> str:
    """What a graph calls the (K, E) matrix of extra inputs, which all products of that shape share."""
    return f"extra_inputs.{width}.{extra}"


def block_sums(blocks: int) -> np.ndarray:
    """(blocks * 32, blocks padded to a multiple of 32): x times it gives the sum of every block of x, then zeros."""
    sums = np.repeat(np.eye(blocks, dtype=np.float32), BLOCK, axis=0)
    return np.pad(sums, ((0, 0), (0, -blocks % BLOCK)))


def linear(graph: GraphWriter, x: str, weight: LinearWeight, name: str, output: str | None = None) -> str:
    """Add the product of `x`, (..., K), to a graph: (..., N). `output` names the result."""
    if isinstance(weight.matrix, RowQuantizedMatrix):
        assert weight.extra_inputs is None, "sums of the input are for formats in blocks"
        return _row_product(graph, x, weight.matrix, weight.bias, name, output)
    if weight.extra_inputs is not None:
        width, extra = weight.extra_inputs.shape
        sums = graph.weight(extra_inputs_name(width, extra), weight.extra_inputs)
        x = graph.op("Concat", x, graph.op("MatMul", x, sums, name=f"{name}.sums"), name=f"{name}.input", axis=-1)
    product = _product(graph, x, weight.matrix, name, None if weight.bias is not None else output)
    if weight.bias is None:
        return product
    bias = graph.weight(f"{name}.bias", weight.bias)
    return graph.op("Add", product, bias, name=f"{name}.add_bias", outputs=[output] if output else None)


def _row_product(
    graph: GraphWriter, x: str, matrix: RowQuantizedMatrix, bias: np.ndarray | None, name: str, output: str | None
) -> str:
    inputs = [
        x,
        graph.weight(f"{name}.weight_q8", matrix.q.T),
        graph.weight(f"{name}.weight_scales", matrix.scales),
    ]
    if bias is not None:
        inputs += ["", graph.weight(f"{name}.bias", bias)]
    outputs = [output] if output else None
    return graph.op(f"{CONTRIB}.DynamicQuantizeMatMul", *inputs, name=name, outputs=outputs)


def _product(graph: GraphWriter, x: str, matrix: Matrix, name: str, output: str | None) -> str:
    if isinstance(matrix, FloatMatrix):
        weight = as_float32(graph, graph.weight(f"{name}.weight", matrix.weight), matrix.weight.dtype)
        return float_product(graph, x, weight, name, output)
    inputs = [
        x,
        graph.weight(f"{name}.weight_q{matrix.bits}", matrix.packed()),
        graph.weight(f"{name}.weight_scales", matrix.scales),
    ]
    zero_points = matrix.packed_zero_points()
    if zero_points is not None:
        inputs.append(graph.weight(f"{name}.weight_zero_points", zero_points))
    return quantized_product(graph, inputs, matrix, name, output)


def as_float32(graph: GraphWriter, weight: str, dtype: np.dtype) -> str:
    """A weight stored in half precision is widened when the graph is loaded: the runtime folds constants."""
    if dtype == np.float32:
        return weight
    return graph.op("Cast", weight, name=f"{weight}.float32", to=TensorProto.FLOAT)


def float_product(graph: GraphWriter, x: str, weight: str, name: str, output: str | None = None) -> str:
    """x times the transpose of a float32 weight (N, K), which stays as checkpoints have it."""
    outputs = [output] if output else None
    return graph.op(f"{CONTRIB}.FusedMatMul", x, weight, name=name, outputs=outputs, transB=1)


def quantized_product(
    graph: GraphWriter, inputs: list[str], matrix: QuantizedMatrix, name: str, output: str | None = None
) -> str:
    """`MatMulNBits` over inputs (x, packed weights, scales, zero points if any) that are held as `matrix` is."""
    rows, columns = matrix.shape
    return graph.op(
        f"{CONTRIB}.MatMulNBits",
        *inputs,
        name=name,
        outputs=[output] if output else None,
        N=rows,
        K=columns,
        bits=matrix.bits,
        block_size=matrix.block_size,
        accuracy_level=INT8_ACTIVATIONS,
    )
