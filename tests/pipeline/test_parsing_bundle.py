"""A bundle with a screen parser: what it says of itself, what it takes from a picture, what `verify` finds in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

import pocketvlm
from pocketvlm.bundle import PARSER_CONFIG, open_bundle, write_manifest
from pocketvlm.drawn_screen import drawn_screen
from pocketvlm.errors import BundleError, ExportError
from pocketvlm.image_encoder import ImageEncoder, open_image_encoder
from pocketvlm.picture import take_in
from pocketvlm.verify import verify
from pocketvlm.verify_screens import ScreenStages
from pocketvlm.vision.parser.config import InputConfig, ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.exporting import PRECISION, export_parser
from pocketvlm.vision.parser.looks import LookClassifier
from pocketvlm.vlm import PocketVLM

Place = Callable[[Path, Path], None]
CONFIG = ParserConfig(
    looks=("house", "bell"),
    input=InputConfig(area_budget=192 * 96),
    neck_channels=16,
    close_up=32,
    score_threshold=1e-4,  # of an untrained parser, whose scores lie about 0.01: something is found everywhere
    max_elements=12,
)


@pytest.fixture(scope="module")
def parsing(reader: Path, tmp_path_factory: pytest.TempPathFactory, place: Place) -> Path:
    """The embedded language model with an untrained parser."""
    folder = tmp_path_factory.mktemp("bundle") / "parsing"
    copy_bundle(reader, folder, place)
    torch.manual_seed(0)
    looks = LookClassifier(len(CONFIG.looks))
    export_parser(ScreenParser(CONFIG), looks, folder, folder / "onnx", [drawn_screen()], threads=1)
    held = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["precision"]
    edited(folder, name="parsing", precision={**held, **PRECISION})
    return folder


def copy_bundle(source: Path, folder: Path, place: Place) -> None:
    shutil.copytree(source, folder, copy_function=lambda one, other: place(Path(one), Path(other)))


@pytest.fixture
def copy(parsing: Path, tmp_path: Path, place: Place) -> Path:
    """The same, to be changed."""
    copy_bundle(parsing, tmp_path / "copy", place)
    return tmp_path / "copy"


def edited(folder: Path, **changes: Any) -> None:
    """Change the manifest, and list the files as they are now."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").unlink()
    write_manifest(folder, {**{k: v for k, v in manifest.items() if k not in ("files", "format_version")}, **changes})


def test_bundle_says_what_it_does(parsing: Path) -> None:
    bundle = open_bundle(parsing)
    assert (bundle.parses, bundle.reads, bundle.sees) == (True, True, False)
    assert bundle.parts == {"embed_tokens", "decoder_model_merged", *PRECISION}


@pytest.mark.parametrize(
    ("parts", "does"),
    [
        ((), (False, True, False)),
        (("vision_encoder", "projector"), (False, False, True)),  # as MobileVLM: the image alone
        (("vision_encoder", "screen_parser", "look_classifier", "projector"), (True, True, True)),
    ],
)
def test_what_a_bundle_does_follows_from_its_parts(parts: tuple[str, ...], does: tuple[bool, bool, bool]) -> None:
    language = {"embed_tokens": "int8", "decoder_model_merged": "q4"}
    bundle = pocketvlm.bundle.Bundle(Path(), {"precision": {**language, **dict.fromkeys(parts, "int8")}}, {}, {})
    assert (bundle.parses, bundle.reads, bundle.sees) == does


@pytest.mark.parametrize("missing", ["look_classifier", "vision_encoder"])
def test_parser_without_its_other_parts_is_no_bundle(copy: Path, missing: str) -> None:
    precision = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["precision"]
    edited(copy, precision={part: term for part, term in precision.items() if part != missing})
    with pytest.raises(BundleError, match="no graph for a whole model"):
        open_bundle(copy)


def test_parser_without_its_config_is_no_bundle(copy: Path) -> None:
    (copy / PARSER_CONFIG).unlink()
    edited(copy)
    with pytest.raises(BundleError, match=r"a screen parser without parser_config\.json"):
        open_bundle(copy)


