"""Long prompts a layer at a time in INT8, beside the decoder's own way: how much faster, and how alike.

    pocketvlm export --random mobilevlm-v2-1.7b --out phone
    python benchmarks/long_prompts.py phone
    pocketvlm export SmolLM2-135M-Instruct.Q4_1.gguf --precision phone --block-size 64 --out smol
    python benchmarks/long_prompts.py smol --texts
    python benchmarks/long_prompts.py models/nano --texts

Speeds are medians of rounds in turn, and the ratio of both ways round by round. With --texts, which says something of
trained weights only, three quarters of each window of `nano_quality.py`'s texts go either way, and the predictions for
the last quarter are compared with those that the decoder makes alone. A Markdown table, and a last line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

import numpy as np
from nano_quality import Tally, encoded_texts, table, windows

from pocketvlm.bundle import open_bundle
from pocketvlm.cost.measuring import prefill_seconds
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import LanguageModel
from pocketvlm.vlm import open_language_model


def plain_twin(model: LanguageModel) -> LanguageModel:
    """The same model, whose decoder does all itself."""
    twin = object.__new__(Decoder)
    twin.__dict__ |= model.decoder.__dict__ | {"prefill": None}
    return LanguageModel(twin, model.tokenizer, model.eos_token_ids, model.context_length)


def speeds(model: LanguageModel, lengths: list[int], rounds: int) -> dict[int, dict[str, list[float]]]:
    """Tokens/s of every round, by prompt length and way; a round before them warms up."""
    ways = {"decoder": plain_twin(model), "layers": model}
    found: dict[int, dict[str, list[float]]] = {length: {way: [] for way in ways} for length in lengths}
    for number in range(-1, rounds):
        for length in lengths:
            for way in list(ways)[:: 1 if number % 2 else -1]:
                speed = length / prefill_seconds(ways[way], length)
                if number >= 0:
                    found[length][way].append(speed)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return found


def speed_table(found: dict[int, dict[str, list[float]]]) -> str:
    """Markdown, a row a length."""
    lines = ["| positions | decoder, tokens/s | a layer at a time, tokens/s | times as fast |", "|---:|---:|---:|---:|"]
    for length, ways in found.items():
        ratios = [fast / slow for fast, slow in zip(ways["layers"], ways["decoder"], strict=True)]
        medians = " | ".join(f"{statistics.median(ways[way]):.1f}" for way in ("decoder", "layers"))
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        lines.append(f"| {length} | {medians} | {spread} |")
    return "\n".join(lines)


def likeness(model: LanguageModel) -> dict[str, dict[str, float]]:
    """What `Tally` counts over the last quarters of the windows, text by text."""
    decoder, plain = model.decoder, plain_twin(model).decoder
    assert decoder.prefill is not None
    tallies = {}
    for name, ids in encoded_texts(model.tokenizer).items():
        tally = tallies[name] = Tally()
        for read, following in windows(ids):
            start = len(read) * 3 // 4
            if not decoder.prefill.suits(start - 1, None):
                continue
            expected, logits = (_last_quarter(one, read, start) for one in (plain, decoder))
            tally.add(expected, logits, following[start:])
    return {name: tally.result() for name, tally in tallies.items()}


def _last_quarter(decoder: Decoder, ids: list[int], start: int) -> np.ndarray:
    embeds, cache = decoder.embed(ids), decoder.new_cache()
    decoder.decode(embeds[:, :start], cache)
    return decoder.decode(embeds[:, start:], cache, num_logits=0)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 190, 512, 1000], help="128 190 512 1000")
    parser.add_argument("--rounds", type=int, default=5, help="times that everything goes round (5)")
    parser.add_argument("--threads", type=int, default=2, help="processor cores (2)")
    parser.add_argument("--texts", action="store_true", help="compare predictions as well")
    arguments = parser.parse_args()
    model = open_language_model(open_bundle(arguments.bundle), arguments.threads)
    if model.decoder.prefill is None:
        parser.error("this bundle has no graph of a layer, or this processor no 8-bit dot products")
    found = speeds(model, arguments.lengths, arguments.rounds)
    print(speed_table(found))
    results: dict[str, Any] = {"threads": arguments.threads, "tokens_per_s": found}
    if arguments.texts:
        results["texts"] = likeness(model)
        print(f"\nThe reference here is the same bundle's decoder alone.\n\n{table(results['texts'])}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
