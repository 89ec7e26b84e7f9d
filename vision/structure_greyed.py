"""Which list rows are greyed out: all that is written in one is faint beside what the others say.

A network that sees a whole screen finds next to none of them; on the pixels, a disabled row's words have 0.3 to 0.4 of
the contrast of the others', and these hardly ever less than 0.8.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from pocketvlm.vision.reading_order import Box
from pocketvlm.vision.structure import TEXT, ScreenStructure, StructureRow

FAINT = 0.55  # of the strongest row's contrast: what is fainter is greyed out
INK = 98  # percentile of a text's pixels by their distance from its ground: strokes are thin


def with_greyed_rows(structure: ScreenStructure, pixels: np.ndarray) -> ScreenStructure:
    """The structure with its list rows disabled where they are seen to be, and where the parser found them so.

    Args:
        pixels: (H, W, 3) uint8 RGB, of the structure's size.
    """
    strengths = _strengths(structure, pixels)
    strongest: defaultdict[bool, float] = defaultdict(float)  # what lies under an overlay is dimmed as a whole
    for row in structure.rows:
        strongest[row.behind] = max(strongest[row.behind], strengths.get(id(row.frame), 0.0))
    return replace(
        structure,
        rows=tuple(
            _greyed(row) if strengths.get(id(row.frame), np.inf) < FAINT * strongest[row.behind] else row
            for row in structure.rows
        ),
    )


def _strengths(structure: ScreenStructure, pixels: np.ndarray) -> dict[int, float]:
    """How strong the strongest text of each list row is, 0 to 255, by the row's frame."""
    strengths: dict[int, float] = {}
    for row in structure.rows:
        if row.frame is not None and row.frame.role == "row":
            for cell in (cell for cell in row.cells if cell.role == TEXT):
                strengths[id(row.frame)] = max(strengths.get(id(row.frame), 0.0), _strength(pixels, cell.box))
    return strengths


def _strength(pixels: np.ndarray, box: Box) -> float:
    """How far a text's strokes are from its ground, of 255 a channel."""
    x1, y1, x2, y2 = (max(0, edge) for edge in box)
    part = pixels[y1:y2, x1:x2].reshape(-1, 3).astype(np.int16)
    if not len(part):
        return 0.0
    return float(np.percentile(np.abs(part - np.median(part, axis=0)).max(axis=1), INK))


def _greyed(row: StructureRow) -> StructureRow:
    assert row.frame is not None  # whose words were looked at
    return replace(row, frame=replace(row.frame, disabled=True))
