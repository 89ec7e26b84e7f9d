"""Steps, sleep, medicines, training and appointments."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

MEDICINES = pairs(
    """
        Vitamin D|维生素D; Ibuprofen|布洛芬; Iron tablets|铁剂; Antihistamine|抗过敏药; Omega-3|鱼油
        Blood pressure tablet|降压药; Eye drops|眼药水; Cough syrup|止咳糖浆; Magnesium|镁片; Inhaler|吸入剂
        """
)
DOSES = pairs(
    """
        1 tablet|1片; 2 tablets|2片; 1 tablet|1片; 1 tablet|1片; 1 capsule|1粒; 1 tablet|1片; 2 drops|2滴; 5 ml|5毫升
        1 tablet|1片; 2 puffs|2喷
        """
)  # one a medicine
CLASSES = pairs(
    """
        Yoga|瑜伽; Spinning|动感单车; Pilates|普拉提; Boxing|拳击; Zumba|尊巴; Core|核心训练; Swimming|游泳
        HIIT|高强度间歇; Stretching|拉伸; Circuit|循环训练
        """
)
EXERCISES = pairs(
    """
        Squats|深蹲; Push-ups|俯卧撑; Plank|平板支撑; Lunges|弓步; Rowing|划船; Burpees|波比跳; Sit-ups|仰卧起坐
        Deadlift|硬拉; Jumping jacks|开合跳
        """
)
DOCTORS = pairs(
    """
        General practice|全科; Dentist|牙科; Skin clinic|皮肤科; Eye clinic|眼科; Physiotherapy|理疗科
        Heart clinic|心内科
        """
)


def week(c: Content) -> list[str]:
    return [c.weekday(c.now - timedelta(days=6 - i), short=True) for i in range(7)]


def health_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Summary|摘要; Activity|活动; Sleep|睡眠; Profile|我的"))
    return ui.tabs(list(zip(("heart", "walk", "bed", "person"), labels, strict=True)), selected)


def steps(c: Content) -> ui.Screen:
    goal = c.rng.choice((6000, 8000, 10000, 12000))
    counts = [c.rng.randint(1200, 15000) for _ in range(7)]
    today = counts[-1]
    facts = ui.stats(
        ui.stat(c.t("Steps", "步数"), c.number(today), icon="walk"),
        ui.stat(c.t("Distance", "距离"), c.distance(today * 0.00075), icon="location"),
        ui.stat(c.t("Energy", "消耗"), str(today // 25), "kcal", "flame"),
        ui.stat(c.t("Active", "活动"), str(today // 110), c.t("min", "分钟"), "clock"),
    )
    goalbar = ui.progress(c.t(f"{today:,} of {goal:,} steps", f"{today:,} / {goal:,}步"), min(1, today / goal))
    medal = (
        ui.banner(c.t("Goal reached. Well done!", "目标达成，真棒！"), "success", "trophy")
        if today >= goal
        else ui.banner(c.t(f"{goal - today:,} steps to go", f"还差{goal - today:,}步"), "info", "walk")
    )
    chart = ui.chart(
        c.rng.choice(("bar", "bar", "line")), c.t("Steps this week", "本周步数"), week(c), counts, c.t("steps", "步"), 6
    )
    body = [
        facts,
        goalbar,
        medal,
        ui.segments(c.all(pairs("Day|日; Week|周; Month|月")), 1),
        chart,
        ui.section(
            [
                ui.item(c.t("Weekly total", "本周合计"), None, c.number(sum(counts))),
                ui.item(c.t("Best day", "最佳一天"), None, c.number(max(counts))),
            ]
        ),
    ]
    return ui.screen(
        common.top(c, c.t("Activity", "活动"), "share"),
        body,
        health_tabs(c, 1),
        overlays=[common.share_sheet(c), common.incoming(c)],
    )


def sleep(c: Content) -> ui.Screen:
    parts = [c.rng.randint(40, 110), c.rng.randint(150, 290), c.rng.randint(60, 130), c.rng.randint(5, 40)]
    total = sum(parts[:3])
    bed = c.at(22, c.rng.randint(0, 59))
    labels = c.all(pairs("Deep|深睡; Light|浅睡; REM|快速眼动; Awake|清醒"))
    nights = [round(c.rng.uniform(4.5, 9), 1) for _ in range(6)] + [round(total / 60, 1)]
    body = [
        ui.text(c.minutes(total), "title"),
        ui.text(f"{c.clock(bed)} – {c.clock(bed + timedelta(minutes=sum(parts)))}", "caption"),
        ui.chart("pie", c.t("Stages in minutes", "睡眠阶段（分钟）"), labels, parts, c.t("min", "分钟"))
        if c.chance(0.6)
        else ui.section(
            [ui.item(name, None, c.minutes(part), control=None) for name, part in zip(labels, parts, strict=True)],
            c.t("Stages", "睡眠阶段"),
        ),
        ui.chart("bar", c.t("Hours a night", "每晚小时数"), week(c), nights, c.t("h", "小时"), 6),
        ui.stats(
            ui.stat(c.t("Score", "得分"), str(c.rng.randint(45, 98)), icon="star"),
            ui.stat(c.t("Heart rate", "心率"), str(c.rng.randint(46, 74)), "bpm", "heart"),
        ),
        common.switches(
            c,
            [
                (c.t("Bedtime reminder", "就寝提醒"), "bell"),
                (c.t("Do not disturb at night", "夜间勿扰"), "moon"),
                (c.t("Record snoring", "记录鼾声"), "mic"),
            ],
        ),
    ]
    return ui.screen(
        common.top(c, c.t("Sleep", "睡眠"), "calendar"),
        body,
        health_tabs(c, 2),
        overlays=[common.toast(c), common.share_sheet(c)],
    )


def dose_row(c: Content, name: str, dose: str, hour: int) -> ui.Component:
    taken = hour < c.now.hour and c.chance(0.8)
    detail = f"{c.clock(c.at(hour))} · {dose}"
    return ui.item(name, detail, icon="medical", icon_color=c.color(), control=ui.checkbox(taken))


def medication(c: Content) -> ui.Screen:
    chosen = c.rng.sample(range(len(MEDICINES)), c.rng.randint(4, 8))
    names, doses = ([c.all(entries)[index] for index in chosen] for entries in (MEDICINES, DOSES))
    times = sorted(c.rng.choice((7, 8, 9, 12, 13, 18, 20, 22)) for _ in names)
    plan = zip(names, doses, times, strict=True)
    rows = [(hour, dose_row(c, name, dose, hour)) for name, dose, hour in plan]
    parts = [(c.t("Morning", "早上"), 0, 12), (c.t("Afternoon", "下午"), 12, 18), (c.t("Evening", "晚上"), 18, 24)]
    sections = [
        ui.section(found, title)
        for title, least, most in parts
        if (found := [row for hour, row in rows if least <= hour < most])
    ]
    taken = sum(row["control"]["checked"] for _, row in rows)
    head = [
        ui.text(c.full_day(c.now), "heading"),
        ui.progress(c.t(f"{taken} of {len(rows)} taken", f"已服{taken} / {len(rows)}"), taken / len(rows)),
    ]
    low = (
        [
            ui.banner(
                c.t(f"{names[0]}: {c.rng.randint(1, 6)} doses left", f"{names[0]}仅剩{c.rng.randint(1, 6)}次用量"),
                "warning",
                "warning",
            )
        ]
        if c.chance(0.4)
        else []
    )
    ask = ui.dialog(
        c.t(f"Time for {names[-1]}", f"该服用{names[-1]}了"),
        doses[-1],
        c.t("Skip", "跳过"),
        c.t("Taken", "已服用"),
    )
    return ui.screen(
        common.top(c, c.t("Medication", "用药"), "plus"),
        [*head, *low, *sections],
        fab="plus" if c.chance(0.4) else None,
        overlays=[ask, common.toast(c)],
    )


def workout(c: Content) -> ui.Screen:
    names = c.sample(EXERCISES, c.rng.randint(5, 7))
    at = c.rng.randrange(len(names))
    rows = [
        (
            name,
            c.t(
                f"{c.rng.randint(2, 4)} × {c.rng.randint(6, 20)}", f"{c.rng.randint(2, 4)}组 × {c.rng.randint(6, 20)}次"
            ),
            "done" if i < at else "current" if i == at else "todo",
        )
        for i, name in enumerate(names)
    ]
    beats = [round(v) for v in common.wander(c, 110, 22, 8, 70)]
    body = [
        ui.text(names[at], "title"),
        ui.stats(
            ui.stat(c.t("Time", "时间"), c.length(c.rng.randint(100, 3000)), icon="stopwatch"),
            ui.stat(c.t("Heart rate", "心率"), str(beats[-1]), "bpm", "heart"),
            ui.stat(c.t("Energy", "消耗"), str(c.rng.randint(30, 600)), "kcal", "flame"),
        ),
        ui.progress(c.t(f"Exercise {at + 1} of {len(names)}", f"动作 {at + 1} / {len(names)}"), (at + 1) / len(names)),
        ui.steps(rows),
        ui.stepper(c.t("Weight, kg", "重量（公斤）"), c.rng.randint(2, 30) * 2),
        ui.chart("line", c.t("Heart rate", "心率"), [f"{2 * i}'" for i in range(8)], beats, "bpm"),
        ui.buttons(
            ui.button(c.t("Skip", "跳过"), "outline", icon="skip-next"), ui.button(c.t("Done", "完成"), icon="check")
        ),
    ]
    stop = ui.dialog(
        c.t("End workout?", "结束训练？"),
        c.t("Your progress is kept.", "进度将被保存。"),
        c.t("Go on", "继续"),
        c.t("End", "结束"),
    )
    return ui.screen(common.inner(c, c.t("Workout", "训练"), "pause"), body, overlays=[stop, common.incoming(c)])


def places(c: Content, hour: int, name: str) -> ui.Component:
    """A class with what is free in it."""
    free = c.rng.choice((0, 0, 1, 3, 6, 12))
    left = c.t(f"{free} places left", f"余{free}位") if free else c.t("Full", "已满")
    booked = free > 0 and c.chance(0.25)
    do = c.t("Cancel", "取消") if booked else c.t("Book", "预约") if free else c.t("Wait", "候补")
    return ui.item(
        name,
        f"{c.clock(c.at(hour))} · {c.first_name()} · {left}",
        badge=c.t("Booked", "已约") if booked else None,
        disabled=not free or None,
        control=ui.row_button(do),
    )


def gym(c: Content) -> ui.Screen:
    hours = sorted(c.rng.sample(range(7, 21), c.rng.randint(5, 9)))
    names = [c.pick(CLASSES) for _ in hours]
    days = [f"{c.weekday(c.now + timedelta(days=i), short=True)} {(c.now + timedelta(days=i)).day}" for i in range(5)]
    if c.chance(0.35):
        shown = ui.table(
            c.all(pairs("Time|时间; Class|课程; Room|教室; Free|余位")),
            [
                [c.clock(c.at(hour)), name, str(c.rng.randint(1, 4)), str(c.rng.randint(0, 18))]
                for hour, name in zip(hours, names, strict=True)
            ],
        )
    else:
        rows = [places(c, hour, name) for hour, name in zip(hours, names, strict=True)]
        shown = ui.section(rows, c.full_day(c.now))
    body = [
        ui.segments(days, c.rng.randrange(2)),
        ui.chips(c.sample(CLASSES, 4), [])
        if c.chance(0.5)
        else ui.text(
            c.pick(pairs("Riverside Gym|河畔健身房; Central Pool|中心泳馆; Studio Nine|九号工作室")), "heading"
        ),
        shown,
    ]
    return ui.screen(
        common.top(c, c.t("Timetable", "课程表"), "filter"),
        body,
        overlays=[
            ui.dialog(
                c.t("Class booked", "预约成功"),
                f"{names[0]}{c.t(', ', '，')}{c.clock(c.at(hours[0]))}",
                c.t("OK", "好"),
            ),
            common.toast(c),
        ],
    )


def appointment(c: Content) -> ui.Screen:
    day = c.now + timedelta(days=c.rng.randint(1, 20))
    doctor = c.t(f"Dr {c.fake.last_name()}", f"{c.fake.last_name()}医生")
    slots = [c.clock(c.at(9 + i, 30 * (i % 2))) for i in range(c.rng.randint(5, 8))]
    one = common.chosen(c, slots)
    marked = [d for d in range(1, 29) if c.chance(0.15)]
    body = [
        ui.section([ui.item(doctor, c.pick(DOCTORS), f"★ {c.rng.randint(38, 50) / 10}", avatar=doctor[:1])]),
        ui.calendar(day.year, day.month, day.day, marked),
        ui.text(c.full_day(day), "heading"),
        ui.chips(slots, [one]),
        common.radios(
            c, c.all(pairs("In person|当面; Video call|视频; Phone call|电话")), c.t("Kind of visit", "就诊方式")
        ),
        ui.field(
            c.t("Reason", "就诊原因"),
            c.pick(pairs("Check-up|体检; Back pain|背痛; Allergy|过敏; Prescription|开药; Headaches|头痛")),
        ),
        ui.button(c.t("Book appointment", "预约")),
    ]
    return ui.screen(
        common.inner(c, c.t("Appointment", "预约挂号")),
        body,
        overlays=[
            ui.dialog(c.t("Appointment booked", "预约成功"), f"{doctor}{c.t(', ', '，')}{slots[one]}", c.t("OK", "好")),
            common.toast(c),
        ],
    )


def water(c: Content) -> ui.Screen:
    goal, glass = c.rng.choice((1500, 2000, 2500)), c.rng.choice((200, 250, 300))
    amounts = [glass * c.rng.randint(2, 11) for _ in range(7)]
    drunk = c.rng.randint(0, 9)
    body = [
        ui.text(f"{drunk * glass:,} ml", "title"),
        ui.progress(c.t(f"of {goal:,} ml", f"目标{goal:,}毫升"), min(1, drunk * glass / goal)),
        ui.stepper(c.t(f"Glasses of {glass} ml", f"杯数（每杯{glass}毫升）"), drunk),
        ui.grid(
            4,
            [
                {"icon": icon, "label": label, "color": c.color()}
                for icon, label in zip(
                    ("droplet", "cafe", "leaf", "wine"),
                    c.all(pairs("Water|水; Coffee|咖啡; Tea|茶; Juice|果汁")),
                    strict=True,
                )
            ],
        ),
        ui.chart("bar", c.t("This week", "本周"), week(c), [*amounts[:6], drunk * glass], "ml", 6),
        common.switches(c, [(c.t("Reminders", "提醒"), "bell"), (c.t("Sync with health", "与健康同步"), "sync")]),
    ]
    return ui.screen(
        common.top(c, c.t("Water", "喝水"), "settings"),
        body,
        fab="plus" if c.chance(0.6) else None,
        overlays=[common.toast(c), common.incoming(c)],
    )


APPS = {
    "steps": steps,
    "sleep": sleep,
    "medication": medication,
    "workout": workout,
    "gym": gym,
    "appointment": appointment,
    "water": water,
}
