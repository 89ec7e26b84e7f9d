"""Photos of fronts as passers-by take them: from the side, at night, in glare, shaken, with things in the way.

A photo is a JPEG file with what a phone writes into it: the time, the turn, and the position where there is one, which
is off by 5 to 60 metres. Everything follows from a seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Literal, TypeAlias, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from pocketvlm.datasets.rendered import camera
from pocketvlm.datasets.rendered.places.faces import Faces
from pocketvlm.datasets.rendered.places.front import Front, draw_front
from pocketvlm.datasets.rendered.places.town import KINS, Kin, Spot, moved

Trouble: TypeAlias = Literal["none", "side", "night", "glare", "shaken", "covered"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
Floats: TypeAlias = NDArray[np.float32]  # (h, w, 3)

SIZES = ((1440, 1080), (1440, 1080), (1080, 1440))
_KIN_WEIGHTS = (45, 15, 25, 15)  # in the order of KINS: what is alike is asked about more often than chance would
_TURNS = {1: None, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}  # EXIF's number to how pixels lie


@dataclass(frozen=True)
class StreetPhoto:
    """A photo and the truth about it.

    Attributes:
        jpeg: the file.
        spot: what it shows.
        known: False where the place is to be kept out of the store.
        position: latitude and longitude as written into the file; None without.
        trouble: what makes it hard.
        shown: what can be read besides the name.
    """

    number: int
    jpeg: bytes
    spot: Spot
    known: bool
    position: tuple[float, float] | None
    trouble: Trouble
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Shot:
    """What is to be photographed, and how; cheap to draw by lot, unlike the photo."""

    number: int
    seed: int
    spot: Spot
    known: bool
    trouble: Trouble


def draw_shots(spots: list[Spot], seed: int, amount: int, unknown: float = 0.12) -> list[Shot]:
    """Choose what to photograph: each place once, likenesses oversampled, some places to be kept out of the store.

    Raises:
        ValueError: there are fewer places of some kin than would be needed.
    """
    rng = random.Random(f"shots {seed}")
    waiting: dict[Kin, list[Spot]] = {kin: [spot for spot in spots if spot.kin == kin] for kin in KINS}
    shots: list[Shot] = []
    for number in range(amount):
        kin = rng.choices(KINS, _KIN_WEIGHTS)[0]
        if not waiting[kin]:
            raise ValueError(f"{amount} photos need more places of kin {kin} than this town has: ask for fewer")
        spot = waiting[kin].pop(rng.randrange(len(waiting[kin])))
        known = spot.kin == "chain" or rng.random() >= unknown
        shots.append(Shot(number, rng.randrange(2**31), spot, known, rng.choice(TROUBLES)))
    return shots


def take(shot: Shot, faces: Faces, *, size: tuple[int, int] | None = None, located: bool = True) -> StreetPhoto:
    """Take the photo.

    Args:
        size: width and height in pixels; by lot if None.
        located: whether the file says where it was taken.
    """
    rng = np.random.default_rng([shot.seed, 7])  # apart from the camera's own lots
    front = draw_front(shot.spot, shot.seed, faces)
    scene = front.image.astype(np.float32)
    if shot.trouble == "night":
        scene = _at_night(scene, front, rng)
    if shot.trouble == "covered":
        scene = _covered(scene, front, rng)
    chosen = size or SIZES[int(rng.integers(len(SIZES)))]
    scene = _from_aside(scene, chosen, 72.0 if shot.trouble == "side" else 12.0, rng)
    if shot.trouble == "glare":
        scene = _glared(scene, rng)
    page = np.clip(scene, 0, 255).astype(np.uint8)
    photo = camera.photograph(page, shot.seed, "paper", size=chosen, conditions=_conditions(shot.trouble, rng))
    position = _off(shot.spot, rng) if located else None
    jpeg = _file(photo.image, position, rng)
    return StreetPhoto(shot.number, jpeg, shot.spot, shot.known, position, shot.trouble, front.shown)


def _conditions(trouble: Trouble, rng: np.random.Generator) -> camera.Conditions:
    # Filled beyond its edges, so that no camera's table shows behind the house.
    fill, perspective, blur = float(rng.uniform(1.12, 1.2)), float(rng.uniform(0, 0.03)), float(rng.uniform(0, 1))
    everyday = replace(camera.draw_conditions(rng), fill=fill, perspective=perspective, blur=blur)
    if trouble == "night":
        return replace(everyday, noise=float(rng.uniform(4, 14)), shade=0.3, motion=int(rng.choice([0, 3])))
    if trouble == "shaken":
        return replace(everyday, motion=int(rng.integers(8, 26)), blur=float(rng.uniform(1.0, 3.6)))
    return everyday


def _at_night(scene: Floats, front: Front, rng: np.random.Generator) -> Floats:
    """Street lamps only; every other sign is lit, and shines into the air around them."""
    light: Floats = np.full(scene.shape[:2], rng.uniform(0.02, 0.14), dtype=np.float32)
    x1, y1, x2, y2 = front.sign
    if rng.random() < 0.5:
        light[y1 - 6 : y2 + 6, x1 - 6 : x2 + 6] = rng.uniform(0.6, 1.1)
    softened = cv2.GaussianBlur(light, (0, 0), 6)[..., None]  # (H, W, 1)
    lit = scene * softened * np.array([0.95, 0.95, 1.1], dtype=np.float32)
    return np.asarray(lit + 0.35 * cv2.GaussianBlur(lit, (0, 0), 24), dtype=np.float32)


def _from_aside(scene: Floats, size: tuple[int, int], most: float, rng: np.random.Generator) -> Floats:
    """The scene as a camera sees it from up to `most` degrees aside and a little below, near or from across the street.

    The wall goes on at the picture's edges, whose shape is that of the photo.
    """
    height, width = scene.shape[:2]
    low = 0.6 * most if most > 20 else -most
    yaw, pitch = np.deg2rad(rng.uniform(low, most) * rng.choice([-1, 1])), np.deg2rad(rng.uniform(-4, 10))
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    nod = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)  # (4, 2)
    away = 1.2 * width  # how far off the camera stands, in pixels of the front
    points = np.c_[corners, np.zeros(4)] @ (nod @ turn).T + (0, 0, away)  # (4, 3)
    seen = points[:, :2] / points[:, 2:] * away
    shown = (width, round(width * size[1] / size[0]))
    seen = (seen - seen.mean(axis=0)) * rng.uniform(0.4, 1.05) * width / np.ptp(seen[:, 0]) + np.array(shown) / 2
    flat = (corners + np.array((width, height)) / 2).astype(np.float32)
    to_photo = cv2.getPerspectiveTransform(flat, seen.astype(np.float32))
    warped = cv2.warpPerspective(scene, to_photo, shown, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.nan_to_num(np.asarray(warped, dtype=np.float32))  # a pixel on the horizon itself lies nowhere


def _covered(scene: Floats, front: Front, rng: np.random.Generator) -> Floats:
    """A pole, a branch with leaves, or a passing head before the sign; a part of the name stays hidden."""
    height = scene.shape[0]
    x1, y1, x2, y2 = front.sign
    x = int(rng.uniform(x1 + 0.1 * (x2 - x1), x2 - 0.1 * (x2 - x1)))
    what = rng.integers(3)
    if what == 0:
        cv2.rectangle(scene, (x, 0), (x + int(rng.integers(40, 110)), height), (62.0, 60.0, 58.0), -1)
    elif what == 1:
        for _ in range(int(rng.integers(120, 320))):
            at = (int(rng.normal(x, 170)), int(rng.normal((y1 + y2) / 2, 80)))
            axes = (int(rng.integers(9, 22)), int(rng.integers(5, 11)))
            green = (float(rng.integers(30, 70)), float(rng.integers(70, 120)), 35.0)
            cv2.ellipse(scene, at, axes, float(rng.uniform(0, 180)), 0, 360, green, -1)
    else:
        head = (x, int(y2 + rng.uniform(-110, 0)))
        cv2.ellipse(scene, head, (70, 90), 0, 0, 360, (48.0, 36.0, 30.0), -1)
        cv2.rectangle(scene, (x - 160, head[1] + 85), (x + 160, height), (70.0, 66.0, 92.0), -1)
    return scene


def _glared(scene: Floats, rng: np.random.Generator) -> Floats:
    """The sun or a lamp in the lens: a bright spot with a streak, and a veil that takes the contrast."""
    height, width = scene.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    at = rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.6) * height
    spot = np.exp(-(((x - at[0]) / (0.13 * width)) ** 2 + ((y - at[1]) / (0.13 * width)) ** 2))
    angle = rng.uniform(0, np.pi)
    across = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    streak = np.exp(-((across / (0.025 * width)) ** 2))
    light = 380 * spot + rng.uniform(40, 120) * streak
    return np.asarray(scene * 0.8 + 38 + light[..., None], dtype=np.float32)


def _off(spot: Spot, rng: np.random.Generator) -> tuple[float, float]:
    """Where the phone believes to be: within 10 metres before the house, and 5 to 60 metres off."""
    way, error = rng.uniform(0, 2 * np.pi), rng.uniform(5, 60)
    lat, lon = moved(spot.lat, spot.lon, error * float(np.cos(way)), error * float(np.sin(way)))
    return round(lat, 6), round(lon, 6)


def _file(image: camera.Image, position: tuple[float, float] | None, rng: np.random.Generator) -> bytes:
    """The photo as a phone stores it."""
    orientation = int(rng.choice([1, 1, 6, 8]))
    turn = _TURNS[orientation]
    picture = Image.fromarray(image)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:14 19:20:00"
    if position is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps_of(position))
    file = BytesIO()
    (picture if turn is None else picture.transpose(turn)).save(
        file, "JPEG", quality=int(rng.integers(60, 93)), exif=exif
    )
    return file.getvalue()


def gps_of(position: tuple[float, float]) -> dict[int, Any]:
    """A position as EXIF has it: degrees, minutes and seconds, and the side of the globe."""
    lat, lon = position
    tags = ExifTags.GPS
    return {
        tags.GPSLatitudeRef: "N" if lat >= 0 else "S",
        tags.GPSLatitude: _sexagesimal(abs(lat)),
        tags.GPSLongitudeRef: "E" if lon >= 0 else "W",
        tags.GPSLongitude: _sexagesimal(abs(lon)),
    }


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees * 60 % 60
    return float(int(degrees)), float(int(minutes)), round(minutes * 60 % 60, 3)
