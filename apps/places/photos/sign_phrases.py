"""What names may stand on the signs of a photo: lines, and lines that belong together.

A name is often broken in two ("Golden Wok" over "Express"), or torn by a pole; so lines that follow one another in a
row or stand closely below one another are also taken together. Text from signs is compared and searched for, nothing
else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pocketvlm.apps.places.photos.signs import Sign
from pocketvlm.apps.places.text import fold

MOST_LINES = 30  # of a photo, the tallest; a wall of small print is no name
LONGEST = 3  # lines of one phrase


@dataclass(frozen=True)
class Phrase:
    """Lines read as one.

    Attributes:
        squeezed: the text as it is compared: without case, accents, punctuation and spaces.
        members: their numbers among the photo's signs.
        size: of the tallest, a part of that of the photo's tallest line.
        beside: lines that touch the phrase, are no part of it, and are about as tall.
    """

    text: str
    squeezed: str
    members: tuple[int, ...]
    size: float
    beside: tuple[str, ...]


def phrases_of(signs: Sequence[Sign]) -> list[Phrase]:
    """All phrases, the tallest and longest first."""
    tallest = sorted(range(len(signs)), key=lambda at: -signs[at].size)[:MOST_LINES]
    after = {at: [other for other in tallest if other != at and _follows(signs[at], signs[other])] for at in tallest}
    chains: list[tuple[int, ...]] = [(at,) for at in tallest]
    for chain in chains:  # grows while it is walked
        if len(chain) < LONGEST:
            chains += [(*chain, other) for other in after[chain[-1]] if other not in chain]
    made = {tuple(sorted(chain)): _phrase(signs, chain, after) for chain in reversed(chains)}
    return sorted(made.values(), key=lambda phrase: -phrase.size * len(phrase.text) ** 0.5)


def squeeze(text: str) -> str:
    """A text folded and without spaces, which readers and sign painters leave out at will."""
    return fold(text).replace(" ", "")


def _phrase(signs: Sequence[Sign], chain: tuple[int, ...], after: dict[int, list[int]]) -> Phrase:
    size = max(signs[at].size for at in chain)
    near = {other for at in chain for other in after[at]}
    near |= {other for other, following in after.items() if not set(following).isdisjoint(chain)}
    beside = [signs[at].text for at in sorted(near - set(chain)) if signs[at].size >= 0.35 * size]
    text = " ".join(signs[at].text for at in chain)
    return Phrase(text, squeeze(text), chain, size, tuple(beside))


def _follows(first: Sign, second: Sign) -> bool:
    """Whether a line is the next one of a row, or stands closely below."""
    ax1, ay1, ax2, ay2 = first.box
    bx1, by1, bx2, by2 = second.box
    height = max(ay2 - ay1, by2 - by1)
    share = (min(ay2, by2) - max(ay1, by1)) / max(1, min(ay2 - ay1, by2 - by1))
    if share > 0.5 and bx1 + bx2 > ax1 + ax2:
        return bx1 - ax2 < 1.5 * height
    across = min(ax2, bx2) - max(ax1, bx1)
    return across > 0.3 * min(ax2 - ax1, bx2 - bx1) and by1 + by2 > ay1 + ay2 and by1 - ay2 < 0.8 * height
