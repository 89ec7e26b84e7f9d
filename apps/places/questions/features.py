"""What a record says of a place beyond its main fields: step-free access, terrace, wireless network, diets, cards."""

from __future__ import annotations

import re

from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer

# OpenStreetMap's keys, the English and the Chinese words with which people ask for them, and a name to answer with.
# A key that ends in ":" stands for a family of keys.
ASKED_FOR: tuple[tuple[str, str, str, str], ...] = (
    ("wheelchair", r"wheelchairs?|step.?free|disabled access|accessible", "轮椅|无障碍", "wheelchair access"),
    ("outdoor_seating", r"outdoors?|outside|terrace|patio|beer garden", "露台|户外|室外", "outdoor seating"),
    ("internet_access", r"wi-?fi|wlan|internet", "无线网|上网", "internet access"),
    ("takeaway", r"take.?away|take.?out|carry.?out|to go(?=\W*$)", "外带|打包", "takeaway"),
    ("delivery", r"deliver(?:y|ies|s)?", "外卖|送餐", "delivery"),
    ("smoking", r"smok(?:e|ing)", "吸烟|抽烟", "smoking"),
    ("toilets", r"toilets?|restrooms?|bathrooms?|loo", "厕所|洗手间|卫生间", "toilets"),
    ("dog", r"dogs?|pets?", "宠物|带狗", "dogs"),
    ("highchair", r"high.?chairs?", "儿童椅", "high chairs"),
    ("air_conditioning", r"air.?condition(?:ing|ed|er)?", "空调", "air conditioning"),
    ("drive_through", r"drive.?(?:through|thru)", "得来速", "drive-through"),
    (
        "payment:",
        r"(?:pay|payments?|accepts?|takes?) .*(?:cards?|cash|visa|mastercard|contactless)",
        "刷卡|现金|支付",
        "payment",
    ),
    ("diet:vegan", r"vegan", "纯素", "vegan food"),
    ("diet:halal", r"halal", "清真", "halal food"),
    ("diet:kosher", r"kosher", "犹太洁食", "kosher food"),
    ("diet:gluten_free", r"gluten.?free", "无麸质", "gluten-free food"),
    ("diet:vegetarian", r"vegetarians?|veggie", "素食|吃素", "vegetarian food"),
)
PATTERNS = tuple(
    (key, re.compile(rf"\b(?:{english})\b|{chinese}", re.IGNORECASE), name, chinese.split("|")[0])
    for key, english, chinese, name in ASKED_FOR
)


def asks_for_feature(question: str) -> bool:
    """Whether a question names something of the table."""
    return any(pattern.search(question) for _, pattern, _, _ in PATTERNS)


def feature(asked: Asked) -> Answer:
    """What the record says, word for word, of each thing that the question names."""
    facts, silent = [], []
    for key, pattern, english, chinese in PATTERNS:
        name = chinese if asked.language == "zh" else english
        if pattern.search(asked.question) is None:
            continue
        told = [(tag, value) for tag, value in (asked.place.features if asked.place else ()) if _matches(tag, key)]
        if not told:
            silent.append(name)
        for tag, value in told:
            words = name if tag == key else tag.replace(":", " ").replace("_", " ")
            facts.append(asked.fact("record", "feature", what=plain(words), value=plain(value)))
    unknown = None
    if asked.place is None:
        unknown = asked.say("no_place")
    elif silent:
        what = "、".join(silent) if asked.language == "zh" else f"anything about {', '.join(silent)}"
        unknown = asked.say("not_recorded", what=what)
    return asked.answer(*facts, unknown=unknown)


def _matches(tag: str, key: str) -> bool:
    return tag.startswith(key) if key.endswith(":") else tag == key
