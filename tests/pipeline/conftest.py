from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import pocketvlm
from pocketvlm.bundle import LANGUAGE, PARSER_CONFIG, open_bundle, write_json, write_manifest
from pocketvlm.picture import Picture
from pocketvlm.vlm import PocketVLM

ROOT = Path(__file__).resolve().parent.parent.parent
Place = Callable[[Path, Path], None]


def place(source: Path, target: Path) -> None:
    """Copy small files, which tests change; link large ones where both folders are on one disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.stat().st_size > 10_000_000:
        with contextlib.suppress(OSError):
            return os.link(source, target)
    shutil.copy(source, target)


@pytest.fixture(scope="session", name="place")
def place_fixture() -> Place:
    """The copier above (test modules cannot import a conftest)."""
    return place


@pytest.fixture(scope="session")
def vlm() -> PocketVLM:
    """The embedded model, loaded once; what one test asks does not warm the next."""
    return pocketvlm.load(threads=2, cache_bytes=0)


@pytest.fixture(scope="session")
def bank(vlm: PocketVLM) -> Picture:
    """A dense banking screen as the embedded model takes it in, once."""
    return vlm.read(ROOT / "examples/screens/bank.png")


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that only reads: the embedded one without parser, projector and adapter."""
    embedded, folder = open_bundle(), tmp_path_factory.mktemp("bundles") / "reader"
    parts = tuple(f"onnx/{part}" for part in LANGUAGE)
    for name in embedded.manifest["files"]:
        if name.startswith(parts) or ("/" not in name and name != PARSER_CONFIG):
            place(embedded.folder / name, folder / name)
    config = {name: value for name, value in embedded.config.items() if name != "projector_config"}
    write_json(folder / "config.json", config)
    left_out = ("files", "format_version", "adapters")
    facts = {name: value for name, value in embedded.manifest.items() if name not in left_out}
    count = facts["parameters"]["language_model"]
    facts |= {"name": "reader", "parameters": {"language_model": count, "total": count}}
    facts["precision"] = {part: term for part, term in facts["precision"].items() if part in LANGUAGE}
    write_manifest(folder, facts)
    return folder


@pytest.fixture(scope="session")
def reading_vlm(reader: Path) -> PocketVLM:
    """The model that only reads, loaded once: it answers with pieces of what a picture prints."""
    return pocketvlm.load(reader, threads=2, cache_bytes=0)


@pytest.fixture(scope="session")
def read_bank(reading_vlm: PocketVLM) -> Picture:
    """The banking screen's text, read once."""
    return reading_vlm.read(ROOT / "examples/screens/bank.png")


@pytest.fixture(scope="session")
def screens() -> Path:
    """The folder of example screens."""
    return ROOT / "examples/screens"


@pytest.fixture(scope="session")
def injections() -> Path:
    """The folder of screens that print special tokens and orders."""
    return ROOT / "tests/data/injection"
