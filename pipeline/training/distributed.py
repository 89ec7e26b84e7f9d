"""One process or many: what `torchrun` started, and sums over it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist

BUCKET = 16 * 2**20  # numbers that travel in one message: 64 MB
PATIENCE = timedelta(hours=6)  # the others wait that long while the first process evaluates


@dataclass(frozen=True)
class World:
    """Where this process stands among those that train together."""

    rank: int
    size: int
    local_size: int
    device: torch.device

    def sum_(self, tensor: torch.Tensor) -> torch.Tensor:
        """Replace a tensor by its sum over the processes."""
        if self.size > 1:
            dist.all_reduce(tensor)
        return tensor

    def sum_all_(self, tensors: Iterable[torch.Tensor]) -> None:
        """Replace tensors by their sums over the processes, in few messages."""
        if self.size > 1:
            for bucket in _buckets(tensors):
                flat = self.sum_(torch.cat([tensor.reshape(-1) for tensor in bucket]))
                parts = torch.split(flat, [one.numel() for one in bucket])
                for tensor, part in zip(bucket, parts, strict=True):
                    tensor.copy_(part.view_as(tensor))

    def copy_first_(self, tensors: Iterable[torch.Tensor]) -> None:
        """Replace tensors by those of the first process."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def wait(self) -> None:
        """Go on when all processes have come here."""
        if self.size > 1:
            dist.barrier()


def _buckets(tensors: Iterable[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    bucket: list[torch.Tensor] = []
    for tensor in tensors:
        if bucket and (tensor.dtype != bucket[0].dtype or sum(one.numel() for one in bucket) >= BUCKET):
            yield bucket
            bucket = []
        bucket.append(tensor)
    if bucket:
        yield bucket


@contextmanager
def open_world(device: str) -> Iterator[World]:
    """The world that `torchrun` set up in the environment; a single process without it.

    Args:
        device: "cpu", "cuda", or "auto": a GPU where there is one.
    Raises:
        ValueError: a GPU is asked for and there is none.
    """
    rank, size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    place = _device(device, int(os.environ.get("LOCAL_RANK", 0)))
    if size > 1:
        dist.init_process_group("nccl" if place.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield World(rank, size, int(os.environ.get("LOCAL_WORLD_SIZE", 1)), place)
    finally:
        if size > 1:
            dist.destroy_process_group()


def _device(name: str, local_rank: int) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cpu":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise ValueError(f'device is "{name}", but PyTorch finds no GPU: give device = "cpu"')
    if name == "cuda":
        name = f"cuda:{local_rank}"
    torch.cuda.set_device(name)
    return torch.device(name)
