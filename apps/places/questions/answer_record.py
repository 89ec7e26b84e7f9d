"""Questions that one field of the record answers. Where the record is silent, a line of the photo may show it."""

from __future__ import annotations

import re

from pocketvlm.apps.places.actions import phone_numbers
from pocketvlm.apps.places.card import PRICE_LEVELS, address_line
from pocketvlm.apps.places.distance import HERE_M, way_to
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer, Fact

PRINTED_PHONE = re.compile(r"(?<![\d.,])\+?\(?\d[\d\s().\-/]{5,18}\d(?![\d.,]\d)")
PRINTED_SITE = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]{2,}\.(?:com|net|org|eu|de|fr|it|es|pt|uk|cn|jp|example)\b")
PRINTED_LINES = 3
CHINESE_LEVELS = ("便宜", "中等", "贵", "很贵")
SHORTEST_PHONE, LONGEST_PHONE = 7, 15  # digits; a shorter number on a sign may be anything, a longer one is none


def name(asked: Asked) -> Answer:
    """What the place is called, and what kind of place it is."""
    place = asked.place
    if place is None:
        return asked.answer(unknown=asked.say("no_place"))
    facts = [asked.fact("record", "name", name=plain(place.name))]
    return asked.answer(*facts, *_category(asked))


def overview(asked: Asked) -> Answer:
    """The main facts that the record has; what it lacks is passed over."""
    if asked.place is None:
        return asked.answer(unknown=asked.say("no_place"))
    return asked.answer(*(fact for part in (name, cuisine, rating, address) for fact in part(asked).facts))


def category(asked: Asked) -> Answer:
    """What kind of place it is."""
    return _or_silent(asked, _category(asked), "its category", "类别")


def phone(asked: Asked) -> Answer:
    """The phone number: the record's, or one that the photo shows."""
    number = asked.place.phone if asked.place else None
    facts = [asked.fact("record", "phone", phone=plain(number))] if number else _printed_phone(asked)
    return _or_silent(asked, facts, "a phone number", "电话号码")


def website(asked: Asked) -> Answer:
    """The web address: the record's, or one that the photo shows."""
    site = asked.place.website if asked.place else None
    if site:
        return asked.answer(asked.fact("record", "website", website=plain(site)))
    return _or_silent(asked, _printed(asked, PRINTED_SITE), "a website", "网站")


def address(asked: Asked) -> Answer:
    """Where the place stands."""
    line = address_line(asked.place.address) if asked.place else None
    facts = [asked.fact("record", "address", address=line)] if line else []
    return _or_silent(asked, facts, "its address", "地址")


def distance(asked: Asked) -> Answer:
    """How far it is from where the asker stands, and in which direction."""
    if asked.place is None:
        return asked.answer(unknown=asked.say("no_place"))
    if asked.near is None:
        return asked.answer(unknown=asked.say("no_position"))
    way = way_to(asked.near, (asked.place.lat, asked.place.lon))
    if way.metres < HERE_M:
        return asked.answer(asked.fact("computed from positions", "way_here"))
    words = way.chinese if asked.language == "zh" else way.text
    return asked.answer(asked.fact("computed from positions", "way", way=words))


def rating(asked: Asked) -> Answer:
    """The rating, and by how many people."""
    place = asked.place
    if place is None or place.rating is None:
        return _or_silent(asked, [], "a rating", "评分")
    count = "" if place.rating_count is None else asked.say("rating_count", count=place.rating_count)
    text = asked.say("rating", rating=f"{place.rating:g}") + count + asked.say("stop")
    return asked.answer(Fact(text, "record"))


def price_level(asked: Asked) -> Answer:
    """How expensive it is, on the record's scale."""
    level = asked.place.price_level if asked.place else None
    if level is None:
        return _or_silent(asked, [], "a price level", "价格等级")
    words = (CHINESE_LEVELS if asked.language == "zh" else PRICE_LEVELS)[level - 1]
    return asked.answer(asked.fact("record", "price_level", level=level, words=words))


def cuisine(asked: Asked) -> Answer:
    """What it cooks."""
    words = [plain(word).replace("_", " ") for word in asked.place.cuisine] if asked.place else []
    facts = [asked.fact("record", "cuisine", cuisine=", ".join(words))] if words else []
    return _or_silent(asked, facts, "its cuisine", "菜系")


def booking(asked: Asked) -> Answer:
    """Whether and how one can book. A number to call is added, for the asker to use."""
    said = (asked.place.reservation or "").strip() if asked.place else ""
    facts = []
    if said.lower() in ("yes", "no", "required", "recommended"):
        facts.append(asked.fact("record", f"book_{said.lower()}"))
    elif said:
        facts.append(asked.fact("record", "book_via", how=plain(said)))
    answer = _or_silent(asked, facts, "whether one can book", "能否预订")
    if asked.place and phone_numbers(asked.place.phone) and said.lower() != "no":
        call = asked.fact("record", "phone", phone=plain(asked.place.phone or ""))
        return asked.answer(*answer.facts, call, unknown=answer.unknown)
    return answer


def _category(asked: Asked) -> list[Fact]:
    kind = asked.place.category if asked.place else None
    return [asked.fact("record", "category", category=plain(kind).replace("_", " "))] if kind else []


def _printed_phone(asked: Asked) -> list[Fact]:
    def holds_number(line: str) -> bool:
        counts = (sum(sign.isdigit() for sign in found.group()) for found in PRINTED_PHONE.finditer(line))
        return any(SHORTEST_PHONE <= count <= LONGEST_PHONE for count in counts)

    shown = [plain(line) for line in asked.lines if holds_number(line)][:PRINTED_LINES]
    return [asked.fact("photo", "printed", text=" / ".join(shown))] if shown else []


def _printed(asked: Asked, pattern: re.Pattern[str]) -> list[Fact]:
    shown = [plain(line) for line in asked.lines if pattern.search(line)][:PRINTED_LINES]
    return [asked.fact("photo", "printed", text=" / ".join(shown))] if shown else []


def _or_silent(asked: Asked, facts: list[Fact], english: str, chinese: str) -> Answer:
    """The facts; what the record lacks is said also where the photo helps out."""
    if any(fact.source == "record" for fact in facts):
        return asked.answer(*facts)
    if asked.place is None:
        return asked.answer(*facts, unknown=None if facts else asked.say("no_place"))
    what = chinese if asked.language == "zh" else english
    return asked.answer(*facts, unknown=asked.say("not_recorded", what=what))
