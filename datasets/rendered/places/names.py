"""Made-up names of places and streets, in English, Italian, French and Chinese, and ways in which names are alike."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

AMENITIES = frozenset({"restaurant", "cafe", "fast_food", "bar", "pub"})

_LOOKS = """Golden Silver Blue Red Green Little Old New Happy Hungry Royal Hidden Salty Sweet Wild Quiet Copper Crooked
Velvet Smoky Rustic Sunny Merry Twin Lucky Humble Painted Rolling Northern Southern""".split()
_THINGS = """Lantern Dragon Wok Anchor Olive Oak Fig Lemon Pepper Spoon Kettle Crown Rose Lotus Lion Swan Fox Heron
Harbour Garden Bridge Mill Barrel Stove Table Oven Sparrow Pearl Compass Thistle""".split()
_PEOPLE = """Luigi Maria Ahmed Rosa Tony Nina Carlo Mei Priya Oscar Greta Hugo Ines Pablo Sofia Marco Lena Ivan Zara
Bruno Elsa Felix Paula Samir Tilda Viktor Wanda Yusuf Bella Dario""".split()
# What a house sells: the word on the sign, its category and its cuisine.
_KINDS: tuple[tuple[str, str, str | None], ...] = (
    ("Kitchen", "restaurant", None),
    ("Grill", "restaurant", "grill"),
    ("Bistro", "restaurant", "french"),
    ("Pizzeria", "restaurant", "pizza"),
    ("Pizza", "fast_food", "pizza"),
    ("Sushi Bar", "restaurant", "sushi"),
    ("Noodle House", "restaurant", "noodle"),
    ("Curry House", "restaurant", "indian"),
    ("Burgers", "fast_food", "burger"),
    ("Tacos", "fast_food", "mexican"),
    ("Coffee", "cafe", "coffee_shop"),
    ("Café", "cafe", None),
    ("Tea Room", "cafe", "tea"),
    ("Bakery", "bakery", None),
    ("Deli", "deli", None),
    ("Fish Bar", "fast_food", "fish_and_chips"),
    ("Steakhouse", "restaurant", "steak_house"),
    ("Bar", "bar", None),
    ("Books", "books", None),
    ("Flowers", "florist", None),
)
_HOUSES: tuple[tuple[str, str, str | None, str], ...] = (  # word before, category, cuisine, words after
    ("Trattoria", "restaurant", "italian", "Bella Vista|del Ponte|da Enzo|La Pergola|Sant'Anna|del Sole|Il Cortile"),
    ("Osteria", "restaurant", "italian", "del Borgo|Tre Fontane|La Quercia|Sottovento|dei Fiori|Il Grappolo"),
    ("Café", "cafe", None, "Lumière|de la Gare|Étoile|du Marché|Mirabelle|Très Bon|Noisette|Bélair"),
    ("Brasserie", "restaurant", "french", "Hélène|du Port|Saint-Clair|Quatre Saisons|Le Phare|Vendôme"),
    ("Taverna", "restaurant", "greek", "Kalypso|Thalassa|Meltemi|Elia|Dionysos|Ampelos"),
    ("Casa", "restaurant", "spanish", "Paloma|Jacinto|Niño|Ribera|Lola|Montaña"),
)
_AGE = (("老", "Old"), ("小", "Little"), ("金", "Golden"), ("福", "Lucky"), ("新", "New"), ("大", "Great"))
_SURNAMES = (
    *(("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("陈", "Chen"), ("刘", "Liu"), ("赵", "Zhao")),
    *(("周", "Zhou"), ("孙", "Sun"), ("马", "Ma"), ("林", "Lin"), ("何", "He"), ("高", "Gao")),
)
_CHINESE_KINDS = (
    *(("面馆", "Noodles", "noodle"), ("饺子馆", "Dumplings", "dumpling"), ("火锅", "Hot Pot", "hot_pot")),
    *(("茶楼", "Tea House", "tea"), ("小厨", "Kitchen", "chinese"), ("烧烤", "Barbecue", "barbecue")),
)
_STREET_WORDS = """Maple Chestnut Mill Church Harbour Station Bridge Market Abbey Castle Garden Orchard Quarry Sailor
Weaver Cooper Tanner Lantern Meadow Willow Juniper Falcon Saddler Granary""".split()
STREETS = [f"{word} {way}" for word in _STREET_WORDS for way in ("Street", "Road", "Lane", "Square")]

_ACCENTS = {"a": "à", "e": "é", "o": "ó", "i": "ì", "u": "ù"}


@dataclass(frozen=True)
class Name:
    """A name with what it says about its house; `english` is given where the name is Chinese."""

    text: str
    english: str | None
    category: str
    cuisine: str | None


def draw(rng: random.Random) -> Name:
    """A name by lot; some come up again and again, as in life."""
    form = rng.random()
    if form < 0.12:
        return _chinese(rng)
    if form < 0.24:
        before, category, cuisine, after = rng.choice(_HOUSES)
        return Name(f"{before} {rng.choice(after.split('|'))}", None, category, cuisine)
    word, category, cuisine = rng.choice(_KINDS)
    if form < 0.50:
        return Name(f"{rng.choice(_PEOPLE)}'s {word}", None, category, cuisine)
    if form < 0.62:
        first, second = rng.sample(_THINGS, 2)
        return Name(f"{first} & {second}", None, category, cuisine)
    if form < 0.80:
        return Name(f"{rng.choice(_LOOKS)} {rng.choice(_THINGS)} {word}", None, category, cuisine)
    article = rng.choice(("The ", "The ", ""))
    return Name(f"{article}{rng.choice(_LOOKS)} {rng.choice(_THINGS)}", None, category, cuisine)


def _chinese(rng: random.Random) -> Name:
    age, surname, kind = rng.choice(_AGE), rng.choice(_SURNAMES), rng.choice(_CHINESE_KINDS)
    text, english = "".join(part[0] for part in (age, surname, kind)), " ".join(p[1] for p in (age, surname, kind))
    return Name(text, english, "restaurant", kind[2])


def vary(name: str, rng: random.Random) -> str:
    """A name that is easily taken for this one: a word more or less, an accent, an ending, a letter."""
    if not name.isascii() and any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return rng.choice(
            (f"新{name}", f"{name}二店", name.replace("小", "老", 1), name + "王", name[:2] + "家" + name[2:])
        )
    words = name.split()
    ways = [
        f"New {name}",
        f"{name} II",
        f"{name} Express",
        f"{name} & Co",
        _plain(name) if not name.isascii() else re.sub("[aeiou]", lambda found: _ACCENTS[found[0]], name, count=1),
        name.replace("'s ", " & Sons "),
        name.replace("Bar", "Grill").replace("Kitchen", "Cucina").replace("Pizza", "Pasta"),
        name.removeprefix("The "),
        " ".join([words[0].removesuffix("s") + "s", *words[1:]]),
        _slip(name, rng),
    ]
    return rng.choice([way for way in ways if way != name])


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def _slip(name: str, rng: random.Random) -> str:
    """One letter doubled, or one of a pair dropped: Luiggi's, Coper."""
    places = [found.start() for found in re.finditer(r"(?<=[A-Za-z])[a-z](?=[a-z])", name)]
    at = rng.choice(places)
    return name[:at] + name[at] + name[at:] if rng.random() < 0.5 else name[:at] + name[at + 1 :]


def host(name: str) -> str:
    """A name as a website's address has it: goldenlantern."""
    return re.sub(r"[^a-z0-9]", "", _plain(name).lower())
