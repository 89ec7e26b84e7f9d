"""A headless Chromium that draws the same pixels each time and reaches no network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
FLAGS = (
    "--no-sandbox",  # so that it starts as root, in containers; it draws only our own pages
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",  # as on a phone: shades of grey, no coloured fringes
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--disable-partial-raster",  # a tile is drawn whole, not patched over what an earlier screen left there
    "--disable-checker-imaging",  # and with its images
    "--hide-scrollbars",
    "--allow-file-access-from-files",  # the pages and their fonts are files
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def find_browser() -> str:
    """The browser's path: $POCKETVLM_CHROMIUM, or the first of the usual names on the PATH.

    Raises:
        FileNotFoundError: there is none.
    """
    named = os.environ.get("POCKETVLM_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        looked = named or f"one of {', '.join(NAMES)} on the PATH"
        raise FileNotFoundError(
            f"no Chromium to draw screens with (looked for {looked}): install it (Debian: apt install chromium) or "
            "name one in POCKETVLM_CHROMIUM"
        )
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless browser with a fresh profile, closed at the end.

    Raises:
        FileNotFoundError: no browser is installed.
    """
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
