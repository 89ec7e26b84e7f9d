"""Joules of the processor: measured where it counts them (RAPL), otherwise estimated from a named power profile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

POWERCAP = Path("/sys/class/powercap")
MICRO = 1e-6


class EnergyMeter(Protocol):
    """Counts up; the difference of two readings is what was used in between."""

    source: str  # "rapl", or the name of a power profile

    def read_j(self, seconds: float) -> float:
        """Joules so far; `seconds` is the time of reading, on the clock that the caller measures with."""
        ...


@dataclass(frozen=True)
class PowerProfile:
    """An estimate: every second of work takes as many joules.

    Attributes:
        name: says what is assumed, since reports show it.
        watts_per_core: above idle, for a core that computes.
    """

    name: str
    watts_per_core: float


# A round figure between a laptop's core (15 W package, 2 to 4 cores) and a server's (200 W, 32 cores): good for
# comparing stages on one machine, not for comparing machines.
ASSUMED = PowerProfile("assumed-6-watts-a-core", 6.0)


class EstimatedEnergy:
    """Seconds times watts."""

    def __init__(self, profile: PowerProfile, cores: int) -> None:
        self.source = profile.name
        self._watts = profile.watts_per_core * cores

    def read_j(self, seconds: float) -> float:
        return self._watts * seconds


class RaplEnergy:
    """The packages' counters, all of them: everything that runs on the machine counts.

    Source: Linux's powercap interface, Documentation/power/powercap/powercap.rst.
    """

    source = "rapl"

    def __init__(self, zones: list[Path]) -> None:
        self._zones = zones
        self._wraps = [int((zone / "max_energy_range_uj").read_text()) for zone in zones]
        self._last = [self._counter(zone) for zone in zones]
        self._total = 0

    def read_j(self, seconds: float) -> float:
        now = [self._counter(zone) for zone in self._zones]
        for new, old, wrap in zip(now, self._last, self._wraps, strict=True):
            self._total += new - old if new >= old else new - old + wrap
        self._last = now
        return self._total * MICRO

    @staticmethod
    def _counter(zone: Path) -> int:
        return int((zone / "energy_uj").read_text())


def energy_meter(cores: int, powercap: Path = POWERCAP) -> EnergyMeter:
    """The best meter that this machine has.

    Args:
        cores: that compute, for the estimate.
        powercap: where Linux shows its counters.
    """
    # "intel-rapl:0" is a package, "intel-rapl:0:1" a part of it that is counted there already; AMD's are named so too.
    zones = [zone for zone in sorted(powercap.glob("intel-rapl:*")) if zone.name.count(":") == 1]
    try:
        return RaplEnergy(zones) if zones else EstimatedEnergy(ASSUMED, cores)
    except (OSError, ValueError):  # since 2020 only root may read them
        return EstimatedEnergy(ASSUMED, cores)
