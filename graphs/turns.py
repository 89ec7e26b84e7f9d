"""Networks that run at the same time take turns, so that two sessions do not ask for the same cores.

Workers of a run spin while they wait for each other. Two runs that both want every core leave each other's workers off
the processor, and all wait: both take far longer than one after the other.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Cores that runs take and give back, first come, first served."""

    def __init__(self, cores: int) -> None:
        """
        Args:
            cores: that may be taken at once.
        """
        self.cores = cores
        self._free = cores
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def take(self, cores: int) -> Iterator[None]:
        """Wait for that many cores, at most all, and hold them."""
        wanted = max(1, min(cores, self.cores))
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                self._changed.wait_for(lambda: self._queue[0] is ticket and self._free >= wanted)
                self._free -= wanted
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += wanted
                self._changed.notify_all()
