"""What a question about a menu wishes for: a price range, vegetarian or not, words of the dish, cheapest or dearest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pocketvlm.apps.places.questions.money_words import MONEY, Amount, amount_of
from pocketvlm.apps.places.time_words import Language
from pocketvlm.apps.screens.words import content_stems, stem

NON_VEGETARIAN = re.compile(r"\bnon-?\s?vegetarian\b|\bnot vegetarian\b|\bwith meat\b|荤", re.IGNORECASE)
VEGETARIAN = re.compile(
    r"\bvegetarians?\b|\bveggie\b|\bmeat-?\s?(?:less|free)\b|\b(?:without|no) meat\b|素", re.IGNORECASE
)
# Diets and allergies that a menu's vegetarian mark says nothing about: only the menu's own words count for these.
# The first pattern finds the diet in a question, the second its mark in a dish's words.
DIETS = tuple(
    (name, re.compile(asked, re.IGNORECASE), re.compile(mark, re.IGNORECASE))
    for name, asked, mark in (
        ("vegan", r"\bvegan\b|纯素|全素", r"(?<!non-)(?<!not )\bvegan\b|纯素|全素"),
        ("gluten-free", r"gluten|麸质", r"\bgluten[- ]?free\b|无麸质"),
        ("halal", r"\bhalal\b|清真", r"\bhalal\b|清真"),
        ("kosher", r"\bkosher\b", r"\bkosher\b"),
        ("dairy-free", r"\b(?:dairy|lactose|milk)\b|含奶|乳糖", r"\b(?:dairy|lactose)[- ]?free\b|不含奶"),
        ("nut-free", r"\b(?:pea)?nuts?[- ]?free\b|\b(?:without|no|to) (?:pea)?nuts?\b|\bnut allerg|坚果|花生过敏",
         r"\bnut[- ]?free\b|不含坚果"),
        ("free of allergens", r"\ballerg|过敏", r"\ballergen[- ]?free\b"),
    )
)  # fmt: skip
BETWEEN = re.compile(
    rf"\b(?:between|from)\s+{MONEY}\s+(?:and|to)\s+(?P<upper>\d{{1,6}}(?:[.,]\d{{1,2}})?)", re.IGNORECASE
)
BOUNDS = tuple(
    (sign, re.compile(wording, re.IGNORECASE))
    for sign, wording in (
        ("<=", rf"(?:\b(?:at most|up to|no more than|not more than|max(?:imum)?|within)|不超过|最多)\s*{MONEY}"),
        (">=", rf"(?:\b(?:at least|min(?:imum)?|no less than)|至少|不低于)\s*{MONEY}"),
        ("<", rf"(?:\b(?:under|below|less than|cheaper than)|低于|少于|便宜过)\s*{MONEY}"),
        (">", rf"(?:\b(?:over|above|more than)|高于|超过)\s*{MONEY}"),
        ("<=", rf"{MONEY}\s*(?:or (?:less|under|below|cheaper)|以下|以内|之内)"),
        (">=", rf"{MONEY}\s*(?:or more|以上)"),
    )
)
CHEAPEST = re.compile(r"\b(?:cheapest|least expensive|lowest price)\b|最便宜", re.IGNORECASE)
DEAREST = re.compile(r"\b(?:most expensive|dearest|priciest|highest price)\b|最贵", re.IGNORECASE)
FILLER = frozenset(
    stem(word)
    for word in """anything something thing things dish dishes menu food meal meals eat eating option options there have
    serve offer offers sell order choice choices under below less than cheaper over above more most least up between
    or and price prices priced cost costs costing max maximum minimum within euro euros eur dollars dollar usd pounds
    pound gbp bucks buck yuan rmb cny yen jpy francs chf cheapest expensive dearest priciest item items list which
    good nice recommend here place restaurant only just please want non find see read lowest highest""".split()
)
CHINESE_FILLER = re.compile(
    "有没有|有|什么|哪些|哪个|哪道|推荐|素食|素菜|素的|素|荤菜|荤|以下|以内|之内|以上|最便宜|最贵|东西|菜单|菜品|菜|可以|价格|价钱"
    "|低于|少于|不超过|最多|[的吗呢么吃点道是元块里上你们这]"
)


@dataclass(frozen=True)
class Wish:
    """What a dish must be. bounds: comparison sign and amount, all of which hold. diet: a mark besides vegetarian.

    words: stems that the dish's name or description must hold.
    """

    vegetarian: bool | None = None
    diet: str | None = None
    bounds: tuple[tuple[str, Amount], ...] = ()
    words: tuple[str, ...] = ()
    cheapest: bool = False
    dearest: bool = False

    @property
    def limited(self) -> bool:
        return self.vegetarian is not None or bool(self.diet or self.bounds or self.cheapest or self.dearest)

    def in_words(self, language: Language) -> str:
        """The wish as a note behind an answer: vegetarian, < 15, "pizza"."""
        yes, no = ("素食", "非素食") if language == "zh" else ("vegetarian", "not vegetarian")
        marks = [] if self.vegetarian is None else [yes if self.vegetarian else no]
        diet = [self.diet] if self.diet else []
        bounds = [f"{sign} {amount.value}" for sign, amount in self.bounds]
        return ("、" if language == "zh" else ", ").join(
            [*marks, *diet, *bounds, *(f'"{word}"' for word in self.words)]
        )


def read_wish(question: str) -> Wish:
    """What a question wishes of a menu."""
    bounds, rest = _bounds(question)
    diet = next((name for name, asked, _ in DIETS if asked.search(question)), None)
    vegetarian = None
    if NON_VEGETARIAN.search(question):
        vegetarian = False
    elif diet is None and VEGETARIAN.search(question):
        vegetarian = True
    cheapest, dearest = CHEAPEST.search(question) is not None, DEAREST.search(question) is not None
    return Wish(vegetarian, diet, bounds, () if diet else _words(rest), cheapest, dearest)


def _words(rest: str) -> tuple[str, ...]:
    """What a question without its price bounds still asks of a dish's name."""
    for pattern in (NON_VEGETARIAN, VEGETARIAN):
        rest = pattern.sub(" ", rest)
    words = [word for word in content_stems(rest) if word.isascii() and not word.isdigit() and word not in FILLER]
    chinese = (CHINESE_FILLER.sub("", run) for run in re.findall("[㐀-鿿]+", rest))
    return (*words, *(run for run in chinese if len(run) > 1))


def _bounds(question: str) -> tuple[tuple[tuple[str, Amount], ...], str]:
    """The price bounds, and the question without them."""
    if found := BETWEEN.search(question):
        lower = amount_of(found)
        upper = Amount(Decimal(found["upper"].replace(",", ".")), lower.currencies)
        return ((">=", lower), ("<=", upper)), question[: found.start()] + question[found.end() :]
    bounds = []
    for sign, pattern in BOUNDS:
        if found := pattern.search(question):
            bounds.append((sign, amount_of(found)))
            question = question[: found.start()] + " " + question[found.end() :]
    return tuple(bounds), question


def marked(diet: str, text: str) -> bool:
    """Whether a dish's own words say that it suits a diet."""
    return next(mark for name, _, mark in DIETS if name == diet).search(text) is not None
