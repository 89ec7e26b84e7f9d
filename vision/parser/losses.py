"""What the parser is taught with: sums over the cells that are to find an element, of what they get wrong.

Letters: B pictures, A cells, R roles, P cells that are to find something, over all pictures, Q cells and roles of which
nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from pocketvlm.vision.parser.definition import Parse

LEAST_QUALITY = 0.2  # of a box that is to be found but lies badly yet
ABSENT = 0.75  # how much what is not there counts, as in the paper


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts."""

    roles: float = 1.0
    boxes: float = 2.0
    offsets: float = 0.5
    active: float = 1.5
    disabled: float = 0.5
    value: float = 2.0


class Targets(NamedTuple):
    """What is to be found in a batch; UNKNOWN (-1) where there is nothing to learn."""

    cells: Tensor  # (P,) int64: picture * A + cell
    middles: Tensor  # (P, 2): of the cells, in input pixels
    strides: Tensor  # (P,)
    roles: Tensor  # (P,) int64
    boxes: Tensor  # (P, 4): in input pixels
    active: Tensor  # (P,)
    disabled: Tensor  # (P,)
    values: Tensor  # (P,)
    quiet: Tensor  # (Q,) int64: (picture * A + cell) * R + role


def parser_loss(parse: Parse, targets: Targets, weights: LossWeights) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted sum of all parts over the cells that are to find something, and the parts themselves."""
    boxes = parse.boxes.flatten(0, 1)[targets.cells].float()  # (P, 4)
    attributes = parse.attributes.flatten(0, 1)[targets.cells].float()  # (P, 3)
    overlap, distance = overlaps(decode_boxes(boxes, targets.middles, targets.strides), targets.boxes)
    parts = {
        "roles": _role_loss(parse.roles.float(), targets, overlap.detach()),
        "boxes": (1 - distance).sum(),
        "offsets": functional.smooth_l1_loss(boxes, encode_boxes(targets), reduction="sum", beta=0.1),
        "active": _known(attributes[:, 0], targets.active),
        "disabled": _known(attributes[:, 1], targets.disabled),
        "value": _known(attributes[:, 2], targets.values),
    }
    total = torch.stack([getattr(weights, name) * part for name, part in parts.items()]).sum()
    return total, {name: part.detach() for name, part in parts.items()}


def decode_boxes(raw: Tensor, middles: Tensor, strides: Tensor) -> Tensor:
    """(P, 4) as the network says them to (P, 4) x1, y1, x2, y2 in input pixels; `cells.boxes_at` in torch."""
    middle = middles + raw[:, :2] * strides[:, None]
    half = raw[:, 2:].clamp(-4, 5).exp() * strides[:, None] / 2
    return torch.cat([middle - half, middle + half], dim=1)


def encode_boxes(targets: Targets) -> Tensor:
    """The other way round: what the network is to say of the wanted boxes, (P, 4)."""
    low, high = targets.boxes[:, :2], targets.boxes[:, 2:]
    stride = targets.strides[:, None]
    return torch.cat([((low + high) / 2 - targets.middles) / stride, ((high - low) / stride).log()], dim=1)


def overlaps(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union of boxes pair by pair, and its generalised form (arXiv:1902.09630), (P,) each."""
    shared = (torch.minimum(one[:, 2:], other[:, 2:]) - torch.maximum(one[:, :2], other[:, :2])).clamp(min=0).prod(1)
    union = (one[:, 2:] - one[:, :2]).prod(1) + (other[:, 2:] - other[:, :2]).prod(1) - shared
    hull = (torch.maximum(one[:, 2:], other[:, 2:]) - torch.minimum(one[:, :2], other[:, :2])).prod(1)
    iou = shared / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


def _role_loss(logits: Tensor, targets: Targets, overlap: Tensor) -> Tensor:
    """Varifocal loss (arXiv:2008.13367): a role's score is to be the overlap of the box that comes with it."""
    flat = logits.flatten()  # (B * A * R,)
    found = targets.cells * logits.shape[-1] + targets.roles  # (P,)
    absent = ABSENT * functional.softplus(flat) * flat.sigmoid().square()  # of wanting nothing anywhere
    said = torch.ones_like(flat)
    said[found] = 0
    said[targets.quiet] = 0
    quality = overlap.clamp(min=LEAST_QUALITY)
    present = functional.binary_cross_entropy_with_logits(flat[found], quality, reduction="none") * quality
    return (absent * said).sum() + present.sum()


def _known(logits: Tensor, wanted: Tensor) -> Tensor:
    """Binary cross entropy of what is known; soft values are shares."""
    known = wanted >= 0
    return functional.binary_cross_entropy_with_logits(logits[known], wanted[known], reduction="sum")
