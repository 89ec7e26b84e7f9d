"""Tensors read straight from the files that graphs keep their weights in, without a copy in memory."""

from __future__ import annotations

import math
import mmap
from pathlib import Path
from typing import Any

import numpy as np

from pocketvlm.graphs.paths import path_problem


class MappedTensors:
    """Tensors in files, mapped: nothing is read before it is used, and what was used can be let go."""

    def __init__(self, folder: Path, places: dict[str, dict[str, Any]]) -> None:
        """
        Args:
            places: file, offset, dtype and shape of each tensor, by its name.
        Raises:
            ValueError: a place is outside its file, or a file outside the folder.
            OSError: a file is missing.
        """
        self._places = places
        names = sorted({place["file"] for place in places.values()})
        if problem := next(filter(None, (path_problem(folder, name) for name in names)), None):
            raise ValueError(f"a graph names a file outside its folder: {problem}")
        self._maps = {name: _mapped(folder / name) for name in names}
        for name, place in places.items():
            size = math.prod(place["shape"]) * np.dtype(place["dtype"]).itemsize
            if not 0 <= place["offset"] <= len(self._maps[place["file"]]) - size:
                raise ValueError(f"{name} does not lie in {place['file']}: export the bundle again")

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> np.ndarray:
        place = self._places[name]
        shape, dtype = tuple(place["shape"]), np.dtype(place["dtype"])
        return np.frombuffer(self._maps[place["file"]], dtype, math.prod(shape), place["offset"]).reshape(shape)

    def let_go(self) -> None:
        """Stop counting what was read as this process's memory; it stays in the system's cache."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for mapped in self._maps.values():
                mapped.madvise(mmap.MADV_DONTNEED)

    def let_rows_go(self, name: str, rows: slice) -> None:
        """The same of some rows of a tensor, and of what shares their first and last page."""
        if hasattr(mmap, "MADV_DONTNEED"):
            place, row = self._places[name], self[name][0].nbytes
            start, stop, _ = rows.indices(place["shape"][0])
            first = (place["offset"] + start * row) // mmap.PAGESIZE * mmap.PAGESIZE
            self._maps[place["file"]].madvise(mmap.MADV_DONTNEED, first, place["offset"] + stop * row - first)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
