"""The command that recognises what is on a screen: `pocketvlm parse`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import OptionError

if TYPE_CHECKING:
    from pocketvlm.vision.structure import ScreenStructure


def add_parse(commands: Any, command: Any) -> None:
    """The parser of `parse`; `command` makes one."""
    parser = command(
        commands,
        "parse",
        _parse,
        "print what is on a screen: its rows, controls with their states, pictures and text",
        "Needs a bundle with a screen parser, as the embedded one.",
    )
    parser.add_argument("image", help="a picture file, or - for stdin")
    parser.add_argument("--json", action="store_true", help="print rows and cells with boxes, states and scores")
    parser.add_argument("--draw", metavar="OUT.png", type=Path, help="also paint the boxes onto a copy of the picture")
    parser.add_argument("--model", default="nano", help="a bundle: nano, the embedded one, or a folder (%(default)s)")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")


def _parse(args: argparse.Namespace) -> None:
    from pocketvlm.parsed import structure_to_dict, tree
    from pocketvlm.vlm import load

    source = sys.stdin.buffer.read() if args.image == "-" else args.image
    structure = load(args.model, threads=args.threads).parse(source)
    if args.draw is not None:
        _draw(source, structure, args.draw)
    if args.json:
        print(json.dumps(structure_to_dict(structure), ensure_ascii=False, indent=2))
    else:
        print(tree(structure))


def _draw(source: str | bytes, structure: ScreenStructure, out: Path) -> None:
    from PIL import Image

    from pocketvlm.drawing import draw_structure
    from pocketvlm.vision.image import read_image

    painted = Image.fromarray(draw_structure(read_image(source), structure))
    try:
        painted.save(out)
    except ValueError as error:  # of a name whose ending is no format's
        raise OptionError(f"{out} cannot be written as a picture ({error}): give a name that ends in .png") from None
