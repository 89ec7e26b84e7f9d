"""The screen parser in torch: the encoder's maps, a feature pyramid, and heads that say what stands where.

Four levels, stride 8 to 64; small elements are found on the fine ones, large ones on the coarse ones. Every cell of a
level says: how surely an element of each role has its middle here, where its box lies, its state and its value. What an
icon or a picture shows is said by a closer look at it: see looks.py.

Depthwise-separable convolutions, batch norm and ReLU6 throughout, as in the encoder: all of it folds into plain
convolutions and quantises to INT8.

Letters: B pictures, H and W sides of the input (multiples of 32), A cells of all levels, level after level, each row
by row; R roles, C image feature channels.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pocketvlm.vision.efficientnet import CHANNELS, ConvNorm, EfficientNetLite0, Maps, conv_norm
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.roles import ATTRIBUTES

PRIOR = 0.01  # how likely a role is in a cell before anything is learnt: as in RetinaNet, keeps the first steps calm


class Parse(NamedTuple):
    """What the network says of every cell; scores are logits."""

    roles: Tensor  # (B, A, R)
    boxes: Tensor  # (B, A, 4): middle's offset from the cell's middle, in strides; log of width and height in strides
    attributes: Tensor  # (B, A, 3): active, disabled, value
    image_features: Tensor  # (B, C, H / 32, W / 32): the encoder's last map, for the projector


class Separable(nn.Module):
    """Depthwise 5x5 or 3x3, then 1x1: a cheap look around."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1):
        super().__init__()
        self.depthwise = SymmetricConvNorm(inputs, inputs, kernel, stride=stride, groups=inputs)
        self.pointwise = ConvNorm(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


class SymmetricConvNorm(nn.Module):
    """Convolution padded alike on all sides, so that odd sides work too; batch norm, ReLU6."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu6(conv_norm(self.conv, self.norm, x))


class Neck(nn.Module):
    """Feature pyramid: what the coarse maps know flows down into the fine ones; one coarser level is added."""

    def __init__(self, width: int):
        super().__init__()
        self.lateral8 = ConvNorm(CHANNELS[8], width, 1)
        self.lateral16 = ConvNorm(CHANNELS[16], width, 1)
        self.lateral32 = ConvNorm(CHANNELS[32], width, 1)
        self.smooth8 = Separable(width, width)
        self.smooth16 = Separable(width, width)
        self.smooth32 = Separable(width, width)
        self.down64 = Separable(width, width, kernel=5, stride=2)

    def forward(self, maps: Maps) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Four maps of the neck's width, stride 8, 16, 32 and 64 (sides rounded up)."""
        map32 = self.lateral32(maps.stride32)
        map16 = self.lateral16(maps.stride16) + _twice(map32)
        map16 = self.smooth16(map16)
        map8 = self.smooth8(self.lateral8(maps.stride8) + _twice(map16))
        map32 = self.smooth32(map32)
        return map8, map16, map32, self.down64(map32)


def _twice(x: Tensor) -> Tensor:
    """A map at twice its size, every cell four times."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Head(nn.Module):
    """What one level's cells say; every level has a head of its own, since sizes and batch statistics differ."""

    def __init__(self, config: ParserConfig):
        super().__init__()
        width = config.neck_channels
        self.role_tower = nn.Sequential(Separable(width, width, 5), Separable(width, width))
        self.box_tower = nn.Sequential(Separable(width, width, 5), Separable(width, width))
        self.roles = nn.Conv2d(width, len(config.roles), 1)
        self.attributes = nn.Conv2d(width, len(ATTRIBUTES), 1)
        self.boxes = nn.Conv2d(width, 4, 1)
        nn.init.constant_(self.roles.bias, -math.log((1 - PRIOR) / PRIOR))  # type: ignore[arg-type]
        for last in (self.roles, self.attributes, self.boxes):
            nn.init.normal_(last.weight, std=0.01)
        for last in (self.attributes, self.boxes):
            nn.init.zeros_(last.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, width, h, w) to roles, boxes and attributes, each (B, its channels, h, w)."""
        role = self.role_tower(x)
        return self.roles(role), self.boxes(self.box_tower(x)), self.attributes(role)


class ScreenParser(nn.Module):
    """Encoder, neck and heads: (B, 3, H, W) normalised pixels to a Parse."""

    def __init__(self, config: ParserConfig):
        super().__init__()
        self.config = config
        self.encoder = EfficientNetLite0()
        self.neck = Neck(config.neck_channels)
        self.heads = nn.ModuleList(Head(config) for _ in config.strides)

    def forward(self, pixels: Tensor) -> Parse:
        """(B, 3, H, W) float32, H and W multiples of 32."""
        maps = self.encoder(pixels)
        levels = [head(level) for head, level in zip(self.heads, self.neck(maps), strict=True)]
        roles, boxes, attributes = (
            torch.cat([part.flatten(2).transpose(1, 2) for part in parts], dim=1)  # (B, A, channels)
            for parts in zip(*levels, strict=True)
        )
        return Parse(roles, boxes, attributes, maps.stride32)
