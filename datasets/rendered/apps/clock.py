"""Alarms, clocks, timers."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

ZONES = {
    "London": 0,
    "Lisbon": 0,
    "Dublin": 0,
    "Paris": 1,
    "Rome": 1,
    "Berlin": 1,
    "Cairo": 2,
    "Athens": 2,
    "Nairobi": 3,
    "Mumbai": 5.5,
    "Bangkok": 7,
    "Beijing": 8,
    "Singapore": 8,
    "Tokyo": 9,
    "Seoul": 9,
    "Sydney": 10,
    "Auckland": 12,
    "New York": -5,
    "Toronto": -5,
    "Chicago": -6,
    "Denver": -7,
    "Seattle": -8,
}  # hours from Greenwich in winter
LABELS = pairs("""
Wake up|起床; School run|送孩子; Gym|健身; Take pills|吃药; Nap|午睡; Work|上班; Feed the cat|喂猫; Weekend|周末
Call home|给家里打电话; Yoga|瑜伽; Swim|游泳; Bins out|倒垃圾; Airport|去机场
""")
REPEATS = pairs(
    """
        Every day|每天; Weekdays|工作日; Weekends|周末; Once|仅一次; Mon, Wed, Fri|周一、周三、周五
        Tue, Thu|周二、周四; Saturday|周六
        """
)


def clock_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Alarm|闹钟; World clock|世界时钟; Stopwatch|秒表; Timer|计时器"))
    return ui.tabs(list(zip(("alarm", "earth", "stopwatch", "timer"), labels, strict=True)), selected)


def alarm(c: Content) -> ui.Screen:
    minutes = sorted(c.rng.sample(range(5 * 12, 22 * 12), c.rng.randint(4, 9)))
    names = c.sample(LABELS, len(minutes))
    items = []
    for five, name in zip(minutes, names, strict=False):
        moment = c.at(five // 12, five % 12 * 5)
        items.append(
            ui.item(c.clock(moment), f"{name}{c.t(', ', '，')}{c.pick(REPEATS)}", control=ui.switch(c.chance(0.5)))
        )
    first = [ui.section(items[:1], c.t("Next alarm", "下一个闹钟"))] if c.chance(0.4) else []
    body = [*first, ui.section(items[1:] if first else items)]
    add = [
        ui.sheet(
            c.t("Snooze", "稍后提醒"), *c.all(pairs("5 minutes|5分钟; 10 minutes|10分钟; 15 minutes|15分钟; Off|关闭"))
        ),
        common.toast(c),
        common.confirm_delete(c, c.t("alarm", "闹钟")),
    ]
    return ui.screen(
        common.top(c, c.t("Alarm", "闹钟"), "plus"), body, clock_tabs(c, 0), "plus" if c.chance(0.4) else None, add
    )


def alarm_edit(c: Content) -> ui.Screen:
    days = [c.weekday(c.now + timedelta(days=i - c.now.weekday()), short=True) for i in range(7)]
    when = c.at(c.rng.randint(5, 21), 5 * c.rng.randint(0, 11))
    body = [
        ui.text(c.clock(when), "title"),
        ui.chips(days, c.some(range(7), 1, 6)),
        ui.field(c.t("Label", "标签"), c.pick(LABELS)),
        ui.section(
            [
                ui.item(c.t("Sound", "铃声"), None, c.pick(words.SONGS), icon="music", control=ui.chevron()),
                ui.item(c.t("Vibrate", "振动"), icon="phone", control=ui.switch(c.chance(0.6))),
                ui.item(c.t("Snooze", "稍后提醒"), icon="clock", control=ui.switch(c.chance(0.6))),
                ui.item(
                    c.t("Snooze minutes", "稍后提醒分钟数"), control=ui.row_stepper(c.rng.choice((5, 9, 10, 15)), 1, 30)
                ),
            ]
        ),
        ui.slider(c.t("Volume", "音量"), c.rng.randint(10, 100)),
        ui.buttons(ui.button(c.t("Delete", "删除"), "outline", color="#e53935"), ui.button(c.t("Save", "保存"))),
    ]
    return ui.screen(
        common.inner(c, c.t("Edit alarm", "编辑闹钟"), "check", back=c.t("Alarm", "闹钟")),
        body,
        overlays=[common.toast(c)],
    )


def world_clock(c: Content) -> ui.Screen:
    names = c.rng.sample([pair for pair in words.CITIES if pair[0] in ZONES], c.rng.randint(5, 9))
    home = ZONES[names[0][0]]
    items = []
    for pair in names:
        ahead = ZONES[pair[0]] - home
        there = c.now + timedelta(hours=ahead)
        days = (there.date() - c.now.date()).days
        day = c.all(pairs("Yesterday|昨天; Today|今天; Tomorrow|明天"))[days + 1]
        offset = f"{ahead:+g}" if ahead else "±0"
        items.append(ui.item(pair[c.zh], c.t(f"{day}, {offset} h", f"{day}，{offset}小时"), c.clock(there)))
    return ui.screen(
        common.top(c, c.t("World clock", "世界时钟"), "plus", "edit"),
        [ui.section(items)],
        clock_tabs(c, 1),
        overlays=[common.confirm_delete(c, c.t("city", "城市")), common.edit_menu(c)],
    )


def timer(c: Content) -> ui.Screen:
    total = c.rng.choice((60, 180, 300, 600, 900, 1500, 2700, 3600))
    left = c.rng.randint(1, total)
    running = c.chance(0.6)
    names = c.sample(
        pairs(
            """
                Tea|泡茶; Eggs|煮蛋; Pasta|煮面; Laundry|洗衣; Nap|午睡; Pizza|披萨; Plank|平板支撑; Study|学习
                Bread|烤面包
                """
        ),
        5,
    )
    lengths = [c.rng.choice((120, 180, 240, 420, 540, 660, 1200, 1800, 3000)) for _ in names]
    rows = [
        ui.item(name, None, c.length(length), icon="timer", control=ui.row_button(c.t("Start", "开始")))
        for name, length in zip(names, lengths, strict=True)
    ]
    stop = ui.button(c.t("Pause", "暂停") if running else c.t("Resume", "继续"), icon="pause" if running else "play")
    body = [
        ui.text(c.length(left), "title"),
        ui.progress(c.t(f"of {c.length(total)}", f"共{c.length(total)}"), 1 - left / total),
        ui.buttons(ui.button(c.t("Cancel", "取消"), "outline"), stop),
        ui.section(rows, c.t("Recent", "最近使用")),
    ]
    done = ui.dialog(
        c.t("Time is up", "时间到"),
        c.t(f"{names[0]}, {c.length(lengths[0])}", f"{names[0]}，{c.length(lengths[0])}"),
        c.t("Repeat", "重复"),
        c.t("Stop", "停止"),
    )
    return ui.screen(
        common.top(c, c.t("Timer", "计时器"), "plus"), body, clock_tabs(c, 3), overlays=[done, common.toast(c)]
    )


def stopwatch(c: Content) -> ui.Screen:
    laps = [c.rng.uniform(41, 118) for _ in range(c.rng.randint(3, 9))]
    shown = [round(lap, 2) for lap in laps]
    total = 0.0
    rows: list[list[str]] = []
    for number, lap in enumerate(shown, start=1):
        total += lap
        rows.insert(0, [str(number), f"{int(lap) // 60}:{lap % 60:05.2f}", f"{int(total) // 60}:{total % 60:05.2f}"])
    body = [
        ui.text(rows[0][2], "title"),
        ui.buttons(
            ui.button(c.t("Lap", "计次"), "outline", disabled=c.chance(0.3) or None),
            ui.button(c.t("Stop", "停止"), color="#e53935"),
        ),
        ui.table(c.all(pairs("Lap|圈; Time|用时; Total|总计")), rows),
    ]
    return ui.screen(common.top(c, c.t("Stopwatch", "秒表")), body, clock_tabs(c, 2), overlays=[common.share_sheet(c)])


APPS = {"alarm": alarm, "alarm_edit": alarm_edit, "world_clock": world_clock, "timer": timer, "stopwatch": stopwatch}
