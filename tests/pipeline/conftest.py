from __future__ import annotations

from pathlib import Path

import pytest

import pocketvlm
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def vlm() -> PocketVLM:
    """The embedded model, loaded once."""
    return pocketvlm.load(threads=2)


@pytest.fixture(scope="session")
def bank(vlm: PocketVLM) -> Picture:
    """A dense banking screen, read once."""
    return vlm.read(ROOT / "examples/screens/bank.png")


@pytest.fixture(scope="session")
def screens() -> Path:
    """The folder of example screens."""
    return ROOT / "examples/screens"


@pytest.fixture(scope="session")
def injections() -> Path:
    """The folder of screens that print special tokens and orders."""
    return ROOT / "tests/data/injection"
