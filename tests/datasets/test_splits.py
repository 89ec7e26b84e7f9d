"""What trains a model never meets what tests it."""

from itertools import islice, product

import pytest

from pocketvlm.datasets.rendered import splits
from pocketvlm.datasets.rendered.apps import APPS
from pocketvlm.datasets.rendered.schema import KITS, UI_KITS
from pocketvlm.datasets.rendered.splits import apps_for, is_new, kits_for, part_of, seed_part, seeds_for


def test_what_is_held_out_exists() -> None:
    assert set(KITS) >= splits.HELD_OUT_KITS >= {"antd-mobile"}
    assert set(APPS) >= splits.HELD_OUT_APPS
    assert len(splits.HELD_OUT_APPS) >= 5


def test_nothing_held_out_trains_or_validates() -> None:
    for kit, app, seed in product(KITS, APPS, range(-20, 40)):
        part = part_of(kit, app, seed)
        if part in ("train", "validation"):
            assert kit not in splits.HELD_OUT_KITS
            assert app not in splits.HELD_OUT_APPS


def test_no_seed_is_in_two_parts() -> None:
    for seed in range(-20, 40):
        parts = {part_of(kit, app, seed) for kit, app in product(KITS, APPS)} - {None}
        assert parts == {seed_part(seed)}  # the words of a seed are the same in every kit


def test_a_new_look_with_words_of_training_belongs_nowhere() -> None:
    assert part_of("antd-mobile", "wifi", 0) is None
    assert part_of("antd-mobile", "wifi", 9) == "held_out"
    assert part_of("ionic-ios", "wifi", 0) == "train"
    assert part_of("ionic-ios", "wifi", 8) == "validation"
    assert part_of("ionic-ios", "wifi", 9) == "held_out"


@pytest.mark.parametrize("part", splits.PARTS)
def test_what_is_rendered_for_a_part_belongs_to_it(part: splits.Part) -> None:
    seeds = list(islice(seeds_for(part), 12))
    assert len(set(seeds)) == 12
    drawn = list(product(kits_for(part, KITS), apps_for(part, APPS), seeds))
    assert {part_of(kit, app, seed) for kit, app, seed in drawn} == {part}


def test_training_keeps_most_and_the_held_out_part_has_both_old_and_new() -> None:
    assert len(kits_for("train", KITS)) == len(KITS) - len(splits.HELD_OUT_KITS)
    assert set(kits_for("held_out", KITS)) == set(UI_KITS)
    assert set(kits_for("validation", KITS)) == set(UI_KITS) - splits.HELD_OUT_KITS
    assert len(apps_for("train", APPS)) == len(APPS) - len(splits.HELD_OUT_APPS)
    held = product(kits_for("held_out", KITS), apps_for("held_out", APPS))
    assert {is_new(kit, app) for kit, app in held} == {True, False}


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(ValueError, match="'test'"):
        seeds_for("test")  # type: ignore[arg-type]
