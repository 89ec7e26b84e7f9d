"""Ctrl-C and SIGTERM end a run between two steps, with a checkpoint."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType
from typing import Any


class Stop:
    """Within, the first signal only sets `asked`; the second Ctrl-C interrupts at once.

    Args:
        minutes: after that long, `asked` is set as well. 0 is no limit.

    Attributes:
        signalled: whether a signal came to this process.
    """

    def __init__(self, minutes: float) -> None:
        self.signalled = False
        self._end = time.monotonic() + 60 * minutes if minutes else float("inf")
        self._old: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether to end after this step."""
        return self.signalled or time.monotonic() >= self._end

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():  # the only one that may handle signals
            self._old = {one: signal.signal(one, self._handle) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *error: object) -> None:
        for one, handler in self._old.items():
            signal.signal(one, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.signalled and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.signalled = True
