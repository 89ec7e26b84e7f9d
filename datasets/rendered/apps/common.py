"""What the screens of many apps share: headers, overlays that may come anywhere, small choices."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

NOTICES = pairs("""
Saved|已保存; Copied|已复制; Sent|已发送; Deleted|已删除; No connection|网络未连接; Added to favourites|已添加到收藏
Settings updated|设置已更新; Link copied|链接已复制; Download complete|下载完成; Marked as read|已标为已读; Undo|撤销
Syncing…|正在同步…; Try again later|请稍后再试
""")


APP_ICONS = dict(
    zip(
        (name for name, _ in words.APP_NAMES),
        (
            "chat mail calendar image camera map sun clock document music bank wallet fitness newspaper mic folder"
            " calculator person cart film book text radio compass car restaurant library game"
        ).split(),
        strict=True,
    )
)


def top(c: Content, title: str, *actions: str, search: str | None = None) -> ui.Component:
    """The header of an app's first screen."""
    return ui.header(title, large=c.chance(0.5), actions=list(actions), search=search)


def inner(c: Content, title: str, *actions: str, back: str | None = None) -> ui.Component:
    """The header of a screen that one can go back from; `back` is where to, where the kit prints that."""
    words_there = back if back is not None and c.chance(0.6) else c.t("Back", "返回") if c.chance(0.2) else ""
    return ui.header(title, back=words_there, actions=list(actions), large=c.chance(0.1))


def toast(c: Content) -> ui.Overlay:
    return ui.toast(c.pick(NOTICES))


def incoming(c: Content) -> ui.Overlay:
    """A notification that slides in over any app."""
    if c.chance(0.6):
        return ui.notification(c.t("Messages", "信息"), c.name(), c.pick(words.MESSAGES))
    if c.chance(0.5):
        return ui.notification(c.t("News", "新闻"), c.t("Top story", "头条"), c.pick(words.HEADLINES))
    soon = c.t(f"In {5 * c.rng.randint(1, 6)} minutes", f"{5 * c.rng.randint(1, 6)}分钟后")
    return ui.notification(c.t("Calendar", "日历"), c.pick(words.EVENTS), soon)


def confirm_delete(c: Content, what: str) -> ui.Overlay:
    return ui.dialog(
        c.t(f"Delete {what}?", f"删除{what}？"),
        c.t("This cannot be undone.", "此操作无法撤销。"),
        c.t("Cancel", "取消"),
        c.t("Delete", "删除"),
    )


def share_sheet(c: Content) -> ui.Overlay:
    return ui.sheet(
        c.t("Share", "分享"),
        *c.all(pairs("Copy link|复制链接; Send as message|以信息发送; Send by email|用邮件发送; Save image|存储图像")),
        c.t("Cancel", "取消"),
    )


def sort_sheet(c: Content, *more: str) -> ui.Overlay:
    return ui.sheet(
        c.t("Sort by", "排序方式"), *c.all(pairs("Newest first|最新优先; Name|名称")), *more, c.t("Cancel", "取消")
    )


def edit_menu(c: Content) -> ui.Overlay:
    return ui.menu(
        *c.some(c.all(pairs("Edit|编辑; Share|分享; Move|移动; Copy|复制; Rename|重命名; Delete|删除")), 3, 5)
    )


def chosen(c: Content, options: Sequence[str]) -> int:
    return c.rng.randrange(len(options))


def radios(c: Content, options: Sequence[str], title: str | None = None, footer: str | None = None) -> ui.Component:
    """A section of which one row is chosen."""
    one = chosen(c, options)
    return ui.section([ui.item(name, control=ui.radio(i == one)) for i, name in enumerate(options)], title, footer)


def switches(
    c: Content, rows: Sequence[tuple[str, str | None]], title: str | None = None, footer: str | None = None
) -> ui.Component:
    """A section of rows, each with a switch on or off; now and then one cannot be changed."""
    items = [
        ui.item(
            name, icon=icon, icon_color=c.color() if icon and c.chance(0.5) else None, control=ui.switch(c.chance(0.55))
        )
        for name, icon in rows
    ]
    if len(items) > 2 and c.chance(0.25):
        c.rng.choice(items)["disabled"] = True
    return ui.section(items, title, footer)


def links(rows: Sequence[tuple[str, str | None, str | None]], title: str | None = None) -> ui.Component:
    """A section of rows that lead further: label, icon and value each."""
    return ui.section(
        [ui.item(name, None, value, icon=icon, control=ui.chevron()) for name, icon, value in rows], title
    )


def split_evenly(c: Content, total: int, parts: int, least: int = 1) -> list[int]:
    """Whole parts that add up to the total, each at least `least`."""
    cuts = sorted(c.rng.sample(range(1, total - parts * (least - 1)), parts - 1))
    edges = [0, *cuts, total - parts * (least - 1)]
    return [high - low + least - 1 for low, high in itertools.pairwise(edges)]


def wander(c: Content, start: float, step: float, count: int, least: float = 0.0) -> list[float]:
    """Values that move a little each time, none below `least`."""
    made = [start]
    while len(made) < count:
        made.append(max(least, made[-1] + c.rng.uniform(-step, step)))
    return made
