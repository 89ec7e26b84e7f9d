"""Each format of places, as its makers write it, and what hostile files of it do."""

from __future__ import annotations

import json
import struct
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import osmium
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pocketvlm.apps.places.place import Address, MenuItem, Place
from pocketvlm.apps.places.storage.readers import read_places
from pocketvlm.apps.places.storage.readers.reading import OSM, Rejected, Skipped, Terms

TAGS = {
    "amenity": "restaurant",
    "name": "Casa Aurora",
    "name:zh": "曙光之家",
    "alt_name": "Aurora;Casa da Aurora",
    "brand": "Aurora Group",
    "cuisine": "portuguese;seafood",
    "addr:street": "Rua Nova",
    "addr:housenumber": "7",
    "addr:city": "Vila Inventada",
    "addr:postcode": "0000-001",
    "contact:phone": "+351 210 000 001",
    "website": "https://aurora.example",
    "opening_hours": "Tu-Su 12:00-15:00,19:00-23:00; PH off",
    "reservation": "recommended",
    "diet:vegetarian": "yes",
    "building:levels": "3",
}


def read(path: Path, terms: Terms | None = None) -> list[Place | Rejected | Skipped]:
    return list(read_places(path, terms or Terms()))


def places(path: Path, terms: Terms | None = None) -> list[Place]:
    return [row for row in read(path, terms) if isinstance(row, Place)]


