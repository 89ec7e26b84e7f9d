"""What every reader of places has in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from pocketvlm.apps.places.place import Place


@dataclass(frozen=True)
class Terms:
    """Whose data a file holds and under which terms; None is what the format's makers or the rows themselves say."""

    source: str | None = None
    licence: str | None = None
    attribution: str | None = None

    def over(self, usual: Terms) -> dict[str, Any]:
        """The fields source, licence and attribution of a place: these terms, where they are silent the usual ones."""
        return {
            "source": self.source or usual.source or "not stated",
            "licence": self.licence or usual.licence or "not stated",
            "attribution": self.attribution or usual.attribution or "not stated",
        }


@dataclass(frozen=True)
class Rejected:
    """A row that the store cannot hold.

    where: which row it is, such as `row 12` or `node/77`. kind: what is wrong in general. detail: with the values.
    """

    where: str
    kind: str
    detail: str


@dataclass(frozen=True)
class Skipped:
    """What a file holds besides named places: benches, roads."""


Reading: TypeAlias = Iterator[Place | Rejected | Skipped]

OSM = Terms("osm", "ODbL-1.0", "© OpenStreetMap contributors, openstreetmap.org/copyright")
OVERTURE = Terms("overture", "CDLA-Permissive-2.0", "Overture Maps Foundation, overturemaps.org")
FOURSQUARE = Terms("foursquare", "Apache-2.0", "FSQ OS Places, © Foursquare Labs, Inc.")
SAMPLE = Terms("sample", "CC0-1.0", "made-up places of PocketVLM")
CLOSED = "closed for good"


def made_id(name: str, lat: float, lon: float) -> str:
    """An id for a row without one: the same for the same name at the same place (0.00001 degrees is 1 m)."""
    return hashlib.sha256(f"{name}\n{lat:.5f}\n{lon:.5f}".encode()).hexdigest()[:16]
