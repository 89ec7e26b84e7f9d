"""Questions about a folder of rendered screens, some of them photographed, and about papers: one JSONL file.

out/questions.jsonl   a record a line (records.py)
out/photos/*.jpg      screens and papers as a camera sees them
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pocketvlm.datasets.records import Record, write_records
from pocketvlm.datasets.rendered import camera, manifest
from pocketvlm.datasets.rendered.papers import PAPERS, paper
from pocketvlm.datasets.rendered.questions.balancing import balance
from pocketvlm.datasets.rendered.questions.make import make_questions

QUESTIONS = "questions.jsonl"
PHOTOS = "photos"
JPEG_QUALITY = 95  # the photo's own JPEG noise is in its pixels already

Progress = Callable[[int, int], None]


def write_question_set(
    folder: str | Path,
    seed: int,
    *,
    per_screen: int = 8,
    photographed: float = 0.0,
    papers: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Write questions.jsonl beside the screens that `render` drew into a folder.

    Args:
        seed: chooses what is asked, in which words, and what is photographed.
        per_screen: questions a screen, at most.
        photographed: the share of screens that are asked about as a photo of the phone.
        papers: how many menus, receipts and signs are photographed besides.
    Returns:
        The path of questions.jsonl.
    Raises:
        FileNotFoundError: the folder holds no finished rendering.
        ValueError: an argument is out of range, or there are too few questions to even out.
    """
    folder = Path(folder).absolute()
    if not 0 <= photographed <= 1:
        raise ValueError(f"photographed is {photographed}: a share from 0 to 1")
    truths = list(manifest.read_truth(folder))
    (folder / PHOTOS).mkdir(exist_ok=True)
    records: list[Record] = []
    for number, truth in enumerate(truths, start=1):
        if random.Random(f"photograph {seed} {truth['id']}").random() < photographed:
            page = np.asarray(Image.open(truth["image"]).convert("RGB"))
            truth = _take(page, truth, _lot(seed, truth["id"]), "phone", folder)
        records += make_questions(truth, seed, per_screen)
        if progress:
            progress(number, len(truths) + papers)
    for number in range(papers):
        sheet, truth = paper(PAPERS[number % len(PAPERS)], seed + number)
        taken = _take(sheet, truth, _lot(seed, truth["id"]), "paper", folder)
        records += make_questions(taken, seed, per_screen)
        if progress:
            progress(len(truths) + number + 1, len(truths) + papers)
    write_records(folder / QUESTIONS, balance(records, seed))
    return folder / QUESTIONS


def _lot(seed: int, name: str) -> int:
    return random.Random(f"camera {seed} {name}").getrandbits(32)


def _take(page: camera.Image, truth: dict[str, Any], lot: int, thing: camera.Thing, folder: Path) -> dict[str, Any]:
    """Photograph a page into the folder; returns the photo's truth."""
    photo = camera.photograph(page, lot, thing)
    path = folder / PHOTOS / f"{truth['id']}.jpg"
    Image.fromarray(photo.image).save(path, quality=JPEG_QUALITY)
    return camera.photograph_truth(truth, photo, str(path))
