"""The token embedding's rows, read straight from the mapped file: the fast twin of the graph `embed_tokens`.

A look-up needs a few kilobytes. A session over the graph would map many times that around every row into the process's
memory, and takes several times as long for one token, which stands between any two runs of the decoder.

Letters: V vocabulary, D hidden width, S ids, B blocks of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pocketvlm.graphs.mapped_tensors import MappedTensors
from pocketvlm.graphs.quantization import unpacked
from pocketvlm.graphs.session import facts_of, open_session


@dataclass(frozen=True)
class TableFacts:
    """What the graph of the token embedding says of its table.

    Attributes:
        places: of its tensors "weight", "scales" and "zero_points", as many as there are (`MappedTensors`).
        bits: of a weight, 4 or 8; 0 for a table of floats.
        block_size: weights that share a scale.
    """

    places: dict[str, dict[str, Any]]
    bits: int
    block_size: int


class TokenTable:
    """The embeddings of a bundle's tokens."""

    def __init__(self, path: Path) -> None:
        """
        Args:
            path: the graph `embed_tokens`, beside its files.
        Raises:
            ValueError: it does not fit the files.
        """
        facts = facts_of(open_session(path, 1, spinning=False))
        if not facts:
            raise ValueError(f"{path.name} does not say where its table lies: export the bundle again")
        self._facts = TableFacts(**facts)
        self._tensors = MappedTensors(path.parent, self._facts.places)

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """Embeddings (S, D) float32 of ids (S,), each from 0 to V - 1."""
        found = {name: self._tensors[name][ids] for name in self._facts.places}
        self._tensors.let_go()
        if not self._facts.bits:
            return found["weight"].astype(np.float32)
        bits, packed = self._facts.bits, found["weight"]
        columns = packed.shape[1] * 8 // bits
        zero_points = found.get("zero_points")
        return unpacked(packed, found["scales"], zero_points, columns, bits, self._facts.block_size).dequantized()
