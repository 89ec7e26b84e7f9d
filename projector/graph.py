"""The projectors as ONNX graphs, written weight by weight: image_features (B, N, C) to image_tokens (B, M, D).

The grid's side is taken from N when the graph runs, or both sides from the input `grid` for the kinds that are told it
(`ldpnetv2_S`), so one file serves every resolution. 1x1 convolutions are written
as what they are, products over the channels, so that they can be held in few bits like the linear layers; only the
depthwise 3x3 convolutions stay convolutions, in floating point.

Letters: B batch, N patches (a grid of G x G, or H x W), M image tokens, C width of the patch features, D width of the
language model.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from onnx import TensorProto

from pocketvlm.graphs.linear import LinearWeight, Precision, as_float32, linear
from pocketvlm.graphs.names import graph_stem
from pocketvlm.graphs.tensors import Tensors
from pocketvlm.graphs.writer import ExternalData, GraphWriter
from pocketvlm.projector.definition import STRIDE, check_tensors, expected, pooling

NORM_EPSILON = 1e-5  # torch's LayerNorm
KERNEL = 3  # side of the depthwise convolutions
BOTH = ("weight", "bias")
SINGLE = "linear"  # what a graph calls the layer of the `linear` projector, which has no name in checkpoints


def write_projector(
    kind: str,
    in_features: int,
    out_features: int,
    tensors: Tensors,
    folder: Path,
    precision: Precision,
    max_file_bytes: int,
) -> Path:
    """Write `projector*.onnx` with its weights into `folder`.

    Args:
        kind: "ldpnet", "ldpnetv2", "ldpnetv2_S", "linear" or "mlpNx_gelu".
        in_features: C.
        out_features: D.
        tensors: the weights, named as `definition.expected` says.
        precision: how products are held; convolutions and norms are floating point in every precision.
        max_file_bytes: larger weights go into several files.
    Returns:
        The graph's path.
    Raises:
        ValueError: an unknown kind, or weights that do not fit; all problems are listed.
    """
    check_tensors(kind, in_features, out_features, tensors)
    path = folder / f"{graph_stem('projector', precision.term)}.onnx"
    graph = GraphWriter(ExternalData(folder, path.stem, max_file_bytes))
    layers = _Layers(graph, tensors, precision, expected(kind, in_features, out_features))
    x = graph.input("image_features", np.float32, ["batch_size", "num_patches", in_features])
    write = {"ldpnet": _ldp, "ldpnetv2": _ldpv2}.get(kind, _perceptron)
    if (stride := pooling(kind)) is not None:
        grid = graph.input("grid", np.int64, [2])  # H and W
        write = partial(_ldpv2, stride=stride, grid=grid)
    write(layers, x)
    rows = "num_patches" if write is _perceptron else "num_image_tokens"
    graph.output("image_tokens", np.float32, ["batch_size", rows, out_features])
    graph.save(path, "projector")
    return path


class FromGraph:
    """The weights that `graph_tensors` finds in a projector's graph, as the definition names and shapes them."""

    def __init__(self, kind: str, in_features: int, out_features: int, tensors: Tensors) -> None:
        self._tensors = tensors
        self._source = {name.removeprefix(f"{SINGLE}."): name for name in tensors.names}
        known = expected(kind, in_features, out_features)
        # A product holds a 1x1 convolution without the two sides of its kernel.
        self._shapes = {name: shape for name, shape in known.items() if shape[2:] == (1, 1)}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._source)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._tensors.shape(self._source[name]) + self._shapes.get(name, ())[2:]

    def read(self, name: str) -> np.ndarray:
        return self._tensors.read(self._source[name]).reshape(self.shape(name))


