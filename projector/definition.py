"""The projectors of the MobileVLM family in torch: patch features in, image tokens of the language model's width out.

Modules are named as in the published checkpoints, so that a state dict loads as it is, strictly.

Sources: LDP, MobileVLM, arXiv:2312.16886, section 3.4; LDPv2, MobileVLM V2, arXiv:2402.03766, section 3.3;
`linear` and `mlpNx_gelu`, LLaVA 1.5, arXiv:2310.03744.

The LDPs need to know how the patches lie. Published models have square grids and say nothing of it; screens are tall,
so `ldpnetv2_S` takes the grid's height and width along, and pools S x S patches to a token, whatever is left over at
the lower and right edge included: what is at the foot of a screen counts.

Letters: B batch, N patches (of a grid G x G, or H x W where it is told), M image tokens, C width of the
patch features, D width of the language model.
"""

from __future__ import annotations

import math
import re

import numpy as np
import torch
from torch import Tensor, nn

from pocketvlm.graphs.tensors import Tensors, problems

SQUEEZE = 4  # by how much squeeze-and-excitation narrows; MobileNetV3's, rounded to multiples of 8
STRIDE = 2  # both LDPs halve the grid's sides, so that a quarter of the patches become tokens


def make_projector(kind: str, in_features: int, out_features: int) -> nn.Module:
    """A projector with fresh weights, (B, N, C) to (B, M, D).

    Args:
        kind: "ldpnet", "ldpnetv2", "ldpnetv2_S" with S from 2, "linear", or "mlpNx_gelu" with N from 1.
        in_features: C.
        out_features: D.
    Raises:
        ValueError: an unknown kind; the message names those there are.
    """
    if kind == "ldpnet":
        return LDP(in_features, out_features)
    if kind == "ldpnetv2":
        return LDPv2(in_features, out_features)
    if (stride := pooling(kind)) is not None:
        return LDPv2(in_features, out_features, stride, partial=True)
    if kind == "linear":
        return nn.Linear(in_features, out_features)
    if (match := re.fullmatch(r"mlp([1-9]\d*)x_gelu", kind)) is not None:
        deeper = (
            layer for _ in range(int(match[1]) - 1) for layer in (nn.GELU(), nn.Linear(out_features, out_features))
        )
        return nn.Sequential(nn.Linear(in_features, out_features), *deeper)
    raise ValueError(
        f"no projector {kind!r}; there are ldpnet, ldpnetv2, linear, mlpNx_gelu with N from 1, "
        "and ldpnetv2_S with S from 2"
    )


def pooling(kind: str) -> int | None:
    """S of "ldpnetv2_S", the kind that is told its grid; None for the others."""
    match = re.fullmatch(r"ldpnetv2_([2-9]|[1-9]\d+)", kind)
    return int(match[1]) if match else None


