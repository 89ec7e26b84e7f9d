"""The report's files."""

from __future__ import annotations

import os
from pathlib import Path

from pocketvlm.cost.report.document import Document
from pocketvlm.cost.report.html import to_html
from pocketvlm.cost.report.markdown import to_markdown
from pocketvlm.cost.report.png import write_png

PAGE, TEXT, PLOTS = "report.html", "report.md", "plots"


def write_document(document: Document, folder: Path) -> Path:
    """Write the page, the Markdown and the plots into a folder; plots of an earlier report are replaced.

    Args:
        document: what to write.
        folder: is made where it is missing.
    Returns:
        The page.
    Raises:
        OSError: the folder cannot be written.
    """
    plots = folder / PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    kept = {write_png(drawing, plots) for drawing in document.drawings()}
    for old in set(plots.glob("*.png")) - kept:
        old.unlink()
    _write(folder / TEXT, to_markdown(document))
    return _write(folder / PAGE, to_html(document))


def _write(path: Path, text: str) -> Path:
    """Write so that a stop in between leaves the old file, not half of the new one."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
    return path
