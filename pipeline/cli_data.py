"""The commands about data: `pocketvlm eval` and `pocketvlm render`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import OptionError, PocketVLMError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    from pocketvlm.datasets.predictions import Prediction
    from pocketvlm.datasets.records import Record
    from pocketvlm.evaluation_report import Report
    from pocketvlm.gallery import Compared
    from pocketvlm.run_folder import RunFolder

EVAL_HELP = """\
DATA is a file with a record a line, {"id", "image", "question", "answers": [...], "type", "bbox"?: [x1, y1, x2, y2]},
or NAME:PATH for a data set as its makers publish it: screenqa-short, screenspot-v2, docvqa, ...

examples:
  pocketvlm eval nano questions.jsonl --out runs/nano
  pocketvlm eval mobilevlm screenqa-short:screen_qa/short_answers/test.json --images rico/combined --out runs/mobilevlm
  pocketvlm eval nano questions.jsonl --out runs/new --compare runs/old --types lookup,state
  pocketvlm eval nano questions.jsonl --out runs/nano --ray head-node:6379

The folder holds predictions.jsonl, timings.jsonl, scores.json and report.html. The same command goes on where it was
stopped, and scores again what was answered.
"""


def add_eval(commands: Any, command: Any) -> None:
    """The parser of `eval`; `command` makes one."""
    parser = command(commands, "eval", _eval, "ask a bundle the questions of a data set and score its answers")
    parser.epilog, parser.formatter_class = EVAL_HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("bundle", help="the folder of a bundle, or nano")
    parser.add_argument("data", help="a JSONL file of records, or NAME:PATH; see below")
    parser.add_argument("--out", required=True, type=Path, help="the folder for answers, scores and report")
    group = parser.add_argument_group("what is asked")
    group.add_argument("--images", type=Path, help="the folder of a NAME:PATH data set's images")
    group.add_argument("--types", help="only questions of these types, separated by commas")
    group.add_argument("--limit", type=int, help="only the first that many questions, of those types")
    group.add_argument(
        "--skip-bad", action="store_true", help="leave out rows and pictures that cannot be read, and say so"
    )
    group.add_argument("--free", action="store_true", help="let the language model word every answer")
    group = parser.add_argument_group("scores")
    group.add_argument("--metric", action="append", default=[], help="instead of the data set's own; may be repeated")
    group.add_argument("--compare", type=Path, metavar="OTHER_DIR", help="an earlier run over the same data")
    group.add_argument("--json", action="store_true", help="print the scores as JSON")
    group = _add_workers(parser)
    group.add_argument("--threads", type=int, help="processor cores for each process (default: an equal share of all)")


def add_render(commands: Any, command: Any) -> None:
    """The parser of `render`."""
    parser = command(
        commands,
        "render",
        _render,
        "draw phone screens of which every element is known",
        "Needs the packages of pocketvlm[data], Chromium and npm. The same command goes on where it was stopped.",
    )
    parser.add_argument("--count", required=True, type=int, help="how many screens")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same screens (%(default)s)")
    parser.add_argument("--out", required=True, type=Path, help="the folder to write")
    group = parser.add_argument_group("what is drawn")
    group.add_argument(
        "--part",
        choices=("train", "validation", "held_out"),
        help="only kits and apps of this part of the data, with a seed of its own: of ten in a row the last is held "
        "out, the one before validates",
    )
    group.add_argument("--kits", help="only these UI kits, separated by commas: ionic-ios, ionic-md, ...")
    group.add_argument("--apps", help="only these kinds of apps, separated by commas")
    group.add_argument("--languages", help="only these languages, separated by commas: en, zh")
    group = parser.add_argument_group("what is asked")
    group.add_argument("--questions", type=int, default=0, metavar="N", help="also write up to N questions a screen")
    group.add_argument(
        "--photographed", type=float, default=0.0, metavar="SHARE", help="of them as photos of the phone"
    )
    group.add_argument("--papers", type=int, default=0, help="photos of menus, receipts and signs besides")
    parser.add_argument("--shard-size", type=int, default=100, help="screens a shard (%(default)s)")
    _add_workers(parser)
    parser.set_defaults(processes=None)


def _add_workers(parser: Any) -> Any:
    group = parser.add_argument_group("workers")
    group.add_argument(
        "--processes", type=int, default=1, help="processes of this machine (eval: 1; render: one a core)"
    )
    group.add_argument(
        "--ray",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="a Ray cluster instead, by default this machine's; all machines see the same files",
    )
    return group


def _eval(args: argparse.Namespace) -> None:
    with packages_of("data"):
        from pocketvlm.evaluation import evaluate
        from pocketvlm.evaluation_report import SCORES, check_metrics, make_report, write_json
    from pocketvlm.progress import progress_bar

    records = _read_data(args)
    chosen = _choose(records, args.types, args.limit)
    other = _other_run(args.compare)  # all that can be wrong is found before the first question
    check_metrics(chosen, args.metric)
    skip = (lambda bad: _warn(f"{bad.image}: {bad.reason}")) if args.skip_bad else None
    with progress_bar("question") as progress:
        run = evaluate(
            args.bundle,
            records,
            args.out,
            chosen=chosen,
            free=args.free,
            threads=args.threads,
            processes=args.processes,
            ray=args.ray,
            unreadable=skip,
            progress=progress,
        )
    report = make_report(chosen, run.predictions, run.timings, args.metric)
    compared = _compare(args, report, other) if other else None
    scores = {"model": args.bundle, "data": args.data, **report.to_dict()}
    write_json(args.out / SCORES, scores)
    page = _show(args, run, report, compared)
    if args.json:
        print(json.dumps({**scores, "comparison": compared and compared.comparison.to_dict()}, ensure_ascii=False))
        return
    print(report.text())
    if compared:
        print(f"\ncompared with {compared.name}:\n{compared.comparison.text()}")
    print(f"\n{page}")


def _show(args: argparse.Namespace, run: RunFolder, report: Report, compared: Compared | None) -> Path:
    from pocketvlm.gallery import write_gallery
    from pocketvlm.progress import progress_bar

    title = f"{Path(args.bundle).name} on {Path(args.data).name}"
    with progress_bar("picture") as progress:
        return write_gallery(args.out, title, report, run.timings, compared, progress)


def _other_run(folder: Path | None) -> dict[str, Prediction] | None:
    from pocketvlm.run_folder import read_run

    if folder is None:
        return None
    predictions, _ = read_run(folder)
    if not predictions:
        raise OptionError(f"{folder} holds no predictions: give the --out folder of an earlier run")
    return predictions


def _compare(args: argparse.Namespace, report: Report, other: dict[str, Prediction]) -> Compared:
    from pocketvlm.evaluation_report import COMPARISON, compare_runs, write_json
    from pocketvlm.gallery import Compared

    compared = Compared(str(args.compare), compare_runs(report, other, args.metric))
    write_json(args.out / COMPARISON, {"other": compared.name, **compared.comparison.to_dict()})
    return compared


def _read_data(args: argparse.Namespace) -> list[Record]:
    from pocketvlm.datasets import readers
    from pocketvlm.datasets.records import read_records
    from pocketvlm.datasets.rows import OnError

    name, _, path = args.data.partition(":")
    names = [card.name for card in readers.cards()]
    on_error: OnError = "skip" if args.skip_bad else "raise"
    report = _warn if args.skip_bad else None
    try:
        if name in names:
            return readers.open(name, path, images=args.images, on_error=on_error, report=report)
        return read_records(args.data, on_error=on_error, report=report)
    except FileNotFoundError as error:
        hint = f"; data sets: {', '.join(names)}" if path and name not in names else ""
        raise OptionError(f"no file {error.filename or error}{hint}") from None
    except ValueError as error:
        raise OptionError(f"{error}\n(--skip-bad goes on without bad rows)") from None


def _choose(records: Sequence[Record], types: str | None, limit: int | None) -> list[Record]:
    there = sorted({record.type for record in records})
    wanted = types.split(",") if types is not None else there
    if unknown := set(wanted) - set(there):
        raise OptionError(f"no questions of type {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    if limit is not None and limit < 1:
        raise OptionError(f"--limit is {limit}; give 1 or more")
    chosen = [record for record in records if record.type in wanted][:limit]
    if not chosen:
        raise OptionError("the data has no questions")
    return chosen


def _warn(what: object) -> None:
    from tqdm import tqdm

    tqdm.write(f"left out: {what}", file=sys.stderr)


def _render(args: argparse.Namespace) -> None:
    with packages_of("data"):
        from pocketvlm.datasets.rendered.contact_sheet import contact_sheet
        from pocketvlm.datasets.rendered.render import render
    from pocketvlm.progress import progress_bar

    kits, apps = _drawn(args)
    try:
        with progress_bar("screen") as progress:
            render(
                args.count,
                args.seed,
                args.out,
                kits=kits,
                apps=apps,
                languages=_listed(args.languages),
                shard_size=args.shard_size,
                processes=args.processes,
                ray=args.ray,
                progress=progress,
            )
        print(contact_sheet(args.out))
        if args.questions:
            print(_write_questions(args))
    except (ValueError, FileNotFoundError, ModuleNotFoundError, ConnectionError, RuntimeError) as error:
        raise PocketVLMError(str(error)) from None


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split(","))


def _drawn(args: argparse.Namespace) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The kits and apps that were asked for; with --part, those of its that were.

    Raises:
        OptionError: the seed, or a kit or app, is not of the part.
    """
    from pocketvlm.datasets.rendered import splits
    from pocketvlm.datasets.rendered.apps import APPS
    from pocketvlm.datasets.rendered.schema import KITS

    kits, apps = _listed(args.kits), _listed(args.apps)
    if args.part is None:
        return kits, apps
    if splits.seed_part(args.seed) != args.part:
        first = ", ".join(str(seed) for seed, _ in zip(splits.seeds_for(args.part), range(3), strict=False))
        raise OptionError(f"seed {args.seed} is not of the part {args.part}: take {first}, ...")
    of_part = (tuple(splits.kits_for(args.part, KITS)), tuple(splits.apps_for(args.part, APPS)))
    for asked, there in zip((kits, apps), of_part, strict=True):
        if outside := sorted(set(asked or ()) - set(there)):
            raise OptionError(f"{', '.join(outside)}: not of the part {args.part}; it has {', '.join(there)}")
    return kits or of_part[0], apps or of_part[1]


def _write_questions(args: argparse.Namespace) -> Path:
    from pocketvlm.datasets.rendered.question_set import write_question_set
    from pocketvlm.progress import progress_bar

    with progress_bar("picture") as progress:
        return write_question_set(
            args.out,
            args.seed,
            per_screen=args.questions,
            photographed=args.photographed,
            papers=args.papers,
            progress=progress,
        )