def written(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def feature(coordinates: Any = (-9.14, 38.71), kind: str = "Point", **more: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": "node/123", "properties": TAGS, "geometry": geometry, **more}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "generator": "overpass-turbo", "features": list(features)}


def check_casa_aurora(place: Place) -> None:
    assert (place.id, place.source, place.source_id) == ("osm:node/123", "osm", "node/123")
    assert (place.licence, place.attribution) == (OSM.licence, OSM.attribution)
    assert place.name == "Casa Aurora"
    assert set(place.names) == {"曙光之家", "Aurora", "Casa da Aurora", "Aurora Group"}
    assert (place.category, place.cuisine) == ("restaurant", ("portuguese", "seafood"))
    assert place.address == Address("Rua Nova", "7", "0000-001", "Vila Inventada", None)
    assert (place.phone, place.website) == ("+351 210 000 001", "https://aurora.example")
    assert place.opening_hours == "Tu-Su 12:00-15:00,19:00-23:00; PH off"
    assert (place.reservation, place.features) == ("recommended", (("diet:vegetarian", "yes"),))
    assert (place.rating, place.price_level, place.menu) == (None, None, ())


def test_geojson_is_read(tmp_path: Path) -> None:
    bench = feature(properties={"amenity": "bench"}, id="node/5")
    road = feature(properties={"highway": "primary", "name": "Rua Nova"}, id="way/6")
    place, *others = read(written(tmp_path / "a.geojson", collection(feature(), bench, road)))
    assert isinstance(place, Place)
    check_casa_aurora(place)
    assert (place.lat, place.lon) == (38.71, -9.14)
    assert others == [Skipped(), Skipped()]


@pytest.mark.parametrize("separator", ["\n", "\n\x1e", ""])
def test_features_a_line_each_are_read(tmp_path: Path, separator: str) -> None:
    text = separator.join(json.dumps(feature(id=f"node/{number}")) for number in range(3))
    found = places(written(tmp_path / "a.geojsonl", text))
    assert [place.source_id for place in found] == ["node/0", "node/1", "node/2"]


def test_a_shape_stands_for_the_middle_of_its_box(tmp_path: Path) -> None:
    ring = [[0, 10], [4, 10], [4, 20], [0, 10, 99.0]]
    shapes = [feature([ring], "Polygon"), feature([[ring]], "MultiPolygon"), feature(ring, "LineString")]
    found = places(written(tmp_path / "a.json", collection(*shapes)))
    assert [(place.lat, place.lon) for place in found] == [(15, 2)] * 3


@pytest.mark.parametrize(
    ("item", "source_id"),
    [
        ({"id": "https://www.openstreetmap.org/way/77"}, "way/77"),
        ({"id": "n5"}, "node/5"),
        ({"id": "a10"}, "way/5"),
        ({"id": "a11"}, "relation/5"),
        ({"id": None, "properties": {**TAGS, "@id": "relation/9"}}, "relation/9"),
        ({"properties": {"type": "way", "id": 8, "tags": TAGS}}, "way/8"),
        ({"id": 42}, "42"),
    ],
)
def test_ids_are_read_as_each_tool_writes_them(tmp_path: Path, item: dict[str, Any], source_id: str) -> None:
    (place,) = places(written(tmp_path / "a.geojson", collection(feature(**item))))
    assert place.source_id == source_id
    assert place.name == "Casa Aurora"


def test_a_feature_without_id_gets_one_that_lasts(tmp_path: Path) -> None:
    (first,) = places(written(tmp_path / "a.geojson", collection(feature(id=None))))
    (again,) = places(written(tmp_path / "b.geojson", collection(feature(id=None))))
    (moved,) = places(written(tmp_path / "c.geojson", collection(feature((1, 2), id=None))))
    assert first.id == again.id != moved.id


def test_overpass_json_is_read(tmp_path: Path) -> None:
    bounds = {"minlat": 1, "minlon": 2, "maxlat": 3, "maxlon": 6}
    corners = [{"lat": 1.0, "lon": 2.0}, {"lat": 3.0, "lon": 6.0}, None]
    elements = [
        {"type": "node", "id": 123, "lat": 38.71, "lon": -9.14, "tags": TAGS},
        {"type": "way", "id": 2, "center": {"lat": 5, "lon": 6}, "nodes": [1, 2, 3], "tags": TAGS},
        {"type": "way", "id": 3, "bounds": bounds, "tags": TAGS},
        {"type": "way", "id": 4, "geometry": corners, "tags": TAGS},
        {"type": "relation", "id": 5, "members": [{"type": "way", "ref": 1}], "tags": TAGS},
        {"type": "node", "id": 6, "lat": 1, "lon": 1},
    ]
    answer = {"version": 0.6, "osm3s": {"copyright": "..."}, "elements": elements}
    node, *ways, relation, bare = read(written(tmp_path / "a.json", answer))
    assert isinstance(node, Place)
    check_casa_aurora(node)
    assert [(way.lat, way.lon) for way in ways if isinstance(way, Place)] == [(5, 6), (2, 4), (2, 4)]
    assert relation == Rejected("relation/5", "no position", "ask Overpass for `out center`, or export with geometries")
    assert bare == Skipped()


def test_hostile_json_rows_are_rejected_and_the_rest_is_read(tmp_path: Path) -> None:
    hostile = [
        feature((181, 0)),
        feature((0, 1e300)),
        feature("here"),
        feature(geometry=None),
        feature(properties={**TAGS, "name": "x" * 301}),
        feature(properties={**TAGS, "name": ["a"], "brand": {"b": 1}}),
        feature(properties={**TAGS, **{f"key{number}": "v" for number in range(30_000)}}),
        feature(properties=None),
        {**feature(), "deep": json.loads("[" * 200 + "]" * 200)},
    ]
    rows = read(written(tmp_path / "a.geojson", collection(*hostile, feature())))
    kinds = [row.kind if isinstance(row, Rejected) else type(row).__name__ for row in rows]
    assert kinds == [
        "longitude out of range",
        "latitude out of range",
        "no position",
        "no position",
        "name too long",
        "Skipped",
        "too large",
        "Skipped",
        "too large",
        "Place",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "damaged or no JSON"),
        ("[1, 2]", "no `features`"),
        ('{"a": [1]}', "no `features`"),
        ('{"features": [{"type": "Feature"', "damaged or no JSON"),
        ("{'features': []}", "damaged or no JSON"),
        ('{"features": [' + "9" * 5000 + "]}", "damaged or no JSON"),
        ('{"features": [1e999]}', "damaged or no JSON"),
        ("\x00\x01", "damaged or no JSON"),
    ],
)
def test_json_that_is_no_file_of_places_says_so(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(written(tmp_path / "a.json", text))


def test_an_empty_collection_is_a_file_of_no_places(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.json", collection())) == []
    assert read(written(tmp_path / "b.json", {"elements": []})) == []


def test_a_huge_line_is_read_in_little_memory(tmp_path: Path) -> None:
    # One feature of 120,000 corners between two others, all in one line; as Python objects it would be 20 MB.
    corners = ",".join("[-9.1234567,38.7654321]" for _ in range(120_000))
    huge = json.dumps(feature([[["CORNERS"]]], "Polygon", id="way/1")).replace('["CORNERS"]', corners)
    parts = [json.dumps(feature(id="node/1")), huge, json.dumps(feature(id="node/2"))]
    path = written(tmp_path / "a.geojson", '{"type": "FeatureCollection", "features": [' + ",".join(parts) + "]}")
    tracemalloc.start()
    found = places(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [place.source_id for place in found] == ["node/1", "way/1", "node/2"]
    assert found[1].lat == pytest.approx(38.7654321)  # the sum of two equal numbers, halved
    assert peak < 6_000_000  # bytes: what the parser makes of one block of a quarter megabyte, and no shape


def test_pbf_is_read_with_the_middles_of_ways_and_relations(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    make = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat) in enumerate([(0, 10), (4, 10), (4, 20), (0, 20)], 1):
            writer.add_node(make.Node(id=number, location=(lon, lat)))
        writer.add_node(make.Node(id=50, location=(1, 1), tags={"amenity": "bench"}))
        writer.add_node(make.Node(id=123, location=(-9.14, 38.71), tags=TAGS))
        writer.add_way(make.Way(id=7, nodes=[1, 2, 3, 4, 1], tags={"shop": "yes", "name": "Square"}))
        writer.add_way(make.Way(id=8, nodes=[2, 3]))
        writer.add_way(make.Way(id=9, nodes=[98, 99], tags={"shop": "books", "name": "Cut off"}))
        hotel = {"type": "multipolygon", "tourism": "hotel", "name": "Palace"}
        writer.add_relation(make.Relation(id=6, members=[("w", 8, "outer")], tags=hotel))
    rows = read(path)
    found = {row.source_id: row for row in rows if isinstance(row, Place)}
    check_casa_aurora(found["node/123"])
    assert (found["way/7"].category, found["way/7"].lat, found["way/7"].lon) == ("shop", 15, 2)
    assert (found["relation/6"].category, found["relation/6"].lat, found["relation/6"].lon) == ("hotel", 15, 4)
    assert [row.where for row in rows if isinstance(row, Rejected)] == ["way/9"]
    assert rows.count(Skipped()) == 1


@pytest.mark.parametrize("name", ["a.osm.pbf", "a.parquet"])
def test_a_damaged_binary_file_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PAR1" + b"\x00\xff" * 500)
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        read(path)


def overture_row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "08f-1",
        "geometry": b"\x01" + struct.pack("<Idd", 1, -9.14, 38.71),
        "names": {
            "primary": "Casa Aurora",
            "common": [("zh", "曙光之家")],
            "rules": [{"variant": "short", "value": "Aurora"}],
        },
        "basic_category": "restaurant",
        "taxonomy": {
            "primary": "portuguese_restaurant",
            "hierarchy": ["food_and_drink", "restaurant", "portuguese_restaurant"],
            "alternates": ["seafood_restaurant", "wine_bar"],
        },
        "confidence": 0.9,
        "websites": ["https://aurora.example"],
        "phones": ["+351210000001", "+351210000002"],
        "brand": {"wikidata": None, "names": {"primary": "Aurora Group", "common": None, "rules": None}},
        "addresses": [
            {
                "freeform": "Rua Nova 7",
                "locality": "Vila Inventada",
                "postcode": "0000-001",
                "region": None,
                "country": "PT",
            }
        ],
        "sources": [{"property": "", "dataset": "meta", "license": "CDLA-Permissive-2.0", "record_id": "1"}],
        "operating_status": "open",
        **changes,
    }


_NAMES = pa.struct(
    [
        ("primary", pa.string()),
        ("common", pa.map_(pa.string(), pa.string())),
        ("rules", pa.list_(pa.struct([("variant", pa.string()), ("value", pa.string())]))),
    ]
)
_TEXTS = pa.list_(pa.string())
OVERTURE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("geometry", pa.binary()),
        ("names", _NAMES),
        ("basic_category", pa.string()),
        ("taxonomy", pa.struct([("primary", pa.string()), ("hierarchy", _TEXTS), ("alternates", _TEXTS)])),
        ("categories", pa.struct([("primary", pa.string()), ("alternate", _TEXTS)])),
        ("confidence", pa.float64()),
        ("websites", _TEXTS),
        ("phones", _TEXTS),
        ("brand", pa.struct([("wikidata", pa.string()), ("names", _NAMES)])),
        (
            "addresses",
            pa.list_(
                pa.struct([(name, pa.string()) for name in ("freeform", "locality", "postcode", "region", "country")])
            ),
        ),
        (
            "sources",
            pa.list_(pa.struct([(name, pa.string()) for name in ("property", "dataset", "license", "record_id")])),
        ),
        ("operating_status", pa.string()),
    ]
)


