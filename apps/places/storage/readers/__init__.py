"""Readers of places: one a format, each turning a file into `Place` records one by one."""

from __future__ import annotations

from pathlib import Path

from pocketvlm.apps.places.storage.readers.reading import Reading, Terms

FORMATS = "OSM GeoJSON, Overpass JSON, .osm.pbf, Overture or Foursquare Parquet, CSV"


def read_places(path: Path, terms: Terms) -> Reading:
    """The places of a file of any known format, told by its name and, for Parquet and JSON, by its content.

    Args:
        terms: source, licence and attribution to be kept with every row; what is None is the format's usual one.
    Raises:
        ValueError: there is no such file, its format is unknown, or (while reading) it is damaged.
        ModuleNotFoundError: the format needs a package of the extra `places`.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    name = path.name.lower()
    if name.endswith(".pbf"):
        from pocketvlm.apps.places.storage.readers.osm_pbf import read_osm_pbf

        return read_osm_pbf(path, terms)
    if name.endswith((".parquet", ".geoparquet")):
        from pocketvlm.apps.places.storage.readers.parquet import read_parquet

        return read_parquet(path, terms)
    if name.endswith((".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".jsonl", ".ndjson")):
        from pocketvlm.apps.places.storage.readers.osm_json import read_osm_json

        return read_osm_json(path, terms)
    if name.endswith((".csv", ".tsv", ".txt")):
        from pocketvlm.apps.places.storage.readers.csv_table import read_csv

        return read_csv(path, terms)
    raise ValueError(f"{path.name} is in no known format by its name: {FORMATS}; unpack what is packed")
