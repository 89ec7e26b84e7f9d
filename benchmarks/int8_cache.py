"""What int8 keys and values gain and lose: a bundle with a float32 cache, beside a copy of it with an int8 one.

    python benchmarks/int8_cache.py
    pocketvlm export --random mobilevlm-v2-1.7b --kv-cache fp32 --out float-cache
    python benchmarks/int8_cache.py --model float-cache

Speeds are medians of rounds in turn, with the round's ratios' median and spread. What the predictions lose is told for
trained weights: the texts of nano_quality.py, in windows of 512 tokens, against the float32 cache. A table, and with
--json a last line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from pocketvlm.bundle import MANIFEST, open_bundle, write_manifest
from pocketvlm.calibration import quantize_kv_cache
from pocketvlm.cost.measuring import decode_speed, prefill_seconds
from pocketvlm.errors import PocketVLMError
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import LanguageModel
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.vlm import load

LARGE = 10_000_000  # bytes: files that are linked and not copied
CACHES = ("fp32", "int8")


def with_int8_cache(source: Path, folder: Path) -> None:
    """A copy of a bundle with an int8 cache; large files, which stay as they are, have a second name."""
    shutil.copytree(source, folder, dirs_exist_ok=True, copy_function=_placed)
    quantize_kv_cache(open_bundle(folder))
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    facts = {name: value for name, value in manifest.items() if name not in ("files", "format_version")}
    kinds = {**facts.get("quantization", {}), "kv_cache": {"kind": "int8"}}
    write_manifest(folder, {**facts, "quantization": kinds})


def _placed(source: str, target: str) -> None:
    if os.path.getsize(source) > LARGE:
        with contextlib.suppress(OSError):  # the two folders lie on different disks
            return os.link(source, target)
    shutil.copy(source, target)


def cache_megabytes(decoder: Decoder, positions: int) -> float:
    """Of keys and values after that many positions."""
    cache = decoder.new_cache()
    cache.reserve(positions)
    return cache.nbytes / 1e6


def speeds(models: dict[str, LanguageModel], args: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Values of all rounds, by figure and kind of cache; the first round warms up, the order alternates."""
    found: dict[str, dict[str, list[float]]] = {}
    for number in range(-1, args.rounds):
        for kind in CACHES if number % 2 else CACHES[::-1]:
            figures = {f"prefill of {n}, tok/s": n / prefill_seconds(models[kind], n) for n in args.prefill}
            for count in args.context:
                figures[f"decode after {count}, tok/s"] = decode_speed(models[kind], count, args.steps)
            for name, value in figures.items() if number >= 0 else ():
                found.setdefault(name, {}).setdefault(kind, []).append(value)
    return found


def predictions(decoders: dict[str, Decoder], tokenizer: Tokenizer) -> dict[str, float]:
    """What an int8 cache changes of them, over running text."""
    from nano_quality import bundle_logits, encoded_texts, measure

    logits = {kind: bundle_logits(decoder) for kind, decoder in decoders.items()}
    found: dict[str, float] = measure(logits["fp32"], {"int8": logits["int8"]}, encoded_texts(tokenizer))["int8"]["all"]
    return found


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="nano", help="a bundle with a float32 cache (%(default)s)")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prefill", type=int, nargs="+", default=[190, 512])
    parser.add_argument("--context", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--positions", type=int, default=400, help="of the cache whose size is told (400)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            own = load(args.model, args.threads)
            with_int8_cache(own.bundle.folder, Path(folder))
            models = {"fp32": own.model, "int8": load(folder, args.threads).model}
            decoders = {kind: model.decoder for kind, model in models.items()}
            timed = speeds(models, args)
            trained = own.bundle.manifest["weights"] == "trained"
            losses = predictions(decoders, own.model.tokenizer) if trained else {}
    except (PocketVLMError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    sizes = {kind: cache_megabytes(decoder, args.positions) for kind, decoder in decoders.items()}
    print("| | fp32 | int8 | int8 / fp32 |\n|---|---:|---:|---:|")
    for name, by in timed.items():
        ratios = [new / old for old, new in zip(by["fp32"], by["int8"], strict=True)]
        middle = (statistics.median(values) for values in (by["fp32"], by["int8"], ratios))
        print("| {} | {:.1f} | {:.1f} | {:.2f} ({:.2f} to {:.2f}) |".format(name, *middle, min(ratios), max(ratios)))
    print(f"| cache of {args.positions} positions, MB | {sizes['fp32']:.1f} | {sizes['int8']:.1f} | |")
    if losses:
        print(f"| perplexity | {losses['reference_perplexity']:.2f} | {losses['perplexity']:.2f} | |")
        print(f"| mean KL, nats | | {losses['kl_nats']:.4f} | |")
        print(f"| same likeliest token | | {losses['top_1_agreement']:.1%} | |")
    if args.json:
        print(json.dumps({"model": args.model, "speeds": timed, "cache_mb": sizes, "losses": losses}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
