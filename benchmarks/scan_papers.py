"""How much of what rendered sheets say is taken right: receipts, menus, business cards and posters, field by field.

    python benchmarks/scan_papers.py --out runs/scans             # evaluate: 60 sheets, seeds from 5000 on
    python benchmarks/scan_papers.py --out runs/scans --reuse     # score again what was read before

Every second sheet is photographed (perspective, uneven light, blur, noise, JPEG), the others are scanned flat. The
scanner was made on seeds 0 to 13. The folder gets the pictures, readings.jsonl (what was read) and faults.jsonl (every
field that is wrong, with what it should be). The last line of output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from pocketvlm.apps.documents.reading import read_page
from pocketvlm.apps.documents.scanning import scan
from pocketvlm.datasets.rendered.camera import photograph
from pocketvlm.datasets.rendered.more_papers import PAPER_KINDS, DrawnPaper, PaperKind, draw_paper
from pocketvlm.datasets.rendered.places.faces import debian_faces
from pocketvlm.vision.reading_order import Row, ScreenText, TextLine
from pocketvlm.vision.text_reader import TextReader

FIRST_SEED = 5000
TODAY = date(2026, 11, 22)  # the day from which the posters' dates without a year count; all are in 2027
PHOTO_PIXELS = (1200, 1600)


@dataclass(frozen=True)
class Reading:
    """A sheet, whether it was photographed, what was read on it, and how long that took."""

    paper: DrawnPaper
    seed: int
    photographed: bool
    text: ScreenText
    read_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="the first seed (default: %(default)s)")
    parser.add_argument("--sheets", type=int, default=60, help="how many, a quarter of each kind (%(default)s)")
    parser.add_argument("--reuse", action="store_true", help="take readings.jsonl as it is")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    seeds = range(args.seed, args.seed + args.sheets // len(PAPER_KINDS))
    readings = list(read_again(args.out) if args.reuse else read_all(seeds, args.out, args.threads))
    print(json.dumps(score(readings, args.out)))


def read_all(seeds: range, out: Path, threads: int | None) -> Iterator[Reading]:
    """Draw, photograph and read every sheet."""
    reader, faces = TextReader(threads), debian_faces()
    with (out / "readings.jsonl").open("w", encoding="utf-8") as file:
        for seed, kind in tqdm([(seed, kind) for seed in seeds for kind in PAPER_KINDS], unit="sheet", disable=None):
            paper = draw_paper(kind, seed, faces)
            image, photographed = paper.image, seed % 2 == 1
            if photographed:
                upright = image.shape[0] > image.shape[1]
                image = photograph(image, seed, "paper", size=PHOTO_PIXELS if upright else PHOTO_PIXELS[::-1]).image
            Image.fromarray(image).save(out / f"{kind}-{seed}.jpg", quality=95)
            started = time.perf_counter()
            text = read_page(image, reader)
            spent = round(time.perf_counter() - started, 3)
            row = {"kind": kind, "seed": seed, "photographed": photographed, "read_s": spent, "text": asdict(text)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            yield Reading(paper, seed, photographed, text, spent)


def read_again(out: Path) -> Iterator[Reading]:
    """What was read before."""
    faces = debian_faces()
    for line in (out / "readings.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        paper = draw_paper(row["kind"], row["seed"], faces)
        yield Reading(paper, row["seed"], row["photographed"], _text(row["text"]), row["read_s"])


def _text(record: dict[str, Any]) -> ScreenText:
    def line(cell: dict[str, Any]) -> TextLine:
        x1, y1, x2, y2 = cell["box"]
        return TextLine(cell["text"], (x1, y1, x2, y2), cell["score"])

    return ScreenText(tuple(Row(tuple(line(cell) for cell in row["cells"])) for row in record["rows"]))


def score(readings: list[Reading], out: Path) -> dict[str, Any]:
    """The share of fields that are right, in all, by kind, by field and by way of taking."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    whole = 0
    with (out / "faults.jsonl").open("w", encoding="utf-8") as file:
        for reading in readings:
            kind = reading.paper.kind
            got = scan(reading.text, kind, TODAY).to_dict()
            faults = 0
            for field, truth, found in fields(kind, reading.paper.truth, got):
                names = ("all", kind, f"{kind}.{field}", "photographed" if reading.photographed else "flat")
                asked.update(names)
                if truth == found:
                    right.update(names)
                    continue
                faults += 1
                fault = {"sheet": f"{kind}-{reading.seed}", "field": field, "truth": truth, "found": found}
                file.write(json.dumps(fault, ensure_ascii=False, default=str) + "\n")
            whole += faults == 0
    shares = {f"{name}_right": round(right[name] / asked[name], 4) for name in asked}
    middle = sorted(reading.read_s for reading in readings)[len(readings) // 2]
    counts = {"sheets": len(readings), "fields": asked["all"], "sheets_without_fault": whole}
    return {**counts, **shares, "read_median_s": middle}


def fields(kind: PaperKind, truth: dict[str, Any], got: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each field with what it should be and what it is, in a form in which equal things are equal."""
    if kind == "receipt":
        for name in ("merchant", "date", "time", "currency"):
            yield name, _same(truth[name]), _same(got[name])
        for name in ("subtotal", "tax", "total"):
            yield name, _amount(truth[name]), _amount(got[name])
        yield "adds_up", truth["adds_up"], not any("add up" in flag or "printed" in flag for flag in got["flags"])
        yield from _rows("item", truth["items"], got["items"], ("name", "quantity", "amount"))
    elif kind == "menu":
        yield from ((name, _same(truth[name]), _same(got[name])) for name in ("title", "currency"))
        headings = [[_same(section["name"]) for section in menu["sections"]] for menu in (truth, got)]
        yield "sections", headings[0], headings[1]
        dishes = [[dish for section in menu["sections"] for dish in section["items"]] for menu in (truth, got)]
        yield from _rows("dish", dishes[0], dishes[1], ("name", "price", "vegetarian", "description"))
    elif kind == "contact":
        names = ("name", "title", "organisation", "address")
        yield from ((name, _same(truth[name]), _same(got[name])) for name in names)
        yield "phones", [_digits(phone) for phone in truth["phones"]], [_digits(one["number"]) for one in got["phones"]]
        yield from ((name, truth[name], got[name]) for name in ("emails", "websites"))
    else:
        yield from ((name, _same(truth[name]), _same(got[name])) for name in ("title", "start", "end", "place"))


def _rows(
    what: str, truth: list[dict[str, Any]], got: list[dict[str, Any]], names: tuple[str, ...]
) -> Iterator[tuple[str, Any, Any]]:
    """Rows are matched by their name, in order; one that is there too much is a fault as well."""
    left = list(got)
    for row in truth:
        found = next((other for other in left if _same(other["name"]) == _same(row["name"])), None)
        if found is not None:
            left.remove(found)
        for name in names:
            yield f"{what}_{name}", _value(row[name]), None if found is None else _value(found[name])
    yield f"{what}_rows_too_many", [], [row["name"] for row in left]


def _value(value: Any) -> Any:
    return _amount(value) if isinstance(value, str) and re.fullmatch(r"-?[\d.]+", value) else _same(value)


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _same(value: Any) -> Any:
    """A text without the case and the spaces, which readers and printers set as they like."""
    return re.sub(r"\s+", "", value).casefold() if isinstance(value, str) else value


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


if __name__ == "__main__":
    main()
