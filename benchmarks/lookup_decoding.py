"""What prompt-lookup decoding gains where an answer quotes, and what it costs where nothing matches.

Each prompt is answered plainly and with drafts, in turn, in an order that alternates; the answers must be the same.
"Quoting" prompts have the model repeat a text of theirs (of a random model: its own loop, which is as good a quote);
"other" prompts have words that occur once. --int8-cache first gives the bundle an int8 cache.

    python benchmarks/lookup_decoding.py --model nano --int8-cache --rounds 7
    python benchmarks/lookup_decoding.py --model FOLDER --json

A table, and with --json a last line of JSON. Ratios are plain seconds over drafted seconds of the same answer.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from int8_cache import with_int8_cache

from pocketvlm.errors import PocketVLMError
from pocketvlm.llm_backbone.generation import Conversation, Generation, LanguageModel
from pocketvlm.llm_backbone.sampling import GenerationConfig
from pocketvlm.vlm import load

WORDS = (
    "balance overdraft salary rent train ticket platform gate boarding invoice total refund delivery address street "
    "kitchen table window garden river mountain winter summer morning evening doctor nurse teacher engineer report "
    "meeting password account transfer card holder station harbour bridge museum theatre market bakery chemist"
).split()


@dataclass(frozen=True)
class Result:
    """One prompt: medians over the rounds."""

    kind: str
    answer_tokens: int
    drafted_tokens: int
    accepted_tokens: int
    plain_s: float
    drafted_s: float
    ratio: float
    same: bool


def prompts(model: LanguageModel, count: int) -> list[tuple[str, list[int]]]:
    """(kind, ids), the same every time."""
    draw, made = random.Random(0), []
    for _ in range(count):
        text = " ".join(draw.sample(WORDS, 30))
        for kind, question in (("quoting", "Repeat the text above word for word."), ("other", "Write a short poem.")):
            shown = f"{text}\n\n{question}" if kind == "quoting" else question + " " + draw.choice(WORDS)
            made.append((kind, model.tokenizer.encode_chat([{"role": "user", "content": shown}])))
    return made


def measure(model: LanguageModel, kind: str, ids: list[int], rounds: int, tokens: int) -> Result:
    """Both ways in turn; the one that begins changes from round to round."""
    answers: dict[bool, list[Generation]] = {False: [], True: []}
    for number in range(rounds):
        for lookup in (False, True) if number % 2 else (True, False):
            config = GenerationConfig(max_new_tokens=tokens, lookup=lookup)
            *_, generation = Conversation(model).stream(ids, config)
            assert isinstance(generation, Generation)
            answers[lookup].append(generation)
    plain, drafted = (statistics.median(each.decode_s for each in answers[lookup]) for lookup in (False, True))
    ratios = [a.decode_s / b.decode_s for a, b in zip(answers[False], answers[True], strict=True) if b.decode_s > 0]
    same = len({each.token_ids for both in answers.values() for each in both}) == 1
    last = answers[True][-1]
    counts = (len(last.token_ids), last.drafted_tokens, last.accepted_tokens)
    return Result(kind, *counts, plain, drafted, statistics.median(ratios) if ratios else 1.0, same)


def table(results: list[Result]) -> str:
    """Markdown, a row a kind."""
    lines = [
        "| prompts | answers | tokens | accepted of drafted | median ratio | least | same answer |",
        "|---" * 7 + "|",
    ]
    for kind in dict.fromkeys(result.kind for result in results):
        some = [result for result in results if result.kind == kind]
        drafted, accepted = (sum(getattr(r, name) for r in some) for name in ("drafted_tokens", "accepted_tokens"))
        ratios = [result.ratio for result in some]
        lines.append(
            f"| {kind} | {len(some)} | {sum(r.answer_tokens for r in some)} | {accepted} of {drafted} | "
            f"{statistics.median(ratios):.2f} | {min(ratios):.2f} | {all(r.same for r in some)} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run it; 0 when every answer was the same both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--prompts", type=int, default=8, help="of each kind")
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--int8-cache", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            vlm = load(args.model, args.threads)
            if args.int8_cache:
                with_int8_cache(vlm.bundle.folder, Path(folder))
                vlm = load(folder, args.threads)
            every = prompts(vlm.model, args.prompts)
            measure(vlm.model, *every[0], 1, args.tokens)  # warm
            results = [measure(vlm.model, kind, ids, args.rounds, args.tokens) for kind, ids in every]
    except PocketVLMError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(results))
    if args.json:
        rows = [asdict(result) for result in results]
        print(json.dumps({"model": args.model, "rows_agree": vlm.model.decoder.rows_agree, "prompts": rows}))
    return 0 if all(result.same for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
