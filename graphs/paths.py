"""Names of files as a manifest or a graph gives them: never trusted to stay in their folder."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath


def path_problem(folder: Path, name: str) -> str | None:
    """Why `name` must not be opened as a file of `folder`, or None if it may be.

    Links are followed: what counts is where the bytes lie. The file need not exist.
    """
    given = PureWindowsPath(name)  # which knows both kinds of slashes, and drives, on every system
    if not name or "\0" in name:
        return f"{name!r} is no file name"
    if given.anchor:
        return f"{name!r} is an absolute path"
    if ".." in given.parts:
        return f"{name!r} leads out of the folder"
    root = os.path.realpath(folder)
    if not Path(os.path.realpath(folder / name)).is_relative_to(root):
        return f"{name!r} is a link out of the folder"
    return None
