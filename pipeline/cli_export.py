"""The commands that make and check bundles: `pocketvlm export` and `pocketvlm verify`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import OptionError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    from pocketvlm.recipe import Recipe

PRECISIONS = ["fp32", "fp16", "int8", "int4"]
EXPORT_HELP = """\
precisions (--precision), and what of them to change:
  phone      INT4 language model, INT8 for the rest and for the cache of keys and values: the default
  balanced   INT8, the projector in half precision
  exact      everything in float32, to compare with the reference
  native     a GGUF file's own quantisation, without loss: the default for those

examples:
  pocketvlm export mtgv/MobileVLM_V2-1.7B --out mobilevlm
  pocketvlm export MobileVLM-1.7B/ --vision-tower clip-vit-large-patch14-336/ --out v1 --precision balanced
  pocketvlm export mtgv/MobileVLM_V2-3B --out finer --llm int4 --block-size 32
  pocketvlm export SmolLM2-135M-Instruct.Q4_1.gguf --out smol
  pocketvlm export --random mobilevlm-v2-1.7b --out for-measurements
"""


def add_export(commands: Any, command: Any) -> None:
    """The parser of `export`; `command` makes one."""
    parser = command(
        commands,
        "export",
        _export,
        "turn a checkpoint into a bundle of ONNX graphs",
        "Needs the packages of pocketvlm[export]; the bundle appears only when it is complete and verified.",
    )
    parser.epilog, parser.formatter_class = EXPORT_HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "checkpoint", nargs="?", help="a MobileVLM or LLaMA checkpoint (folder or hub name), or a LLaMA GGUF file"
    )
    parser.add_argument("--random", metavar="MODEL", help="no checkpoint but random weights: mobilevlm-v2-1.7b, ...")
    parser.add_argument("--out", required=True, help="the folder to write")
    parser.add_argument("--name", help="what the bundle is called (default: the folder's name)")
    parser.add_argument(
        "--vision-tower", metavar="TOWER", help="folder or hub name of the image encoder, or open_clip:NAME[:TAG]"
    )
    group = parser.add_argument_group("precision")
    group.add_argument("--precision", choices=["phone", "balanced", "exact", "native"], help="see below")
    for part, help in {
        "llm": "the language model's layers",
        "head": "its output head",
        "embeddings": "its token embedding",
        "projector": "the projector",
        "vision": "the image encoder",
    }.items():
        group.add_argument(f"--{part}", choices=PRECISIONS, help=help)
    group.add_argument("--kv-cache", choices=["fp32", "int8"], help="keys and values of what was read")
    group.add_argument("--block-size", type=int, choices=[32, 64, 128], help="weights of the layers that share a scale")
    group.add_argument(
        "--asymmetric", action=argparse.BooleanOptionalAction, help="give every block of the layers a zero point"
    )
    group.add_argument(
        "--method",
        choices=["rtn", "k_quant", "imatrix"],
        help="round the layers to nearest, or search for scales, or also let errors that meet large inputs count more",
    )


def add_verify(commands: Any, command: Any) -> None:
    """The parser of `verify`."""
    parser = command(
        commands,
        "verify",
        _verify,
        "check a bundle: its files, its graphs, and every stage against its definition",
        "Needs the packages of pocketvlm[export].",
    )
    parser.add_argument("bundle", help="the folder of a bundle, or nano")
    parser.add_argument("--json", action="store_true", help="print the whole report")


def _export(args: argparse.Namespace) -> None:
    if (args.checkpoint is None) == (args.random is None):
        raise OptionError("give either a checkpoint or --random MODEL")
    with packages_of("export"):
        from pocketvlm.export import export, export_checkpoint
        from pocketvlm.progress import progress_bar
        from pocketvlm.random_model import random_checkpoint

    recipe = _recipe(args, native=str(args.checkpoint).endswith(".gguf"))
    if args.random and args.method is None and recipe.llm is not None:
        recipe = replace(recipe, llm=replace(recipe.llm, method="rtn"))  # there is nothing to be near to
    with progress_bar("layer") as progress:
        if args.random:
            checkpoint = random_checkpoint(args.random)
            folder = export_checkpoint(checkpoint, args.out, recipe, name=args.name, progress=progress)
        else:
            folder = export(
                args.checkpoint,
                args.out,
                recipe=recipe,
                vision_tower=args.vision_tower,
                name=args.name,
                progress=progress,
            )
    _print_summary(folder)


def _recipe(args: argparse.Namespace, native: bool) -> Recipe:
    from pocketvlm.recipe import PRESETS, with_kind

    recipe = PRESETS[args.precision or ("native" if native else "phone")]
    for part in ("llm", "head", "embeddings", "projector", "vision"):
        if (kind := getattr(args, part)) is not None:
            recipe = with_kind(recipe, part, kind)
    if args.kv_cache is not None:
        recipe = replace(recipe, kv_cache=args.kv_cache)
    symmetric = None if args.asymmetric is None else not args.asymmetric
    details: dict[str, Any] = {"block_size": args.block_size, "method": args.method, "symmetric": symmetric}
    if symmetric:
        details["whole_scales"] = False  # which are for blocks with zero points
    details = {name: value for name, value in details.items() if value is not None}
    if not details:
        return recipe
    if recipe.llm is None:
        raise OptionError("--block-size, --asymmetric and --method need --llm int4 or int8")
    try:
        return replace(recipe, llm=replace(recipe.llm, **details))
    except ValueError as error:
        raise OptionError(str(error)) from None


def _print_summary(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"{folder}: {size / 1e6:,.1f} MB, {manifest['weights']} weights")
    for part, count in manifest["parameters"].items():
        print(f"  {part:<16} {count:>15,} parameters")


def _verify(args: argparse.Namespace) -> None:
    with packages_of("export"):
        from pocketvlm.verify import verify
    from pocketvlm.bundle import open_bundle
    from pocketvlm.progress import progress_bar

    with progress_bar("check") as progress:
        report = verify(open_bundle(args.bundle).folder, progress=progress)
    print(json.dumps(report.to_dict(), indent=2) if args.json else report.text())
