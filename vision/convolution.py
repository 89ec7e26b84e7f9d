"""Convolutional networks as ONNX graphs, in floating point or in INT8, written from their torch modules.

A batch norm is folded into the convolution before it. In INT8 a graph is written as phones' runtimes read it: weights
and the tensors between operators are integers with a scale, spelt `QuantizeLinear` and `DequantizeLinear`, which ONNX
Runtime joins with each convolution into an integer one. Scales of weights are one a channel and come from the weights;
those of tensors are one each and come from pictures (`pocketvlm.vision.calibration`).

Letters: B pictures, C channels, H and W height and width of a map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from pocketvlm.graphs.writer import GraphWriter
from pocketvlm.vision.calibration import Calibration, Range
from pocketvlm.vision.rounding import rounded

RELU6 = (0.0, 6.0)
# x86 processors before VNNI add two products of uint8 and int8 in 16 bits and clip silently; with 64 they never clip.
# Depthwise kernels, which multiply in 16 bits and add in 32, have no such limit.
LARGEST_WEIGHT, LARGEST_DEPTHWISE_WEIGHT = 64, 127
LARGEST_BIAS = 2**30  # of an int32 sum, half of its range

Pads = tuple[int, int, int, int]


@dataclass(frozen=True)
class Folded:
    """A convolution with the norm behind it: weight (C out, C in / groups, kernel, kernel) and bias (C out,)."""

    weight: np.ndarray
    bias: np.ndarray


def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d | None = None) -> Folded:
    """A convolution and the batch norm behind it, as it is when nothing is trained, as one convolution."""
    weight = _array(conv.weight)
    bias = np.zeros(len(weight)) if conv.bias is None else _array(conv.bias)
    if norm is not None:
        assert norm.running_mean is not None, "a norm that keeps no statistics cannot be folded"
        assert norm.running_var is not None
        factor = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
        weight, bias = (
            weight * factor[:, None, None, None],
            (bias - _array(norm.running_mean)) * factor + _array(norm.bias),
        )
    return Folded(weight.astype(np.float32), bias.astype(np.float32))


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def scale_of(values: Range) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of a tensor as uint8: 0 is met exactly, because padding is 0."""
    low, high = min(values[0], 0.0), max(values[1], 0.0)
    scale = np.float32((high - low) / 255 or 1.0)
    return scale, np.uint8(np.clip(np.round(-low / scale), 0, 255))


def _sides(stride: int) -> tuple[str, str]:
    return ("height", "width") if stride == 1 else (f"height/{stride}", f"width/{stride}")


