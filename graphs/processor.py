"""What this machine's processor can do, as far as a choice between two ways to compute hangs on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
DOT_PRODUCTS = "avx512_vnni"  # as Linux calls it


@cache
def has_int8_dot_products(cpuinfo: Path = CPUINFO) -> bool:
    """Whether INT8 matrices multiply several times as fast as float ones, and without overflow.

    That is known of x86 processors with AVX-512 VNNI. Older ones sum two products of unsigned by signed bytes in 16
    bits, where large ones overflow; of Arm's and of other systems nothing was measured.
    """
    try:
        lines = cpuinfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return False
    return any(DOT_PRODUCTS in line.split() for line in lines if line.startswith("flags"))
