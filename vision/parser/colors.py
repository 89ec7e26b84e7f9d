"""What colour a thing on a screen has, in the word that people use: taken from its pixels, not learnt.

A thing's colour is the one that covers most of its box and is not its surroundings': the fill of a button, whatever is
written on it; the strokes of an icon, however thin. Names follow hue, with lightness deciding black, white and brown;
where people would not agree on a name (pale tints, near-greys) there is none.
"""

from __future__ import annotations

import colorsys

import numpy as np

Box = tuple[int, int, int, int]

SAMPLES = 40  # pixels looked at along each side of a box, at least: the strokes of a full-size icon are still met
RING = 4  # pixels around the box in which its surroundings are seen, at least
FARTHER = 0.25  # of its shorter side: a box found a little too small has the thing itself around it
LEVELS = 16  # steps in which red, green and blue are counted
APART = 40  # of 255 a channel: less is the same colour, shaded or smoothed
LEAST = 0.005  # share of the box that a colour covers at least: the letters of a wide button without a fill cover 1%

# Where a hue's name begins and ends, in degrees. Ranges overlap where people do not agree; the deepest inside wins.
HUES = {
    "red": (-14, 15),
    "orange": (11, 44),
    "yellow": (41, 68),
    "green": (64, 168),
    "teal": (158, 190),
    "blue": (184, 254),
    "purple": (246, 296),
    "pink": (288, 346),
}


def color_of(pixels: np.ndarray, box: Box) -> str | None:
    """The plain name of the colour that a thing has.

    Args:
        pixels: (H, W, 3) uint8 RGB, the whole picture.
        box: left, top, right, bottom in its pixels; what lies outside is cut off.
    Returns:
        "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "black", "grey" or "white"; None
        where there is no one name, or the box holds its surroundings' colour only.
    """
    color = main_color(pixels, box)
    return None if color is None else color_name(color)


def main_color(pixels: np.ndarray, box: Box) -> tuple[int, int, int] | None:
    """Red, green and blue of the colour that covers most of a box and is not its surroundings'; None without one."""
    apart, share = standing_out(pixels, box)
    if not len(apart) or share < LEAST:
        return None
    red, green, blue = (int(value) for value in _common(apart))
    return red, green, blue


def standing_out(pixels: np.ndarray, box: Box) -> tuple[np.ndarray, float]:
    """Some pixels of a box that have not its surroundings' colour, (n, 3) int16, and the share of it that has not."""
    inside = _inside(pixels, box)
    if not len(inside):
        return inside, 0.0
    apart = inside[np.abs(inside - _common(_around(pixels, box))).max(axis=1) > APART]
    return apart, len(apart) / len(inside)


def color_name(color: tuple[int, int, int]) -> str | None:
    """The plain name of a colour; None where people would not agree on one.

    Args:
        color: red, green, blue, 0 to 255 each.
    """
    red, green, blue = (value / 255 for value in color)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if chroma < 0.09:
        return _grey(lightness)
    if saturation < 0.25 or chroma < 0.25 or not 0.18 < lightness < 0.86:
        return None
    degrees = hue * 360
    if 15 <= degrees <= 45 and lightness < 0.36:
        return "brown"
    return max(HUES, key=lambda name: _depth(name, degrees))


def _depth(name: str, degrees: float) -> float:
    """How far inside a name's range a hue lies, in degrees; below zero outside."""
    start, end = HUES[name]
    return max(min(turned - start, end - turned) for turned in (degrees, degrees - 360))


def _grey(lightness: float) -> str | None:
    if lightness < 0.1:
        return "black"
    if lightness > 0.96:
        return "white"
    return "grey" if 0.3 < lightness < 0.8 else None


def _inside(pixels: np.ndarray, box: Box) -> np.ndarray:
    """Some pixels of a box, evenly spread, (n, 3) int16."""
    left, top, right, bottom = _clipped(pixels, box)
    down, across = (max(1, (end - start) // SAMPLES) for start, end in ((top, bottom), (left, right)))
    return pixels[top:bottom:down, left:right:across].reshape(-1, 3).astype(np.int16)


def _around(pixels: np.ndarray, box: Box) -> np.ndarray:
    """Pixels outside a box, (n, 3) int16; those of its own edge where it fills the picture."""
    left, top, right, bottom = _clipped(pixels, box)
    room = max(RING, round(FARTHER * min(right - left, bottom - top)))
    wide = _clipped(pixels, (left - room, top - room, right + room, bottom + room))
    ring = [
        pixels[wide[1] : top, wide[0] : wide[2]],
        pixels[bottom : wide[3], wide[0] : wide[2]],
        pixels[top:bottom, wide[0] : left],
        pixels[top:bottom, right : wide[2]],
    ]
    found = np.concatenate([part.reshape(-1, 3) for part in ring])
    if not len(found):
        found = np.concatenate([pixels[top, left:right], pixels[bottom - 1, left:right]])
    return found[:: max(1, len(found) // SAMPLES**2)].astype(np.int16)


def _clipped(pixels: np.ndarray, box: Box) -> Box:
    height, width = pixels.shape[:2]
    left, right = (min(max(value, 0), width) for value in (box[0], box[2]))
    top, bottom = (min(max(value, 0), height) for value in (box[1], box[3]))
    return left, top, max(left, right), max(top, bottom)


def _common(colors: np.ndarray) -> np.ndarray:
    """The colour that most of (n, 3) pixels have, give or take a shade: (3,)."""
    steps = colors // (256 // LEVELS)
    codes = (steps[:, 0] * LEVELS + steps[:, 1]) * LEVELS + steps[:, 2]
    most = np.bincount(codes, minlength=LEVELS**3).argmax()
    near = np.abs(colors - colors[codes == most].mean(axis=0)).max(axis=1) <= APART // 2
    middle: np.ndarray = colors[near].mean(axis=0).round()  # the shade's own steps may cut it in two
    return middle
