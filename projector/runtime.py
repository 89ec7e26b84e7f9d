"""Runs the projector's graph on ONNX Runtime.

Letters: B batch, N patches, M image tokens, C width of the patch features, D width of the language model.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from pocketvlm.graphs.session import open_session


class Projector:
    """The projector of a bundle."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        # It runs once a picture, between networks that run longer: idle workers need not wait busily for it.
        self._session = open_session(path, threads, spinning=False)
        (features, *told), (tokens,) = self._session.get_inputs(), self._session.get_outputs()
        self.in_features: int = features.shape[2]
        self.out_features: int = tokens.shape[2]
        self.takes_grid = bool(told)  # it is told how the patches lie
        # Otherwise it makes fewer tokens of a square of patches, or as many of any number.
        self._needs_square = not told and features.shape[1] != tokens.shape[1]

    def project(self, image_features: np.ndarray, grid: tuple[int, int] | None = None) -> np.ndarray:
        """Turn patch features into image tokens of the language model's width.

        Args:
            image_features: (B, N, C) float32; N a perfect square where the projector reduces their number and is not
                told the grid.
            grid: H and W of the patches; needed where `takes_grid`, and looked at only there.
        Returns:
            (B, M, D) float32, one row per image token.
        Raises:
            ValueError: another shape, or N is no perfect square or no H x W and needs to be; the message gives it.
        Source: MobileVLM, arXiv:2312.16886, section 3.4; MobileVLM V2, arXiv:2402.03766, section 3.3.
        """
        if image_features.ndim != 3 or image_features.shape[2] != self.in_features:
            raise ValueError(
                f"image features of shape {list(image_features.shape)}; this projector takes "
                f"[batch, patches, {self.in_features}]"
            )
        count = image_features.shape[1]
        if self._needs_square and math.isqrt(count) ** 2 != count:
            raise ValueError(f"{count} patches are no square grid; this projector needs one")
        feeds = {"image_features": image_features}
        if self.takes_grid:
            if grid is None or grid[0] * grid[1] != count:
                raise ValueError(f"{count} patches need a grid of height x width that makes as many, not {grid}")
            feeds["grid"] = np.array(grid, dtype=np.int64)
        tokens: np.ndarray = self._session.run(["image_tokens"], feeds)[0]
        return tokens
