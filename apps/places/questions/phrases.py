"""Every sentence of an exact answer, in English and in Chinese; a test keeps the two with the same blanks."""

from __future__ import annotations

from pocketvlm.apps.places.time_words import Language

PHRASES: dict[str, tuple[str, str]] = {
    # Sources
    "record": ("record", "记录"),
    "photo": ("photo", "照片"),
    "computed from hours": ("computed from hours", "由营业时间推算"),
    "holiday calendar": ("holiday calendar", "节假日历"),
    "computed from positions": ("computed from positions", "由位置推算"),
    # Nothing to go by
    "nothing": ("Neither the record nor the photo says that.", "记录和照片都没有说明。"),
    "no_place": ("It is not known which place this is.", "不知道这是哪个地方。"),
    "not_recorded": ("The record does not say {what}.", "记录中没有{what}。"),
    # Hours
    "no_hours": ("The record gives no opening hours.", "记录中没有营业时间。"),
    "bad_hours": (
        'The record gives the hours as "{raw}", which cannot be read, so they are unknown.',
        "记录中的营业时间是“{raw}”，无法解读，所以不清楚。",
    ),
    "unclear": (
        'It is not clear which day or time "{said}" is; please write it like 2026-12-25 or 20:00.',
        "不清楚“{said}”是哪一天或几点；请写成 2026-12-25 或 20:00。",
    ),
    "year": ("The calendar of the hours does not reach that year.", "营业时间的日历不包括那一年。"),
    "open_at": ("It is open on {day} at {clock}", "{day}{clock}营业"),
    "closed_at": ("It is closed on {day} at {clock}", "{day}{clock}不营业"),
    "unknown_at": ("Whether it is open on {day} at {clock} is unknown", "{day}{clock}是否营业不清楚"),
    "until": (", until {time}", "，到{time}"),
    "opens_next": ("; it opens next at {time}", "；下次开门：{time}"),
    "never_opens": ("; it does not open within a year", "；一年内不开门"),
    "comment": (' (the record remarks: "{comment}")', "（记录备注：“{comment}”）"),
    "stop": (".", "。"),
    "no_closing": (
        'The record gives no closing time: its hours are "{raw}".',
        "记录没有给出关门时间：营业时间是“{raw}”。",
    ),
    "closes_day": ("On {day} it closes at {times}.", "{day}关门时间：{times}。"),
    "opens_day": ("On {day} it opens at {times}.", "{day}开门时间：{times}。"),
    "closed_day": ("On {day} it is closed all day.", "{day}全天不营业。"),
    "round_the_clock": ("On {day} it is open around the clock.", "{day}全天24小时营业。"),
    "maybe_day": (
        "Whether it is open on {day} depends{comment}: {periods}.",
        "{day}是否营业视情况而定{comment}：{periods}。",
    ),
    "day_periods": ("On {day} it is open {periods}.", "{day}营业时间：{periods}。"),
    "and": (" and ", "和"),
    "closes_now": ("It closes at {time}.", "关门时间：{time}。"),
    "never_closes": ("It does not close within a year.", "一年内不关门。"),
    "holiday_unsaid": (
        "{day} is a public holiday, and the record does not say what holds on holidays.",
        "{day}是公共假日，记录没有说明假日的营业时间。",
    ),
    "holiday_next": ("The next public holiday is {day}.", "下一个公共假日是{day}。"),
    "no_calendar": (
        "No calendar of this country's public holidays is at hand.",
        "没有这个国家的公共假日日历。",
    ),
    "school_holidays": (
        "The record has rules for school holidays, of which no calendar is at hand.",
        "记录中有学校假期的规定，但没有学校假期的日历。",
    ),
    "part_hours": (
        "The record gives the hours of the place only, not of the {part}.",
        "记录只有整体的营业时间，没有{part}的时间。",
    ),
    # The record
    "name": ("It is {name}.", "这里是{name}。"),
    "category": ("It is listed as: {category}.", "类别：{category}。"),
    "phone": ("The phone number is {phone}.", "电话号码是{phone}。"),
    "website": ("The website is {website}.", "网站是{website}。"),
    "address": ("The address is {address}.", "地址是{address}。"),
    "rating": ("It is rated {rating} of 5", "评分{rating}（满分5）"),
    "rating_count": (" by {count} people", "，共{count}人评价"),
    "price_level": ("Its price level is {level} of 4 ({words}).", "价格等级为{level}（共4级，{words}）。"),
    "cuisine": ("Its cuisine: {cuisine}.", "菜系：{cuisine}。"),
    "way": ("It is {way} of you, in a straight line.", "它在您的{way}（直线距离）。"),
    "way_here": ("It is right here.", "就在这里。"),
    "no_position": (
        "From where is not known: the photo holds no position and none was given.",
        "不知道从哪里算起：照片没有位置，也没有给出位置。",
    ),
    "feature": ('The record says {what}: "{value}".', "记录中{what}：“{value}”。"),
    "book_yes": ("One can book a table.", "可以预订座位。"),
    "book_no": ("No bookings are taken.", "不接受预订。"),
    "book_required": ("A booking is required.", "必须预订。"),
    "book_recommended": ("A booking is recommended.", "建议预订。"),
    "book_via": ("Bookings: {how}.", "预订方式：{how}。"),
    # The menu
    "no_menu": ("Neither the record nor the photo holds a menu.", "记录和照片都没有菜单。"),
    "dish": ("{dish}.", "{dish}。"),
    "dishes": ("{what}: {dishes}.", "{what}：{dishes}。"),
    "more": ("{dishes}, and {count} more", "{dishes}，另有{count}种"),
    "no_such_dish": ('The menu does not name "{dish}".', "菜单上没有“{dish}”。"),
    "no_price": ('The menu gives no price for "{dish}".', "菜单没有“{dish}”的价格。"),
    "which_dish": ("It is not clear which dish is meant.", "不清楚指的是哪道菜。"),
    "none_fit": ("No dish on the menu is marked as fitting: {what}.", "菜单上没有标明符合条件的菜：{what}。"),
    "unmarked": (
        "Fitting otherwise, but not marked vegetarian or not: {count}.",
        "另有{count}种符合其他条件的菜没有标明是否素食。",
    ),
    "unpriced": ("Without a price on the menu: {count}.", "{count}种没有标价。"),
    "other_currency": ("Priced in another currency: {count}.", "{count}种以其他货币标价。"),
    "diet_unsaid": (
        "The menu does not mark any dish as {diet}; please ask the staff.",
        "菜单没有标明哪些菜是{diet}；请询问店员。",
    ),
    "fitting": ("Fitting ({what})", "符合条件（{what}）"),
    "menu": ("On the menu", "菜单"),
    "cheapest": ("The cheapest", "最便宜的"),
    "dearest": ("The most expensive", "最贵的"),
    # The photo
    "sign": ('The photo reads: "{text}".', "照片上写着：“{text}”。"),
    "no_text": ("No text could be read in the photo.", "照片中没有读出文字。"),
    "printed": ('The photo shows: "{text}".', "照片上有：“{text}”。"),
    "no_total": ("No total could be read in the photo.", "照片中没有读出总额。"),
}


def say(language: Language, phrase: str, **parts: object) -> str:
    """A sentence with its blanks filled."""
    english, chinese = PHRASES[phrase]
    return (chinese if language == "zh" else english).format(**parts)
