"""Which place a photo shows: the signs read, the places that come into question weighed, and an honest verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pocketvlm.apps.places.photos.confidence import LISTED, MOST_LISTED, Confidence, Verdict, fitted_confidence
from pocketvlm.apps.places.photos.matching import ERROR_M, FEATURES, Legible, best_name, candidates_of, features_of
from pocketvlm.apps.places.photos.photo import PlacePhoto
from pocketvlm.apps.places.photos.signs import Reader, Sign, read_signs
from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.plain import plain
from pocketvlm.apps.places.storage.store import PlaceStore

_SAID = {"phone": "phone number", "street": "street", "number": "house number", "website": "website", "kind": "kind"}


@dataclass(frozen=True)
class Match:
    """A place that may be the one.

    Attributes:
        probability: that it is, 0 to 1.
        distance_m: metres from where the photo was taken; None where that is unknown.
        evidence: what speaks for it, in words.
    """

    place: Place
    probability: float
    distance_m: float | None
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Lookup:
    """What a photo shows.

    Attributes:
        verdict: "sure", the first match is the place; "several", it may be one of the matches; "none".
        matches: the most probable first; at most one where sure, none where none.
        signs: all that was read, from top to bottom.
        position: where the photo was taken, as far as known.
    """

    verdict: Verdict
    matches: tuple[Match, ...]
    signs: tuple[Sign, ...]
    position: tuple[float, float] | None

    @property
    def text(self) -> str:
        """What the signs say, a line a line."""
        return "\n".join(sign.text for sign in self.signs)

    def to_dict(self) -> dict[str, Any]:
        """The look-up as JSON holds it."""
        matches = [
            {
                "place": match.place.to_dict(),
                "probability": round(match.probability, 4),
                "distance_m": None if match.distance_m is None else round(match.distance_m, 1),
                "evidence": list(match.evidence),
            }
            for match in self.matches
        ]
        signs = [asdict(sign) for sign in self.signs]
        return {"verdict": self.verdict, "matches": matches, "signs": signs, "position": self.position}


def look_up(
    photo: PlacePhoto,
    store: PlaceStore,
    reader: Reader,
    *,
    near: tuple[float, float] | None = None,
    confidence: Confidence | None = None,
) -> Lookup:
    """Find the place that a photo shows.

    Args:
        near: latitude and longitude to take instead of the photo's own.
        confidence: other numbers than the fitted ones.
    Raises:
        ValueError: `near` is out of range, or the store is damaged.
    """
    error_m = max(ERROR_M, photo.accuracy_m or 0.0) if near is None else ERROR_M
    legible = Legible(tuple(read_signs(photo.pixels, reader)), near or photo.position, error_m)
    return weigh(legible, store, confidence or fitted_confidence())


def weigh(legible: Legible, store: PlaceStore, confidence: Confidence) -> Lookup:
    """The second half of `look_up`: from what is legible to the verdict."""
    places = candidates_of(legible, store)
    rows = [features_of(legible, place) for place in places]
    evidence = np.array(rows).reshape(-1, len(FEATURES))  # (N, F)
    probabilities = confidence.probabilities(evidence, legible.position is not None)  # (N + 1,)
    verdict = confidence.verdict(probabilities)
    likely = np.argsort(-probabilities[:-1], kind="stable")[: 1 if verdict == "sure" else MOST_LISTED]
    listed = [at for at in likely if verdict != "none" and probabilities[at] >= LISTED]
    matches = [_match(legible, places[at], float(probabilities[at]), rows[at]) for at in listed]
    return Lookup(verdict, tuple(matches), legible.signs, legible.position)


def _match(legible: Legible, place: Place, probability: float, row: np.ndarray) -> Match:
    return Match(place, probability, legible.distance_to(place), _words(legible, place, row))


def _words(legible: Legible, place: Place, row: np.ndarray) -> tuple[str, ...]:
    """The evidence for a place as a person would say it."""
    said = []
    likeness, phrase, name = best_name(legible, place)
    if phrase is not None and likeness >= 0.6:  # below that, two names are alike by chance
        said.append(f'the sign "{plain(phrase.text, 60)}" reads like "{plain(name, 60)}" ({likeness:.0%})')
    values = dict(zip(FEATURES, row, strict=True))
    said += [f"its {words} can be read" for feature, words in _SAID.items() if values[feature] > 0]
    return tuple(said)
