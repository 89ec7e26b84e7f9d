"""Draws screen specs: one browser a process, one page a kit, kept open from screen to screen."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page

from pocketvlm.datasets.rendered import bundle
from pocketvlm.datasets.rendered.browser import open_browser
from pocketvlm.datasets.rendered.pictures import PICTURES

PAGES = {  # kit -> folder of its page, and the mode that the page's address asks for
    "ionic-ios": ("ionic", "#ios"),
    "ionic-md": ("ionic", "#md"),
    "material-web": ("material", ""),
    "antd-mobile": ("antd", ""),
    "varied": ("varied", ""),
}
_TIMEOUT_MS = 20_000  # a screen takes under a second; a page that takes longer has failed
_RENEW = 400  # screens that one page draws before it is opened afresh, which keeps its memory small
_WARM_UP: dict[str, Any] = {
    **{"id": "warm-up", "seed": 0, "index": 0, "app": "none", "language": "en", "scroll": 0, "tabs": None, "fab": None},
    "device": {"name": "none", "width": 360, "height": 640, "scale": 1, "inset": "none", "home_indicator": True},
    "theme": {"dark": False, "accent": "#1a73e8", "text_scale": 1},
    "status": {"time": "9:41", "battery": 1, "charging": False, "wifi": 3, "signal": 4},
    "header": {"title": "Messages", "large": False, "back": "", "actions": ["search"], "search": None},
    "body": [
        {
            "type": "section",
            "items": [{"label": "Messages", "detail": "Two", "control": {"type": "switch", "on": True}}],
        }
    ],
    "overlay": {"type": "dialog", "title": "Messages?", "text": "Two of them.", "buttons": ["No", "Yes"]},
}


@dataclass(frozen=True)
class Drawn:
    """A screen as drawn."""

    png: bytes
    truth: dict[str, Any]  # the contract of the rendered screens: size, kit, app, elements with boxes in pixels


class Driver:
    """Draws specs one after another. Made by `open_driver`."""

    def __init__(self, browser: Browser, pages: Path) -> None:
        self._browser = browser
        self._folder = pages
        self._open: dict[str, _KitPage] = {}

    def draw(self, spec: Mapping[str, Any]) -> Drawn:
        """Draw a screen and read its truth.

        Args:
            spec: as schema.check allows.
        Raises:
            ValueError: the kit is unknown, or the page cannot draw the spec; the message names the spec.
        """
        kit = spec["kit"]
        if kit not in PAGES:
            raise ValueError(f"unknown kit {kit!r}: use one of {', '.join(PAGES)}")
        try:
            return self._page(kit).draw(spec)
        except Error:
            self._close(kit)  # what state it is in, nobody knows: a fresh page gets one more try
        try:
            return self._page(kit).draw(spec)
        except Error as error:
            self._close(kit)
            raise ValueError(f"the screen {spec.get('id')!r} in {kit} cannot be drawn: {error}") from error

    @property
    def version(self) -> str:
        """The browser's version, on which the pixels depend."""
        return self._browser.version

    def _page(self, kit: str) -> _KitPage:
        page = self._open.get(kit)
        if page is not None and page.drawn >= _RENEW:
            self._close(kit)
            page = None
        if page is None:
            page = self._open[kit] = _KitPage(self._browser, self._folder, kit)
        return page

    def _close(self, kit: str) -> None:
        page = self._open.pop(kit, None)
        if page is not None:
            page.close()


@contextmanager
def open_driver() -> Iterator[Driver]:
    """A driver with its browser; the pages are bundled first where they are not.

    Raises:
        FileNotFoundError: Chromium, or npm for the first bundling, is missing.
    """
    pages = bundle.pages_folder()
    with open_browser() as browser:
        yield Driver(browser, pages)


class _KitPage:
    def __init__(self, browser: Browser, folder: Path, kit: str) -> None:
        self.drawn = 0
        self._pages = folder
        self._context = browser.new_context(no_viewport=True, offline=True, reduced_motion="reduce", locale="en-GB")
        self._page: Page = self._context.new_page()
        self._page.set_default_timeout(_TIMEOUT_MS)
        self._cdp: CDPSession = self._context.new_cdp_session(self._page)
        self._cdp.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
        name, mode = PAGES[kit]
        self._page.goto(f"{(folder / name / 'index.html').as_uri()}{mode}")
        self.draw({**_WARM_UP, "kit": kit})  # the first drawing of a page may differ by some shades from all later ones
        self.drawn = 0

    def close(self) -> None:
        self._context.close()

    def draw(self, spec: Mapping[str, Any]) -> Drawn:
        device = spec["device"]
        size = {"width": device["width"], "height": device["height"]}
        metrics = {**size, "deviceScaleFactor": device["scale"], "mobile": True}
        self._cdp.send("Emulation.setDeviceMetricsOverride", metrics)
        self._page.evaluate("([spec, pictures]) => draw(spec, pictures)", [dict(spec), self._pictures(spec)])
        elements = self._page.evaluate("truth()")
        shot = self._cdp.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
        self.drawn += 1
        png = base64.b64decode(shot["data"])
        return Drawn(png, _truth(spec, png, elements))

    def _pictures(self, spec: Mapping[str, Any]) -> dict[str, str]:
        """The pictures that a spec names, as data addresses."""
        flat = _share(f"{spec['seed']} {spec['index']} pictures") < 0.35  # the others are modelled
        names = sorted({name for name in _strings(spec) if name in PICTURES})
        return {name: _picture(self._pages, name, flat) for name in names}


def _truth(spec: Mapping[str, Any], png: bytes, elements: list[dict[str, Any]]) -> dict[str, Any]:
    overlay = spec["overlay"]
    return {
        "id": spec["id"],
        "image": f"{spec['id']}.png",
        "width": int.from_bytes(png[16:20], "big"),  # of PNG's first chunk
        "height": int.from_bytes(png[20:24], "big"),
        "scale": spec["device"]["scale"],
        "kit": spec["kit"],
        "app": spec["app"],
        "language": spec["language"],
        "dark": spec["theme"]["dark"],
        "text_scale": spec["theme"]["text_scale"],
        "overlay": overlay and overlay["type"],
        "elements": elements,
    }


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _strings(entry)


def _share(text: str) -> float:
    """0 to 1, decided by the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


@functools.cache
def _picture(pages: Path, name: str, flat: bool) -> str:
    code = PICTURES[name].code
    modelled = next(
        (path for path in (pages / "modelled").glob(f"{code}*.webp") if path.stem in (code, f"{code}-fe0f")), None
    )
    path = pages / "flat" / f"{code}.svg" if flat or modelled is None else modelled
    kind = "svg+xml" if path.suffix == ".svg" else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
