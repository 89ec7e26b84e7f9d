"""Does a bundle's graph compute what its definition computes? One comparison, and how large a difference may be.

The definition is given the weights that the graph holds, so that what is compared is arithmetic, not quantisation. A
graph that rounds activations to 8 bits is run twice: once with that turned off, where it must equal the definition as
closely as float32 allows; and once as it is shipped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from pocketvlm.errors import ExportError, ParityError
from pocketvlm.graphs.exact import open_exact, rounds_activations
from pocketvlm.graphs.session import open_session
from pocketvlm.graphs.tensors import Tensors

# How large the largest difference may be, as a share of the largest value of the definition's output.
TOLERANCES = {
    # The same float32 products summed in another order, tens of layers deep: 3e-6 is seen in nano's thirty layers and
    # less in small models. A constant that is wrong in its third digit gives more than this.
    "exact": 2e-4,
    # Activations rounded to 8 bits, about 0.7% a product: 4% is seen in nano, 3% at 1.7B. What this must catch
    # is rounding that breaks down, as it does where a few channels are far above the others.
    "rounded": 0.25,
    # One position at a time against all at once, where activations are rounded: other kernels sum in other orders, and
    # now and then a value falls to the next step. 2% is seen, in nano and at 1.7B; a wrong position changes the logits
    # altogether.
    "rounded, one at a time": 0.1,
    # Weights stored in half precision against single: 2**-12 each, a few parts in a thousand after tens of layers.
    "half": 1e-2,
}


@dataclass(frozen=True)
class StageResult:
    """One comparison.

    Attributes:
        stage: what was compared, e.g. "projector".
        max_abs_diff: the largest difference between two values.
        tolerance: the largest one that is allowed; None for a loss that is only reported.
        cosine: between both outputs, as one long vector each.
        seconds: what the stage took, its definition included.
    """

    stage: str
    max_abs_diff: float
    tolerance: float | None
    cosine: float
    seconds: float


def compare(stage: str, found: np.ndarray, wanted: np.ndarray, tolerance: str | None, started: float) -> StageResult:
    """Compare a graph's output with its definition's.

    Args:
        tolerance: a key of `TOLERANCES`, or None to report without judging.
        started: `time.perf_counter()` at the stage's beginning.
    Raises:
        ExportError: the outputs have different shapes.
        ParityError: the difference is larger than allowed, or no number.
    """
    if found.shape != wanted.shape:
        raise ExportError(f"{stage}: the graph gives {list(found.shape)}, its definition {list(wanted.shape)}")
    largest = float(np.abs(found - wanted).max())
    allowed = None if tolerance is None else TOLERANCES[tolerance] * float(np.abs(wanted).max())
    if allowed is not None and not largest <= allowed:  # so that NaN fails as well
        raise ParityError(stage, largest, allowed)
    return StageResult(stage, largest, allowed, _cosine(found, wanted), time.perf_counter() - started)


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.vdot(a, b)) / lengths if lengths else 1.0


@dataclass(frozen=True)
class Stage:
    """A graph and its definition.

    Attributes:
        name: what errors and the report call it.
        path: the graph.
        output: the graph's output that is compared.
        definition: gives what the output must be, from weights.
        held: reads the weights that the graph holds.
        checkpoint: the weights that it was made from, where those are at hand.
        stored: how weights are stored: "fp32", "fp16", "int8" or "q4".
    """

    name: str
    path: Path
    output: str
    definition: Callable[[Tensors], np.ndarray]
    held: Callable[[], Tensors]
    checkpoint: Tensors | None
    stored: str

    def check(self, feeds: dict[str, Any], threads: int | None) -> tuple[np.ndarray, list[StageResult]]:
        """Run graph and definition, and compare; what the shipped graph gives is returned for the next stage.

        Raises:
            ExportError: the graph or the definition cannot be run.
            ParityError: they differ by more than is allowed.
        """
        started = time.perf_counter()
        wanted = self._guarded(lambda: self.definition(self.held()))
        results = []
        rounds = rounds_activations(self.path)
        if rounds:
            exact = self._guarded(lambda: self._run(open_exact(self.path, threads), feeds))
            results.append(compare(self.name, exact, wanted, "exact", started))
            started = time.perf_counter()
        found: np.ndarray = self._guarded(lambda: self._run(open_session(self.path, threads), feeds))
        name = f"{self.name}, activations in 8 bits" if rounds else self.name
        results.append(compare(name, found, wanted, "rounded" if rounds else "exact", started))
        if self.checkpoint is not None:
            started, checkpoint = time.perf_counter(), self.checkpoint
            theirs = self._guarded(lambda: self.definition(checkpoint))
            judged = None if rounds else {"fp32": "exact", "fp16": "half"}.get(self.stored)
            results.append(compare(f"{self.name}, against the checkpoint", found, theirs, judged, started))
        return found, results

    def _run(self, session: ort.InferenceSession, feeds: dict[str, Any]) -> np.ndarray:
        types = {given.name: given.type for given in session.get_inputs()}
        held = {name: value.astype(np.int8) if types[name] == INT8 else value for name, value in feeds.items()}
        output: np.ndarray = session.run([self.output], held)[0]
        return output

    def _guarded(self, compute: Callable[[], Any]) -> Any:
        """What the runtime, the file system and the definitions raise, as one line that names the stage."""
        try:
            return compute()
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ExportError(f"{self.name}: cannot be run: {reason[:LONGEST_REASON]}") from error


INT8 = "tensor(int8)"  # of an empty cache, which `open_exact` makes float32
LONGEST_REASON = 400  # characters of an error that may list every tensor of a model
