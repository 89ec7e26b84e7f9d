"""The typefaces that signs are painted in: those of a Debian machine, or the one that Pillow carries.

A typeface is named by its file; text in Chinese needs one that holds it. Which faces are there changes the pictures, so
a data set that others should get again asks for all of them, and says which packages they are in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from PIL import ImageFont

Font: TypeAlias = Any  # ImageFont.FreeTypeFont; Pillow's load_default is typed as wider than it is

FOLDER = Path("/usr/share/fonts/truetype")
PACKAGES = "fonts-dejavu fonts-liberation fonts-lato fonts-open-sans fonts-quicksand fonts-wqy-microhei"
_LATIN = (
    "dejavu/DejaVuSerif-Bold.ttf dejavu/DejaVuSansCondensed-Bold.ttf liberation/LiberationSerif-BoldItalic.ttf"
    " liberation/LiberationSansNarrow-Bold.ttf lato/Lato-Black.ttf lato/Lato-Light.ttf lato/Lato-BoldItalic.ttf"
    " open-sans/OpenSans-ExtraBold.ttf open-sans/OpenSans-CondBold.ttf quicksand/Quicksand-Medium.ttf"
)
_CHINESE = "wqy/wqy-microhei.ttc"


@dataclass(frozen=True)
class Faces:
    """Typefaces to choose from.

    Attributes:
        latin: font files; none stands for the face that Pillow carries.
        chinese: a font file that holds Chinese, or None where there is none.
    """

    latin: tuple[Path, ...] = ()
    chinese: Path | None = None

    def font(self, text: str, size: int, choice: int) -> Font:
        """A face for a text; `choice` picks among those that hold it.

        Raises:
            ValueError: the text is in Chinese, and no face holds it.
        """
        if text.isascii() or all(ord(letter) < 0x2E80 for letter in text):
            return ImageFont.truetype(self.latin[choice % len(self.latin)], size) if self.latin else _own(size)
        if self.chinese is None:
            raise ValueError(f"no typeface here holds {text!r}: apt-get install fonts-wqy-microhei")
        return ImageFont.truetype(self.chinese, size)


def debian_faces() -> Faces:
    """All the faces that the data sets are drawn with.

    Raises:
        FileNotFoundError: one of them is missing; the message names the packages.
    """
    latin = tuple(FOLDER / name for name in _LATIN.split())
    for path in (*latin, FOLDER / _CHINESE):
        if not path.is_file():
            raise FileNotFoundError(f"no typeface {path}: apt-get install {PACKAGES}")
    return Faces(latin, FOLDER / _CHINESE)


def _own(size: int) -> Font:
    return ImageFont.load_default(size)
