"""The page that shows what a model got wrong: pictures with boxes, right and given answers, failures first.

One HTML file with its data inside and the pictures, made smaller, in a folder beside it; it needs no network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from PIL import Image

from pocketvlm.datasets.rows import write_whole
from pocketvlm.datasets.scoring import Scored
from pocketvlm.evaluation_report import Report, RunComparison
from pocketvlm.run_folder import Timing
from pocketvlm.vision.image import read_image

PAGE, PICTURES = "report.html", "pictures"
_LONGEST = 1280  # pixels: small print on a phone's screen is still legible, at 20 to 100 KB
_QUALITY = 75


@dataclass(frozen=True)
class Compared:
    """A comparison, and what to call the other run."""

    name: str
    comparison: RunComparison


def write_gallery(
    folder: Path,
    title: str,
    report: Report,
    timings: Mapping[str, Timing],
    compared: Compared | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write `report.html` and its pictures into a folder.

    Args:
        folder: where the run is; pictures that it holds of an earlier time are kept.
        title: what the page is about.
        report: scores and answers.
        timings: by the record's id.
        compared: what to show beside them.
        progress: told how many pictures there are and how many there will be.
    Returns:
        The page.
    Raises:
        OSError: the folder cannot be written.
    """
    numbers: dict[Path, int] = {}
    for one in report.scored:
        numbers.setdefault(one.record.image, len(numbers))
    pictures = []
    for image in numbers:
        pictures.append(_picture(image, folder))
        if progress is not None:
            progress(len(pictures), len(numbers))
    then = {other.record.id: other for _, other in compared.comparison.pairs} if compared else {}
    data = {
        "title": title,
        "scores": report.to_dict(),
        "comparison": {"name": compared.name, **compared.comparison.to_dict()} if compared else None,
        "pictures": pictures,
        "items": [
            _item(one, numbers[one.record.image], timings.get(one.record.id), then.get(one.record.id))
            for one in report.scored
        ],
    }
    template = files("pocketvlm").joinpath("gallery.html").read_text(encoding="utf-8")
    # "<" in an answer would end the element that holds the data.
    embedded = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    write_whole(folder / PAGE, [template.replace("__DATA__", embedded).encode()])
    return folder / PAGE


def _item(one: Scored, picture: int, timing: Timing | None, then: Scored | None) -> dict[str, Any]:
    record, prediction = one.record, one.prediction
    return {
        "id": record.id,
        "type": record.type,
        "picture": picture,
        "question": record.question,
        "history": record.history,
        "answers": record.answers,
        "gold": record.places,
        "answer": prediction.answer,
        "box": prediction.bbox,
        "point": prediction.point,
        "score": one.main,
        "scores": dict(one.scores),
        "total_s": timing.total_s if timing else None,
        "then": {"answer": then.prediction.answer, "score": then.main} if then else None,
    }


def _picture(image: Path, folder: Path) -> dict[str, Any]:
    """A smaller copy of an image, with the size that the boxes are of: its file's name tells it to the next run."""
    known = image.stat()
    key = hashlib.sha256(f"{image}|{known.st_size}|{known.st_mtime_ns}".encode()).hexdigest()[:16]
    copies = folder / PICTURES
    copies.mkdir(exist_ok=True)
    copy = next(copies.glob(f"{key}-*x*.webp"), None) or _write_smaller(image, copies, key)
    width, height = map(int, copy.stem.partition("-")[2].split("x"))
    return {"file": f"{PICTURES}/{copy.name}", "name": image.name, "width": width, "height": height}


def _write_smaller(image: Path, copies: Path, key: str) -> Path:
    picture = Image.fromarray(read_image(image))  # upright, as the model and the boxes have it
    copy = copies / f"{key}-{picture.width}x{picture.height}.webp"
    picture.thumbnail((_LONGEST, _LONGEST))
    unfinished = copy.with_suffix(".unfinished")
    picture.save(unfinished, "WEBP", quality=_QUALITY)
    unfinished.replace(copy)
    return copy
