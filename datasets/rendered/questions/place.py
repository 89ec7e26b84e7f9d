"""Position: where to tap to get something done; the answer is a box, and a few words that say where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from pocketvlm.datasets.rendered.icons import ICON_USES, PLAYER_USES
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, Slot, ask
from pocketvlm.datasets.rendered.questions.screen import MODAL, Element, Screen
from pocketvlm.datasets.rendered.questions.wording import needs_quotes, quoted

DO = ask(
    """Where do I tap to {do}? | Where should I tap to {do}? | What do I touch to {do}? | How do I {do} here?
    I want to {do}. Where do I tap? | Which control do I use to {do}? | Where can I {do}? | Point to where I can {do}.
    Show me where to {do}. | Where's the button to {do}? | Which spot do I touch to {do}? | Where do I click to {do}?
    I'd like to {do}, where is that? | What should I touch if I want to {do}? | Where would I go to {do}?
    Can you show me where to {do}? | Need to {do}, where? | Which part of the screen lets me {do}?""",
    """点哪里可以{do}？ | 要{do}应该点哪里？ | 在哪里{do}？ | 我想{do}，点哪里？ | 怎么{do}？ | 请指出{do}的位置。
    {do}的按钮在哪？ | 想{do}该按哪儿？ | {do}点哪儿？ | 要{do}的话按哪里？""",
)
WHERE = ask(
    """Where is {thing}? | Where on the screen is {thing}? | In which part of the screen is {thing}? | Find {thing}.
    Point at {thing}. | Where can I see {thing}? | Locate {thing}. | Whereabouts is {thing}? | Show me {thing}.
    Where do I look for {thing}? | At which edge or in which corner is {thing}?""",
    """{thing}在哪里？ | {thing}在屏幕的什么位置？ | 找到{thing}。 | 请指出{thing}的位置。
    屏幕哪个位置是{thing}？""",
)

_ROWS = (("top", "上"), ("middle", "中"), ("bottom", "下"))
_COLUMNS = (("left", "左"), ("centre", "中"), ("right", "右"))


def region(screen: Screen, element: Element) -> Both:
    """Which ninth of the screen an element's middle lies in: "top right"."""
    x1, y1, x2, y2 = element.box
    row, row_zh = _ROWS[min(2, 3 * (y1 + y2) // 2 // screen.height)]
    column, column_zh = _COLUMNS[min(2, 3 * (x1 + x2) // 2 // screen.width)]
    if (row, column) == ("middle", "centre"):
        return Both(("middle", "centre", "center", "in the middle"), ("中间", "中央", "屏幕中间"))
    if row == "middle":
        return Both(
            (column, f"{column} side", f"middle {column}"), (f"{column_zh}侧", f"{column_zh}边", f"中间{column_zh}侧")
        )
    if column == "centre":
        return Both(
            (row, f"{row} centre", f"{row} middle", f"{row} center"), (f"{row_zh}方", f"{row_zh}方中间", f"{row_zh}部")
        )
    return Both((f"{row} {column}", f"{row} {column} corner"), (f"{column_zh}{row_zh}方", f"{column_zh}{row_zh}角"))


def drafts(screen: Screen) -> Iterator[Draft]:
    for element in screen.clear:
        if screen.in_reach(element) and not element.state.get("disabled") and not _faded(screen, element):
            yield from _uses(screen, element)
    yield from _things(screen)


def _faded(screen: Screen, element: Element) -> bool:
    return element.row is not None and bool(screen.elements[element.row].state.get("disabled"))


def _uses(screen: Screen, element: Element) -> Iterator[Draft]:
    if element.state.get("selected") and element.role in ("chip", "segment", "radio", "tab"):
        return  # nobody wants to choose what is chosen
    if element.role in ("action", "fab", "player_button"):
        uses = (PLAYER_USES if element.role == "player_button" else ICON_USES).get(element.icon or "")
        if uses and _alone(screen, element):
            does = Both(tuple(uses[0].split("/")), tuple(uses[1].split("/")))
            for at in range(min(map(len, (does.en, does.zh)))):
                spoken = Both(does.en[at : at + 1], does.zh[at : at + 1])
                yield _draft(screen, element, f"use {element.icon}", spoken, Both(("the icon",), ("图标",)))
        return
    if element.role == "back" and sum(e.role == "back" for e in screen.elements) == 1:
        yield _draft(
            screen, element, "back", Both(("go back",), ("返回上一页",)), Both(("the back arrow",), ("返回箭头",))
        )
    if element.role in _PRESSED and screen.prints_once(element.text):
        for do, chinese in _PRESSED[element.role]:
            does = _naming(do, chinese, element.text)
            yield _draft(screen, element, f"press {element.text}", does, _called(element))
    if element.role in _NAMED and screen.named_once(element):
        for do, chinese in _NAMED[element.role](element):
            does = _naming(do, chinese, element.name)
            yield _draft(screen, element, f"change {element.name}", does, _called(element))
    if element.role == "chevron" and element.row is not None and screen.named_once(element):
        row = screen.elements[element.row]
        if not row.clipped:
            does = _naming("open {name}", "打开{name}", element.name)
            yield _draft(screen, row, f"open {element.name}", does, Both(("the row",), ("那一行",)))


def _naming(do: str, chinese: str, name: str | None) -> Both:
    """What is to be done, in both languages, its name in quotation marks where it needs them."""
    name = name or ""
    english, other = (quoted(name, "en"), quoted(name, "zh")) if needs_quotes(name) else (name, name)
    return Both((do.format(name=english),), (chinese.format(name=other),))


_PRESSED = {
    "button": (("press {name}", "按{name}"),),
    "tab": (("go to {name}", "进入{name}"), ("switch to the {name} tab", "切换到{name}")),
    "segment": (("show {name}", "显示{name}"), ("switch to {name}", "切换到{name}")),
    "chip": (("choose {name}", "选择{name}"),),
    "dialog_button": (("choose {name}", "选择{name}"), ("press {name} in the popup", "点弹窗里的{name}")),
    "option": (("choose {name}", "选择{name}"), ("pick {name} from the list", "从列表中选{name}")),
    "key": (("type {name}", "输入{name}"), ("enter {name} on the keys", "用按键输入{name}")),
}


def _switch(element: Element) -> tuple[tuple[str, str], ...]:
    on = bool(element.state.get("on"))
    return (
        (("turn off {name}", "关闭{name}"), ("switch {name} off", "关掉{name}"))
        if on
        else (("turn on {name}", "打开{name}"), ("switch {name} on", "开启{name}"))
    )


def _checkbox(element: Element) -> tuple[tuple[str, str], ...]:
    return (
        (("untick {name}", "取消勾选{name}"),)
        if element.state.get("checked")
        else (("tick {name}", "勾选{name}"), ("check {name}", "选中{name}"))
    )


def _star(element: Element) -> tuple[tuple[str, str], ...]:
    return (
        (("remove {name} from the favourites", "取消收藏{name}"),)
        if element.state.get("on")
        else (("mark {name} as a favourite", "收藏{name}"),)
    )


def _accordion(element: Element) -> tuple[tuple[str, str], ...]:
    return (
        (("fold up {name}", "收起{name}"),)
        if element.state.get("expanded")
        else (("read more under {name}", "展开{name}"),)
    )


_Doing: TypeAlias = tuple[tuple[str, str], ...]  # English and Chinese, the name in braces
_NAMED: dict[str, Callable[[Element], _Doing]] = {
    "switch": _switch,
    "checkbox": _checkbox,
    "star": _star,
    "accordion": _accordion,
    "radio": lambda _: (("choose {name}", "选择{name}"), ("pick {name}", "选{name}")),
    "slider": lambda _: (("adjust {name}", "调节{name}"), ("change the {name} slider", "拖动{name}滑块")),
    "stepper": lambda _: (("change the number for {name}", "修改{name}的数量"),),
    "field": lambda _: (("type in {name}", "填写{name}"), ("enter the {name}", "输入{name}")),
    "search": lambda _: (("search", "搜索"), ("type what I am looking for", "输入要找的内容")),
    "app_icon": lambda _: (("open {name}", "打开{name}"), ("use {name}", "使用{name}")),
}
_CONTROLS = {
    "button": ("button", "按钮"),
    "tab": ("tab", "标签"),
    "segment": ("segment", "选项"),
    "chip": ("chip", "选项"),
    "dialog_button": ("button", "按钮"),
    "option": ("option", "选项"),
    "key": ("key", "按键"),
    "switch": ("switch", "开关"),
    "checkbox": ("checkbox", "复选框"),
    "star": ("star", "星星"),
    "accordion": ("heading", "标题"),
    "radio": ("radio button", "单选按钮"),
    "slider": ("slider", "滑块"),
    "stepper": ("stepper", "加减按钮"),
    "field": ("field", "输入框"),
    "search": ("search box", "搜索框"),
    "app_icon": ("icon", "图标"),
}


def _called(element: Element) -> Both:
    english, chinese = _CONTROLS[element.role]
    return Both((f"the {element.text or element.name} {english}",), (f"{element.text or element.name}{chinese}",))


def _alone(screen: Screen, element: Element) -> bool:
    """No other control has its icon; a search box is another way to search."""
    rivals = [
        e
        for e in screen.elements
        if e.icon == element.icon and e.role in ("action", "fab", "player_button", "tab", "button")
    ]
    return len(rivals) == 1 and not (element.icon == "search" and any(e.role == "search" for e in screen.elements))


def _draft(screen: Screen, element: Element, about: str, do: Both, control: Both) -> Draft:
    part = region(screen, element)
    english = (f"{control.en[0]}, {part.en[0]}", control.en[0], *part.en)
    chinese = (f"{part.zh[0]}的{control.zh[0]}", control.zh[0], *part.zh)
    slots: dict[str, Slot] = {"do": do}
    return Draft("place", about, DO, Both(english, chinese), slots, (element.box,), names_choices=True)


def _things(screen: Screen) -> Iterator[Draft]:
    """Where things are that one looks at rather than taps."""
    for role, english, chinese in (
        ("battery", "the battery symbol", "电池图标"),
        ("time", "the clock of the status bar", "状态栏的时间"),
        ("chart", "the chart", "图表"),
        ("keyboard", "the keyboard", "键盘"),
        ("banner", "the notice", "提示条"),
        ("toast", "the short message that popped up", "弹出的提示"),
        ("picture", "the picture", "图片"),
        ("calendar", "the calendar", "日历"),
        ("rating", "the star rating", "星级评分"),
    ):
        element = screen.only(role)
        if element and (screen.in_reach(element) and screen.overlay not in MODAL):
            part = region(screen, element)
            yield Draft("place", f"where {role}", WHERE, part, {"thing": Both((english,), (chinese,))}, (element.box,))
    for value in (element for element in screen.all("label", "heading", "section_title") if screen.in_reach(element)):
        if value.text and screen.prints_once(value.text):
            thing = Both((f"the text {quoted(value.text, 'en')}",), (quoted(value.text, "zh"),))
            yield Draft("place", f"where {value.text}", WHERE, region(screen, value), {"thing": thing}, (value.box,))
