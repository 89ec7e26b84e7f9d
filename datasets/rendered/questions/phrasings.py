"""All the ways to ask that the kinds of questions know."""

from __future__ import annotations

import sys

from pocketvlm.datasets.rendered.questions.drafts import Both, Kind
from pocketvlm.datasets.rendered.questions.make import MAKERS


def phrasings(kind: Kind) -> dict[str, Both]:
    """The ways to ask of a kind, by what they ask for."""
    module = sys.modules[MAKERS[kind].__module__]
    asks = {name: entry for name, entry in vars(module).items() if name.isupper() and isinstance(entry, Both)}
    return {name: entry for name, entry in asks.items() if len(entry.en) > 1 and "?" in " ".join(entry.en)}
