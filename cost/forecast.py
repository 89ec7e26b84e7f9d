"""Which language model a phone of some year can run: growth rates turned into sizes.

Three limits, each on its own: the weights fit the memory that an app may have; they are read once a token, so the
memory's speed bounds their size at a speed of answer; and reading them costs energy, so a battery that is to last so
many hours of answering without a pause bounds it again. The smallest is the answer. The cache, prefill and pictures
come on top, and nothing here knows how good a small model will be.
"""

from __future__ import annotations

from dataclasses import dataclass

from pocketvlm.cost.devices import DeviceProfile
from pocketvlm.cost.efficiency import Efficiencies

SPEEDS_TOK_PER_S = (20.0, 50.0, 100.0)
BATTERY_HOURS = 8.0
# Symmetric blocks of 32 with a float32 scale, `counts.Held`: what our exports take.
BITS_PER_WEIGHT = {"fp16": 16.0, "int8": 9.0, "int4": 5.0}
BITS_A_BYTE = 8


@dataclass(frozen=True)
class Growth:
    """How phones grow, the first two as `published/claims.json` has it (ten-billion-on-phone).

    Attributes:
        speed, efficiency: of the memory and of the work per joule, gained with every generation of chips.
        years_per_generation: between two generations.
        battery: gained a year.
        memory: gained a year; ours, for the claim is silent: from 8 GB in 2021 to 12 GB in 2024 among the profiles.
        memory_share: of the device's memory that the weights may take; ours.
    """

    speed: float = 0.10
    efficiency: float = 0.50
    years_per_generation: float = 1.5
    battery: float = 0.075
    memory: float = 0.145
    memory_share: float = 0.5

    def __post_init__(self) -> None:
        if self.years_per_generation <= 0:
            raise ValueError(f"years_per_generation is {self.years_per_generation}: give a positive number")
        if not 0 < self.memory_share <= 1:
            raise ValueError(f"memory_share is {self.memory_share}: give a fraction above 0, at most 1")

    def of_generations(self, rate: float, years: float) -> float:
        """Factor after so many years of a gain per generation."""
        return float((1 + rate) ** (years / self.years_per_generation))

    def of_years(self, rate: float, years: float) -> float:
        """Factor after so many years of a gain per year."""
        return float((1 + rate) ** years)


# The ends of the claim's ranges: generations of 2 years and 1, batteries of 5 % and 10 % a year.
SLOW, MIDDLE, FAST = Growth(years_per_generation=2, battery=0.05), Growth(), Growth(years_per_generation=1, battery=0.1)


@dataclass(frozen=True)
class Reach:
    """The largest language model in a year, in parameters, by each limit.

    Attributes:
        tok_per_s: at this speed of answer.
        bits_per_weight: scales included.
        memory, bandwidth, energy: parameters; energy may be 0, where the device idles its battery away.
    """

    year: int
    tok_per_s: float
    bits_per_weight: float
    memory: float
    bandwidth: float
    energy: float

    @property
    def parameters(self) -> float:
        """The smallest of the limits."""
        return min(self.memory, self.bandwidth, self.energy)

    @property
    def limit(self) -> str:
        """Which that is."""
        return min(("memory", "bandwidth", "energy"), key=lambda name: float(getattr(self, name)))


def reach(
    device: DeviceProfile,
    year: int,
    tok_per_s: float,
    bits_per_weight: float,
    efficiencies: Efficiencies,
    growth: Growth = MIDDLE,
    hours: float = BATTERY_HOURS,
) -> Reach:
    """The largest model that a phone like this one runs in a year.

    Args:
        device: the phone to start from, with a battery.
        year: from the device's own on.
        tok_per_s: speed of answer wanted.
        bits_per_weight: of `BITS_PER_WEIGHT` or any other.
        hours: of answering without a pause on one charge.
    Raises:
        ValueError: a year before the device's, a device without a battery, or a number that is not positive.
    """
    wanted = {"tok_per_s": tok_per_s, "bits_per_weight": bits_per_weight, "hours": hours}
    for name, value in wanted.items():
        if value <= 0:
            raise ValueError(f"{name} is {value}: give a positive number")
    if year < device.year:
        raise ValueError(f"year {year} is before {device.name} of {device.year}: give {device.year} or later")
    if device.battery_wh is None:
        raise ValueError(f"{device.name} has no battery: give a phone")
    years = year - device.year
    bytes_per_s = device.memory_bytes_per_s / efficiencies.seconds("memory", device.family, 1.0)
    # At full load the device does nothing but read; what it draws above idling is the price of that.
    joules_a_byte = (sum(device.load_w) / 2 - device.idle_w) / bytes_per_s
    spare_w = device.battery_wh * growth.of_years(growth.battery, years) / hours - device.idle_w
    weight_bytes = {
        "memory": device.memory_bytes * growth.of_years(growth.memory, years) * growth.memory_share,
        "bandwidth": bytes_per_s * growth.of_generations(growth.speed, years) / tok_per_s,
        "energy": max(spare_w, 0.0) * growth.of_generations(growth.efficiency, years) / (joules_a_byte * tok_per_s),
    }
    limits = {name: size * BITS_A_BYTE / bits_per_weight for name, size in weight_bytes.items()}
    return Reach(year, tok_per_s, bits_per_weight, **limits)


def year_of(
    parameters: float,
    device: DeviceProfile,
    tok_per_s: float,
    bits_per_weight: float,
    efficiencies: Efficiencies,
    growth: Growth = MIDDLE,
    hours: float = BATTERY_HOURS,
    horizon: int = 30,
) -> int | None:
    """The first year in which a model of that size is within every limit; None where it is not within the horizon.

    Args:
        parameters: of the language model.
        horizon: years to look ahead.
    """
    for year in range(device.year, device.year + horizon + 1):
        if reach(device, year, tok_per_s, bits_per_weight, efficiencies, growth, hours).parameters >= parameters:
            return year
    return None


def table(
    device: DeviceProfile, years: tuple[int, ...], efficiencies: Efficiencies, growth: Growth = MIDDLE
) -> tuple[tuple[str, Reach], ...]:
    """Every precision at every speed in every year, with the precision's name."""
    return tuple(
        (precision, reach(device, year, speed, bits, efficiencies, growth))
        for precision, bits in BITS_PER_WEIGHT.items()
        for speed in SPEEDS_TOK_PER_S
        for year in years
    )
