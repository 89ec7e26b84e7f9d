"""What the plain install leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pocketvlm.errors import PocketVLMError


@contextmanager
def packages_of(extra: str) -> Iterator[None]:
    """Around imports that need an extra: a package that is missing becomes one line that says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise PocketVLMError(f"{error.name} is not installed: pip install 'pocketvlm[{extra}]'") from None
