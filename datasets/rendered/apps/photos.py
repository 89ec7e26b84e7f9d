"""Photos: the gallery, albums, a single one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

ALBUMS = pairs(
    "Favourites|个人收藏; Holiday|假期; Family|家人; Pets|宠物; Food|美食; Screenshots|截图; Garden|花园; Work|工作"
)


def gallery(c: Content) -> ui.Screen:
    columns, choosing = c.rng.choice((2, 3, 3, 4)), c.chance(0.35)
    photos = c.photos(columns * c.rng.randint(4, 6))
    cut = columns * c.rng.randint(1, 2)
    named = columns == 2 or c.chance(0.15)
    cells: list[dict[str, Any]] = [
        {
            "name": photo,
            **({"caption": c.called(photo)} if named else {}),
            **({"selected": c.chance(0.35)} if choosing else {}),
        }
        for photo in photos
    ]
    picked = sum(cell.get("selected", False) for cell in cells)
    title = c.t(f"{picked} selected", f"已选{picked}项") if choosing else c.t("Photos", "照片")
    body = [
        ui.text(c.t("Today", "今天"), "heading"),
        ui.gallery(columns, cells[:cut]),
        ui.text(c.full_day(c.now - timedelta(days=c.rng.randint(2, 60))), "heading"),
        ui.gallery(columns, cells[cut:]),
    ]
    labels = c.all(pairs("Photos|照片; Albums|相簿; Search|搜索"))
    tabs = ui.tabs(list(zip(("image", "folder", "search"), labels, strict=True)), 0)
    actions = ("share", "trash") if choosing else ("search", "more")
    gone = ui.dialog(
        c.t("Delete photos?", "删除照片？"),
        c.t("They stay in the bin for 30 days.", "照片将在回收站保留30天。"),
        c.t("Cancel", "取消"),
        c.t("Delete", "删除"),
    )
    return ui.screen(
        common.top(c, title, *actions),
        body,
        tabs,
        overlays=[gone, common.share_sheet(c)] if choosing else [common.toast(c), common.edit_menu(c)],
    )


def albums(c: Content) -> ui.Screen:
    made = [(name, cover, c.rng.randint(3, 900)) for name, cover in c.illustrated(ALBUMS, c.rng.randint(4, 8))]
    if c.chance(0.5):
        shown = ui.gallery(
            2,
            [{"name": cover, "caption": f"{name} ({count})"} for name, cover, count in made],
        )
    else:
        shown = ui.section(
            [ui.item(name, None, str(count), picture=cover, control=ui.chevron()) for name, cover, count in made]
        )
    more = common.links(
        [
            (c.t("Videos", "视频"), "video", str(c.rng.randint(2, 200))),
            (c.t("Recently deleted", "最近删除"), "trash", str(c.rng.randint(0, 40))),
            (c.t("Hidden", "已隐藏"), "eye-off", None),
        ]
    )
    labels = c.all(pairs("Photos|照片; Albums|相簿; Search|搜索"))
    return ui.screen(
        common.top(c, c.t("Albums", "相簿"), "plus"),
        [shown, more],
        ui.tabs(list(zip(("image", "folder", "search"), labels, strict=True)), 1),
        overlays=[common.edit_menu(c), common.sort_sheet(c)],
    )


def photo(c: Content) -> ui.Screen:
    name = c.photo()
    moment = c.before(1, 90000)[0]
    body = [
        ui.picture(name, c.rng.choice((280, 320, 380)), c.called(name) if c.chance(0.5) else None),
        ui.text(f"{c.dated(moment)} {c.clock(moment)}", "heading"),
        ui.section(
            [
                ui.item(c.t("Place", "地点"), None, c.pick(words.CITIES), icon="location"),
                ui.item(c.t("Size", "大小"), None, c.size(c.rng.uniform(0.8, 12)), icon="image"),
                ui.item(
                    c.t("Camera", "相机"),
                    f"f/1.{c.rng.randint(5, 9)} · 1/{c.rng.choice((60, 250))} s · ISO {c.rng.choice((50, 100, 400))}",
                    icon="camera",
                ),
            ]
        ),
        ui.grid(
            4,
            [
                {"icon": icon, "label": label}
                for icon, label in zip(
                    ("share", "heart", "edit", "trash"),
                    c.all(pairs("Share|分享; Favourite|收藏; Edit|编辑; Delete|删除")),
                    strict=True,
                )
            ],
        ),
    ]
    return ui.screen(
        common.inner(c, c.t("Photo", "照片"), "heart", "info", back=c.t("Photos", "照片")),
        body,
        overlays=[common.share_sheet(c), common.confirm_delete(c, c.t("photo", "照片")), common.edit_menu(c)],
    )


APPS = {
    "gallery": gallery,
    "albums": albums,
    "photo": photo,
}
