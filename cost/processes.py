"""Runs a function in a process of its own, so that nothing measured before is in its memory.

Not by `multiprocessing`, which would import the caller's main module again, and with it whatever that imports.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from pocketvlm.cost.processes import answer; answer()"
)


class ProcessDiedError(ValueError):
    """The process ended without an answer; the system ends those for which memory runs out."""


def in_fresh_process(work: Callable[..., T], *arguments: Any) -> T:
    """What `work(*arguments)` returns, called in a new process.

    Args:
        work: a function that a module names, as pickle needs it.
    Raises:
        ProcessDiedError: there is no answer; the message gives the exit code.
        Exception: what `work` raised.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in a terminal reaches its whole group; the one that waits decides
    )
    try:
        sent, _ = process.communicate(pickle.dumps(sys.path) + pickle.dumps((work, arguments)))
    finally:
        process.kill()
        process.wait()
    if not sent:
        raise ProcessDiedError(
            f"{getattr(work, '__name__', 'the work')} ended with exit code {process.returncode} and no answer: "
            "memory may have run out"
        )
    result, error = pickle.loads(sent)
    if error is not None:
        raise error
    found: T = result
    return found


def answer() -> None:
    """The child's side: read what is to be done, do it, write what came out."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get into the answer
    try:
        work, arguments = pickle.load(sys.stdin.buffer)
        sent = pickle.dumps((work(*arguments), None))
    except Exception as error:
        sent = as_sent(error)
    with pipe:
        pipe.write(sent)


def as_sent(error: Exception) -> bytes:
    """An error as the parent gets it; one that pickle cannot take or make again becomes a ValueError."""
    try:
        sent = pickle.dumps((None, error))
        pickle.loads(sent)
    except Exception:
        return pickle.dumps((None, ValueError(f"{type(error).__name__}: {error}")))
    return sent
