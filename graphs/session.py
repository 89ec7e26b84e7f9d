"""Opens ONNX graphs on the CPU, the same way for every stage."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime as ort

from pocketvlm.graphs.names import FACTS
from pocketvlm.graphs.threads import usable_cores
from pocketvlm.graphs.turns import Turns


@cache
def turns() -> Turns:
    """The cores of this process, which all its sessions share."""
    return Turns(usable_cores())


class Session(ort.InferenceSession):  # type: ignore[misc]  # the package has no types
    """An ONNX Runtime session whose runs take turns with those of the process's other sessions."""

    def __init__(self, path: str, options: ort.SessionOptions) -> None:
        """
        Args:
            options: from `session_options`, which say how many cores a run takes.
        """
        super().__init__(path, options, providers=["CPUExecutionProvider"])
        self._cores = options.intra_op_num_threads

    def run(self, *arguments: Any, **named: Any) -> Any:
        """As ONNX Runtime's."""
        with turns().take(self._cores):
            return super().run(*arguments, **named)

    def run_with_iobinding(self, *arguments: Any, **named: Any) -> Any:
        """As ONNX Runtime's."""
        with turns().take(self._cores):
            return super().run_with_iobinding(*arguments, **named)


def open_session(path: Path, threads: int | None, spinning: bool = True) -> Session:
    """Open an ONNX graph.

    Args:
        path: the .onnx file; its external data lies beside it.
        threads: cores to use; `usable_cores` when None.
        spinning: let idle workers wait busily for the next operator: faster for a network that runs again and again
            (decoding), a waste of cores for networks that take turns. None spins between two runs.
    """
    options = session_options(threads)
    # Workers that go on spinning after a run take cores from whoever runs next: another session, or Python.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    if not spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return Session(str(path), options)


def facts_of(session: ort.InferenceSession) -> dict[str, Any]:
    """What a graph says of itself (`GraphWriter.save`); nothing where it says nothing."""
    found: dict[str, Any] = json.loads(session.get_modelmeta().custom_metadata_map.get(FACTS, "{}"))
    return found


def shrinking() -> ort.RunOptions:
    """Options of a run after which the session gives back the memory that its activations took."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def session_options(threads: int | None) -> ort.SessionOptions:
    """What every session is opened with; `threads` as for `open_session`."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or turns().cores
    options.log_severity_level = 3  # errors only: a library does not write to its user's terminal
    return options
