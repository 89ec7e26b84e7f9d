"""What stands on made-up receipts, menus, business cards and posters, in the way of several countries, and its truth.

The truth is told apart from the print: amounts as decimal text, dates as ISO 8601, phone numbers as printed. So it says
what a careful person would note down, whatever the form in which the sheet prints it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias

from pocketvlm.datasets.rendered import words

Align: TypeAlias = Literal["left", "centre", "right"]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One printed line. `size` is in units of the sheet's letters; `columns` stand to the right, at fixed places."""

    text: str
    columns: tuple[str, ...] = ()
    size: float = 1.0
    align: Align = "left"
    above: float = 0.0  # white space above, in units of the letters' height
    dots: bool = False  # a dotted line leads to the first column


@dataclass(frozen=True)
class Manner:
    """How a country prints: its words, its money and its dates."""

    language: str
    currency: str
    sign: str
    sign_after: bool
    comma: bool
    day_form: str
    tax_rate: int
    tax_inside: bool  # prices hold the tax already
    labels: dict[str, str]


_ENGLISH = dict(
    entry.split("=")
    for entry in "subtotal=Subtotal;tax=VAT;total=Total;cash=Cash;change=Change;discount=Discount;no=Receipt no."
    ";item=Item;quantity=Qty;unit=Price;amount=Amount;date=Date;thanks=Thank you for your visit".split(";")
)
MANNERS = (
    Manner("en", "USD", "$", False, False, "%m/%d/%Y", 8, False, {**_ENGLISH, "tax": "Sales tax"}),
    Manner("en", "GBP", "£", False, False, "%d/%m/%Y", 20, True, _ENGLISH),
    Manner("en", "EUR", "€", False, False, "%d %B %Y", 23, True, {**_ENGLISH, "total": "TOTAL DUE"}),
    Manner(
        "de", "EUR", "€", True, True, "%d.%m.%Y", 19, True,
        dict(entry.split("=") for entry in "subtotal=Zwischensumme;tax=MwSt;total=Summe;cash=Bar;change=Zurück"
             ";discount=Rabatt;no=Beleg-Nr.;item=Artikel;quantity=Menge;unit=Preis;amount=Betrag;date=Datum"
             ";thanks=Vielen Dank".split(";")),
    ),
    Manner(
        "fr", "EUR", "€", True, True, "%d/%m/%Y", 10, True,
        dict(entry.split("=") for entry in "subtotal=Sous-total;tax=TVA;total=Total TTC;cash=Espèces;change=Rendu"
             ";discount=Remise;no=Ticket no;item=Article;quantity=Qté;unit=Prix;amount=Montant;date=Date"
             ";thanks=Merci de votre visite".split(";")),
    ),
    Manner(
        "zh", "CNY", "￥", False, False, "%Y-%m-%d", 6, True,
        dict(entry.split("=") for entry in "subtotal=小计;tax=税额;total=合计;cash=现金;change=找零;discount=优惠"
             ";no=单号;item=品名;quantity=数量;unit=单价;amount=金额;date=日期;thanks=谢谢惠顾".split(";")),
    ),
)  # fmt: skip
_GOODS = {
    "de": "Brot;Milch;Eier;Reis;Tomaten;Kaffee;Bananen;Nudeln;Fisch;Honig;Kartoffeln;Salat;Suppe;Butter;Saft".split(
        ";"
    ),
    "fr": "Pain;Lait;Riz;Tomates;Fromage;Bananes;Poulet;Poisson;Carottes;Miel;Salade;Soupe;Beurre;Jus".split(";"),
}
_HOUSES = {"de": ("Backstube Berger", "Markthalle Nord", "Gasthaus Linde"), "fr": ("Boulangerie du Port", "Chez Lucie")}
_DISHES = words.pairs("""
Tomato soup|番茄蛋汤; Garlic bread|葱油饼; Fried rice|扬州炒饭; Beef noodles|牛肉面; Roast chicken|口水鸡
Mushroom risotto|香菇青菜; Vegetable curry|麻婆豆腐; Lamb stew|红烧羊肉; Grilled salmon|清蒸鲈鱼; Green salad|凉拌黄瓜
Cheese burger|宫保鸡丁; Spaghetti|担担面; Spring rolls|春卷; Grilled aubergine|鱼香茄子; Potato gratin|酸辣土豆丝
""")
_MEATLESS = {0, 1, 2, 5, 6, 9, 11, 12, 13, 14}  # of the dishes above, by English name; Chinese ones carry no mark
_SWEETS = words.pairs("Apple pie|红豆沙; Ice cream|冰淇淋; Chocolate cake|绿豆糕; Fruit salad|水果拼盘")
_DRINKS = words.pairs("Lemonade|酸梅汤; Iced tea|冰红茶; Espresso|咖啡; Orange juice|橙汁; Sparkling water|苏打水")
_SECTIONS = words.pairs("Mains|主菜; Desserts|甜品; Drinks|饮料")
_TOLD = (
    "with herbs from our garden; slowly cooked, with fresh bread; served with rice and lime; made to order"
    "; a house favourite since 1987; with roasted vegetables"
).split("; ")
_PEOPLE = words.pairs("""
Anna Berger|王丽华; Tomás Silva|李建国; Grace Okafor|陈晓明; Liam Murphy|张雪梅; Mei Tanaka|刘志强; Oliver Grant|赵文静
Sofia Rossi|孙海燕; Daniel Weber|周立新; Priya Shah|吴佳怡; Lucas Martin|郑国栋
""")
_FIRMS = words.pairs("""
Northgate Studio|北门设计有限公司; Riverside Dental Care|河畔口腔诊所; Harbour & Sons Ltd|海港贸易有限公司
Blue Oak Consulting|蓝橡咨询公司; Lindner GmbH|林德纳科技有限公司; Sunrise Solar Inc.|日出新能源公司
""")
_SHOWS = words.pairs("""
Summer Jazz Night|夏日爵士之夜; Winter Book Fair|冬季图书展; Open Air Cinema|露天电影; City Marathon|城市马拉松
Jane Doe live|春之声音乐会; Farmers' Market|农夫市集; Chess for Beginners|围棋入门课; The Glass Harp|敦煌艺术展
""")
_HALLS = words.pairs("""
Town Hall|市民中心; Central Library|中央图书馆; Old Theatre|老剧院; Riverside Park|滨河公园; Museum of Glass|玻璃博物馆
""")
_CARD_LABELS = {
    "zh": (("电话：", "手机：", "邮箱：", "网址：", "地址："),),
    "en": (("T ", "M ", "E ", "W ", ""), ("Phone: ", "Mobile: ", "Email: ", "Web: ", ""), ("", "", "", "", "")),
}


