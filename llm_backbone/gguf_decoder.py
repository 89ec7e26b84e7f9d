"""From a GGUF checkpoint to the decoder's weights without loss: every tensor keeps the file's own quantisation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pocketvlm.graphs.linear import FloatMatrix, LinearWeight, Matrix, block_sums, stacked
from pocketvlm.graphs.quantization import (
    BLOCK,
    QuantizedMatrix,
    from_q4_0,
    from_q4_1,
    from_q6_k,
    from_q8_0,
    quantize,
    stack,
)
from pocketvlm.graphs.tensors import problems
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.graph import DecoderWeights
from pocketvlm.llm_backbone.weights import EMBEDDING, assemble, expected

Linear = Callable[[GGUFCheckpoint, list[str]], LinearWeight]

INTEGERS = {"Q4_0": from_q4_0, "Q6_K": from_q6_k, "Q8_0": from_q8_0}  # these are `MatMulNBits` weights as they are
FLOATS = {"F16": np.float16, "BF16": np.float32, "F32": np.float32}
PRECISIONS = {
    "Q4_0": "int4",
    "Q4_1": "int4",
    "Q6_K": "int8",
    "Q8_0": "int8",
    "F16": "fp16",
    "BF16": "fp32",
    "F32": "fp32",
}


def decoder_weights(checkpoint: GGUFCheckpoint, linear: Linear | None = None) -> DecoderWeights:
    """The decoder of a GGUF checkpoint.

    Args:
        checkpoint: an open GGUF file.
        linear: how stacked weight products are held; `exact_linear` unless given.
    Raises:
        ValueError: a tensor is missing, has no place in the graph (biases, experts, rotary factors), or is of a type
            that has no exact form here; the message names it.
    """
    check_tensors(checkpoint)
    make = linear or exact_linear
    table = exact_table(checkpoint, EMBEDDING)
    return assemble(checkpoint.config, checkpoint, table, lambda names: make(checkpoint, names))


def check_tensors(checkpoint: GGUFCheckpoint) -> None:
    """A tensor too many would change the model's answers if it were left out in silence.

    Raises:
        ValueError: as `decoder_weights`.
    """
    shapes = expected(checkpoint.config)
    found = problems(checkpoint, shapes)
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise ValueError(f"{'; '.join(found[:3])}{more}")
    for name in shapes:
        if checkpoint.kind(name) not in PRECISIONS:
            raise ValueError(
                f"{name} is {checkpoint.kind(name)}, which has no exact form here ({', '.join(PRECISIONS)} have); "
                "choose a precision to quantise the weights anew"
            )


def precisions(checkpoint: GGUFCheckpoint) -> tuple[str, str]:
    """The kinds, as of `Precision`, of the token table and of most of the layers' weights, for the manifest."""
    weights: Counter[str] = Counter()
    for name, shape in expected(checkpoint.config).items():
        if name.startswith("model.layers.") and len(shape) == 2:
            weights[PRECISIONS[checkpoint.kind(name)]] += math.prod(shape)
    table = checkpoint.kind(EMBEDDING)
    return "fp32" if table == "Q4_1" else PRECISIONS[table], weights.most_common(1)[0][0]


def exact_table(checkpoint: GGUFCheckpoint, name: str) -> Matrix:
    """One tensor as a matrix that has no columns but its own: Q4_1 becomes float32."""
    kind = checkpoint.kind(name)
    if kind in INTEGERS:
        return INTEGERS[kind](checkpoint.blocks(name))
    return FloatMatrix(checkpoint.read(name).astype(FLOATS.get(kind, np.float32)))


def exact_linear(checkpoint: GGUFCheckpoint, names: list[str]) -> LinearWeight:
    """Stack tensors of one type as it is held, of Q4_0 and Q4_1 as Q4_1, and of any other mixture in float32."""
    kinds = {checkpoint.kind(name) for name in names}
    if "Q4_1" in kinds and kinds <= {"Q4_0", "Q4_1"}:
        return exact_q4_1(checkpoint, names)
    if len(kinds) == 1:
        return LinearWeight(stacked([exact_table(checkpoint, name) for name in names]))
    return LinearWeight(FloatMatrix(np.concatenate([checkpoint.read(name) for name in names])))


def exact_q4_1(checkpoint: GGUFCheckpoint, names: list[str]) -> LinearWeight:
    """Stack Q4_1 (and Q4_0) tensors as INT4 weights whose leftover constants stand in K / 32 further columns.

    The rests are at most half a quantisation step, and are held as the sum of two four-bit matrices, the second of
    which corrects the first: together they leave no error to speak of (measured by `benchmarks/nano_variants.py`).
    """
    return with_rests(*split_q4_1(checkpoint, names))


def with_rests(body: QuantizedMatrix, rests: np.ndarray) -> LinearWeight:
    """4-bit blocks of 32, and a constant for each of them, (N, K / 32) float32."""
    blocks = rests.shape[1]
    rests = np.pad(rests, ((0, 0), (0, -blocks % BLOCK)))
    coarse = quantize(rests, symmetric=False)
    fine = quantize(rests - coarse.dequantized(), symmetric=False)
    return LinearWeight(_beside([body, coarse, fine]), np.tile(block_sums(blocks), 2))


def split_q4_1(checkpoint: GGUFCheckpoint, names: list[str]) -> tuple[QuantizedMatrix, np.ndarray]:
    """Stacked Q4_1 (and Q4_0) tensors as integers with integer zero points, and the rests, (N, K / 32) float32."""
    bodies, rests = [], []
    for name in names:
        if checkpoint.kind(name) == "Q4_1":
            body, rest = from_q4_1(checkpoint.blocks(name))
        else:
            body = with_zero_points(from_q4_0(checkpoint.blocks(name)))
            rest = np.zeros_like(body.scales)
        bodies.append(body)
        rests.append(rest)
    return stack(bodies), np.concatenate(rests)


def with_zero_points(matrix: QuantizedMatrix) -> QuantizedMatrix:
    """A symmetric matrix with its middle written out, so that it can be stacked with others that have zero points."""
    zero_points = np.full(matrix.scales.shape, 1 << (matrix.bits - 1), dtype=np.uint8)
    return replace(matrix, zero_points=zero_points)


def _beside(parts: list[QuantizedMatrix]) -> QuantizedMatrix:
    """Matrices of whole blocks, the columns of each after those of the one before."""
    zero_points = [part.zero_points for part in parts if part.zero_points is not None]
    assert len(zero_points) == len(parts)
    return QuantizedMatrix(
        np.concatenate([part.q for part in parts], axis=1),
        np.concatenate([part.scales for part in parts], axis=1),
        np.concatenate(zero_points, axis=1),
        parts[0].bits,
    )
