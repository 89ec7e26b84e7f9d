"""Every kind of app that screens show, and the spec of any one screen.

`make_spec(seed, index)` is the way in. The same arguments give the same spec everywhere, with one version of Faker.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pocketvlm.datasets.rendered import schema
from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import (
    accounts,
    clock,
    communication,
    files,
    food,
    health,
    home,
    home_screens,
    learning,
    media,
    money,
    networks,
    photos,
    roads,
    shopping,
    social,
    system,
    travel,
    work,
)
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.devices import devices_for

App: TypeAlias = Callable[[Content], ui.Screen]

APPS: dict[str, App] = {
    kind: app
    for module in (
        communication,
        networks,
        system,
        home_screens,
        clock,
        work,
        files,
        money,
        shopping,
        food,
        travel,
        roads,
        media,
        photos,
        social,
        health,
        home,
        learning,
        accounts,
    )
    for kind, app in module.APPS.items()
}
ACCENTS = ("#1a73e8", "#007aff", "#6750a4", "#00897b", "#e53935", "#8e24aa", "#f4511e", "#2e7d32", "#3949ab", "#d81b60")
TEXT_SCALES = (1.0, 1.0, 1.0, 1.0, 1.0, 0.85, 0.9, 1.1, 1.15, 1.3)
CHINESE_SHARE = 0.3
DARK_SHARE = 0.4
SCROLLED_SHARE = 0.3
OVERLAY_SHARE = 0.2
KEYBOARD_SHARE = 0.85  # of the screens with a focused field


def make_spec(
    seed: int, index: int, kit: str | None = None, app: str | None = None, language: str | None = None
) -> ui.Spec:
    """The spec of one screen, checked.

    Args:
        seed, index: which screen; every choice and all content follows from them.
        kit, app, language: fixed instead of drawn by lot, where kits are the real ones only; the other choices stay as
            they would have been.
    Raises:
        ValueError: there is no such kit, app or language, or Faker is not installed.
    """
    rng = random.Random(f"screen {seed}:{index}")
    kit = _chosen("kit", kit, rng.choice(schema.UI_KITS), schema.KITS)
    app = _chosen("app", app, rng.choice(tuple(APPS)), tuple(APPS))
    language = _chosen("language", language, "zh" if rng.random() < CHINESE_SHARE else "en", schema.LANGUAGES)
    content = Content(seed, index, language)
    screen = APPS[app](content)
    scroll = rng.uniform(0.1, 1) if rng.random() < SCROLLED_SHARE else 0.0
    made = {
        "id": f"s{seed}-{index:07}",
        "seed": seed,
        "index": index,
        "kit": kit,
        "app": app,
        "language": language,
        "device": dict(rng.choice(devices_for(kit))),
        "theme": {
            "dark": rng.random() < DARK_SHARE,
            "accent": rng.choice(ACCENTS),
            "text_scale": rng.choice(TEXT_SCALES),
        },
        "status": _status(rng, content),
        "scroll": round(scroll, 3) if screen["scroll"] is None else screen["scroll"],
        "header": screen["header"],
        "body": screen["body"],
        "tabs": screen["tabs"],
        "fab": screen["fab"],
        "overlay": screen["overlay"] or _overlay(rng, screen),
    }
    schema.check(made)
    return made


def _chosen(what: str, wanted: str | None, drawn: str, known: Sequence[str]) -> str:
    if wanted is not None and wanted not in known:
        raise ValueError(f"no {what} {wanted!r} among rendered screens; there are {', '.join(known)}")
    return drawn if wanted is None else wanted


def _status(rng: random.Random, content: Content) -> dict[str, Any]:
    """The bar at the top; its clock shows the screen's moment, without AM or PM as phones do."""
    hour = (content.now.hour - 1) % 12 + 1 if content.half_day else content.now.hour
    return {
        "time": f"{hour}:{content.now:%M}" if content.half_day else f"{content.now:%H:%M}",
        "battery": rng.randint(4, 100) / 100,
        "charging": rng.random() < 0.15,
        "wifi": rng.choice((0, 1, 2, 3, 3, 3)),
        "signal": rng.choice((0, 1, 2, 3, 4, 4)),
    }


def _overlay(rng: random.Random, screen: ui.Screen) -> ui.Overlay | None:
    """What lies over the app: mostly nothing, and a keyboard where something is being typed."""
    fields = [part for part in schema.parts_of(screen["body"]) if part.get("focused")]
    if fields and rng.random() < KEYBOARD_SHARE:
        return ui.keyboard("numbers" if fields[0]["kind"] == "number" else "letters")
    return rng.choice(screen["overlays"]) if screen["overlays"] and rng.random() < OVERLAY_SHARE else None