def money(value: Decimal, manner: Manner, *, sign: bool = True) -> str:
    """An amount as it is printed: "$4.00", "4,00 €", "￥4.00"."""
    text = f"{abs(value):.2f}".replace(".", "," if manner.comma else ".")
    if sign:
        text = f"{text} {manner.sign}" if manner.sign_after else f"{manner.sign}{text}"
    return f"-{text}" if value < 0 else text


def _price(rng: random.Random, least: int, most: int) -> Decimal:
    return rng.randint(least, most) + Decimal(rng.choice((0, 20, 50, 75, 90, 95, 99))) / 100


def receipt(rng: random.Random) -> tuple[list[Line], dict[str, Any], str]:
    """Lines, truth and language of a receipt; in about one of six the printed total is wrong, as `adds_up` says."""
    manner = rng.choice(MANNERS)
    zh, labels, signed = manner.language == "zh", manner.labels, rng.random() < 0.6
    day = date(2025, 1, 1) + timedelta(days=rng.randrange(700))
    clock = f"{rng.randint(8, 22):02}:{rng.randint(0, 59):02}"
    shop = rng.choice(_HOUSES.get(manner.language) or [pair[zh] for pair in words.SHOPS + words.RESTAURANTS])
    goods = _GOODS.get(manner.language) or [pair[zh] for pair in words.FOODS]
    chosen = rng.sample(goods, rng.randint(3, 7))
    bought = [(name[0].upper() + name[1:], rng.choice((1, 1, 1, 2, 3)), _price(rng, 1, 14)) for name in chosen]
    number = rng.randint(2, 99)
    street = f"{rng.choice(words.CHINA_ROADS)}{number}号" if zh else f"{number} {rng.choice(words.STREETS)}"
    head = [Line(shop, size=1.5, align="centre"), Line(street, size=0.8, align="centre")]
    head.append(Line(f"{labels['no']} {rng.randint(1000, 9999)}", size=0.8, above=0.6))
    head.append(Line(f"{labels['date']}: {day.strftime(manner.day_form)} {clock}", size=0.8))
    rows = _bought(rng, bought, manner, signed)
    foot, sums = _foot(rng, sum((count * price for _, count, price in bought), Decimal(0)), manner, signed)
    items = [{"name": name, "quantity": count, "amount": str(count * price)} for name, count, price in bought]
    about = {"merchant": shop, "date": day.isoformat(), "time": clock, "currency": manner.currency}
    return [*head, *rows, *foot], {**about, "items": items, **sums}, manner.language


