"""A picture that has been read: its pixels' size, its lines of text, and what reading it took."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from pocketvlm.errors import ImageError, OptionError
from pocketvlm.vision.image import ImageSource, read_image
from pocketvlm.vision.reading_order import ScreenText
from pocketvlm.vision.text_reader import TextReader


@dataclass(frozen=True)
class Picture:
    """A picture's text and how long reading took; many chats can share it.

    Attributes:
        width, height: pixels, upright.
        text: the lines with boxes, as rows in reading order.
        image_decode_s, read_text_s: seconds from bytes to pixels, and from pixels to lines.
    """

    width: int
    height: int
    text: ScreenText
    image_decode_s: float
    read_text_s: float

    def to_dict(self) -> dict[str, Any]:
        """The value as JSON holds it: rows of cells, each with text, box and score."""
        return asdict(self)


def open_text_reader(threads: int | None) -> TextReader:
    """A text reader on that many cores; all physical ones when None.

    Raises:
        OptionError: threads is out of its range.
    """
    try:
        return TextReader(threads)
    except ValueError as error:
        raise OptionError(str(error)) from None


def read_picture(image: ImageSource, reader: TextReader) -> Picture:
    """Decode a picture and read its text.

    Raises:
        ImageError: it cannot be read; one line says why.
    """
    started = time.perf_counter()
    try:
        pixels = read_image(image)
    except (OSError, ValueError, TypeError) as error:
        raise ImageError(str(error)) from error
    decoded = time.perf_counter()
    text = reader.read(pixels)
    ended = time.perf_counter()
    return Picture(pixels.shape[1], pixels.shape[0], text, decoded - started, ended - decoded)
