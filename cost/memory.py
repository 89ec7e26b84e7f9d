"""Memory of this process, as the operating system counts it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc/self")
MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Resident:
    """What of a process lies in memory now, in bytes. Mapped files can be dropped and read again; the rest cannot.

    Attributes:
        rss: all of it.
        pss: the same with pages that several processes share divided among them.
        file: pages of mapped files: weights, libraries.
        anonymous: the heap: prepacked weights, activations, the cache.
    """

    rss: int
    pss: int
    file: int
    anonymous: int


def resident() -> Resident | None:
    """This process's pages by kind; None where the system does not tell.

    Source: /proc/self/smaps_rollup, proc_pid_smaps(5).
    """
    fields = _fields(PROC / "smaps_rollup")
    if not {"Rss", "Pss", "Anonymous"} <= fields.keys():
        return None
    return Resident(fields["Rss"], fields["Pss"], fields["Rss"] - fields["Anonymous"], fields["Anonymous"])


def own_peak_rss_bytes() -> int:
    """The largest resident set of this program. `getrusage` tells that of the program that started it, if larger.

    Source: VmHWM in /proc/self/status, proc_pid_status(5); elsewhere as `peak_rss_bytes`.
    """
    return _fields(PROC / "status").get("VmHWM") or peak_rss_bytes()


def available_bytes() -> int | None:
    """Memory that can be had without swapping; None where the system does not tell.

    Source: MemAvailable in /proc/meminfo, proc_meminfo(5).
    """
    return _fields(MEMINFO).get("MemAvailable")


def total_bytes() -> int:
    """The machine's memory; 0 where the system does not tell."""
    return _fields(MEMINFO).get("MemTotal", 0)


def _fields(path: Path) -> dict[str, int]:
    """Lines such as `Rss: 12 kB` as bytes by name; nothing where there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    split = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in split if len(words) == 3 and words[2] == "kB"}


def peak_rss_bytes() -> int:
    """The largest resident set so far, mapped weights that were touched included.

    Source: getrusage(2); on Windows PeakWorkingSetSize.
    """
    if sys.platform == "win32":
        return _peak_working_set_bytes()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux kibibytes


def _peak_working_set_bytes() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [  # ctypes reads this list as it is
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            *[(name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", "WorkingSetSize", *"abcdef")],
        ]

    counters = Counters()
    windll = ctypes.windll  # type: ignore[attr-defined]
    handle = windll.kernel32.GetCurrentProcess()
    windll.psapi.GetProcessMemoryInfo(handle, ctypes.byref(counters), ctypes.sizeof(counters))
    return int(counters.PeakWorkingSetSize)
