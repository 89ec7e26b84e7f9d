"""What readers share: entries of a JSON file, images that may lie in several folders, boxes of fractions of pixels."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import BBox, Rows, as_object, is_file, parse_json, shown

Item = TypeVar("Item")


def read_each(
    path: Path, items: Iterable[tuple[int | str, Item]], parse: Callable[[str, Item], Iterable[Record]]
) -> Rows[Record]:
    """The records that `parse` makes of each item and its place, or what is wrong; a wrong item gives no records."""
    for where, item in items:
        try:
            records = list(parse(str(where), item))
        except ValueError as error:
            yield path, where, error
        else:
            yield from ((path, where, record) for record in records)


def entries(path: Path, key: str | None = None) -> Iterator[tuple[str, Any]]:
    """The entries of the list that a JSON file is, or holds under `key`, each with its place, from 0.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is not JSON, or there is no such list in it.
    """
    try:
        value = parse_json(path.read_bytes())
        if key is not None:
            value = as_object(value).get(key)
        if not isinstance(value, list):
            raise ValueError(f"{f'{key!r} in it' if key else 'it'} is a list, not {shown(value)}")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    for number, entry in enumerate(value):
        yield f"entry {number}", entry


def numbered(path: Path, where: str) -> str:
    """An id from a file's name and an entry's place in it, for data sets whose entries have none."""
    return f"{path.stem}-{where.removeprefix('entry ')}"


def find_image(name: str, folders: Sequence[Path]) -> Path:
    """The image called `name`, in the first of `folders` that has it.

    Raises:
        ValueError: none has it.
    """
    for folder in folders:
        if is_file(folder / name):
            return (folder / name).absolute()
    listed = ", ".join(map(str, folders))
    raise ValueError(f"no image {name!r} in {listed}: pass the folder with the images as images")


def size_of(image: Path) -> tuple[int, int]:
    """Width and height of an image file in pixels; only its head is read.

    Raises:
        ValueError: it is no image.
    """
    try:
        with Image.open(image) as opened:
            return opened.size
    except OSError as error:
        raise ValueError(f"{str(image)!r} is not an image: {error}") from error


def whole_box(edges: Sequence[float], size: tuple[int, int], scale: tuple[float, float] = (1.0, 1.0)) -> BBox:
    """The box of whole pixels around x1, y1, x2, y2, each times `scale`, as far as it lies in the image.

    Raises:
        ValueError: nothing of the box lies in the image.
    """
    x1, y1, x2, y2 = edges
    box = (
        max(0, math.floor(x1 * scale[0])),
        max(0, math.floor(y1 * scale[1])),
        min(size[0], math.ceil(x2 * scale[0])),
        min(size[1], math.ceil(y2 * scale[1])),
    )
    if box[0] >= box[2] or box[1] >= box[3]:
        raise ValueError(f"the box {shown(edges)} is empty or outside the image of {size[0]} x {size[1]} pixels")
    return box


def four_numbers(value: object) -> tuple[float, float, float, float]:
    """`value`, if it is a list of four finite numbers.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, (list, tuple)) or len(value) != 4 or not all(map(_is_number, value)):
        raise ValueError(f"a box is four numbers, not {shown(value)}")
    one, two, three, four = value
    return one, two, three, four


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def around(boxes: Sequence[BBox]) -> BBox | None:
    """The smallest box that holds all of `boxes`; None for none."""
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
