"""The `pocketvlm` command. Heavy imports happen inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pocketvlm import __version__
from pocketvlm.cli_camera import add_camera
from pocketvlm.cli_cost import add_cost
from pocketvlm.cli_data import add_eval, add_render
from pocketvlm.cli_export import add_export, add_verify
from pocketvlm.cli_lookup import add_lookup
from pocketvlm.cli_parse import add_parse
from pocketvlm.cli_places import add_places
from pocketvlm.cli_scan import add_scan
from pocketvlm.cli_train import add_train
from pocketvlm.errors import PocketVLMError

if TYPE_CHECKING:
    from pocketvlm.answer import Answer
    from pocketvlm.streaming import AnswerStream
    from pocketvlm.vlm import PocketVLM

EXAMPLES = """\
examples:
  pocketvlm ask screen.png "When does it close?"
  pocketvlm ask - "What is the total?" < receipt.jpg
  pocketvlm chat screen.png
  pocketvlm read screen.png --json
  pocketvlm scan receipt.jpg --as receipt
  pocketvlm lookup restaurant.jpg "When does it close on Friday?"
  pocketvlm export mtgv/MobileVLM_V2-1.7B --out mobilevlm
  pocketvlm ask photo.jpg "What is this?" --model mobilevlm
  pocketvlm verify mobilevlm
  pocketvlm cost mobilevlm --out report
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 2 for bad input, 130 for Ctrl-C."""
    try:
        run(argv)
        sys.stdout.flush()  # so that what goes wrong in writing is seen here
    except PocketVLMError as error:
        print(f"pocketvlm: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does; Python must not flush to it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk, a folder that may not be written
        print(f"pocketvlm: {error}", file=sys.stderr)
        return 2
    return 0


def run(argv: Sequence[str] | None = None) -> None:
    """Run one command; what goes wrong is raised."""
    args = _parser().parse_args(argv)
    _silence_libraries()
    args.run(args)


def _silence_libraries() -> None:
    """Decoders remark on odd but readable pictures; standard error is for our one line."""
    warnings.simplefilter("ignore")
    logging.getLogger("PIL").addHandler(logging.NullHandler())


@contextmanager
def _status(text: str) -> Iterator[None]:
    """Say what takes a while, on a terminal only, and wipe it when it is done."""
    if sys.stderr.isatty():
        print(f"{text} ...", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pocketvlm",
        description="Ask a picture a question, on this machine: no upload, no download, no GPU.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pocketvlm {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_ask(commands)
    _add_chat(commands)
    _add_read(commands)
    add_parse(commands, _command)
    add_scan(commands, _command)
    add_lookup(commands, _command)
    add_camera(commands, _command)
    add_places(commands, _command)
    add_export(commands, _command)
    add_verify(commands, _command)
    add_eval(commands, _command)
    add_render(commands, _command)
    add_train(commands, _command)
    add_cost(commands, _command)
    return parser


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], None], help: str, more: str = "") -> Any:
    parser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}. {more}".strip())
    parser.set_defaults(run=run)
    return parser


def _add_ask(commands: Any) -> None:
    parser = _command(
        commands,
        "ask",
        _ask,
        "answer one question about a picture",
        "By default the answer is short: what a screen prints or shows, where to tap, or that it is not there; "
        "with --free the language model words an answer of its own.",
    )
    parser.add_argument("image", help="a picture file (PNG, JPEG, WebP, BMP, TIFF, GIF, AVIF, HEIC), or - for stdin")
    parser.add_argument("question", help="what you want to know")
    parser.add_argument("--json", action="store_true", help="print the whole answer: sources, boxes, counts, timings")
    _add_model_options(parser)
    _add_generation_options(parser)


def _add_chat(commands: Any) -> None:
    parser = _command(
        commands,
        "chat",
        _chat,
        "talk about a picture",
        "Commands inside: /image PATH, /reset, /free QUESTION, /help, /quit.",
    )
    parser.add_argument("image", nargs="?", help="a picture file to begin with")
    _add_model_options(parser)
    _add_generation_options(parser)


def _add_read(commands: Any) -> None:
    parser = _command(commands, "read", _read, "print the text in a picture, in reading order")
    parser.add_argument("image", help="a picture file, or - for stdin")
    parser.add_argument("--json", action="store_true", help="print rows and lines with boxes and scores")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all fast ones that it may use)")


def _add_model_options(parser: Any) -> None:
    parser.add_argument("--model", default="nano", help="a bundle: nano, the embedded one, or a folder (%(default)s)")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all fast ones that it may use)")
    parser.add_argument("--context-length", type=int, help="limit on prompt and answer together, in tokens")


def _add_generation_options(parser: Any) -> None:
    group = parser.add_argument_group("answering")
    group.add_argument("--free", action="store_true", help="let the language model word the answer")
    group.add_argument("--max-new-tokens", type=int, help="the answer's limit in tokens (256)")
    group.add_argument("--temperature", type=float, help="0 takes the most likely token; higher varies (0)")
    group.add_argument("--top-k", type=int, help="sample among the k most likely tokens")
    group.add_argument("--top-p", type=float, help="sample among the fewest tokens that sum to this probability")
    group.add_argument("--min-p", type=float, help="drop tokens below this share of the most likely one")
    group.add_argument("--repetition-penalty", type=float, help="above 1 discourages repeating (nano: 1.1)")
    group.add_argument("--seed", type=int, help="makes sampling repeatable")
    group.add_argument("--stop", action="append", help="text that ends the answer; may be given several times")


OPTIONS = ["max_new_tokens", "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "seed"]


def _options(args: argparse.Namespace) -> dict[str, Any]:
    options = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    if args.stop:
        options["stop"] = tuple(args.stop)
    return {"free": args.free, **options}


def _load(args: argparse.Namespace) -> PocketVLM:
    from pocketvlm.vlm import load

    with _status("loading the model"):
        return load(args.model, threads=args.threads, context_length=args.context_length)


def _source(image: str) -> str | bytes:
    return sys.stdin.buffer.read() if image == "-" else image


def _ask(args: argparse.Namespace) -> None:
    vlm = _load(args)
    with _status("reading the picture"):
        chat = vlm.chat(_source(args.image))
    stream = chat.stream(args.question, **_options(args))
    if args.json:
        print(json.dumps(stream.answer.to_dict(), ensure_ascii=False, indent=2))
    else:
        _print_pieces(stream)


def _print_pieces(stream: AnswerStream) -> Answer:
    pieces = iter(stream)
    with _status("thinking"):
        first = next(pieces, "")
    print(first, end="", flush=True)
    for piece in pieces:
        print(piece, end="", flush=True)
    print()
    answer = stream.answer
    if answer.trimmed_lines:
        print(f"({answer.trimmed_lines} lines of the picture did not fit the context and were left out)")
    return answer


def _chat(args: argparse.Namespace) -> None:
    from pocketvlm.terminal import ChatTerminal

    ChatTerminal(_load(args), _options(args), _print_pieces).run(args.image)


def _read(args: argparse.Namespace) -> None:
    from pocketvlm.picture import open_text_reader, take_in

    reader = open_text_reader(args.threads)
    with _status("reading the picture"):
        picture = take_in(_source(args.image), reader, encoder=None)
    assert picture.text is not None  # which the reader saw to
    print(json.dumps(picture.to_dict(), ensure_ascii=False, indent=2) if args.json else picture.text.text)
