"""The command that tells what image understanding costs: `pocketvlm cost`."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import OptionError

if TYPE_CHECKING:
    from pocketvlm.bundle import Bundle
    from pocketvlm.cost.results import CostReport
    from pocketvlm.costing import CostOptions

REPORT = "cost.json"
COST_HELP = """\
examples:
  pocketvlm cost nano --out report/
  pocketvlm cost mobilevlm --out report/ --quick
  pocketvlm cost mobilevlm --out report/ --picture photo.jpg --precisions mobilevlm-fp16 mobilevlm-int8
  pocketvlm cost mobilevlm --device snapdragon-888
  pocketvlm cost --compare before/cost.json after/cost.json

The folder gets cost.json, report.html, report.md and plots/. Ctrl-C keeps what was measured until then.
"""


def add_cost(commands: Any, command: Any) -> None:
    """The parser of `cost`; `command` makes one."""
    parser = command(
        commands,
        "cost",
        _cost,
        "measure what image understanding costs over the language model alone",
        "Measures on this machine, each figure in several fresh processes, and reckons for named devices.",
    )
    parser.epilog, parser.formatter_class = COST_HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("bundle", nargs="?", help="a bundle: nano, the embedded one, or a folder; random weights do")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the report goes; a cost.json there is replaced")
    parser.add_argument("--quick", action="store_true", help="two processes a figure instead of five, shorter answers")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="what is asked about (default: a drawn screen)")
    parser.add_argument("--question", metavar="TEXT", help="what is asked; its words matter little")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    parser.add_argument("--precisions", type=Path, nargs="+", default=[], metavar="BUNDLE", help="others to compare")
    parser.add_argument("--quality", type=Path, metavar="JSON", help="scores by precision, for the precision table")
    parser.add_argument("--device", action="append", default=[], metavar="NAME", help="predict for it; may be repeated")
    parser.add_argument("--compare", type=Path, nargs=2, metavar="JSON", help="two reports: what changed beyond noise")


def _cost(args: argparse.Namespace) -> None:
    if args.threads is not None and args.threads < 1:
        raise OptionError(f"threads is {args.threads}, and must be at least 1")
    if args.compare and (args.bundle or args.device):
        raise OptionError("--compare takes two reports, and --out for the pages; no bundle and no device")
    if args.compare:
        before, after = args.compare
        _compare(before, after, args.out)
    elif args.bundle is None:
        raise OptionError("give a bundle to measure, or --compare with two reports")
    elif args.out is not None:
        _measure(args)
    elif args.device:
        _predict(args)
    else:
        raise OptionError("give --out with a folder for the report, or --device with a name to predict for")


def _measure(args: argparse.Namespace) -> None:
    """Measure, keep every step, and show what came out; also after Ctrl-C, which then goes on its way."""
    from pocketvlm.cost.devices import device_names
    from pocketvlm.cost.results import write_report
    from pocketvlm.costing import measure_cost, with_devices
    from pocketvlm.progress import progress_bar

    devices = _known(args.device) or device_names()
    args.out.mkdir(parents=True, exist_ok=True)
    report = None
    with _picture(args) as picture:
        steps = measure_cost(_bundle(args), picture, _options(args))
        try:
            with progress_bar("process") as tell:
                for step in steps:
                    report = with_devices(step.report, devices)
                    write_report(report, args.out / REPORT)
                    tell(step.done, step.total)
        except KeyboardInterrupt:
            if report is not None:
                _show(report, args.out)
            raise
    assert report is not None  # there is always a step
    _show(report, args.out)


def _predict(args: argparse.Namespace) -> None:
    """What the device model says of a bundle; closed forms are enough, nothing is measured."""
    from pocketvlm.cost.report.wording import key_words
    from pocketvlm.costing import count_cost, with_devices

    devices = _known(args.device)
    with _picture(args) as picture:
        report = with_devices(count_cost(_bundle(args), picture, _options(args)), devices)
    for entry in report.devices.values():
        print(f"{entry['name']} (estimates, with the range that published rows leave)")
        print(f"  left out: {', '.join(key_words(key).lower() for key in entry['left_out'])}")
        for side, words in (("text_only", "language model alone"), ("multimodal", "with a picture")):
            print(f"  {words}")
            for line in _estimates(entry[side]):
                print(f"    {line}")


def _estimates(side: dict[str, Any]) -> Iterator[str]:
    from pocketvlm.cost.report.wording import key_words, value

    for key, found in side["figures"].items():
        low, high = (value(key, found[end]) for end in ("low", "high"))
        yield f"{key_words(key):<34} {value(key, found['value']):>14}  ({low} to {high})"
    for count, found in side["battery_fraction"].items():
        low, high = (f"{found[end]:.3%}" for end in ("low", "high"))
        yield f"{f'Battery for {count} tokens':<34} {found['value']:>14.3%}  ({low} to {high})"
    yield f"{'Weights, of its memory':<34} {side['memory_fraction']:>14.0%}"


def _known(names: list[str]) -> tuple[str, ...]:
    """The devices asked for: a wrong name is told before a long run, not after it."""
    from pocketvlm.cost.devices import device

    try:
        return tuple(device(name).key for name in names)
    except ValueError as error:
        raise OptionError(str(error)) from None


def _bundle(args: argparse.Namespace) -> Bundle:
    from pocketvlm.bundle import open_bundle

    return open_bundle(args.bundle)


@contextmanager
def _picture(args: argparse.Namespace) -> Iterator[Path]:
    from pocketvlm.cost_picture import write_picture

    with tempfile.TemporaryDirectory() as scratch:
        yield args.picture or write_picture(Path(scratch))


def _options(args: argparse.Namespace) -> CostOptions:
    from pocketvlm.costing import QUESTION, CostOptions

    return CostOptions(
        quick=args.quick,
        threads=args.threads,
        question=args.question or QUESTION,
        others=tuple(args.precisions),
        quality=_quality(args.quality),
        command=f"pocketvlm {shlex.join(sys.argv[1:])}",
    )


def _quality(path: Path | None) -> dict[str, dict[str, Any]]:
    """Scores by precision from JSON: {"int4": {"name": "F1", "value": 0.5, "low": 0.4, "high": 0.6, "n": 100}}."""
    if path is None:
        return {}
    try:
        scores = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise OptionError(f"{path} is no JSON: {error}") from None
    if not isinstance(scores, dict) or not all(isinstance(score, dict) for score in scores.values()):
        raise OptionError(f'{path} holds no scores by precision, such as {{"int4": {{"name": "F1", "value": 0.5}}}}')
    return scores


def _show(report: CostReport, out: Path) -> None:
    """Write the pages, and print the add-on table, a line a figure."""
    from pocketvlm.cost.report.sections import make_document
    from pocketvlm.cost.report.wording import change, key_words, value
    from pocketvlm.cost.report.writing import write_document
    from pocketvlm.cost.results import rows

    page = write_document(make_document(report), out)
    print(f"{'':<34} {'text only':>14} {'with a picture':>14}")
    for row in rows(report):
        told = ["–" if figure is None else value(row.key, figure.median) for figure in (row.text_only, row.multimodal)]
        print(f"{key_words(row.key):<34} {told[0]:>14} {told[1]:>14}  {change(row.added_fraction)}")
    print(f"{page}{'' if report.complete else ': as far as it came'}")


def _compare(before: Path, after: Path, out: Path | None) -> None:
    from pocketvlm.cost.comparing import compare
    from pocketvlm.cost.report.compared import comparison_document, comparison_text
    from pocketvlm.cost.report.writing import write_document
    from pocketvlm.cost.results import read_report

    try:
        comparison = compare(read_report(before), read_report(after))
    except ValueError as error:
        raise OptionError(str(error)) from None
    print(comparison_text(comparison))
    if out is not None:
        print(write_document(comparison_document(comparison), out))
