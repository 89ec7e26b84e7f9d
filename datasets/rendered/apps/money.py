"""Bank accounts, payments, bills, shares, budgets."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pocketvlm.datasets.rendered import spec as ui
from pocketvlm.datasets.rendered import words
from pocketvlm.datasets.rendered.apps import common
from pocketvlm.datasets.rendered.content import CURRENCIES, Content
from pocketvlm.datasets.rendered.words import pairs

KINDS = pairs(
    """
        Groceries|日用品; Transport|交通; Eating out|餐饮; Rent|房租; Leisure|娱乐; Health|医疗; Clothes|服装
        Bills|账单; Travel|旅行; Gifts|礼物
        """
)
WAYS = pairs("Card payment|刷卡消费; Contactless|免密支付; Online payment|线上支付; Direct debit|自动扣款")
ACCOUNTS = pairs(
    """
        Current account|活期账户; Savings|储蓄账户; Joint account|联名账户; Holiday fund|旅行基金
        Business account|企业账户; Credit card|信用卡
        """
)
SHARES = pairs("""
Northwind Energy|北风能源; Bluebird Air|蓝鸟航空; Copperline|铜线电子; Meadow Foods|草地食品; Orbit Telecom|轨道通信
Pine Bank|松树银行; Quartz Chips|石英芯片; Harbour Shipping|海港航运; Silverleaf Pharma|银叶制药
Tidal Motors|潮汐汽车; Granite Homes|花岗岩地产; Lumen Media|流明传媒
""")


def bank_tabs(c: Content, selected: int) -> ui.Component:
    labels = c.all(pairs("Home|首页; Payments|转账; Cards|卡片; Profile|我的"))
    return ui.tabs(list(zip(("home", "send", "card", "person"), labels, strict=True)), selected)


def bank_account(c: Content) -> ui.Screen:
    balance = c.price(200, 9000)
    rows: list[tuple[datetime, ui.Component]] = []
    days: dict[date, list[ui.Component]] = {}
    moments = c.before(c.rng.randint(6, 12), 1400)
    for moment in moments:
        income = c.chance(0.2)
        amount = c.price(300, 2500) if income else -c.price(2, 140)
        who = c.company() if income else c.pick(words.SHOPS)
        what = (
            c.t("Salary", "工资") if income and c.chance(0.5) else c.t("Transfer", "转账") if income else c.pick(WAYS)
        )
        rows.append(
            (
                moment,
                ui.item(
                    who,
                    what,
                    c.money(amount, sign=True),
                    icon="cash" if income else c.rng.choice(("card", "bag", "receipt", "cart")),
                ),
            )
        )
        days.setdefault(moment.date(), []).append(rows[-1][1])
    name = c.pick(ACCOUNTS)
    total = ui.stats(
        ui.stat(c.t("Balance", "余额"), c.money(balance)),
        ui.stat(c.t("Available", "可用"), c.money(balance - c.price(1, 190))),
    )
    plain = ui.card(name, [ui.text(c.money(balance), "title")], c.t("Account", "账号") + " " + c.code("**** ####"))
    do = ui.buttons(
        ui.button(c.t("Send", "转账"), icon="send"), ui.button(c.t("Request", "收款"), "outline", icon="download")
    )
    if c.chance(0.5):
        lists = [ui.section(items, c.full_day(day)) for day, items in days.items()]
    else:
        for moment, row in rows:
            row["detail"] = f"{row['detail']} · {c.day(moment)}"
        lists = [ui.section([row for _, row in rows], c.t("Recent", "最近交易"))]
    body = [plain if c.chance(0.6) else total, do, *lists]
    return ui.screen(
        common.top(c, name, "search", "bell"), body, bank_tabs(c, 0), overlays=[common.toast(c), common.incoming(c)]
    )


def transfer(c: Content) -> ui.Screen:
    name, amount, focused = c.name(), c.price(5, 900), c.chance(0.4)
    short = c.chance(0.2)
    number = ui.field(
        c.t("Amount", "金额"),
        c.money(amount),
        kind="number",
        focused=focused,
        **({"error": c.t("More than your balance", "超出余额")} if short else {}),
    )
    body = [
        ui.section(
            [
                ui.item(
                    c.t("From", "付款账户"),
                    f"{c.pick(ACCOUNTS)} · {c.money(c.price(100, 400) if not short else amount - 100)}",
                    icon="wallet",
                    control=ui.chevron(),
                ),
                ui.item(
                    c.t("To", "收款人"), f"{name} · {c.code('####')}", avatar=c.initials(name), control=ui.chevron()
                ),
            ]
        ),
        number,
        ui.field(
            c.t("Reference", "附言"),
            c.pick(pairs("Rent|房租; Dinner|晚餐; Thanks!|谢谢！; Tickets|门票; Holiday|旅行; Invoice 2041|发票2041")),
        ),
        ui.segments([c.t("Now", "立即"), c.t("Later", "预约")], c.rng.randrange(2)),
        ui.section(
            [
                ui.item(c.t("Save as favourite", "存为常用"), control=ui.checkbox(c.chance(0.5))),
                ui.item(c.t("Notify by message", "短信通知"), control=ui.checkbox(c.chance(0.5))),
            ]
        ),
        ui.button(c.t(f"Send {c.money(amount)}", f"转账{c.money(amount)}"), disabled=short or None),
    ]
    confirm = ui.dialog(
        c.t("Confirm payment", "确认付款"),
        c.t(f"Send {c.money(amount)} to {name}?", f"向{name}转账{c.money(amount)}？"),
        c.t("Cancel", "取消"),
        c.t("Confirm", "确认"),
    )
    overlays = [confirm, common.toast(c)]
    return ui.screen(common.inner(c, c.t("Transfer", "转账"), back=c.t("Home", "首页")), body, overlays=overlays)


def cards(c: Content) -> ui.Screen:
    limit = c.price(500, 4000) // 100 * 100
    spent = c.rng.randint(limit // 10, limit - 100)
    body = [
        ui.card(
            c.pick(pairs("Everyday card|日常卡; Travel card|旅行卡; Gold card|金卡; Virtual card|虚拟卡")),
            [
                ui.text(c.code("•••• •••• •••• ####"), "heading"),
                ui.text(f"{c.name()} · {c.rng.randint(1, 12):02}/{c.now.year % 100 + c.rng.randint(1, 5)}", "caption"),
            ],
        ),
        ui.progress(
            c.t(f"{c.money(spent)} of {c.money(limit)} spent", f"已用{c.money(spent)}，额度{c.money(limit)}"),
            spent / limit,
        ),
        common.switches(
            c,
            [
                (c.t("Freeze card", "冻结卡片"), "lock"),
                (c.t("Online payments", "线上支付"), "earth"),
                (c.t("Contactless", "免密支付"), "wifi"),
                (c.t("Cash machines", "ATM取现"), "cash"),
                (c.t("Payments abroad", "境外支付"), "airplane"),
            ],
        ),
        common.links(
            [
                (c.t("Show PIN", "查看密码"), "eye", None),
                (c.t("Change limit", "调整限额"), "edit", c.money(limit)),
                (c.t("Report as lost", "挂失"), "warning", None),
            ]
        ),
    ]
    freeze = ui.dialog(
        c.t("Freeze this card?", "冻结此卡？"),
        c.t("Payments will be declined until you unfreeze it.", "解冻前将无法付款。"),
        c.t("Cancel", "取消"),
        c.t("Freeze", "冻结"),
    )
    return ui.screen(
        common.top(c, c.t("Cards", "卡片"), "plus"), body, bank_tabs(c, 2), overlays=[freeze, common.toast(c)]
    )


def bill(c: Content) -> ui.Screen:
    """A receipt whose lines, tax and total add up."""
    goods = c.sample(words.FOODS, c.rng.randint(3, 8))
    lines = [(name, c.rng.choice((1, 1, 1, 2, 3)), c.price(1, 12)) for name in goods]
    subtotal = sum(count * price for _, count, price in lines)
    rate = c.rng.choice((5, 10, 20))
    tax = round(subtotal * rate / 100)
    rows = [[name[0].upper() + name[1:], str(count), c.money(count * price)] for name, count, price in lines]
    sums = [
        ui.item(c.t("Subtotal", "小计"), None, c.money(subtotal)),
        ui.item(c.t(f"Tax {rate}%", f"税 {rate}%"), None, c.money(tax)),
        ui.item(c.t("Total", "合计"), None, c.money(subtotal + tax)),
    ]
    table = ui.table(c.all(pairs("Item|商品; Qty|数量; Price|金额")), rows)
    listed = ui.section([ui.item(name, f"× {count}", price) for name, count, price in rows])
    about = ui.section(
        [
            ui.item(c.t("Receipt no.", "单号"), None, c.code("??-#####")),
            ui.item(c.t("Paid with", "支付方式"), None, c.pick(pairs("Card|银行卡; Cash|现金; Phone|手机支付"))),
        ]
    )
    body = [
        ui.text(c.pick(words.SHOPS), "title"),
        ui.text(f"{c.dated(c.now)} {c.clock(c.now)}", "caption"),
        table if c.chance(0.6) else listed,
        ui.section(sums),
        about,
        ui.button(c.t("Download PDF", "下载PDF"), "outline", icon="download"),
    ]
    return ui.screen(
        common.inner(c, c.t("Receipt", "收据"), "share"), body, overlays=[common.share_sheet(c), common.toast(c)]
    )


def stocks(c: Content) -> ui.Screen:
    names = c.sample(SHARES, c.rng.randint(5, 10))
    rows = []
    for name in names:
        change = c.rng.randint(-480, 480) / 100
        trend = "trending-up" if change >= 0 else "trending-down"
        rows.append(
            ui.item(
                name,
                c.code("????"),
                f"{c.money(c.price(4, 600))}  {change:+.2f}%",
                icon=trend,
                icon_color="#2e9e4f" if change >= 0 else "#e53935",
            )
        )
    prices = [round(value, 1) for value in common.wander(c, c.rng.uniform(40, 300), 9, 7, 20)]
    labels = [c.weekday(c.now - timedelta(days=6 - i), short=True) for i in range(7)]
    line = ui.chart(
        "line", names[0], labels, prices, CURRENCIES[c.locale], prices.index(max(prices)) if c.chance(0.5) else None
    )
    spans = ui.segments(c.all(pairs("1D|1日; 1W|1周; 1M|1月; 1Y|1年")), 1)
    worth = c.price(1000, 60000)
    gain = round(worth * c.rng.uniform(-0.1, 0.2))
    top = (
        [
            ui.stats(
                ui.stat(c.t("Portfolio", "总资产"), c.money(worth)),
                ui.stat(c.t("Gain", "收益"), c.money(gain, sign=True)),
            )
        ]
        if c.chance(0.5)
        else []
    )
    body = [*top, line, spans, ui.section(rows, c.t("Watchlist", "自选"))]
    labels = c.all(pairs("Markets|行情; Portfolio|持仓; News|资讯"))
    tabs = ui.tabs(list(zip(("stats", "briefcase", "newspaper"), labels, strict=True)), c.rng.randrange(2))
    overlays = [common.sort_sheet(c, c.t("Change", "涨跌幅")), common.edit_menu(c)]
    return ui.screen(common.top(c, c.t("Stocks", "股票"), "search", "plus"), body, tabs, overlays=overlays)


def budget(c: Content) -> ui.Screen:
    names = c.sample(KINDS, c.rng.randint(4, 6))
    spent = sorted((c.rng.randint(3, 60) * (10 if not c.zh else 70) for _ in names), reverse=True)
    symbol = CURRENCIES[c.locale]
    limits = [max(20, round(amount * c.rng.choice((0.9, 1.1, 1.3, 1.6, 2)) / 10) * 10) for amount in spent]
    rows = [
        ui.item(
            name,
            c.t(f"{symbol}{amount:,} of {symbol}{limit:,}", f"{symbol}{amount:,} / {symbol}{limit:,}"),
            control=ui.row_progress(min(1, amount / limit)),
        )
        for name, amount, limit in zip(names, spent, limits, strict=True)
    ]
    over = [name for name, amount, limit in zip(names, spent, limits, strict=True) if amount > limit]
    kind = c.rng.choice(("pie", "bar"))
    body = [
        ui.segments(c.all(pairs("Week|周; Month|月; Year|年")), 1),
        ui.stats(
            ui.stat(c.t("Spent", "支出"), f"{symbol}{sum(spent):,}"),
            ui.stat(c.t("Budget", "预算"), f"{symbol}{sum(limits):,}"),
        ),
        ui.chart(kind, c.t(f"Spending in {c.month(c.now)}", f"{c.month(c.now)}支出"), names, spent, symbol),
        ui.section(rows, c.t("Limits", "预算限额")),
    ]
    if over:
        body.insert(
            0, ui.banner(c.t(f"Over budget: {', '.join(over)}", f"超出预算：{'、'.join(over)}"), "danger", "warning")
        )
    return ui.screen(
        common.top(c, c.t("Budget", "预算"), "calendar"),
        body,
        fab="plus" if c.chance(0.5) else None,
        overlays=[common.toast(c), common.incoming(c)],
    )


def currency(c: Content) -> ui.Screen:
    """What a sum is worth in other moneys, at rates of a mid-2020s day."""
    rates = {
        "GBP": 1.0,
        "USD": 1.27,
        "EUR": 1.17,
        "CNY": 9.16,
        "JPY": 190.0,
        "CHF": 1.12,
        "CAD": 1.73,
        "AUD": 1.93,
        "INR": 105.8,
        "KRW": 1720.0,
    }
    names = dict(
        zip(
            rates,
            c.all(
                pairs(
                    """
                        British pound|英镑; US dollar|美元; Euro|欧元; Chinese yuan|人民币; Japanese yen|日元
                        Swiss franc|瑞士法郎
                        """
                    "Canadian dollar|加元; Australian dollar|澳元; Indian rupee|印度卢比; Korean won|韩元"
                )
            ),
            strict=True,
        )
    )
    base, *others = c.shuffled(list(rates))
    amount = c.rng.choice((1, 10, 20, 50, 100, 250, 500, 1000)) * (1000 if rates[base] > 100 else 1)
    focused = c.chance(0.4)
    rows = [
        ui.item(code, names[code], f"{amount * rates[code] / rates[base]:,.2f}")
        for code in others[: c.rng.randint(5, 9)]
    ]
    body = [
        ui.field(names[base], str(amount), kind="number", focused=focused),
        ui.section(rows, f"{amount:,} {base}"),
        ui.text(c.t(f"Updated at {c.clock(c.now)}", f"更新于{c.clock(c.now)}"), "caption"),
    ]
    return ui.screen(common.top(c, c.t("Currency", "汇率换算"), "refresh"), body, overlays=[common.toast(c)])


def calculator(c: Content) -> ui.Screen:
    a, b, sign = c.rng.randint(2, 980), c.rng.randint(2, 98), c.rng.choice("+-×")
    result = {"+": a + b, "-": a - b, "×": a * b}[sign]
    shown = f"{a} {sign} {b}" if c.chance(0.3) else f"{result:,}"
    keys = (
        ("AC", "±", "%", "÷"),
        ("7", "8", "9", "×"),
        ("4", "5", "6", "-"),
        ("1", "2", "3", "+"),
        ("0", ".", "⌫", "="),
    )
    pad = ui.keypad(keys, shown)
    past = [
        ui.item(f"{x} + {y} = {x + y}") for x, y in ((c.rng.randint(1, 400), c.rng.randint(1, 400)) for _ in range(3))
    ]
    modes = ui.segments(c.all(pairs("Basic|标准; Scientific|科学; Units|单位")), 0)
    body = [modes] if c.chance(0.4) else []
    body += (
        [ui.section([*past, ui.item(f"{a} {sign} {b} = {result}")], c.t("History", "历史记录"))]
        if c.chance(0.4)
        else [ui.text(f"{a} {sign} {b}", "caption")]
    )
    return ui.screen(
        ui.header(c.t("Calculator", "计算器"), actions=["clock"]),
        [*body, pad],
        overlays=[ui.menu(*c.all(pairs("History|历史记录; Copy|复制; Clear|清除")))],
    )


APPS = {
    "bank_account": bank_account,
    "transfer": transfer,
    "cards": cards,
    "bill": bill,
    "stocks": stocks,
    "budget": budget,
    "currency": currency,
    "calculator": calculator,
}
