"""The two networks of the text reader: where is text, and what does it say.

PP-OCRv6 small, as the `rapidocr` wheel carries it (Apache-2.0), run on ONNX Runtime directly: importing the rapidocr
package itself costs about a second, configures logging and brings a downloader, and none of that is needed to run two
files. What it does around the networks is small and is written out here; a test compares the two.

Sources: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", arXiv:1911.08947;
PaddleOCR's DBPostProcess and CTCLabelDecode.

Letters: H, W height and width in pixels; N text boxes; T time steps, one per 8 pixels; V characters.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import pairwise
from math import ceil
from pathlib import Path

import cv2
import numpy as np

from pocketvlm.graphs.session import open_session

TEXT_THRESHOLD = 0.3  # a pixel is text above this, as in PP-OCR
# A box is kept when its mean pixel probability is above this. PP-OCR has 0.5, which loses lone characters ("7°" in a
# forecast: 16 of 54 lines of such a screen); what is no text after all is left out by the recogniser's own score.
BOX_THRESHOLD = 0.3
UNCLIP_RATIO = 1.6  # the network paints shrunken lines; the box grows back by area * ratio / perimeter
MIN_BOX_SIDE = 3  # pixels of the probability map

STRIDE = 32  # the detector's input sides are multiples of this
TILE_SIDE = 1792  # pixels; a larger look is taken in tiles, which bounds its memory (about 0.3 GB per megapixel)
TILE_OVERLAP = 256  # pixels that neighbours share: each keeps half, so every kept pixel was seen with 128 around it

RECOGNISER_HEIGHT = 48  # pixels, the height at which every line is read
STEP = 8  # pixels of width per time step


def packaged_model(part: str) -> Path:
    """Path of the detector ("det") or recogniser ("rec") in the installed rapidocr wheel, found without importing it.

    Raises:
        ValueError: rapidocr is not installed, or this version carries no such model.
    """
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("rapidocr, which carries the models, is not installed: pip install 'rapidocr>=3.10,<4'")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    found = sorted(folder.glob(f"PP-OCR*_{part}_*.onnx"))
    if not found:
        raise ValueError(f"{folder} holds no PP-OCR {part} model: pip install --force-reinstall 'rapidocr>=3.10,<4'")
    return found[-1]


def network_input(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 to (1, 3, H, W) float32 in [-1, 1], the range both networks were trained on."""
    return np.ascontiguousarray((image.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None])


class TextDetector:
    """Finds lines of text as rotated rectangles."""

    def __init__(self, threads: int | None = None) -> None:
        self._session = open_session(packaged_model("det"), threads, spinning=False)

    def detect(self, image: np.ndarray, scale: float) -> np.ndarray:
        """Find the lines of text in an image, looking at it enlarged or reduced by `scale`.

        Args:
            image: (H, W, 3) uint8, BGR.
            scale: the size at which the network looks at it, 1.0 being its own; not the right one for every image.
        Returns:
            (N, 4, 2) float32, corners in pixels of `image`, clockwise from the top left.
        """
        height, width = image.shape[:2]
        map_h, map_w = (max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (height, width))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        probability = self._probability(cv2.resize(image, (map_w, map_h), interpolation=method))
        boxes = boxes_of(probability) * (width / map_w, height / map_h)
        return np.clip(boxes, 0, (width, height)).astype(np.float32)

    def _probability(self, image: np.ndarray) -> np.ndarray:
        """How likely each pixel of an (H, W, 3) image is text: (H, W) float32.

        A large image is seen in overlapping tiles, and their maps are joined before any box is drawn: no line is cut in
        two, and none is found twice.
        """
        height, width = image.shape[:2]
        joined = np.empty((height, width), np.float32)
        for top, bottom, keep_y in spans(height):
            for left, right, keep_x in spans(width):
                seen = self._session.run(None, {"x": network_input(image[top:bottom, left:right])})[0][0, 0]
                joined[keep_y, keep_x] = seen[shifted(keep_y, top), shifted(keep_x, left)]
        return joined


