"""How long a large store of places takes to import and to search, over made-up places in 300 towns.

    python benchmarks/places_store.py --out runs/store                     # a million places
    python benchmarks/places_store.py --out runs/store --places 100000

Writes places.geojson, all in one line, and places.sqlite. Processor time is what the searches cost; wall time beside it
says how busy the machine was. Names are asked for with one letter misread, from about 30 metres away. The last line of
output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.apps.places.storage.store import PlaceStore, open_store
from pocketvlm.cost.memory import peak_rss_bytes

Query: TypeAlias = dict[str, Any]
SEARCHES = 200
NEARBY = 0.0003  # degrees: about 30 metres
SYLLABLES = "ba be bi bo ca ce co da de di do fa fe fi ga go la le li lo ma me mi mo na ne no pa pe po ra re".split()
FIRST = (
    "Trattoria Ristorante Pizzeria Café Bistro The Chez Casa Bar Osteria Taverna El La Golden Royal Old Little".split()
)
LAST = ["Grill", "Kitchen", "Noodle Bar", "& Sons", "Express", "House", "Garden", "Inn", "Coffee", "Bakery", "", "", ""]
HAN = "老王李张金龙火锅面馆家小笼包茶语酒楼兰州牛肉香港海鲜川菜大福记新东方食堂"
KINDS = ["restaurant", "cafe", "fast_food", "pub", "bar"]
CUISINES = ["italian", "chinese", "indian", "japanese", "burger", "pizza", "french", "thai"]


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    source, target = options.out / "places.geojson", options.out / "places.sqlite"
    write_geojson(source, options.places)
    figures: dict[str, Any] = {"places": options.places, "geojson_bytes": source.stat().st_size}
    target.unlink(missing_ok=True)
    wall, processor = time.perf_counter(), time.process_time()
    for report in import_files(target, [source]):
        print(f"{report.counts.added} added, {report.counts.rejected} rejected", file=sys.stderr)
    figures["import_s"] = round(time.perf_counter() - wall, 1)
    figures["import_processor_s"] = round(time.process_time() - processor, 1)
    figures["import_peak_rss_bytes"] = peak_rss_bytes()
    figures["store_bytes"] = target.stat().st_size
    with open_store(target) as store:
        rng = random.Random(1)
        asked = [store.get(f"osm:node/{rng.randrange(options.places)}") for _ in range(SEARCHES)]
        for name, query in QUERIES.items():
            figures[name] = measure(store, [query(place, rng) for place in asked if place is not None])
            print(f"{name:34} {figures[name]}", file=sys.stderr)
    print(json.dumps(figures))


def _named(place: Place, rng: random.Random) -> Query:
    """Its name with a letter misread."""
    letters = list(place.name)
    letters[rng.randrange(len(letters))] = "x"
    return {"name": "".join(letters)}


def _near(place: Place, rng: random.Random) -> Query:
    return {"near": (place.lat + rng.gauss(0, NEARBY), place.lon + rng.gauss(0, NEARBY))}


QUERIES: dict[str, Callable[[Place, random.Random], Query]] = {
    "name": _named,
    "name and position": lambda place, rng: _named(place, rng) | _near(place, rng),
    "name within 300 m": lambda place, rng: _named(place, rng) | _near(place, rng) | {"within_m": 300},
    "name within 5 km": lambda place, rng: _named(place, rng) | _near(place, rng) | {"within_m": 5000},
    "position": _near,
    "a kind that nowhere nearby has": lambda place, rng: _near(place, rng) | {"category": "observatory"},
}


def measure(store: PlaceStore, queries: list[Query]) -> dict[str, float]:
    """Milliseconds a search: processor time's median and 95th percentile, wall time's median."""
    processor, wall = [], []
    for query in queries:
        started, at = time.perf_counter(), time.thread_time()
        store.search(**query)
        processor.append(1000 * (time.thread_time() - at))
        wall.append(1000 * (time.perf_counter() - started))
    return {
        "processor_median_ms": round(statistics.median(processor), 1),
        "processor_p95_ms": round(statistics.quantiles(processor, n=20)[-1], 1),
        "wall_median_ms": round(statistics.median(wall), 1),
    }


def write_geojson(path: Path, count: int) -> None:
    """All places in one line, as some exports have them."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(features(count)):
            file.write("," * (number > 0) + json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        file.write("]}")


def features(count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(5)
    surnames = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(30_000)]
    chains = [f"{rng.choice(surnames)} {rng.choice(LAST[:10])}" for _ in range(300)]
    towns = [(rng.uniform(36, 60), rng.uniform(-9, 25)) for _ in range(300)]
    for number in range(count):
        lat, lon = rng.choice(towns)
        point = [round(lon + rng.gauss(0, 0.07), 7), round(lat + rng.gauss(0, 0.05), 7)]
        yield {
            "type": "Feature",
            "id": f"node/{number}",
            "properties": _tags(rng, surnames, chains),
            "geometry": {"type": "Point", "coordinates": point},
        }


def _tags(rng: random.Random, surnames: list[str], chains: list[str]) -> dict[str, str]:
    lot = rng.random()
    if lot < 0.12:
        name = rng.choice(chains)
    elif lot < 0.22:
        name = "".join(rng.choices(HAN, k=rng.randint(2, 6)))
    else:
        name = f"{rng.choice(FIRST)} {rng.choice(surnames)} {rng.choice(LAST)}".strip()
    some = {
        "cuisine": rng.choice(CUISINES),
        "addr:street": f"{rng.choice(surnames)} Street",
        "addr:housenumber": str(rng.randint(1, 200)),
        "phone": f"+44 {rng.randint(10**9, 10**10 - 1)}",
        "opening_hours": "Mo-Fr 09:00-18:00; Sa 10:00-14:00",
    }
    return {"name": name, "amenity": rng.choice(KINDS), **{key: some[key] for key in some if rng.random() < 0.5}}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--places", type=int, default=1_000_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
