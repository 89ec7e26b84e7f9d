"""The parts of a rendered screen's spec: plain JSON-able dicts, one small builder a component.

A spec says what a screen shows, not how: the page draws it in a UI kit, and the truth is read back from what was drawn.
`check` says whether a whole spec holds only what may stand in one; schema.py has the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pocketvlm.datasets.rendered.schema import check as check

Component: TypeAlias = dict[str, Any]
Control: TypeAlias = dict[str, Any]
Overlay: TypeAlias = dict[str, Any]
Screen: TypeAlias = dict[str, Any]  # what an app makes: header, body, tabs, fab and overlays that may lie over it
Spec: TypeAlias = dict[str, Any]  # a Screen with its kit, device, theme and status bar


def _made(type_: str, **fields: Any) -> Component:
    """A component without the fields that were left out."""
    return {"type": type_, **{name: value for name, value in fields.items() if value is not None}}


# Lists


def section(items: Sequence[Component], title: str | None = None, footer: str | None = None) -> Component:
    """Rows that belong together, with words above and below them."""
    return _made("section", items=list(items), title=title, footer=footer)


def item(label: str, detail: str | None = None, value: str | None = None, **more: Any) -> Component:
    """A row of a section.

    Args:
        label: its words; `detail` stands under them, `value` at the far end.
        more: icon, icon_color, avatar (initials), picture (a name), badge, disabled, control.
    """
    fields = {"label": label, "detail": detail, "value": value, **more}
    return {name: value for name, value in fields.items() if value is not None}


def switch(on: bool) -> Control:
    return {"type": "switch", "on": on}


def checkbox(checked: bool) -> Control:
    return {"type": "checkbox", "checked": checked}


def radio(selected: bool) -> Control:
    return {"type": "radio", "selected": selected}


def chevron() -> Control:
    return {"type": "chevron"}


def row_button(label: str) -> Control:
    return {"type": "button", "label": label}


def row_stepper(value: int, least: int = 0, most: int = 99) -> Control:
    return {"type": "stepper", "value": value, "min": least, "max": most}


def row_slider(value: float, least: float = 0, most: float = 100) -> Control:
    return {"type": "slider", "value": value, "min": least, "max": most}


def row_progress(value: float) -> Control:
    """Args: value: 0 to 1."""
    return {"type": "progress", "value": round(value, 3)}


def star(on: bool) -> Control:
    """A star that marks a favourite."""
    return {"type": "star", "on": on}


# Words and actions


def text(words: str, style: str = "body") -> Component:
    """Args: style: title, heading, body or caption."""
    return _made("text", style=style, text=words)


def button(label: str, style: str = "filled", **more: Any) -> Component:
    """Args: style: filled, outline or text; more: icon, disabled, color (#rrggbb)."""
    return _made("button", label=label, style=style, **more)


def buttons(*items: Component) -> Component:
    """Buttons side by side, each made by `button`."""
    return _made("buttons", items=list(items))


def banner(words: str, tone: str = "info", icon: str | None = None) -> Component:
    """Args: tone: info, success, warning or danger."""
    return _made("banner", text=words, tone=tone, icon=icon)


def divider() -> Component:
    return _made("divider")


# Pictures and figures


def picture(name: str, height: int = 180, caption: str | None = None) -> Component:
    """Args: name: of pictures.PICTURES; height: CSS pixels."""
    return _made("picture", name=name, height=height, caption=caption)


def gallery(columns: int, items: Sequence[Mapping[str, Any]]) -> Component:
    """Args: items: {"name", "caption"?, "selected"?} each."""
    return _made("gallery", columns=columns, items=[dict(item) for item in items])


def card(
    title: str, body: Sequence[Component] = (), subtitle: str | None = None, picture: str | None = None
) -> Component:
    return _made("card", title=title, subtitle=subtitle, picture=picture, body=list(body))


def chart(
    kind: str,
    title: str,
    labels: Sequence[str],
    values: Sequence[float],
    unit: str,
    highlight: int | None = None,
) -> Component:
    """Args: kind: bar, line or pie; highlight: the index of the bar, point or slice that stands out."""
    return _made(
        "chart", kind=kind, title=title, labels=list(labels), values=list(values), unit=unit, highlight=highlight
    )


def stats(*items: Component) -> Component:
    """Key figures, each made by `stat`."""
    return _made("stats", items=list(items))


def stat(label: str, value: str, unit: str | None = None, icon: str | None = None) -> Component:
    return item(label, None, value, unit=unit, icon=icon)


def map_(pins: Sequence[Mapping[str, Any]], here: tuple[float, float] | None = None) -> Component:
    """Args: pins: {"label", "x", "y"} each, x and y 0 to 1 of the map; here: where the blue dot is."""
    spot = None if here is None else {"x": here[0], "y": here[1]}
    return _made("map", pins=[dict(pin) for pin in pins], here=spot)


# Choices and input


def segments(options: Sequence[str], selected: int) -> Component:
    return _made("segments", options=list(options), selected=selected)


def chips(options: Sequence[str], selected: Sequence[int]) -> Component:
    return _made("chips", options=list(options), selected=sorted(selected))


def field(label: str, value: str = "", placeholder: str | None = None, kind: str = "text", **more: Any) -> Component:
    """Args: kind: text, password, number or search; more: focused, error (words)."""
    return _made("field", label=label, value=value, placeholder=placeholder, kind=kind, **more)


def slider(label: str, value: float, least: float = 0, most: float = 100) -> Component:
    return _made("slider", label=label, value=value, min=least, max=most)


def progress(label: str, value: float) -> Component:
    """Args: value: 0 to 1."""
    return _made("progress", label=label, value=round(value, 3))


def stepper(label: str, value: int) -> Component:
    return _made("stepper", label=label, value=value)


def rating(value: float, label: str | None = None) -> Component:
    """Args: value: 0 to 5 stars, halves allowed."""
    return _made("rating", label=label, value=value)


# Larger parts


def accordion(items: Sequence[tuple[str, str, bool]]) -> Component:
    """Args: items: title, text and whether it is expanded."""
    return _made("accordion", items=[{"title": title, "text": words, "expanded": on} for title, words, on in items])


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Component:
    return _made("table", columns=list(columns), rows=[list(row) for row in rows])


def grid(columns: int, items: Sequence[Mapping[str, Any]]) -> Component:
    """Args: items: {"icon", "label", "badge"?, "color"?} each."""
    return _made("grid", columns=columns, items=[dict(item) for item in items])


def bubbles(messages: Sequence[Mapping[str, Any]]) -> Component:
    """Args: messages: {"me", "text", "time"?} each."""
    return _made("bubbles", messages=[dict(message) for message in messages])


def calendar(year: int, month: int, selected: int, marked: Sequence[int] = ()) -> Component:
    """Args: month: 1 to 12; selected and marked: days of it."""
    return _made("calendar", year=year, month=month, selected=selected, marked=sorted(marked))


def player(
    title: str, artist: str, position_s: int, duration_s: int, playing: bool, picture: str | None = None
) -> Component:
    return _made(
        "player",
        title=title,
        artist=artist,
        position_s=position_s,
        duration_s=duration_s,
        playing=playing,
        picture=picture,
    )


def keypad(keys: Sequence[Sequence[str]], display: str | None = None) -> Component:
    return _made("keypad", keys=[list(row) for row in keys], display=display)


def steps(items: Sequence[tuple[str, str | None, str]]) -> Component:
    """Args: items: title, detail and state (done, current or todo), in order."""
    return _made("steps", items=[item_step(*step) for step in items])


def item_step(title: str, detail: str | None, state: str) -> Component:
    step: Component = {"title": title, "state": state}
    return step if detail is None else {**step, "detail": detail}


# Around the body


def header(title: str, **more: Any) -> Component:
    """Args: more: large, back (words beside the arrow, "" for it alone), actions (icons), search (placeholder)."""
    return {"title": title, "large": False, "back": None, "actions": [], "search": None, **more}


def tabs(items: Sequence[tuple[str, str]], selected: int, badges: Mapping[int, str] | None = None) -> Component:
    """Args: items: icon and label of each; badges: by index."""
    made: list[Component] = [{"icon": icon, "label": label} for icon, label in items]
    for index, badge in (badges or {}).items():
        made[index]["badge"] = badge
    return {"items": made, "selected": selected}


def dialog(title: str, words: str, *labels: str) -> Overlay:
    return _made("dialog", title=title, text=words, buttons=list(labels))


def sheet(title: str, *options: str) -> Overlay:
    return _made("sheet", title=title, options=list(options))


def menu(*options: str) -> Overlay:
    return _made("menu", options=list(options))


def toast(words: str) -> Overlay:
    return _made("toast", text=words)


def keyboard(layout: str = "letters") -> Overlay:
    """Args: layout: letters or numbers."""
    return _made("keyboard", layout=layout)


def notification(app: str, title: str, words: str) -> Overlay:
    return _made("notification", app=app, title=title, text=words)


def screen(
    head: Component | None,
    body: Sequence[Component],
    tabs: Component | None = None,
    fab: str | None = None,
    overlays: Sequence[Overlay] = (),
    overlay: Overlay | None = None,
    scroll: float | None = None,
) -> Screen:
    """What an app shows.

    Args:
        overlays: those that may lie over it, one of which is sometimes drawn; `overlay`: the one that does.
        scroll: how far down it is, 0 to 1, where that is no matter of chance.
    """
    if head is not None and fab in head["actions"]:  # one of the two is enough
        head = {**head, "actions": [icon for icon in head["actions"] if icon != fab]}
    return {
        "header": head,
        "body": list(body),
        "tabs": tabs,
        "fab": fab,
        "overlays": list(overlays),
        "overlay": overlay,
        "scroll": scroll,
    }