def test_overture_parquet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "part-0.zstd.parquet"
    older = {"taxonomy": None, "basic_category": None, "categories": {"primary": "coffee_shop", "alternate": None}}
    bare = {name: None for name in OVERTURE_SCHEMA.names if name not in ("id", "geometry", "names")}
    rows = [
        overture_row(),
        overture_row(id="2", **older),
        overture_row(id="3", operating_status="permanently_closed"),
        overture_row(id="4", operating_status="temporarily_closed"),
        overture_row(id="5", geometry=b"\x00" + struct.pack(">Idd", 1, 1.5, 2.5), **bare),
        overture_row(id="6", geometry=b"\x01"),
        overture_row(id="7", geometry=b"\x01" + struct.pack("<Idd", 1, 0.0, 1e9)),
        overture_row(id="8", names=None),
    ]
    pq.write_table(pa.Table.from_pylist(rows, OVERTURE_SCHEMA), path, compression="zstd")
    place, cafe, closed, resting, least, broken, away, nameless = read(path)
    assert isinstance(place, Place)
    assert (place.id, place.lat, place.lon) == ("overture:08f-1", 38.71, -9.14)
    assert place.names == ("Aurora Group", "曙光之家", "Aurora")
    assert (place.category, place.cuisine) == ("restaurant", ("portuguese", "seafood"))
    assert place.address == Address("Rua Nova 7", None, "0000-001", "Vila Inventada", "PT")
    assert place.phone == "+351210000001; +351210000002"
    assert place.licence == "CDLA-Permissive-2.0"
    assert place.attribution == "Overture Maps Foundation, overturemaps.org: meta"
    assert isinstance(cafe, Place)
    assert (cafe.category, cafe.cuisine) == ("coffee_shop", ())
    assert closed == Rejected("3", "closed for good", "Casa Aurora")
    assert isinstance(resting, Place)
    assert resting.opening_hours == 'off "temporarily closed"'
    assert isinstance(least, Place)
    assert (least.lat, least.lon, least.phone, least.category) == (2.5, 1.5, None, None)
    assert broken == Rejected("6", "no position", "its geometry is no point")
    assert isinstance(away, Rejected)
    assert away.kind == "latitude out of range"
    assert nameless == Skipped()