class _Layers:
    """The operators that projectors are made of, each with the weights of a module of the definition."""

    def __init__(
        self, graph: GraphWriter, tensors: Tensors, precision: Precision, shapes: Mapping[str, tuple[int, ...]]
    ) -> None:
        self.graph = graph
        self.shapes = shapes
        self._tensors = tensors
        self._precision = precision

    def product(self, x: str, name: str, output: str | None = None) -> str:
        """A linear layer, or a 1x1 convolution over channels that come last."""
        weight, bias = (f"{name}.{part}" if name else part for part in BOTH)
        values = self._tensors.read(weight)
        matrix = self._precision.hold(values.reshape(values.shape[:2]))
        offset = self._tensors.read(bias) if bias in self.shapes else None
        return linear(self.graph, x, LinearWeight(matrix, bias=offset), name or SINGLE, output)

    def depthwise(self, x: str, name: str, stride: int) -> str:
        """A 3x3 convolution of each channel by itself over (B, D, G, G): (B, D, ceil(G / stride), ...)."""
        weight = self._tensors.read(f"{name}.weight")  # (D, 1, 3, 3)
        held = weight.astype(np.float16) if self._precision.kind == "fp16" else weight
        inputs = [x, as_float32(self.graph, self.graph.weight(f"{name}.weight", held), held.dtype)]
        if f"{name}.bias" in self.shapes:
            inputs.append(self.graph.weight(f"{name}.bias", self._tensors.read(f"{name}.bias")))
        return self.graph.op(
            "Conv",
            *inputs,
            name=name,
            group=len(weight),
            kernel_shape=[KERNEL] * 2,
            strides=[stride] * 2,
            pads=[KERNEL // 2] * 4,
        )

    def norm(self, x: str, name: str) -> str:
        """LayerNorm over the last axis."""
        parts = [self.graph.weight(f"{name}.{part}", self._tensors.read(f"{name}.{part}")) for part in BOTH]
        return self.graph.op("LayerNormalization", x, *parts, name=name, axis=-1, epsilon=NORM_EPSILON)

    def hard_sigmoid(self, x: str, name: str) -> str:
        """min(max(x / 6 + 1 / 2, 0), 1), as torch and MobileNetV3 have it."""
        return self.graph.op("HardSigmoid", x, name=name, alpha=1 / 6, beta=0.5)

    def axes(self, *axes: int) -> str:
        """Axes, or a shape, as a constant."""
        return self.graph.weight(f"axes{list(axes)}", np.array(axes, dtype=np.int64))


def _perceptron(layers: _Layers, x: str) -> None:
    """Linear layers with GELU between them: `linear` and `mlpNx_gelu`."""
    names = [name.removesuffix("weight").removesuffix(".") for name in layers.shapes if name.endswith("weight")]
    for name in names[:-1]:
        x = layers.graph.op("Gelu", layers.product(x, name), name=f"{name}.gelu")
    layers.product(x, names[-1], output="image_tokens")


def _two_layers(layers: _Layers, x: str, first: str, second: str) -> str:
    return layers.product(layers.graph.op("Gelu", layers.product(x, first), name=f"{first}.gelu"), second)


def _ldpv2(layers: _Layers, x: str, stride: int = STRIDE, grid: str | None = None) -> None:
    graph = layers.graph
    x = _two_layers(layers, x, "mlp.mlp.0", "mlp.mlp.2")  # (B, N, D)
    x = _channels_first(layers, _as_grid(layers, x, grid), "grid/first")  # (B, D, H, W)
    # Without a ceiling an odd grid loses its last row and column, as in torch's avg_pool2d and so in published models.
    sides = [stride] * 2
    pooled = graph.op("AveragePool", x, name="pool", kernel_shape=sides, strides=sides, ceil_mode=int(grid is not None))
    x = graph.op("Add", layers.depthwise(pooled, "peg.peg.0", stride=1), pooled, name="peg.residual")
    _as_sequence(layers, _channels_last(layers, x, "grid/last"))


def _ldp(layers: _Layers, x: str) -> None:
    x = _as_grid(layers, _two_layers(layers, x, "model.mlp.1", "model.mlp.3"))  # (B, G, G, D)
    block = _inverted_residual(layers, x, "model.mb_block.1.block", stride=1)
    x = layers.graph.op("Add", block, x, name="model.mb_block.1.residual")
    x = _inverted_residual(layers, x, "model.mb_block.2.block", stride=STRIDE)
    _as_sequence(layers, x)


def _inverted_residual(layers: _Layers, x: str, name: str, stride: int) -> str:
    """`definition.InvertedResidual` over (B, G, G, D): channels last, for norms and products; first for the 3x3."""
    graph = layers.graph
    x = layers.depthwise(_channels_first(layers, x, f"{name}.first"), f"{name}.0.0", stride)
    x = layers.norm(_channels_last(layers, x, f"{name}.last"), f"{name}.0.1")
    x = graph.op("Mul", x, layers.hard_sigmoid(x, f"{name}.0.2.gate"), name=f"{name}.0.2")  # Hardswish
    mean = graph.op("ReduceMean", x, layers.axes(1, 2), name=f"{name}.1.mean", keepdims=1)  # (B, 1, 1, D)
    narrow = graph.op("Relu", layers.product(mean, f"{name}.1.fc1"), name=f"{name}.1.relu")
    scale = layers.hard_sigmoid(layers.product(narrow, f"{name}.1.fc2"), f"{name}.1.gate")
    x = graph.op("Mul", x, scale, name=f"{name}.1.scaled")
    return layers.norm(layers.product(x, f"{name}.2.0"), f"{name}.2.1")


def _as_grid(layers: _Layers, x: str, grid: str | None = None) -> str:
    """(B, N, D) to (B, H, W, D), row by row; to a square with the root of N as its side where no grid is told."""
    graph = layers.graph
    if grid is not None:
        first, last = (graph.op("Shape", x, name=f"grid/{end}", start=end, end=end + 1) for end in (0, 2))
        return graph.op("Reshape", x, graph.op("Concat", first, grid, last, name="grid/shape", axis=0), name="grid/hw")
    count = graph.op("Shape", x, name="grid/count", start=1, end=2)
    real = graph.op("Cast", count, name="grid/real", to=TensorProto.FLOAT)
    root = graph.op("Sqrt", real, name="grid/root")  # exact: IEEE roots of perfect squares are
    side = graph.op("Cast", root, name="grid/side", to=TensorProto.INT64)
    ends = [graph.op("Shape", x, name=f"grid/{end}", start=end, end=end + 1) for end in (0, 2)]
    shape = graph.op("Concat", ends[0], side, side, ends[1], name="grid/shape", axis=0)
    return graph.op("Reshape", x, shape, name="grid")


def _as_sequence(layers: _Layers, x: str) -> None:
    """(B, G, G, D) to the output, (B, G * G, D)."""
    graph = layers.graph
    ends = [graph.op("Shape", x, name=f"sequence/{end}", start=end, end=end + 1) for end in (0, 3)]
    shape = graph.op("Concat", ends[0], layers.axes(-1), ends[1], name="sequence/shape", axis=0)
    graph.op("Reshape", x, shape, name="sequence", outputs=["image_tokens"])


def _channels_first(layers: _Layers, x: str, name: str) -> str:
    return layers.graph.op("Transpose", x, name=name, perm=[0, 3, 1, 2])


def _channels_last(layers: _Layers, x: str, name: str) -> str:
    return layers.graph.op("Transpose", x, name=name, perm=[0, 2, 3, 1])
