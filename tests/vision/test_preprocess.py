"""Pictures become the reference's pixels, whatever their shape."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from transformers import CLIPImageProcessorPil

from pocketvlm.vision.image import read_image
from pocketvlm.vision.preprocess import OPENAI_PREPROCESSOR, Preprocessor, PreprocessorConfig

DATA = Path(__file__).resolve().parent.parent / "data"
SIZE = 56


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def preprocessor(aspect_ratio: str | None) -> Preprocessor:
    return Preprocessor(PreprocessorConfig(SIZE, image_aspect_ratio=aspect_ratio))


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("index", [0, 1])
def test_pixels_equal_the_reference(version: str, index: int) -> None:
    folder = DATA / "golden" / f"mobilevlm-tiny-{version}"
    raw = json.loads((folder / "clip/preprocessor_config.json").read_text()) | {"image_aspect_ratio": "pad"}
    pixels = Preprocessor(raw).pixel_values(read_image(DATA / f"golden/image_{index}.png"))
    expected = np.load(folder / "expected.npz")[f"pixel_values_{index}"]
    assert pixels.dtype == np.float32
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() < 1e-5  # Pillow resizes both: only the last float32 bit differs


@pytest.mark.parametrize("shape", [(56, 56), (100, 777), (777, 100), (1, 1), (1, 50), (55, 57), (500, 499)])
@pytest.mark.parametrize("aspect_ratio", ["square", None])
def test_cropping_equals_transformers(shape: tuple[int, int], aspect_ratio: str | None) -> None:
    reference = CLIPImageProcessorPil(size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE})
    expected = reference(Image.fromarray(noise(*shape)), return_tensors="np")["pixel_values"]
    pixels = preprocessor(aspect_ratio).pixel_values(noise(*shape))
    assert np.abs(pixels - expected).max() < 1e-5  # the same


@pytest.mark.parametrize("shape", [(3, 40), (40, 3), (1, 1), (31, 30)])
def test_padding_centres_the_whole_picture_on_the_mean_colour(shape: tuple[int, int]) -> None:
    """Written as the reference's expand2square is, with Pillow's own functions."""
    picture = Image.fromarray(noise(*shape))
    side = max(shape)
    square = Image.new("RGB", (side, side), (122, 116, 104))
    square.paste(picture, ((side - shape[1]) // 2, (side - shape[0]) // 2))
    expected = preprocessor(None).pixel_values(np.asarray(square))  # of a square nothing is cropped
    np.testing.assert_array_equal(preprocessor("pad").pixel_values(np.asarray(picture)), expected)


@pytest.mark.parametrize("shape", [(1, 200_000), (200_000, 1), (9, 10_001)])
@pytest.mark.parametrize("aspect_ratio", ["pad", None])
def test_long_strips_take_no_more_memory_than_a_large_picture(shape: tuple[int, int], aspect_ratio: str | None) -> None:
    """The square around the first has 40 gigapixels, and so has the picture that cropping would resize it to."""
    pixels = preprocessor(aspect_ratio).pixel_values(np.full((*shape, 3), 255, dtype=np.uint8))
    assert pixels.shape == (1, 3, SIZE, SIZE)
    white = (1 - np.array(PreprocessorConfig(SIZE).image_mean)) / np.array(PreprocessorConfig(SIZE).image_std)
    if aspect_ratio is None:
        # One bit of float32 in each of three steps.
        np.testing.assert_allclose(pixels, np.broadcast_to(white.reshape(1, 3, 1, 1), pixels.shape), rtol=1e-5)


def test_config_survives_its_file() -> None:
    config = PreprocessorConfig(336, (0.5, 0.4, 0.3), (0.2, 0.2, 0.1), "square")
    assert PreprocessorConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert CLIPImageProcessorPil(**config.to_dict()).crop_size.height == 336


def test_size_is_read_from_every_form() -> None:
    for size in (336, {"shortest_edge": 336}, {"height": 336, "width": 336}):
        assert PreprocessorConfig.from_dict({**OPENAI_PREPROCESSOR, "size": size}).image_size == 336
    assert PreprocessorConfig.from_dict({**OPENAI_PREPROCESSOR, "image_size": 224}).image_size == 224


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crop_size": {"height": 3, "width": 4}}, "is not one side of a square"),
        ({"crop_size": 0, "size": 0}, "image_size 0"),
        ({"crop_size": 224}, "differ"),
        ({"resample": 2}, "resample 2 is not 3"),
        ({"rescale_factor": 0.5}, "rescale_factor 0.5"),
        ({"do_normalize": False, "do_rescale": False}, "do_rescale, do_normalize is off"),
        ({"image_aspect_ratio": "anyres"}, "'anyres' is not known: use pad"),
        ({"image_std": [0.1, 0.0, 0.1]}, "above 0"),
        ({"image_mean": [0.5]}, "image_mean .* red, green and blue"),
    ],
)
def test_config_of_another_preprocessing_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PreprocessorConfig.from_dict({**PreprocessorConfig(336).to_dict(), **change})


@pytest.mark.parametrize("array", [np.zeros((3, 8, 8), np.uint8), np.zeros((8, 8, 3)), np.zeros((0, 8, 3), np.uint8)])
def test_what_is_no_picture_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"a picture is \(H, W, 3\) uint8 RGB"):
        preprocessor("pad").pixel_values(array)
