"""Shops: products, baskets, orders, apps to install."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.apps.wares import GOODS, priced
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

COLOURS = pairs("Black|黑色; White|白色; Navy|藏青; Red|红色; Green|绿色; Grey|灰色; Sand|沙色")


def goods(c: Content, count: int) -> list[tuple[str, str, int]]:
    """Some goods: name, picture, price in hundredths."""
    return priced(c, GOODS, count)


def shop_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Home|首页; Categories|分类; Basket|购物车; Account|我的"))
    return ui.tabs(
        list(zip(("home", "list", "cart", "person"), labels, strict=True)),
        selected,
        {2: str(c.rng.randint(1, 9))} if c.chance(0.6) else None,
    )


def shelf(c: Content) -> list[ui.Component]:
    """Goods, in one of three layouts."""
    made = goods(c, c.rng.randint(6, 10))
    layout = c.rng.choice(("gallery", "list", "cards"))
    if layout == "gallery":
        return [ui.gallery(2, [{"name": photo, "caption": f"{name} {c.money(price)}"} for name, photo, price in made])]
    if layout == "list":
        return [
            ui.section(
                [
                    ui.item(
                        name,
                        f"★ {c.rng.randint(30, 50) / 10} ({c.rng.randint(3, 900)})",
                        c.money(price),
                        picture=photo,
                        badge=c.t("Sale", "特价") if c.chance(0.2) else None,
                        control=ui.star(c.chance(0.25)) if c.chance(0.7) else None,
                    )
                    for name, photo, price in made
                ],
                c.t("For you", "为你推荐"),
            )
        ]
    return [
        ui.card(name, [ui.rating(c.rng.randint(5, 10) / 2)], c.money(price), photo) for name, photo, price in made[:5]
    ]


def shop(c: Content) -> ui.Screen:
    chips = ui.chips(
        c.all(pairs("All|全部; Clothes|服饰; Home|家居; Sport|运动; Electronics|数码; Toys|玩具")), [c.rng.randrange(6)]
    )
    sale = (
        [
            ui.banner(
                c.t(
                    f"Sale ends on {c.pick(words.WEEKDAYS)}: up to {c.rng.randint(2, 7) * 10}% off",
                    f"{c.pick(words.WEEKDAYS)}截止：低至{c.rng.randint(3, 8)}折",
                ),
                "danger",
                "tag",
            )
        ]
        if c.chance(0.4)
        else []
    )
    return ui.screen(
        common.top(c, c.t("Shop", "商城"), "cart", search=c.t("Search products", "搜索商品")),
        [chips, *sale, *shelf(c)],
        shop_tabs(c, 0),
        overlays=[common.sort_sheet(c, c.t("Price: low to high", "价格从低到高")), common.toast(c)],
    )


def product(c: Content) -> ui.Screen:
    name, photo, price = goods(c, 1)[0]
    shades, stock = c.sample(COLOURS, c.rng.randint(3, 5)), c.rng.randint(0, 20)
    votes = c.rng.randint(4, 2000)
    about = [
        (
            c.t("Delivery", "配送"),
            c.t(
                f"Arrives on {c.full_day(c.now + timedelta(days=3))}.", f"{c.full_day(c.now + timedelta(days=3))}送达。"
            ),
            c.chance(0.5),
        ),
        (c.t("Returns", "退货"), c.t("Free within 30 days.", "30天内免费退货。"), c.chance(0.3)),
        (c.t("Materials and care", "材质与保养"), c.t("Wipe with a damp cloth.", "用湿布擦拭。"), c.chance(0.3)),
    ]
    body = [
        ui.picture(photo, c.rng.choice((220, 260, 300))),
        ui.text(name, "title"),
        ui.rating(c.rng.randint(5, 10) / 2, c.t(f"{votes:,} reviews", f"{votes:,}条评价")),
        ui.text(c.money(price), "heading"),
        ui.text(c.t("Colour", "颜色"), "caption"),
        ui.chips(shades, [c.rng.randrange(len(shades))]),
        ui.text(c.t("Size", "尺码"), "caption"),
        ui.segments(("S", "M", "L", "XL"), c.rng.randrange(4)),
        ui.stepper(c.t("Quantity", "数量"), c.rng.choice((1, 1, 2, 3))),
        ui.banner(c.t(f"Only {stock} left", f"仅剩{stock}件"), "warning")
        if 0 < stock < 8
        else ui.text(c.t("In stock", "有货") if stock else c.t("Sold out", "已售罄"), "caption"),
        ui.buttons(
            ui.button(c.t("Add to basket", "加入购物车"), icon="cart", disabled=not stock or None),
            ui.button(c.t("Wish list", "收藏"), "outline", icon="heart"),
        ),
        ui.accordion(about),
        ui.section(
            [ui.item(c.name(), c.pick(words.REVIEWS), f"{c.rng.randint(2, 5)} ★") for _ in range(2)],
            c.t("Reviews", "评价"),
        ),
    ]
    return ui.screen(
        common.inner(c, c.t("Product", "商品详情"), "share", "heart"),
        body,
        overlays=[common.share_sheet(c), ui.toast(c.t("Added to basket", "已加入购物车"))],
    )


def shopping_cart(c: Content) -> ui.Screen:
    made = [(name, photo, price, c.rng.choice((1, 1, 1, 2, 3))) for name, photo, price in goods(c, c.rng.randint(2, 6))]
    subtotal = sum(price * count for _, _, price, count in made)
    saving = subtotal // 10 if c.chance(0.4) else 0
    post = 0 if c.chance(0.4) else c.price(3, 7)
    rows = [
        ui.item(name, c.money(price), picture=photo, control=ui.row_stepper(count, 1, 20))
        for name, photo, price, count in made
    ]
    sums = [
        ui.item(c.t("Subtotal", "小计"), None, c.money(subtotal)),
        ui.item(c.t("Delivery", "运费"), None, c.money(post) if post else c.t("Free", "免运费")),
    ]
    if saving:
        sums.insert(1, ui.item(c.t("Voucher", "优惠券"), None, c.money(-saving)))
    total = c.money(subtotal + post - saving)
    sums.append(ui.item(c.t("Total", "合计"), None, total))
    body = [
        ui.section(rows),
        ui.field(
            c.t("Voucher", "优惠码"),
            "SAVE10" if saving else "",
            c.t("Enter a code", "输入优惠码"),
            **({"error": c.t("This code has expired", "优惠码已过期")} if not saving and c.chance(0.3) else {}),
        ),
        ui.section(
            [
                ui.item(c.t("Gift wrapping", "礼品包装"), icon="gift", control=ui.checkbox(c.chance(0.3))),
                ui.item(c.t("Use my points", "使用积分"), icon="star", control=ui.switch(c.chance(0.4))),
            ]
        ),
        ui.section(sums),
        ui.button(c.t(f"Check out · {total}", f"去结算 · {total}"), icon="card"),
    ]
    gone = ui.dialog(c.t("Remove item?", "移除商品？"), made[0][0], c.t("Cancel", "取消"), c.t("Remove", "移除"))
    return ui.screen(
        common.top(c, c.t("Basket", "购物车"), "edit"), body, shop_tabs(c, 2), overlays=[gone, common.toast(c)]
    )


def checkout(c: Content) -> ui.Screen:
    total, me = c.price(15, 300), c.name()
    ways = [
        (c.t("Card", "银行卡") + f" •••• {c.code('####')}", "card"),
        (c.t("Wallet", "钱包"), "wallet"),
        (c.t("Pay later", "先用后付"), "clock"),
        (c.t("Gift card", "礼品卡"), "gift"),
    ]
    one = c.rng.randrange(4)
    speed = [
        (c.t("Standard, 3 days", "普通，3天"), 0),
        (c.t("Express, next day", "加急，次日达"), 599),
        (c.t("Collect in store", "到店自提"), 0),
    ]
    pays = [
        ui.item(name, icon=icon, control=ui.radio(i == one), disabled=True if i == 2 and one != 2 else None)
        for i, (name, icon) in enumerate(ways)
    ]
    fast = c.rng.randrange(3)
    ships = [
        ui.item(name, None, c.money(fee) if fee else c.t("Free", "免费"), control=ui.radio(i == fast))
        for i, (name, fee) in enumerate(speed)
    ]
    body = [
        ui.steps(
            [
                (c.t("Basket", "购物车"), None, "done"),
                (c.t("Payment", "付款"), None, "current"),
                (c.t("Done", "完成"), None, "todo"),
            ]
        ),
        ui.section([ui.item(me, c.address(), icon="home", control=ui.chevron())], c.t("Deliver to", "收货地址")),
        ui.section(ships, c.t("Delivery", "配送方式")),
        ui.section(pays, c.t("Payment", "支付方式")),
        ui.section([ui.item(c.t("I accept the terms", "我同意条款"), control=ui.checkbox(c.chance(0.6)))]),
        ui.button(c.t(f"Pay {c.money(total + speed[fast][1])}", f"支付{c.money(total + speed[fast][1])}"), icon="lock"),
    ]
    failed = ui.dialog(
        c.t("Payment failed", "支付失败"),
        c.t("Your bank declined the payment.", "银行拒绝了此次支付。"),
        c.t("Try again", "重试"),
    )
    return ui.screen(common.inner(c, c.t("Checkout", "结算")), body, overlays=[failed, common.toast(c)])


def orders(c: Content) -> ui.Screen:
    states = c.all(pairs("Delivered|已签收; On its way|运输中; Preparing|备货中; Cancelled|已取消; Returned|已退货"))
    day, rows = c.now, []
    for name, photo, price in goods(c, c.rng.randint(5, 9)):
        day -= timedelta(days=c.rng.randint(1, 30))
        rows.append(
            ui.item(
                name,
                f"{c.rng.choice(states)} · {c.day(day)} · {c.money(price)}",
                picture=photo,
                control=ui.row_button(c.t("Buy again", "再次购买")) if c.chance(0.3) else ui.chevron(),
            )
        )
    filters = c.all(pairs("All|全部; Open|进行中; Returns|退货"))
    return ui.screen(
        common.inner(c, c.t("Orders", "我的订单"), "search"),
        [ui.segments(filters, 0), ui.section(rows)],
        shop_tabs(c, 3),
        overlays=[common.sort_sheet(c), common.incoming(c)],
    )


def order_tracking(c: Content) -> ui.Screen:
    titles = c.all(pairs("Ordered|已下单; Packed|已打包; Shipped|已发货; Out for delivery|派送中; Delivered|已签收"))
    stage = c.rng.randint(1, 4)
    steps, day = [], c.now - timedelta(days=stage)
    for i, title in enumerate(titles):
        moment = day + timedelta(days=i, minutes=c.rng.randint(-200, 0))
        steps.append(
            (
                title,
                f"{c.day(moment)}{c.t(', ', ' ')}{c.clock(moment)}" if i <= stage else None,
                "done" if i < stage or stage == 4 else "current" if i == stage else "todo",
            )
        )
    name, photo, price = goods(c, 1)[0]
    body = [
        ui.section([ui.item(name, c.t("Quantity", "数量") + " 1", c.money(price), picture=photo)]),
        ui.steps(steps),
        ui.section(
            [
                ui.item(
                    c.t("Carrier", "承运商"),
                    None,
                    c.pick(pairs("Swift Post|迅达快递; Parcel Bee|蜂鸟速递; Blue Van|蓝车物流")),
                ),
                ui.item(c.t("Tracking no.", "运单号"), None, c.code("??########"), icon="barcode"),
                ui.item(c.t("Deliver to", "收货地址"), c.address(), icon="home"),
            ]
        ),
        ui.buttons(
            ui.button(c.t("Contact", "联系客服"), "outline", icon="chat"),
            ui.button(c.t("Return", "退货"), "outline", icon="undo", disabled=stage < 4 or None),
        ),
    ]
    if c.chance(0.5):
        body.insert(
            0,
            ui.map_(
                [
                    {"label": c.t("Parcel", "包裹"), "x": round(0.15 * stage + 0.1, 2), "y": 0.5},
                    {"label": c.t("Home", "家"), "x": 0.85, "y": 0.35},
                ]
            ),
        )
    return ui.screen(
        common.inner(c, c.t("Order", "订单") + f" {c.code('######')}", back=c.t("Orders", "订单")),
        body,
        overlays=[common.toast(c), common.incoming(c)],
    )


def app_facts(c: Content) -> ui.Component:
    return ui.stats(
        ui.stat(c.t("Rating", "评分"), f"{c.rng.randint(30, 50) / 10}", icon="star"),
        ui.stat(c.t("Size", "大小"), c.size(c.rng.randint(8, 900))),
        ui.stat(c.t("Age", "年龄"), f"{c.rng.choice((4, 9, 12, 17))}+"),
        ui.stat(c.t("Downloads", "下载量"), c.t(f"{c.rng.randint(1, 90)}M", f"{c.rng.randint(1, 900)}万")),
    )


def votes(c: Content) -> ui.Component:
    """How many stars people gave, most of them five."""
    stars = sorted((c.rng.randint(4, 100) for _ in range(5)), reverse=True)
    return ui.chart("bar", c.t("Ratings", "评分分布"), ["5★", "4★", "3★", "2★", "1★"], stars, c.t("votes", "票"))


def app_store(c: Content) -> ui.Screen:
    name, maker, loading = (
        c.pick(words.APP_NAMES) + c.t(" ", "") + c.pick(pairs("Plus|+; Pro|大师; Lite|极速版; Go|随行")),
        c.company(),
        c.chance(0.3),
    )
    share = c.rng.randint(2, 98) / 100
    install = (
        ui.progress(c.t("Installing…", "正在安装…"), share)
        if loading
        else ui.button(c.t(*c.rng.choice((("Install", "安装"), ("Open", "打开"), ("Update", "更新")))))
    )
    body = [
        ui.section(
            [
                ui.item(
                    name,
                    maker,
                    icon=c.rng.choice(("game", "chat", "book", "map", "camera", "fitness", "music")),
                    icon_color=c.color(),
                )
            ]
        ),
        install,
        app_facts(c),
        ui.gallery(3, [{"name": photo} for photo in c.photos(3, "place", "animal", "food")]),
        ui.text(c.t("What is new", "新功能"), "heading"),
        ui.text(c.t("Bug fixes and a faster start.", "修复问题，启动更快。")),
        votes(c),
        ui.section(
            [ui.item(c.name(), c.pick(words.REVIEWS), f"{c.rng.randint(2, 5)} ★") for _ in range(2)],
            c.t("Reviews", "评价"),
        ),
    ]
    labels = c.all(pairs("Today|今日; Games|游戏; Apps|应用; Search|搜索"))
    tabs = (
        ui.tabs(list(zip(("newspaper", "game", "tablet", "search"), labels, strict=True)), 2) if c.chance(0.6) else None
    )
    pay = ui.sheet(
        c.t("Confirm install", "确认安装"),
        f"{name} · {c.t('Free', '免费')}",
        c.t("Install", "安装"),
        c.t("Cancel", "取消"),
    )
    return ui.screen(
        common.inner(c, c.t("App", "应用"), "share", back=c.t("Apps", "应用")),
        body,
        tabs,
        overlays=[pay, common.toast(c)],
    )


APPS = {
    "shop": shop,
    "product": product,
    "shopping_cart": shopping_cart,
    "checkout": checkout,
    "orders": orders,
    "order_tracking": order_tracking,
    "app_store": app_store,
}