def spans(length: int) -> list[tuple[int, int, slice]]:
    """Cut a side into overlapping tiles: (start, stop, the part to keep). The parts to keep cover the side once."""
    count = max(1, ceil((length - TILE_OVERLAP) / (TILE_SIDE - TILE_OVERLAP)))
    side = ceil((length + (count - 1) * TILE_OVERLAP) / count / STRIDE) * STRIDE  # equal tiles
    starts = [round(i * (length - side) / max(1, count - 1) / STRIDE) * STRIDE for i in range(count)]
    edges = [0, *((a + side + b) // 2 for a, b in pairwise(starts)), length]
    return [(s, s + side, slice(low, high)) for s, low, high in zip(starts, edges[:-1], edges[1:], strict=True)]


def shifted(part: slice, start: int) -> slice:
    return slice(part.start - start, part.stop - start)


def boxes_of(probability: np.ndarray) -> np.ndarray:
    """Rectangles around the text of a probability map.

    Args:
        probability: (H, W) float32.
    Returns:
        (N, 4, 2) float32, corners in the map's pixels, clockwise from the top left.
    """
    mask = cv2.dilate((probability > TEXT_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours:
        centre, (w, h), angle = cv2.minAreaRect(contour)
        if min(w, h) < MIN_BOX_SIDE:
            continue
        corners = cv2.boxPoints((centre, (w, h), angle))
        if mean_inside(probability, corners) < BOX_THRESHOLD:
            continue
        grow = 2 * UNCLIP_RATIO * w * h / (2 * (w + h))  # a rectangle offset by d on every side is 2 d longer
        boxes.append(clockwise(cv2.boxPoints((centre, (w + grow, h + grow), angle))))
    return np.array(boxes, np.float32).reshape(-1, 4, 2)


def mean_inside(probability: np.ndarray, corners: np.ndarray) -> float:
    """Mean probability inside a quadrilateral, corners (4, 2) in the map's pixels."""
    limit = np.array(probability.shape[::-1]) - 1
    low = np.clip(np.floor(corners.min(axis=0)), 0, limit).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, limit).astype(int)
    window = probability[low[1] : high[1] + 1, low[0] : high[0] + 1]
    inside = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(inside, [(corners - low).astype(np.int32)], 1)
    return cv2.mean(window, inside)[0]


def clockwise(corners: np.ndarray) -> np.ndarray:
    """Order (4, 2) corners of a rectangle: top left, top right, bottom right, bottom left."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.stack([left[0], right[0], right[1], left[1]])


class TextRecogniser:
    """Reads the characters of cropped lines."""

    def __init__(self, threads: int | None = None) -> None:
        # One line on each core rather than a batch over all cores: nothing is padded, so a line reads the same whatever
        # its neighbours are, and 53 dense lines take 0.9 s where batches of like widths took 1.25 s (2 cores).
        self._session = open_session(packaged_model("rec"), 1, spinning=False)
        self._workers = ThreadPoolExecutor(threads or os.cpu_count() or 1, "recogniser")
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = np.array(["", *listed, " "])  # index 0 is CTC's blank; the file's list leaves out the space

    def recognise(self, crops: list[np.ndarray]) -> list[tuple[str, float]]:
        """Read each crop, (H, W, 3) uint8 BGR of one line: text and mean character probability, in the order given."""
        longest_first = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1] / crops[i].shape[0])
        read = self._workers.map(lambda i: self._read(crops[i]), longest_first)
        return [pair for _, pair in sorted(zip(longest_first, read, strict=True))]

    def _read(self, crop: np.ndarray) -> tuple[str, float]:
        height, width = crop.shape[:2]
        width = max(1, round(width * RECOGNISER_HEIGHT / height / STEP)) * STEP
        line = cv2.resize(crop, (width, RECOGNISER_HEIGHT))
        return self._decode(self._session.run(None, {"x": network_input(line)})[0][0])

    def _decode(self, scores: np.ndarray) -> tuple[str, float]:
        """Greedy CTC: the best character of each step, repeats merged, blanks dropped. scores (T, V)."""
        best = scores.argmax(axis=1)  # (T,)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        if not kept.any():
            return "", 0.0
        text = "".join(self._characters[best[kept]])
        return text.strip(), float(scores[kept, best[kept]].mean())
