"""Any picture to the pixels that a CLIP image encoder reads, step by step as transformers' `CLIPImageProcessor` does.

The resize is Pillow's bicubic one with its antialiasing: other libraries' bicubic gives other pixels.

Letters: H, W the picture's height and width in pixels; S side of the encoder's square.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from pocketvlm.vision.image import MAX_PIXELS

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
BICUBIC = 3  # Pillow's number, which `preprocessor_config.json` holds
ASPECT_RATIOS = ("pad", "square", None)
# Steps that every CLIP takes; a config that turns one off is for another kind of encoder.
STEPS = ("do_resize", "do_center_crop", "do_rescale", "do_normalize")


@dataclass(frozen=True)
class PreprocessorConfig:
    """What `preprocessor_config.json` says of a CLIP image encoder.

    Attributes:
        image_size: S, pixels.
        image_mean, image_std: of red, green and blue, in 0..1.
        image_aspect_ratio: "pad" fills up to a square with the mean colour first, so that nothing is cut off; with
            "square" or None the shorter side fills the square and the longer one is cropped in the middle.
    """

    image_size: int
    image_mean: tuple[float, ...] = CLIP_MEAN
    image_std: tuple[float, ...] = CLIP_STD
    image_aspect_ratio: str | None = "pad"

    def __post_init__(self) -> None:
        if self.image_size < 1:
            raise ValueError(f"image_size {self.image_size} is no size in pixels: at least 1")
        if self.image_aspect_ratio not in ASPECT_RATIOS:
            raise ValueError(f"image_aspect_ratio {self.image_aspect_ratio!r} is not known: use pad, square or null")
        for name in ("image_mean", "image_std"):
            if len(getattr(self, name)) != 3:
                raise ValueError(f"{name} {getattr(self, name)} needs a value each for red, green and blue")
        if min(self.image_std) <= 0:
            raise ValueError(f"image_std {self.image_std} divides the pixels: above 0")

    def to_dict(self) -> dict[str, Any]:
        """A `preprocessor_config.json` that transformers reads as a `CLIPImageProcessor`'s."""
        return {
            **OPENAI_PREPROCESSOR,
            "crop_size": {"height": self.image_size, "width": self.image_size},
            "size": {"shortest_edge": self.image_size},
            "image_mean": list(self.image_mean),
            "image_std": list(self.image_std),
            "image_aspect_ratio": self.image_aspect_ratio,
        }

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> PreprocessorConfig:
        """Read a `preprocessor_config.json`; `image_aspect_ratio` is null where it is not named.

        Raises:
            ValueError: a step that CLIP's preprocessing does not have or lacks; the message names it.
        """
        # Without either, `image_size`, as a VisionConfig has it.
        side = _side(raw.get("crop_size", raw.get("size", raw.get("image_size"))), "crop_size")
        if _side(raw.get("size", side), "size") != side:
            raise ValueError(f"size {raw['size']} and crop_size {raw['crop_size']} differ: CLIP's are the same")
        if raw.get("resample", BICUBIC) != BICUBIC:
            raise ValueError(f"resample {raw['resample']} is not {BICUBIC}, bicubic")
        if not np.isclose(raw.get("rescale_factor", 1 / 255), 1 / 255):
            raise ValueError(f"rescale_factor {raw['rescale_factor']} is not 1/255")
        if off := [step for step in STEPS if raw.get(step, True) is not True]:
            raise ValueError(f"{', '.join(off)} is off; CLIP's preprocessing takes every step")
        mean, std = tuple(raw.get("image_mean", CLIP_MEAN)), tuple(raw.get("image_std", CLIP_STD))
        return cls(side, mean, std, raw.get("image_aspect_ratio"))


OPENAI_PREPROCESSOR: dict[str, Any] = {  # of OpenAI's encoders and all of open_clip's plain ones, but for the size
    "image_processor_type": "CLIPImageProcessor",
    "resample": BICUBIC,
    "rescale_factor": 1 / 255,
    **dict.fromkeys(STEPS, True),
    "do_convert_rgb": True,
    "image_mean": list(CLIP_MEAN),
    "image_std": list(CLIP_STD),
}


