"""A photo of a place as it comes from a phone: its pixels upright, and where and when it was taken."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from pocketvlm.apps.places.geo import check_position
from pocketvlm.vision.image import read_image

_WITH_EXIF = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")  # BMP and GIF carry none


@dataclass(frozen=True, eq=False)
class PlacePhoto:
    """A photo and what its file says about it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, upright.
        position: latitude and longitude in degrees, or None.
        accuracy_m: by how many metres the phone believed to be off, or None.
        taken: when; in the local time of the place where no offset is written; or None.
    """

    pixels: np.ndarray
    position: tuple[float, float] | None = None
    accuracy_m: float | None = None
    taken: datetime | None = None


def read_photo(source: str | os.PathLike[str] | bytes) -> PlacePhoto:
    """Read a photo. What is missing, damaged or out of range in its EXIF is None; it never spoils a good picture.

    Raises:
        OSError, ValueError: the picture itself cannot be read; see `read_image`.
    """
    pixels = read_image(source)
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        exif = _exif(data)
    except Exception:  # decoders stumble over damaged EXIF in a dozen ways
        return PlacePhoto(pixels)
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    return PlacePhoto(pixels, _position(gps), _accuracy(gps), _taken(exif))


def _exif(data: bytes) -> Image.Exif:
    """The EXIF data; the picture is known to be readable already."""
    try:
        return Image.open(io.BytesIO(data), formats=_WITH_EXIF).getexif()
    except UnidentifiedImageError:
        if data[4:8] != b"ftyp":
            return Image.Exif()
    from pi_heif import HeifImageFile  # megabytes of decoder, for HEIC only

    exif: Image.Exif = HeifImageFile(io.BytesIO(data)).getexif()
    return exif


def _position(gps: dict[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude; None for 0, 0 too, which is what a phone without a fix writes."""
    tags = ExifTags.GPS
    try:
        lat = _degrees(gps[tags.GPSLatitude]) * _side(gps[tags.GPSLatitudeRef], "N", "S")
        lon = _degrees(gps[tags.GPSLongitude]) * _side(gps[tags.GPSLongitudeRef], "E", "W")
        check_position((lat, lon))
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    return None if lat == lon == 0 else (lat, lon)


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _side(letter: str, positive: str, negative: str) -> int:
    return {positive: 1, negative: -1}[letter.strip("\0 ").upper()]


def _accuracy(gps: dict[int, Any]) -> float | None:
    try:
        metres = float(gps[ExifTags.GPS.GPSHPositioningError])
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    return metres if 0 < metres < 100_000 else None


def _taken(exif: Image.Exif) -> datetime | None:
    tags = ExifTags.Base
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    text = detail.get(tags.DateTimeOriginal) or exif.get(tags.DateTime)
    offset = detail.get(tags.OffsetTimeOriginal)
    for value, form in ((f"{text}{offset}", "%Y:%m:%d %H:%M:%S%z"), (f"{text}", "%Y:%m:%d %H:%M:%S")):
        try:
            return datetime.strptime(value.strip("\0 "), form)
        except ValueError:  # no offset, or no time
            continue
    return None
