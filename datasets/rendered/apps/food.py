"""Restaurants, menus, orders and recipes."""

from __future__ import annotations

from datetime import timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.apps.wares import COOKING, DISHES, KITCHENS, priced
from pocketvlm.datasets.rendered.content import Content
from pocketvlm.datasets.rendered.words import pairs

CUISINES = pairs(
    """
        Italian|意大利菜; Chinese|中餐; Japanese|日料; Indian|印度菜; Mexican|墨西哥菜; Thai|泰国菜; Burgers|汉堡
        Vegan|素食; Café|咖啡馆; Korean|韩餐
        """
)
RECIPE_STEPS = pairs("""
Chop the onions and the garlic.|把洋葱和大蒜切碎。; Heat the oil in a large pan.|在大锅中把油烧热。
Add the vegetables and stir for five minutes.|放入蔬菜翻炒五分钟。; Season with salt and pepper.|加盐和胡椒调味。
Pour in the stock and bring to the boil.|倒入高汤煮开。; Let it simmer for twenty minutes.|小火炖二十分钟。
Serve hot with fresh bread.|配新鲜面包趁热食用。; Mix the flour and the eggs.|把面粉和鸡蛋混合。
Bake until golden.|烤至金黄色。; Leave to cool before cutting.|放凉后再切。
""")
INGREDIENTS = pairs(
    """
        Flour 200 g|面粉 200克; Eggs 3|鸡蛋 3个; Milk 250 ml|牛奶 250毫升; Butter 50 g|黄油 50克; Onion 1|洋葱 1个
        Garlic 2 cloves|大蒜 2瓣; Tomatoes 4|番茄 4个
        Rice 300 g|大米 300克; Olive oil 2 tbsp|橄榄油 2汤匙; Chicken 500 g|鸡肉 500克; Salt 1 tsp|盐 1茶匙
        Carrots 2|胡萝卜 2根
        """
)


def dishes(c: Content, count: int) -> list[tuple[str, str, int]]:
    """Some dishes: name, picture, price in hundredths."""
    return priced(c, DISHES, count)


def food_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Home|首页; Search|搜索; Orders|订单; Account|我的"))
    return ui.tabs(
        list(zip(("home", "search", "receipt", "person"), labels, strict=True)),
        selected,
        {2: "1"} if c.chance(0.3) else None,
    )


def restaurant_list(c: Content) -> list[ui.Component]:
    """Restaurants with a picture of what they cook, as cards or as rows."""
    chosen = c.rng.sample(range(len(words.RESTAURANTS)), c.rng.randint(4, 8))
    names = [words.RESTAURANTS[index][c.zh] for index in chosen]
    kinds = [COOKING[KITCHENS[index]] for index in chosen]
    pictures = [c.rng.choice(kind.pictures) for kind in kinds]
    facts = [(kind.name[c.zh], c.rng.randint(31, 50) / 10, c.rng.randint(10, 60)) for kind in kinds]
    fee = c.t("Free delivery", "免配送费")
    if c.chance(0.5):
        return [
            ui.card(
                name,
                [ui.text(c.t(f"{kind} · {wait} min", f"{kind} · {wait}分钟"), "body")],
                f"★ {score}{' · ' + fee if c.chance(0.4) else ''}",
                photo,
            )
            for name, photo, (kind, score, wait) in zip(names, pictures, facts, strict=True)
        ]
    return [
        ui.section(
            [
                ui.item(
                    name,
                    c.t(f"{kind} · {wait} min", f"{kind} · {wait}分钟"),
                    f"★ {score}",
                    picture=photo,
                    badge=c.t("New", "新店") if c.chance(0.15) else None,
                )
                for name, photo, (kind, score, wait) in zip(names, pictures, facts, strict=True)
            ],
            c.t("Near you", "附近"),
        )
    ]


def restaurants(c: Content) -> ui.Screen:
    chips = ui.chips([c.t("All", "全部"), *c.sample(CUISINES, 5)], [0])
    offer = (
        [
            ui.banner(
                c.t(f"{c.rng.randint(2, 6) * 5}% off your first order", f"首单{c.rng.randint(6, 9)}折"),
                "success",
                "tag",
            )
        ]
        if c.chance(0.4)
        else []
    )
    return ui.screen(
        common.top(c, c.t("Food", "外卖"), "location", "cart", search=c.t("Dishes or restaurants", "搜索菜品或餐厅")),
        [chips, *offer, *restaurant_list(c)],
        food_tabs(c, 0),
        overlays=[common.sort_sheet(c, c.t("Delivery time", "配送时间"), c.t("Rating", "评分")), common.incoming(c)],
    )


