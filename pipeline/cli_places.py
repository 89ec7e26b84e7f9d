"""The command about places: `pocketvlm places import`, `info` and `search`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from pocketvlm.errors import OptionError, PocketVLMError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    from pocketvlm.apps.places.storage.importing import ImportReport
    from pocketvlm.apps.places.storage.readers.reading import Rejected
    from pocketvlm.apps.places.storage.store import Candidate, PlaceStore

LEAST_LIKENESS = 0.5  # of names that people are shown; the store hands out less likely ones for a program to weigh

IMPORT_HELP = """\
FILE is OpenStreetMap data as GeoJSON, Overpass JSON (`out center`) or .osm.pbf, Overture places or Foursquare OS Places
as Parquet, or a CSV table with the columns name, lat and lon and any of: id, names, category, cuisine, street,
housenumber, postcode, city, country, phone, website, opening_hours, time_zone, rating, rating_count, price_level, menu,
reservation, features, source, licence, attribution.

examples:
  pocketvlm places import lisbon.geojson
  pocketvlm places import portugal-latest.osm.pbf --places portugal.sqlite
  pocketvlm places import mine.csv --source mine --licence CC0-1.0 --rejected rejected.jsonl

Each file is imported wholly or not at all. The same command goes on where it was stopped: files that are in are known
by their content. A place that comes again replaces the one with its id.
"""


def add_places(commands: Any, command: Any) -> None:
    """The parser of `places`; `command` makes one."""
    parser = commands.add_parser("places", help="import places and look them up", description="A store of places.")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    importing = command(actions, "import", _import, "import files of places into the store")
    importing.epilog, importing.formatter_class = IMPORT_HELP, argparse.RawDescriptionHelpFormatter
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE", help="see below")
    importing.add_argument("--source", help="the source to keep with every row, instead of the format's own")
    importing.add_argument("--licence", help="the licence to keep with every row")
    importing.add_argument("--attribution", help="the words of thanks to keep with every row")
    importing.add_argument(
        "--rejected", type=Path, metavar="FILE", help="write every rejected row there, as JSON lines"
    )
    info = command(actions, "info", _info, "say what the store holds, and whether it is sound")
    search = command(actions, "search", _search, "look places up")
    search.add_argument("name", nargs="?", help="a name, misread letters allowed")
    search.add_argument("--near", metavar="LAT,LON", help="a position in degrees")
    search.add_argument("--within", type=float, metavar="METRES", help="how far from there")
    search.add_argument("--category", help="a category or cuisine, such as cafe or italian")
    search.add_argument("--phone", help="a phone number")
    search.add_argument("--street", help="a street")
    search.add_argument("--limit", type=int, default=10, help="at most so many places (%(default)s)")
    for part in (info, search):
        part.add_argument("--json", action="store_true", help="print it as JSON")
    for part in (importing, info, search):
        part.add_argument("--places", type=Path, metavar="FILE", help="the store (default: one in your data folder)")


@contextmanager
def _one_line() -> Iterator[None]:
    """What the store and the readers raise, and packages that are missing, as the one line that the command prints."""
    try:
        with packages_of("places"):
            yield
    except ValueError as error:
        raise PocketVLMError(str(error)) from None


def _import(args: argparse.Namespace) -> None:
    with _one_line(), ExitStack() as stack:
        from pocketvlm.apps.places.storage.importing import import_files
        from pocketvlm.apps.places.storage.readers.reading import Terms
        from pocketvlm.apps.places.storage.store import default_path

        store = args.places or default_path()
        if args.places is None:
            store.parent.mkdir(parents=True, exist_ok=True)
        bar = stack.enter_context(tqdm(unit=" rows", disable=None, leave=False))
        terms = Terms(args.source, args.licence, args.attribution)
        note = _rejected_to(args.rejected, stack)
        for report in import_files(store, args.files, terms, lambda read: bar.update(read - bar.n), note):
            bar.clear()
            print("\n".join(_report_lines(report)), flush=True)
            bar.reset()
        print(f"The store is {store}")


def _rejected_to(path: Path | None, stack: ExitStack) -> Callable[[Path, Rejected], None] | None:
    if path is None:
        return None
    stream = stack.enter_context(path.open("w", encoding="utf-8"))

    def note(file: Path, row: Rejected) -> None:
        line = {"file": str(file), "where": row.where, "reason": row.kind, "detail": row.detail}
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    return note


def _report_lines(report: ImportReport) -> Iterator[str]:
    counts = report.counts
    if report.done_before:
        yield f"{report.file}: imported before, nothing to do"
        return
    yield (
        f"{report.file}: {counts.added} places added, {counts.changed} changed, {counts.unchanged} as they were,"
        f" {counts.rejected} rejected; {counts.skipped} other things skipped"
    )
    for kind, count in counts.reasons.most_common():
        first = next((row for row in counts.examples if row.kind == kind), None)
        yield f"  {count} rejected: {kind}" + (f" (such as {first.where}: {first.detail})" if first else "")


def _info(args: argparse.Namespace) -> None:
    with _one_line(), _open(args.places) as store:
        store.check()
        origins, imports, count = store.origins(), store.imports(), len(store)
        if args.json:
            said = {"store": str(store.path), "places": count, "sources": [vars(one) for one in origins]}
            print(json.dumps({**said, "imports": [vars(one) for one in imports]}, ensure_ascii=False, indent=2))
            return
        print(f"{store.path}: {count} places, no damage found")
        for origin in origins:
            print(f"  {origin.places} from {origin.source}, {origin.licence}: {origin.attribution}")
        for one in imports:
            print(f"  {one.imported_at} {one.file}: {one.places} places, {one.rejected} rejected")


def _search(args: argparse.Namespace) -> None:
    with _one_line(), _open(args.places) as store:
        found = store.search(
            args.name,
            near=_position(args.near),
            within_m=args.within,
            category=args.category,
            phone=args.phone,
            street=args.street,
            limit=args.limit,
        )
        found = [one for one in found if one.name_score is None or one.name_score >= LEAST_LIKENESS]
    if args.json:
        print(json.dumps([_to_dict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        print(_line(one))
    thanks = sorted({one.place.attribution for one in found})
    print(f"({'; '.join(thanks)})" if found else "no such place", file=sys.stdout if found else sys.stderr)


def _open(path: Path | None) -> PlaceStore:
    from pocketvlm.apps.places.storage.store import open_places

    return open_places(path)


def _position(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise OptionError(f"--near is {text}; give latitude and longitude in degrees, such as 38.71,-9.14") from None
    return lat, lon


def _to_dict(one: Candidate) -> dict[str, Any]:
    return {"place": one.place.to_dict(), "name_score": one.name_score, "distance_m": one.distance_m}


def _line(one: Candidate) -> str:
    place, address = one.place, one.place.address
    street = " ".join(part for part in (address.street, address.housenumber) if part)
    parts = [place.name, place.category, street, address.city, place.phone, place.id]
    if one.distance_m is not None:
        parts.insert(1, f"{one.distance_m:.0f} m")
    if one.name_score is not None:
        parts.insert(0, f"{one.name_score:.2f}")
    return " · ".join(part for part in parts if part)