def token_count(kind: str, height: int, width: int) -> int:
    """M, the image tokens of a grid of patches, for the kinds that are told it.

    Raises:
        ValueError: a kind that is not.
    """
    stride = pooling(kind)
    if stride is None:
        raise ValueError(f"{kind!r} is not told its grid; ldpnetv2_S is, with S from 2")
    return -(-height // stride) * -(-width // stride)


def expected(kind: str, in_features: int, out_features: int) -> dict[str, tuple[int, ...]]:
    """The shapes of a projector's weights by name, as published checkpoints have them after `model.mm_projector.`.

    Raises:
        ValueError: an unknown kind.
    """
    with torch.device("meta"):  # shapes without memory
        state = make_projector(kind, in_features, out_features).state_dict()
    return {name: tuple(weight.shape) for name, weight in state.items()}


def parameter_count(kind: str, in_features: int, out_features: int) -> int:
    """How many weights a projector has."""
    return sum(math.prod(shape) for shape in expected(kind, in_features, out_features).values())


def check_tensors(kind: str, in_features: int, out_features: int, tensors: Tensors) -> None:
    """
    Raises:
        ValueError: weights are missing, unexpected or of another shape; the message lists them all.
    """
    if found := problems(tensors, expected(kind, in_features, out_features)):
        raise ValueError(f"these weights are no {kind} from {in_features} to {out_features}: {'; '.join(found)}")


def image_tokens(
    kind: str, tensors: Tensors, image_features: np.ndarray, grid: tuple[int, int] | None = None
) -> np.ndarray:
    """What the projector of these weights makes of patch features: the reference for its graph.

    Args:
        kind: as `make_projector` names them.
        tensors: the weights, named as `expected` says.
        image_features: (B, N, C) float32.
        grid: H and W of the patches, for the kinds that are told them.
    Returns:
        (B, M, D) float32.
    Raises:
        ValueError: the weights do not fit (all problems are listed), or N is no perfect square and needs to be one.
    """
    in_features, out_features = image_features.shape[-1], _out_features(kind, tensors)
    check_tensors(kind, in_features, out_features, tensors)
    with torch.device("meta"):  # not for a moment with weights that nobody gave
        projector = make_projector(kind, in_features, out_features).eval()
    state = {name: torch.from_numpy(tensors.read(name)) for name in tensors.names}
    projector.load_state_dict(state, strict=True, assign=True)
    with torch.inference_mode():
        features = torch.from_numpy(image_features).float()
        tokens: np.ndarray = (projector(features) if grid is None else projector(features, grid)).numpy()
    return tokens


def _out_features(kind: str, tensors: Tensors) -> int:
    """D, which every projector's first layer has for its rows."""
    first = next(iter(expected(kind, 1, 1)))
    if first not in tensors.names:
        raise ValueError(f"these weights are no {kind}: {first} is missing")
    return tensors.shape(first)[0]


class LDP(nn.Module):
    """MobileVLM's lightweight downsample projector: two linear layers, two inverted residuals, the second strided."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.model = nn.ModuleDict(
            {
                "mlp": nn.Sequential(
                    nn.Identity(),  # holds the checkpoints' numbering
                    nn.Linear(in_features, out_features),
                    nn.GELU(),
                    nn.Linear(out_features, out_features),
                ),
                "mb_block": nn.Sequential(
                    nn.Identity(), InvertedResidual(out_features, 1), InvertedResidual(out_features, STRIDE)
                ),
            }
        )

    def forward(self, image_features: Tensor) -> Tensor:
        x = as_grid(self.model["mlp"](image_features))  # (B, D, G, G)
        return as_sequence(self.model["mb_block"](x))  # (B, ceil(G / 2)**2, D)


class LDPv2(nn.Module):
    """MobileVLM V2's projector: two linear layers, average pooling, a depthwise convolution that tells positions."""

    def __init__(self, in_features: int, out_features: int, stride: int = STRIDE, partial: bool = False) -> None:
        """
        Args:
            stride: patches a side that are pooled to a token.
            partial: pool what is left over at the edges as well; published models drop it.
        """
        super().__init__()
        self.stride, self.partial = stride, partial
        layers = (nn.Linear(in_features, out_features), nn.GELU(), nn.Linear(out_features, out_features))
        self.mlp = nn.ModuleDict({"mlp": nn.Sequential(*layers)})
        convolution = nn.Conv2d(out_features, out_features, 3, padding=1, groups=out_features)
        self.peg = nn.ModuleDict({"peg": nn.Sequential(convolution)})

    def forward(self, image_features: Tensor, grid: tuple[int, int] | None = None) -> Tensor:
        x = as_grid(self.mlp["mlp"](image_features), grid)  # (B, D, H, W)
        x = nn.functional.avg_pool2d(x, self.stride, ceil_mode=self.partial)  # published: (B, D, G // 2, G // 2)
        return as_sequence(self.peg["peg"](x) + x)  # (B, M, D)


class InvertedResidual(nn.Module):
    """MobileNetV3's block with expand ratio 1 and channel LayerNorm in place of BatchNorm (arXiv:1905.02244)."""

    def __init__(self, width: int, stride: int) -> None:
        super().__init__()
        depthwise = nn.Conv2d(width, width, 3, stride=stride, padding=1, groups=width, bias=False)
        pointwise = nn.Conv2d(width, width, 1, bias=False)
        self.block = nn.Sequential(
            nn.Sequential(depthwise, ChannelNorm(width), nn.Hardswish()),
            SqueezeExcitation(width),
            nn.Sequential(pointwise, ChannelNorm(width)),
        )
        self.has_residual = stride == 1

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x) + x if self.has_residual else self.block(x)


class SqueezeExcitation(nn.Module):
    """Scales channels by what the whole grid holds of them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        narrow = make_divisible(width / SQUEEZE, 8)
        self.fc1 = nn.Conv2d(width, narrow, 1)
        self.fc2 = nn.Conv2d(narrow, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        scale = self.fc1(x.mean((2, 3), keepdim=True)).relu()
        return x * nn.functional.hardsigmoid(self.fc2(scale))


class ChannelNorm(nn.LayerNorm):
    """LayerNorm over the channels of (B, D, G, G)."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


def make_divisible(value: float, divisor: int) -> int:
    """The nearest multiple of `divisor`, not more than a tenth below the value (MobileNet's rounding)."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * value else rounded + divisor


def as_grid(sequence: Tensor, grid: tuple[int, int] | None = None) -> Tensor:
    """(B, N, D) to (B, D, H, W), row by row; to a square where no grid is told.

    Raises:
        ValueError: N is not a perfect square, or not H times W; the message gives N.
    """
    batch, count, width = sequence.shape
    if grid is not None:
        if grid[0] * grid[1] != count:
            raise ValueError(f"{count} patches are no grid of {grid[0]} x {grid[1]}")
        return sequence.transpose(1, 2).reshape(batch, width, *grid)
    side = math.isqrt(count)
    if side * side != count:
        raise ValueError(f"{count} patches are no square grid; this projector needs one")
    return sequence.transpose(1, 2).reshape(batch, width, side, side)


def as_sequence(grid: Tensor) -> Tensor:
    """(B, D, G, G) to (B, G * G, D)."""
    return torch.flatten(grid, 2).transpose(1, 2)