def menu(c: Content) -> ui.Screen:
    made = dishes(c, c.rng.randint(6, 11))
    place = c.rng.randrange(len(words.RESTAURANTS))
    name, kitchen = words.RESTAURANTS[place][c.zh], COOKING[KITCHENS[place]]
    counted = c.chance(0.5)
    rows = [
        ui.item(
            dish,
            c.pick(pairs("Chef's choice|主厨推荐; Popular|人气; Spicy|微辣; Vegetarian|素食"))
            if c.chance(0.5)
            else None,
            c.money(price),
            picture=photo,
            control=ui.row_stepper(c.rng.choice((0, 0, 0, 1, 2)), 0, 20)
            if counted
            else ui.row_button(c.t("Add", "加")),
            disabled=c.chance(0.08) or None,
        )
        for dish, photo, price in made
    ]
    cut = len(rows) // 2
    many = sum(row["control"]["value"] for row in rows) if counted else c.rng.randint(1, 5)
    total = (
        sum(row["control"]["value"] * price for row, (_, _, price) in zip(rows, made, strict=True))
        if counted
        else sum(price for _, _, price in made[:many])
    )
    body = [
        ui.picture(kitchen.pictures[0], c.rng.choice((140, 180))),
        ui.text(name, "title"),
        ui.rating(c.rng.randint(6, 10) / 2, kitchen.name[c.zh]),
        ui.segments(c.all(pairs("Menu|菜单; Reviews|评价; Info|信息")), 0),
        ui.section(rows[:cut], c.t("Popular", "热销")),
        ui.section(rows[cut:], c.t("More dishes", "更多菜品")),
    ]
    if many:
        body.append(
            ui.button(
                c.t(f"View basket ({many}) · {c.money(total)}", f"查看购物篮（{many}）· {c.money(total)}"),
                icon="basket",
            )
        )
    extra = ui.sheet(c.t("Spice level", "辣度"), *c.all(pairs("Mild|不辣; Medium|中辣; Hot|特辣; Cancel|取消")))
    return ui.screen(common.inner(c, name, "heart", "search"), body, overlays=[extra, common.toast(c)])


def food_cart(c: Content) -> ui.Screen:
    made = [(dish, photo, price, c.rng.choice((1, 1, 2, 3))) for dish, photo, price in dishes(c, c.rng.randint(2, 6))]
    goods = sum(price * count for _, _, price, count in made)
    fee, tip = c.price(1, 5), c.rng.choice((0, 100, 200, 300)) * (5 if c.zh else 1)
    rows = [
        ui.item(dish, c.money(price), picture=photo, control=ui.row_stepper(count, 0, 20))
        for dish, photo, price, count in made
    ]
    sums = [
        ui.item(c.t("Dishes", "菜品"), None, c.money(goods)),
        ui.item(c.t("Delivery", "配送费"), None, c.money(fee)),
    ]
    if tip:
        sums.append(ui.item(c.t("Tip", "小费"), None, c.money(tip)))
    sums.append(ui.item(c.t("Total", "合计"), None, c.money(goods + fee + tip)))
    slots = [c.t("As soon as possible", "尽快送达"), *(c.clock(c.now + timedelta(minutes=m)) for m in (45, 75, 105))]
    body = [
        ui.section(rows, c.pick(words.RESTAURANTS)),
        common.radios(c, slots, c.t("Delivery time", "送达时间")),
        ui.section(
            [
                ui.item(c.t("Address", "地址"), c.address(), icon="home", control=ui.chevron()),
                ui.item(c.t("Leave at the door", "放在门口"), control=ui.checkbox(c.chance(0.5))),
                ui.item(c.t("No cutlery", "不要餐具"), control=ui.checkbox(c.chance(0.5))),
            ]
        ),
        ui.section(sums),
        ui.button(c.t(f"Order · {c.money(goods + fee + tip)}", f"提交订单 · {c.money(goods + fee + tip)}")),
    ]
    empty = ui.dialog(
        c.t("Empty the basket?", "清空购物篮？"),
        c.t("All dishes will be removed.", "所有菜品将被移除。"),
        c.t("Keep", "保留"),
        c.t("Empty", "清空"),
    )
    return ui.screen(common.inner(c, c.t("Basket", "购物篮"), "trash"), body, overlays=[empty, common.toast(c)])


