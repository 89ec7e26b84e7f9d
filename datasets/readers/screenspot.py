"""ScreenSpot and ScreenSpot-v2: where to tap on screens of phones, desktops and web pages to do what is asked.

Source: the README and `pretrain/screenspot_test.py` of github.com/njucckevin/SeeClick; the files of
huggingface.co/datasets/OS-Copilot/ScreenSpot-v2, which corrects wrong and unclear samples. `screenspot_mobile.json`,
`_desktop` and `_web` (v2: `screenspot_mobile_v2.json`, ...) are lists of `{"img_filename", "instruction", "bbox":
[left, top, width, height], "data_type": "text" | "icon", "data_source"}`.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pocketvlm.datasets.cards import Card
from pocketvlm.datasets.readers.common import entries, find_image, four_numbers, numbered, read_each, size_of, whole_box
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rows import Rows, as_object, text_of, value_of

_PLATFORMS = ("mobile", "desktop", "web")

V1 = Card(
    name="screenspot",
    what="Instructions to tap an element, text or icon, on screens of iOS, Android, macOS, Windows and web pages.",
    size="1,272 instructions on 600 screens",
    licence="none stated for the data",
    how_to_get="Download it as the README says; path=the folder with screenspot_*.json, images in screenspot_imgs.",
    metrics=("click_accuracy",),
    citation="Cheng et al., SeeClick: Harnessing GUI Grounding for Advanced Visual GUI Agents, arXiv:2401.10935",
    url="https://github.com/njucckevin/SeeClick",
)
V2 = Card(
    name="screenspot-v2",
    what="ScreenSpot with its wrong and unclear samples corrected.",
    size="1,272 instructions, 1.3 GB",
    licence="Apache-2.0",
    how_to_get="Download the files and unpack screenspotv2_image.zip; path=the folder with screenspot_*_v2.json.",
    metrics=("click_accuracy",),
    citation="Wu et al., OS-ATLAS: A Foundation Action Model for Generalist GUI Agents, arXiv:2410.23218",
    url="https://huggingface.co/datasets/OS-Copilot/ScreenSpot-v2",
)


def read_v1(path: Path, images: Path | None) -> Rows[Record]:
    return _read(path, [images] if images else [path / "screenspot_imgs", path], V1, "")


def read_v2(path: Path, images: Path | None) -> Rows[Record]:
    return _read(path, [images] if images else [path / "screenspotv2_image", path], V2, "_v2")


def _read(path: Path, folders: list[Path], card: Card, ending: str) -> Rows[Record]:
    """Of the three platforms those that are there; at least one."""
    files = {platform: path / f"screenspot_{platform}{ending}.json" for platform in _PLATFORMS}
    there = {platform: file for platform, file in files.items() if file.exists()}
    if not there:
        raise FileNotFoundError(f"none of {', '.join(file.name for file in files.values())} in {path}")
    for platform, file in there.items():
        yield from read_each(file, entries(file), partial(_parse, file, platform, folders, card))


def _parse(file: Path, platform: str, folders: list[Path], card: Card, where: str, entry: Any) -> Iterator[Record]:
    row = as_object(entry)
    image = find_image(text_of(row, "img_filename"), folders)
    left, top, width, height = four_numbers(value_of(row, "bbox"))
    yield Record(
        id=numbered(file, where),
        image=image,
        question=text_of(row, "instruction"),
        answers=(),
        type=f"{platform}-{text_of(row, 'data_type')}",
        bbox=whole_box((left, top, left + width, top + height), size_of(image)),
        source=card.name,
        licence=card.licence,
    )
