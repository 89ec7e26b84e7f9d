"""How much of a device's peak a stage reaches: a few factors, fitted on published rows.

A stage is bound by memory or by arithmetic. At its peak a device would take `ideal_s`; what was measured is longer, and
ideal over measured is the efficiency. There is one factor for memory, one for arithmetic in 8-bit integers and one in
floating point, each for a family of devices: "phone-cpu", "pc-cpu", "gpu".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FACTORS = ("memory", "int8", "float")
CPU_FAMILIES = ("phone-cpu", "pc-cpu")  # one stands in for the other where it has no rows of its own; a GPU's does not


@dataclass(frozen=True)
class Observation:
    """One measured stage.

    Attributes:
        factor: which one it tells of: decoding of "memory", prefill of "int8", encoding of "float".
        ideal_s: what the device would take at its peak.
        fit: whether factors are fitted on it; the others are only checked.
    """

    factor: str
    device: str
    family: str
    ideal_s: float
    measured_s: float
    fit: bool = True


@dataclass(frozen=True)
class Efficiencies:
    """Fitted factors.

    Attributes:
        values: by factor and family; geometric means.
        bars: by factor, the smallest and the largest ratio of measured to predicted time among the rows, each
            predicted without its own device's rows: as factors around 1, so wide that they cover every row seen.
    """

    values: Mapping[tuple[str, str], float]
    bars: Mapping[str, tuple[float, float]]

    def seconds(self, factor: str, family: str, ideal_s: float) -> float:
        """What the stage takes, from what it would take at the peak.

        Raises:
            ValueError: no row tells of that factor on such a device.
        """
        for candidate in _stand_ins(family):
            if (factor, candidate) in self.values:
                return ideal_s / self.values[factor, candidate]
        raise ValueError(f"no published row tells how {factor} fares on a {family}")


def fit(observations: Iterable[Observation]) -> Efficiencies:
    """Factors: geometric means of the rows to be fitted. Bars: from all rows, each predicted without its device."""
    rows = tuple(observations)
    ratios: dict[str, list[float]] = {factor: [1.0] for factor in FACTORS}
    for row in rows:
        if (predicted := held_out_seconds(row, rows)) is not None:
            ratios[row.factor].append(row.measured_s / predicted)
    return Efficiencies(_means(rows), {factor: (min(found), max(found)) for factor, found in ratios.items()})


def held_out_seconds(row: Observation, rows: Iterable[Observation]) -> float | None:
    """A row's time as predicted from the other devices' rows; None where no other device tells of it."""
    others = [other for other in rows if other.device != row.device]
    try:
        return Efficiencies(_means(others), {}).seconds(row.factor, row.family, row.ideal_s)
    except ValueError:
        return None


def _means(rows: Iterable[Observation]) -> dict[tuple[str, str], float]:
    logs: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.fit:
            logs.setdefault((row.factor, row.family), []).append(math.log(row.ideal_s / row.measured_s))
    return {key: math.exp(sum(found) / len(found)) for key, found in logs.items()}


def _stand_ins(family: str) -> tuple[str, ...]:
    """The family itself, then those whose factors may stand in for it."""
    return (family, *(other for other in CPU_FAMILIES if other != family)) if family in CPU_FAMILIES else (family,)