def test_foursquare_parquet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "places-00000.zstd.parquet"
    row = {
        "fsq_place_id": "4b1",
        "name": "Casa Aurora",
        "latitude": 38.71,
        "longitude": -9.14,
        "address": "Rua Nova 7",
        "locality": "Vila Inventada",
        "region": "Lisboa",
        "postcode": "0000-001",
        "country": "PT",
        "date_closed": None,
        "tel": "210 000 001",
        "website": "https://aurora.example",
        "email": "ola@aurora.example",
        "fsq_category_labels": [
            "Dining and Drinking > Restaurant > Portuguese Restaurant",
            "Dining and Drinking > Bar > Wine Bar",
        ],
        "unresolved_flags": [],
    }
    cafe = {"fsq_category_labels": ["Dining and Drinking > Cafe, Coffee, and Tea House > Café"]}
    rows = [
        row,
        {**row, "fsq_place_id": "2", "date_closed": "2024-01-31"},
        {**row, "fsq_place_id": "3", "latitude": None},
        {**row, "fsq_place_id": "4", **cafe},
        {**row, "fsq_place_id": "5", "unresolved_flags": ["duplicate"]},
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    place, closed, nowhere, other, flagged = read(path)
    assert isinstance(place, Place)
    assert (place.id, place.licence) == ("foursquare:4b1", "Apache-2.0")
    assert (place.category, place.cuisine) == ("restaurant", ("portuguese",))
    assert place.address == Address("Rua Nova 7", None, "0000-001", "Vila Inventada", "PT")
    assert (place.phone, place.features) == ("210 000 001", (("email", "ola@aurora.example"),))
    assert closed == Rejected("2", "closed for good", "Casa Aurora, on 2024-01-31")
    assert nowhere == Rejected("3", "no position", "Casa Aurora")
    assert isinstance(other, Place)
    assert other.category == "cafe"
    assert flagged == Rejected("5", "flagged by users", "duplicate")


def test_parquet_of_something_else_says_so(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="neither the columns of Overture"):
        read(tmp_path / "a.parquet")


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_csv_is_read_with_any_separator_and_a_mark_of_its_encoding(tmp_path: Path, between: str) -> None:
    menu = '"[{""name"": ""Açorda"", ""price"": ""9.50"", ""currency"": ""EUR"", ""vegetarian"": false}]"'
    head = ["Name", "latitude", "lng", "names", "menu", "rating", "price_level", "features", "licence"]
    cells = ['"Casa ""Aurora"""', "38.71", "-9.14", '"A;B"', menu, "4.5", "2", '"{""dog"": ""yes""}"', "CC-BY-4.0"]
    text = "\ufeff" + between.join(head) + "\r\n" + between.join(cells) + "\r\n"
    (place,) = places(written(tmp_path / "mine.csv", text), Terms(attribution="me"))
    assert (place.name, place.names, place.lat, place.lon) == ('Casa "Aurora"', ("A", "B"), 38.71, -9.14)
    assert place.menu == (MenuItem("Açorda", Decimal("9.50"), "EUR", False),)
    assert (place.rating, place.price_level, place.features) == (4.5, 2, (("dog", "yes"),))
    assert (place.source, place.licence, place.attribution) == ("mine", "CC-BY-4.0", "me")


def test_hostile_csv_rows_are_rejected_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        b"name,lat,lon,menu,rating,phone",
        b"First,1,2,,,",
        "Olé".encode("latin-1") + b",1,2,,,",
        b"Menu,1,2,[1],,",
        b"Menu,1,2," + b"[" * 5000 + b",,",
        b'Menu,1,2,"[{""name"": ""a"", ""price"": ""dear""}]",,',
        b'Menu,1,2,"[{""name"": ""a"", ""price"": ""-1""}]",,',
        b"Rating,1,2,,6,",
        b"Rating,1,2,,nan,",
        b"Short,1",
        b"Long," + b"1" * 3_000_000,
        b"Last,1,2,,,,and,more",
    ]
    path.write_bytes(b"\n".join(rows) + b"\n")
    read_rows = read(path)
    kinds = [row.kind if isinstance(row, Rejected) else type(row).__name__ for row in read_rows]
    menu = "menu is no list of dishes"
    assert kinds == [
        "Place",
        "not UTF-8",
        menu,
        menu,
        menu,
        "price out of range",
        "rating out of range",
        "rating out of range",
        "no lon",
        "no row",
        "Place",
    ]
    assert next(row.where for row in read_rows if isinstance(row, Rejected)) == "line 3"


def test_a_csv_without_the_needed_columns_says_which(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column lat, lon"):
        read(written(tmp_path / "a.csv", "name,x,y\nA,1,2\n"))
    with pytest.raises(ValueError, match="no column name, lat, lon"):
        read(written(tmp_path / "b.csv", ""))


def test_an_unknown_format_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no known format.*GeoJSON"):
        read(written(tmp_path / "a.xlsx", "x"))
    with pytest.raises(ValueError, match="there is no file"):
        read(tmp_path / "b.csv")
