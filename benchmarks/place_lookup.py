"""How often the place that a photo shows is found, over rendered photos of a town of 2,000 places; and the fit of it.

    python benchmarks/place_lookup.py --out runs/places                     # evaluate, on the town of seed 29
    python benchmarks/place_lookup.py --out runs/places-fit --seed 11 --photos 139 --fit    # fit, on another town

Each photo is looked up twice: with the position in its file, which is off by 5 to 60 metres, and without. About one in
nine shows a place that the store does not hold. The folder gets the photos, the store, readings.jsonl (what was read;
--reuse takes it instead of reading again), results.jsonl, and failures.jpg: every look-up that was wrong, with what was
read and what was answered. `--fit` writes apps/places/photos/confidence.json. The last
line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from scipy.optimize import minimize
from tqdm import tqdm

from pocketvlm.apps.places.photos.confidence import Confidence, fitted_confidence
from pocketvlm.apps.places.photos.lookup import Lookup, weigh
from pocketvlm.apps.places.photos.matching import FEATURES, Legible, candidates_of, features_of
from pocketvlm.apps.places.photos.photo import read_photo
from pocketvlm.apps.places.photos.signs import Sign, read_signs
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.apps.places.storage.store import PlaceStore, open_store
from pocketvlm.datasets.rendered.places.faces import debian_faces
from pocketvlm.datasets.rendered.places.street import Shot, draw_shots, take
from pocketvlm.datasets.rendered.places.town import Spot, make_town, without, write_geojson
from pocketvlm.vision.text_reader import TextReader

ROOT = Path(__file__).resolve().parent.parent
EVALUATION_SEED = 29
PRIOR = 0.01  # strength of the pull of the weights towards zero
FALSE_SURE = 0.01  # the share of the tuning photos that may be called sure wrongly: half of what is aimed at
LEAST_SURE = 0.9  # nobody would call less sure, however well it went on the tuning photos
FOLDS = 6
TILE = 420  # pixels of width of one failure on the sheet


@dataclass(frozen=True)
class Reading:
    """What was read in one photo."""

    shot: Shot
    signs: tuple[Sign, ...]
    position: tuple[float, float] | None
    shown: tuple[str, ...]
    read_s: float


@dataclass(frozen=True)
class Example:
    """One look-up to fit to: (N, F) evidence, which row is right (N for none of them), and which photo it is of."""

    evidence: np.ndarray
    right: int
    located: bool
    number: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=EVALUATION_SEED)
    parser.add_argument("--photos", type=int, default=180)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--reuse", action="store_true", help="take readings.jsonl as it is")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    args = parser.parse_args()
    if args.fit and args.seed == EVALUATION_SEED:
        parser.error(f"seed {EVALUATION_SEED} is the evaluation's: fit to another town")
    spots = make_town(args.seed)
    shots = draw_shots(spots, args.seed, args.photos)
    args.out.mkdir(parents=True, exist_ok=True)
    readings = read_all(shots, args.out, args.reuse, args.threads)
    with town_store(spots, shots, args.out) as store:
        if args.fit:
            print(json.dumps(fit(readings, store)))
        else:
            print(json.dumps(evaluate(readings, store, args.out)))


def town_store(spots: list[Spot], shots: list[Shot], out: Path) -> PlaceStore:
    """The town without the places that are to be unknown, imported anew as users import theirs."""
    known = without(spots, [shot.spot for shot in shots if not shot.known])
    path = out / "places.sqlite"
    path.unlink(missing_ok=True)
    (report,) = import_files(path, [write_geojson(known, out / "places.geojson")])
    assert report.counts.added == len(known), f"{report.counts} of {len(known)} places"
    return open_store(path)


def read_all(shots: list[Shot], out: Path, reuse: bool, threads: int | None) -> list[Reading]:
    """Take and read every photo."""
    path = out / "readings.jsonl"
    if reuse:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [_reading(shot, row) for shot, row in zip(shots, rows, strict=True)]
    reader, faces, readings = TextReader(threads), debian_faces(), []
    (out / "photos").mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for shot in tqdm(shots, unit="photo", disable=None):
            taken = take(shot, faces)
            (out / "photos" / f"{shot.number:03}.jpg").write_bytes(taken.jpeg)
            started = time.perf_counter()
            photo = read_photo(taken.jpeg)
            signs = read_signs(photo.pixels, reader)
            spent = round(time.perf_counter() - started, 3)
            row = {"signs": [asdict(sign) for sign in signs], "position": photo.position, "shown": taken.shown}
            file.write(json.dumps({**row, "read_s": spent}, ensure_ascii=False) + "\n")
            readings.append(Reading(shot, tuple(signs), photo.position, taken.shown, spent))
    return readings


def _reading(shot: Shot, row: dict[str, Any]) -> Reading:
    signs = tuple(Sign(**{**sign, "box": tuple(sign["box"])}) for sign in row["signs"])
    position = None if row["position"] is None else tuple(row["position"])
    return Reading(shot, signs, position, tuple(row["shown"]), row["read_s"])


def place_id(spot: Spot) -> str:
    return f"osm:node/{spot.number}"


def both_ways(reading: Reading) -> tuple[Legible, Legible]:
    """With the position and without."""
    return Legible(reading.signs, reading.position), Legible(reading.signs)


# Fitting


def fit(readings: list[Reading], store: PlaceStore) -> dict[str, Any]:
    """Fit weights by likelihood, and the bar for "sure" on look-ups that the weights were not fitted to."""
    examples = [example for reading in readings for example in examples_of(reading, store)]
    crossed: list[tuple[float, bool]] = []  # of the best place: its probability, and whether it is right
    for fold in range(FOLDS):
        rest = [example for example in examples if example.number % FOLDS != fold]
        weights = fit_weights(rest)
        held = [example for example in examples if example.number % FOLDS == fold]
        crossed += [best_of(weights, example) for example in held]
    sure = sure_from(crossed)
    weights = replace(fit_weights(examples), sure=sure)
    values = {name: round(float(weight), 3) for name, weight in zip(FEATURES, weights.weights, strict=True)}
    numbers = {"none": round(weights.none, 3), "none_located": round(weights.none_located, 3), "sure": sure}
    path = ROOT / "apps/places/photos/confidence.json"
    path.write_text(json.dumps({"weights": values, **numbers}, indent=2) + "\n", encoding="utf-8")
    called = [right for probability, right in crossed if probability >= sure]
    return {"look_ups": len(examples), "sure": sure, "called_sure": len(called), "of_those_right": sum(called)}


def examples_of(reading: Reading, store: PlaceStore) -> list[Example]:
    made = []
    for legible in both_ways(reading):
        places = candidates_of(legible, store)
        evidence = np.array([features_of(legible, place) for place in places]).reshape(-1, len(FEATURES))
        ids = [place.id for place in places]
        wanted = place_id(reading.shot.spot)
        right = ids.index(wanted) if wanted in ids else len(ids)
        made.append(Example(evidence, right, legible.position is not None, reading.shot.number))
    return made


def fit_weights(examples: Sequence[Example]) -> Confidence:
    """The most likely weights, and scores of "none", under a pull towards zero."""
    start = np.zeros(len(FEATURES) + 2)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = PRIOR / 2 * values @ values, PRIOR * values
        for example in examples:
            none = np.r_[np.zeros(len(FEATURES)), 1.0, float(example.located)]
            rows = np.vstack([np.c_[example.evidence, np.zeros((len(example.evidence), 2))], none])
            scores = rows @ values
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            total -= np.log(max(chance[example.right], 1e-300)) / len(examples)
            slope = slope + (chance @ rows - rows[example.right]) / len(examples)
        return float(total), slope

    values = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return Confidence(values[:-2], float(values[-2]), float(values[-1]), sure=1.0)


def best_of(confidence: Confidence, example: Example) -> tuple[float, bool]:
    probabilities = confidence.probabilities(example.evidence, example.located)[:-1]
    if not probabilities.size:
        return 0.0, False
    best = int(probabilities.argmax())
    return float(probabilities[best]), best == example.right


def sure_from(crossed: list[tuple[float, bool]]) -> float:
    """The lowest bar, in hundredths, with which wrong places are called sure in few enough look-ups."""
    for bar in np.arange(LEAST_SURE, 1.0, 0.01):
        if sum(not right and probability >= bar for probability, right in crossed) <= FALSE_SURE * len(crossed):
            return round(float(bar), 2)
    return 0.99


# Evaluating


def evaluate(readings: list[Reading], store: PlaceStore, out: Path) -> dict[str, Any]:
    confidence = fitted_confidence()
    results: list[dict[str, Any]] = []
    for reading in readings:
        for legible in both_ways(reading):
            started = time.perf_counter()
            found = weigh(legible, store, confidence)
            results.append({**judged(reading, legible, found), "search_s": round(time.perf_counter() - started, 4)})
    lines = [json.dumps(result, ensure_ascii=False) + "\n" for result in results]
    (out / "results.jsonl").write_text("".join(lines), encoding="utf-8")
    sheet = write_failures([result for result in results if result["wrong"]], out)
    located = [result for result in results if result["located"]]
    unlocated = [result for result in results if not result["located"]]
    return {
        "photos": len(readings),
        "places": len(store),
        "located": figures(located),
        "unlocated": figures(unlocated),
        "median_read_s": round(statistics.median(reading.read_s for reading in readings), 3),
        "median_search_s": round(statistics.median(result["search_s"] for result in results), 4),
        "failures": str(sheet),
    }


def judged(reading: Reading, legible: Legible, found: Lookup) -> dict[str, Any]:
    """One look-up and what is to be thought of it: top1 (is the first match the place), false_sure, wrong."""
    spot, known = reading.shot.spot, reading.shot.known
    first = found.matches[0] if found.matches else None
    top1 = known and first is not None and first.place.id == place_id(spot)
    listed = known and any(match.place.id == place_id(spot) for match in found.matches)
    false_sure = found.verdict == "sure" and not top1
    return {
        "number": reading.shot.number,
        "located": legible.position is not None,
        "trouble": reading.shot.trouble,
        "kin": spot.kin,
        "known": known,
        "name": spot.name,
        "read": found.text,
        "verdict": found.verdict,
        "first": None if first is None else first.place.name,
        "probability": None if first is None else round(first.probability, 3),
        "top1": top1,
        "listed": listed,
        "false_sure": false_sure,
        "wrong": false_sure or (known and not top1),
    }


def figures(results: list[dict[str, Any]]) -> dict[str, Any]:
    known = [result for result in results if result["known"]]
    sure = [result for result in results if result["verdict"] == "sure"]
    unknown = [result for result in results if not result["known"]]
    return {
        "top1": share(known, "top1"),
        "listed": share(known, "listed"),
        "called_sure": round(len(sure) / len(results), 3),
        "false_sure": share(results, "false_sure"),
        "false_among_sure": share(sure, "false_sure"),
        "unknown_places": len(unknown),
        "unknown_called_none": round(sum(one["verdict"] == "none" for one in unknown) / max(1, len(unknown)), 3),
        "top1_by_trouble": {name: share(of(known, "trouble", name), "top1") for name in values(known, "trouble")},
        "top1_by_kin": {name: share(of(known, "kin", name), "top1") for name in values(known, "kin")},
    }


def share(results: list[dict[str, Any]], key: str) -> float:
    return round(sum(bool(result[key]) for result in results) / max(1, len(results)), 3)


def of(results: list[dict[str, Any]], key: str, value: str) -> list[dict[str, Any]]:
    return [result for result in results if result[key] == value]


def values(results: list[dict[str, Any]], key: str) -> list[str]:
    return sorted({result[key] for result in results})


def write_failures(failures: list[dict[str, Any]], out: Path) -> Path:
    """One picture with every look-up that went wrong."""
    columns, high = 5, TILE
    sheet = Image.new("RGB", (columns * TILE, max(1, -(-len(failures) // columns)) * high), "white")
    draw, faces = ImageDraw.Draw(sheet), debian_faces()
    for at, failure in enumerate(failures):
        x, y = at % columns * TILE, at // columns * high
        photo = Image.fromarray(read_photo(out / "photos" / f"{failure['number']:03}.jpg").pixels)
        photo.thumbnail((TILE - 12, high - 110))
        sheet.paste(photo, (x, y))
        lines = (
            f"#{failure['number']} {'with' if failure['located'] else 'without'} position, {failure['trouble']}",
            f"is: {failure['name']} ({failure['kin']}{'' if failure['known'] else ', not in the store'})",
            f"read: {' / '.join(failure['read'].splitlines())[:56]}",
            f"said: {failure['verdict']} {failure['first'] or ''} {failure['probability'] or ''}",
        )
        for row, line in enumerate(lines):
            draw.text((x + 4, y + high - 106 + 20 * row), line, fill="black", font=faces.font(line, 13, 5))
    path = out / "failures.jpg"
    sheet.save(path, quality=80)
    return path


if __name__ == "__main__":
    main()
