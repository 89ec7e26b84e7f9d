"""The command that trains: `pocketvlm train`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm import __version__
from pocketvlm.errors import PocketVLMError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    from pocketvlm.training.stage import Stage
    from pocketvlm.training.trainer import Trained

STAGE = "stage.json"
TRAIN_HELP = """\
RECIPE is a TOML file, or the name of one that comes with the package: nano/parser, nano/looks, nano/projector,
nano/language, nano/further (on from the bundle that ships), mobilevlm/stage1, mobilevlm/stage2. It names a task, the
task's [settings], and how to [train] it; look into one to see what there is, and change single values with --set.

examples:
  pocketvlm render --count 5000 --seed 7 --out screens
  pocketvlm train nano/parser --data screens --out runs/parser
  pocketvlm train nano/parser --data screens --out runs/parser --resume
  pocketvlm train nano/looks --data screens --out runs/looks --set settings.parser=runs/parser
  pocketvlm train nano/language --data screens --out runs/language --set train.steps=800
  pocketvlm train my.toml --data screens --out runs/quick --set train.steps=200 --set train.lr=3e-4
  pocketvlm train mobilevlm/stage1 --data llava.json --out runs/stage1 --set settings.checkpoint=MobileVLM_V2-1.7B

several processes or machines, through PyTorch's own launcher; the batch is theirs together, the result the same:
  torchrun --nproc-per-node 8 --no-python pocketvlm train nano/parser --data screens --out runs/parser

The folder holds weights.safetensors (what ships), log.jsonl, curve.svg, stage.json (all settings) and checkpoints/.
Ctrl-C, SIGTERM and a limit of train.minutes end a run between two steps, with a checkpoint; after a kill, --resume goes
on from the newest checkpoint, and the losses are those of a run that was never killed.
"""


def add_train(commands: Any, command: Any) -> None:
    """The parser of `train`; `command` makes one."""
    parser = command(
        commands,
        "train",
        _train,
        "train a stage of a recipe, on a GPU or without",
        "Needs the packages of pocketvlm[train].",
    )
    parser.epilog, parser.formatter_class = TRAIN_HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("recipe", help="the stage to train: a TOML file, or a name as below")
    parser.add_argument(
        "--data",
        required=True,
        type=Path,
        action="append",
        help="a folder or file of samples; may be given several times",
    )
    parser.add_argument("--out", required=True, type=Path, help="the folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in the folder, if any")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="instead of the recipe's value, e.g. train.lr=1e-4 or settings.lora.rank=8; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print how it ended as JSON")


def _train(args: argparse.Namespace) -> None:
    with packages_of("train"):
        from pocketvlm.training.stage import read_stage
        from pocketvlm.training.tasks import open_task
        from pocketvlm.training.trainer import train
    try:
        stage = read_stage(args.recipe, args.set)
        task = open_task(stage.task, args.data, stage.settings, stage.train.seed)
        trained = train(task, stage.train, args.out, args.resume, about=_about(stage, args.data))
    except (ValueError, FileNotFoundError, FloatingPointError) as error:
        raise PocketVLMError(str(error)) from None
    if trained.first:
        _show(trained, args)
    if trained.interrupted:  # so that a script does not go on with a stage that is not done
        raise KeyboardInterrupt


def _about(stage: Stage, data: list[Path]) -> dict[str, Any]:
    """All that a run depends on, for its folder."""
    import torch

    versions = {"pocketvlm": __version__, "torch": torch.__version__, "python": platform.python_version()}
    return {**stage.to_dict(), "data": [str(one) for one in data], "versions": versions}


def _show(trained: Trained, args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps(trained.to_dict()))
        return
    for name, value in trained.scores.items():
        print(f"{name:<24} {value:.4f}")
    print(trained.folder)
    if not trained.finished:
        left = f"stopped after step {trained.step} of {trained.steps}: the same command with --resume goes on"
        print(left, file=sys.stderr)
