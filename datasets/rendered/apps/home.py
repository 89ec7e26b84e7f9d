"""The smart home: lights, heating, energy, alarms."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

ROOMS = pairs(
    """
        Living room|客厅; Kitchen|厨房; Bedroom|卧室; Bathroom|浴室; Study|书房; Hall|走廊; Garage|车库; Garden|花园
        Nursery|儿童房
        """
)
THINGS = (
    ("Ceiling light", "吸顶灯", "bulb"),
    ("Floor lamp", "落地灯", "bulb"),
    ("Television", "电视", "tv"),
    ("Speaker", "音箱", "speaker"),
    ("Heater", "取暖器", "flame"),
    ("Fan", "风扇", "wind"),
    ("Robot vacuum", "扫地机器人", "home"),
    ("Coffee machine", "咖啡机", "cafe"),
    ("Front door lock", "前门锁", "lock"),
    ("Camera", "摄像头", "camera"),
    ("Washing machine", "洗衣机", "droplet"),
    ("Blinds", "窗帘", "sun"),
    ("Air purifier", "空气净化器", "leaf"),
)

SEEN = pairs("""
Person at the door|门口有人; Motion in the garden|花园有动静; Parcel left|收到包裹; Car in the drive|车道有车
Cat in the hall|走廊有猫
""")


def home_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Home|家庭; Scenes|场景; Energy|能耗; Settings|设置"))
    return ui.tabs(list(zip(("home", "star", "flash", "settings"), labels, strict=True)), selected)


def smart_home(c: Content) -> ui.Screen:
    rooms = c.sample(ROOMS, c.rng.randint(3, 5))
    sections = []
    for room in rooms:
        rows = []
        for en, zh, icon in c.some(THINGS, 2, 4):
            on = c.chance(0.5)
            state = c.t(*(("On", "开") if on else ("Off", "关")))
            rows.append(
                ui.item(
                    c.t(en, zh),
                    c.t("Offline", "离线") if (gone := c.chance(0.08)) else state,
                    icon=icon,
                    disabled=gone or None,
                    control=ui.switch(on and not gone),
                )
            )
        sections.append(ui.section(rows, room))
    scenes = ui.chips(
        c.all(pairs("Good morning|早安; Away|离家; Film|观影; Good night|晚安")),
        [c.rng.randrange(4)] if c.chance(0.7) else [],
    )
    facts = ui.stats(
        ui.stat(c.t("Indoors", "室内"), c.degrees(c.rng.randint(16, 26)), icon="thermometer"),
        ui.stat(c.t("Humidity", "湿度"), str(c.rng.randint(30, 70)), "%", "droplet"),
        ui.stat(c.t("Lights on", "开灯"), str(c.rng.randint(0, 9)), icon="bulb"),
    )
    return ui.screen(
        common.top(c, c.t("My home", "我的家"), "plus", "mic"),
        [scenes, *([facts] if c.chance(0.6) else []), *sections],
        home_tabs(c, 0),
        overlays=[
            common.toast(c),
            common.incoming(c),
            ui.menu(*c.all(pairs("Add device|添加设备; Rename room|重命名房间; Sort|排序"))),
        ],
    )


def thermostat(c: Content) -> ui.Screen:
    now, want = c.rng.randint(15, 25), c.rng.randint(16, 25)
    unit, wanted = ("°C", want) if c.metric else ("°F", round(want * 1.8 + 32))
    curve = [value if c.metric else value * 1.8 + 32 for value in common.wander(c, now, 1.5, 6, 10)]
    rooms = c.sample(ROOMS, 4)
    body = [
        ui.text(c.degrees(now), "title"),
        ui.text(
            c.t("Heating", "加热中")
            if want > now
            else c.t("Cooling", "制冷中")
            if want < now
            else c.t("Holding", "保温中"),
            "heading",
        ),
        ui.slider(c.t("Target", "目标温度"), wanted, *((10, 30) if c.metric else (50, 86)))
        if c.chance(0.5)
        else ui.stepper(c.t(f"Target {unit}", f"目标温度 {unit}"), wanted),
        ui.segments(c.all(pairs("Heat|制热; Cool|制冷; Auto|自动; Off|关闭")), c.rng.randrange(4)),
        ui.section(
            [
                ui.item(
                    room, None, c.degrees(c.rng.randint(15, 25)), icon="thermometer", control=ui.switch(c.chance(0.6))
                )
                for room in rooms
            ],
            c.t("Rooms", "房间"),
        ),
        ui.chart(
            "line",
            c.t("Today", "今天"),
            [c.clock(c.at(hour)) for hour in (6, 9, 12, 15, 18, 21)],
            [round(value, 1) for value in curve],
            unit,
        ),
        common.switches(c, [(c.t("Schedule", "日程"), "calendar"), (c.t("Away mode", "离家模式"), "walk")]),
    ]
    return ui.screen(
        common.inner(c, c.t("Thermostat", "温控器"), "settings", back=c.t("Home", "家庭")),
        body,
        overlays=[common.toast(c)],
    )


def light(c: Content) -> ui.Screen:
    room = c.pick(ROOMS)
    lamps = [
        c.t("Ceiling light", "吸顶灯"),
        c.t("Floor lamp", "落地灯"),
        c.t("Reading lamp", "阅读灯"),
        c.t("Window strip", "窗边灯带"),
        c.t("Desk lamp", "台灯"),
    ]
    rows = [
        ui.item(
            lamp,
            icon="bulb",
            icon_color=c.rng.choice(("#f9a825", "#9e9e9e", "#1e88e5", "#d81b60")),
            control=ui.row_slider(c.rng.randint(0, 100)) if c.chance(0.5) else ui.switch(c.chance(0.5)),
        )
        for lamp in c.some(lamps, 3, 5)
    ]
    body = [
        ui.section([ui.item(c.t("All lights", "全部灯光"), icon="bulb", control=ui.switch(c.chance(0.7)))]),
        ui.slider(c.t("Brightness", "亮度"), c.rng.randint(1, 100)),
        ui.slider(c.t("Warmth", "色温"), c.rng.randint(0, 100)),
        ui.chips(c.all(pairs("Reading|阅读; Relax|放松; Focus|专注; Party|派对; Night|夜间")), [c.rng.randrange(5)]),
        ui.section(rows, c.t("Lamps", "灯具")),
        common.links(
            [
                (c.t("Turn off at", "定时关闭"), "clock", c.clock(c.at(23, 30))),
                (c.t("Wake-up light", "唤醒灯光"), "sun", c.clock(c.at(6, 45))),
            ]
        ),
    ]
    return ui.screen(
        common.inner(c, room, "power", back=c.t("Home", "家庭")),
        body,
        overlays=[
            ui.sheet(c.t("Scene", "场景"), *c.all(pairs("Sunset|日落; Forest|森林; Candle|烛光; Cancel|取消"))),
            common.toast(c),
        ],
    )


def energy(c: Content) -> ui.Screen:
    days = [c.weekday(c.now - timedelta(days=6 - i), short=True) for i in range(7)]
    used = [round(c.rng.uniform(4, 18), 1) for _ in days]
    price = c.rng.choice((28, 31, 34)) if not c.zh else c.rng.choice((52, 56, 61))
    total = round(sum(used), 1)
    names = c.sample(
        pairs("Heating|供暖; Kitchen|厨房; Lighting|照明; Washing|洗衣; Entertainment|影音; Car charger|充电桩"), 4
    )
    shares = sorted(common.split_evenly(c, 100, 4, 5), reverse=True)
    body = [
        ui.segments(c.all(pairs("Week|周; Month|月; Year|年")), 0),
        ui.stats(
            ui.stat(c.t("Used", "用电"), f"{total:.1f}", "kWh", "flash"),
            ui.stat(c.t("Cost", "费用"), c.money(round(total * price)), icon="cash"),
        ),
        ui.chart("bar", c.t("Use by day", "每日用电"), days, used, "kWh", used.index(max(used))),
        ui.chart("pie", c.t("What uses it", "用电去向"), names, shares, "%"),
        ui.section(
            [
                ui.item(c.t("Tariff", "电价"), None, f"{c.money(price)}/kWh"),
                ui.item(c.t("Meter reading", "电表读数"), None, c.number(c.rng.randint(3000, 90000))),
            ]
        ),
    ]
    return ui.screen(
        common.top(c, c.t("Energy", "能耗"), "calendar"),
        body,
        home_tabs(c, 2),
        overlays=[common.toast(c), common.share_sheet(c)],
    )


def door_row(c: Content, name: str, is_open: bool) -> ui.Component:
    return ui.item(
        name,
        c.t("Open", "已打开") if is_open else c.t("Closed", "已关闭"),
        icon="warning" if is_open else "lock",
        icon_color="#e53935" if is_open else "#2e9e4f",
        control=ui.row_button(c.t("View", "查看")),
    )


def security(c: Content) -> ui.Screen:
    doors = c.all(pairs("Front door|前门; Back door|后门; Garage|车库; Kitchen window|厨房窗户; Balcony|阳台"))
    open_ = [c.chance(0.25) for _ in doors]
    rows = [door_row(c, door, is_open) for door, is_open in zip(doors, open_, strict=True)]
    seen = [
        ui.item(
            c.pick(SEEN),
            c.ago(moment),
            icon="camera",
            control=ui.chevron(),
        )
        for moment in c.before(c.rng.randint(3, 6), 300)
    ]
    state = (
        ui.banner(c.t(f"{sum(open_)} open", f"{sum(open_)}处未关"), "danger", "warning")
        if any(open_)
        else ui.banner(c.t("All closed", "全部关闭"), "success", "shield")
    )
    body = [
        state,
        ui.segments(c.all(pairs("Off|关闭; At home|在家; Away|离家")), c.rng.randrange(3)),
        ui.section(rows, c.t("Doors and windows", "门窗")),
        ui.section(seen, c.t("Today", "今天")),
        ui.button(c.t("Call for help", "求助"), color="#e53935", icon="call"),
    ]
    return ui.screen(
        common.inner(c, c.t("Security", "安防"), "settings"),
        body,
        overlays=[
            common.incoming(c),
            ui.dialog(
                c.t("Arm the alarm?", "开启警报？"),
                c.t("Leave within 60 seconds.", "请在60秒内离开。"),
                c.t("Cancel", "取消"),
                c.t("Arm", "开启"),
            ),
        ],
    )


APPS = {"smart_home": smart_home, "thermostat": thermostat, "light": light, "energy": energy, "security": security}
