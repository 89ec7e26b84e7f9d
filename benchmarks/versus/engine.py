"""What is asked of every engine; each runs in a process of its own, and only one is at work at a time."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Job:
    """What an engine is started with.

    Attributes:
        model: the shape: "language" and "vision" as Hugging Face's `config.json` has them, and "image_tokens".
        files: the folder or the files that the engine reads, by what they are.
        threads: processor cores to use.
        context: positions that must fit.
        options: what this engine is to do differently from its sibling.
    """

    model: dict[str, Any]
    files: dict[str, str]
    threads: int
    context: int
    options: dict[str, Any]


class Engine(Protocol):
    """Methods return the seconds that count, or None where all of a call counts. An engine has those that it can do.

    Opening the engine's libraries is the constructor's work, opening the model `load`'s.
    """

    version: str

    def __init__(self, job: Job) -> None: ...

    def load(self) -> None:
        """Open the files; everything that happens once."""

    def encode(self, image: bytes) -> float:
        """From decoded pixels to image tokens, resizing included, decoding the file not."""

    def prefill(self, ids: list[int]) -> float:
        """From an empty cache to the logits that follow these ids."""

    def decode(self, ids: list[int], steps: int) -> float:
        """So many greedy single-token steps after these ids, which are computed first and do not count."""

    def first_token(self, image: bytes, before: list[int], after: list[int]) -> float:
        """From an image file's bytes, with ids before and after its tokens, to the first token's logits."""

    def cache(self) -> dict[str, float]:
        """The bytes of keys and values that one position takes."""


def peak_rss_bytes() -> int:
    """The largest resident memory of this process, mapped weights that were touched included.

    Not getrusage's where there is another: Linux starts that at the size of the process that began this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def check_image_tokens(job: Job, tokens: np.ndarray) -> None:
    """
    Raises:
        ValueError: another number or width of image tokens: this engine did another job than the others.
    """
    wanted = (1, job.model["image_tokens"], job.model["language"]["hidden_size"])
    if tokens.shape != wanted:
        raise ValueError(f"image tokens of shape {tokens.shape}, not {wanted}")
