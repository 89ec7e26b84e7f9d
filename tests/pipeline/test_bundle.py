"""A bundle that is missing, incomplete or damaged is one clear error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import pocketvlm
from pocketvlm.bundle import FORMAT_VERSION, open_bundle, sha256


@pytest.fixture
def copy(tmp_path: Path, place: Callable[[Path, Path], None]) -> Path:
    """The embedded bundle in another folder; its large files are the same ones under a second name."""
    source, folder = open_bundle().folder, tmp_path / "copy"
    for path in source.rglob("*"):
        if path.is_file():
            place(path, folder / path.relative_to(source))
    return folder


def edit_manifest(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_copied_bundle_loads_from_its_folder(copy: Path) -> None:
    assert pocketvlm.load(copy, threads=1).chat().ask("Hello", max_new_tokens=1).tokens.answer == 1


def test_manifest_tells_what_is_on_disk() -> None:
    bundle = open_bundle()
    on_disk = {path.relative_to(bundle.folder).as_posix() for path in bundle.folder.rglob("*") if path.is_file()}
    assert set(bundle.manifest["files"]) == on_disk - {"manifest.json"}
    for name, entry in bundle.manifest["files"].items():
        assert sha256(bundle.folder / name) == entry["sha256"], name
        assert entry["bytes"] <= 45_000_000
    assert sum(entry["bytes"] for entry in bundle.manifest["files"].values()) <= 150_000_000
    assert bundle.manifest["source"]["licence"] == "apache-2.0"


def test_missing_file_is_named(copy: Path) -> None:
    (copy / "tokenizer.json").unlink()
    with pytest.raises(pocketvlm.BundleError, match=r"tokenizer\.json is missing"):
        pocketvlm.load(copy)


def test_truncated_file_is_named(copy: Path) -> None:
    content = (copy / "tokenizer.json").read_bytes()
    (copy / "tokenizer.json").write_bytes(content[:-1])
    with pytest.raises(pocketvlm.BundleError, match=f"has {len(content) - 1} bytes instead of {len(content)}"):
        pocketvlm.load(copy)


def test_unknown_format_is_refused(copy: Path) -> None:
    edit_manifest(copy, lambda manifest: manifest.update(format_version=FORMAT_VERSION + 1))
    with pytest.raises(pocketvlm.BundleError, match=f"format {FORMAT_VERSION + 1}, this version reads"):
        pocketvlm.load(copy)


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_manifest_that_is_no_json_object_is_refused(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_text(content)
    with pytest.raises(pocketvlm.BundleError, match=r"manifest\.json"):
        pocketvlm.load(copy)


def test_manifest_without_files_is_refused(copy: Path) -> None:
    edit_manifest(copy, lambda manifest: manifest.pop("files"))
    with pytest.raises(pocketvlm.BundleError, match="does not list its files"):
        pocketvlm.load(copy)


@pytest.mark.parametrize(
    "name",
    [
        "tokenizer.json",
        "config.json",
        "parser_config.json",
        "adapters/screens.safetensors",
        "onnx/decoder_model_merged_q4.onnx",
        "onnx/screen_parser_int8.onnx",
        "onnx/projector_int8.onnx",
    ],
)
def test_damaged_content_of_the_right_size_is_one_line(copy: Path, name: str) -> None:
    size = (copy / name).stat().st_size
    (copy / name).write_bytes(b"{" * size)
    with pytest.raises(pocketvlm.BundleError) as raised:
        pocketvlm.load(copy)
    assert "\n" not in str(raised.value)
