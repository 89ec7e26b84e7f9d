"""Calendars, notes, lists of things to do."""

from __future__ import annotations

import calendar as months
from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

LISTS = pairs("Personal|个人; Work|工作; Shopping|购物; Home|家务; Trip|旅行")
# Notes: a title and how it begins.
WRITTEN = tuple(zip(
    pairs("""
        Shopping|购物; Ideas for {city}|{city}出行想法; Meeting notes|会议记录; Gift ideas|礼物想法; Recipe|菜谱
        Books to read|想读的书; Garden|花园; Passwords hint|密码提示
        """
          "Training plan|训练计划; Quotes|摘录; Car|汽车; Flat viewing|看房; Party|聚会"),
    pairs("""
        {food}, bin bags, soap|{food}、垃圾袋、肥皂; Walk along the harbour, then {place}|先逛码头，再去{place}
        Budget agreed, next meeting on {day}|预算通过，下次会议{day}; A scarf for {name}|给{name}买条围巾
              200 g flour, 3 eggs, a little salt|面粉200克，鸡蛋3个，少许盐
              The Paper Garden, Small Rivers|纸上花园、小河; Water the tomatoes on {day}|{day}给番茄浇水
              The usual one plus {n}|常用的加{n}
              Run {n} km on {day}|{day}跑{n}公里; Well begun is half done|好的开始是成功的一半
              Service due, tyres {n} mm|该保养，轮胎{n}毫米
              Second floor, bright, {n} minutes to the station|二楼，采光好，离车站{n}分钟
              {n} people, starts at {time}|{n}个人，{time}开始
              """),
    strict=True,
))  # fmt: skip
PRIORITIES = pairs("High|高; Medium|中; Low|低")


def calendar(c: Content) -> ui.Screen:
    last = months.monthrange(c.now.year, c.now.month)[1]
    marked = sorted(c.rng.sample(range(1, last + 1), c.rng.randint(3, 9)))
    hours = sorted(c.rng.sample(range(8, 21), c.rng.randint(2, 5)))
    rows = [
        ui.item(
            c.pick(words.EVENTS),
            f"{c.clock(c.at(hour))} – {c.clock(c.at(hour, 45))}",
            icon="calendar",
            icon_color=c.color(),
        )
        for hour in hours
    ]
    views = ui.segments(c.all(pairs("Day|日; Week|周; Month|月")), 2)
    body = [
        *([views] if c.chance(0.5) else []),
        ui.calendar(c.now.year, c.now.month, c.rng.randint(1, last) if c.chance(0.4) else c.now.day, marked),
        ui.section(rows, c.t("Events", "日程")),
    ]
    labels = c.all(pairs("Today|今天; Calendars|日历; Inbox|收件箱"))
    tabs = ui.tabs(list(zip(("calendar", "list", "mail"), labels, strict=True)), 0) if c.chance(0.5) else None
    title = c.t(f"{c.month(c.now)} {c.now.year}", f"{c.now.year}年{c.now.month}月")
    return ui.screen(
        common.top(c, title, "search", "plus"),
        body,
        tabs,
        "plus" if c.chance(0.5) else None,
        [common.toast(c), common.incoming(c)],
    )


def agenda(c: Content) -> ui.Screen:
    sections = []
    for i in range(c.rng.randint(3, 5)):
        hours = sorted(c.rng.sample(range(8, 21), c.rng.randint(1, 3)))
        day = c.now + timedelta(days=i)
        title = c.t("Today", "今天") if i == 0 else c.t("Tomorrow", "明天") if i == 1 else c.full_day(day)
        sections.append(
            ui.section(
                [
                    ui.item(
                        c.pick(words.EVENTS),
                        c.pick(words.SHOPS) if c.chance(0.4) else None,
                        c.clock(c.at(hour, c.rng.choice((0, 15, 30)))),
                        icon="calendar",
                        icon_color=c.color(),
                        control=ui.chevron() if c.chance(0.5) else None,
                    )
                    for hour in hours
                ],
                title,
            )
        )
    body = [ui.segments(c.all(pairs("List|列表; Week|周; Month|月")), 0), *sections]
    return ui.screen(
        common.top(c, c.t("Agenda", "日程"), "calendar", "plus"),
        body,
        fab="plus" if c.chance(0.4) else None,
        overlays=[common.confirm_delete(c, c.t("event", "日程")), common.incoming(c), common.edit_menu(c)],
    )


