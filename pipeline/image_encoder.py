"""From pixels to image tokens: preprocess, encode, project."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from pocketvlm.bundle import Bundle
from pocketvlm.projector.runtime import Projector
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig


@dataclass(frozen=True, eq=False)
class EncodedImage:
    """Image tokens, (1, M, D) float32, and the seconds that encoder (resizing included) and projector took."""

    image_tokens: np.ndarray
    encode_s: float
    project_s: float


class ImageEncoder:
    """The vision encoder and the projector of a bundle."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self._preprocessor = Preprocessor(PreprocessorConfig.from_dict(bundle.read("preprocessor_config.json")))
        self._encoder = Encoder(bundle.graph("vision_encoder"), threads)
        self._projector = Projector(bundle.graph("projector"), threads)

    def encode(self, pixels: np.ndarray) -> EncodedImage:
        """
        Args:
            pixels: (H, W, 3) uint8 RGB.
        """
        started = time.perf_counter()
        image_features = self._encoder.encode(self._preprocessor.pixel_values(pixels))  # (1, N, C)
        encoded = time.perf_counter()
        image_tokens = self._projector.project(image_features)  # (1, M, D)
        return EncodedImage(image_tokens, encoded - started, time.perf_counter() - encoded)
