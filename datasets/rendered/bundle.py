"""The web pages that draw screens: bundled once from web/ with npm and esbuild, and kept in a cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent / "web"
_IGNORED = {"node_modules", "__pycache__"}
_READY = "ready"  # stands in a bundle that is complete


def cache_folder() -> Path:
    """Where bundles are kept: $XDG_CACHE_HOME or ~/.cache, then pocketvlm/web."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pocketvlm" / "web"


def sources_hash() -> str:
    """Names a bundle: the same sources and locked packages give the same pages."""
    digest = hashlib.sha256()
    for path in sorted(path for path in SOURCES.rglob("*") if path.is_file()):
        name = path.relative_to(SOURCES)
        if not _IGNORED & set(name.parts):
            digest.update(f"{name.as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def pages_folder() -> Path:
    """The bundled pages, one folder a kit, and the pictures; built on first use, which takes about a minute.

    Raises:
        FileNotFoundError: npm or node is missing.
        OSError: npm or the bundler failed; the message holds what they said.
    """
    folder = cache_folder() / sources_hash()
    if not (folder / _READY).exists():
        _build(folder)
    return folder


def _build(folder: Path) -> None:
    npm, node = _tool("npm"), _tool("node")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as temporary:
        work = Path(temporary)
        shutil.copytree(SOURCES, work, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_IGNORED))
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
        _run([node, "build.mjs", "pages"], work)
        (work / "pages" / _READY).touch()
        if not (folder / _READY).exists():  # another process may have been faster
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(work / "pages", folder)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(
            f"{name} is not on the PATH: rendering screens needs Node.js 18 or later with npm, once, to bundle its "
            "pages (Debian: apt install nodejs npm; or https://nodejs.org)"
        )
    return found


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise OSError(
            f"{Path(command[0]).name} {command[1]} failed while bundling the pages that draw screens:\n{said}"
        )
