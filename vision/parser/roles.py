"""The kinds of elements that the parser tells apart, and what state and value mean for each of them."""

from __future__ import annotations

ROLES: tuple[str, ...] = (
    *("text", "icon", "picture", "avatar", "badge", "app_icon", "pin", "bubble"),
    *("row", "card", "header", "status_bar", "banner", "chart", "chart_value"),
    *("switch", "checkbox", "radio", "star", "slider", "progress", "stepper", "rating"),
    *("chevron", "button", "chip", "segment", "tab", "action", "back", "fab", "player_button", "option"),
    *("field", "search", "key", "keyboard", "accordion", "step", "day"),
    *("dialog", "sheet", "toast", "menu", "notification"),
    *("battery", "wifi", "signal"),
)
# What "active" says of a role; roles that are not here have no such state.
ACTIVE: dict[str, str] = {
    "switch": "on",
    "star": "on",
    "checkbox": "checked",
    "step": "done",
    "radio": "selected",
    "segment": "selected",
    "tab": "selected",
    "chip": "selected",
    "day": "selected",
    "picture": "selected",
    "chart_value": "selected",
    "field": "focused",
    "accordion": "expanded",
    "battery": "charging",
}
# What "value" is a share of: 1.0 is this much. A step is 0 still to come, 0.5 the present one, 1 done; a day is 1 where
# it carries a mark.
VALUE_SCALE: dict[str, float] = {
    "progress": 1,
    "slider": 1,
    "battery": 1,
    "rating": 5,
    "wifi": 3,
    "signal": 4,
    "step": 1,
    "day": 1,
}
DISABLED: frozenset[str] = frozenset({"row", "button"})  # the roles that are ever shown as disabled

ATTRIBUTES = ("active", "disabled", "value")  # what the network says of a state, in this order
