"""The command that takes a sheet of paper in a photo as data: `pocketvlm scan`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import ImageError, OptionError

if TYPE_CHECKING:
    from pocketvlm.apps.documents.scanning import Scan
    from pocketvlm.apps.documents.schema import ScanKind

KINDS = ("receipt", "menu", "contact", "event", "text")
HELP = """\
Reads a receipt, a menu, a business card, a poster or any other sheet. Numbers that do not add up and what was uncertain
are flagged. Nothing is sent anywhere, and no link is opened.

examples:
  pocketvlm scan receipt.jpg --as receipt
  pocketvlm scan card.jpg --as contact --out anna.vcf
  pocketvlm scan poster.jpg --as event --out concert.ics
  pocketvlm scan menu.jpg --as menu --json
"""


def add_scan(commands: Any, command: Any) -> None:
    """The parser of `scan`; `command` makes one."""
    parser = command(commands, "scan", _scan, "take a receipt, menu, card or poster in a photo as data")
    parser.epilog, parser.formatter_class = HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("photo", help="a picture file, or - for stdin")
    parser.add_argument("--as", dest="kind", choices=KINDS, required=True, help="what the sheet is")
    parser.add_argument("--json", action="store_true", help="print JSON, checked against the kind's schema")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also write it: .json, .vcf of a contact, .ics of an event"
    )
    parser.add_argument(
        "--today", metavar="DATE", help="the day from which dates without a year count (default: today)"
    )
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")


def _scan(args: argparse.Namespace) -> None:
    from pocketvlm.apps.documents.printed import printed
    from pocketvlm.apps.documents.scanning import scan

    check_out(args.out, args.kind)
    found = scan(_read(args.photo, args.threads), args.kind, _day(args.today))
    if args.out is not None:
        args.out.write_bytes(file_of(found, args.out).encode())
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if args.json else printed(found))


def _read(photo: str, threads: int | None) -> Any:
    from pocketvlm.apps.documents.reading import read_page
    from pocketvlm.picture import open_text_reader
    from pocketvlm.vision.image import read_image

    reader = open_text_reader(threads)
    try:
        return read_page(read_image(sys.stdin.buffer.read() if photo == "-" else photo), reader)
    except (OSError, ValueError) as error:
        raise ImageError(str(error)) from None


def check_out(out: Path | None, kind: ScanKind) -> None:
    """Whether a scan of a kind can be written to such a file; asked before the photo is read.

    Raises:
        OptionError: it cannot.
    """
    kinds = {".json": KINDS, ".vcf": ("contact",), ".ics": ("event",)}
    if out is not None and kind not in kinds.get(out.suffix.lower(), ()):
        raise OptionError(
            f"--out is {out}, which a {kind} cannot be written to: "
            "give a .json file, or .vcf for a contact, .ics for an event"
        )


def file_of(found: Scan, out: Path) -> str:
    """The text of a file of the form that its name's ending says.

    Raises:
        OptionError: the sheet does not say what such a file needs.
    """
    from pocketvlm.apps.documents.contact import Contact
    from pocketvlm.apps.documents.event import Event
    from pocketvlm.apps.documents.icalendar import icalendar
    from pocketvlm.apps.documents.vcard import vcard

    try:
        if out.suffix.lower() == ".vcf" and isinstance(found.document, Contact):
            return vcard(found.document)
        if out.suffix.lower() == ".ics" and isinstance(found.document, Event):
            return icalendar(found.document, datetime.now(UTC))
    except ValueError as error:
        raise OptionError(str(error)) from None
    return json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n"


def _day(text: str | None) -> date:
    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise OptionError(f"--today is {text!r}; give a date such as 2026-05-14") from None
