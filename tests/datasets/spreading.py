"""Functions that tests spread over workers, which import them from here."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


def square(number: int) -> int:
    return number * number


@dataclass(frozen=True)
class FirstIsLast:
    """Gives numbers back; 0 waits until 3 was done."""

    folder: Path

    def __call__(self, number: int) -> int:
        while number == 0 and not (self.folder / "3").exists():
            time.sleep(0.01)
        (self.folder / str(number)).touch()
        return number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ValueError("three is bad")
    return number


@dataclass(frozen=True)
class DieOnce:
    """Squares numbers and notes each try; the worker that has number 3 for the first time is killed."""

    folder: Path

    def __call__(self, number: int) -> int:
        tries = len(list(self.folder.glob(f"{number}-*")))
        (self.folder / f"{number}-{tries}").write_text(str(os.getpid()))
        if number == 3 and tries == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@dataclass(frozen=True)
class Slow:
    """Notes that a number was begun, and by which process, then takes its time over it."""

    folder: Path
    seconds: float

    def __call__(self, number: int) -> int:
        (self.folder / f"{number}.begun").write_text(str(os.getpid()))
        time.sleep(self.seconds if number else 0)
        (self.folder / f"{number}.done").touch()
        return number
