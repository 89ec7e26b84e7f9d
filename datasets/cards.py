"""What there is to know of a data set before one gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Card:
    """A public data set. It is not shipped: its makers hand it out."""

    name: str  # by which `readers.open` knows it
    what: str
    size: str
    licence: str  # an SPDX name, or what its makers say
    how_to_get: str  # and what to pass to `readers.open`
    metrics: tuple[str, ...]  # names in `metrics.registry`, the main one first
    citation: str
    url: str
    type_metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # for types that are scored otherwise

    def metrics_of(self, type_of_question: str) -> tuple[str, ...]:
        """The metrics for questions of one type, the main one first."""
        return self.type_metrics.get(type_of_question, self.metrics)
