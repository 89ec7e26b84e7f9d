"""What the parser would recognise on a drawn screen, made from its truth: elements, and a few errors."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pocketvlm.datasets.rendered.parser_truth import parser_labels
from pocketvlm.datasets.rendered.questions.colour import colour_names
from pocketvlm.vision.parser.close_up import SHOWING
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.parser.roles import ACTIVE, DISABLED
from pocketvlm.vision.parser.runtime import COLORED
from pocketvlm.vision.reading_order import Box


@dataclass(frozen=True)
class ParsingNoise:
    """How often a parser errs; shares of the elements.

    Attributes:
        missed: not found.
        wrong_state: on for off, ticked for empty, and so on.
        wrong_look: another icon or picture.
        no_color: no colour where there is one.
        shift: how far edges are off, as a share of the shorter side.
    """

    missed: float = 0.02
    wrong_state: float = 0.015
    wrong_look: float = 0.03
    no_color: float = 0.03
    shift: float = 0.04

    def __post_init__(self) -> None:
        for name in ("missed", "wrong_state", "wrong_look", "no_color", "shift"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")


def simulate_elements(truth: Mapping[str, Any], noise: ParsingNoise, rng: random.Random) -> list[Element]:
    """Elements as the parser gives them; those that are mere text are left out, as lines tell better.

    Args:
        truth: of the screen, as the renderer wrote it.
        noise: how often the parser errs.
        rng: decides where.
    """
    true = list(_true(truth))
    looks = [element.look for element in true if element.look]
    return [_noisy(element, noise, looks, rng) for element in true if rng.random() >= noise.missed]


def _true(truth: Mapping[str, Any]) -> Iterator[Element]:
    shown = [e for e in truth["elements"] if e["box"][2] > e["box"][0] and e["box"][3] > e["box"][1]]
    for element, label in zip(shown, parser_labels(dict(truth)), strict=True):
        if label.role != "text":
            x1, y1, x2, y2 = map(round, label.box)
            yield Element(
                role=label.role,
                box=(x1, y1, x2, y2),
                score=1.0,
                active=bool(label.active) if label.role in ACTIVE else None,
                disabled=label.disabled and label.role in DISABLED,
                look=label.look if label.role in SHOWING else None,
                value=label.value,
                color=color_of(element["color"]) if label.role in COLORED else None,
            )


def color_of(color: str | None) -> str | None:
    """The best English name of a colour, None where people would not agree on one."""
    names = colour_names(color) if color else None
    return names.en[0] if names else None


def _noisy(element: Element, noise: ParsingNoise, looks: list[str], rng: random.Random) -> Element:
    flip = element.active is not None and rng.random() < noise.wrong_state
    look = rng.choice(looks) if element.look and rng.random() < noise.wrong_look else element.look
    value = element.value
    if value is not None and element.role in ("progress", "rating"):
        value = min(1.0, max(0.0, value + rng.gauss(0, 0.01)))
    return Element(
        role=element.role,
        box=_shifted(element.box, noise.shift, rng),
        score=rng.uniform(0.5, 1.0),
        active=not element.active if flip else element.active,
        disabled=element.disabled,
        look=look,
        value=value,
        color=None if rng.random() < noise.no_color else element.color,
    )


def _shifted(box: Box, share: float, rng: random.Random) -> Box:
    x1, y1, x2, y2 = box
    step = share * min(x2 - x1, y2 - y1)
    a, b, c, d = (round(edge + rng.uniform(-step, step)) for edge in box)
    return max(0, a), max(0, b), max(a + 1, c), max(b + 1, d)
