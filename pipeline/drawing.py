"""What was recognised, painted onto the picture: a box for each row, control and line, in a colour for its kind."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pocketvlm.vision.structure import BEHIND, TEXT, Cell, ScreenStructure
from pocketvlm.vision.structure_text import role_word

COLORS = {  # by kind; a kind that is not here has the last one
    TEXT: (120, 130, 140),
    "row": (200, 200, 205),
    "switch": (220, 60, 60),
    "checkbox": (220, 60, 60),
    "radio": (220, 60, 60),
    "button": (40, 110, 230),
    "icon": (150, 60, 200),
    "picture": (20, 150, 90),
    "tab": (230, 130, 20),
    "": (190, 40, 130),
}
ALIKE = {"action": "icon", "app_icon": "icon", "fab": "button", "back": "button", "chip": "button", "segment": "tab"}
LINE = 400  # a line is this part of the picture's longer side wide, at least one pixel
FONT = 90  # and a label this part high, at least ten pixels


def draw_structure(pixels: np.ndarray, structure: ScreenStructure) -> np.ndarray:
    """Paint a structure over its picture.

    Args:
        pixels: (H, W, 3) uint8 RGB, the upright picture.
        structure: of this picture.
    Returns:
        (H, W, 3) uint8 RGB, a new array.
    Raises:
        ValueError: the structure is another picture's.
    """
    height, width = pixels.shape[:2]
    if (width, height) != (structure.width, structure.height):
        raise ValueError(f"a structure of {structure.width} x {structure.height} pixels for a picture of "
                         f"{width} x {height}: draw it on the picture that it was made from")  # fmt: skip
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    line = max(1, max(width, height) // LINE)
    font = ImageFont.load_default(max(10, max(width, height) // FONT))
    for row in structure.rows:
        if row.frame is not None and row.frame.role == "row":
            draw.rectangle(_corners(row.frame.box), outline=COLORS["row"], width=line)
    for cell in structure.cells:
        if cell.role != BEHIND:
            color = COLORS.get(ALIKE.get(cell.role, cell.role), COLORS[""])
            draw.rectangle(_corners(cell.box), outline=color, width=line)
            if cell.role != TEXT:
                x, y = cell.box[:2]
                label = _label(cell)
                draw.rectangle(draw.textbbox((x, y), label, font=font), fill=color)
                draw.text((x, y), label, fill=(255, 255, 255), font=font)
    return np.asarray(image)


def _corners(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Both corners inclusive, as Pillow wants them."""
    x1, y1, x2, y2 = box
    return x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)


def _label(cell: Cell) -> str:
    """What kind it is, and its state or look; without printed words, for which the font may lack letters."""
    element = cell.element
    if element is None:
        return role_word(cell.role)
    state = "" if element.active is None else " on" if element.active else " off"
    look = f" {element.look}" if element.look else ""
    return f"{role_word(cell.role)}{state}{look}"
