"""Check that the plain install of this environment is light: no torch, under 600 MB, and a quick `pocketvlm --help`.

Run it with the environment's own Python, installed by `pip install .` alone. Exits 1 when a limit is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import time
from importlib.metadata import distributions
from pathlib import Path
from statistics import median

LIMIT_BYTES = 600_000_000
LIMIT_HELP_S = 0.5
RUNS = 7


def main() -> int:
    site = Path(sysconfig.get_path("purelib"))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file() and not path.is_symlink())
    torch = [one.name for one in distributions() if one.name in ("torch", "torchvision", "tensorflow", "jax")]
    seconds = median(help_seconds() for _ in range(RUNS))
    print(json.dumps({"site_packages_bytes": size, "torch_packages": torch, "help_s": round(seconds, 3), "runs": RUNS}))
    return int(size > LIMIT_BYTES or bool(torch) or seconds > LIMIT_HELP_S)


def help_seconds() -> float:
    command = Path(sys.executable).parent / "pocketvlm"
    started = time.perf_counter()
    subprocess.run([command, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
