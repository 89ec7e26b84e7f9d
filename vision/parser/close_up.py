"""Close-ups: what shows something is cut from the picture's own pixels, to be looked at once more.

The parser sees a whole screen at a glance, an icon of it with some two dozen pixels each way: enough to tell that
something is an icon, not what it shows. Numpy and OpenCV only.

Letters: K elements.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

# Roles that always show something; a button may or may not, and nothing is learnt of those that do not.
SHOWING = frozenset("icon action tab picture fab star app_icon player_button".split())
OVER_WORDS = frozenset({"tab", "app_icon"})  # what they show stands in the upper part, their words below it
UPPER = 0.72  # of the height
MARGIN = 1.15  # a frame's side for an element's longer one


def frames(boxes: np.ndarray, roles: Sequence[str]) -> np.ndarray:
    """The square to look at of each element: (K, 3) float64, the middle's x and y and the side.

    Args:
        boxes: (K, 4), x1, y1, x2, y2 in the picture's pixels.
    """
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    upper = np.array([role in OVER_WORDS for role in roles], bool)
    side = np.where(upper, np.minimum(width, UPPER * height), MARGIN * np.maximum(width, height))
    y = np.where(upper, boxes[:, 1] + side / 2, (boxes[:, 1] + boxes[:, 3]) / 2)
    return np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, y, np.maximum(side, 1)], axis=1)


def cut(pixels: np.ndarray, frame: np.ndarray, side: int) -> np.ndarray:
    """One square of a picture (H, W, 3) uint8 as (side, side, 3) uint8; beyond the edges the last pixels go on."""
    low = np.floor(frame[:2] - frame[2] / 2).astype(int)
    high = low + max(1, round(float(frame[2])))
    limit = np.array([pixels.shape[1], pixels.shape[0]])
    x1, y1 = np.clip(low, 0, limit - 1)
    x2, y2 = np.clip(high, [x1 + 1, y1 + 1], limit)
    inside = pixels[y1:y2, x1:x2]
    (left, top), (right, bottom) = np.maximum((x1, y1) - low, 0), np.maximum(high - (x2, y2), 0)
    whole = cv2.copyMakeBorder(inside, int(top), int(bottom), int(left), int(right), cv2.BORDER_REPLICATE)
    method = cv2.INTER_AREA if whole.shape[0] > side else cv2.INTER_LINEAR
    return cv2.resize(whole, (side, side), interpolation=method)


def close_ups(pixels: np.ndarray, places: np.ndarray, side: int) -> np.ndarray:
    """All squares of a picture: (K, side, side, 3) uint8.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        places: (K, 3), as `frames` gives them.
    """
    if not len(places):
        return np.empty((0, side, side, 3), np.uint8)
    return np.stack([cut(pixels, place, side) for place in places])
