"""What the screen tower and its parser hold and work, in closed form: both are nothing but convolutions.

Letters: H, W sides of the network's input in pixels, multiples of 32.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pocketvlm.cost.counts import FLOPS_A_WEIGHT
from pocketvlm.vision.efficientnet_shape import CHANNELS, STAGES, STEM_CHANNELS
from pocketvlm.vision.parser.config import POOLED, ParserConfig
from pocketvlm.vision.parser.roles import ATTRIBUTES

BOX = 4  # numbers that place a box


@dataclass(frozen=True)
class Convolution:
    """One layer.

    Attributes:
        stride: input pixels between two places of its result.
        inputs, outputs: channels.
        kernel: side.
        depthwise: each channel by itself.
        norm: followed by a batch norm, two parameters a channel; otherwise it has a bias.
    """

    stride: int
    inputs: int
    outputs: int
    kernel: int = 1
    depthwise: bool = False
    norm: bool = True

    @property
    def weights(self) -> int:
        """Weights of the kernel alone."""
        return (1 if self.depthwise else self.inputs) * self.outputs * self.kernel**2

    @property
    def parameters(self) -> int:
        """Weights, and norm or bias."""
        return self.weights + self.outputs * (2 if self.norm else 1)

    def flops(self, height: int, width: int) -> int:
        """Work on an input of H x W pixels."""
        places = -(-height // self.stride) * -(-width // self.stride)  # sides that it does not divide are rounded up
        return FLOPS_A_WEIGHT * self.weights * places


def parameters(layers: Iterable[Convolution]) -> int:
    """Parameters of a network."""
    return sum(layer.parameters for layer in layers)


def flops(layers: Iterable[Convolution], height: int, width: int) -> int:
    """Work of a network on an input of H x W pixels."""
    return sum(layer.flops(height, width) for layer in layers)


def tower() -> Iterator[Convolution]:
    """EfficientNet-Lite0's layers, as `vision.efficientnet` builds them."""
    stride, inputs = 2, STEM_CHANNELS
    yield Convolution(stride, 3, inputs, kernel=3)
    for expansion, kernel, step, outputs, blocks in STAGES:
        for number in range(blocks):
            wide = inputs * expansion
            if expansion > 1:
                yield Convolution(stride, inputs, wide)
            stride *= step if number == 0 else 1
            yield Convolution(stride, wide, wide, kernel, depthwise=True)
            yield Convolution(stride, wide, outputs)
            inputs = outputs


def parser(config: ParserConfig) -> Iterator[Convolution]:
    """The layers of neck and heads, as `vision.parser.definition` builds them; close-ups are not among them: their work
    depends on how many elements show something."""
    width = config.neck_channels
    for stride, channels in CHANNELS.items():
        yield Convolution(stride, channels, width)
        yield from _separable(stride, width, width)
    yield from _separable(64, width, width, kernel=5)
    for stride in config.strides:
        yield from _head(config, stride)


def look_parameters(config: ParserConfig) -> int:
    """Parameters of the look classifier."""
    return (sum(CHANNELS[stride] for stride, _ in POOLED) + 1) * len(config.looks)


def _head(config: ParserConfig, stride: int) -> Iterator[Convolution]:
    width = config.neck_channels
    for _ in ("roles", "boxes"):
        yield from _separable(stride, width, width, kernel=5)
        yield from _separable(stride, width, width)
    for outputs in (len(config.roles), len(ATTRIBUTES), BOX):
        yield Convolution(stride, width, outputs, norm=False)


def _separable(stride: int, inputs: int, outputs: int, kernel: int = 3) -> Iterator[Convolution]:
    yield Convolution(stride, inputs, inputs, kernel, depthwise=True)
    yield Convolution(stride, inputs, outputs)