def when_rows(c: Content) -> list[ui.Component]:
    """When an event starts and ends, and how often it comes back."""
    day, hour, all_day = c.now + timedelta(days=c.rng.randint(0, 30)), c.rng.randint(8, 19), c.chance(0.2)
    moments = (c.day(day) if all_day else f"{c.day(day)}{c.t(', ', ' ')}{c.clock(c.at(hour + i))}" for i in range(2))
    rows = [
        ui.item(label, None, moment, control=ui.chevron())
        for label, moment in zip((c.t("Starts", "开始"), c.t("Ends", "结束")), moments, strict=True)
    ]
    often = c.pick(pairs("Never|永不; Daily|每天; Weekly|每周; Monthly|每月"))
    repeat = ui.item(c.t("Repeat", "重复"), None, often, control=ui.chevron())
    return [ui.item(c.t("All day", "全天"), control=ui.switch(all_day)), *rows, repeat]


def event_edit(c: Content) -> ui.Screen:
    focused = c.chance(0.5)
    guests = c.names(c.rng.randint(1, 4))
    body = [
        ui.field(c.t("Title", "标题"), c.pick(words.EVENTS), focused=focused),
        ui.field(c.t("Place", "地点"), c.pick(words.SHOPS) if c.chance(0.6) else "", c.t("Add a place", "添加地点")),
        ui.section(when_rows(c)),
        common.radios(
            c,
            c.all(pairs("None|无; 10 minutes before|提前10分钟; 1 hour before|提前1小时; 1 day before|提前1天")),
            c.t("Alert", "提醒"),
        ),
        ui.section(
            [
                ui.item(
                    guest,
                    avatar=c.initials(guest),
                    value=c.pick(pairs("Accepted|已接受; Invited|已邀请; Declined|已拒绝")),
                )
                for guest in guests
            ],
            c.t("Guests", "参与人"),
        ),
        ui.button(c.t("Save", "保存"), icon="check"),
    ]
    return ui.screen(
        common.inner(c, c.t("Edit event", "编辑日程"), "check", back=c.t("Calendar", "日历")),
        body,
        overlays=[common.confirm_delete(c, c.t("event", "日程")), common.toast(c)],
    )


def notes(c: Content) -> ui.Screen:
    items = [
        (*(c.fill(words_[c.zh]) for words_ in written), c.ago(moment))
        for written, moment in zip(c.shuffled(WRITTEN), c.before(c.rng.randint(6, 10), 4000), strict=False)
    ]
    if c.chance(0.35):
        shown = [ui.card(title, [ui.text(line)], when) for title, line, when in items[:6]]
    else:
        shown = [
            ui.section(
                [ui.item(title, line, when, control=ui.chevron()) for title, line, when in items],
                c.t("All notes", "所有备忘录"),
                c.t(f"{len(items)} notes", f"{len(items)}条备忘录"),
            )
        ]
    chips = [ui.chips([c.t("All", "全部"), *c.all(LISTS)[:4]], [c.rng.randrange(4)])] if c.chance(0.5) else []
    return ui.screen(
        common.top(c, c.t("Notes", "备忘录"), "more", search=c.t("Search notes", "搜索备忘录")),
        [*chips, *shown],
        fab=c.rng.choice(("plus", "edit")),
        overlays=[common.confirm_delete(c, c.t("note", "备忘录")), common.sort_sheet(c), common.edit_menu(c)],
    )


def note(c: Content) -> ui.Screen:
    ticks = [ui.item(c.pick(words.TASKS), control=ui.checkbox(c.chance(0.4))) for _ in range(c.rng.randint(4, 7))]
    lines = [ui.text(line) for line in c.sample(words.MESSAGES, 4)]
    focused = c.chance(0.5)
    moment = c.before(1, 3000)[0]
    body = [
        ui.text(c.pick(words.EVENTS), "title"),
        ui.text(c.t(f"Edited {c.ago(moment)}", f"编辑于{c.ago(moment)}"), "caption"),
        *(lines if c.chance(0.6) else []),
        ui.section(ticks, c.t("List", "清单")),
        ui.field(c.t("Add a line", "添加一行"), "", c.t("Write here", "在此输入"), focused=focused),
    ]
    return ui.screen(
        common.inner(c, c.t("Note", "备忘录"), "undo", "share", "more", back=c.t("Notes", "备忘录")),
        body,
        overlays=[common.share_sheet(c), common.edit_menu(c)],
    )


