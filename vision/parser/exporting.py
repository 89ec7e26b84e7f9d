"""From a trained parser to the files of a bundle: INT8 graphs, calibrated on screens and held against the float ones.

Needs the packages of the `export` extra.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pocketvlm.graphs.session import open_session
from pocketvlm.vision.calibration import calibrate
from pocketvlm.vision.efficientnet_graph import write_tower
from pocketvlm.vision.parser.decoding import overlap
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.elements import Element
from pocketvlm.vision.parser.graph import write_looks, write_parser
from pocketvlm.vision.parser.looks import LookClassifier
from pocketvlm.vision.parser.runtime import MAPS
from pocketvlm.vision.parser.runtime import ScreenParser as Runtime
from pocketvlm.vision.screen_input import fit_screen

PRECISION = {"vision_encoder": "int8", "screen_parser": "int8", "look_classifier": "fp32"}
SURE = 0.5  # score of an element that INT8 must find as well; weaker ones come and go with any rounding
SAME_PLACE = 0.5  # intersection over union


@dataclass(frozen=True)
class Agreement:
    """How far INT8 finds what the float graphs find.

    Attributes:
        elements: how many the float graphs are sure of.
        found: the share of those that INT8 finds: the same role at the same place.
        same_state: the share of those found that have the same state and are as able to be used.
        same_look: the share of those found that show something in both that show the same.
        cosine: of the image features with the float ones, the mean over the screens.
    """

    elements: int
    found: float
    same_state: float
    same_look: float
    cosine: float


def export_parser(
    parser: ScreenParser,
    looks: LookClassifier,
    folder: Path,
    onnx: Path,
    screens: Sequence[np.ndarray],
    threads: int | None = None,
) -> Agreement:
    """Write a bundle's `parser_config.json` and the graphs of `PRECISION`.

    Args:
        parser: trained; its batch norms' statistics are used as they are.
        looks: trained on this parser's encoder.
        folder, onnx: the bundle's folder, and the one in it for graphs.
        screens: a few dozen, (H, W, 3) uint8 RGB each, on which INT8 is calibrated and then judged.
        threads: cores to use; all physical ones when None.
    Raises:
        ValueError: there is no screen.
    """
    parser.eval()
    looks.eval()
    parser.config.save(folder / "parser_config.json")
    with tempfile.TemporaryDirectory() as whole:
        floats = Path(whole)
        _write(parser, floats, screens, threads)
        write_looks(looks, floats)
        for path in sorted(floats.glob("*_int8.*")) + sorted(floats.glob("look_classifier.*")):
            shutil.copy(path, onnx)
        return _agreement(parser, floats, onnx, screens, threads)


def _write(parser: ScreenParser, folder: Path, screens: Sequence[np.ndarray], threads: int | None) -> None:
    """The float graphs, and the INT8 ones beside them."""
    inputs = [fit_screen(screen, parser.config.input).pixels for screen in screens]
    held = write_tower(parser.encoder, folder)
    encoder = folder / "vision_encoder.onnx"
    write_tower(parser.encoder, folder, calibrate(encoder, held, ({"pixel_values": x} for x in inputs), threads))
    held = write_parser(parser, folder)
    session = open_session(encoder, threads, spinning=False)
    maps = (dict(zip(MAPS, session.run(MAPS, {"pixel_values": x}), strict=True)) for x in inputs)
    write_parser(parser, folder, calibrate(folder / "screen_parser.onnx", held, maps, threads))


def _agreement(
    parser: ScreenParser, floats: Path, onnx: Path, screens: Sequence[np.ndarray], threads: int | None
) -> Agreement:
    exact, shipped = (
        Runtime(
            place / f"vision_encoder{term}.onnx",
            place / f"screen_parser{term}.onnx",
            place / "look_classifier.onnx",
            parser.config,
            threads,
        )
        for place, term in ((floats, ""), (onnx, "_int8"))
    )
    cosines, pairs = [], []
    for screen in screens:
        wanted, found = exact.parse(screen), shipped.parse(screen)
        cosines.append(cosine(wanted.image_features, found.image_features))
        pairs += [(element, _match(element, found.elements)) for element in wanted.elements if element.score >= SURE]
    matched = [(a, b) for a, b in pairs if b is not None]
    states = [(a.active, a.disabled) == (b.active, b.disabled) for a, b in matched]
    seen = [a.look == b.look for a, b in matched if a.look is not None]
    as_well = _share(len(matched), len(pairs))
    return Agreement(len(pairs), as_well, _mean(states), _mean(seen), float(np.mean(cosines)))


def _match(element: Element, others: Sequence[Element]) -> Element | None:
    """The element of the same role that lies where this one does."""
    alike = [other for other in others if other.role == element.role]
    if not alike:
        return None
    shared = overlap(np.array(element.box, float), np.array([other.box for other in alike], float))
    best = int(shared.argmax())
    return alike[best] if shared[best] >= SAME_PLACE else None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _mean(same: Sequence[bool]) -> float:
    return _share(sum(same), len(same))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Between two arrays, as one long vector each."""
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float(np.vdot(a, b)) / lengths if lengths else 1.0