class ConvWriter:
    """Writes the operators of a convolutional network; each method returns the name of its result.

    Attributes:
        written: the results so far, by what they are called here, and the tensors that they are in this graph.
    """

    def __init__(self, graph: GraphWriter, seen: Calibration | None = None) -> None:
        """
        Args:
            seen: what INT8 needs to know of every result and convolution; None for floating point.
        """
        self.graph = graph
        self.written: dict[str, str] = {}
        self._seen = seen
        self._scales: dict[str, np.float32] = {}  # of results in INT8

    def input(self, name: str, channels: int, stride: int = 1) -> str:
        """Declare an input of any height and width, (B, C, H / stride, W / stride) float32."""
        return self._result(self.graph.input(name, np.float32, ["batch_size", channels, *_sides(stride)]), name)

    def conv(
        self,
        x: str,
        name: str,
        folded: Folded,
        *,
        pads: Pads,
        stride: int = 1,
        groups: int = 1,
        relu6: bool = False,
        in8bits: bool = True,
    ) -> str:
        """A convolution, perhaps with its activation.

        Args:
            pads: rows and columns of zeros above, left, below and right.
            in8bits: whether INT8 holds its weights and its result; a network's last values are better kept as they are.
        """
        size = folded.weight.shape[-1]
        given: dict[str, Any] = {
            "kernel_shape": [size] * 2,
            "strides": [stride] * 2,
            "pads": list(pads),
            "group": groups,
        }
        if self._seen is None or not in8bits:
            weights = self._floats(name, folded)
        else:
            weights = self._integers(name, folded, self._scales[x], groups, self._seen)
        made = self.graph.op("Conv", x, *weights, name=name, **given)
        if relu6 and (self._seen is None or not in8bits):  # in INT8 the result's range ends where the activation does
            bounds = [self.graph.weight(f"relu6.{value:.0f}", np.array(value, np.float32)) for value in RELU6]
            made = self.graph.op("Clip", made, *bounds, name=f"{name}.relu6")
        return self._result(made, name) if in8bits else made

    def add(self, a: str, b: str, name: str) -> str:
        """The sum of two maps of one size."""
        return self._result(self.graph.op("Add", a, b, name=name), name)

    def double(self, x: str, name: str) -> str:
        """A map of twice the height and width, every value four times."""
        scales = self.graph.weight("double.scales", np.array([1, 1, 2, 2], np.float32))
        given: dict[str, Any] = {
            "mode": "nearest",
            "coordinate_transformation_mode": "asymmetric",
            "nearest_mode": "floor",
        }
        return self._result(self.graph.op("Resize", x, "", scales, name=name, **given), name)

    def output(self, x: str, name: str, channels: int, stride: int) -> None:
        """Declare a map, (B, C, H / stride, W / stride), as an output of the graph."""
        self.graph.op("Identity", x, name=name, outputs=[name])
        self.graph.output(name, np.float32, ["batch_size", channels, *_sides(stride)])

    def columns(self, x: str, channels: int, name: str) -> str:
        """A map as columns, one a place, left to right, top to bottom: (B, C, H, W) to (B, C, H * W)."""
        shape = self.graph.weight(f"columns.{channels}", np.array([0, channels, -1], np.int64))
        return self.graph.op("Reshape", x, shape, name=f"{name}.columns")

    def rows(self, columns: list[str], channels: int, name: str) -> None:
        """Columns of several maps, one after the other, as the rows of an output of the graph: (B, places, C)."""
        joined = self.graph.op("Concat", *columns, name=f"{name}.joined", axis=2) if len(columns) > 1 else columns[0]
        self.graph.op("Transpose", joined, name=name, outputs=[name], perm=[0, 2, 1])
        self.graph.output(name, np.float32, ["batch_size", "places", channels])

    def _floats(self, name: str, folded: Folded) -> list[str]:
        arrays = {"weight": folded.weight, "bias": folded.bias}
        return [self.graph.weight(f"{name}.{part}", array) for part, array in arrays.items()]

    def _integers(
        self, name: str, folded: Folded, input_scale: np.float32, groups: int, seen: Calibration
    ) -> list[str]:
        """Weights as int8 with a scale for each channel, the bias in the int32 that their products are summed in."""
        limit = LARGEST_WEIGHT if groups == 1 else LARGEST_DEPTHWISE_WEIGHT
        rows = folded.weight.reshape(groups, -1, folded.weight[0].size)  # (G, O, K)
        scales = np.maximum(
            np.abs(folded.weight).max(axis=(1, 2, 3)) / limit, np.abs(folded.bias) / input_scale / LARGEST_BIAS
        )
        scales = np.where(scales > 0, scales, 1).astype(np.float32)  # (C out,)
        grouped = (rows, folded.bias.reshape(groups, -1), seen.moments[name], scales.reshape(groups, -1))
        integers, bias = rounded(*grouped, limit)
        sums = scales * input_scale
        whole = np.round(bias.reshape(-1) / sums).clip(-2 * LARGEST_BIAS, 2 * LARGEST_BIAS - 1).astype(np.int32)
        return [
            self._widened(
                f"{name}.weight", integers.reshape(folded.weight.shape), scales, np.zeros(len(scales), np.int8)
            ),
            self._widened(f"{name}.bias", whole, sums, np.zeros(len(scales), np.int32)),
        ]

    def _widened(self, name: str, integers: np.ndarray, scales: np.ndarray, zeros: np.ndarray) -> str:
        parts = {"": integers, "_scale": scales, "_zero_point": zeros}
        weights = [self.graph.weight(f"{name}_int8{ending}", array) for ending, array in parts.items()]
        return self.graph.op("DequantizeLinear", *weights, name=f"{name}.widened", axis=0)

    def _result(self, made: str, name: str) -> str:
        """A result as the next operators read it: as it is, or rounded to 8 bits and back."""
        self.written[name] = made
        if self._seen is None:
            return made
        scale, zero_point = scale_of(self._seen.ranges[name])
        parts: dict[str, np.ndarray] = {"scale": np.array(scale), "zero_point": np.array(zero_point)}
        held = [self.graph.weight(f"{name}.{part}", value) for part, value in parts.items()]
        integers = self.graph.op("QuantizeLinear", made, *held, name=f"{name}.rounded")
        result = self.graph.op("DequantizeLinear", integers, *held, name=f"{name}.widened")
        self._scales[result] = scale
        return result
