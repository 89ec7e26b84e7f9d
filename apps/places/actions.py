"""What one can do next: call, look at a map, open a website, book. Only offered as links; nothing here opens any.

The record is written by strangers, so a link is built, never passed on: only tel:, geo:, http: and https:, a number
of digits, a host name that is one, and everything else percent-encoded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.plain import plain

Kind = Literal["call", "map", "website", "book"]

LONGEST_LINK = 500  # characters; a longer one is no address that a restaurant gives
MOST_NUMBERS = 3
NUMBER = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]+")
HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
# What stays as it is in a link's path, query and fragment: RFC 3986's characters and finished percent escapes.
KEPT = "/?:@!$&'()*+,;=-._~%#[]"


@dataclass(frozen=True)
class Action:
    """One offer: what it does, in words, and the link that does it."""

    kind: Kind
    label: str
    link: str


def actions_for(place: Place) -> tuple[Action, ...]:
    """Everything the record lets one do, safest links only; what cannot be made safe is left out."""
    numbers = phone_numbers(place.phone)
    offers = [Action("call", f"Call {shown}", link) for shown, link in numbers]
    offers += _booking(place, numbers)
    site = website_link(place.website)
    if site is not None:
        offers.append(Action("website", f"Open {site}", site))
    spot = f"{place.lat:.6f},{place.lon:.6f}"
    street_map = f"https://www.openstreetmap.org/?mlat={place.lat:.6f}&mlon={place.lon:.6f}#map=18/{place.lat:.6f}/{place.lon:.6f}"
    offers.append(Action("map", "Show in the map app", f"geo:{spot}?q={spot}({quote(plain(place.name), safe='')})"))
    offers.append(Action("map", "Show on a map", street_map))
    return tuple(offers)


def phone_numbers(text: str | None) -> list[tuple[str, str]]:
    """The phone numbers of a field, each as people read it and as a tel: link; what is no number is left out."""
    found = []
    for part in re.split(r"[;,|]", (text or "")[:LONGEST_LINK]):
        shown = plain(part)
        bare = re.sub(r"\(0\)", "", shown.removeprefix("tel:")).strip()  # "+44 (0)20": the 0 is for inland callers
        digits = re.sub(r"\D", "", bare)
        # 15 digits is the limit of ITU-T E.164; fewer than 3 is no number anywhere.
        if NUMBER.fullmatch(bare) and 3 <= len(digits) <= 15:
            found.append((bare, f"tel:{'+' if bare.startswith('+') else ''}{digits}"))
    return found[:MOST_NUMBERS]


def website_link(text: str | None) -> str | None:
    """A web address as a safe http: or https: link; None where it is none."""
    if text is None or len(text) > LONGEST_LINK or re.search(r"[\s\\<>\"^`{|}\x00-\x1f\x7f-\x9f]", text.strip()):
        return None
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:  # a port that is no number, brackets of a broken IPv6 address, a label that is too long
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or HOST.fullmatch(host) is None:
        return None
    rest = address.split("://", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{quote(rest, safe=KEPT)}"


def _booking(place: Place, numbers: list[tuple[str, str]]) -> list[Action]:
    word = (place.reservation or "").strip().lower()
    if word in ("", "no"):
        return []
    link = website_link(place.reservation) if "." in word else None
    if link is not None:
        return [Action("book", f"Book at {link}", link)]
    own = phone_numbers(place.reservation)
    shown = own or numbers
    if not own and word not in ("yes", "required", "recommended"):
        return []
    return [Action("book", f"Call {number} to book", link) for number, link in shown[:1]]
