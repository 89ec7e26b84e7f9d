"""Signs, menus and receipts on paper, with the truth about what they say: things to photograph besides screens."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pocketvlm.datasets.rendered import camera, words

Paper: TypeAlias = Literal["menu_card", "receipt", "sign"]
Row: TypeAlias = tuple[str, str]  # what stands left, and what right
PAPERS: tuple[Paper, ...] = ("menu_card", "receipt", "sign")
KIT = "paper"  # what the truth says instead of a UI kit

_INKS = {"menu_card": ("#fbf6e9", "#3b2a1a"), "receipt": ("#fdfdfb", "#222222"), "sign": ("#1f4e3d", "#f7f4e8")}
_DISHES = (
    "Tomato soup; Onion soup; Green salad; Garlic bread; Fried rice; Beef noodles; Fish and chips; Roast chicken"
    "; Mushroom risotto; Vegetable curry; Lamb stew; Grilled salmon; Cheese burger; Pepperoni pizza; Spaghetti"
    "; Pancakes; Apple pie; Ice cream; Chocolate cake; Lemonade; Iced tea; Espresso; Hot chocolate; Orange juice"
).split("; ")


@dataclass(frozen=True)
class Text:
    """What stands on a sheet: a title, rows, and a line below them."""

    title: str
    rows: tuple[Row, ...]
    foot: str


def paper(kind: Paper, seed: int) -> tuple[camera.Image, dict[str, Any]]:
    """A sheet, (H, W, 3) uint8 RGB, and its truth in the form of a screen's truth, with kit "paper" and `kind` as app.

    In English and plain ASCII: Pillow's own font, which is there on every machine, has no other letters. Chinese
    receipts and menus are among the rendered apps (`bill`, `menu`), and can be photographed as paper as well.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in PAPERS:
        raise ValueError(f"no paper {kind!r}: choose one of {', '.join(PAPERS)}")
    rng = random.Random(f"paper {kind} {seed}")
    sheet = _Sheet(kind, rng.choice((820, 900, 1000)), rng.choice((34, 38, 42)))
    sheet.write(_TEXTS[kind](rng))
    image = sheet.cut()
    height, width = image.shape[:2]
    name = f"{kind}-{seed}"
    about = {"id": name, "image": f"{name}.png", "width": width, "height": height, "scale": 1, "kit": KIT, "app": kind}
    look = {"language": "en", "dark": False, "text_scale": 1, "overlay": None}
    return image, {**about, **look, "elements": sheet.elements}


@dataclass
class _Sheet:
    kind: Paper
    width: int
    size: int  # pixels of the letters' height
    y: int = 60
    elements: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        ground, self.ink = _INKS[self.kind]
        self.image = Image.new("RGB", (self.width, 3000), ground)
        self.draw = ImageDraw.Draw(self.image)

    def write(self, text: Text) -> None:
        big = self._font(self.size * 3 // 2)
        self._put("heading", text.title, big, (self.width - int(self.draw.textlength(text.title, big))) // 2)
        self.y += self.size * 3
        for label, value in text.rows:
            self._row(label, value)
        self.y += self.size
        small = self._font(self.size * 3 // 4)
        self._put("caption", text.foot, small, (self.width - int(self.draw.textlength(text.foot, small))) // 2)

    def cut(self) -> camera.Image:
        return np.asarray(self.image.crop((0, 0, self.width, self.y + 3 * self.size)), dtype=np.uint8)

    def _row(self, label: str, value: str) -> None:
        font = self._font(self.size)
        row = len(self.elements)
        self._add("row", None, label, (50, self.y, self.width - 50, self.y + 3 * self.size // 2))
        self._put("label", label, font, 60, row)
        self._put("value", value, font, self.width - 60 - int(self.draw.textlength(value, font)), row, label)
        self.y += 7 * self.size // 4

    def _put(self, role: str, text: str, font: Any, x: int, row: int | None = None, name: str | None = None) -> None:
        self.draw.text((x, self.y), text, fill=self.ink, font=font)
        left, top, right, bottom = self.draw.textbbox((x, self.y), text, font=font)
        self._add(role, text, name, (int(left), int(top), int(right) + 1, int(bottom) + 1), row)

    def _add(self, role: str, text: str | None, name: str | None, box: camera.Box, row: int | None = None) -> None:
        rest: dict[str, Any] = {
            "state": {},
            "icon": None,
            "color": None,
            "picture": None,
            "box": list(box),
            "parent": row,
            "row": row,
        }
        self.elements.append({"id": len(self.elements), "role": role, "text": text, "name": name, **rest})

    def _font(self, size: int) -> Any:
        return ImageFont.load_default(size)


def _price(rng: random.Random, least: int, most: int) -> int:
    """Cents, of which prices have the usual few."""
    return rng.randint(least, most) * 100 + rng.choice((0, 20, 50, 75, 90, 95, 99))


def _money(minor: int) -> str:
    return f"${minor // 100}.{minor % 100:02}"


def _name(rng: random.Random, names: Sequence[words.Pair]) -> str:
    return rng.choice([english for english, _ in names if english.isascii()])


def _menu(rng: random.Random) -> Text:
    rows = tuple((dish, _money(_price(rng, 3, 18))) for dish in rng.sample(_DISHES, rng.randint(6, 10)))
    foot = rng.choice(("Served all day", "Service not included", "Please order at the bar"))
    return Text(_name(rng, words.RESTAURANTS), rows, foot)


def _receipt(rng: random.Random) -> Text:
    goods = [(name.capitalize(), _price(rng, 1, 9)) for name, _ in rng.sample(words.FOODS, rng.randint(3, 7))]
    total = sum(price for _, price in goods)
    paid = (total // 1000 + 1) * 1000  # the next note up
    rows = [*goods, ("Total", total), ("Cash", paid), ("Change", paid - total)]
    return Text(_name(rng, words.SHOPS), tuple((name, _money(amount)) for name, amount in rows), "Thank you")


def _sign(rng: random.Random) -> Text:
    if rng.random() < 0.4:
        who = ("Adults", "Children", "Students", "Pensioners", "Families", "Groups of ten")
        return Text("Admission", tuple((name, _money(_price(rng, 2, 30))) for name in who), "Last entry 17:15")
    opens, closes = rng.randint(7, 10), rng.randint(16, 20)
    rows = []
    for day, (name, _) in enumerate(words.WEEKDAYS):
        late = closes + (2 if day == 3 else 0) - (3 if day == 5 else 0)
        rows.append((name, f"{opens:02}:00 - {late:02}:{rng.choice((0, 30)):02}" if day < 6 else "Closed"))
    return Text("Opening hours", tuple(rows), _name(rng, words.SHOPS))


_TEXTS = {"menu_card": _menu, "receipt": _receipt, "sign": _sign}
