"""What becomes of a claim: a verdict, and the figure that decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pocketvlm.cost.published import claim

HOLDS, FAILS, DEPENDS, UNTESTED = "holds", "does not hold", "depends", "not testable here"
VERDICTS = (HOLDS, FAILS, DEPENDS, UNTESTED)
ABOUT = 0.25  # a claim says "about": within a quarter of its value is taken as that


@dataclass(frozen=True)
class Verdict:
    """One claim, judged.

    Attributes:
        id, claim: of `published/claims.json`.
        verdict: one of `VERDICTS`.
        figure: the numbers that decide it, in a sentence.
        values: the same numbers, by name with the unit in it.
        estimate: whether the device model or a closed form stands in for a measurement.
    """

    id: str
    claim: str
    verdict: str
    figure: str
    values: dict[str, float] = field(default_factory=dict)
    estimate: bool = False


def judged(
    claim_id: str, agree: Iterable[bool], figure: str, values: dict[str, float], estimate: bool = False
) -> Verdict:
    """A verdict from cases: all agree, none does, or it depends on the case; without cases it cannot be tested."""
    cases = tuple(agree)
    if not cases:
        return untested(claim_id, figure)
    verdict = HOLDS if all(cases) else DEPENDS if any(cases) else FAILS
    return Verdict(claim_id, claim(claim_id).claim, verdict, figure, values, estimate)


def untested(claim_id: str, why: str, values: dict[str, float] | None = None) -> Verdict:
    """A claim that nothing here can decide."""
    return Verdict(claim_id, claim(claim_id).claim, UNTESTED, why, values or {})


def near(value: float, claimed: float) -> bool:
    """Whether a value is about the claimed one."""
    return abs(value - claimed) <= ABOUT * abs(claimed)
