"""OpenStreetMap's places from a PBF extract, such as those of a country.

The positions of ways and relations are those of their nodes, which come earlier in the file. Keeping every node's
position would take gigabytes, so the file is read several times, and only the nodes of places are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from pocketvlm.apps.places.storage.readers.reading import Reading, Terms
from pocketvlm.apps.places.storage.readers.tags import KINDS, place_from_tags

Ids = np.ndarray[Any, np.dtype[np.int64]]
Position = tuple[float, float]


def read_osm_pbf(path: Path, terms: Terms) -> Reading:
    """Places of a `.osm.pbf` file: nodes, closed ways and multipolygons with a name and the tags of a place.

    Raises:
        ValueError: the file is damaged or no PBF.
    """
    with _damage(path):
        shapes = _Shapes(path)
        for item in _objects(path, osmium.osm.ALL, osmium.filter.KeyFilter(*KINDS)):
            tags = {tag.k: tag.v for tag in item.tags}
            if item.is_node():
                known = item.location.valid()
                position = (item.location.lat, item.location.lon) if known else None
                yield place_from_tags(tags, f"node/{item.id}", position, terms)
            elif item.is_way():
                yield place_from_tags(tags, f"way/{item.id}", shapes.middle([item.id]), terms)
            elif item.is_relation():
                members = [member.ref for member in item.members if member.type == "w"]
                yield place_from_tags(tags, f"relation/{item.id}", shapes.middle(members), terms)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise ValueError(f"{path} is damaged or no PBF file ({error}): nothing of it is imported") from error


def _objects(path: Path, kinds: Any, wanted: Any) -> Iterator[Any]:
    """The nodes, ways or relations of a file that pass a filter; typed as Any, since each kind has its own fields."""
    yield from osmium.FileProcessor(str(path), kinds).with_filter(wanted)


class _Shapes:
    """Where the ways of places lie: for each way its nodes, for each node its position."""

    def __init__(self, path: Path) -> None:
        self._nodes: dict[int, Ids] = {}
        members: set[int] = set()
        kinds = osmium.filter.KeyFilter(*KINDS)
        for item in _objects(path, osmium.osm.WAY | osmium.osm.RELATION, kinds):
            if item.is_way():
                self._keep(item)
            else:
                members |= {member.ref for member in item.members if member.type == "w"}
        members -= self._nodes.keys()
        if members:
            for way in _objects(path, osmium.osm.WAY, osmium.filter.IdFilter(members)):
                self._keep(way)
        self._ids, self._positions = _node_positions(path, self._nodes)

    def _keep(self, way: Any) -> None:
        self._nodes[way.id] = np.array([node.ref for node in way.nodes], dtype=np.int64)  # (nodes,)

    def middle(self, ways: list[int]) -> Position | None:
        """The middle of the ways' box, (latitude, longitude); None if the file holds none of their nodes."""
        nodes = [self._nodes[way] for way in ways if way in self._nodes]
        wanted = np.concatenate(nodes) if nodes else np.empty(0, np.int64)  # (nodes,)
        places = np.searchsorted(self._ids, wanted)
        places = places[places < len(self._ids)]
        found = self._positions[places[np.isin(self._ids[places], wanted)]]  # (nodes, 2)
        if not len(found):
            return None
        lat, lon = (found.min(axis=0) + found.max(axis=0)) / 2
        return float(lat), float(lon)


def _node_positions(path: Path, ways: dict[int, Ids]) -> tuple[Ids, np.ndarray[Any, np.dtype[np.float64]]]:
    """The ids of the ways' nodes in rising order (nodes,), and their positions (nodes, 2); unknown ones left out."""
    ids = np.unique(np.concatenate([np.empty(0, np.int64), *ways.values()]))  # (nodes,)
    positions = np.full((len(ids), 2), np.nan)
    if len(ids):
        for node in _objects(path, osmium.osm.NODE, osmium.filter.IdFilter(ids.tolist())):
            if node.location.valid():
                positions[np.searchsorted(ids, node.id)] = node.location.lat, node.location.lon
    known = ~np.isnan(positions[:, 0])
    return ids[known], positions[known]
