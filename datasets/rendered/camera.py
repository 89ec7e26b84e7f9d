"""What a camera makes of a flat thing: perspective, a background, uneven light, blur, noise and JPEG.

Everything follows from a seed. Boxes on the page move with it: `Photo.box`.

H, W: pixels of the page; h, w: of the photo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]  # (H, W, 3), RGB
Floats: TypeAlias = NDArray[np.float32]
Box: TypeAlias = tuple[int, int, int, int]  # x1, y1, x2, y2 in pixels, x2 and y2 exclusive
Thing: TypeAlias = Literal["phone", "paper"]

_LEAST_SEEN = 0.6  # an element of which less is in the photo counts as clipped, as in the renderer's truth
_BEZEL = 0.035  # of the screen's width


@dataclass(frozen=True)
class Conditions:
    """How a photo was taken."""

    perspective: float  # how far corners stray, as a part of the photo's width
    turn: float  # degrees that the camera is tilted
    fill: float  # the part of the photo's height or width that the thing takes
    blur: float  # sigma in pixels of the photo
    motion: int  # pixels that the hand moved
    shade: float  # how much darker than its brightest spot the darkest is
    warmth: float  # -1, bluish, to 1, yellowish
    noise: float  # sigma, of 255
    quality: int  # of JPEG, 1 to 100


@dataclass(frozen=True)
class Photo:
    """A photo, and where each point of the page lies in it."""

    image: Image  # (h, w, 3)
    homography: NDArray[np.float64]  # (3, 3), from pixels of the page to pixels of the photo
    conditions: Conditions

    def corners(self, box: Box) -> Floats:
        """Where the corners of a box on the page lie in the photo: (4, 2), clockwise from the top left."""
        x1, y1, x2, y2 = box
        flat = np.array([[[x1, y1], [x2, y1], [x2, y2], [x1, y2]]], dtype=np.float32)  # (1, 4, 2)
        moved: Floats = cv2.perspectiveTransform(flat, self.homography)[0].astype(np.float32)
        return moved

    def box(self, box: Box) -> tuple[Box, float] | None:
        """The upright box around a box of the page, and the part of it in the photo; None if nothing is in it."""
        corners = self.corners(box)
        height, width = self.image.shape[:2]
        low, high = np.floor(corners.min(axis=0) + 0.01), np.ceil(corners.max(axis=0) - 0.01)
        x1, y1 = max(0, int(low[0])), max(0, int(low[1]))
        x2, y2 = min(width, int(high[0])), min(height, int(high[1]))
        if x2 <= x1 or y2 <= y1:
            return None
        return (x1, y1, x2, y2), (x2 - x1) * (y2 - y1) / float(np.prod(high - low))


def draw_conditions(rng: np.random.Generator) -> Conditions:
    """Conditions by lot, of everyday photos that people can still read."""
    return Conditions(
        perspective=float(rng.uniform(0.0, 0.06)),
        turn=float(rng.normal(0, 3)),
        fill=float(rng.uniform(0.8, 0.95)),
        blur=float(rng.uniform(0.0, 0.9)),
        motion=int(rng.choice([0, 0, 0, 2, 3])),
        shade=float(rng.uniform(0.05, 0.4)),
        warmth=float(rng.uniform(-1, 1)),
        noise=float(rng.uniform(1, 7)),
        quality=int(rng.integers(55, 95)),
    )


def photograph(
    page: Image,
    seed: int,
    thing: Thing = "phone",
    *,
    size: tuple[int, int] = (1200, 1600),
    conditions: Conditions | None = None,
) -> Photo:
    """Take a photo of a page, the same one for the same arguments.

    Args:
        page: (H, W, 3) uint8 RGB: a screenshot, or a sheet of paper.
        thing: a phone gets a body and glare, paper a shadow only.
        size: width and height of the photo in pixels.
        conditions: of the photo; drawn from the seed if None.
    Raises:
        ValueError: the page is not (H, W, 3) uint8, or the size is not positive.
    """
    if page.ndim != 3 or page.shape[2] != 3 or page.dtype != np.uint8:
        raise ValueError(f"a page is (H, W, 3) uint8, not {page.shape} {page.dtype}: convert it to RGB")
    if min(size) < 1:
        raise ValueError(f"a photo has at least 1 x 1 pixels, not {size[0]} x {size[1]}")
    rng = np.random.default_rng([abs(seed), int(seed < 0)])
    taken = conditions or draw_conditions(rng)
    body, alpha, offset = _with_body(page, thing)
    to_photo = _homography(body.shape[1], body.shape[0], size, taken, rng)
    image = _background(size, rng)
    shadow = _warp(alpha, _moved(to_photo, 0.008 * size[0], 0.012 * size[1]), size)
    image *= 1 - 0.55 * cv2.GaussianBlur(shadow, (0, 0), 0.015 * size[0])[..., None]
    mask = _warp(alpha, to_photo, size)[..., None]  # (h, w, 1)
    image = image * (1 - mask) + _warp(body, to_photo, size) * mask
    if thing == "phone":
        image += _glare(size, rng)[..., None] * mask
    image = _lit(image, taken, rng)
    image = _blurred(image, taken, rng)
    image += rng.normal(0, taken.noise, image.shape).astype(np.float32)
    homography = to_photo @ np.array([[1, 0, offset], [0, 1, offset], [0, 0, 1]], dtype=np.float64)
    return Photo(_compressed(image, taken.quality), homography, taken)


def photograph_truth(truth: Mapping[str, Any], photo: Photo, image: str) -> dict[str, Any]:
    """The truth about a page as it is in a photo of it: boxes moved, what is out of sight left out.

    Args:
        image: the photo's file name.
    """
    kept: dict[int, int] = {}  # old id to new
    elements: list[dict[str, Any]] = []
    for element in truth["elements"]:
        found = photo.box(tuple(element["box"]))
        if found is None:
            continue
        box, seen = found
        kept[element["id"]] = len(elements)
        moved = {**element, "id": len(elements), "box": list(box)}
        moved |= {relation: kept.get(element[relation]) for relation in ("parent", "row")}
        elements.append(moved if seen >= _LEAST_SEEN else {**moved, "clipped": True})
    height, width = photo.image.shape[:2]
    about = {"id": f"{truth['id']}-photo", "image": image, "width": width, "height": height, "elements": elements}
    return {**truth, **about, "photo": True}


def _with_body(page: Image, thing: Thing) -> tuple[Floats, Floats, int]:
    """The thing with its edge, how solid each pixel is, and how many pixels the edge adds on each side."""
    edge = round(_BEZEL * page.shape[1]) if thing == "phone" else 0
    body = cv2.copyMakeBorder(page, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(18, 18, 20)).astype(np.float32)
    radius = max(1, 4 * edge)
    alpha = np.zeros(body.shape[:2], dtype=np.float32)
    if thing == "phone":
        high, wide = alpha.shape
        cv2.rectangle(alpha, (radius, 0), (wide - radius, high), 1.0, -1)
        cv2.rectangle(alpha, (0, radius), (wide, high - radius), 1.0, -1)
        for center in (
            (radius, radius),
            (wide - radius, radius),
            (radius, high - radius),
            (wide - radius, high - radius),
        ):
            cv2.circle(alpha, center, radius, 1.0, -1)
    else:
        alpha[:] = 1.0
    return body, alpha, edge


def _homography(
    width: int, height: int, size: tuple[int, int], taken: Conditions, rng: np.random.Generator
) -> NDArray[np.float64]:
    """From the thing's pixels to the photo's: fitted, turned, and each corner led astray."""
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    scale = taken.fill * min(size[0] / width, size[1] / height)
    angle = np.deg2rad(taken.turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    placed = (flat - flat.mean(axis=0)) * scale @ spin.T + np.array(size) / 2  # (4, 2)
    astray = rng.uniform(-1, 1, (4, 2)) * taken.perspective * scale * width
    return np.asarray(
        cv2.getPerspectiveTransform(flat.astype(np.float32), (placed + astray).astype(np.float32)), np.float64
    )


def _moved(homography: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    return np.asarray(np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) @ homography, dtype=np.float64)


def _warp(flat: Floats, homography: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """Drawn at the photo's size; what shrinks to less than 0.6 is halved first, or sampling would skip pixels."""
    shrink = float(np.sqrt(abs(np.linalg.det(homography[:2, :2]))))
    halvings = np.eye(3)
    while shrink < 0.6:
        height, width = flat.shape[:2]
        flat = np.asarray(cv2.resize(flat, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)
        halvings = halvings @ np.diag([width / (width // 2), height / (height // 2), 1])
        shrink *= 2
    return np.asarray(cv2.warpPerspective(flat, homography @ halvings, size, flags=cv2.INTER_LINEAR), np.float32)


def _background(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A table, a wall or cloth: a colour, grain along one way, and large soft blotches. (h, w, 3)"""
    width, height = size
    colour = rng.uniform(50, 215) + rng.uniform(-30, 30, 3)  # greyish, as most tables are
    grain = rng.normal(0, rng.uniform(3, 16), (height, width)).astype(np.float32)
    along, across = rng.choice([1, 3, 25, 61], 2)
    grain = cv2.blur(grain, (int(along), int(across))) * np.float32(np.sqrt(along * across) ** 0.7)
    blotches = _soft(size, 6, rng) * 24
    return (colour.astype(np.float32) + (grain + blotches)[..., None]).clip(0, 255).astype(np.float32)


def _soft(size: tuple[int, int], cells: int, rng: np.random.Generator) -> Floats:
    """Slow changes over the photo, -1 to 1. (h, w)"""
    coarse = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
    smooth: Floats = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).clip(-1, 1)
    return smooth


def _glare(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A faint reflection across glass. (h, w)"""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    angle = rng.uniform(0, np.pi)
    away = (x - rng.uniform(0, 1)) * np.cos(angle) + (y - rng.uniform(0, 1)) * np.sin(angle)
    streak: Floats = (rng.uniform(0, 40) * np.exp(-((away / rng.uniform(0.08, 0.3)) ** 2))).astype(np.float32)
    return streak


def _lit(image: Floats, taken: Conditions, rng: np.random.Generator) -> Floats:
    """Uneven light of a tint."""
    height, width = image.shape[:2]
    light = 1 - taken.shade * (0.5 + 0.5 * _soft((width, height), 3, rng))  # (h, w)
    tint = np.array([1 + 0.06 * taken.warmth, 1, 1 - 0.08 * taken.warmth], dtype=np.float32)
    return (image * light[..., None] * tint).astype(np.float32)


def _blurred(image: Floats, taken: Conditions, rng: np.random.Generator) -> Floats:
    if taken.blur > 0.15:  # below that, nothing would change
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), taken.blur), np.float32)
    if taken.motion > 1:
        kernel = np.zeros((taken.motion, taken.motion), dtype=np.float32)
        kernel[taken.motion // 2, :] = 1 / taken.motion
        image = np.asarray(cv2.filter2D(image, -1, kernel.T if rng.random() < 0.5 else kernel), np.float32)
    return image


def _compressed(image: Floats, quality: int) -> Image:
    whole = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".jpg", whole[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done, "JPEG holds any image of this form"
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None, "it was encoded just now"
    return np.ascontiguousarray(decoded[..., ::-1]).astype(np.uint8)
