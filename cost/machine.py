"""Describes the machine that something was measured on."""

from __future__ import annotations

import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort

from pocketvlm.cost.energy import energy_meter
from pocketvlm.cost.memory import total_bytes
from pocketvlm.cost.results import Machine

CPUINFO = Path("/proc/cpuinfo")
ARRAY_BYTES = 256 << 20  # eight times a desktop's last cache, so that reading it is reading memory
PASSES = 5


def describe_machine(threads: int | None = None) -> Machine:
    """This machine; takes about a second, for the memory's speed.

    Args:
        threads: cores that are to be used; all physical ones when None.
    """
    processors = _processors()
    cores = _physical_cores(processors)
    used = threads or cores
    name = next((one["model name"] for one in processors if "model name" in one), platform.processor())
    return Machine(
        name=name or platform.machine(),
        cores=cores,
        threads=used,
        memory_bytes=total_bytes(),
        memory_bytes_per_s=memory_speed(used),
        os=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        onnxruntime=ort.__version__,
        energy=energy_meter(used).source,
    )


def memory_speed(threads: int) -> float:
    """Bytes a second that reading a large array takes from memory, the best of some passes."""
    array = np.ones(ARRAY_BYTES // 4, dtype=np.float32)
    parts = np.array_split(array, threads)
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(PASSES):
            started = time.perf_counter()
            list(pool.map(lambda part: np.dot(part, part), parts))  # which lets other threads run meanwhile
            best = max(best, array.nbytes / (time.perf_counter() - started))
    return best


def _processors() -> list[dict[str, str]]:
    """One entry a logical processor, as Linux tells; none elsewhere."""
    try:
        text = CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    return [dict(_entry(line) for line in block if ":" in line) for block in blocks]


def _entry(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _physical_cores(processors: list[dict[str, str]]) -> int:
    """Two logical processors of one core count once."""
    places = {(one.get("physical id"), one["core id"]) for one in processors if "core id" in one}
    return len(places) or os.cpu_count() or 1
