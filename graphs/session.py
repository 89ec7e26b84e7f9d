"""Opens ONNX graphs on the CPU, the same way for every stage."""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort


def open_session(path: Path, threads: int | None, spinning: bool = True) -> ort.InferenceSession:
    """Open an ONNX graph.

    Args:
        path: the .onnx file; its external data lies beside it.
        threads: cores to use; all physical ones when None.
        spinning: let idle workers wait busily for the next operator: faster for a network that runs again and again
            (decoding), a waste of cores for networks that take turns.
    """
    options = session_options(threads)
    if not spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def session_options(threads: int | None) -> ort.SessionOptions:
    """What every session is opened with; `threads` as for `open_session`."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3  # errors only: a library does not write to its user's terminal
    return options
