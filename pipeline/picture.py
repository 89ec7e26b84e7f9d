"""What was taken from a picture: its size, its text, the elements on it, its image tokens, and what that took."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pocketvlm.errors import ImageError, OptionError
from pocketvlm.image_encoder import ImageEncoder
from pocketvlm.vision.image import ImageSource, read_image
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.reading_order import ScreenText
from pocketvlm.vision.structure import TEXT, ScreenStructure
from pocketvlm.vision.structure_greyed import with_greyed_rows
from pocketvlm.vision.structure_merging import is_dark, merge
from pocketvlm.vision.text_reader import TextReader


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as a bundle takes it in; many chats and questions can share it.

    Attributes:
        width, height: pixels, upright.
        text: the lines with boxes, as rows in reading order; None where the bundle reads no text.
        image_tokens: (1, M, D) float32; None where the bundle has no projector.
        image_decode_s, read_text_s, encode_s, project_s: seconds from bytes to pixels, from those to lines, from
            pixels to patch features, from those to image tokens.
        elements: what stands on the screen, the surest first; None where the bundle has no parser.
        structure: text and elements as one, in order; None where the bundle has no parser.
        parse_s: seconds from patch features to elements and structure.
        content: a digest by which the picture is known again; None where it is not kept.
        cached: it was taken in before, and only recognised now.
    """

    width: int
    height: int
    text: ScreenText | None
    image_tokens: np.ndarray | None
    image_decode_s: float
    read_text_s: float = 0.0
    encode_s: float = 0.0
    project_s: float = 0.0
    elements: tuple[Element, ...] | None = None
    structure: ScreenStructure | None = None
    parse_s: float = 0.0
    content: str | None = None
    cached: bool = False

    @property
    def total_s(self) -> float:
        """Seconds from bytes to all of it."""
        return self.image_decode_s + self.read_text_s + self.encode_s + self.parse_s + self.project_s

    def to_dict(self) -> dict[str, Any]:
        """What was read and found, as JSON holds it: rows of cells, each with text, box and score; and elements."""
        text = None if self.text is None else asdict(self.text)
        found = {} if self.elements is None else {"elements": [asdict(element) for element in self.elements]}
        times = {"image_decode_s": self.image_decode_s, "read_text_s": self.read_text_s}
        return {"width": self.width, "height": self.height, "text": text, **found, **times}


def open_text_reader(threads: int | None) -> TextReader:
    """A text reader on that many cores; all physical ones when None.

    Raises:
        OptionError: threads is out of its range.
    """
    try:
        return TextReader(threads)
    except ValueError as error:
        raise OptionError(str(error)) from None


def take_in(image: ImageSource, reader: TextReader | None, encoder: ImageEncoder | None) -> Picture:
    """Decode a picture, read its text, and encode and parse its pixels, each where there is something to do it with.

    Raises:
        ImageError: it cannot be read; one line says why.
    """
    started = time.perf_counter()
    try:
        pixels = read_image(image)
    except (OSError, ValueError, TypeError) as error:
        raise ImageError(str(error)) from error
    decoded = time.perf_counter()
    text = reader.read(pixels) if reader else None
    read = time.perf_counter()
    encoded = encoder.encode(pixels) if encoder else None
    encoding = time.perf_counter()
    elements = encoded.elements if encoded else None
    if reader and text and elements is not None:
        text = reader.read_besides(pixels, text, [element.box for element in elements if element.role == TEXT])
    merging = time.perf_counter()
    structure = None if elements is None else _structure(pixels, text, elements)
    merged = time.perf_counter()
    return Picture(
        width=pixels.shape[1],
        height=pixels.shape[0],
        text=text,
        image_tokens=encoded.image_tokens if encoded else None,
        image_decode_s=decoded - started,
        read_text_s=read - decoded + merging - encoding if reader else 0.0,
        encode_s=encoded.encode_s if encoded else 0.0,
        project_s=encoded.project_s if encoded else 0.0,
        elements=elements,
        structure=structure,
        parse_s=encoded.parse_s + merged - merging if encoded else 0.0,
    )


def _structure(pixels: np.ndarray, text: ScreenText | None, elements: tuple[Element, ...]) -> ScreenStructure:
    lines = text.lines if text else ()
    return with_greyed_rows(merge(pixels.shape[1], pixels.shape[0], lines, elements, is_dark(pixels)), pixels)
