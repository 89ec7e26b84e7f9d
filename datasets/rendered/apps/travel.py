"""The weather, trains, flights and hotels."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

SKIES = (
    ("Sunny", "晴", "sun"),
    ("Cloudy", "多云", "cloud"),
    ("Light rain", "小雨", "rain"),
    ("Heavy rain", "大雨", "umbrella"),
    ("Snow", "雪", "snow"),
    ("Storm", "雷阵雨", "flash"),
    ("Windy", "大风", "wind"),
)
HOTELS = pairs(
    """
        Grand Harbour Hotel|海港大酒店; The Old Post|老邮局酒店; Garden Inn|花园旅馆; Hotel Meridian|子午线酒店
        City Rooms|都市客房; Lakeside Lodge|湖畔小屋
        """
    "Royal Palms|皇家棕榈酒店; Hill View B&B|山景民宿; Station Hotel|车站酒店; Blue Door Hostel|蓝门青旅"
)


def weather(c: Content) -> ui.Screen:
    noon = c.rng.randint(-3, 33)
    skies = [sky for sky in SKIES if sky[0] != ("Snow" if noon > 4 else "Storm")]
    sky = c.rng.choice(skies)
    hours = [c.now + timedelta(hours=2 * i) for i in range(6)]
    curve = [round(value) for value in common.wander(c, noon, 2.4, 6, -20)]
    curve = [value if c.metric else round(value * 1.8 + 32) for value in curve]
    week = []
    for i in range(1, 7):
        name, chinese, icon = c.rng.choice(skies)
        low = noon - c.rng.randint(4, 9)
        week.append(
            ui.item(
                c.weekday(c.now + timedelta(days=i)),
                c.t(name, chinese),
                f"{c.degrees(low)} / {c.degrees(low + c.rng.randint(4, 9))}",
                icon=icon,
            )
        )
    facts = ui.stats(
        ui.stat(c.t("Humidity", "湿度"), str(c.rng.randint(25, 95)), "%", "droplet"),
        ui.stat(c.t("Wind", "风速"), str(c.rng.randint(2, 60)), "km/h" if c.metric else "mph", "wind"),
        ui.stat(c.t("UV index", "紫外线"), str(c.rng.randint(0, 9)), icon="sun"),
    )
    unit = "°C" if c.metric else "°F"
    body = [
        ui.text(f"{curve[0]}°", "title"),
        ui.text(c.t(*sky[:2]), "heading"),
        facts,
        ui.chart(
            c.rng.choice(("line", "bar")),
            c.t("Next hours", "未来几小时"),
            [c.clock(h.replace(minute=0)) for h in hours],
            curve,
            unit,
        ),
        ui.section(week, c.t("Next days", "未来几天")),
    ]
    if c.chance(0.3):
        body.insert(
            0,
            ui.banner(
                c.t(f"Rain expected at {c.clock(hours[2])}", f"预计{c.clock(hours[2])}有雨"), "warning", "umbrella"
            ),
        )
    head = ui.header(c.pick(words.CITIES), large=c.chance(0.6), actions=["location", "menu"])
    return ui.screen(head, body, overlays=[common.toast(c), common.incoming(c), ui.menu(*c.sample(words.CITIES, 4))])


def transit_board(c: Content) -> ui.Screen:
    here, *others = c.sample(words.TOWNS, c.rng.randint(6, 10))
    moment, rows = c.now, []
    states = c.all(pairs("On time|准点; On time|准点; Delayed|晚点; Cancelled|取消; Boarding|检票中"))
    for there in others:
        moment += timedelta(minutes=c.rng.randint(3, 26))
        state = c.rng.choices(states, (5, 5, 3, 1, 2))[0]
        rows.append([c.clock(moment), there, str(c.rng.randint(1, 14)), state])
    columns = c.all(pairs("Time|时间; To|终点; Platform|站台; Status|状态"))
    if c.chance(0.5):
        times: ui.Component = ui.table(columns, rows)
    else:
        times = ui.section(
            [
                ui.item(
                    to,
                    c.t(f"Platform {platform} · {state}", f"{platform}站台 · {state}"),
                    at,
                    icon="subway",
                    badge=c.t("Late", "晚") if state == states[2] else None,
                )
                for at, to, platform, state in rows
            ]
        )
    body = [
        ui.segments([c.t("Departures", "出发"), c.t("Arrivals", "到达")], 0),
        ui.text(c.t(f"Last update {c.clock(c.now)}", f"更新时间 {c.clock(c.now)}"), "caption"),
        times,
    ]
    if c.chance(0.3):
        body.insert(
            0,
            ui.banner(
                c.t("Works on the line until Sunday. Allow more time.", "线路施工至周日，请预留时间。"),
                "warning",
                "warning",
            ),
        )
    return ui.screen(
        common.top(c, here + c.t(" Central", "站"), "star", "refresh"),
        body,
        overlays=[common.toast(c), common.sort_sheet(c)],
    )


def boarding_pass(c: Content) -> ui.Screen:
    start, end = c.sample(words.CITIES, 2)
    leaves = c.now + timedelta(minutes=c.rng.randint(50, 900))
    rows = [
        ui.item(c.t("Passenger", "乘客"), None, c.name(), icon="person"),
        ui.item(c.t("Flight", "航班"), None, c.code("?? ####"), icon="airplane"),
        ui.item(c.t("Date", "日期"), None, c.dated(leaves), icon="calendar"),
        ui.item(c.t("Departure", "起飞"), None, c.clock(leaves), icon="clock"),
        ui.item(c.t("Arrival", "到达"), None, c.clock(leaves + timedelta(minutes=c.rng.randint(60, 600)))),
        ui.item(c.t("Terminal", "航站楼"), None, str(c.rng.randint(1, 5))),
    ]
    facts = ui.stats(
        ui.stat(c.t("Gate", "登机口"), c.code("?#")),
        ui.stat(c.t("Seat", "座位"), f"{c.rng.randint(1, 42)}{c.rng.choice('ABCDEF')}"),
        ui.stat(c.t("Boarding", "登机"), c.clock(leaves - timedelta(minutes=40))),
        ui.stat(c.t("Group", "组别"), str(c.rng.randint(1, 5))),
    )
    body = [
        ui.card(
            f"{start} → {end}", [facts], c.pick(pairs("Economy|经济舱; Premium economy|超级经济舱; Business|商务舱"))
        ),
        ui.section(c.some(rows, 5, 6)),
        ui.picture("plane", 140),
        ui.button(c.t("Add to wallet", "添加到卡包"), icon="wallet"),
        ui.button(c.t("Change seat", "更改座位"), "text"),
    ]
    if c.chance(0.3):
        body.insert(0, ui.banner(c.t("Your gate has changed.", "登机口已变更。"), "info", "info"))
    return ui.screen(
        common.inner(c, c.t("Boarding pass", "登机牌"), "share", back=c.t("Trips", "行程")),
        body,
        overlays=[common.share_sheet(c), common.toast(c)],
    )


def hotel(c: Content) -> ui.Screen:
    nights, guests, each = c.rng.randint(1, 7), c.rng.randint(1, 4), c.price(45, 260)
    arrive = c.now + timedelta(days=c.rng.randint(2, 60))
    score = c.rng.randint(6, 10) / 2
    fee = c.price(3, 18)
    offers = common.switches(
        c,
        [
            (c.t("Breakfast", "含早餐"), "cafe"),
            (c.t("Airport transfer", "机场接送"), "car"),
            (c.t("Late check-out", "延迟退房"), "clock"),
        ],
        c.t("Extras", "附加服务"),
    )
    sums = ui.section(
        [
            ui.item(c.t(f"{nights} × {c.money(each)}", f"{nights}晚 × {c.money(each)}"), None, c.money(nights * each)),
            ui.item(c.t("City tax", "城市税"), None, c.money(fee)),
            ui.item(c.t("Total", "合计"), None, c.money(nights * each + fee)),
        ]
    )
    body = [
        ui.gallery(3, [{"name": name} for name in ("bed", "beach", c.rng.choice(("sunrise", "city", "mountain")))])
        if c.chance(0.4)
        else ui.picture(c.scene(), 190),
        ui.text(c.pick(HOTELS), "title"),
        ui.rating(score, c.t(f"{c.rng.randint(40, 3000):,} reviews", f"{c.rng.randint(40, 3000):,}条评价")),
        ui.section(
            [
                ui.item(c.t("Check-in", "入住"), None, c.full_day(arrive), icon="calendar"),
                ui.item(c.t("Check-out", "退房"), None, c.full_day(arrive + timedelta(days=nights)), icon="calendar"),
                ui.item(c.t("Guests", "客人"), icon="people", control=ui.row_stepper(guests, 1, 8)),
            ]
        ),
        offers,
        sums,
        ui.button(c.t("Book now", "立即预订")),
    ]
    done = ui.dialog(
        c.t("Booking confirmed", "预订成功"),
        c.t(f"Your number is {c.code('??####')}.", f"预订号：{c.code('??####')}"),
        c.t("OK", "好"),
    )
    return ui.screen(
        common.inner(c, c.t("Hotel", "酒店"), "heart", "share"), body, overlays=[done, common.share_sheet(c)]
    )


def trips(c: Content) -> ui.Screen:
    day, cards = c.now, []
    for city in c.sample(words.CITIES, c.rng.randint(2, 4)):
        day += timedelta(days=c.rng.randint(4, 40))
        days = c.rng.randint(2, 12)
        end = day + timedelta(days=days)
        body = [
            ui.text(
                c.t(f"{days} nights · {c.rng.randint(1, 5)} travellers", f"{days}晚 · {c.rng.randint(1, 5)}位旅客"),
                "body",
            )
        ]
        if c.chance(0.5):
            body.append(ui.progress(c.t("Packing list", "行李清单"), c.rng.randint(0, 10) / 10))
        cards.append(ui.card(city, body, f"{c.day(day)} – {c.day(end)}", c.scene()))
        day = end
    body = [ui.segments([c.t("Upcoming", "即将出行"), c.t("Past", "已结束")], 0), *cards]
    labels = c.all(pairs("Trips|行程; Explore|发现; Messages|消息; Profile|我的"))
    tabs = ui.tabs(
        list(zip(("airplane", "search", "chat", "person"), labels, strict=True)), 0, {2: "2"} if c.chance(0.3) else None
    )
    return ui.screen(
        common.top(c, c.t("Trips", "行程")),
        body,
        tabs,
        "plus" if c.chance(0.5) else None,
        [common.edit_menu(c), common.toast(c)],
    )


APPS = {
    "weather": weather,
    "transit_board": transit_board,
    "boarding_pass": boarding_pass,
    "hotel": hotel,
    "trips": trips,
}
