"""How many threads are worth using: the cores that this process may run on, without the slow ones of a big-little chip.

The smallest of four counts: the process's affinity, what a container's quota pays for, physical cores (two threads of
one core share the units that integer products need), and the fast cores where cores differ: a product waits for its
slowest part, so a core of half the speed adds nothing.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

FAST = 0.6  # of the fastest core's capacity; "big" cores beside a "prime" one have 0.7 to 0.9, "little" ones up to 0.5
ROOT = Path("/")


def usable_cores(root: Path = ROOT) -> int:
    """Threads for the networks of one process, at least 1.

    Args:
        root: where /sys and /proc are; tests set it.
    """
    cpus = _affinity()
    fast = _fast(cpus, root)
    cores = {_core(cpu, root) for cpu in fast}
    return max(1, min(len(cores), _quota(root)))


def _affinity() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _fast(cpus: list[int], root: Path) -> list[int]:
    """Those whose capacity, or else highest clock, is near the best of them; all where nothing is known."""
    folder = root / "sys/devices/system/cpu"
    for name in ("cpu_capacity", "cpufreq/cpuinfo_max_freq"):
        speeds = {cpu: _number(folder / f"cpu{cpu}" / name) for cpu in cpus}
        known = [speed for speed in speeds.values() if speed is not None]
        if known and len(known) == len(cpus):
            return [cpu for cpu, speed in speeds.items() if speed is not None and speed >= FAST * max(known)]
    return cpus


def _core(cpu: int, root: Path) -> str:
    """What names a logical processor's physical core; its own number where that is not known."""
    path = root / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
    return _text(path) or str(cpu)


def _quota(root: Path) -> int:
    """Whole cores that the control groups of the process pay for; a part of one counts as one."""
    shares = [share for folder in _groups(root) if (share := _share(folder)) is not None]
    return max(1, math.ceil(min(shares, default=math.inf) - 1e-6)) if shares else 1 << 16


def _groups(root: Path) -> list[Path]:
    """The folders of the process's control groups, version 2 and 1, each with those that it lies in."""
    folders = []
    for line in (_text(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers == "" or "cpu" in controllers.split(","):
            top = root / "sys/fs/cgroup" / ("" if controllers == "" else "cpu")
            below = Path(path.lstrip("/"))
            folders += [top / part for part in (below, *below.parents)]
    return folders


def _share(folder: Path) -> float | None:
    """Cores that a control group may use; None for no limit."""
    quota, _, period = (_text(folder / "cpu.max") or "").partition(" ")
    if not quota:
        quota, period = (_text(folder / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period"))
    try:
        share = float(quota) / float(period)
    except (ValueError, ZeroDivisionError):  # "max", or nothing there
        return None
    return share if share > 0 else None


def _number(path: Path) -> float | None:
    text = _text(path)
    return float(text) if text and text.isdigit() else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
