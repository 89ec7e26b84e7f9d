"""Colour: of buttons, icons, tiles, badges and banners, named as people name colours."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator

from pocketvlm.datasets.rendered.chinese import COLOURS
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, ask, both
from pocketvlm.datasets.rendered.questions.screen import Element, Screen

BUTTON = ask(
    """What colour is the {name} button? | What color is the {name} button? | Which colour does the button {name} have?
    The {name} button is what colour? | Tell me the colour of the {name} button. | In which colour is {name} shown?
    What's the color of {name}?""",
    """{name}按钮是什么颜色？ | {name}的按钮是什么颜色的？ | {name}按钮的颜色是什么？ | {name}是什么颜色？""",
)
ICON = ask(
    """What colour is the icon next to {name}? | What color is the icon of {name}? | Which colour is {name}'s icon?
    What's the colour of the symbol beside {name}? | The icon for {name} has which colour?
    What colour is the little picture at {name}?""",
    """{name}旁边的图标是什么颜色？ | {name}的图标是什么颜色的？ | {name}图标的颜色是什么？
    {name}左边的图标是什么色？""",
)
APP = ask(
    """What colour is the {name} icon? | What color is the tile of {name}? | Which colour does the {name} icon have?
    What's the background colour of the {name} icon? | The {name} tile is what colour?""",
    """{name}的图标是什么颜色？ | {name}的图标背景是什么颜色？ | {name}图标是什么颜色的？""",
)
AVATAR = ask(
    """What colour is the circle next to {name}? | What color is {name}'s avatar?
    Which colour is the round picture of {name}? | What's the colour of the avatar of {name}?""",
    """{name}的头像是什么颜色？ | {name}旁边的圆圈是什么颜色？ | {name}头像的背景色是什么？""",
)
BADGE = ask(
    """What colour is the badge on {name}? | What color is the little badge at {name}?
    Which colour is {name}'s badge?""",
    """{name}的角标是什么颜色？ | {name}上的小圆点是什么颜色？""",
)
SWITCH = ask(
    """What colour is the {name} switch? | What color is the switch of {name}? | Which colour is the toggle for {name}?
    The {name} toggle is lit in which colour?""",
    """{name}的开关是什么颜色？ | {name}开关的颜色是什么？ | {name}的开关是什么色的？""",
)
BANNER = ask(
    """What colour is the banner? | What color is the notice box? | Which colour is the notice's background?
    What's the colour of the banner on this screen?""",
    """横幅是什么颜色？ | 提示条的背景是什么颜色？ | 提示框是什么颜色的？""",
)
FAB = ask(
    """What colour is the round button at the bottom right? | What color is the floating button?
    Which colour does the big round button have? | What's the colour of the floating action button?""",
    """右下角的圆形按钮是什么颜色？ | 悬浮按钮是什么颜色？ | 右下角的按钮是什么颜色的？""",
)
BAR = ask(
    """What color is {name} in the chart? | Which colour stands for {name} in the chart?
    In the chart, what colour is {name}?""",
    """图表中{name}是什么颜色？ | {name}在图里用什么颜色表示？ | 图中{name}对应什么颜色？""",
)

# Hue in degrees at which a colour's name begins to fit and ends; names overlap where people do not agree.
HUES = {
    "red": (-14, 15),
    "orange": (11, 44),
    "yellow": (41, 68),
    "green": (64, 168),
    "teal": (158, 190),
    "blue": (184, 254),
    "purple": (246, 296),
    "pink": (288, 346),
}
_ALSO = {"teal": "turquoise", "purple": "violet", "orange": "amber"}
_CHINESE_ALSO = {"橙": "橘", "粉": "粉红"}


def colour_names(color: str) -> Both | None:
    """What a colour is called, the best name first; None where people would not agree on a name.

    Args:
        color: #rrggbb.
    """
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if chroma < 0.09:
        return _grey(lightness)
    if saturation < 0.25 or not 0.18 < lightness < 0.86 or chroma < 0.25:
        return None  # greyish, nearly black or a pale tint
    degrees = hue * 360
    fits = sorted(_fits(degrees), reverse=True)
    if 15 <= degrees <= 45 and lightness < 0.36:
        return both("brown", "棕色/棕/褐色")
    return _named([(english, chinese) for _, english, chinese in fits], lightness)


def _grey(lightness: float) -> Both | None:
    if lightness < 0.1:
        return both("black", "黑色/黑")
    if lightness > 0.96:
        return both("white", "白色/白")
    return both("grey/gray", "灰色/灰") if 0.3 < lightness < 0.8 else None


def _fits(degrees: float) -> Iterator[tuple[float, str, str]]:
    """How deep inside each name's range a hue lies."""
    for name, (start, end) in HUES.items():
        for turned in (degrees, degrees - 360):
            if start < turned < end:
                yield min(turned - start, end - turned), name, COLOURS[name]


def _named(names: list[tuple[str, str]], lightness: float) -> Both:
    shades = ("light ",) if lightness > 0.6 else ("dark ",) if lightness < 0.35 else ()
    tones = ("浅",) if lightness > 0.6 else ("深",) if lightness < 0.35 else ()
    english = [name for name, _ in names] + [_ALSO[name] for name, _ in names if name in _ALSO]
    chinese = [f"{name}色" for _, name in names] + [name for _, name in names]
    chinese += [f"{_CHINESE_ALSO[name]}色" for _, name in names if name in _CHINESE_ALSO]
    english += [shade + name for shade in shades for name, _ in names]
    chinese += [f"{tone}{name}色" for tone in tones for _, name in names]
    return Both(tuple(english), tuple(chinese))


def drafts(screen: Screen) -> Iterator[Draft]:
    for role, ways in (("icon", ICON), ("app_icon", APP), ("avatar", AVATAR), ("badge", BADGE), ("switch", SWITCH)):
        for element in screen.all(role):
            if screen.named_once(element) and not _dull(screen, element):
                yield from _draft(screen, f"{role} {element.name}", ways, element, name=element.name or "")
    for button in screen.all("button"):
        if screen.prints_once(button.text) and not button.state.get("disabled"):
            yield from _draft(screen, f"button {button.text}", BUTTON, button, name=button.text or "")
    for role, ways in (("banner", BANNER), ("fab", FAB)):
        if single := screen.only(role):
            yield from _draft(screen, role, ways, single)
    yield from _charts(screen)


def _dull(screen: Screen, element: Element) -> bool:
    """A switch that is off, or something in a row that is faded: its colour says nothing."""
    row = screen.elements[element.row] if element.row is not None else None
    faded = bool(row and row.state.get("disabled"))
    return faded or (element.role == "switch" and not element.state.get("on"))


def _charts(screen: Screen) -> Iterator[Draft]:
    values = screen.all("chart_value")
    colours = {value.color for value in values}
    charts = [element for element in screen.elements if element.role == "chart"]
    if len(charts) != 1 or charts[0].text != "pie" or len(colours) < len(values):
        return
    for value in values:
        if value.name and screen.prints_once(value.name):
            yield from _draft(screen, f"chart {value.name}", BAR, value, name=value.name)


def _draft(screen: Screen, about: str, ways: Both, element: Element, **slots: str) -> Iterator[Draft]:
    names = colour_names(element.color) if element.color else None
    if names and screen.in_reach(element):
        yield Draft("colour", f"colour of {about}", ways, names, slots, (element.box,))
