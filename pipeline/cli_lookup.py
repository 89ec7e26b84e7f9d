"""The command that tells a place from a photo of it: `pocketvlm lookup`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import ImageError, OptionError, PocketVLMError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    from pocketvlm.apps.places.photos.lookup import Lookup, Match
    from pocketvlm.apps.places.photos.photo import PlacePhoto
    from pocketvlm.apps.places.questions.facts import Answer
    from pocketvlm.apps.places.questions.wording import Word
    from pocketvlm.vision.text_reader import TextReader

PHOTO_TIME = "photo"
LINES_SHOWN = 12
MOST_CERTAIN = 0.99

HELP = """\
Says which place of the store a photo shows, with its card: sure, one of several, or none. Reads the signs, and takes
the position from the photo if it has one. Nothing is sent anywhere, and no link is opened.

examples:
  pocketvlm lookup front.jpg
  pocketvlm lookup front.jpg "When does it close on Friday?" --places lisbon.sqlite
  pocketvlm lookup front.jpg --near 50.698,-1.872 --at "2026-12-25 20:00"
"""


def add_lookup(commands: Any, command: Any) -> None:
    """The parser of `lookup`; `command` makes one."""
    parser = command(commands, "lookup", _lookup, "tell a place from a photo of its front")
    parser.epilog, parser.formatter_class = HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("photo", help="a picture file")
    parser.add_argument("question", nargs="?", help="what you want to know about the place, or about the sign")
    parser.add_argument("--places", type=Path, metavar="FILE", help="the store (default: yours, else a small sample)")
    parser.add_argument("--at", metavar="TIME", help='answer for that time, such as "2026-05-14 19:20", or photo')
    parser.add_argument("--near", metavar="LAT,LON", help="where the photo was taken, instead of what it says itself")
    parser.add_argument("--json", action="store_true", help="print all that was read and found as JSON")
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")


def _lookup(args: argparse.Namespace) -> None:
    with packages_of("places"):
        print(_looked_up(args))


def _looked_up(args: argparse.Namespace) -> str:
    from pocketvlm.apps.places.photos.lookup import look_up
    from pocketvlm.apps.places.storage.store import open_places
    from pocketvlm.picture import open_text_reader

    near = None if args.near is None else position_of(args.near)
    photo = _photo(args.photo)
    at = moment_of(args.at, photo)
    reader = open_text_reader(args.threads)
    try:
        with open_places(args.places) as store:
            found = look_up(photo, store, reader, near=near)
        return _said(found, args, at, lambda: _rows(photo, reader))
    except ValueError as error:
        raise PocketVLMError(str(error)) from None


def _photo(path: str) -> PlacePhoto:
    from pocketvlm.apps.places.photos.photo import read_photo

    try:
        return read_photo(path)
    except (OSError, ValueError) as error:
        raise ImageError(str(error)) from None


def position_of(text: str) -> tuple[float, float]:
    """ "50.698,-1.872" as latitude and longitude.

    Raises:
        OptionError: it is none.
    """
    from pocketvlm.apps.places.geo import check_position

    try:
        lat, lon = (float(part) for part in text.split(","))
        check_position((lat, lon))
    except ValueError as error:
        raise OptionError(
            f"--near is {text!r}; give a latitude and a longitude, such as 50.698,-1.872 ({error})"
        ) from None
    return lat, lon


def moment_of(text: str | None, photo: PlacePhoto) -> datetime | None:
    """The time asked for: ISO 8601, or the word "photo" for when the photo was taken; None is now.

    Raises:
        OptionError: it is no time, or the photo does not say when it was taken.
    """
    if text == PHOTO_TIME:
        if photo.taken is None:
            raise OptionError("--at photo: the photo does not say when it was taken; give the time itself")
        return photo.taken
    return time_of(text, or_else=", or photo")


def time_of(text: str | None, or_else: str = "") -> datetime | None:
    """A time in ISO 8601; None is now.

    Args:
        or_else: what else may be given, for the error.
    Raises:
        OptionError: it is no time.
    """
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise OptionError(f'--at is {text!r}; give a time such as "2026-05-14 19:20"{or_else}') from None


def _said(found: Lookup, args: argparse.Namespace, at: datetime | None, sheet: Callable[[], list[str]]) -> str:
    from pocketvlm.apps.places.card import card_of

    card = card_of(found.matches[0].place, at, found.position) if found.verdict == "sure" else None
    answer = None if args.question is None else _answer(found, args.question, at, args.threads, sheet)
    if args.json:
        record = {**found.to_dict(), "card": card and card.to_dict(), "answer": answer and answer.to_dict()}
        return json.dumps(record, ensure_ascii=False, indent=2)
    if answer is not None:
        return answer.text if found.verdict == "sure" else f"{answer.text}\n{verdict_text(found)}"
    return verdict_text(found) if card is None else f"{card.text()}\n{verdict_text(found)}"


def _answer(
    found: Lookup, question: str, at: datetime | None, threads: int | None, sheet: Callable[[], list[str]]
) -> Answer:
    from pocketvlm.apps.places.questions.answering import answer_question

    place = found.matches[0].place if found.verdict == "sure" else None
    lines = [sign.text for sign in found.signs]
    if place is None:  # it may be a receipt or a menu, whose amounts stand in one row with what they are for
        lines = sheet() or lines
    return answer_question(question, place, at, found.position, lines, word=_word(threads))


def _rows(photo: PlacePhoto, reader: TextReader) -> list[str]:
    """What a sheet prints, row by row."""
    from pocketvlm.apps.documents.reading import read_page

    return [" ".join(cell.text for cell in row.cells) for row in read_page(photo.pixels, reader).rows]


def _word(threads: int | None) -> Word:
    """The language model, loaded when a question first needs it."""

    @cache
    def chat() -> Any:
        from pocketvlm.vlm import load

        return load(threads=threads).chat()

    def word(facts: str, question: str) -> str:
        asked = f"{facts}\n\nAnswer in one short sentence, with words of these facts only: {question}"
        chat().reset()
        answer: str = chat().ask(asked, free=True, max_new_tokens=64).text
        return answer

    return word


def verdict_text(found: Lookup) -> str:
    """How certain a look-up is and why, for people."""
    from pocketvlm.apps.places.plain import plain

    if found.verdict == "sure":
        best = found.matches[0]
        share = min(best.probability, MOST_CERTAIN)  # a rounded 100% would promise too much
        return "\n".join([f"Certain to {share:.0%}:", *(f"  {reason}" for reason in best.evidence)])
    if found.verdict == "several":
        return "\n".join(["Not certain. It may be:", *(f"  {match_line(match)}" for match in found.matches)])
    lines = [f"  {plain(sign.text)}" for sign in found.signs[:LINES_SHOWN]]
    read = ["The signs say:", *lines] if lines else ["Nothing could be read on the photo."]
    return "\n".join(["No place of the store fits the photo.", *read])


def match_line(match: Match) -> str:
    """One place that may be meant: its probability, name, address and distance."""
    from pocketvlm.apps.places.card import address_line
    from pocketvlm.apps.places.distance import length
    from pocketvlm.apps.places.plain import plain

    parts = [plain(match.place.name), plain(address_line(match.place.address) or "")]
    if match.distance_m is not None:
        parts.append(length(match.distance_m))
    return f"{match.probability:4.0%}  {', '.join(part for part in parts if part)}"
