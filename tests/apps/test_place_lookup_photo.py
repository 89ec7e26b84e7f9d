"""Where and when a photo was taken, from good, odd and damaged EXIF."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

from pocketvlm.apps.places.photos.photo import read_photo
from pocketvlm.datasets.rendered.places.street import gps_of

GPS = ExifTags.GPS


def jpeg(gps: dict[int, Any] | None = None, **tags: Any) -> bytes:
    """A picture of 8 x 4 pixels; tags by name, of the EXIF part."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif).update({getattr(ExifTags.Base, name): value for name, value in tags.items()})
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    file = BytesIO()
    Image.new("RGB", (8, 4)).save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("position", [(50.698, -1.872), (-33.865143, 151.2099), (0.5, -0.25)])
def test_the_position_is_read_on_every_side_of_the_globe(position: tuple[float, float]) -> None:
    photo = read_photo(jpeg(gps_of(position)))
    assert photo.position == pytest.approx(position, abs=1e-6)  # EXIF's thousandths of a second are 3e-7 degrees
    assert photo.pixels.shape == (8, 4, 3)  # upright: the file lies on its side


def test_the_accuracy_is_read_where_it_is_written() -> None:
    assert read_photo(jpeg({**gps_of((1.0, 2.0)), GPS.GPSHPositioningError: 65.0})).accuracy_m == 65.0
    assert read_photo(jpeg(gps_of((1.0, 2.0)))).accuracy_m is None
    assert read_photo(jpeg({**gps_of((1.0, 2.0)), GPS.GPSHPositioningError: 0.0})).accuracy_m is None


@pytest.mark.parametrize(
    "gps",
    [
        None,
        {},
        gps_of((0.0, 0.0)),  # a phone without a fix
        {**gps_of((1.0, 2.0)), GPS.GPSLatitude: (91.0, 0.0, 0.0)},
        {**gps_of((1.0, 2.0)), GPS.GPSLongitudeRef: "X"},
        {**gps_of((1.0, 2.0)), GPS.GPSLatitude: (1.0, 0.0)},
        {GPS.GPSLatitude: (1.0, 0.0, 0.0), GPS.GPSLatitudeRef: "N"},
    ],
)
def test_a_position_that_is_none_is_none(gps: dict[int, Any] | None) -> None:
    assert read_photo(jpeg(gps)).position is None


def test_the_time_is_read_with_its_offset_or_without() -> None:
    plain = read_photo(jpeg(DateTimeOriginal="2026:05:14 19:20:00"))
    assert plain.taken == datetime(2026, 5, 14, 19, 20)
    zoned = read_photo(jpeg(DateTimeOriginal="2026:05:14 19:20:00", OffsetTimeOriginal="+02:00"))
    assert zoned.taken == datetime(2026, 5, 14, 19, 20, tzinfo=timezone(timedelta(hours=2)))
    assert read_photo(jpeg(DateTimeOriginal="yesterday")).taken is None
    assert read_photo(jpeg()).taken is None


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # its remarks on each damaged tag
def test_damaged_exif_does_not_spoil_the_picture() -> None:
    good = jpeg(gps_of((1.0, 2.0)), DateTimeOriginal="2026:05:14 19:20:00")
    start = good.index(b"Exif\0\0") + 6
    rng = np.random.default_rng(0)
    for _ in range(60):
        bad = bytearray(good)
        for at in rng.integers(start, start + 120, 6):
            bad[at] = int(rng.integers(256))
        photo = read_photo(bytes(bad))
        assert photo.pixels.size == 8 * 4 * 3
        assert photo.position is None or abs(photo.position[0]) <= 90


def test_a_file_without_exif_and_a_file_that_is_no_picture() -> None:
    file = BytesIO()
    Image.new("RGB", (5, 3)).save(file, "BMP")
    assert read_photo(file.getvalue()).position is None
    with pytest.raises(ValueError, match="not a picture"):
        read_photo(b"GPS 50.698,-1.872")
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_photo("no such photo.jpg")
