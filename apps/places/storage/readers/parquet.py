"""Overture places and Foursquare OS Places, which both come as Parquet files; the columns tell which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pocketvlm.apps.places.storage.readers.foursquare import FOURSQUARE_COLUMNS, foursquare_place
from pocketvlm.apps.places.storage.readers.overture import OVERTURE_COLUMNS, overture_place
from pocketvlm.apps.places.storage.readers.reading import Reading, Terms

BATCH = 2000  # rows in memory at a time


def read_parquet(path: Path, terms: Terms) -> Reading:
    """Places of one Parquet file.

    Raises:
        ValueError: the file is damaged, or its columns are those of neither data set.
    """
    try:
        with pq.ParquetFile(path) as file:
            columns = set(file.schema_arrow.names)
            if "fsq_place_id" in columns:
                for row in _rows(file, columns & FOURSQUARE_COLUMNS):
                    yield foursquare_place(row, terms)
            elif {"id", "names", "geometry"} <= columns:
                for row in _rows(file, columns & OVERTURE_COLUMNS):
                    yield overture_place(row, terms)
            else:
                shown = ", ".join(sorted(columns)[:8])
                raise ValueError(
                    f"{path} has neither the columns of Overture places (id, names, geometry) nor of Foursquare OS"
                    f" Places (fsq_place_id), but {shown}"
                )
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:120]
        raise ValueError(f"{path} is damaged or no Parquet file ({said}): nothing of it is imported") from error


def _rows(file: pq.ParquetFile, columns: set[str]) -> Iterator[dict[str, Any]]:
    for batch in file.iter_batches(batch_size=BATCH, columns=sorted(columns)):
        yield from batch.to_pylist()
