"""Text of places, made comparable: what two spellings of one name, number or street have in common."""

from __future__ import annotations

import re
import unicodedata

# Control characters could drive a terminal, and direction overrides could make a name read as another one.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]+")
# Only these: the marks of other scripts are vowels, without which different words would be one.
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[\W_]+")
_LONGEST = 8192  # characters that are looked at; whatever is longer is too long for any field
_NO_DIGIT = re.compile(r"\D+")
_NUMBER_WORD = re.compile(r"\b\d+[a-z]?\b")
_STRASSE = re.compile(r"(?<=\w\w\w)str$")  # Hauptstr.
_STREET_WORDS = {
    **{"st": "street", "rd": "road", "ln": "lane", "sq": "square", "dr": "drive", "str": "strasse", "r": "rua"},
    **{"av": "avenue", "ave": "avenue", "bd": "boulevard", "blvd": "boulevard", "pl": "place", "pza": "piazza"},
}
_SHORTEST_PHONE = 6  # digits; shorter ones are service numbers that many places share
_PHONE_DIGITS = 8  # the last ones: country codes and trunk zeros are written or left out at will


def clean(text: object) -> str | None:
    """One line of plain text without control characters; None where nothing is left or it is no text or number."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    line = _CONTROLS.sub(" ", str(text)[:_LONGEST].encode("utf-8", "replace").decode("utf-8"))
    return " ".join(line.split()) or None


def fold(text: str) -> str:
    """The text without accents, case, punctuation and doubled spaces: `Café "L'Été"` becomes `cafe l ete`."""
    if text.isascii():
        return " ".join(_NO_WORD.sub(" ", text.lower()).split())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    plain = unicodedata.normalize("NFKC", plain).casefold()
    return " ".join("".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in plain).split())


def name_key(text: str) -> str:
    """What a name is compared by: folded; a name of signs alone, such as `!!!`, as it is."""
    return fold(text) or (clean(text) or "").casefold()


def phone_keys(text: str | None) -> list[str]:
    """What the phone numbers in a text are looked up by; numbers are separated by `;`, `,`, `/` or `|`."""
    digits = [_NO_DIGIT.sub("", part) for part in re.split(r"[;,/|]", text or "")]
    return list(dict.fromkeys(number[-_PHONE_DIGITS:] for number in digits if len(number) >= _SHORTEST_PHONE))


def street_key(text: str | None) -> str | None:
    """What a street is looked up by: its folded name without house numbers, its usual abbreviations written out."""
    words = _NUMBER_WORD.sub(" ", fold(text or "")).split()
    return " ".join(_STREET_WORDS.get(word, _STRASSE.sub("strasse", word)) for word in words) or None


def trigrams(text: str) -> list[str]:
    """The distinct runs of three characters of a folded text between spaces, as the store's index holds them."""
    padded = f" {text} "
    return list(dict.fromkeys(padded[start : start + 3] for start in range(len(padded) - 2)))
