"""Maps, the way there, taxis and parking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

OPERATORS = pairs(
    "Blue Taxi|蓝色出租; Comfort|舒适型; Economy|经济型; Premium|豪华型; Shared|拼车; Van|商务车; Electric|新能源"
)
CARS = pairs(
    """
        White Toyota Prius|白色丰田普锐斯; Black Tesla Model 3|黑色特斯拉Model 3; Silver Skoda Octavia|银色斯柯达明锐
        Blue Kia Niro|蓝色起亚; Grey VW Passat|灰色大众帕萨特; Red Mazda 3|红色马自达3
        """
)


def map_search(c: Content) -> ui.Screen:
    eating = c.chance(0.5)
    places = c.sample(words.RESTAURANTS if eating else words.SHOPS, c.rng.randint(4, 6))
    pins = [  # one above the other, so that no label covers the next
        {"label": name, "x": round(c.rng.uniform(0.2, 0.8), 2), "y": round(0.2 + 0.72 * i / len(places), 2)}
        for i, name in enumerate(c.shuffled(places))
    ]
    near = sorted(c.rng.uniform(0.1, 6) for _ in places)
    rows = [
        ui.item(
            name,
            f"{c.distance(far)} · {c.street()}",
            f"★ {c.rng.randint(31, 50) / 10}",
            icon="restaurant" if eating else "store",
            control=ui.chevron(),
        )
        for name, far in zip(places, near, strict=True)
    ]
    chips = ui.chips(
        c.all(pairs("Restaurants|餐厅; Coffee|咖啡; Petrol|加油站; Parking|停车场; Hotels|酒店")),
        [0] if eating and c.chance(0.7) else [],
    )
    body = [chips, ui.map_(pins, (0.5, 0.55) if c.chance(0.7) else None), ui.section(rows, c.t("Nearby", "附近"))]
    labels = c.all(pairs("Explore|探索; Saved|收藏; Routes|路线"))
    tabs = ui.tabs(list(zip(("compass", "bookmark", "navigate"), labels, strict=True)), 0)
    return ui.screen(
        common.top(c, c.t("Map", "地图"), search=c.t("Search here", "搜索地点")),
        body,
        tabs,
        "location" if c.chance(0.5) else None,
        [common.share_sheet(c)],
    )


def directions(c: Content) -> ui.Screen:
    goal = c.pick(words.SHOPS)
    total = c.rng.randint(8, 75)
    turns = c.all(
        pairs(
            """
                Turn left|左转; Turn right|右转; Go straight on|直行; At the roundabout, take exit 2|环岛第二出口
                Keep left|靠左行驶
                """
        )
    )
    legs = common.split_evenly(c, c.rng.randint(20, 120), 4)
    steps = [
        (
            f"{c.rng.choice(turns)}{c.t(' onto ', '进入')}{c.road()}",
            c.distance(leg / 10),
            "done" if i == 0 else "current" if i == 1 else "todo",
        )
        for i, leg in enumerate(legs)
    ]
    pins = [{"label": goal, "x": 0.8, "y": 0.25}]
    body = [
        ui.segments(c.all(pairs("Car|驾车; Transit|公交; Walk|步行; Cycle|骑行")), c.rng.randrange(4)),
        ui.stats(
            ui.stat(c.t("Time", "时间"), c.minutes(total), icon="clock"),
            ui.stat(c.t("Arrival", "到达"), c.clock(c.now + timedelta(minutes=total))),
            ui.stat(c.t("Distance", "距离"), c.distance(sum(legs) / 10)),
        ),
        ui.map_(pins, (0.2, 0.75)),
        ui.steps(steps),
        ui.buttons(
            ui.button(c.t("Steps", "步骤"), "outline", icon="list"),
            ui.button(c.t("Start", "开始导航"), icon="navigate"),
        ),
    ]
    return ui.screen(common.inner(c, goal, "share"), body, overlays=[common.share_sheet(c), common.toast(c)])


def ride_coming(c: Content, pins: list[dict[str, Any]], place: ui.Component, wait: int) -> list[ui.Component]:
    driver = c.name()
    plate = c.t(c.code("??## ???"), f"京{c.code('?·#####')}")
    return [
        ui.map_(pins, (0.25, 0.7)),
        ui.text(c.t(f"Arriving in {wait} min", f"{wait}分钟后到达"), "title"),
        ui.section(
            [
                ui.item(
                    driver,
                    f"{c.pick(CARS)} · {plate}",
                    f"★ {c.rng.randint(42, 50) / 10}",
                    avatar=c.initials(driver),
                )
            ]
        ),
        place,
        ui.buttons(
            ui.button(c.t("Message", "发消息"), "outline", icon="chat"),
            ui.button(c.t("Call", "打电话"), "outline", icon="call"),
        ),
        ui.button(c.t("Cancel ride", "取消行程"), "text", color="#e53935"),
    ]


def ride_choice(c: Content, pins: list[dict[str, Any]], place: ui.Component, wait: int) -> list[ui.Component]:
    names = c.sample(OPERATORS, c.rng.randint(3, 5))
    one = common.chosen(c, names)
    rows = [
        ui.item(
            name,
            c.t(f"{wait + i * 2} min away", f"{wait + i * 2}分钟可到"),
            c.money(c.price(6, 40)),
            icon="car",
            control=ui.radio(i == one),
        )
        for i, name in enumerate(names)
    ]
    return [
        ui.map_(pins, (0.25, 0.7)),
        place,
        ui.section(rows, c.t("Choose a ride", "选择车型")),
        ui.button(c.t(f"Order {names[one]}", f"呼叫{names[one]}")),
    ]


def ride(c: Content) -> ui.Screen:
    goal, wait = c.pick(words.RESTAURANTS), c.rng.randint(2, 14)
    pins = [{"label": c.t("Pick-up", "上车点"), "x": 0.25, "y": 0.7}, {"label": goal, "x": 0.75, "y": 0.3}]
    place = ui.section(
        [
            ui.item(c.t("From", "起点"), c.street(), icon="location"),
            ui.item(c.t("To", "终点"), f"{goal}{c.t(', ', '，')}{c.street()}", icon="flag"),
        ]
    )
    shown = ride_coming if c.chance(0.5) else ride_choice
    body = shown(c, pins, place, wait)
    cancel = ui.dialog(
        c.t("Cancel the ride?", "取消行程？"),
        c.t(f"A fee of {c.money(c.price(2, 6))} applies.", f"将收取{c.money(c.price(2, 6))}取消费。"),
        c.t("Keep ride", "继续等待"),
        c.t("Cancel ride", "取消行程"),
    )
    return ui.screen(common.top(c, c.t("Ride", "打车"), "menu"), body, overlays=[cancel, common.incoming(c)])


def parking(c: Content) -> ui.Screen:
    hours, rate = c.rng.randint(1, 8), c.rng.randint(2, 9) * 50 * (7 if c.zh else 1)
    until = c.now + timedelta(hours=hours)
    plate = c.t(c.code("??## ???"), f"沪{c.code('?·#####')}")
    body = [
        ui.banner(c.t(f"Parked until {c.clock(until)}", f"停车至{c.clock(until)}"), "success", "check")
        if c.chance(0.5)
        else ui.map_([{"label": f"P{c.rng.randint(1, 40)}", "x": 0.4, "y": 0.5}], (0.6, 0.6)),
        ui.section(
            [
                ui.item(c.t("Zone", "区域"), None, c.code("####"), icon="pin"),
                ui.item(c.t("Vehicle", "车辆"), None, plate, icon="car", control=ui.chevron()),
                ui.item(c.t("Street", "街道"), None, c.street()),
            ]
        ),
        ui.stepper(c.t("Hours", "小时"), hours),
        ui.section(
            [
                ui.item(c.t("Rate", "费率"), None, c.money(rate) + c.t(" per hour", "/小时")),
                ui.item(c.t("Total", "合计"), None, c.money(rate * hours)),
            ]
        ),
        common.switches(
            c,
            [
                (c.t("Remind me before the end", "结束前提醒我"), "bell"),
                (c.t("Extend automatically", "自动续时"), "refresh"),
            ],
        ),
        ui.button(c.t(f"Pay {c.money(rate * hours)}", f"支付{c.money(rate * hours)}"), icon="card"),
    ]
    return ui.screen(
        common.top(c, c.t("Parking", "停车"), "clock"),
        body,
        overlays=[
            ui.sheet(
                c.t("Pay with", "支付方式"),
                *c.all(pairs("Card|银行卡; Wallet|钱包; Company account|公司账户")),
                c.t("Cancel", "取消"),
            ),
            common.toast(c),
        ],
    )


APPS = {
    "map_search": map_search,
    "directions": directions,
    "ride": ride,
    "parking": parking,
}
