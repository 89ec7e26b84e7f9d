"""Distances and boxes on the globe, in metres and degrees."""

from __future__ import annotations

import math
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8  # mean radius; taking the globe as a sphere makes distances wrong by at most 0.6%

_METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180


class Box(NamedTuple):
    """From south-west to north-east, in degrees; west never exceeds east."""

    south: float
    west: float
    north: float
    east: float


def check_position(position: tuple[float, float]) -> None:
    """Raises:
    ValueError: latitude or longitude is out of range or no number.
    """
    lat, lon = position
    if not (math.isfinite(lat) and -90 <= lat <= 90 and math.isfinite(lon) and -180 <= lon <= 180):
        raise ValueError(
            f"the position is {lat}, {lon}; it must be a latitude from -90 to 90 and a longitude from -180 to 180"
        )


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two positions (latitude, longitude) along the great circle."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b[1] - a[1]) / 2
    share = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(share)))


def boxes_around(position: tuple[float, float], within_m: float) -> list[Box]:
    """One box, or two where the 180th meridian is crossed, that hold every position within so many metres."""
    lat, lon = position
    height = within_m / _METRES_PER_DEGREE
    south, north = max(-90.0, lat - height), min(90.0, lat + height)
    narrowest = min(math.cos(math.radians(south)), math.cos(math.radians(north)))
    if height >= 90 or narrowest < 1e-6 or height / narrowest >= 180:  # around a pole, every longitude is near
        return [Box(south, -180.0, north, 180.0)]
    west, east = lon - height / narrowest, lon + height / narrowest
    if west < -180:
        return [Box(south, west + 360, north, 180.0), Box(south, -180.0, north, east)]
    if east > 180:
        return [Box(south, west, north, 180.0), Box(south, -180.0, north, east - 360)]
    return [Box(south, west, north, east)]
