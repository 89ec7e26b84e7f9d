"""What each part of nano's sight adds: questions about screens, asked again with one part left out.

    python benchmarks/screen_ablations.py --out runs/ablations                # the committed evaluation set
    python benchmarks/screen_ablations.py --out runs/ablations --gguf FILE    # and the language model in float32

Left out are image tokens, the parser, and the text reader. Pictures are taken in once for all, so the few lines that
were read because the parser saw text stay without it. Each variant has a folder in --out, as `pocketvlm eval` writes
it. Differences are paired, question by question, with 95% intervals by bootstrap. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pocketvlm.bundle import EMBEDDED, open_bundle
from pocketvlm.datasets.predictions import Prediction
from pocketvlm.datasets.records import Record, read_records
from pocketvlm.evaluation import answer_record, evaluate
from pocketvlm.evaluation_report import compare_runs, make_report
from pocketvlm.export import export
from pocketvlm.llm_backbone.lora import PRODUCTS
from pocketvlm.models.make_nano import nano_gguf
from pocketvlm.picture import Picture
from pocketvlm.progress import progress_bar
from pocketvlm.recipe import PRESETS
from pocketvlm.run_folder import Answered
from pocketvlm.vision.structure_merging import merge
from pocketvlm.vlm import PocketVLM, load

EVALUATION = Path(__file__).resolve().parent.parent / "examples" / "evaluation" / "questions.jsonl"
WHOLE = "whole"
LEFT_OUT = ("image tokens", "parser", "text reader")


@dataclass(frozen=True)
class Variant:
    """An `evaluation.Ask` by a bundle with a part left out.

    Attributes:
        part: one of `LEFT_OUT`; `WHOLE` for none.
        floats: the folder of a bundle whose language model answers in place of the bundle's own.
    """

    model: str
    part: str
    floats: str | None = None
    threads: int | None = None

    def __call__(self, records: Sequence[Record]) -> list[Answered]:
        vlm = loaded(self.model, self.threads)
        picture = without(taken_in(self.model, self.threads, records[0].image), self.part)
        language = loaded(self.floats, self.threads).model if self.floats else vlm.model
        asked = PocketVLM(vlm.bundle, language, vlm.text_reader, vlm.image_encoder, vlm.adapter)
        return [answer_record(asked, picture, record) for record in records]


@lru_cache(maxsize=2)
def loaded(model: str, threads: int | None) -> PocketVLM:
    return load(model, threads)


@lru_cache(maxsize=256)
def taken_in(model: str, threads: int | None, image: Path) -> Picture:
    return loaded(model, threads).read(image)


def without(picture: Picture, part: str) -> Picture:
    """A picture as it would be taken in without one of the parts."""
    if part == "image tokens":
        return replace(picture, image_tokens=None)
    if part == WHOLE:
        return picture
    assert picture.text is not None  # `_options` sees to a bundle that parses
    assert picture.structure is not None
    lines = () if part == "text reader" else picture.text.lines
    elements = () if part == "parser" else picture.elements or ()
    return replace(picture, structure=merge(picture.width, picture.height, lines, elements, picture.structure.dark))


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        variants = {WHOLE: Variant(options.model, WHOLE, threads=options.threads)}
        variants |= {f"without {part}": Variant(options.model, part, threads=options.threads) for part in LEFT_OUT}
        if options.gguf:
            floats = Path(scratch) / "floats"
            export(nano_gguf(options.gguf, Path(scratch)), floats, recipe=PRESETS["exact"], adapted=PRODUCTS)
            variants["language model in float32"] = Variant(options.model, WHOLE, str(floats), options.threads)
        print(json.dumps(score_all(variants, read_records(options.questions), options.out)))


def score_all(variants: dict[str, Variant], records: list[Record], out: Path) -> dict[str, Any]:
    """Ask and print every variant's scores, and what it loses against the first one; returns what JSON is to hold."""
    figures: dict[str, Any] = {}
    whole: dict[str, Prediction] = {}
    for name, variant in variants.items():
        with progress_bar("question") as tell:
            run = evaluate(variant, records, out / name.replace(" ", "-"), progress=tell)
        report = make_report(records, run.predictions, run.timings)
        print(f"\n{name}\n{report.text()}", flush=True)
        figures[name] = report.to_dict()
        if whole:
            comparison = compare_runs(report, whole)
            print(comparison.text(), flush=True)
            figures[name]["difference"] = {"all": comparison.all.to_dict()}
            figures[name]["difference"] |= {kind: one.to_dict() for kind, one in comparison.types.items()}
        whole = whole or dict(run.predictions)
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="?", type=Path, default=EVALUATION, help="JSONL (default: committed ones)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the answers are kept")
    parser.add_argument("--model", default=EMBEDDED, help="a bundle that sees (%(default)s)")
    parser.add_argument("--gguf", type=Path, metavar="FILE", help="nano's checkpoint, for its float32 form")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    options = parser.parse_args()
    if options.out.exists():
        parser.error(f"{options.out} is there already: give a folder for new answers")
    if not open_bundle(options.model).parses:
        parser.error(f"{options.model} has no screen parser")
    return options


if __name__ == "__main__":
    main()