def todo(c: Content) -> ui.Screen:
    names = c.sample(words.TASKS, c.rng.randint(7, 12))
    done = [c.chance(0.35) for _ in names]
    rows = [
        ui.item(
            name,
            f"{c.pick(LISTS)} · {c.day(c.now + timedelta(days=c.rng.randint(0, 9)))}" if c.chance(0.5) else None,
            control=ui.checkbox(tick),
            badge=c.pick(PRIORITIES) if c.chance(0.2) else None,
        )
        for name, tick in zip(names, done, strict=True)
    ]
    if c.chance(0.5):
        parts = [
            (c.t("To do", "待办"), [row for row, tick in zip(rows, done, strict=True) if not tick]),
            (c.t("Done", "已完成"), [row for row, tick in zip(rows, done, strict=True) if tick]),
        ]
        shown = [ui.section(part, title) for title, part in parts if part]
    else:
        shown = [ui.section(rows)]
    bar = (
        [
            ui.progress(
                c.t(f"{sum(done)} of {len(done)} done", f"已完成{sum(done)} / {len(done)}"), sum(done) / len(done)
            )
        ]
        if c.chance(0.6)
        else []
    )
    chips = [ui.chips([c.t("All", "全部"), *c.all(LISTS)], [c.rng.randrange(4)])] if c.chance(0.4) else []
    return ui.screen(
        common.top(c, c.t("To do", "待办事项"), "filter"),
        [*bar, *chips, *shown],
        fab="plus" if c.chance(0.6) else None,
        overlays=[
            common.confirm_delete(c, c.t("task", "任务")),
            common.sort_sheet(c, c.t("Due date", "截止日期")),
            common.toast(c),
        ],
    )


def reminders(c: Content) -> ui.Screen:
    lists = c.sample(LISTS, c.rng.randint(3, 5))
    icons = ("person", "briefcase", "cart", "home", "airplane")
    tiles = ui.grid(
        2,
        [
            {"icon": icon, "label": label, "color": color, "badge": str(c.rng.randint(0, 20))}
            for icon, label, color in zip(
                ("calendar", "clock", "list", "flag"),
                c.all(pairs("Today|今天; Scheduled|计划; All|全部; Flagged|旗标")),
                ("#1a73e8", "#e53935", "#6d4c41", "#f4511e"),
                strict=True,
            )
        ],
    )
    rows = [
        ui.item(name, None, str(c.rng.randint(0, 14)), icon=icon, icon_color=c.color(), control=ui.chevron())
        for name, icon in zip(lists, icons, strict=False)
    ]
    soon = [
        ui.item(
            c.pick(words.TASKS),
            c.clock(c.now + timedelta(minutes=40 * i + 20)),
            control=ui.radio(False),
            badge=c.t("Flagged", "旗标") if c.chance(0.2) else None,
        )
        for i in range(c.rng.randint(2, 5))
    ]
    return ui.screen(
        common.top(c, c.t("Reminders", "提醒事项"), "more", search=c.t("Search", "搜索")),
        [tiles, ui.section(soon, c.t("Today", "今天")), ui.section(rows, c.t("My lists", "我的列表"))],
        fab="plus" if c.chance(0.4) else None,
        overlays=[common.incoming(c), common.edit_menu(c)],
    )


def board(c: Content) -> ui.Screen:
    states = c.all(pairs("To do|待办; In progress|进行中; Review|评审; Done|完成"))
    cards = []
    for task in c.sample(
        pairs(
            """
                Fix login error|修复登录错误; New price page|新价格页面; Write user guide|编写用户指南
                Test on tablets|平板测试; Update logo|更新标志; Speed up search|加快搜索; Interview users|用户访谈
                Plan release|规划发布; Review contract|审阅合同
                """
        ),
        c.rng.randint(4, 6),
    ):
        share = c.rng.randint(0, 10) / 10
        cards.append(
            ui.card(
                task,
                [
                    ui.text(
                        f"{c.name()} · {c.t('due ', '截止 ')}{c.day(c.now + timedelta(days=c.rng.randint(1, 30)))}",
                        "caption",
                    ),
                    ui.progress(c.t("Progress", "进度"), share),
                ],
                f"{c.code('??-###')} · {c.pick(PRIORITIES)}",
            )
        )
    count = common.split_evenly(c, c.rng.randint(12, 40), 4)
    body = [
        ui.segments(states, c.rng.randrange(4)),
        *(
            [ui.chart("pie", c.t("Tasks by state", "任务状态"), states, count, c.t("tasks", "个"))]
            if c.chance(0.4)
            else []
        ),
        *cards,
    ]
    return ui.screen(
        common.top(
            c,
            c.pick(pairs("Website|网站项目; Mobile app|移动应用; Spring launch|春季发布; Office move|办公室搬迁")),
            "search",
            "filter",
        ),
        body,
        fab="plus",
        overlays=[ui.sheet(c.t("Move to", "移动到"), *states), common.toast(c)],
    )


APPS = {
    "calendar": calendar,
    "agenda": agenda,
    "event_edit": event_edit,
    "notes": notes,
    "note": note,
    "todo": todo,
    "reminders": reminders,
    "board": board,
}
