"""From pixels to what the language model is told of them: image tokens, and the elements of a screen."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from pocketvlm.bundle import PARSER_CONFIG, Bundle
from pocketvlm.projector.runtime import Projector
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.parser.runtime import ScreenParser
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig


@dataclass(frozen=True, eq=False)
class EncodedImage:
    """What the networks of a bundle make of a picture's pixels.

    Attributes:
        image_tokens: (1, M, D) float32; None where the bundle has no projector.
        elements: what was found on the screen; None where the bundle has no parser.
        encode_s, parse_s, project_s: the seconds that encoder (resizing included), parser and projector took.
    """

    image_tokens: np.ndarray | None
    elements: tuple[Element, ...] | None
    encode_s: float
    parse_s: float
    project_s: float


@dataclass(frozen=True, eq=False)
class _Seen:
    """Patch features, (1, N, C), with the rows and columns that they lie in, and what was found along with them."""

    image_features: np.ndarray
    grid: tuple[int, int] | None
    elements: tuple[Element, ...] | None
    encode_s: float
    parse_s: float


class ImageEncoder:
    """The networks of a bundle that pixels go through: its encoder, with a parser, a projector or both behind it."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self._eye: _Patches | _Screens = _Screens(bundle, threads) if bundle.parses else _Patches(bundle, threads)
        self._projector = Projector(bundle.graph("projector"), threads) if "projector" in bundle.parts else None

    def encode(self, pixels: np.ndarray) -> EncodedImage:
        """
        Args:
            pixels: (H, W, 3) uint8 RGB.
        """
        seen = self._eye.look(pixels)
        started = time.perf_counter()
        image_tokens = self._projector.project(seen.image_features, seen.grid) if self._projector else None  # (1, M, D)
        return EncodedImage(image_tokens, seen.elements, seen.encode_s, seen.parse_s, time.perf_counter() - started)


def open_image_encoder(bundle: Bundle, threads: int | None = None) -> ImageEncoder | None:
    """The networks that a bundle's pixels go through; None where it goes by a picture's text alone."""
    return ImageEncoder(bundle, threads) if "vision_encoder" in bundle.parts else None


class _Patches:
    """A vision transformer: every picture is made a square of one size."""

    def __init__(self, bundle: Bundle, threads: int | None) -> None:
        self._preprocessor = Preprocessor(PreprocessorConfig.from_dict(bundle.read("preprocessor_config.json")))
        self._encoder = Encoder(bundle.graph("vision_encoder"), threads)

    def look(self, pixels: np.ndarray) -> _Seen:
        started = time.perf_counter()
        image_features = self._encoder.encode(self._preprocessor.pixel_values(pixels))
        return _Seen(image_features, None, None, time.perf_counter() - started, 0.0)


class _Screens:
    """The screen tower with its parser: pictures keep their shape."""

    def __init__(self, bundle: Bundle, threads: int | None) -> None:
        encoder, parser, looks = map(bundle.graph, ("vision_encoder", "screen_parser", "look_classifier"))
        self._parser = ScreenParser(encoder, parser, looks, ParserConfig.load(bundle.folder / PARSER_CONFIG), threads)

    def look(self, pixels: np.ndarray) -> _Seen:
        parsed = self._parser.parse(pixels)
        return _Seen(parsed.image_features, parsed.grid, parsed.elements, parsed.encode_s, parsed.parse_s)
