"""Runs the encoder's and the parser's graphs on a picture: what stands where, in what state, and what it looks like.

Letters: H and W sides of the input, h and w those of the map of stride 32, N = h * w, C image feature channels, K
elements.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pocketvlm.graphs.session import open_session
from pocketvlm.vision.parser.alike import of_one_kind
from pocketvlm.vision.parser.cells import make_cells
from pocketvlm.vision.parser.charging import is_charging
from pocketvlm.vision.parser.close_up import SHOWING, close_ups, frames
from pocketvlm.vision.parser.colors import color_of
from pocketvlm.vision.parser.config import POOLED_STRIDES, ParserConfig
from pocketvlm.vision.parser.decoding import Candidates, candidates, distinct, suppress
from pocketvlm.vision.parser.elements import Box, Element
from pocketvlm.vision.parser.filling import find_bar
from pocketvlm.vision.parser.roles import ACTIVE, DISABLED, VALUE_SCALE
from pocketvlm.vision.parser.stars import share_of_stars
from pocketvlm.vision.screen_input import fit_screen, normalise

MAPS = ("stride8", "stride16", "stride32")
SAID = ("roles", "boxes", "attributes")
POOLED_MAPS = tuple(f"stride{stride}" for stride in POOLED_STRIDES)  # of close-ups
AT_ONCE = 64  # close-ups that the encoder sees together: more would need more memory and are no faster
# Roles with a colour that people would ask for; of those with a state, where it is on.
COLORED = frozenset("icon action app_icon avatar badge banner button chart_value chip fab star switch".split())


@dataclass(frozen=True, eq=False)
class Parsed:
    """What was found in a picture.

    Attributes:
        elements: the surest first.
        image_features: (1, N, C) float32, left to right, top to bottom: the encoder's last map, for the projector.
        grid: h and w, the rows and columns of the image features.
        encode_s, parse_s: seconds of resizing and encoding, and of finding the elements.
    """

    elements: tuple[Element, ...]
    image_features: np.ndarray
    grid: tuple[int, int]
    encode_s: float
    parse_s: float


class ScreenParser:
    """The encoder and the parser of a bundle; threads may share it."""

    def __init__(
        self, encoder: Path, parser: Path, looks: Path, config: ParserConfig, threads: int | None = None
    ) -> None:
        """
        Args:
            encoder: `vision_encoder*.onnx`, as `vision.efficientnet_graph` writes it.
            parser: `screen_parser*.onnx`.
            looks: `look_classifier*.onnx`.
            config: what it was trained with.
            threads: cores to use; all physical ones when None.
        """
        self.config = config
        # Not spinning: these networks take turns with each other and with those that read and answer.
        self._encoder, self._parser, self._looks = (
            open_session(path, threads, spinning=False) for path in (encoder, parser, looks)
        )

    def parse(self, pixels: np.ndarray) -> Parsed:
        """Find what stands in a picture.

        Args:
            pixels: (H0, W0, 3) uint8 RGB, upright.
        Raises:
            ValueError: another shape or type; the message gives both.
        """
        started = time.perf_counter()
        given = fit_screen(pixels, self.config.input)
        *maps, image_features = self._encoder.run([*MAPS, "image_features"], {"pixel_values": given.pixels})
        encoded = time.perf_counter()
        said = dict(zip(SAID, self._parser.run(SAID, dict(zip(MAPS, maps, strict=True))), strict=True))
        height, width = given.pixels.shape[2:]
        roles, boxes, attributes = (said[kind][0] for kind in SAID)
        cells = make_cells(height, width, self.config.strides)
        named = candidates(cells, roles, boxes, attributes, self.config, self.config.thresholds)
        found = distinct(named, self.config.double_iou)
        elements = self._elements(pixels, found, given.scale)
        grid = maps[2].shape[2:]
        return Parsed(elements, image_features, grid, encoded - started, time.perf_counter() - encoded)

    def _elements(self, pixels: np.ndarray, found: Candidates, scale: tuple[float, float]) -> tuple[Element, ...]:
        """Candidates in the words of people."""
        boxes = in_picture(found.boxes, scale, (pixels.shape[1], pixels.shape[0]))
        roles = [self.config.roles[role] for role in found.roles]
        bars = {at: find_bar(pixels, boxes[at]) for at, role in enumerate(roles) if role == "progress"}
        seen = {at: bar for at, bar in bars.items() if bar is not None}
        boxes = [seen[at].box if at in seen else box for at, box in enumerate(boxes)]
        measured: dict[int, float | None] = {at: bar.share for at, bar in seen.items()}
        measured |= {at: share_of_stars(pixels, boxes[at]) for at, role in enumerate(roles) if role == "rating"}
        words = self._words(pixels, boxes, roles)
        elements = (
            element_of(
                pixels,
                roles[at],
                boxes[at],
                float(found.scores[at]),
                found.attributes[at],
                words.get(at),
                measured.get(at),
            )
            for at in suppress(np.array(boxes).reshape(-1, 4), found.roles, self.config.nms_iou)  # two finds of one bar
        )
        return of_one_kind(tuple(elements))

    def _words(self, pixels: np.ndarray, boxes: list[Box], roles: list[str]) -> dict[int, str]:
        """The likeliest word for what each element shows that shows something, by its number."""
        showing = [at for at, role in enumerate(roles) if role in SHOWING]
        places = frames(np.array([boxes[at] for at in showing]), [roles[at] for at in showing])
        found: list[int] = []
        for start in range(0, len(showing), AT_ONCE):
            squares = close_ups(pixels, places[start : start + AT_ONCE], self.config.close_up)
            maps = self._encoder.run(POOLED_MAPS, {"pixel_values": normalise(squares, self.config.input)})
            logits = self._looks.run(["logits"], dict(zip(POOLED_MAPS, maps, strict=True)))[0]
            found += logits.argmax(axis=1).tolist()
        return {at: self.config.looks[look] for at, look in zip(showing, found, strict=True)}


def in_picture(boxes: np.ndarray, scale: tuple[float, float], size: tuple[int, int]) -> list[Box]:
    """Boxes (K, 4) of the network's input in whole pixels of the picture, at least one each way and inside of it.

    Args:
        scale: input pixels a picture pixel, across and down.
        size: width and height of the picture.
    """
    limits = np.array([*size, *size])
    whole = np.round(boxes / np.array([*scale, *scale])).clip(0, limits).astype(int)  # (K, 4)
    low = np.minimum(whole[:, :2], limits[:2] - 1)
    high = np.maximum(whole[:, 2:], low + 1)
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in np.concatenate([low, high], axis=1).tolist()]


def element_of(
    pixels: np.ndarray,
    role: str,
    box: Box,
    score: float,
    attributes: np.ndarray,
    look: str | None = None,
    measured: float | None = None,
) -> Element:
    """One element, with what means something for its role.

    Args:
        attributes: (3,) shares: how surely it is active and disabled, and its value.
        look: what it shows; None where it shows nothing.
        measured: its value as its pixels have it; None where that was not to be seen.
    """
    active = _is_active(pixels, role, box, attributes) if role in ACTIVE else None
    disabled = role in DISABLED and bool(attributes[1] > 0.5)
    colored = role in COLORED and not disabled and not (role in ("switch", "star") and not active)
    return Element(
        role=role,
        box=box,
        score=round(score, 4),
        active=active,
        disabled=disabled,
        look=look,
        value=round(float(attributes[2]) if measured is None else measured, 3) if role in VALUE_SCALE else None,
        color=color_of(pixels, box) if colored else None,
    )


def _is_active(pixels: np.ndarray, role: str, box: Box, attributes: np.ndarray) -> bool:
    return is_charging(pixels, box) if role == "battery" else bool(attributes[0] > 0.5)
