"""A contact as a vCard file, version 4.0 (RFC 6350), which address books import."""

from __future__ import annotations

import re

from pocketvlm.apps.documents.contact import Contact, Phone
from pocketvlm.apps.documents.contact_words import DOUBLE_SURNAMES, is_chinese_name
from pocketvlm.apps.documents.content_lines import content, escaped

_NUMBER = re.compile(r"[+\d()\s./–-]+")
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


def vcard(contact: Contact) -> str:
    """The file's text.

    Raises:
        ValueError: the card says neither a name nor an organisation, without which a vCard is none.
    """
    shown = contact.name or contact.organisation
    if not shown:
        raise ValueError(
            "the card has neither a name nor an organisation: a vCard needs one; see what was read with --json"
        )
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{escaped(shown)}"]
    if contact.name:
        family, given = family_and_given(contact.name)
        lines.append(f"N:{escaped(family)};{escaped(given)};;;")
    else:
        lines.append("KIND:org")
    lines += [f"ORG:{escaped(contact.organisation)}"] if contact.organisation else []
    lines += [f"TITLE:{escaped(contact.title)}"] if contact.title else []
    lines += [_phone(phone) for phone in contact.phones if _NUMBER.fullmatch(phone.number)]
    lines += [f"EMAIL;TYPE=work:{escaped(email)}" for email in contact.emails]
    lines += [f"URL:{address}" for site in contact.websites if (address := web_address(site))]
    lines += [f"ADR;TYPE=work:;;{escaped(contact.address)};;;;"] if contact.address else []
    return content([*lines, "END:VCARD"])


def family_and_given(name: str) -> tuple[str, str]:
    """A name in two: the last word is the family's; in Chinese the first character is, or a double surname's two."""
    if is_chinese_name(name):
        cut = 2 if name.startswith(DOUBLE_SURNAMES) and len(name) > 2 else 1
        return name[:cut], name[cut:]
    given, _, family = name.rpartition(" ")
    return family, given


def web_address(site: str) -> str | None:
    """A printed site as an address with a scheme; None where it is no web address."""
    whole = site if "://" in site else f"https://{site}"
    return whole if _WEB.fullmatch(whole) else None


def _phone(phone: Phone) -> str:
    return f"TEL;TYPE=work,{phone.kind}:{escaped(' '.join(phone.number.split()))}"