def _foot(rng: random.Random, subtotal: Decimal, manner: Manner, signed: bool) -> tuple[list[Line], dict[str, Any]]:
    """What stands below the items, and its truth."""
    labels, rate = manner.labels, Decimal(manner.tax_rate)
    discount = _price(rng, 1, 2) if rng.random() < 0.25 else None
    total = subtotal - (discount or 0)
    tax = (total * rate / (100 + rate if manner.tax_inside else 100)).quantize(CENT, ROUND_HALF_UP)
    total += 0 if manner.tax_inside else tax
    adds_up = rng.random() > 0.17
    printed = total if adds_up else total + rng.choice((-1, 1)) * _price(rng, 1, 4)
    has_subtotal = discount is not None or not manner.tax_inside or rng.random() < 0.5

    def row(name: str, value: Decimal, above: float = 0.0) -> Line:
        return Line(labels[name], (money(value, manner, sign=signed),), above=above)

    foot = [row("subtotal", subtotal, 0.5)] if has_subtotal else []
    foot += [] if discount is None else [row("discount", -discount)]
    taxed = Line(f"{labels['tax']} {manner.tax_rate}%", (money(tax, manner, sign=signed),), size=0.9)
    due = Line(labels["total"], (money(printed, manner),), size=1.2, above=0.5)
    foot += [due, taxed] if manner.tax_inside else [taxed, due]
    if rng.random() < 0.5:
        note = (printed // 10 + 1) * 10
        foot += [row("cash", note), row("change", note - printed)]
    foot.append(Line(labels["thanks"], size=0.8, align="centre", above=1.0))
    shown = str(subtotal) if has_subtotal else None
    return foot, {"subtotal": shown, "tax": str(tax), "total": str(printed), "adds_up": adds_up}


def _bought(rng: random.Random, bought: list[tuple[str, int, Decimal]], manner: Manner, signed: bool) -> list[Line]:
    """The items in one of the usual forms: counts before the name, a line below it, or columns."""
    form = rng.choice(("before", "below", "columns"))
    lines = []
    if form == "columns":
        names = [manner.labels[name] for name in ("item", "quantity", "unit", "amount")]
        lines.append(Line(names[0], tuple(names[1:]), size=0.9, above=0.8))
    for name, count, price in bought:
        amount, each = (money(value, manner, sign=signed) for value in (count * price, price))
        if form == "columns":
            lines.append(Line(name, (str(count), each, amount)))
        elif form == "before" and count > 1:
            lines.append(Line(f"{count} x {name}", (amount,)))
        else:
            lines.append(Line(name, (amount,)))
            if count > 1:
                lines.append(Line(f"   {count} x {each}", size=0.85))
    return [Line(lines[0].text, lines[0].columns, lines[0].size, above=0.8), *lines[1:]]


def menu(rng: random.Random) -> tuple[list[Line], dict[str, Any], str]:
    """Lines, truth and language of a menu with sections, descriptions and vegetarian marks."""
    manner = rng.choice([manner for manner in MANNERS if manner.language in ("en", "zh")] * 2 + [MANNERS[3]])
    zh, english = manner.language == "zh", manner.language != "zh"
    mark, told, dots = (
        rng.choice(("(V)", "(v)", None)) if english else None,
        rng.random() < 0.6 and english,
        rng.random() < 0.3,
    )
    whole = zh and rng.random() < 0.5
    title = rng.choice(words.RESTAURANTS)[zh]
    lines = [Line(title, size=1.8, align="centre")]
    align: Align = rng.choice(("left", "centre"))
    sections = []
    for number, table in enumerate((_DISHES, _SWEETS, _DRINKS)):
        lines.append(Line(_SECTIONS[number][zh], size=1.3, align=align, above=1.2))
        items = []
        for at in rng.sample(range(len(table)), rng.randint(2, 3) if number else rng.randint(3, 5)):
            price = Decimal(rng.randint(12, 88)) if whole else _price(rng, 3, 24)
            meatless = mark is not None and number == 0 and at in _MEATLESS
            told_here = rng.choice(_TOLD) if told and number == 0 and rng.random() < 0.7 else None
            name = table[at][zh]
            shown = f"{name} {mark}" if meatless else name
            printed = f"{price}元" if whole else money(price, manner)
            lines.append(Line(shown, (printed,), above=0.25, dots=dots))
            lines += [Line(told_here, size=0.75)] if told_here else []
            vegetarian = True if meatless else None
            items.append({"name": name, "price": str(price), "vegetarian": vegetarian, "description": told_here})
        sections.append({"name": _SECTIONS[number][zh], "items": items})
    lines += [Line(f"{mark} vegetarian", size=0.75, align="centre", above=1.0)] if mark else []
    return lines, {"title": title, "currency": manner.currency, "sections": sections}, "zh" if zh else "en"


def contact(rng: random.Random) -> tuple[list[Line], dict[str, Any], str]:
    """Lines, truth and language of a business card."""
    zh = rng.random() < 0.3
    person, firm, job = (rng.choice(table)[zh] for table in (_PEOPLE, _FIRMS, words.JOBS))
    domain = rng.choice(("northgate.example", "riverside.example.org", "sunrise.example.com"))
    phone = f"+86 {rng.choice((10, 21, 20))} {rng.randint(1000, 9999)} {rng.randint(1000, 9999)}" if zh else (
        f"+44 20 7946 0{rng.randint(100, 999)}")  # fmt: skip
    mobile = f"1{rng.randint(30, 89)} {rng.randint(1000, 9999)} {rng.randint(1000, 9999)}" if zh else (
        f"+44 7700 900{rng.randint(100, 999)}")  # fmt: skip
    mail, site = f"{rng.choice(('info', 'office', 'hello', 'mail'))}@{domain}", f"www.{domain}"
    if zh:
        city, district = rng.choice(words.CITIES)[1], rng.choice(words.CHINA_DISTRICTS)
        address = f"{city}市{district}{rng.choice(words.CHINA_ROADS)}{rng.randint(2, 99)}号"
    else:
        house = f"{rng.randint(2, 99)} {rng.choice(words.STREETS)}"
        address = f"{house}, London {rng.choice(('SE1 7TY', 'N1 9GU', 'W2 3AB'))}"
    label = rng.choice(_CARD_LABELS["zh" if zh else "en"])
    phones = [phone, mobile] if rng.random() < 0.6 or label[0] == "" else [phone]
    who = [Line(person, size=1.6), Line(job, size=0.9)]
    works = [Line(firm, size=1.2, above=0.6)]
    reach = [Line(f"{label[number]}{text}", size=0.85, above=0.1) for number, text in enumerate(phones)]
    reach += [Line(f"{label[2]}{mail}", size=0.85), Line(f"{label[3]}{site}", size=0.85)]
    place = [Line(f"{label[4]}{address}", size=0.85, above=0.4)]
    lines = [*who, *works, *reach, *place] if rng.random() < 0.6 else [*works, *who, *place, *reach]
    truth = {"name": person, "title": job, "organisation": firm, "phones": phones, "emails": [mail]}
    return lines, {**truth, "websites": [site], "address": address}, "zh" if zh else "en"


def event(rng: random.Random) -> tuple[list[Line], dict[str, Any], str]:
    """Lines, truth and language of a poster. Every date has its year, or a weekday that says which year it is."""
    zh = rng.random() < 0.3
    title, hall = rng.choice(_SHOWS)[zh], rng.choice(_HALLS)[zh]
    day = date(2027, 1, 10) + timedelta(days=rng.randrange(340))
    starts = datetime(day.year, day.month, day.day, rng.randint(10, 20), rng.choice((0, 30)))
    ends = starts + timedelta(hours=2) if rng.random() < 0.4 else None
    if zh:
        when = f"{day.year}年{day.month}月{day.day}日 {words.WEEKDAYS[day.weekday()][1]}"
        written = [when, f"{starts:%H:%M}" + (f"-{ends:%H:%M}" if ends else "")]
        place, extra = f"地点：{hall}", rng.choice(("免费入场", "票价80元"))
    else:
        when, hours = _english_day(rng, day), _english_hours(rng, starts, ends)
        street = f"{rng.randint(2, 40)} {rng.choice(words.STREETS)}"
        place, extra = rng.choice((hall, f"{hall}, {street}", f"at {hall}")), rng.choice(("Free entry", "Tickets £12"))
        written = [f"{when}, {hours}"] if rng.random() < 0.4 else [when, hours]
    tag = "一起来吧" if zh else rng.choice(("Music, food and friends", "Everybody is welcome", "Fun for all ages"))
    lines = [Line(title, size=2.6, align="centre"), Line(tag, size=0.9, align="centre", above=0.6)]
    lines += [Line(text, size=1.2, align="centre", above=0.0 if at else 1.0) for at, text in enumerate(written)]
    lines += [Line(place, size=1.2, align="centre", above=0.8), Line(extra, size=0.9, align="centre", above=0.8)]
    named = place.removeprefix("at ").removeprefix("地点：")
    truth = {"title": title, "start": starts.isoformat(timespec="minutes"), "place": named}
    return lines, {**truth, "end": ends.isoformat(timespec="minutes") if ends else None}, "zh" if zh else "en"


def _english_day(rng: random.Random, day: date) -> str:
    weekday, month = words.WEEKDAYS[day.weekday()][0], words.MONTHS[day.month - 1]
    named = [
        f"{weekday} {day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{weekday}, {day.day} {month}",
    ]
    return rng.choice([*named, f"{day:%d.%m.%Y}", f"{weekday[:3]} {day.day} {month[:3]} {day.year}"])


def _english_hours(rng: random.Random, starts: datetime, ends: datetime | None) -> str:
    if ends is not None:
        return f"{starts:%H:%M} - {ends:%H:%M}"
    minutes = f":{starts.minute:02}" if starts.minute else ""
    twelve = f"{starts.hour % 12 or 12}{minutes} {'pm' if starts.hour >= 12 else 'am'}"
    return rng.choice((f"{starts:%H:%M}", twelve, f"Start {twelve}"))
