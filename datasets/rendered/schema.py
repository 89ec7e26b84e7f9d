"""What may stand in a screen's spec, and the check that nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pocketvlm.datasets.rendered.pictures import PICTURES

Check: TypeAlias = Callable[[Any], str | None]  # what is wrong with a value, or None

UI_KITS = ("ionic-ios", "ionic-md", "material-web", "antd-mobile")
KITS = (*UI_KITS, "varied")  # which is no kit: plain HTML in a look drawn by lot
LANGUAGES = ("en", "zh")
ICONS = frozenset(
    """alarm airplane archive bag bandage bank bar-chart barcode basket battery bed bell bell-off bicycle
    bluetooth boat book bookmark briefcase brush bug building bulb bus cafe calculator calendar call
    call-incoming call-missed call-outgoing camera car card cart cash chat check clock close cloud cloud-upload
    code compass contrast copy cut desktop document download droplet earth edit exit eye eye-off fast-food film
    filter fingerprint fitness flag flame flash flashlight folder football game gift headphones heart help home
    hourglass image info key keypad laptop leaf library link list location lock log-out mail map medal medical
    megaphone menu mic mic-off minus moon more music navigate newspaper palette pause paw people person phone
    phone-landscape pie-chart pin pizza play plus power print pulse qr-code radio rain receipt refresh repeat
    restaurant save school search send settings share shield shirt shuffle skip-back skip-next snow speaker star
    stats stopwatch store subway sun sync tablet tag text thermometer thumb-up thumb-down ticket timer trash
    trending-down trending-up trophy tv umbrella undo upload user-add video volume volume-off wallet walk
    warning watch wifi wind wine wrench""".split()
)


def string(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else f"{value!r} is no text"


def any_string(value: Any) -> str | None:
    return None if isinstance(value, str) else f"{value!r} is no text"


def flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else f"{value!r} is neither true nor false"


def number(value: Any) -> str | None:
    return None if isinstance(value, (int, float)) and not isinstance(value, bool) else f"{value!r} is no number"


def within(least: float, most: float) -> Check:
    def check_it(value: Any) -> str | None:
        return number(value) or (None if least <= value <= most else f"{value!r} is not from {least} to {most}")

    return check_it


def whole(least: int, most: int) -> Check:
    def check_it(value: Any) -> str | None:
        return within(least, most)(value) or (None if isinstance(value, int) else f"{value!r} is no whole number")

    return check_it


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"{value!r} is none of {', '.join(choices)}"


def icon(value: Any) -> str | None:
    return None if value in ICONS else f"there is no icon {value!r}; schema.ICONS lists those there are"


def picture(value: Any) -> str | None:
    return None if value in PICTURES else f"there is no picture {value!r}; pictures.PICTURES lists those there are"


def color(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"#[0-9a-f]{6}", value)
    return None if fits else f"{value!r} is no colour: write #rrggbb in lower case"


def or_null(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def many(inner: Check, least: int = 1) -> Check:
    def check_it(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) < least:
            return f"{value!r} is no list of at least {least}"
        return next((f"[{index}]: {wrong}" for index, entry in enumerate(value) if (wrong := inner(entry))), None)

    return check_it


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A dict with these keys and no others."""
    known = {**required, **(optional or {})}

    def check_it(value: Any) -> str | None:
        if not isinstance(value, dict):
            return f"{value!r} is no object"
        if missing := [name for name in required if name not in value]:
            return f"lacks {', '.join(missing)}"
        if strange := [name for name in value if name not in known]:
            return f"has {', '.join(map(str, strange))}, which does not belong here; known are {', '.join(known)}"
        return next((f".{name}: {wrong}" for name, entry in value.items() if (wrong := known[name](entry))), None)

    return check_it


def typed(kinds: Callable[[], Mapping[str, Check]]) -> Check:
    """A dict whose "type" says which of some forms it has."""

    def check_it(value: Any) -> str | None:
        if not isinstance(value, dict) or value.get("type") not in kinds():
            return f"{value!r} has no type of {', '.join(kinds())}"
        wrong = kinds()[value["type"]]({name: entry for name, entry in value.items() if name != "type"})
        return None if wrong is None else f"({value['type']}) {wrong}"

    return check_it


