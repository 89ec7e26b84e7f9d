"""The front of a place, seen straight on by day: a wall, a sign, windows with lettering, a door, and the neighbours.

What can be read there differs from house to house, as in life: the name in one script or two, on one line or two, the
kind of food, a phone number, the street's plate, opening hours, and words that have nothing to do with the place.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pocketvlm.datasets.rendered.places.faces import Faces
from pocketvlm.datasets.rendered.places.town import Spot

Pixels: TypeAlias = NDArray[np.uint8]  # (H, W, 3), RGB
Box: TypeAlias = tuple[int, int, int, int]  # x1, y1, x2, y2

WIDTH, HEIGHT = 1800, 1350
_WALLS = "#b9a58b #8d4a3a #d8d2c4 #6f7b83 #c6b7a9 #e4ddcf #7a5b48 #9aa68f #433d3a #cdbfa8".split()
_SIGNS = (  # ground and ink
    *(("#173d2e", "#f4e9c8"), ("#7a1420", "#f7efe2"), ("#f3ead7", "#3a2418"), ("#12243f", "#f2c14e")),
    *(("#1b1b1b", "#e8e8e8"), ("#f7f5ef", "#b3261e"), ("#e2a23b", "#2a1a0e"), ("#264653", "#ffffff")),
)
_KINDS = {
    "pizza": "PIZZA · PASTA",
    "sushi": "SUSHI · RAMEN",
    "noodle": "NOODLES",
    "indian": "INDIAN CUISINE",
    "burger": "BURGERS & FRIES",
    "mexican": "MEXICAN FOOD",
    "italian": "RISTORANTE ITALIANO",
    "french": "CUISINE FRANÇAISE",
    "grill": "BAR & GRILL",
    "greek": "GREEK TAVERNA",
    "spanish": "TAPAS · VINO",
    "steak_house": "STEAKS",
    "coffee_shop": "ESPRESSO · CAKES",
    "tea": "TEA · CAKES",
    "hot_pot": "HOT POT",
    "dumpling": "DUMPLINGS",
}
_ASIDES = "OPEN|WELCOME|Push|NO PARKING|TAKE AWAY|SALE|Free WiFi|Cash only|Today's special|Happy Hour 5-7".split("|")
_STRANGERS = "PHARMACY|BANK|TO LET|OPTICIAN|HAIR & NAILS|LAUNDRY|PHONE REPAIR|DENTIST|TRAVEL".split("|")


@dataclass(frozen=True)
class Front:
    """A drawn front.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        sign: the box of the sign that carries the name.
        shown: what can be read besides the name: phone, street, website, kind, hours.
    """

    image: Pixels
    sign: Box
    shown: tuple[str, ...]


@dataclass
class _Painter:
    faces: Faces
    rng: random.Random
    wall: str
    shown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), self.wall)
        self.draw = ImageDraw.Draw(self.image)

    def fitted(self, text: str, box: Box, ink: str, choice: int, *, fill: float = 0.86) -> None:
        """Write a text in the middle of a box, as large as fits."""
        x1, y1, x2, y2 = box
        size = max(10, round((y2 - y1) * 0.8))
        while size > 10 and self.draw.textlength(text, self.faces.font(text, size, choice)) > fill * (x2 - x1):
            size = min(size - 1, round(size * 0.95))
        font = self.faces.font(text, size, choice)
        self.draw.text(((x1 + x2) // 2, (y1 + y2) // 2), text, fill=ink, font=font, anchor="mm")

    def write(self, text: str, at: tuple[int, int], size: int, ink: str) -> None:
        font: Any = self.faces.font(text, size, self.rng.randrange(8))
        self.draw.text(at, text, fill=ink, font=font)


def draw_front(spot: Spot, seed: int, faces: Faces) -> Front:
    """Draw the front of a place, the same one for the same arguments.

    Raises:
        ValueError: the sign is in Chinese, and no typeface holds that.
    """
    rng = random.Random(f"front {seed}")
    painter = _Painter(faces, rng, rng.choice(_WALLS))
    _bricks(painter)
    top = rng.randint(430, 520)
    sign = (rng.randint(230, 380), top, rng.randint(1400, 1570), top + rng.randint(150, 230))
    for x in (260, 760, 1260):
        painter.draw.rectangle((x, 60, x + 260, 330), fill="#39434d", outline="#e9e4da", width=12)
    _neighbours(painter, top)
    _sign(painter, sign, spot)
    _below(painter, spot, sign[3] + 60)
    return Front(np.asarray(painter.image, dtype=np.uint8), sign, tuple(painter.shown))


def _bricks(painter: _Painter) -> None:
    """Rows of bricks or smooth plaster, with grain."""
    rng = np.random.default_rng(painter.rng.randrange(2**32))
    grain = rng.normal(0, painter.rng.uniform(2, 9), (HEIGHT, WIDTH, 1))
    if painter.rng.random() < 0.5:
        rows, columns = np.arange(HEIGHT) // 28, np.arange(WIDTH) // 74
        grain += rng.normal(0, 9, (rows[-1] + 1, columns[-1] + 1))[rows][:, columns][..., None]
        grain[np.arange(HEIGHT) % 28 < 3] -= 16
    pixels = np.clip(np.asarray(painter.image, dtype=np.float32) + grain, 0, 255).astype(np.uint8)
    painter.image.paste(Image.fromarray(pixels))


def _neighbours(painter: _Painter, top: int) -> None:
    """Signs next door that reach into the picture, cut off by its edge or whole."""
    rng = painter.rng
    for left in (True, False):
        if rng.random() < 0.3:
            ground, ink = rng.choice(_SIGNS)
            box = (-320, top + 20, 170, top + 130) if left else (1630, top + 20, 2120, top + 130)
            painter.draw.rectangle(box, fill=ground)
            painter.fitted(rng.choice(_STRANGERS), box, ink, rng.randrange(8))


def _sign(painter: _Painter, box: Box, spot: Spot) -> None:
    """The name on its ground: on one line or two, in both scripts or one, now and then with the kind of food below."""
    rng = painter.rng
    ground, ink = rng.choice(_SIGNS)
    choice = rng.randrange(8)
    if rng.random() < 0.8:
        painter.draw.rounded_rectangle(box, rng.choice((0, 0, 14)), fill=ground)
    else:  # letters on the wall itself
        ink = "#fbf7ea" if sum(Image.new("RGB", (1, 1), painter.wall).getpixel((0, 0))) < 400 else "#2a1a12"  # type: ignore[arg-type]
    lines = _lines(spot, rng)
    kind = _KINDS.get(spot.cuisine or "")
    if kind and rng.random() < 0.35:
        lines.append(kind)
        painter.shown.append("kind")
    x1, y1, x2, y2 = box
    shares = [1.0 if at == 0 else 0.55 for at in range(len(lines))]
    if len(lines) == 2 and lines[1] != kind and spot.english is None:
        shares = [1.0, 1.0]  # a name broken in two
    y = float(y1)
    for text, share in zip(lines, shares, strict=True):
        height = (y2 - y1) * share / sum(shares)
        painter.fitted(text, (x1, round(y), x2, round(y + height)), ink, choice)
        y += height


def _lines(spot: Spot, rng: random.Random) -> list[str]:
    name = spot.name.upper() if rng.random() < 0.4 else spot.name
    if spot.english is not None:
        english = spot.english.upper() if rng.random() < 0.5 else spot.english
        return rng.choice(([name], [name, english], [name, english], [english, name]))
    words = name.split()
    if len(words) >= 3 and rng.random() < 0.35:
        return [" ".join(words[:-1]), words[-1]]
    return [name]


def _below(painter: _Painter, spot: Spot, top: int) -> None:
    """The shop window with its lettering, the door, and the street's plate."""
    rng, draw = painter.rng, painter.draw
    draw.rectangle(
        (200, top, 1150, 1230), fill=rng.choice(("#28323a", "#4a4f4a", "#1d2226")), outline="#3a2d22", width=14
    )
    draw.rectangle((1240, top, 1560, HEIGHT), fill=rng.choice(("#5b2f1d", "#23402f", "#20304a", "#2b2b2b")))
    draw.rectangle((0, 1310, WIDTH, HEIGHT), fill="#77736c")
    y = top + 50
    for what, text in _lettering(spot, rng):
        painter.write(text, (rng.randint(240, 480), y), rng.choice((46, 54, 64)), "#f1ead8")
        painter.shown.append(what)
        y += 110
    for _ in range(rng.randint(0, 2)):
        painter.write(
            rng.choice(_ASIDES), (rng.choice((240, 640, 1280)), rng.randint(min(y, 1150), 1150)), 44, "#f4d58d"
        )
    if rng.random() < 0.3:
        box = (1585, top - 40, 1795, top + 30)
        draw.rectangle(box, fill="#1d3f8f", outline="#ffffff", width=4)
        painter.fitted(f"{spot.street} {spot.housenumber}", box, "#ffffff", rng.randrange(8), fill=0.9)
        painter.shown.append("street")


def _lettering(spot: Spot, rng: random.Random) -> list[tuple[str, str]]:
    chances = [
        (0.3, "phone", f"Tel {spot.phone.split(maxsplit=1)[1]}"),
        (0.5, "website", spot.website or ""),
        (0.2, "hours", rng.choice(("Mon-Sat 11:00 - 22:00", "Open daily 8 - 18", "Tue-Sun 12-15, 18-23"))),
        (0.15, "street", f"{spot.housenumber} {spot.street}"),
    ]
    return [(what, text) for chance, what, text in chances if text and rng.random() < chance]
