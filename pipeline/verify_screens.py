"""The stages of `verify` for a bundle that parses screens: do its INT8 kernels compute what its graphs say?

A graph of `QuantizeLinear` and `DequantizeLinear` can be run as it is written, in floating point between roundings, or
as the runtime joins it, in integers. Both must come to the same; where a processor clips sums silently they do not.
That the graphs find what the trained parser finds was seen at export (`vision.parser.exporting`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime as ort

from pocketvlm.bundle import PARSER_CONFIG, Bundle
from pocketvlm.errors import ExportError
from pocketvlm.graphs.session import open_session, session_options
from pocketvlm.parity import StageResult, compare
from pocketvlm.vision.parser.close_up import close_ups, frames
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.runtime import MAPS, POOLED_MAPS, SAID
from pocketvlm.vision.screen_input import fit_screen, normalise

# Kernels sum in other orders, and now and then a value falls to the next of 256 steps: 3% is seen, no more than there.
TOLERANCE = "rounded, one at a time"


class ScreenStages:
    """The encoder, the parser and the look classifier of a bundle, each given what the one before it gives.

    Attributes:
        image_features: (1, N, C), once the encoder was checked.
        grid: the rows and columns that they lie in.
    """

    image_features: np.ndarray
    grid: tuple[int, int]

    def __init__(self, bundle: Bundle, threads: int | None) -> None:
        self._bundle = bundle
        self._threads = threads
        self._config = ParserConfig.load(bundle.folder / PARSER_CONFIG)

    def check(self, image: np.ndarray) -> Iterator[list[StageResult]]:
        """A comparison or more for each of the three graphs.

        Args:
            image: (H, W, 3) uint8 RGB.
        Raises:
            ExportError: a graph cannot be run, or gives other shapes than its config says.
            ParityError: the kernels differ from the graph.
        """
        pixel_values = fit_screen(image, self._config.input).pixels
        maps, results = self._stage("vision_encoder", {"pixel_values": pixel_values}, [*MAPS, "image_features"])
        self.image_features, (_, _, *grid) = maps.pop("image_features"), maps["stride32"].shape
        self.grid = (grid[0], grid[1])
        yield results
        said, results = self._stage("screen_parser", maps, list(SAID))
        yield results
        words, results = self._stage("look_classifier", self._close_up(image), ["logits"])
        self._check_sizes(said["roles"].shape[-1], words["logits"].shape[-1])
        yield results

    def _stage(
        self, part: str, feeds: dict[str, np.ndarray], outputs: list[str]
    ) -> tuple[dict[str, np.ndarray], list[StageResult]]:
        started = time.perf_counter()
        path, name = self._bundle.graph(part), part.replace("_", " ")
        try:
            found = open_session(path, self._threads).run(outputs, feeds)
            wanted = _as_written(path, self._threads).run(outputs, feeds)
        except Exception as error:  # the runtime raises types of its own
            raise ExportError(f"{name}: cannot be run: {' '.join(str(error).split())}") from error
        pairs = zip(outputs, found, wanted, strict=True)
        results = [compare(f"{name}, {output}", ours, theirs, TOLERANCE, started) for output, ours, theirs in pairs]
        return dict(zip(outputs, found, strict=True)), results

    def _close_up(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """What the encoder sees of the whole picture as one close-up."""
        places = frames(np.array([0, 0, *image.shape[1::-1]]), ["picture"])
        squares = close_ups(image, places, self._config.close_up)
        session = open_session(self._bundle.graph("vision_encoder"), self._threads)
        seen = session.run(POOLED_MAPS, {"pixel_values": normalise(squares, self._config.input)})
        return dict(zip(POOLED_MAPS, seen, strict=True))

    def _check_sizes(self, roles: int, looks: int) -> None:
        for what, count, names in (("roles", roles, self._config.roles), ("looks", looks, self._config.looks)):
            if count != len(names):
                raise ExportError(f"screen parser: it tells {count} {what} apart, {PARSER_CONFIG} names {len(names)}")


def _as_written(path: Path, threads: int | None) -> ort.InferenceSession:
    """A graph in which the runtime joins nothing."""
    options = session_options(threads)
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
