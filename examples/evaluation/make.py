"""Draws the fixed evaluation set in this folder again: held-out screens, photos of some, papers, and their questions.

    python examples/evaluation/make.py            # write it anew
    python examples/evaluation/make.py --out DIR  # somewhere else

Nothing in it may appear in training: antd-mobile and eight kinds of apps are held out whole, and so are the seeds
(datasets/rendered/splits.py). Needs pocketvlm[data], Chromium and npm. Other versions of Chromium, of the fonts or of
Faker draw other pixels and words: the committed files are the set, this is how they came about.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pocketvlm.datasets.records import Record, read_records, write_records
from pocketvlm.datasets.rendered.driver import PAGES
from pocketvlm.datasets.rendered.question_set import QUESTIONS, write_question_set
from pocketvlm.datasets.rendered.questions.balancing import balance
from pocketvlm.datasets.rendered.render import render
from pocketvlm.datasets.rendered.splits import HELD_OUT_APPS, HELD_OUT_KITS, seed_part
from pocketvlm.progress import progress_bar

NEW_KIT_SEED, NEW_APPS_SEED = 9, 19  # of the held-out ones
NEW_KIT_SCREENS, NEW_APPS_SCREENS, PAPERS = 32, 24, 4
PHOTOGRAPHED = 0.15
QUESTION_COUNT = 400


def draw(seed: int, count: int, kits: list[str], apps: list[str] | None, papers: int, folder: Path) -> list[Record]:
    """Questions about `count` screens of a held-out seed."""
    assert seed_part(seed) == "held_out"
    with progress_bar("screen") as progress:
        render(count, seed, folder, kits=kits, apps=apps, progress=progress)
    return read_records(write_question_set(folder, seed, photographed=PHOTOGRAPHED, papers=papers))


def keep(record: Record, out: Path) -> Record:
    """Copy a record's picture: photos as they are, screens as lossless WebP, which is half as large as PNG."""
    target = out / record.image.name
    if target.suffix == ".png":
        target = target.with_suffix(".webp")
        if not target.exists():
            Image.open(record.image).convert("RGB").save(target, lossless=True, method=6)
    elif not target.exists():
        shutil.copy(record.image, target)
    return replace(record, image=target)


def make(out: Path) -> None:
    """Write the whole set into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("*.webp"), *out.glob("*.jpg"), *out.glob(QUESTIONS)]:
        old.unlink()
    known_kits = [kit for kit in PAGES if kit not in HELD_OUT_KITS]
    with tempfile.TemporaryDirectory() as temporary:
        new_kit, new_apps = Path(temporary) / "kit", Path(temporary) / "apps"
        records = draw(NEW_KIT_SEED, NEW_KIT_SCREENS, sorted(HELD_OUT_KITS), None, PAPERS, new_kit)
        records += draw(NEW_APPS_SEED, NEW_APPS_SCREENS, known_kits, sorted(HELD_OUT_APPS), 0, new_apps)
        records = balance(records, NEW_KIT_SEED)
        chosen = sorted(random.Random(NEW_KIT_SEED).sample(range(len(records)), min(QUESTION_COUNT, len(records))))
        kept = [keep(records[at], out) for at in chosen]
        write_records(out / QUESTIONS, kept)
    pictures = {record.image for record in kept}
    print(
        f"{len(kept)} questions about {len(pictures)} pictures, {sum(p.stat().st_size for p in pictures) / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent, help="the folder (this one)")
    make(parser.parse_args().out)
