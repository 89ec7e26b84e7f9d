"""How far a place is, and in which direction, along the straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pocketvlm.apps.places.geo import check_position, distance_m

POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
CHINESE_POINTS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
HERE_M = 15  # below a phone's own error of position a direction means nothing


@dataclass(frozen=True)
class Way:
    """The straight line to a place: metres, and degrees clockwise from north."""

    metres: float
    bearing: float

    @property
    def point(self) -> int:
        """The nearest of the eight points of the compass, 0 north, 2 east."""
        return round(self.bearing / 45) % 8

    @property
    def text(self) -> str:
        return "here" if self.metres < HERE_M else f"{length(self.metres)} {POINTS[self.point]}"

    @property
    def chinese(self) -> str:
        if self.metres < HERE_M:
            return "就在这里"
        return f"{CHINESE_POINTS[self.point]}方向{length(self.metres, ' 公里', ' 米')}"


def way_to(here: tuple[float, float], there: tuple[float, float]) -> Way:
    """The way from one position to another, both (latitude, longitude) in degrees.

    Raises:
        ValueError: a coordinate of `here` is out of range or not a number.
    """
    check_position(here)
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (here, there))
    turn = lon2 - lon1
    east = math.sin(turn) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(turn)
    return Way(distance_m(here, there), math.degrees(math.atan2(east, north)) % 360)


def length(metres: float, kilometre: str = " km", metre: str = " m") -> str:
    """A distance for people: tens of metres below a kilometre, then tenths, then whole kilometres."""
    if metres < 995:
        return f"{round(metres, -1):.0f}{metre}"
    return f"{metres / 1000:.1f}{kilometre}" if metres < 99_950 else f"{metres / 1000:.0f}{kilometre}"
