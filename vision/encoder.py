"""Runs the image encoder's graph on ONNX Runtime.

Letters: B pictures, S side of the image in pixels, N patches, C hidden width.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pocketvlm.graphs.session import open_session, shrinking


class Encoder:
    """The image encoder of a bundle."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        """
        Args:
            path: `vision_encoder*.onnx`.
            threads: cores to use; all physical ones when None.
        """
        self._session = open_session(path, threads)
        size = self._session.get_inputs()[0].shape[-1]
        self.image_size: int = size
        # What a picture's layers took is given back before the language model wants memory for the prompt.
        self._options = shrinking()

    def encode(self, pixel_values: np.ndarray) -> np.ndarray:
        """Patch features of pictures.

        Args:
            pixel_values: (B, 3, S, S) float32, as `Preprocessor` makes them.
        Returns:
            (B, N, C) float32, one row per patch, left to right, top to bottom.
        Raises:
            ValueError: another shape; the message gives it and the one that is wanted.
        """
        wanted = (3, self.image_size, self.image_size)
        if pixel_values.ndim != 4 or pixel_values.shape[1:] != wanted:
            raise ValueError(f"pixel_values are {pixel_values.shape}, not (B, {', '.join(map(str, wanted))})")
        pixels = np.ascontiguousarray(pixel_values, dtype=np.float32)
        features: np.ndarray = self._session.run(["image_features"], {"pixel_values": pixels}, self._options)[0]
        return features
