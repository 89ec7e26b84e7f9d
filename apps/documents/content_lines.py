"""The lines that vCard and iCalendar files are made of: escaped, without control characters, folded at 75 octets.

Both formats share these rules: RFC 6350, sections 3.2 and 3.4, and RFC 5545, sections 3.1 and 3.3.11. What stands on a
sheet is data: a line break or a colon in it must not become a field of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LINE_OCTETS = 75  # without the line break
LONGEST_VALUE = 2000  # characters; nothing printed on one sheet in one field is longer


def escaped(text: str) -> str:
    """A text as a value: backslash, comma, semicolon and line break escaped, other control characters left out."""
    lines = text[:LONGEST_VALUE].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(sign for sign in line if not unicodedata.category(sign).startswith("C")) for line in lines)
    return "\\n".join(line.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") for line in kept)


def content(lines: Iterable[str]) -> str:
    """Lines as a file holds them, each folded and ended by CRLF."""
    return "".join(f"{folded(line)}\r\n" for line in lines)


def folded(line: str) -> str:
    """A line cut into pieces of at most 75 octets, the later ones led by a space. No character is cut in two."""
    pieces: list[str] = []
    piece, room = "", LINE_OCTETS
    for sign in line:
        octets = len(sign.encode())
        if octets > room:
            pieces.append(piece)
            piece, room = "", LINE_OCTETS - 1  # the leading space takes one
        piece += sign
        room -= octets
    return "\r\n ".join([*pieces, piece])
