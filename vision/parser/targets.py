"""Which cell is to find which element: the small ones on fine levels, each in the few cells about its middle.

Letters: G elements of a picture, A cells of all levels, P cells that are to find something.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pocketvlm.vision.parser.cells import Cells
from pocketvlm.vision.parser.config import ParserConfig

RADIUS = 1.5  # strides about the middle in which cells are to find an element
UNKNOWN = -1  # state or value that an element does not have: nothing is learnt of it
LEAST_SIDE = 2.0  # input pixels; thinner things cannot be asked for


@dataclass(frozen=True)
class Wanted:
    """The elements of one picture, in input pixels."""

    boxes: np.ndarray  # (G, 4) float32
    roles: np.ndarray  # (G,) int64
    active: np.ndarray  # (G,) float32: 0, 1 or UNKNOWN
    disabled: np.ndarray  # (G,) float32: 0, 1 or UNKNOWN
    values: np.ndarray  # (G,) float32: 0..1 or UNKNOWN
    ignored: np.ndarray  # (G,) bool: neither to be found nor to be called absent


@dataclass(frozen=True)
class Assignment:
    """Which cells find what."""

    cells: np.ndarray  # (P,) int64
    elements: np.ndarray  # (P,) int64: the element that the cell is to find
    quiet: np.ndarray  # (Q, 2) int64: cell and role of which nothing is said: they may or may not be found there


def assign(cells: Cells, wanted: Wanted, config: ParserConfig) -> Assignment:
    """Give cells their elements; where several fit, the smallest element has the cell."""
    if not len(wanted.boxes):
        return Assignment(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 2), np.int64))
    size = wanted.boxes[:, 2:] - wanted.boxes[:, :2]  # (G, 2)
    ignored = wanted.ignored | (size.min(axis=1) < LEAST_SIDE)
    fits = _near(cells, wanted.boxes, size) & _levels_of(size, config)[:, cells.levels]  # (G, A)
    area = np.where(ignored, np.inf, size.prod(axis=1))  # (G,)
    claims = np.where(fits, area[:, None], np.inf)  # (G, A)
    owner = claims.argmin(axis=0)  # (A,)
    owned = np.isfinite(claims.min(axis=0))  # (A,)
    element, cell = np.nonzero(fits)
    other = ~owned[cell] | (wanted.roles[element] != wanted.roles[owner[cell]])
    quiet = np.stack([cell[other], wanted.roles[element[other]]], axis=1)  # (Q, 2)
    found = np.flatnonzero(owned)
    return Assignment(found, owner[found], np.unique(quiet, axis=0))


def _near(cells: Cells, boxes: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(G, A): cells about an element's middle and inside of it; of each level the nearest one in any case."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.abs(cells.middles[None] - middle[:, None])  # (G, A, 2)
    limit = np.minimum(RADIUS * cells.strides[None, :, None], size[:, None] / 2)  # (G, A, 2)
    nearest = away.max(axis=2) <= cells.strides / 2  # the cell that the middle lies in
    return np.asarray((away < limit).all(axis=2) | nearest)


def _levels_of(size: np.ndarray, config: ParserConfig) -> np.ndarray:
    """(G, levels): the levels whose range an element's size lies in, or nearly so."""
    side = np.sqrt(size.prod(axis=1))[:, None]  # (G, 1)
    low = np.array([0.0, *config.level_sizes]) / config.level_overlap
    high = np.array([*config.level_sizes, np.inf]) * config.level_overlap
    return np.asarray((side >= low) & (side < high))
