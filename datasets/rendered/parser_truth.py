"""What a parser of pixels is taught of a rendered screen: the truth's elements, in the parser's words.

The truth tells roles apart that look alike: a label, a value and a caption are all text. Here every role of the truth
has the one that can be seen, and every box ends where something can be seen to end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from pocketvlm.datasets.rendered.icons import ICON_NAMES
from pocketvlm.datasets.rendered.pictures import PICTURES
from pocketvlm.datasets.rendered.schema import ICONS

# Roles of the truth that look like others; all the rest keep their names.
_TEXT = "label detail value title heading section_title caption text stat table_cell table_header time"
SEEN_AS: dict[str, str] = {**dict.fromkeys(_TEXT.split(), "text"), "dialog_button": "button"}
SAME: frozenset[str] = frozenset(
    """icon picture avatar badge app_icon pin bubble row card header status_bar banner chart chart_value switch checkbox
    radio star slider progress stepper rating chevron button chip segment tab action back fab player_button option field
    search key keyboard accordion step day dialog sheet toast menu notification battery wifi signal""".split()
)

# Where a role's state says that it is on; a step's two states together are its value.
_ACTIVE = {
    "switch": "on",
    "star": "on",
    "checkbox": "checked",
    "step": "checked",
    "radio": "selected",
    "segment": "selected",
    "tab": "selected",
    "chip": "selected",
    "day": "selected",
    "picture": "selected",
    "chart_value": "selected",
    "field": "focused",
    "accordion": "expanded",
}
_OFF_BY_DEFAULT = frozenset({"picture"})  # one that cannot be chosen looks like one that is not
_FULL = {"progress": 1.0, "battery": 1.0, "rating": 5.0, "wifi": 3.0, "signal": 4.0}
_SLIDER_ENDS = {"survey": (0.0, 10.0), "thermostat": None}  # of apps whose sliders do not run from 0 to 100
_SLIDER_OF_STEPS = {"Text size": (1.0, 5.0), "文字大小": (1.0, 5.0)}

# The box of some elements in the page is what a finger may touch: each kit has its own, and nothing shows its edges.
# What is to be found there is what can be seen, at its usual size about the box's middle, in CSS pixels.
_SEEN_HEIGHT = {"action": 26, "back": 26, "slider": 26, "progress": 14}
_SEEN_WIDTH = {"action": 26, "back": 26}  # without words beside the icon
_STATUS_BAR = 2.0  # a status bar is as high as what stands in it, times this


def icon_word(icon: str) -> str:
    """What an icon shows, in the word that most people use."""
    return ICON_NAMES[icon][0].split("/")[0] if icon in ICON_NAMES else icon.replace("-", " ")


# An icon and a picture of the same thing share their word.
LOOKS: tuple[str, ...] = tuple(sorted({icon_word(icon) for icon in ICONS} | set(PICTURES)))


Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """What is to be found of one element."""

    role: str
    box: Box  # pixels of the screen
    active: bool | None  # None: the role has no such state, here or ever
    disabled: bool
    look: str | None
    value: float | None  # 0..1
    clipped: bool  # too little of it is to be seen for it to be asked for


def parser_labels(truth: dict[str, Any]) -> list[Label]:
    """The labels of a screen's elements that have a size.

    Raises:
        ValueError: the truth has a role that has no place in the parser's.
    """
    labels = []
    for element in truth["elements"]:
        x1, y1, x2, y2 = element["box"]
        if x2 > x1 and y2 > y1:
            labels.append(_label(element, _seen_box(element, truth), truth["app"]))
    return labels


def _seen_box(element: dict[str, Any], truth: dict[str, Any]) -> Box:
    """An element's box without what belongs to it unseen."""
    x1, y1, x2, y2 = element["box"]
    width, height = x2 - x1, y2 - y1
    role, pixel = element["role"], truth.get("scale", 1)
    if role in _SEEN_HEIGHT:
        height = min(height, _SEEN_HEIGHT[role] * pixel)
    if role in _SEEN_WIDTH and not element["text"]:
        width = min(width, _SEEN_WIDTH[role] * pixel)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    if role == "status_bar":
        parts = [part["box"] for part in truth["elements"] if part["parent"] == element["id"]]
        if parts:
            top, bottom = min(part[1] for part in parts), max(part[3] for part in parts)
            y, height = (top + bottom) / 2, min(height, _STATUS_BAR * (bottom - top))
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _label(element: dict[str, Any], box: Box, app: str) -> Label:
    role, state = element["role"], element["state"]
    if role not in SEEN_AS and role not in SAME:
        raise ValueError(f"no role of the parser for {role!r}: add it to parser_truth.SAME or to SEEN_AS")
    icon, picture = element["icon"], element["picture"]
    look = icon_word(icon) if icon else (picture if picture in PICTURES else None)
    return Label(
        role=SEEN_AS.get(role, role),
        box=box,
        active=_active(element),
        disabled=bool(state.get("disabled", False)),
        look=look,
        value=_value(element, app),
        clipped=bool(element.get("clipped", False)),
    )


def _active(element: dict[str, Any]) -> bool | None:
    role, state = element["role"], element["state"]
    if role == "battery":  # its name says so, not its state
        return "charging" in (element["name"] or "")
    return state.get(_ACTIVE[role], False if role in _OFF_BY_DEFAULT else None) if role in _ACTIVE else None


def _value(element: dict[str, Any], app: str) -> float | None:
    role, state = element["role"], element["state"]
    if role == "step":
        return 1.0 if state["checked"] else 0.5 if state["selected"] else 0.0
    if role == "day":
        return float(state["checked"])
    value = state.get("progress", state.get("value"))
    if value is None:
        return None
    if role == "slider":
        ends = _SLIDER_OF_STEPS.get(element["name"] or "", _SLIDER_ENDS.get(app, (0.0, 100.0)))
        return None if ends is None else min(max((value - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)
    return min(max(value / _FULL[role], 0.0), 1.0) if role in _FULL else None
