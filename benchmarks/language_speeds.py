"""How fast the language models of some bundles read and write, in turn: what a precision costs or gains.

    for size in 32 64 128; do
        pocketvlm export --random mobilevlm-v2-1.7b --block-size $size --out blocks-$size
    done
    python benchmarks/language_speeds.py blocks-32 blocks-64 blocks-128

Medians of rounds in turn, in an order that alternates, and the ratio to the first bundle round by round: its median,
smallest and largest. A table, and with --json a last line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from pocketvlm.bundle import open_bundle
from pocketvlm.cost.measuring import decode_speed, prefill_seconds
from pocketvlm.llm_backbone.generation import LanguageModel
from pocketvlm.vlm import load

Figure = Callable[[LanguageModel], float]
Speeds = dict[str, dict[str, list[float]]]  # tokens/s of every round, by figure and bundle


def figures(prefills: list[int], contexts: list[int], steps: int) -> dict[str, Figure]:
    """What is measured of a model, tokens/s each."""
    found: dict[str, Figure] = {}
    for count in prefills:
        found[f"prefill of {count}"] = lambda model, n=count: n / prefill_seconds(model, n)  # type: ignore[misc]
    for count in contexts:
        found[f"decode after {count}"] = lambda model, n=count: decode_speed(model, n, steps)  # type: ignore[misc]
    return found


def measure(
    models: dict[str, LanguageModel], wanted: dict[str, Figure], rounds: int
) -> dict[str, dict[str, list[float]]]:
    """The first round warms up and does not count."""
    found: Speeds = {figure: {name: [] for name in models} for figure in wanted}
    for number in range(-1, rounds):
        for figure, value in wanted.items():
            for name in list(models)[:: 1 if number % 2 else -1]:
                speed = value(models[name])
                if number >= 0:
                    found[figure][name].append(speed)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return found


def table(found: Speeds, megabytes: dict[str, float]) -> str:
    """Markdown, a row a bundle."""
    first, *_ = megabytes
    lines = [f"| | MB of the layers' file | {' | '.join(f'{name}, tokens/s' for name in found)} |"]
    lines.append("|---" + "|---:" * (len(found) + 1) + "|")
    for name, size in megabytes.items():
        cells = []
        for values in found.values():
            ratios = [ours / base for ours, base in zip(values[name], values[first], strict=True)]
            beside = f", x {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            cells.append(f"{statistics.median(values[name]):.1f}{'' if name == first else beside}")
        lines.append(f"| {name} | {size:.0f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def decoder_megabytes(folder: Path) -> float:
    """Of the decoder's graph and weights."""
    graph = open_bundle(folder).graph("decoder_model_merged")
    return sum(file.stat().st_size for file in graph.parent.glob(f"{graph.name}*")) / 1e6


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundles", nargs="+", type=Path, metavar="BUNDLE")
    parser.add_argument("--threads", type=int, default=2, help="processor cores (2)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prefill", type=int, nargs="*", default=[190, 512], metavar="TOKENS")
    parser.add_argument("--context", type=int, nargs="*", default=[200], metavar="TOKENS")
    parser.add_argument("--steps", type=int, default=16, help="of decoding (16)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    models = {folder.name: load(folder, threads=args.threads).model for folder in args.bundles}
    found = measure(models, figures(args.prefill, args.context, args.steps), args.rounds)
    print(table(found, {folder.name: decoder_megabytes(folder) for folder in args.bundles}))
    if args.json:
        print(json.dumps({"threads": args.threads, "figures": found}))


if __name__ == "__main__":
    main()
