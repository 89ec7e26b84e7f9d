"""How soon a second question about the same picture is answered.

In turn, in one process: a first question with nothing kept, a second one with everything kept. The share is the
second's time to first token over the first's.

    python benchmarks/second_question.py --image examples/screens/bank.png --rounds 7
    python benchmarks/second_question.py --model FOLDER --ids 40     a bundle of random weights

With --ids the answer is not asked for, as random weights give none: a picture is taken in, and a prompt of that many
ids and the picture's image tokens is computed up to its first token. A table, and a last line of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from pocketvlm.errors import PocketVLMError
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.vlm import PocketVLM, load

QUESTIONS = ("What is the largest amount?", "Who is it from?", "When was that?", "What is at the top?")


def asked(vlm: PocketVLM, image: str, number: int) -> tuple[float, int]:
    """Time to first token and tokens computed, of a question."""
    answer = vlm.ask(image, QUESTIONS[number % len(QUESTIONS)], max_new_tokens=4)
    return answer.timings.ttft_s, answer.tokens.prefilled


def bare(vlm: PocketVLM, image: str, number: int, count: int) -> tuple[float, int]:
    """The same without an answer: the picture, and the prompt up to its first token."""
    started = time.perf_counter()
    picture = vlm.read(image)
    assert picture.image_tokens is not None
    config = vlm.model.decoder.config
    text = [(7919 * i) % config.vocab_size for i in range(count)]
    ids = [*text, -200, *((101 * i + number) % config.vocab_size for i in range(12))]
    lent = vlm.cache.lend((picture,))
    conversation = lent.get("bare") or vlm._head.conversation()
    conversation.seeing(picture.image_tokens[0])
    spliced = splice_ids(ids, [picture.image_tokens.shape[1]], config.vocab_size)
    computed = len(spliced) - conversation.shared(spliced)
    conversation.feed(spliced)[0].argmax()
    seconds = time.perf_counter() - started
    vlm.cache.give_back((picture,), {"bare": conversation})
    return seconds, computed


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="nano")
    parser.add_argument("--image", default=str(Path(__file__).parent.parent / "examples/screens/bank.png"))
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--ids", type=int, default=0)
    args = parser.parse_args()
    first, second, shares, computed = [], [], [], (0, 0)
    try:
        vlm = load(args.model, args.threads, cache_bytes=1 << 30)
        for number in range(-1, args.rounds):  # the first one warms up
            vlm.cache.clear()
            runs = [
                bare(vlm, args.image, number + 1 + i, args.ids) if args.ids else asked(vlm, args.image, number + 1 + i)
                for i in range(2)
            ]
            if number >= 0:
                first.append(runs[0][0])
                second.append(runs[1][0])
                shares.append(runs[1][0] / runs[0][0])
                computed = (runs[0][1], runs[1][1])
    except PocketVLMError as error:
        print(error, file=sys.stderr)
        return 2
    print("| | first question | second | share |\n|---|---|---|---|")
    print(
        f"| time to first token, s (median of {args.rounds}) | {statistics.median(first):.3f} | "
        f"{statistics.median(second):.3f} | {statistics.median(shares):.1%} ({min(shares):.1%} to {max(shares):.1%}) |"
    )
    print(f"| tokens computed | {computed[0]} | {computed[1]} | {computed[1] / computed[0]:.1%} |")
    figures = {"first_ttft_s": first, "second_ttft_s": second, "share": shares, "cache_bytes": vlm.cache.nbytes}
    print(json.dumps({"model": args.model, **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
