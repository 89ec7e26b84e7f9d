"""A row of Foursquare OS Places to a place.

Source: docs.foursquare.com/data-products/docs/places-os-data-schema.
"""

from __future__ import annotations

from typing import Any

from pocketvlm.apps.places.place import Address, Place, PlaceError
from pocketvlm.apps.places.storage.readers.reading import CLOSED, FOURSQUARE, Rejected, Skipped, Terms
from pocketvlm.apps.places.text import clean, fold

FOURSQUARE_COLUMNS = frozenset(
    "fsq_place_id name latitude longitude address locality region postcode country date_closed tel website email "
    "fsq_category_labels unresolved_flags".split()
)
_GONE = {"closed", "doesnt_exist", "delete", "duplicate", "privatevenue"}  # users' flags, not yet looked at


def foursquare_place(row: dict[str, Any], terms: Terms) -> Place | Rejected | Skipped:
    """A place of one row as pyarrow gives it. `fsq_category_labels` are paths, `Dining and Drinking > Café`."""
    source_id, name = clean(row.get("fsq_place_id")), clean(row.get("name"))
    where = source_id or "a row without fsq_place_id"
    if name is None:
        return Skipped()
    if source_id is None:
        return Rejected(where, "no id", name[:60])
    if row.get("date_closed"):
        return Rejected(where, CLOSED, f"{name[:60]}, on {row['date_closed']}")
    flags = _GONE.intersection(row.get("unresolved_flags") or [])
    if flags:
        return Rejected(where, "flagged by users", ", ".join(sorted(flags)))
    if row.get("latitude") is None or row.get("longitude") is None:
        return Rejected(where, "no position", name[:60])
    category, cuisine = _kinds(row.get("fsq_category_labels") or [])
    fields = terms.over(FOURSQUARE)
    email = clean(row.get("email"))
    try:
        return Place(
            id=f"{fields['source']}:{source_id}",
            source_id=source_id,
            name=name,
            category=category,
            cuisine=cuisine,
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            address=Address(
                street=clean(row.get("address")),
                postcode=clean(row.get("postcode")),
                city=clean(row.get("locality")),
                country=clean(row.get("country")),
            ),
            phone=clean(row.get("tel")),
            website=clean(row.get("website")),
            features=(("email", email),) if email else (),
            **fields,
        )
    except PlaceError as error:
        return Rejected(where, error.kind, error.detail)


def _kinds(labels: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """Category and cuisines: of `Dining and Drinking > Restaurant > Italian Restaurant`, restaurant and italian."""
    paths = [[fold(part) for part in label.split(">")] for label in labels if label]
    if not paths:
        return None, ()
    leaves = [path[-1] for path in paths]
    cuisine = [leaf.removesuffix(" restaurant").replace(" ", "_") for leaf in leaves if leaf.endswith(" restaurant")]
    category = "restaurant" if "restaurant" in paths[0] else leaves[0].replace(" ", "_")
    return category or None, tuple(dict.fromkeys(cuisine))
