"""Files and downloads."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

FILES = pairs("""
Report.pdf|报告.pdf; Budget 2025.xlsx|预算2025.xlsx; Holiday.zip|假期.zip; Contract.docx|合同.docx
Slides.pptx|幻灯片.pptx; Notes.txt|笔记.txt; Song.mp3|歌曲.mp3; Invoice 118.pdf|发票118.pdf; Floor plan.png|平面图.png
Tickets.pdf|车票.pdf; Backup.zip|备份.zip; Recipe.docx|菜谱.docx; Video clip.mp4|视频片段.mp4
Scan 04.jpg|扫描件04.jpg; CV.pdf|简历.pdf; Map.pdf|地图.pdf
""")
FOLDERS = pairs(
    "Documents|文档; Downloads|下载; Pictures|图片; Music|音乐; Work|工作; School|学校; Family|家庭; Archive|归档"
)


def files(c: Content) -> ui.Screen:
    folders, names = c.sample(FOLDERS, c.rng.randint(2, 5)), c.sample(FILES, c.rng.randint(5, 9))
    kinds = {"pdf": "document", "zip": "archive", "mp3": "music", "mp4": "film", "png": "image", "jpg": "image"}
    choosing = c.chance(0.25)
    rows = [
        ui.item(
            name,
            c.t(f"{c.rng.randint(2, 300)} items", f"{c.rng.randint(2, 300)}项"),
            icon="folder",
            icon_color="#f9a825",
            control=ui.chevron(),
        )
        for name in folders
    ]
    rows += [
        ui.item(
            name,
            f"{c.size(c.rng.uniform(0.05, 400))} · {c.dated(c.now - timedelta(days=c.rng.randint(0, 400)))}",
            icon=kinds.get(name.rsplit(".", 1)[1], "document"),
            control=ui.checkbox(c.chance(0.4)) if choosing else None,
        )
        for name in names
    ]
    chips = (
        [ui.chips(c.all(pairs("All|全部; Documents|文档; Images|图片; Audio|音频; Video|视频")), [c.rng.randrange(5)])]
        if c.chance(0.5)
        else []
    )
    labels = c.all(pairs("Recent|最近; Browse|浏览; Shared|共享"))
    tabs = ui.tabs(list(zip(("clock", "folder", "people"), labels, strict=True)), 1) if c.chance(0.6) else None
    return ui.screen(
        common.top(c, c.t("Files", "文件"), "search", "more"),
        [*chips, ui.section(rows)],
        tabs,
        "plus" if c.chance(0.3) else None,
        [common.sort_sheet(c, c.t("Size", "大小")), common.edit_menu(c), common.confirm_delete(c, c.t("file", "文件"))],
    )


def downloads(c: Content) -> ui.Screen:
    names = c.sample(FILES, c.rng.randint(5, 9))
    cut = c.rng.randint(1, 3)
    running = []
    for name in names[:cut]:
        total, share = c.rng.randint(20, 900), c.rng.randint(3, 97) / 100
        come = c.t(f"{total * share:.0f} of {total} MB", f"{total * share:.0f} / {total} MB")
        left = c.minutes(c.rng.randint(1, 80))
        running.append(
            ui.item(
                name,
                c.rng.choice((come, c.t(f"{left} left", f"剩余{left}"))),
                icon="download",
                control=ui.row_progress(share),
            )
        )
    done = [
        ui.item(
            name,
            f"{c.size(c.rng.uniform(0.1, 700))} · {c.ago(moment)}",
            icon="document",
            control=ui.row_button(c.t("Open", "打开")),
            disabled=c.chance(0.1) or None,
        )
        for name, moment in zip(names[cut:], c.before(20, 1800), strict=False)
    ]
    body = [
        ui.section(running, c.t("In progress", "正在下载")),
        ui.section(done, c.t("Completed", "已完成")),
        common.switches(c, [(c.t("Wi-Fi only", "仅Wi-Fi"), "wifi"), (c.t("Show notification", "显示通知"), "bell")]),
    ]
    if c.chance(0.3):
        body.insert(0, ui.banner(c.t("One download failed.", "一个下载失败。"), "danger", "warning"))
    clear = ui.dialog(
        c.t("Clear the list?", "清空列表？"),
        c.t("Files stay on the phone.", "文件仍保留在手机上。"),
        c.t("Cancel", "取消"),
        c.t("Clear", "清空"),
    )
    return ui.screen(common.inner(c, c.t("Downloads", "下载"), "trash"), body, overlays=[clear, common.toast(c)])


APPS = {
    "files": files,
    "downloads": downloads,
}
