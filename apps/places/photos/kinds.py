"""Words on signs that say what a house sells, by the category or cuisine that records have for it."""

from __future__ import annotations

from pocketvlm.apps.places.text import fold

_WORDS = """
pizza: pizza pizzeria pasta 披萨
italian: italian italiano italiana ristorante trattoria osteria pasta pizza pizzeria
sushi japanese: sushi ramen sashimi japanese 寿司
noodle ramen: noodle noodles ramen 面馆 拉面 面
chinese: chinese china wok 中餐 小厨 酒家 饭店
dumpling: dumpling dumplings 饺子馆 饺子
hot_pot: 火锅 hotpot hot pot
tea teahouse: tea teas tearoom 茶楼 茶
barbecue: barbecue bbq 烧烤
indian: indian curry tandoori
burger: burger burgers fries
mexican: mexican taco tacos burrito burritos
french: french français française brasserie bistro cuisine
greek: greek taverna gyros
spanish: spanish tapas vino
turkish kebab: kebab döner doner turkish
thai: thai
vietnamese: vietnamese pho
korean: korean
grill steak_house: grill steak steaks steakhouse
coffee_shop cafe: coffee café caffè espresso cappuccino cakes 咖啡
fish_and_chips seafood: fish chips seafood
bakery: bakery bread bäckerei boulangerie panadería 面包
restaurant: restaurant restaurante ristorante food kitchen 餐厅 饭店
bar pub: bar pub beer cocktails wine
fast_food: takeaway fries
ice_cream: gelato gelateria ice cream
books: books bookshop
florist: flowers florist
pharmacy: pharmacy apotheke farmacia 药店
"""
_FILLERS = frozenset("and the of since est bar food cuisine take away".split())


def _by_kind() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in _WORDS.strip().splitlines():
        kinds, _, words = line.partition(":")
        for kind in kinds.split():
            table[kind] = table.get(kind, frozenset()) | frozenset(fold(words).split())
    return table


WORDS = _by_kind()
ALL_WORDS = frozenset().union(*WORDS.values()) | _FILLERS


def says_kind(words: frozenset[str], kinds: tuple[str, ...]) -> bool:
    """Whether folded words of signs hold one of a place's kinds."""
    return any(not words.isdisjoint(WORDS.get(kind, frozenset())) for kind in kinds)


def only_kinds(text: str) -> bool:
    """Whether a line says nothing but what is sold: "Pizza · Pasta"."""
    words = fold(text).split()
    return bool(words) and all(word in ALL_WORDS for word in words)
