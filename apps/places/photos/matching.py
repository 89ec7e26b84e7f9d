"""How well a place fits what was read in a photo, and where the photo was taken: numbers, not yet a verdict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log1p, log2

import numpy as np
from rapidfuzz import fuzz

from pocketvlm.apps.places.geo import distance_m
from pocketvlm.apps.places.photos.kinds import only_kinds, says_kind
from pocketvlm.apps.places.photos.sign_phrases import Phrase, phrases_of, squeeze
from pocketvlm.apps.places.photos.signs import Sign
from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage.store import Candidate, PlaceStore
from pocketvlm.apps.places.text import fold, phone_keys

FEATURES = (  # in the order of their columns; each 0 where there is nothing to compare
    "alike",  # likeness of the best fitting name and phrase, 0 to 1, blind to accents, case and spaces
    "nearly",  # how far that lies above 0.75, 0 to 1
    "letters",  # likeness times the logarithm of the name's letters: a long name is not met by chance
    "exact",  # likeness with accents, how far above 0.9, 0 to 1
    "tall",  # how tall the phrase stands in the photo, 0 to 1, times likeness
    "unsaid",  # letters beside the phrase, as tall, that the record does not explain; a share
    "far",  # logarithm of the distance in units of the position's likely error, squared
    "phone",  # 1 a number of the place is read, -1 another number
    "street",  # 1 its street is read
    "number",  # 1 with its house number, -1 with another
    "website",  # 1 its address on the web is read
    "kind",  # 1 what it sells is read, apart from its name
)
ERROR_M = 40.0  # what a phone's position is off in a street, if it does not say
NEAR_M = 250.0  # the places about a position that are looked at whatever their names are
MOST_NAMES_ASKED, MOST_OF_A_NAME, MOST_NEAR = 7, 12, 60
STREET_LIKE = 85.0  # of 100: a misread letter or two
WEBSITE_LIKE = 93.0  # of 100: one misread letter of a dozen
_NUMBER = re.compile(r"\b\d{1,4}[a-z]?\b", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?\d[\d\s()./-]{5,}\d")
_WEBSITE = re.compile(r"[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Legible:
    """All that a photo says: what its signs say, and where it was taken.

    Attributes:
        position: latitude and longitude, or None.
        error_m: by how many metres the position may be off.
    """

    signs: tuple[Sign, ...]
    position: tuple[float, float] | None = None
    error_m: float = ERROR_M

    @cached_property
    def phrases(self) -> list[Phrase]:
        return phrases_of(self.signs)

    @cached_property
    def phones(self) -> list[str]:
        """Keys of all phone numbers that are read."""
        found = (number for sign in self.signs for number in _PHONE.findall(sign.text))
        return [key for number in found for key in phone_keys(number)]

    @cached_property
    def folded(self) -> list[str]:
        return [fold(sign.text) for sign in self.signs]

    @cached_property
    def websites(self) -> list[str]:
        """What may be addresses on the web, squeezed: words with a point in them, or after www."""
        found = (word for sign in self.signs for word in _WEBSITE.findall(sign.text))
        return [squeeze(word).removeprefix("www") for word in found]

    def distance_to(self, place: Place) -> float | None:
        """Metres from where the photo was taken; None where that is unknown."""
        return None if self.position is None else distance_m(self.position, (place.lat, place.lon))


def candidates_of(legible: Legible, store: PlaceStore) -> list[Place]:
    """The places that may be meant: by each name that is read, by what lies near, by phone number and by street."""
    near = legible.position
    found: list[Candidate] = []
    for phrase in legible.phrases[:MOST_NAMES_ASKED]:
        if phrase.squeezed:
            found += store.search(phrase.text, limit=MOST_OF_A_NAME)
            if near is not None:
                found += store.search(phrase.text, near=near, within_m=2 * NEAR_M, limit=MOST_OF_A_NAME)
    if near is not None:
        found += store.search(near=near, within_m=max(NEAR_M, 4 * legible.error_m), limit=MOST_NEAR)
    for key in legible.phones:
        found += store.search(phone=key, limit=MOST_OF_A_NAME)
    for line in legible.folded:
        if _NUMBER.search(line) and len(_NUMBER.sub("", line).strip()) > 3:
            found += store.search(street=line, limit=MOST_NEAR)
    return list({one.place.id: one.place for one in found}.values())


def features_of(legible: Legible, place: Place) -> np.ndarray:
    """(F,) float64 evidence for one place, in the order of `FEATURES`."""
    likeness, phrase, name = best_name(legible, place)
    letters = _letters(squeeze(name))
    exact = _exactly(name, phrase.text) if phrase else 0.0
    metres = legible.distance_to(place)
    far = 0.0 if metres is None else log1p((metres / legible.error_m) ** 2)
    street, number = _street(legible, place)
    values = (
        likeness,
        max(0.0, likeness - 0.75) * 4,
        likeness * log2(1 + letters),
        min(1.0, max(0.0, exact - 0.9) * 10),
        likeness * phrase.size if phrase else 0.0,
        _unsaid(phrase, place) if phrase else 0.0,
        far,
        _phone(legible, place),
        street,
        number,
        _website(legible, place),
        _kind(legible, place, phrase),
    )
    return np.array(values)


def best_name(legible: Legible, place: Place) -> tuple[float, Phrase | None, str]:
    """The likeness of the name and phrase that fit best, 0 to 1, and the two; long names first among equals."""
    best: tuple[float, Phrase | None, str] = (0.0, None, "")
    reached = 0.0
    for name in (place.name, *place.names):
        wanted = squeeze(name)
        for phrase in legible.phrases:
            likeness = fuzz.ratio(wanted, phrase.squeezed) / 100
            if likeness * log2(1 + _letters(wanted)) > reached:
                reached, best = likeness * log2(1 + _letters(wanted)), (likeness, phrase, name)
    return best


def _letters(text: str) -> int:
    """The letters of a text; a Chinese character tells as much as three."""
    return sum(3 if "\u3400" <= letter <= "\u9fff" else 1 for letter in text)


def _exactly(name: str, phrase: str) -> float:
    plain = [" ".join(re.findall(r"\w+|&", unicodedata.normalize("NFC", text).casefold())) for text in (name, phrase)]
    return fuzz.ratio(*plain) / 100


def _unsaid(phrase: Phrase, place: Place) -> float:
    """The share of letters, of a phrase and the lines beside it, that neither names nor kinds explain."""
    known = " ".join(fold(name) for name in (place.name, *place.names))
    rest = 0
    for line in phrase.beside:
        if not only_kinds(line) and fuzz.partial_ratio(fold(line), known) < STREET_LIKE:
            rest += len(squeeze(line))
    return rest / max(1, rest + len(phrase.squeezed))


def _phone(legible: Legible, place: Place) -> float:
    keys = phone_keys(place.phone)
    if not keys or not legible.phones:
        return 0.0
    # A digit may be misread or lost: one in eight still makes 87.
    return 1.0 if max(fuzz.ratio(a, b) for a in keys for b in legible.phones) > 87 else -1.0


def _street(legible: Legible, place: Place) -> tuple[float, float]:
    street = fold(place.address.street or "")
    if len(street) < 4:
        return 0.0, 0.0
    for line in legible.folded:
        if fuzz.ratio(street, _NUMBER.sub("", line).strip()) >= STREET_LIKE:
            numbers = _NUMBER.findall(line)
            if not numbers or not place.address.housenumber:
                return 1.0, 0.0
            return 1.0, 1.0 if fold(place.address.housenumber) in numbers else -1.0
    return 0.0, 0.0


def _website(legible: Legible, place: Place) -> float:
    host = re.sub(r"^[a-z]+://", "", (place.website or "").lower()).partition("/")[0].removeprefix("www.")
    wanted = squeeze(host)
    if len(wanted) < 6:
        return 0.0
    return 1.0 if any(fuzz.ratio(wanted, line) >= WEBSITE_LIKE for line in legible.websites) else 0.0


def _kind(legible: Legible, place: Place, phrase: Phrase | None) -> float:
    members: Sequence[int] = phrase.members if phrase else ()
    rest = (line for at, line in enumerate(legible.folded) if at not in members)
    words = frozenset(word for line in rest for word in line.split())
    return 1.0 if says_kind(words, (*place.cuisine, place.category or "")) else 0.0
