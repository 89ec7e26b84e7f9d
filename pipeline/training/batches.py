"""Which samples make which batch, and loading them ahead. The order is a function of the seed: nothing is kept."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from pocketvlm.training.task import Task

Place = tuple[int, int]  # a sample's index, and the epoch that it is seen in


class DataOrder:
    """An endless walk through the samples: every epoch all of them, each time in another order."""

    def __init__(self, samples: int, seed: int) -> None:
        self.samples = samples
        self._order = lru_cache(maxsize=2)(lambda epoch: np.random.default_rng((seed, epoch)).permutation(samples))

    def __getitem__(self, position: int) -> Place:
        """The sample at a position of the walk."""
        epoch, place = divmod(position, self.samples)
        return int(self._order(epoch)[place]), epoch


def pieces(step: int, batch_size: int, rank: int, size: int, accumulation: int) -> list[range]:
    """The positions that a process computes in a step, a range for each of its pieces.

    Raises:
        ValueError: a batch has fewer samples than there are pieces of it.
    """
    count = size * accumulation
    if batch_size < count:
        raise ValueError(
            f"batch_size is {batch_size}, less than {size} processes x {accumulation} pieces: "
            "raise batch_size or lower accumulation"
        )
    edges = [step * batch_size + batch_size * piece // count for piece in range(count + 1)]
    return [range(edges[piece], edges[piece + 1]) for piece in range(rank, count, size)]


class _Samples(Dataset[Any]):
    """A task's samples as PyTorch's loader asks for them."""

    def __init__(self, task: Task) -> None:
        self._load = task.load

    def __getitem__(self, place: Place) -> Any:
        return self._load(*place)


class _Places:
    """The samples of each piece, as PyTorch's loader asks for them."""

    def __init__(self, order: DataOrder, positions: Iterable[range]) -> None:
        self._order, self._positions = order, positions

    def __iter__(self) -> Iterator[list[Place]]:
        for piece in self._positions:
            yield [self._order[position] for position in piece]


def batches(
    task: Task, order: DataOrder, positions: Iterable[range], workers: int, device: torch.device
) -> Iterator[Any]:
    """The batches of those positions, loaded ahead by that many processes."""
    loader: DataLoader[Any] = DataLoader(
        _Samples(task),
        batch_sampler=_Places(order, positions),
        collate_fn=task.collate,
        num_workers=workers,
        pin_memory=device.type == "cuda",
        worker_init_fn=_ready_worker if workers else None,
        multiprocessing_context="fork" if workers else None,  # the task, with its model, need not travel
        generator=torch.Generator(),  # which the loader draws from, instead of from the one of all
    )
    return iter(loader)


def _ready_worker(number: int) -> None:
    """Ctrl-C reaches all processes of a terminal: the trainer decides when its workers end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def to_device(batch: Any, device: torch.device) -> Any:
    """A batch's tensors on that device, in the same dicts, lists and tuples."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {name: to_device(value, device) for name, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(to_device(value, device) for value in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(to_device(value, device) for value in batch)
    return batch
