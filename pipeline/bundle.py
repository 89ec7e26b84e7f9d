"""A model on disk: a folder with configs, tokenizer, ONNX graphs and a manifest that names every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pocketvlm.errors import BundleError
from pocketvlm.graphs.names import LAYER_STEM, graph_stem
from pocketvlm.graphs.paths import path_problem

FORMAT_VERSION = 2
MANIFEST = "manifest.json"
WRITTEN = ("format_version", "files")  # of a manifest: what `write_manifest` adds to the facts
ALWAYS = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")  # in every bundle
EMBEDDED = "nano"  # the bundle that ships inside the package

# The parts of a bundle: a language model, and perhaps an encoder, with what turns its features into image tokens, with
# what finds the elements of a screen in them, or with both.
LANGUAGE = frozenset(("embed_tokens", "decoder_model_merged"))
SIGHT = frozenset(("vision_encoder", "projector"))
PARSING = frozenset(("vision_encoder", "screen_parser", "look_classifier"))
WHOLE = (LANGUAGE, LANGUAGE | SIGHT, LANGUAGE | PARSING, LANGUAGE | PARSING | SIGHT)
PARSER_CONFIG = "parser_config.json"  # in bundles that parse: `vision.parser.config`


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

    @property
    def parts(self) -> frozenset[str]:
        """Its graphs: "embed_tokens" and "decoder_model_merged", and those of `SIGHT` and `PARSING` that it has."""
        return frozenset(self.manifest["precision"])

    @property
    def sees(self) -> bool:
        """Whether its language model takes image tokens."""
        return self.parts >= SIGHT

    @property
    def parses(self) -> bool:
        """Whether it finds the elements of a screen, such as switches, in the pixels."""
        return self.parts >= PARSING

    @property
    def reads(self) -> bool:
        """Whether its language model is told what a picture prints: all but those made to go by image tokens alone."""
        return self.parses or not self.sees

    @property
    def cache_width(self) -> int:
        """Bytes of a number among the keys and values of what its language model has read."""
        held = self.manifest.get("quantization", {}).get("kv_cache", {}).get("kind", "fp32")
        return {"fp32": 4, "int8": 1}[held]

    def read(self, name: str) -> dict[str, Any]:
        """One of its JSON files.

        Raises:
            BundleError: it is missing or no JSON object.
        """
        return _read_json(self.folder / name)

    def graph(self, part: str) -> Path:
        """The ONNX file of a part, e.g. "decoder_model_merged", in the precision that the manifest gives."""
        return self.folder / "onnx" / f"{graph_stem(part, self.manifest['precision'][part])}.onnx"

    @property
    def layer_graph(self) -> Path | None:
        """The ONNX file of one decoder layer, for long prompts, if there is one; it shares the decoder's weights."""
        name = f"onnx/{LAYER_STEM}.onnx"
        return self.folder / name if name in self.manifest["files"] else None

    def graphs(self) -> list[Path]:
        """All its ONNX files."""
        found = [self.graph(part) for part in sorted(self.parts)]
        return found if self.layer_graph is None else [*found, self.layer_graph]


def open_bundle(model: str | Path = EMBEDDED) -> Bundle:
    """Open the embedded bundle by its name, or any other by its folder.

    Raises:
        BundleError: there is none, a file of it is missing, of another size or outside its folder, or its format is
            unknown.
    """
    folder = _find(model)
    manifest = _read_json(folder / MANIFEST)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"{folder} has bundle format {manifest.get('format_version')!r}, this version reads {FORMAT_VERSION}: "
            "export it again or update pocketvlm"
        )
    for name, entry in _listed(folder, manifest).items():
        _check_size(folder, name, entry["bytes"])
    _check_graphs(folder, manifest)
    return Bundle(folder, manifest, _read_json(folder / "config.json"), _read_json(folder / "generation_config.json"))


def check_hashes(bundle: Bundle) -> None:
    """Read every file of a bundle: slow where opening it, which looks at sizes only, is fast.

    Raises:
        BundleError: a file is not the one that was exported, or a graph's folder holds one that was not.
    """
    listed = bundle.manifest["files"]
    for name, entry in listed.items():
        if sha256(bundle.folder / name) != entry["sha256"]:
            raise BundleError(f"{bundle.folder / name} is damaged (sha256): copy or export the bundle again")
    for path in _files(bundle.folder / "onnx"):
        if (name := path.relative_to(bundle.folder).as_posix()) not in listed:
            raise BundleError(f"{path} is not in {MANIFEST}: remove it, or export the bundle again")


def _listed(folder: Path, manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The files of a manifest: {"bytes": size, "sha256": digest} by name."""
    files = manifest.get("files")
    whole = isinstance(files, dict) and all(
        isinstance(entry, dict) and {"bytes", "sha256"} <= entry.keys() for entry in files.values()
    )
    if not isinstance(files, dict) or not whole:
        raise BundleError(f"{folder / MANIFEST} does not list its files: copy or export the bundle again")
    if unlisted := [name for name in ALWAYS if name not in files]:
        raise BundleError(f"{folder / MANIFEST} does not list {', '.join(unlisted)}: copy or export the bundle again")
    return files


def _check_graphs(folder: Path, manifest: dict[str, Any]) -> None:
    """Every part's graph must be a listed file: what is opened later by its precision was looked at here."""
    precision = manifest.get("precision")
    if not isinstance(precision, dict):
        raise BundleError(f"{folder / MANIFEST} lists no graph for any precision: export the bundle again")
    if (parts := frozenset(precision)) not in WHOLE:
        raise BundleError(f"{folder / MANIFEST} lists no graph for a whole model, only {', '.join(sorted(parts))}")
    for part, term in precision.items():
        if f"onnx/{graph_stem(part, str(term))}.onnx" not in manifest["files"]:
            raise BundleError(f"{folder / MANIFEST} lists no graph for {part} in {term!r}: export the bundle again")
    if parts >= PARSING and PARSER_CONFIG not in manifest["files"]:
        raise BundleError(f"{folder / MANIFEST} lists a screen parser without {PARSER_CONFIG}: export the bundle again")


def _check_size(folder: Path, name: str, size: int) -> None:
    if problem := path_problem(folder, name):
        raise BundleError(f"{folder / MANIFEST} lists a file outside its folder: {problem}; get the bundle elsewhere")
    path = folder / name
    if not os.path.isfile(path):  # which takes a name that the system cannot for one that is missing
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
    """Finish a bundle: `facts` and the size and sha256 of every other file in the folder."""
    names = sorted(path.relative_to(folder).as_posix() for path in _files(folder) if path != folder / MANIFEST)
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
