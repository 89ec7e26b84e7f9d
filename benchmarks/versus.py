"""PocketVLM beside llama.cpp, onnxruntime-genai, OpenVINO and torch, at the shapes of MobileVLM 1.7B and 3B.

Writes every engine's files of random weights at the same shapes, opens all engines, each in a process of its own, and
lets them work in turn: every figure goes round before the next, every round starts fresh processes. Reports medians,
spreads and ratios round by round, the targets, and how far decoding is from the memory's speed and prefill and
encoding from the processor's INT8 speed.

The peers live in an environment of their own:

    python -m venv peers
    CMAKE_ARGS=-DGGML_NATIVE=ON peers/bin/pip install --no-binary llama-cpp-python llama-cpp-python
    # Where llama.cpp crashes at its first prompt on processors with AMX (its issue 20824; seen with 0.3.36), leave that
    # out: CMAKE_ARGS="-DGGML_NATIVE=ON -DCMAKE_C_FLAGS=-mno-amx-int8 -DCMAKE_CXX_FLAGS=-mno-amx-int8"
    peers/bin/pip install onnxruntime-genai openvino openvino-genai gguf pillow
    peers/bin/pip install onnx-ir torch transformers      # which onnxruntime-genai's model builder needs
    python benchmarks/versus.py --peers peers/bin/python --work versus-files --out versus

Encoding counts from decoded pixels to image tokens. The time to the first token counts from the image file's bytes, for
a prompt as long as the shortest prefill, most of it image tokens; "first" figures are a process's first. Loading counts
from files that are in the system's cache. Memory is the peak of a process that opens its files and answers one question
about a picture. An engine that is missing or fails is left out, and the report says why.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from marked_text import write_part
from versus.contenders import OURS, contenders
from versus.files import described, prepare
from versus.overview import overview
from versus.report import markdown, report
from versus.turns import Plan, measure, profile

ROOT = Path(__file__).resolve().parent.parent
IMAGE = ROOT / "tests/data/photos/astronaut.jpg"


def run(shape: str, arguments: argparse.Namespace, tell: Callable[[str], None]) -> dict[str, Any]:
    """Write what is missing, measure, and report one shape."""
    folder = arguments.work / shape
    prepare(shape, folder, arguments.peers, tell)
    model = described(shape)
    plan = Plan(
        model=model,
        image=arguments.image.resolve(),
        prefills=tuple(arguments.prefill),
        contexts=tuple(arguments.context),
        steps=arguments.steps,
        threads=arguments.threads,
        rounds=arguments.rounds,
        pythons=(sys.executable, arguments.peers),
    )
    taking_part = [one for one in contenders(folder, model) if any(text in one.name for text in arguments.only)]
    results = measure(taking_part, plan, tell)
    ours = [one for one in taking_part if one.name == OURS and one.name not in results.failed]
    return report(shape, taking_part, results, profile(ours[0], plan) if ours else {}, plan)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Needs 30 GB of disk for both shapes and 16 GB of memory, where all engines are open at once.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shapes", nargs="*", default=["1.7b", "3b"], help="1.7b, 3b, or tiny to try the script")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="the Python that has the peers")
    parser.add_argument("--work", type=Path, required=True, help="where the engines' files are kept")
    parser.add_argument("--out", type=Path, required=True, help="where versus.json and versus.md go")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="write an overview between this file's marks")
    parser.add_argument("--image", type=Path, default=IMAGE, help="a picture's file (a photo of the tests)")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="TEXT", help="only the engines whose name contains one of these"
    )
    parser.add_argument("--prefill", type=int, nargs="+", default=[190, 512], help="prompt lengths (190 512)")
    parser.add_argument("--context", type=int, nargs="+", default=[200, 1000], help="tokens before decoding (200 1000)")
    parser.add_argument("--steps", type=int, default=32, help="decoding steps (32)")
    parser.add_argument("--rounds", type=int, default=5, help="times that everything goes round (5)")
    parser.add_argument("--threads", type=int, default=2, help="processor cores for each engine (2)")
    return parser.parse_args()


def main() -> None:
    """Print the tables, and a last line of JSON."""
    arguments = parsed()
    arguments.out.mkdir(parents=True, exist_ok=True)
    results = []
    for shape in arguments.shapes:  # what was measured stays, whatever becomes of the next
        results.append(run(shape, arguments, lambda line: print(line, file=sys.stderr)))
        text = "\n\n".join(markdown(one) for one in results)
        (arguments.out / "versus.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        (arguments.out / "versus.md").write_text(text + "\n", encoding="utf-8")
    if arguments.readme:
        write_part(arguments.readme, "versus", "benchmarks/versus.py", overview(results))
    print(text)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