class Preprocessor:
    """Makes pixel_values of pictures."""

    def __init__(self, config: PreprocessorConfig | dict[str, Any]) -> None:
        """
        Args:
            config: the steps, or the content of a `preprocessor_config.json` that says them.
        """
        self.config = config if isinstance(config, PreprocessorConfig) else PreprocessorConfig.from_dict(config)

    def pixel_values(self, image: np.ndarray) -> np.ndarray:
        """Prepare one picture.

        Args:
            image: (H, W, 3) uint8 RGB, as `read_image` gives it.
        Returns:
            pixel_values, (1, 3, S, S) float32.
        Raises:
            ValueError: another shape or type; the message gives it.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"a picture is (H, W, 3) uint8 RGB, not {image.shape} {image.dtype}: use read_image")
        square = self._padded(image) if self.config.image_aspect_ratio == "pad" else self._cropped(image)
        mean, std = (np.array(each, dtype=np.float32) for each in (self.config.image_mean, self.config.image_std))
        scaled = (square.astype(np.float32) * np.float32(1 / 255) - mean) / std  # (S, S, 3)
        return np.ascontiguousarray(scaled.transpose(2, 0, 1)[np.newaxis])

    def _padded(self, image: np.ndarray) -> np.ndarray:
        """The whole picture in the middle of a square of the mean colour, (S, S, 3) uint8."""
        image = _bounded(image)
        height, width = image.shape[:2]
        longest, size = max(height, width), self.config.image_size
        square = np.empty((longest, longest, 3), dtype=np.uint8)
        square[:] = [int(value * 255) for value in self.config.image_mean]  # cut, not rounded, as in LLaVA
        top, left = (longest - height) // 2, (longest - width) // 2
        square[top : top + height, left : left + width] = image
        return np.asarray(Image.fromarray(square).resize((size, size), Image.Resampling.BICUBIC))

    def _cropped(self, image: np.ndarray) -> np.ndarray:
        """The middle square of the picture, (S, S, 3) uint8."""
        size, sides = self.config.image_size, image.shape[1::-1]  # width, height
        resized = [size * side // min(sides) for side in sides]
        left, top = starts = [(side - size) // 2 for side in resized]
        picture = Image.fromarray(image)
        if math.prod(resized) <= MAX_PIXELS:
            whole = picture.resize((resized[0], resized[1]), Image.Resampling.BICUBIC)
            return np.asarray(whole.crop((left, top, left + size, top + size)))
        # A strip: only the pixels that stay are computed, from the part of the source that they come from. They are
        # not the reference's bit for bit, and the reference cannot do it at all.
        scales = [side / new for side, new in zip(sides, resized, strict=True)]
        first = [start * scale for start, scale in zip(starts, scales, strict=True)]
        last = [min(begin + size * scale, side) for begin, scale, side in zip(first, scales, sides, strict=True)]
        box = (first[0], first[1], last[0], last[1])
        return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC, box=box))


def _bounded(image: np.ndarray) -> np.ndarray:
    """A picture whose square stays within `MAX_PIXELS`: as it is, or averaged down by a whole number.

    The reference would take gigabytes for such a square; after a second shrinking to S the difference is not visible.
    """
    longest = max(image.shape[:2])
    factor = math.ceil(longest / math.isqrt(MAX_PIXELS))
    return image if factor == 1 else np.asarray(Image.fromarray(image).reduce(factor))


def _side(size: Any, name: str) -> int:
    """One number of pixels out of the forms that configs use: 336, {"shortest_edge": 336}, {"height": 336, ...}."""
    values = set(size.values()) if isinstance(size, dict) else {size}
    if len(values) != 1 or not isinstance(side := values.pop(), int):
        raise ValueError(f"{name} {size} is not one side of a square in pixels")
    return side