SHARE = within(0, 1)
CONTROLS: dict[str, Check] = {
    "switch": fields({"on": flag}),
    "checkbox": fields({"checked": flag}),
    "radio": fields({"selected": flag}),
    "chevron": fields({}),
    "button": fields({"label": string}),
    "stepper": fields({"value": whole(-999, 9999), "min": number, "max": number}),
    "slider": fields({"value": number, "min": number, "max": number}),
    "progress": fields({"value": SHARE}),
    "star": fields({"on": flag}),
}
ITEM = fields(
    {"label": string},
    {
        "detail": string,
        "value": string,
        "icon": icon,
        "icon_color": color,
        "avatar": string,
        "picture": picture,
        "badge": string,
        "disabled": flag,
        "control": typed(lambda: CONTROLS),
    },
)
BUTTON = fields(
    {"label": string, "style": one_of("filled", "outline", "text")}, {"icon": icon, "disabled": flag, "color": color}
)
PIN = fields({"label": string, "x": SHARE, "y": SHARE})
COMPONENTS: dict[str, Check] = {
    "section": fields({"items": many(ITEM)}, {"title": string, "footer": string}),
    "text": fields({"style": one_of("title", "heading", "body", "caption"), "text": string}),
    "button": BUTTON,
    "buttons": fields({"items": many(lambda value: typed(lambda: {"button": BUTTON})(value))}),
    "banner": fields({"text": string, "tone": one_of("info", "success", "warning", "danger")}, {"icon": icon}),
    "picture": fields({"name": picture, "height": whole(40, 600)}, {"caption": string}),
    "gallery": fields(
        {"columns": whole(1, 6), "items": many(fields({"name": picture}, {"caption": string, "selected": flag}))}
    ),
    "card": fields(
        {"title": string, "body": many(lambda value: typed(lambda: COMPONENTS)(value), 0)},
        {"subtitle": string, "picture": picture},
    ),
    "chart": fields(
        {
            "kind": one_of("bar", "line", "pie"),
            "title": string,
            "labels": many(string, 2),
            "values": many(number, 2),
            "unit": any_string,
        },
        {"highlight": whole(0, 99)},
    ),
    "segments": fields({"options": many(string, 2), "selected": whole(0, 99)}),
    "chips": fields({"options": many(string), "selected": many(whole(0, 99), 0)}),
    "field": fields(
        {"label": string, "value": any_string, "kind": one_of("text", "password", "number", "search")},
        {"placeholder": string, "focused": flag, "error": string},
    ),
    "slider": fields({"label": string, "value": number, "min": number, "max": number}),
    "progress": fields({"label": string, "value": SHARE}),
    "stepper": fields({"label": string, "value": whole(-999, 9999)}),
    "rating": fields({"value": within(0, 5)}, {"label": string}),
    "accordion": fields({"items": many(fields({"title": string, "text": string, "expanded": flag}))}),
    "table": fields({"columns": many(string), "rows": many(many(string))}),
    "grid": fields(
        {
            "columns": whole(1, 8),
            "items": many(fields({"icon": icon, "label": string}, {"badge": string, "color": color})),
        }
    ),
    "bubbles": fields({"messages": many(fields({"me": flag, "text": string}, {"time": string}))}),
    "calendar": fields(
        {
            "year": whole(1970, 2100),
            "month": whole(1, 12),
            "selected": whole(1, 31),
            "marked": many(whole(1, 31), 0),
        }
    ),
    "player": fields(
        {
            "title": string,
            "artist": string,
            "position_s": whole(0, 86400),
            "duration_s": whole(1, 86400),
            "playing": flag,
        },
        {"picture": picture},
    ),
    "stats": fields({"items": many(fields({"label": string, "value": string}, {"unit": string, "icon": icon}))}),
    "keypad": fields({"keys": many(many(string))}, {"display": string}),
    "steps": fields(
        {"items": many(fields({"title": string, "state": one_of("done", "current", "todo")}, {"detail": string}))}
    ),
    "map": fields({"pins": many(PIN, 0)}, {"here": fields({"x": SHARE, "y": SHARE})}),
    "divider": fields({}),
}
component: Check = typed(lambda: COMPONENTS)
OVERLAYS: dict[str, Check] = {
    "dialog": fields({"title": string, "text": string, "buttons": many(string)}),
    "sheet": fields({"title": string, "options": many(string)}),
    "toast": fields({"text": string}),
    "keyboard": fields({"layout": one_of("letters", "numbers")}),
    "menu": fields({"options": many(string)}),
    "notification": fields({"app": string, "title": string, "text": string}),
}
HEADER = fields(
    {"title": string, "large": flag, "back": or_null(any_string), "actions": many(icon, 0), "search": or_null(string)}
)
TABS = fields(
    {
        "items": many(fields({"icon": icon, "label": string}, {"badge": string}), 2),
        "selected": whole(0, 9),
    }
)
DEVICE = fields(
    {
        "name": string,
        "width": whole(240, 2000),
        "height": whole(400, 3000),
        "scale": within(0.5, 5),
        "inset": one_of("none", "notch", "island", "punch_hole"),
        "home_indicator": flag,
    }
)
STATUS = fields(
    {"time": string, "battery": SHARE, "charging": flag, "wifi": whole(0, 3), "signal": whole(0, 4)},
)
SPEC = fields(
    {
        "id": string,
        "seed": whole(-(2**63), 2**63),
        "index": whole(0, 2**63),
        "kit": one_of(*KITS),
        "app": string,
        "language": one_of(*LANGUAGES),
        "device": DEVICE,
        "theme": fields({"dark": flag, "accent": color, "text_scale": within(0.85, 1.3)}),
        "status": or_null(STATUS),
        "scroll": SHARE,
        "header": or_null(HEADER),
        "body": many(lambda value: component(value)),
        "tabs": or_null(TABS),
        "fab": or_null(icon),
        "overlay": or_null(typed(lambda: OVERLAYS)),
    }
)


