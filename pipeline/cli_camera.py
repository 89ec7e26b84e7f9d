"""The command that looks up places as a camera sees them: `pocketvlm camera`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocketvlm.cli_lookup import match_line, position_of, time_of
from pocketvlm.errors import ImageError, OptionError, PocketVLMError
from pocketvlm.extras import packages_of

if TYPE_CHECKING:
    import numpy as np

    from pocketvlm.apps.camera.overlay import Look, Overlay
    from pocketvlm.apps.camera.video import VideoFile
    from pocketvlm.apps.camera.watching import Shown
    from pocketvlm.apps.places.photos.lookup import Lookup
    from pocketvlm.apps.places.storage.store import PlaceStore

READ_LINES = 4
HELP = """\
Point the camera at a restaurant or a shop and hold still: its card is shown over the picture, and printed. Where there
is no display no window is opened. Stop with q, Escape or Ctrl-C. Nothing is sent anywhere.

examples:
  pocketvlm camera --source 0 --near 50.698,-1.872
  pocketvlm camera --source walk.mp4 --out walk-with-cards.mp4 --places lisbon.sqlite
"""


def add_camera(commands: Any, command: Any) -> None:
    """The parser of `camera`; `command` makes one."""
    parser = command(commands, "camera", _camera, "look up places as a camera or a video shows them")
    parser.epilog, parser.formatter_class = HELP, argparse.RawDescriptionHelpFormatter
    parser.add_argument("--source", default="0", metavar="0|FILE", help="a camera's number or a video (%(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a video with the cards, such as out.mp4")
    parser.add_argument("--places", type=Path, metavar="FILE", help="the store (default: yours, else a small sample)")
    parser.add_argument("--near", metavar="LAT,LON", help="where the camera is")
    parser.add_argument("--at", metavar="TIME", help='answer for that time, such as "2026-05-14 19:20"')
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")


def _camera(args: argparse.Namespace) -> None:
    with packages_of("places"):
        _run(args)


def _run(args: argparse.Namespace) -> None:
    from pocketvlm.apps.camera.video import VideoFile, VideoSource
    from pocketvlm.apps.camera.watching import watch
    from pocketvlm.apps.places.storage.store import open_places
    from pocketvlm.picture import open_text_reader

    near = None if args.near is None else position_of(args.near)
    at = time_of(args.at)
    reader = open_text_reader(args.threads)
    with ExitStack() as open_things:
        try:
            source = open_things.enter_context(VideoSource(args.source))
        except (OSError, ValueError) as error:
            raise ImageError(str(error)) from None
        try:
            out = None if args.out is None else open_things.enter_context(VideoFile(args.out, source.rate))
        except ValueError as error:
            raise OptionError(str(error)) from None
        try:
            store = open_things.enter_context(open_places(args.places))
            look = look_with(store, reader, near, at)
            _show(watch(source.frames(), look, live=source.is_live), out)
        except ValueError as error:
            raise PocketVLMError(str(error)) from None


def _show(shown: Iterable[Shown], out: VideoFile | None) -> None:
    """Write, show and print until the end of the video, or until somebody stops it."""
    from pocketvlm.apps.camera.window import Window

    window = Window("PocketVLM")
    seen = 0
    try:
        for frame in shown:
            seen += 1
            if frame.is_new and frame.overlay is not None:
                print("\n".join([frame.overlay.title, *(f"  {line}" for line in frame.overlay.lines)]), flush=True)
            if out is not None:
                out.write(frame.image)
            if not window.show(frame.image):
                break
    except KeyboardInterrupt:  # the usual way to stop a camera; what was written so far is kept
        pass
    finally:
        window.close()
    if seen == 0:
        raise ImageError("the source gave no frames: is the camera in use, or the video empty?")
    if out is not None:
        print(f"{out.path}: {seen} frames")


def look_with(store: PlaceStore, reader: Any, near: tuple[float, float] | None, at: datetime | None) -> Look:
    """What to show for a picture: the card of the place that it shows, or what it may be, or what its signs say."""
    from pocketvlm.apps.places.photos.lookup import look_up
    from pocketvlm.apps.places.photos.photo import PlacePhoto

    def look(pixels: np.ndarray) -> Overlay:
        return overlay_of(look_up(PlacePhoto(pixels, near), store, reader, near=near), at)

    return look


def overlay_of(found: Lookup, at: datetime | None) -> Overlay:
    """A look-up as it is shown over the picture."""
    from pocketvlm.apps.camera.overlay import Overlay
    from pocketvlm.apps.places.card import card_of
    from pocketvlm.apps.places.plain import plain

    if found.verdict == "sure":
        title, *lines = card_of(found.matches[0].place, at, found.position).text().splitlines()
        return Overlay(title, tuple(line.removeprefix("  ") for line in lines), "sure")
    if found.verdict == "several":
        return Overlay("It may be", tuple(match_line(match).strip() for match in found.matches), "several")
    lines = [plain(sign.text) for sign in found.signs[:READ_LINES]]
    return Overlay("No place of the store fits" if lines else "Nothing to read here", tuple(lines), "none")
