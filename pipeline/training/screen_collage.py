"""Sheets of icons and pictures cut out of screens: every look equally often, dozens on each.

Screens show a bell a hundred times before they show a hedgehog once, and a picture or two each; what things look like
is learnt far sooner from sheets of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pocketvlm.datasets.rendered.parser_truth import Label, parser_labels
from pocketvlm.training.screen_cache import CachedScreen

SIDES = {"icon": (15, 44), "picture": (36, 170)}  # input pixels across, as on screens; other roles tell by their place
LEAST_CUT = 12  # input pixels; smaller ones show too little
GAPS = (6, 48)  # input pixels
PICTURES = 0.5  # the share of sheets that have pictures, the others have icons


@dataclass(frozen=True)
class Cutting:
    """Where something is that shows a look."""

    screen: int
    box: tuple[int, int, int, int]  # in pixels of the cached screen


class Collage:
    """All that screens show, by role and look."""

    def __init__(self, screens: Sequence[CachedScreen]) -> None:
        self._screens = screens
        self._cuttings: dict[str, dict[str, list[Cutting]]] = {role: defaultdict(list) for role in SIDES}
        for number, screen in enumerate(screens):
            for label in parser_labels(screen.truth):
                if label.role in SIDES and label.look and not label.clipped:
                    box = np.rint(np.array(label.box) * np.tile(screen.scale, 2)).astype(int)
                    if (box[2:] - box[:2]).min() >= LEAST_CUT:
                        x1, y1, x2, y2 = box.tolist()
                        self._cuttings[label.role][label.look].append(Cutting(number, (x1, y1, x2, y2)))

    def sheet(self, canvas: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, list[Label]]:
        """A canvas (height, width, 3) uint8 of a plain colour with rows of cuttings, and what they are.

        Raises:
            ValueError: no screen shows anything of the sheet's role.
        """
        role = "picture" if rng.random() < PICTURES else "icon"
        looks = sorted(self._cuttings[role])
        if not looks:
            raise ValueError(f"none of {len(self._screens)} screens shows a whole {role}: render more, or no sheets")
        width, height = canvas
        pixels = np.empty((height, width, 3), np.uint8)
        pixels[:] = rng.integers(0, 256, 3)
        labels: list[Label] = []
        y = int(rng.integers(*GAPS))
        low, high = SIDES[role]
        while y + (side := round(np.exp(rng.uniform(np.log(low), np.log(high))))) < height:
            x = int(rng.integers(*GAPS))
            while x + side < width:
                look = looks[rng.integers(len(looks))]
                cut = self._cut(role, look, side, rng)
                wide = cut.shape[1]
                if x + wide < width:
                    pixels[y : y + side, x : x + wide] = cut
                    labels.append(Label(role, (x, y, x + wide, y + side), None, False, look, None, False))
                x += wide + int(rng.integers(*GAPS))
            y += side + int(rng.integers(*GAPS))
        return pixels, labels

    def _cut(self, role: str, look: str, side: int, rng: np.random.Generator) -> np.ndarray:
        """One cutting, `side` pixels high."""
        cuttings = self._cuttings[role][look]
        cutting = cuttings[rng.integers(len(cuttings))]
        x1, y1, x2, y2 = cutting.box
        cut = self._screens[cutting.screen].map()[y1:y2, x1:x2]
        size = (max(1, round(side * cut.shape[1] / cut.shape[0])), side)
        method = cv2.INTER_AREA if side < cut.shape[0] else cv2.INTER_LINEAR
        return cv2.resize(np.ascontiguousarray(cut), size, interpolation=method)
