"""Pictured objects and icons: what they show."""

from __future__ import annotations

from collections.abc import Iterator

from pocketvlm.datasets.rendered.icons import ICON_NAMES
from pocketvlm.datasets.rendered.pictures import GROUPS, PICTURES
from pocketvlm.datasets.rendered.questions.drafts import Both, Draft, Slot, ask, both, yes_or_no
from pocketvlm.datasets.rendered.questions.screen import Element, Screen

ONLY = ask(
    """What is in the picture? | What does the picture show? | What can be seen in the photo? | What's pictured here?
    What object is in the image? | What is shown in the photo? | Which thing does the picture show?
    What's the picture of?""",
    """图片里是什么？ | 照片上是什么？ | 图中是什么东西？ | 这张图片画的是什么？ | 照片里有什么？""",
)
IN_ROW = ask(
    """What is in the picture next to {name}? | What does the photo by {name} show? | What's pictured at {name}?
    What object is shown beside {name}? | Which thing is in {name}'s picture?
    What can I see in the picture for {name}?""",
    """{name}旁边的图片是什么？ | {name}的照片里是什么？ | {name}那张图画的是什么？ | {name}配的图片是什么？""",
)
OF_GROUP = ask(
    """Which {group} is pictured? | What {group} can be seen? | What kind of {group} is in the picture?
    Which {group} is shown on this screen? | Name the {group} in the picture.""",
    """图中是什么{group}？ | 照片里的{group}是什么？ | 画面上是哪种{group}？""",
)
CORNER = ask(
    """What is in the {corner} picture? | What does the {corner} photo show? | What's pictured in the {corner} image?
    Which thing is in the {corner} photo? | What do you see in the {corner} picture?""",
    """{corner}的图片是什么？ | {corner}那张照片里是什么？ | {corner}的图里画的是什么？""",
)
THERE = ask(
    """Is there a picture of {thing}? | Does any photo show {thing}? | Can you see {thing} in the pictures?
    Do you see {thing}? | Does this screen have a picture of {thing}?""",
    """有{thing}的图片吗？ | 照片里有{thing}吗？ | 屏幕上能看到{thing}吗？""",
)
ICON = ask(
    """What icon is next to {name}? | What does the icon beside {name} show? | Which symbol stands by {name}?
    What's the icon for {name}? | What is drawn in {name}'s icon?""",
    """{name}旁边是什么图标？ | {name}的图标是什么？ | {name}左边的图标画的是什么？""",
)
TAB_ICON = ask(
    """What icon does the {name} tab have? | What is drawn above {name} in the tab bar?
    Which symbol is on the {name} tab? | What does the {name} tab's icon show?""",
    """{name}标签的图标是什么？ | 底部{name}上面画的是什么？ | {name}标签页用的是什么图标？""",
)

GROUP_NAMES = {
    "animal": "动物",
    "fruit": "水果",
    "vegetable": "蔬菜",
    "food": "食物",
    "drink": "饮料",
    "vehicle": "交通工具",
    "music": "乐器",
    "plant": "植物",
}
_UNCOUNTED = frozenset(
    """grapes cherries blueberries pancakes chips noodles gloves socks jeans shorts trainers glasses sunglasses
    headphones scissors skis dice rice bread milk cheese juice beer wine honey coffee tea sushi spaghetti popcorn bacon
    curry chocolate salad sweetcorn broccoli garlic lettuce custard soap golf badminton bowling""".split()
) | {"table tennis"}  # plurals and stuffs, which take no article
CORNERS = (
    Both(("first", "top left"), ("第一个", "左上角")),
    Both(("last", "bottom right"), ("最后一个", "右下角")),
)


def drafts(screen: Screen) -> Iterator[Draft]:
    pictures = [element for element in screen.elements if element.role == "picture" and element.picture in PICTURES]
    shown = [element for element in pictures if not element.clipped]
    if len(pictures) == 1 and shown:
        yield _draft("picture", ONLY, shown[0])
    for picture in shown:
        label = screen.in_row(picture.row, "label") or screen.in_row(picture.row, "heading")
        if label and screen.prints_once(label.text) and screen.in_row(picture.row, "picture"):
            yield _draft(f"picture at {label.text}", IN_ROW, picture, name=label.text or "")
    if shown:
        yield from _groups(pictures, shown)
        yield from _corners(pictures, shown)
        yield from _there(screen, pictures, shown)
    yield from _icons(screen)


def _draft(about: str, ways: Both, picture: Element, **slots: Slot) -> Draft:
    return Draft("picture", about, ways, _names(picture.picture or ""), slots, (picture.box,))


def _names(name: str) -> Both:
    return Both(tuple(dict.fromkeys((name, with_article(name)))), (PICTURES[name].chinese,))


def with_article(name: str) -> str:
    """A thing as one speaks of it: "an apple", "a dog", "jeans"."""
    if name in _UNCOUNTED:
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _groups(pictures: list[Element], shown: list[Element]) -> Iterator[Draft]:
    for group, chinese in GROUP_NAMES.items():
        members = [picture for picture in pictures if picture.picture in GROUPS.get(group, ())]
        if len(members) == 1 and members[0] in shown:
            slots: dict[str, Slot] = {"group": Both((_GROUP_WORDS.get(group, group),), (chinese,))}
            yield _draft(f"{group} pictured", OF_GROUP, members[0], **slots)


_GROUP_WORDS = {"music": "musical instrument"}


def _corners(pictures: list[Element], shown: list[Element]) -> Iterator[Draft]:
    """The first and the last of a grid of pictures, if none of it is cut off."""
    if not 4 <= len(pictures) == len(shown):
        return
    rows = {picture.box[1] for picture in pictures}
    last_row = [picture for picture in pictures if picture.box[1] == max(rows)]
    right = max(picture.box[2] for picture in pictures)
    if len(rows) < 2 or len({_size(picture) for picture in pictures}) > 1 or max(p.box[2] for p in last_row) < right:
        return
    for corner, picture in zip(CORNERS, (pictures[0], pictures[-1]), strict=True):
        spoken: Slot = Both(corner.en[1:], corner.zh[1:])
        yield _draft(f"picture {corner.en[0]}", CORNER, picture, corner=spoken)


def _size(picture: Element) -> tuple[int, int]:
    """Width and height to 8 pixels, so that rounding makes no difference."""
    x1, y1, x2, y2 = picture.box
    return round((x2 - x1) / 8), round((y2 - y1) / 8)


def _there(screen: Screen, pictures: list[Element], shown: list[Element]) -> Iterator[Draft]:
    """Of one thing that is pictured, and of one of its group that is not."""
    first = shown[sum(map(ord, screen.id)) % len(shown)]
    seen = {picture.picture for picture in pictures}
    others = [name for name in GROUPS[PICTURES[first.picture or ""].group] if name not in seen]
    yield _is_there(first.picture or "", True, first)
    if others:
        yield _is_there(others[len(screen.elements) % len(others)], False, None)


def _is_there(name: str, there: bool, at: Element | None) -> Draft:
    thing = Both((with_article(name),), (PICTURES[name].chinese,))
    return Draft("picture", f"{name} there", THERE, yes_or_no(there), {"thing": thing}, (at.box,) if at else ())


def _icons(screen: Screen) -> Iterator[Draft]:
    for role, ways in (("icon", ICON), ("tab", TAB_ICON)):
        for element in screen.all(role):
            if element.icon in ICON_NAMES and screen.named_once(element):
                names = both(*ICON_NAMES[element.icon])
                yield Draft(
                    "picture", f"icon at {element.name}", ways, names, {"name": element.name or ""}, (element.box,)
                )
