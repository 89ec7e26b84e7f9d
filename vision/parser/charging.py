"""Whether a phone charges: its battery is filled with green then, and never otherwise.

The parser's network sees a battery a dozen pixels across; in the picture itself the green cannot be missed, however
little of the battery is full.
"""

from __future__ import annotations

import cv2
import numpy as np

from pocketvlm.vision.parser.colors import Box, standing_out

GREEN = (50, 75)  # OpenCV's hues, 180 to the circle
VIVID, BRIGHT = 110, 80  # of 255: saturation and value
LEAST = 0.01  # of the battery's box, in which its percentage may stand


def is_charging(pixels: np.ndarray, box: Box) -> bool:
    """Whether a battery is shown as charging.

    Args:
        pixels: (H, W, 3) uint8 RGB, the whole picture.
        box: the battery's: left, top, right, bottom in its pixels.
    """
    apart, share = standing_out(pixels, box)
    if not len(apart):
        return False
    hue, saturation, value = cv2.cvtColor(apart.astype(np.uint8)[None], cv2.COLOR_RGB2HSV)[0].T
    green = (hue >= GREEN[0]) & (hue <= GREEN[1]) & (saturation > VIVID) & (value > BRIGHT)
    return bool(share * green.mean() > LEAST)
