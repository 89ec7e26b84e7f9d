"""Text that others wrote, made safe to print: a record or a sign must not steer the terminal or hide what it says."""

from __future__ import annotations

import unicodedata

LONGEST = 200  # characters of one field in a card or an answer
JOINERS = "\u200c\u200d"  # shape letters in Persian and Indic scripts; every other invisible sign is dropped


def plain(text: str, longest: int = LONGEST) -> str:
    """A text on one line, without control, direction and other invisible characters, cut at `longest` characters."""
    # A hostile field may hold megabytes; what lies far behind the cut need not be looked at.
    spaced = " ".join(text[: 4 * longest].split())
    kept = "".join(sign for sign in spaced if sign in JOINERS or not unicodedata.category(sign).startswith("C"))
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"
