"""Questions about dishes and prices, computed from the record's menu, or from the one the photo shows."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from difflib import get_close_matches

from pocketvlm.apps.places.card import dish_words
from pocketvlm.apps.places.place import MenuItem
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.questions.asking import Asked
from pocketvlm.apps.places.questions.facts import Answer, Source
from pocketvlm.apps.places.questions.menu_wishes import Wish, marked, read_wish
from pocketvlm.apps.screens.words import content_stems

DISHES_SAID = 10
SIMILAR = 0.8  # of difflib's ratio: "lasagna" is "lasagne" (0.86), "pasta" is not "pizza" (0.4)
COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
PRICE_OF = re.compile(
    r"\bhow much (?:is|are|was|were|does|do|did|for|would|will)\b\s*(?P<dish>.*?)\s*(?:\bcost\b.*)?$"
    r"|\b(?:what(?:'s| is) the )?(?:price|cost)s? (?:of|for)\b\s*(?P<priced>.*)$"
    r"|\bwhat (?:does|do|did)\b\s*(?P<costing>.*?)\s*\bcost\b"
    r"|^(?P<chinese>.+?)(?:要|是|卖)?(?:多少钱|几块钱|什么价|价格是多少|的价格)",
    re.IGNORECASE,
)
MARKED_VEGETARIAN = re.compile(r"(?<!non-)(?<!non )(?<!not )\b(?:vegetarian|veggie)\b|\(ve?g?\)|素食", re.IGNORECASE)


def price_of(asked: Asked) -> Answer:
    """What a dish costs. Every dish whose name holds the asked words is given; a spelling variant counts."""
    found = PRICE_OF.search(asked.question)
    wanted = next((part for part in found.groups() if part), "") if found else ""
    dishes, source = _menu(asked)
    if not dishes:
        return asked.answer(unknown=asked.say("no_menu"))
    wanted = re.sub(r"^(?:the|an?|your|their)\s+", "", wanted.strip(" ?？.!"), flags=re.IGNORECASE)
    if not content_stems(wanted):
        return asked.answer(unknown=asked.say("which_dish"))
    named = _named(dishes, wanted)
    if not named:
        return asked.answer(unknown=asked.say("no_such_dish", dish=plain(wanted)))
    priced = [item for item in named if item.price is not None]
    if not priced:
        return asked.answer(unknown=asked.say("no_price", dish=plain(named[0].name)))
    return asked.answer(*(asked.fact(source, "dish", dish=dish_words(item)) for item in priced[:DISHES_SAID]))


def dishes_like(asked: Asked) -> Answer:
    """The dishes that fit a wish: vegetarian, under 15, with given words, the cheapest; or the whole menu."""
    wish = read_wish(asked.question)
    dishes, source = _menu(asked)
    if not dishes:
        return asked.answer(unknown=asked.say("no_menu"))
    worded = [item for item in dishes if _holds(item, wish.words)]
    if not worded:
        return asked.answer(unknown=asked.say("no_such_dish", dish=" ".join(wish.words)))
    if wish.diet is not None:
        worded = [item for item in worded if marked(wish.diet, f"{item.name} {item.description or ''}")]
        if not worded:
            return asked.answer(unknown=asked.say("diet_unsaid", diet=wish.diet))
    return _fitting(asked, wish, worded, source)


def _fitting(asked: Asked, wish: Wish, dishes: list[MenuItem], source: Source) -> Answer:
    """The dishes within the price bounds and with the vegetarian mark, and what the menu leaves open about others."""
    priced = [item for item in dishes if item.price is not None]
    needs_price = bool(wish.bounds) or wish.cheapest or wish.dearest
    comparable = [item for item in priced if all(amount.fits(item.currency) for _, amount in wish.bounds)]
    within = [item for item in comparable if _within(item, wish)] if wish.bounds else priced if needs_price else dishes
    fitting = [item for item in within if wish.vegetarian is None or _vegetarian(item) is wish.vegetarian]
    unmarked = [item for item in within if wish.vegetarian is not None and _vegetarian(item) is None]
    remarks = []
    if unmarked:
        remarks.append(asked.fact(source, "unmarked", count=len(unmarked)))
    if needs_price and len(priced) < len(dishes):
        remarks.append(asked.fact(source, "unpriced", count=len(dishes) - len(priced)))
    if wish.bounds and len(comparable) < len(priced):
        remarks.append(asked.fact(source, "other_currency", count=len(priced) - len(comparable)))
    if not fitting:
        return asked.answer(asked.fact(source, "none_fit", what=wish.in_words(asked.language)), *remarks)
    best = _extreme(fitting, wish) if wish.cheapest or wish.dearest else fitting
    heading = asked.say(
        "cheapest" if wish.cheapest else "dearest" if wish.dearest else "fitting", what=wish.in_words(asked.language)
    )
    heading = heading if wish.limited or wish.words else asked.say("menu")
    return asked.answer(asked.fact(source, "dishes", what=heading, dishes=_listed(asked, best)), *remarks)


def _menu(asked: Asked) -> tuple[Sequence[MenuItem], Source]:
    if asked.place is not None and asked.place.menu:
        return asked.place.menu, "record"
    return asked.dishes, "photo"


def _named(dishes: Sequence[MenuItem], wanted: str) -> list[MenuItem]:
    """The dishes whose name holds what is asked for: the very words first, then a spelling variant of each word."""
    stems = content_stems(wanted)
    whole = [item for item in dishes if item.name.strip().casefold() == wanted.casefold()]
    if whole:
        return whole
    if not wanted.isascii():  # scripts without spaces between words: one text inside the other
        return [item for item in dishes if item.name in wanted or wanted in item.name]
    exact = [item for item in dishes if set(stems) <= set(content_stems(item.name))]
    return exact or [
        item
        for item in dishes
        if all(get_close_matches(word, content_stems(item.name), 1, SIMILAR) for word in stems if not word.isdigit())
    ]


def _holds(item: MenuItem, words: tuple[str, ...]) -> bool:
    text = f"{item.name} {item.description or ''}"
    stems = set(content_stems(text))
    return all(word in stems or (not word.isascii() and word in text) for word in words)


def _within(item: MenuItem, wish: Wish) -> bool:
    price = item.price
    return price is not None and all(COMPARE[sign](price, amount.value) for sign, amount in wish.bounds)


def _vegetarian(item: MenuItem) -> bool | None:
    """The menu's mark; without one, a dish that calls itself vegetarian."""
    if item.vegetarian is None and MARKED_VEGETARIAN.search(f"{item.name} {item.description or ''}"):
        return True
    return item.vegetarian


def _extreme(dishes: list[MenuItem], wish: Wish) -> list[MenuItem]:
    """The cheapest or dearest; all that share the price. Prices in several currencies are kept apart."""
    best = []
    for currency in dict.fromkeys(item.currency for item in dishes):
        prices = [item.price for item in dishes if item.currency == currency and item.price is not None]
        wanted = min(prices) if wish.cheapest else max(prices)
        best += [item for item in dishes if item.currency == currency and item.price == wanted]
    return best


def _listed(asked: Asked, dishes: list[MenuItem]) -> str:
    text = "; ".join(dish_words(item) for item in dishes[:DISHES_SAID])
    more = len(dishes) - DISHES_SAID
    return asked.say("more", dishes=text, count=more) if more > 0 else text
