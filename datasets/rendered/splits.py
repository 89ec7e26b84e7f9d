"""Which rendered screens train a model, which validate it, and which are kept from it.

Three things are kept apart: a whole UI kit, some kinds of apps, and seeds. Seeds matter even for new kits and apps: all
that a screen says follows from its seed and index, so one seed gives the same words in every kit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Literal, TypeAlias, get_args

Part: TypeAlias = Literal["train", "validation", "held_out"]
PARTS: tuple[Part, ...] = get_args(Part)

HELD_OUT_KITS = frozenset({"antd-mobile"})
TRAINING_KITS = frozenset({"varied"})  # no kit that anybody uses: to learn from, not to be measured on
HELD_OUT_APPS = frozenset(  # of travel, food, home, media, learning, money, system and social life
    {"boarding_pass", "recipe", "thermostat", "podcasts", "grades", "stocks", "storage", "poll"}
)
_CYCLE = 10  # of ten seeds in a row, the last is held out and the one before validates


def seed_part(seed: int) -> Part:
    """The part that a seed's words belong to."""
    rest = seed % _CYCLE
    return "held_out" if rest == _CYCLE - 1 else "validation" if rest == _CYCLE - 2 else "train"


def part_of(kit: str, app: str, seed: int) -> Part | None:
    """The part that a screen belongs to.

    None if it must not be used: a kit or app that is held out, saying what training or validation may have said. A held
    out seed holds out every kit and app, so that a model can be asked about new words in a look that it knows, too.

    Args:
        seed: that the screen was rendered with, not its index.
    """
    part = seed_part(seed)
    return part if part == "held_out" or not is_new(kit, app) else None


def is_new(kit: str, app: str) -> bool:
    """No training screen is of this kit, or none is of this app."""
    return kit in HELD_OUT_KITS or app in HELD_OUT_APPS


def kits_for(part: Part, kits: Iterable[str]) -> list[str]:
    """Those of `kits` that a part is rendered in."""
    seen = [kit for kit in kits if part == "train" or kit not in TRAINING_KITS]
    return [kit for kit in seen if part == "held_out" or kit not in HELD_OUT_KITS]


def apps_for(part: Part, apps: Iterable[str]) -> list[str]:
    """Those of `apps` that a part may be rendered of."""
    return [app for app in apps if part == "held_out" or app not in HELD_OUT_APPS]


def seeds_for(part: Part) -> Iterator[int]:
    """The seeds that a part may be rendered with, without end: 0, 1, ... of those that are its own.

    Raises:
        ValueError: there is no such part.
    """
    if part not in PARTS:
        raise ValueError(f"no part {part!r}: choose one of {', '.join(PARTS)}")
    return (seed for seed in count() if seed_part(seed) == part)
