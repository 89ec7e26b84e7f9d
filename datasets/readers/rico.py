"""Rico: screens of Android apps with their view hierarchies; elements with boxes, and questions where they are.

Source: interactionmining.org/rico. In `combined/` lie `<id>.jpg` and `<id>.json`, which is `{"activity_name",
"activity": {"root": node}, ...}`; a node has `class`, `bounds` [left, top, right, bottom], `visibility`,
`visible-to-user`, `clickable`, `content-desc` (a list of one text or null), maybe `text` and `resource-id`, and
`children`, some of which may be null. Bounds count pixels of the phone, 1440 x 2560 upright, whatever the image's size.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import find_image, four_numbers, read_each, size_of, whole_box
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import BBox, Rows, as_object, parse_json

_PHONE_LONG_SIDE = 2560  # pixels
_MAX_LABEL = 60  # characters; what is longer is a paragraph, not a name to ask for

CARD = Card(
    name="rico",
    what="Screens of 9.7 K free Android apps with every element that the system knew; asked here: where one is.",
    size="66 K screens, 6 GB",
    licence="none stated; the screens belong to the makers of the apps",
    how_to_get="Download UI Screenshots and View Hierarchies (unique_uis.tar.gz); path=the folder combined.",
    metrics=("click_accuracy",),
    citation="Deka et al., Rico: A Mobile App Dataset for Building Data-Driven Design Applications, UIST 2017",
    url="http://www.interactionmining.org/rico.html",
)


@dataclass(frozen=True)
class Element:
    """Something that is to be seen on a screen."""

    kind: str  # the last part of its class: "Button"
    text: str | None  # printed in it
    description: str | None  # read out for it, say of an icon
    box: BBox
    clickable: bool
    resource_id: str | None

    @property
    def label(self) -> str | None:
        return self.text or self.description


@dataclass(frozen=True)
class Screen:
    """A screen and its elements, depth first, as they are drawn."""

    id: str
    image: Path
    elements: tuple[Element, ...]


def read(path: Path, images: Path | None) -> Rows[Record]:
    """A question for each element whose label no other element of its screen has: `Where is "Sign up"?`"""
    files = sorted(path.glob("*.json"), key=lambda file: (len(file.stem), file.stem))  # by number
    if not files:
        raise FileNotFoundError(f"no view hierarchy (.json) in {path}")
    for hierarchy in files:
        yield from read_each(
            hierarchy, [("view hierarchy", hierarchy)], lambda _, file: _ask(read_screen(file, images))
        )


def read_screen(hierarchy: Path, images: Path | None = None) -> Screen:
    """The screen of one view hierarchy; its image lies beside it, or in `images`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no view hierarchy, it is empty, or there is no image.
    """
    activity = as_object(parse_json(hierarchy.read_bytes())).get("activity")
    root = activity.get("root") if isinstance(activity, dict) else None
    if not isinstance(root, dict):
        raise ValueError("the view hierarchy is empty: Rico has some where the system gave none")
    image = find_image(f"{hierarchy.stem}.jpg", [images or hierarchy.parent])
    return Screen(hierarchy.stem, image, tuple(_elements(root, size_of(image))))


def _elements(root: dict[str, Any], size: tuple[int, int]) -> Iterator[Element]:
    scale = max(size) / _PHONE_LONG_SIDE  # the long side, as phones turn
    waiting: list[Any] = [root]  # a list and not a call in a call: some hierarchies are deep
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue  # Rico has null among children
        waiting.extend(reversed(node.get("children") or []))
        if node.get("visible-to-user") is not True or node.get("visibility") != "visible":
            continue
        try:
            box = whole_box(four_numbers(node.get("bounds")), size, (scale, scale))
        except ValueError:
            continue  # scrolled away, or of no size
        yield Element(
            kind=str(node.get("class", "")).rpartition(".")[2],
            text=_text(node.get("text")),
            description=_text(*(node.get("content-desc") or [None])[:1]),
            box=box,
            clickable=node.get("clickable") is True,
            resource_id=_text(node.get("resource-id")),
        )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _ask(screen: Screen) -> Iterator[Record]:
    labels = Counter(element.label.casefold() for element in screen.elements if element.label)
    for number, element in enumerate(screen.elements):
        label = element.label
        if not label or len(label) > _MAX_LABEL or labels[label.casefold()] > 1:
            continue
        yield Record(
            id=f"{screen.id}-{number}",
            image=screen.image,
            question=f'Where is "{" ".join(label.split())}"?',
            answers=(),
            type="text" if element.text else "icon",
            bbox=element.box,
            source=CARD.name,
            licence=CARD.licence,
        )
