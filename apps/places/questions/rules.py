"""Which question a rule answers. A rule is tried in its place; the first that fits a subject answers for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pocketvlm.apps.places.questions import answer_hours, answer_menu, answer_record, printed
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer


class Rule(NamedTuple):
    """What a question must hold, and who answers it."""

    subject: str
    pattern: re.Pattern[str]
    answer: Callable[[Asked], Answer]


# The place itself: "how far is the station" asks for something else.
IT = r"(?:it|this|that|they|you|(?:the|this|that|your) (?:place|restaurant|shop|store|cafe|café|bar|hotel|bakery))"
OPEN_SUBJECT = r"(?:is|are|be|it|they|you|still|stay|place|shop|store|restaurant|bar|café|cafe)"
NOT_HOURS = r"(?![- ](?:kitchen|bar|air|plan|fire|mic|seating|sandwich))"
THE_PLACE = r"(?:it|this|that|they|the (?!most\b|least\b)\w+)"
DEAR = rf"(?:is|are) {THE_PLACE} (?:very |too |really )?(?:expensive|cheap|pricey|affordable)"


def _rule(subject: str, answer: Callable[[Asked], Answer], *wordings: str) -> Rule:
    return Rule(subject, re.compile("|".join(wordings), re.IGNORECASE), answer)


ABOUT_THE_PHOTO = (
    _rule(
        "photo",
        printed.sign_text,
        r"\b(?:sign|photo|picture|poster|board|banner)s?\b.*\b(?:say|read|print|writ|show)",
        r"\bwhat is written\b|\bread (?:out )?the (?:sign|text)|\bwhat does it say\b",
        "写(?:着|了)什么|招牌.*什么|读出",
    ),
    _rule(
        "total",
        printed.total_due,
        r"\b(?:do|does) (?:i|we) owe\b|\b(?:the|my|our) (?:bill|total)\b|\btotal (?:amount|price|cost|on)\b",
        r"\bamount due\b|\bon th(?:is|e) receipt\b",
        "总共多少|合计|总额|总价|应付",
    ),
)
ABOUT_REACHING_IT = (
    _rule(
        "booking",
        answer_record.booking,
        r"\b(?:book|booking|reserve|reservations?|bookings)\b",
        "订位|预订|预约|订座|订桌|定位子",
    ),
    _rule(
        "phone",
        answer_record.phone,
        r"\bphone number\b|\bphone (?:it|them|the)\b|\btheir phone\b|\bthe phone\b|\btelephone\b|\bcontact number\b",
        r"\b(?:number|how) (?:can|do|should) (?:i|we) call\b|\bnumber to call\b|\bcall them\b|^\W*phone\W*$",
        "电话|号码",
    ),
    _rule(
        "website",
        answer_record.website,
        r"\bweb ?sites?\b|\bweb ?page\b|\bhome ?page\b|\burl\b|\bweb address\b",
        "网站|网址|官网",
    ),
    _rule(
        "address",
        answer_record.address,
        r"(?<!web )(?<!email )\baddress\b|\b(?:what|which) (?:street|road)\b",
        rf"\bwhere(?: exactly)?(?: is|'s| are) {IT}\b",
        "地址|在哪|哪条街",
    ),
    _rule(
        "distance",
        answer_record.distance,
        rf"\bhow (?:far|near|close)(?: away)?(?: (?:is|are|am|'s))? (?:i\b|from\b|away\b|{IT}\b)|\bhow far\W*$",
        rf"\b(?:the|what) distance(?: is| to| is it to)?(?: {IT})?\W*$|\b(?:what|which) direction (?:is {IT}|do i)\b",
        "多远|距离|哪个方向",
    ),
)
ABOUT_HOURS = (
    _rule(
        "hours",
        answer_hours.closing,
        r"\b(?:when|what time|until what time|till when|until when|how long)\b.*\b(?:clos|shut|open (?:un)?till?|stay)",
        r"\bclosing (?:time|hours?)\b|\bhow late\b.*\b(?:open|clos|it|they|you)|\b(?:until|till) (?:when|what time)\b",
        "几点钟?(?:关|打烊|结束)|(?:什么时候|何时)(?:关|打烊)|(?:营业|开)到(?:几点|什么时候)|关门时间",
    ),
    _rule(
        "hours",
        answer_hours.opening,
        r"\b(?:when|what time)\b.*\bopen|\bopening time\b",
        "几点钟?(?:开|营业)|(?:什么时候|何时)(?:开|营业)|开门时间",
    ),
    _rule(
        "hours",
        answer_hours.opening_hours,
        r"\b(?:opening|business|office|store|shop) hours\b|\b(?:the|its|their|your) hours\b|\bhours of operation\b",
        r"\bwhat hours\b",
        "营业时间|几点到几点",
    ),
    _rule(
        "hours",
        answer_hours.open_at,
        rf"\b{OPEN_SUBJECT}\b[^?]*\b(?:open|opened|closed|shut)\b{NOT_HOURS}|^\W*(?:open|closed)\b{NOT_HOURS}",
        "开门吗|营业吗|开着|关门了?吗|还开|开不开|有没有开|开吗|是否营业|休息吗",
    ),
)
ABOUT_THE_PLACE = (
    _rule(
        "price level",
        answer_record.price_level,
        rf"\bhow (?:expensive|cheap|pricey)\b|\b{DEAR}\b|\bprice (?:level|range|class)\b",
        "贵吗|贵不贵|消费水平|人均",
    ),
    _rule(
        "rating",
        answer_record.rating,
        r"\bratings?\b|\brated\b|\bhow many stars\b|\breviews?\b",
        "评分|评价|几颗星|几星",
    ),
    _rule(
        "cuisine",
        answer_record.cuisine,
        r"\b(?:what|which) (?:kind|type|sort|style) of (?:food|cuisine|cooking)\b|\bcuisine\b",
        r"\bwhat (?:food )?do(?:es)? (?:they|it|you) (?:serve|cook)\b",
        "菜系|什么口味|哪国菜|什么菜(?!单)",
    ),
    _rule(
        "name",
        answer_record.name,
        rf"\bname of {IT}|\bwhat(?:'s| is) {IT} (?:called|named)\b|\b(?:its|the|their) name\W*$",
        r"\b(?:what|which) (?:place|restaurant|shop|bar|caf[eé]) is (?:this|it|that)\b",
        r"\bwhat(?:'s| is) (?:this|that)(?: place)?\W*$",
        "叫什么|什么店|这是哪|店名|名字",
    ),
    _rule(
        "overview",
        answer_record.overview,
        rf"\b(?:tell me (?:more |something )?about|describe|summari[sz]e|what do you know about) {IT}\W*$",
        "介绍",
    ),
    _rule(
        "category",
        answer_record.category,
        r"\bwhat (?:kind|type|sort) of (?:place|shop|store|business)\b",
        "什么类型",
    ),
)
ABOUT_THE_MENU = (
    _rule(
        "menu",
        answer_menu.price_of,
        r"\bhow much (?:is|are|was|were|does|do|did|for|would|will)\b|\bprice of\b|\bcosts? of\b"
        r"|\bwhat (?:do(?:es)?|did)\b.*\bcost\b",
        "多少钱|几块钱|什么价|价格是多少|的价格",
    ),
    _rule(
        "menu",
        answer_menu.dishes_like,
        r"\bmenu\b|\bcheapest\b|\bmost expensive\b|\bdearest\b|\bpriciest\b|\bdish(?:es)?\b",
        "菜单|最便宜|最贵|有什么吃|有什么菜|有什么好吃",
    ),
)
RULES = (*ABOUT_THE_PHOTO, *ABOUT_REACHING_IT, *ABOUT_HOURS, *ABOUT_THE_PLACE, *ABOUT_THE_MENU)
