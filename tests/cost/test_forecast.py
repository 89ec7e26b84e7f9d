"""Sizes of models by year: each limit by hand, and how they grow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pocketvlm.cost.devices import device
from pocketvlm.cost.efficiency import Efficiencies
from pocketvlm.cost.forecast import BITS_PER_WEIGHT, FAST, MIDDLE, SLOW, SPEEDS_TOK_PER_S, Growth, reach, table, year_of

HALF = Efficiencies({("memory", "phone-cpu"): 0.5}, {"memory": (1.0, 1.0)})
PHONE = replace(
    device("snapdragon-8-gen-3"),
    year=2024,
    memory_bytes=12e9,
    memory_bytes_per_s=80e9,
    load_w=(4.0, 6.0),
    idle_w=1.0,
    battery_wh=24.0,
)


def test_limits_in_the_phones_own_year() -> None:
    found = reach(PHONE, 2024, tok_per_s=20, bits_per_weight=4, efficiencies=HALF)
    assert found.memory == pytest.approx(6e9 * 2)  # half of 12 GB, two weights a byte
    assert found.bandwidth == pytest.approx(2e9 * 2)  # half of 80 GB/s, 20 times a second
    # 24 Wh over 8 hours are 3 W, 2 above idling; full load is 4 above it for 40 GB/s, so half of that for 20.
    assert found.energy == pytest.approx(1e9 * 2)
    assert (found.parameters, found.limit) == (found.energy, "energy")


def test_limits_grow_as_claimed() -> None:
    now, later = (reach(PHONE, year, 20, 4, HALF, SLOW) for year in (2024, 2028))
    assert later.bandwidth / now.bandwidth == pytest.approx(1.1**2)  # two generations of two years
    assert later.memory / now.memory == pytest.approx((1 + SLOW.memory) ** 4)
    spare = (3 * 1.05**4 - 1) / (3 - 1)  # watts above idling, of a battery that grew by 5 % a year
    assert later.energy / now.energy == pytest.approx(spare * 1.5**2)


def test_faster_growth_reaches_more() -> None:
    slow, middle, fast = (reach(PHONE, 2028, 20, 4, HALF, growth) for growth in (SLOW, MIDDLE, FAST))
    assert slow.bandwidth < middle.bandwidth < fast.bandwidth
    assert slow.energy < middle.energy < fast.energy


def test_speed_costs_bandwidth_and_energy_and_no_memory() -> None:
    slow, fast = (reach(PHONE, 2026, speed, 4, HALF) for speed in (20, 100))
    assert slow.bandwidth / fast.bandwidth == pytest.approx(5)
    assert slow.energy / fast.energy == pytest.approx(5)
    assert slow.memory == fast.memory


def test_idling_may_empty_the_battery() -> None:
    found = reach(replace(PHONE, idle_w=3.5), 2024, 20, 4, HALF)
    assert found.energy == 0
    assert found.limit == "energy"


def test_year_of_is_the_first_that_reaches() -> None:
    year = year_of(3e9, PHONE, 20, 4, HALF)
    assert year is not None
    assert reach(PHONE, year, 20, 4, HALF).parameters >= 3e9
    assert reach(PHONE, year - 1, 20, 4, HALF).parameters < 3e9


def test_year_of_gives_up_at_the_horizon() -> None:
    assert year_of(1e15, PHONE, 20, 4, HALF, horizon=10) is None


def test_table_has_every_case() -> None:
    found = table(PHONE, (2024, 2028), HALF)
    assert {name for name, _ in found} == set(BITS_PER_WEIGHT)
    assert {(row.tok_per_s, row.year) for _, row in found} == {(s, y) for s in SPEEDS_TOK_PER_S for y in (2024, 2028)}
    assert len(found) == len(BITS_PER_WEIGHT) * len(SPEEDS_TOK_PER_S) * 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"year": 2020}, "year 2020 is before .*: give 2024 or later"),
        ({"tok_per_s": 0}, "tok_per_s is 0: give a positive number"),
        ({"hours": -1}, "hours is -1: give a positive number"),
        ({"device": device("jetson-agx-orin")}, "has no battery: give a phone"),
    ],
)
def test_reach_refuses(changed: dict[str, object], message: str) -> None:
    arguments = {"device": PHONE, "year": 2024, "tok_per_s": 20, "bits_per_weight": 4, "efficiencies": HALF}
    with pytest.raises(ValueError, match=message):
        reach(**{**arguments, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("changed", [{"years_per_generation": 0}, {"memory_share": 1.5}])
def test_growth_refuses(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(changed))} is"):
        Growth(**changed)