def delivery(c: Content) -> ui.Screen:
    stage = c.rng.randint(0, 3)
    titles = c.all(pairs("Order confirmed|订单已确认; Being prepared|制作中; On the way|配送中; Delivered|已送达"))
    moment = c.now - timedelta(minutes=12 * stage)
    steps = []
    for i, title in enumerate(titles):
        at = c.clock(moment + timedelta(minutes=11 * i)) if i <= stage else None
        steps.append((title, at, "done" if i < stage else "current" if i == stage else "todo"))
    wait = (4 - stage) * 8
    rider = c.name()
    body = [
        ui.text(titles[3] if stage == 3 else c.t(f"Arriving in {wait} min", f"{wait}分钟后送达"), "title"),
        ui.progress(titles[stage], (stage + 1) / 4),
        ui.map_(
            [
                {"label": c.pick(words.RESTAURANTS), "x": 0.2, "y": 0.3},
                {"label": c.t("Home", "家"), "x": 0.8, "y": 0.7},
            ],
            (0.5, 0.5),
        ),
        ui.steps(steps),
        ui.section(
            [
                ui.item(
                    rider, c.t("Courier", "骑手"), avatar=c.initials(rider), control=ui.row_button(c.t("Call", "电话"))
                )
            ]
        ),
        ui.section(
            [ui.item(f"{c.rng.randint(1, 3)} × {dish}", None, c.money(price)) for dish, _, price in dishes(c, 3)],
            c.t("Order", "订单") + f" {c.code('#####')}",
        ),
    ]
    rate = ui.dialog(
        c.t("How was your order?", "订单满意吗？"),
        c.t("Rate the courier and the food.", "请为骑手和菜品评分。"),
        c.t("Later", "以后"),
        c.t("Rate", "去评价"),
    )
    return ui.screen(common.inner(c, c.t("Your order", "我的订单"), "help"), body, overlays=[rate, common.incoming(c)])


def recipe(c: Content) -> ui.Screen:
    (dish, photo, _), needed = dishes(c, 1)[0], c.sample(INGREDIENTS, c.rng.randint(4, 8))
    ticked = [ui.item(name, control=ui.checkbox(c.chance(0.4))) for name in needed]
    how = [
        (f"{c.t('Step', '第')} {i}{c.t('', ' 步')}", text, "done" if i < 2 else "current" if i == 2 else "todo")
        for i, text in enumerate(c.sample(RECIPE_STEPS, 4), start=1)
    ]
    body = [
        ui.picture(photo, 200),
        ui.text(dish, "title"),
        ui.rating(c.rng.randint(5, 10) / 2),
        ui.stats(
            ui.stat(c.t("Time", "用时"), str(c.rng.randint(2, 18) * 5), c.t("min", "分钟"), "clock"),
            ui.stat(c.t("Energy", "热量"), str(c.rng.randint(150, 900)), "kcal", "flame"),
            ui.stat(c.t("Level", "难度"), c.pick(pairs("Easy|简单; Medium|中等; Hard|困难"))),
        ),
        ui.stepper(c.t("Portions", "份数"), c.rng.randint(1, 8)),
        ui.section(ticked, c.t("Ingredients", "食材")),
        ui.steps(how)
        if c.chance(0.5)
        else ui.accordion([(title, text or "", i == 0) for i, (title, text, _) in enumerate(how)]),
    ]
    return ui.screen(
        common.inner(c, c.t("Recipe", "菜谱"), c.rng.choice(("bookmark", "heart")), "share"),
        body,
        fab="timer" if c.chance(0.3) else None,
        overlays=[common.share_sheet(c), common.toast(c)],
    )


def reservation(c: Content) -> ui.Screen:
    slots = [c.clock(c.at(18 + i // 4, 15 * (i % 4))) for i in range(0, 14, 2)]
    day = c.now + timedelta(days=c.rng.randint(1, 12))
    one, focused = common.chosen(c, slots), c.chance(0.3)
    body = [
        ui.section(
            [ui.item(c.pick(words.RESTAURANTS), c.street(), f"★ {c.rng.randint(35, 50) / 10}", picture=c.photo("food"))]
        ),
        ui.calendar(day.year, day.month, day.day),
        ui.text(c.t("Time", "时间"), "heading"),
        ui.chips(slots, [one]),
        ui.stepper(c.t("People", "人数"), c.rng.randint(1, 10)),
        ui.field(c.t("Note", "备注"), "", c.t("Allergies, wishes", "忌口与要求"), focused=focused),
        ui.button(c.t("Reserve", "预订")),
    ]
    done = ui.dialog(
        c.t("Table reserved", "预订成功"), f"{c.full_day(day)}{c.t(', ', '，')}{slots[one]}", c.t("OK", "好")
    )
    return ui.screen(common.inner(c, c.t("Reserve a table", "预订餐位")), body, overlays=[done, common.toast(c)])


APPS = {
    "restaurants": restaurants,
    "menu": menu,
    "food_cart": food_cart,
    "delivery": delivery,
    "recipe": recipe,
    "reservation": reservation,
}
