"""The rendered town and its photos: the same for a seed, with likenesses, and with EXIF as phones write it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pocketvlm.apps.places.geo import distance_m
from pocketvlm.apps.places.photos.photo import read_photo
from pocketvlm.datasets.rendered.places.faces import Faces
from pocketvlm.datasets.rendered.places.front import draw_front
from pocketvlm.datasets.rendered.places.street import TROUBLES, Shot, draw_shots, take
from pocketvlm.datasets.rendered.places.town import Spot, make_town, moved, without, write_geojson

PILLOW = Faces()  # the face that Pillow carries, so that no font need be installed


@pytest.fixture(scope="module")
def town() -> list[Spot]:
    return make_town(1)


def shot_of(town: list[Spot], **change: object) -> Shot:
    spot = next(spot for spot in town if spot.name.isascii())
    return replace(Shot(0, 5, spot, True, "none"), **change)  # type: ignore[arg-type]


def test_a_town_is_the_same_for_its_seed_and_full_of_likenesses(town: list[Spot]) -> None:
    assert town == make_town(1)
    assert len(town) == 2000
    assert {spot.name for spot in town} != {spot.name for spot in make_town(2)}
    kins = Counter(spot.kin for spot in town)
    assert min(kins[kin] for kin in ("chain", "variant", "neighbour")) >= 70
    names = Counter(spot.name for spot in town)
    assert all((names[spot.name] > 1) == (spot.kin == "chain") for spot in town)
    with pytest.raises(ValueError, match="too small"):
        make_town(1, 50)


def test_neighbours_are_next_door_to_one_named_alike(town: list[Spot]) -> None:
    for spot in [spot for spot in town if spot.kin == "neighbour"]:
        near = [other for other in town if other.street == spot.street and other is not spot]
        assert any(abs(int(other.housenumber) - int(spot.housenumber)) <= 3 for other in near), spot


def test_a_town_is_written_as_openstreetmap_has_it(town: list[Spot], tmp_path: Path) -> None:
    left = without(town, town[:3])
    assert len(left) == 1997
    features = json.loads(write_geojson(left, tmp_path / "town.geojson").read_text(encoding="utf-8"))["features"]
    assert features[0]["id"] == f"node/{left[0].number}"
    assert features[0]["properties"]["name"] == left[0].name
    assert features[0]["geometry"]["coordinates"] == [left[0].lon, left[0].lat]


def test_moved_is_as_far_as_it_says() -> None:
    # 0.2%: the two files take the globe's radius a little differently.
    assert distance_m((40.6, -28.5), moved(40.6, -28.5, 30, 40)) == pytest.approx(50, rel=2e-3)


def test_shots_ask_for_likenesses_more_than_chance_would(town: list[Spot]) -> None:
    shots = draw_shots(town, 4, 200)
    assert shots == draw_shots(town, 4, 200)
    assert len({shot.spot.number for shot in shots}) == 200
    kins = Counter(shot.spot.kin for shot in shots)
    assert kins["chain"] >= 15
    assert kins["neighbour"] >= 15
    assert all(shot.known for shot in shots if shot.spot.kin == "chain")  # the other branches are in the store
    assert 5 <= sum(not shot.known for shot in shots) <= 40
    assert {shot.trouble for shot in shots} == set(TROUBLES)
    with pytest.raises(ValueError, match="ask for fewer"):
        draw_shots(town, 4, 2000)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_photo_is_a_jpeg_file_with_a_position_a_little_off(town: list[Spot], trouble: str) -> None:
    taken = take(shot_of(town, trouble=trouble), PILLOW, size=(480, 360))
    photo = read_photo(taken.jpeg)
    assert photo.pixels.shape == (360, 480, 3)  # upright, however the file lies
    assert photo.pixels.std() > 3  # something is to be seen, even at night
    assert photo.taken is not None
    assert photo.position == pytest.approx(taken.position, abs=1e-6)  # thousandths of a second are 3e-7 degrees
    assert 4.9 <= distance_m((taken.spot.lat, taken.spot.lon), photo.position) <= 60.2  # ends rounded, as above


def test_a_photo_is_the_same_for_its_seed_and_may_have_no_position(town: list[Spot]) -> None:
    first, again = (take(shot_of(town), PILLOW, size=(240, 180), located=False) for _ in range(2))
    assert first.jpeg == again.jpeg
    assert read_photo(first.jpeg).position is None
    assert take(shot_of(town, seed=6), PILLOW, size=(240, 180)).jpeg != first.jpeg


def test_a_night_is_darker_than_the_day(town: list[Spot]) -> None:
    day, night = (read_photo(take(shot_of(town, trouble=t), PILLOW, size=(240, 180)).jpeg) for t in ("none", "night"))
    assert night.pixels.mean() < 0.5 * day.pixels.mean()


def test_a_front_says_what_it_shows(town: list[Spot]) -> None:
    fronts = [draw_front(shot_of(town).spot, seed, PILLOW) for seed in range(12)]
    assert {what for front in fronts for what in front.shown} >= {"phone", "street"}
    x1, y1, x2, y2 = fronts[0].sign
    assert fronts[0].image[y1:y2, x1:x2].std() > 5  # letters on a ground
    assert fronts[0].image.dtype == np.uint8


def test_chinese_without_a_typeface_for_it_says_what_to_install(town: list[Spot]) -> None:
    spot = next(spot for spot in town if spot.english is not None)
    with pytest.raises(ValueError, match="fonts-wqy-microhei"):
        draw_front(spot, 0, PILLOW)
