"""A model on disk: a folder with configs, tokenizer, ONNX graphs and a manifest that names every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pocketvlm.errors import BundleError
from pocketvlm.graphs.names import graph_stem

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
EMBEDDED = "nano"  # the bundle that ships inside the package


@dataclass(frozen=True)
class Bundle:
    """An opened bundle.

    Attributes:
        folder: where it lies.
        manifest: the parsed `manifest.json`.
        config: the parsed `config.json`.
        generation_config: the parsed `generation_config.json`.
    """

    folder: Path
    manifest: dict[str, Any]
    config: dict[str, Any]
    generation_config: dict[str, Any]

    @property
    def name(self) -> str:
        """What the model calls itself."""
        return str(self.manifest["name"])

    @property
    def sampling_defaults(self) -> dict[str, Any]:
        """What `generation_config.json` says about choosing tokens; the sampling fields count with `do_sample` only."""
        sampled = ("temperature", "top_k", "top_p", "min_p") if self.generation_config.get("do_sample") else ()
        names = ("repetition_penalty", *sampled)
        return {name: self.generation_config[name] for name in names if name in self.generation_config}

    def graph(self, part: str) -> Path:
        """The ONNX file of a part, e.g. "decoder_model_merged", in the precision that the manifest gives."""
        return self.folder / "onnx" / f"{graph_stem(part, self.manifest['precision'][part])}.onnx"


def open_bundle(model: str | Path = EMBEDDED) -> Bundle:
    """Open the embedded bundle by its name, or any other by its folder.

    Raises:
        BundleError: there is none, a file of it is missing or of another size, or its format is unknown.
    """
    folder = _find(model)
    manifest = _read_json(folder / MANIFEST)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"{folder} has bundle format {manifest.get('format_version')!r}, this version reads {FORMAT_VERSION}: "
            "export it again or update pocketvlm"
        )
    try:
        sizes = {name: entry["bytes"] for name, entry in manifest["files"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{folder / MANIFEST} does not list its files: copy or export the bundle again") from error
    for name, size in sizes.items():
        _check_size(folder / name, size)
    return Bundle(folder, manifest, _read_json(folder / "config.json"), _read_json(folder / "generation_config.json"))


def _check_size(path: Path, size: int) -> None:
    if not path.is_file():
        raise BundleError(f"{path} is missing: copy or export the bundle again")
    if path.stat().st_size != size:
        raise BundleError(f"{path} has {path.stat().st_size} bytes instead of {size}: copy or export the bundle again")


def _find(model: str | Path) -> Path:
    embedded = Path(str(files("pocketvlm.models"))) / str(model)
    for folder in (Path(model), embedded):
        if (folder / MANIFEST).is_file():
            return folder
    raise BundleError(f"no bundle at {str(model)!r}: give {EMBEDDED!r} or a folder that holds {MANIFEST}")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise BundleError(f"{path} does not hold a JSON object")
    return value


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write JSON as every file of a bundle is written: indented, UTF-8, the same bytes every time."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """Finish a bundle: `facts` and the size and sha256 of every file in the folder."""
    names = sorted(path.relative_to(folder).as_posix() for path in _files(folder))
    entries = {name: {"bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)} for name in names}
    write_json(folder / MANIFEST, {"format_version": FORMAT_VERSION, **facts, "files": entries})


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