def test_picture_is_read_parsed_and_merged(parsing: Path) -> None:
    picture = pocketvlm.load(parsing, threads=1).read(drawn_screen())
    assert picture.text is not None
    assert picture.elements is not None
    assert picture.structure is not None
    assert 1 <= len(picture.elements) <= CONFIG.max_elements  # whatever untrained weights take for elements
    assert "Departures" in {line.text for line in picture.text.lines}
    assert "Departures" in {line.text for cell in picture.structure.cells for line in cell.lines}
    assert picture.structure.dark is False
    assert picture.image_tokens is None  # there is no projector
    assert picture.encode_s > 0
    assert picture.parse_s > 0
    parts = (picture.image_decode_s, picture.read_text_s, picture.encode_s, picture.parse_s, picture.project_s)
    assert picture.total_s == pytest.approx(sum(parts))
    shown = json.loads(json.dumps(picture.to_dict()))
    assert len(shown["elements"]) == len(picture.elements)


def test_elements_alone_make_a_structure_where_no_text_is_read(parsing: Path) -> None:
    picture = take_in(drawn_screen(), None, ImageEncoder(open_bundle(parsing), threads=1))
    assert picture.text is None
    assert picture.structure is not None


def test_picture_that_is_only_read_has_no_structure(reading_vlm: PocketVLM) -> None:
    assert open_image_encoder(reading_vlm.bundle) is None
    picture = reading_vlm.read(drawn_screen())
    assert picture.text is not None
    assert (picture.elements, picture.structure, picture.parse_s) == (None, None, 0.0)
    assert "elements" not in picture.to_dict()


def test_parsing_bundle_is_verified(parsing: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify(parsing, progress=lambda done, total: told.append((done, total)), threads=1)
    names = [stage.stage for stage in report.stages]
    assert [name for name in names if name.startswith(("vision", "screen", "look"))] == [
        *(f"vision encoder, {output}" for output in ("stride8", "stride16", "stride32", "image_features")),
        *(f"screen parser, {output}" for output in ("roles", "boxes", "attributes")),
        "look classifier, logits",
    ]
    assert report.graphs == 5
    assert told == [(step, 8) for step in range(1, 9)]


def test_parser_of_other_words_than_its_config_is_found(copy: Path) -> None:
    ParserConfig(**{**vars(CONFIG), "looks": ("house",)}).save(copy / PARSER_CONFIG)
    with pytest.raises(ExportError, match=r"tells 2 looks apart, parser_config\.json names 1"):
        list(ScreenStages(open_bundle_again(copy), 1).check(drawn_screen()))


def test_parser_that_cannot_be_run_is_one_line(copy: Path) -> None:
    path = copy / "onnx/screen_parser_int8.onnx"
    model = onnx.load(path, load_external_data=False)
    next(node for node in model.graph.node if node.op_type == "Conv").op_type = "Relu"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ExportError, match="screen parser: cannot be run") as caught:
        list(ScreenStages(open_bundle_again(copy), 1).check(drawn_screen()))
    assert "\n" not in str(caught.value)


def open_bundle_again(folder: Path) -> pocketvlm.bundle.Bundle:
    """After a file was changed: the manifest would refuse it, and here it is the graphs that are looked at."""
    edited(folder)
    return open_bundle(folder)


def test_broken_parser_config_is_a_bundle_error(copy: Path) -> None:
    (copy / PARSER_CONFIG).write_text("{}", encoding="utf-8")
    edited(copy)
    with pytest.raises(BundleError, match="is no parser's config"):
        pocketvlm.load(copy, threads=1)


def test_image_encoder_gives_no_tokens_without_a_projector(parsing: Path) -> None:
    encoded = ImageEncoder(open_bundle(parsing), threads=1).encode(np.zeros((64, 64, 3), np.uint8))
    assert encoded.image_tokens is None
    assert encoded.elements is not None
