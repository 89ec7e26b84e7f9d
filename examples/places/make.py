"""Draws trattoria.jpg: a photo of a made-up restaurant of the embedded sample, as a phone takes it, with its position.

    python examples/places/make.py

Needs pip install '.[data]' and Debian's fonts (see datasets/rendered/places/faces.py).
"""

from pathlib import Path

from pocketvlm.apps.places.storage.store import open_sample
from pocketvlm.datasets.rendered.places.faces import debian_faces
from pocketvlm.datasets.rendered.places.street import Shot, take
from pocketvlm.datasets.rendered.places.town import Spot

with open_sample() as store:
    place = store.search("Trattoria Da Mario")[0].place
spot = Spot(
    number=1,
    name=place.name,
    english=None,
    category=place.category or "restaurant",
    cuisine="italian",
    street=place.address.street or "",
    housenumber=place.address.housenumber or "",
    lat=place.lat,
    lon=place.lon,
    phone=place.phone or "",
    website=place.website,
    kin="plain",
)
photo = take(Shot(1, 7, spot, True, "side"), debian_faces(), size=(1200, 900))
Path(__file__).with_name("trattoria.jpg").write_bytes(photo.jpeg)
