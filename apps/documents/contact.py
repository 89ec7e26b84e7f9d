"""A business card: who it is, what for and how to reach them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pocketvlm.apps.documents.contact_words import FIRM, JOB, JOB_ENDING, POSTCODE, STREET, is_chinese_name
from pocketvlm.vision.reading_order import ScreenText

PhoneKind: TypeAlias = Literal["voice", "cell", "fax"]

_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+", re.ASCII)
_SITE = re.compile(
    r"(?:https?://|www\.)[^\s|,;]+"
    r"|(?<![@\w.])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|de|fr|cn|co\.uk|eu|app|dev|example)(?![\w@])(?:/\S*)?",
    re.ASCII | re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s()./–-]{5,}\d(?!\w)")
_LABEL = re.compile(
    r"^\W*(?:t(?:el(?:ephone|\.)?)?|m(?:ob(?:ile|il|\.)?)?|p(?:hone)?|f(?:ax)?|e(?:-?mail)?|w(?:eb(?:site)?)?|cell|direct|office"
    r"|a(?:ddress|dresse|dd)?|site|handy|telefon|internet"
    r"|电\s*话|手\s*机|传\s*真|邮\s*箱|电子邮件|网\s*址|网站|地\s*址|邮\s*编)\s*[.:：]?(?:\s+|(?<=[.:：])|$)",
    re.IGNORECASE,
)
_CELL = re.compile(r"^\W*(?:m(?:ob(?:ile|il)?)?|cell|handy|手\s*机)(?![^\W\d_])|^\W*手\s*机", re.IGNORECASE)
_FAX = re.compile(r"^\W*(?:f(?:ax)?)(?![^\W\d_])|传\s*真", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Phone:
    """A phone number as printed, without its label."""

    number: str
    kind: PhoneKind = "voice"


@dataclass(frozen=True)
class Contact:
    """What a business card says. Fields are None or empty where it says nothing; `flags`: what was uncertain.

    `other` holds the lines that are none of the fields, so that nothing printed is lost.
    """

    name: str | None
    title: str | None
    organisation: str | None
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    websites: tuple[str, ...]
    address: str | None
    other: tuple[str, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The contact as JSON holds it."""
        return {
            "kind": "contact",
            "name": self.name,
            "title": self.title,
            "organisation": self.organisation,
            "phones": [{"number": phone.number, "kind": phone.kind} for phone in self.phones],
            "emails": list(self.emails),
            "websites": list(self.websites),
            "address": self.address,
            "other": list(self.other),
            "flags": list(self.flags),
        }


@dataclass(frozen=True)
class _Line:
    text: str
    height: int


def read_contact(text: ScreenText) -> Contact:
    """Read a business card from its lines."""
    lines = [_Line(line.text.strip(), line.box[3] - line.box[1]) for line in text.lines]
    phones: list[Phone] = []
    emails: list[str] = []
    sites: list[str] = []
    places: list[str] = []
    words: list[_Line] = []
    for line in lines:
        rest = _take(_EMAIL, line.text, lambda found: emails.append(found.replace(" ", "").lower()))
        rest = _take(_SITE, rest, lambda found: sites.append(found.rstrip(".")))
        if _is_address(rest):
            places.append(_LABEL.sub("", rest).strip())
            continue
        kind: PhoneKind = "cell" if _CELL.search(rest) else "fax" if _FAX.search(rest) else "voice"
        rest = _take(_PHONE, rest, lambda found, kind=kind: phones.append(Phone(found.strip(), kind)))  # type: ignore[misc]
        rest = re.sub(r"^[\s|,;:/·•]+|[\s|,;:/·•]+$", "", rest if rest == line.text else _LABEL.sub("", rest))
        if _LETTERS.search(rest):
            words.append(_Line(rest, line.height))
    name, title, firm, other = _told_apart(words, emails)
    flags = [] if name or firm else ["no name was found"]
    flags += [] if phones or emails or sites or places else ["no way to reach anybody was found"]
    return Contact(
        name, title, firm, _distinct(phones), _distinct(emails), _distinct(sites), ", ".join(places) or None,
        tuple(other), tuple(flags),
    )  # fmt: skip


def _take(form: re.Pattern[str], text: str, keep: Callable[[str], None]) -> str:
    """Hand each match to `keep`; the text without them."""
    for match in form.finditer(text):
        keep(match[0])
    return form.sub(" ", text)


def _is_address(text: str) -> bool:
    """Whether a line is a part of an address: a street with a number, or a postcode with a name beside it."""
    plain = _LABEL.sub("", text)
    labelled = re.match(r"^\W*(?:a(?:ddress|dresse|dd)\b|地\s*址)", text, re.IGNORECASE) is not None
    numbered = STREET.search(plain) is not None and re.search(r"\d", plain) is not None
    coded = POSTCODE.search(plain) is not None and _LETTERS.search(POSTCODE.sub("", plain)) is not None
    return labelled or ((numbered or coded) and len(re.findall(r"\d", plain)) <= 12)


def _told_apart(words: Sequence[_Line], emails: Sequence[str]) -> tuple[str | None, str | None, str | None, list[str]]:
    """Name, title, organisation and the rest, of the lines that are words alone. The largest letters are names."""
    left = list(words)
    firm = _pop(left, lambda line: FIRM.search(line.text) is not None)
    if firm is None:
        firm = _pop(left, lambda line: _is_domain(line.text, emails))
    name = _pop(left, lambda line: is_chinese_name(line.text) and JOB.search(line.text) is None)
    if name is None:
        person = [line for line in left if _may_be_person(line.text) and JOB.search(line.text) is None]
        if person:
            tallest = max(line.height for line in person)
            name = _pop(left, lambda line: line in person and line.height >= 0.9 * tallest)
    title = _pop(left, lambda line: JOB.search(line.text) is not None)
    if title is None:
        title = _pop(left, lambda line: line.text.isalpha() and JOB_ENDING.search(line.text) is not None)
    if firm is None and left:
        tallest = max(line.height for line in left)
        firm = _pop(left, lambda line: line.height == tallest)
    return name, title, firm, [line.text for line in left]


def _pop(lines: list[_Line], fits: Callable[[_Line], bool]) -> str | None:
    """Take out the tallest line that fits."""
    fitting = [line for line in lines if fits(line)]
    if not fitting:
        return None
    best = max(fitting, key=lambda line: line.height)
    lines.remove(best)
    return best.text


def _is_domain(text: str, emails: Sequence[str]) -> bool:
    """Whether a line is the name in the mail address's domain: "Blue Oak" and info@blueoak.com."""
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    domains = [re.sub(r"[^a-z0-9]", "", email.partition("@")[2].rpartition(".")[0]) for email in emails]
    return len(letters) >= 4 and any(letters in domain or domain in letters for domain in domains if len(domain) >= 4)


def _may_be_person(text: str) -> bool:
    """Whether a line may be a person's name: two to five words, no digits; or Chinese characters."""
    parts = text.split()
    latin = 2 <= len(parts) <= 5 and all(part[0].isupper() or len(part) <= 3 for part in parts)
    return not re.search(r"\d", text) and (latin or re.fullmatch(r"[\u4e00-\u9fff·]{2,6}", text) is not None)


def _distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