def check(spec: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: a part that does not belong, a missing one, a value out of range; the message says where.
        TypeError: the spec has something that JSON cannot hold.
    """
    json.dumps(spec)
    if wrong := SPEC(spec) or _inconsistent(spec):
        raise ValueError(f"the spec {spec.get('id')!r} {wrong}" if isinstance(spec, dict) else f"this spec: {wrong}")


def parts_of(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components of a body, those inside cards too."""
    return [part for outer in body for part in (outer, *(parts_of(outer["body"]) if outer["type"] == "card" else ()))]


def _inconsistent(spec: Mapping[str, Any]) -> str | None:
    """What each part may be alone, and yet not together."""
    if spec["tabs"] and spec["tabs"]["selected"] >= len(spec["tabs"]["items"]):
        return f"tabs: number {spec['tabs']['selected']} is selected of {len(spec['tabs']['items'])}"
    return next((f"{part['type']}: {wrong}" for part in parts_of(spec["body"]) if (wrong := _mismatch(part))), None)


def _mismatch(part: Mapping[str, Any]) -> str | None:
    kind = part["type"]
    if kind == "segments" and part["selected"] >= len(part["options"]):
        return f"number {part['selected']} is selected of {len(part['options'])}"
    if kind == "chips" and any(chosen >= len(part["options"]) for chosen in part["selected"]):
        return f"numbers {part['selected']} are selected of {len(part['options'])}"
    if kind == "chart" and len(part["labels"]) != len(part["values"]):
        return f"{len(part['labels'])} labels for {len(part['values'])} values"
    if kind == "chart" and part.get("highlight", 0) >= len(part["labels"]):
        return f"number {part['highlight']} stands out of {len(part['labels'])}"
    if kind == "table" and any(len(row) != len(part["columns"]) for row in part["rows"]):
        return f"a row has not the {len(part['columns'])} cells of its columns"
    if kind == "player" and part["position_s"] > part["duration_s"]:
        return f"it plays second {part['position_s']} of {part['duration_s']}"
    if kind in ("slider", "section"):
        controls = [part] if kind == "slider" else [row.get("control", {}) for row in part["items"]]
        ranged = (control for control in controls if "min" in control)
        return next((f"{c['value']} is not from {c['min']} to {c['max']}" for c in ranged if _outside(c)), None)
    return None


def _outside(control: Mapping[str, Any]) -> bool:
    return not control["min"] <= control["value"] <= control["max"]
