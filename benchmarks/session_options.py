"""What ONNX Runtime's session options do to the decoder: loading, memory, prefill, decoding.

    pocketvlm export --random mobilevlm-v2-1.7b --out mobilevlm-random
    python benchmarks/session_options.py --model mobilevlm-random

Every way of opening it runs in fresh processes, in turn: each round opens all once, in an order that alternates.
Medians, and the ratio to the first way, "as shipped", round by round. A table, and with --json a last line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

from pocketvlm.bundle import open_bundle
from pocketvlm.cost.memory import own_peak_rss_bytes
from pocketvlm.graphs.session import Session, session_options
from pocketvlm.llm_backbone import decoder as decoder_module
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder

STOP = {"session.force_spinning_stop": "1"}  # as `graphs.session.open_session` has it
# Attributes of SessionOptions, and config entries.
WAYS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "as shipped": ({}, STOP),
    "workers spin on between runs": ({}, {}),
    "workers never spin": ({}, {**STOP, "session.intra_op.allow_spinning": "0"}),
    "weights not packed anew": ({}, {**STOP, "session.disable_prepacking": "1"}),
    "no arena": ({"enable_cpu_mem_arena": False}, STOP),
    "no memory pattern": ({"enable_mem_pattern": False}, STOP),
    "work cut finer": ({}, {**STOP, "session.dynamic_block_base": "4"}),
}


def figures(model: str, way: str, threads: int, prompt: int, steps: int) -> dict[str, float]:
    """Of a fresh process."""
    attributes, entries = WAYS[way]

    def opened(path: Path, count: int | None, spinning: bool = True) -> ort.InferenceSession:
        options = session_options(count)
        for name, value in attributes.items():
            setattr(options, name, value)
        for name, value in entries.items():
            options.add_session_config_entry(name, value)
        return Session(str(path), options)

    decoder_module.open_session = opened  # type: ignore[assignment]
    bundle = open_bundle(model)
    config = LlamaConfig.from_dict(bundle.config)
    started = time.perf_counter()
    decoder = Decoder(config, bundle.graph("embed_tokens"), bundle.graph("decoder_model_merged"), threads)
    found = {"load_s": time.perf_counter() - started}
    ids = np.random.default_rng(0).integers(3, config.vocab_size, 2 * prompt + steps).tolist()
    decoder.decode(decoder.embed(ids[:prompt]), decoder.new_cache())  # warm
    cache = decoder.new_cache()
    started = time.perf_counter()
    decoder.decode(decoder.embed(ids[prompt : 2 * prompt]), cache)
    found["prefill_s"] = time.perf_counter() - started
    started = time.perf_counter()
    for token in ids[2 * prompt :]:
        decoder.decode(decoder.embed([token]), cache)
    return {**found, "decode_s": time.perf_counter() - started, "peak_rss_mb": own_peak_rss_bytes() / 1e6}


def rounds(args: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    """Figures by way, a set a round; the first round, which fills the system's cache of files, does not count."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for number in range(-1, args.rounds):
        for way in list(WAYS)[:: 1 if number % 2 else -1]:
            command = [sys.executable, __file__, "--model", args.model, "--way", way, "--threads", str(args.threads)]
            done = subprocess.run([*command, "--prompt", str(args.prompt)], check=True, capture_output=True, text=True)
            if number >= 0:
                found[way].append(json.loads(done.stdout))
        print(f"round {number + 1} of {args.rounds}", file=sys.stderr)
    return found


def table(found: dict[str, list[dict[str, float]]]) -> str:
    """Markdown, a row a way."""
    names = list(found["as shipped"][0])
    lines = [f"| | {' | '.join(name.replace('_', ' ') for name in names)} |", "|---" * (len(names) + 1) + "|"]
    for way, sets in found.items():
        cells = []
        for name in names:
            values = [one[name] for one in sets]
            cell = f"{statistics.median(values):.2f}" if name.endswith("_s") else f"{statistics.median(values):.0f}"
            if way != "as shipped":
                ratios = [one[name] / base[name] for one, base in zip(sets, found["as shipped"], strict=True)]
                cell += f", x {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            cells.append(cell)
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="nano", help="a bundle (%(default)s)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prompt", type=int, default=190, help="tokens (190)")
    parser.add_argument("--steps", type=int, default=32, help="of decoding after it (32)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)  # what one process of a round is told
    args = parser.parse_args()
    if args.way:
        print(json.dumps(figures(args.model, args.way, args.threads, args.prompt, args.steps)))
        return
    found = rounds(args)
    print(table(found))
    if args.json:
        print(json.dumps({"model": args.model, "ways": found}))


if __name__ == "__main__":
    main()
