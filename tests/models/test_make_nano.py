"""Making the embedded bundle: what a run trained goes into it, and what was trained before is kept."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

import pocketvlm
from pocketvlm.bundle import Bundle, open_bundle
from pocketvlm.checkpoint import Checkpoint, LanguagePart
from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.datasets.rendered.manifest import SHARD, TRUTH
from pocketvlm.drawn_screen import drawn_screen
from pocketvlm.errors import CheckpointError
from pocketvlm.export import export_checkpoint
from pocketvlm.llm_backbone.adapter import read_tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import PRODUCTS, adapter_shapes
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.models.make_nano import ADAPTER, add_language, add_parser, differing, keep_trained, nano_gguf
from pocketvlm.projector.definition import expected as projector_shapes
from pocketvlm.projector.definition import token_count
from pocketvlm.random_model import write_stand_in_tokenizer
from pocketvlm.recipe import PRESETS
from pocketvlm.vision.parser.config import InputConfig, ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.looks import LookClassifier
from pocketvlm.vision.screen_input import fit_screen

LLAMA = LlamaConfig(640, 64, 128, 2, 4, 2, 4096, 10000.0, 1e-5, True)
PARSER = ParserConfig(looks=("house", "bell"), input=InputConfig(area_budget=192 * 96), neck_channels=16, close_up=32)
FEATURES, KIND, RANK = 320, "ldpnetv2_2", 2


@dataclass(frozen=True)
class Runs:
    """Folders as training leaves them: of the parser's stage, of looks', of language's with a projector and without."""

    parser: Path
    looks: Path
    language: Path
    text_alone: Path
    screens: Path
    adapter: dict[str, np.ndarray]


def language_bundle(out: Path, seed: int = 0, name: str = "small") -> Path:
    """A bundle of a language model alone, of random weights in INT4, which takes adapters."""
    checkpoint = Checkpoint(
        weights="random",
        source={"name": name},
        language=LanguagePart(LLAMA, RandomTensors(expected(LLAMA), lambda _: 0.05, seed)),
        write_tokenizer=lambda folder: write_stand_in_tokenizer(folder, LLAMA),
        generation={"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2},
    )
    return export_checkpoint(checkpoint, out, PRESETS["phone"], name=name, adapted=PRODUCTS)


def language_run(folder: Path, tensors: dict[str, np.ndarray]) -> Path:
    folder.mkdir()
    save_file(tensors, folder / "weights.safetensors")
    (folder / "stage.json").write_text(json.dumps({"settings": {"projector": KIND}}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("runs")
    shard = folder / "screens/shard-00000"
    shard.mkdir(parents=True)
    Image.fromarray(drawn_screen()).save(shard / "screen.png")
    height, width = drawn_screen().shape[:2]
    truth = {"id": "s0", "image": "screen.png", "app": "settings", "width": width, "height": height, "elements": []}
    (shard / TRUTH).write_text(json.dumps(truth) + "\n", encoding="utf-8")
    (shard / SHARD).write_text("{}", encoding="utf-8")

    torch.manual_seed(0)
    (folder / "parser").mkdir()
    PARSER.save(folder / "parser/parser.json")
    state = ScreenParser(PARSER).state_dict()
    weights = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    save_torch(weights, folder / "parser/weights.safetensors")

    (folder / "looks").mkdir()
    save_torch(LookClassifier(len(PARSER.looks)).state_dict(), folder / "looks/weights.safetensors")

    random = np.random.default_rng(0)
    shapes = adapter_shapes(LLAMA, RANK)
    adapter = {name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}
    drawn = RandomTensors(projector_shapes(KIND, FEATURES, LLAMA.hidden_size), lambda _: 0.05, 0)
    projector = {f"projector.{name}": drawn.read(name) for name in drawn.names}
    language = language_run(folder / "language", {**adapter, **projector})
    return Runs(
        folder / "parser", folder / "looks", language, language_run(folder / "text", adapter), shard.parent, adapter
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return language_bundle(tmp_path_factory.mktemp("bundles") / "small")


@pytest.fixture(scope="module")
def whole(small: Path, runs: Runs) -> Path:
    """The same with all that was trained."""
    folder = small.with_name("whole")
    shutil.copytree(small, folder)
    add_parser(folder, runs.parser, runs.looks, runs.screens)
    add_language(folder, runs.language)
    return folder


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """The language model alone, to be added to."""
    return Path(shutil.copytree(small, tmp_path / "copy"))


def manifest(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return value


def does(bundle: Bundle) -> tuple[bool, bool, bool]:
    return bundle.reads, bundle.parses, bundle.sees


def test_parser_of_a_run_goes_into_a_bundle(copy: Path, small: Path, runs: Runs) -> None:
    add_parser(copy, runs.parser, runs.looks, runs.screens)
    bundle, before = open_bundle(copy), manifest(small)
    assert does(bundle) == (True, True, False)
    assert ParserConfig.load(copy / "parser_config.json") == PARSER
    parser = ScreenParser(PARSER)
    counts = bundle.manifest["parameters"]
    assert counts["vision_encoder"] == sum(one.numel() for one in parser.encoder.parameters())
    words = sum(one.numel() for one in LookClassifier(len(PARSER.looks)).parameters())
    own = sum(one.numel() for one in parser.parameters()) - counts["vision_encoder"]
    assert counts["screen_parser"] == own + words
    assert counts["language_model"] == before["parameters"]["language_model"]
    assert counts["total"] == sum(count for name, count in counts.items() if name != "total")
    assert bundle.manifest["precision"].items() > before["precision"].items()
    assert bundle.manifest["source"] == before["source"]
    assert [name for name in differing(copy, small) if (small / name).exists()] == ["manifest.json"]
    assert pocketvlm.load(copy, threads=1).read(drawn_screen()).structure is not None


def test_adapter_and_projector_of_a_run_go_into_a_bundle(whole: Path, runs: Runs) -> None:
    bundle = open_bundle(whole)
    assert does(bundle) == (True, True, True)
    assert bundle.manifest["adapters"] == {"screens": ADAPTER}
    assert bundle.manifest["parameters"]["adapter"] == sum(array.size for array in runs.adapter.values())
    described = {"projector_type": KIND, "in_features": FEATURES, "out_features": LLAMA.hidden_size}
    assert bundle.config["projector_config"] == described
    stored = read_tensors(whole / ADAPTER)
    assert stored.keys() == runs.adapter.keys()
    for name, array in runs.adapter.items():
        # Half a step of a 127th of a row's largest number.
        np.testing.assert_allclose(stored[name], array, atol=np.abs(array).max() / 127 / 2 * 1.001)
    vlm = pocketvlm.load(whole, threads=1)
    tokens = vlm.read(drawn_screen()).image_tokens
    assert vlm.adapter is not None
    assert tokens is not None
    pixels = fit_screen(drawn_screen(), PARSER.input).pixels
    count = token_count(KIND, pixels.shape[2] // 32, pixels.shape[3] // 32)  # the tower's coarsest stride
    assert tokens.shape == (1, count, LLAMA.hidden_size)


def test_adapter_alone_leaves_the_rest_as_it_is(copy: Path, small: Path, runs: Runs) -> None:
    add_language(copy, runs.text_alone)
    bundle = open_bundle(copy)
    assert does(bundle) == (True, False, False)
    assert pocketvlm.load(copy, threads=1).adapter is not None
    assert differing(copy, small) == [ADAPTER, "manifest.json"]


def test_an_adapter_may_go_half_the_way(copy: Path, tmp_path: Path, runs: Runs) -> None:
    add_language(copy, runs.text_alone)
    before = read_tensors(copy / ADAPTER)
    add_language(copy, language_run(tmp_path / "on", {name: 3 * array for name, array in runs.adapter.items()}), 0.5)
    for name, array in before.items():
        np.testing.assert_allclose(read_tensors(copy / ADAPTER)[name], 2 * array, atol=np.abs(array).max() / 50)


def test_what_was_trained_is_kept_byte_for_byte(copy: Path, whole: Path) -> None:
    """A fresh export of the same language model becomes the bundle that was there."""
    keep_trained(copy, whole)
    assert differing(copy, whole) == []
    assert does(open_bundle(copy)) == (True, True, True)


def test_a_new_language_model_replaces_the_old_one_alone(tmp_path: Path, whole: Path) -> None:
    made = language_bundle(tmp_path / "other", seed=1, name="other")
    fresh, before = manifest(made), manifest(whole)
    keep_trained(made, whole)
    after = manifest(made)
    assert (after["name"], after["source"]) == ("other", fresh["source"])
    for name in ("parameters", "precision", "adapters"):
        assert after[name] == before[name]
    assert fresh["files"] != {name: before["files"][name] for name in fresh["files"]}
    for name, entry in after["files"].items():
        if name != "config.json":  # which tells of both
            assert entry == fresh["files"].get(name, before["files"][name]), name
    assert open_bundle(made).config["projector_config"]["projector_type"] == KIND


def test_nothing_is_kept_of_a_folder_without_a_bundle(copy: Path, small: Path, tmp_path: Path) -> None:
    keep_trained(copy, tmp_path / "nothing")
    assert differing(copy, small) == []


def test_run_of_another_kind_is_one_line(copy: Path, runs: Runs, tmp_path: Path) -> None:
    untouched = manifest(copy)
    with pytest.raises(CheckpointError, match=r"the parser of .*language cannot be added"):
        add_parser(copy, runs.language, runs.looks, runs.screens)
    with pytest.raises(CheckpointError, match="is no run of the language stage"):
        add_language(copy, tmp_path / "nothing")
    projector_alone = language_run(tmp_path / "projector", {"projector.weight": np.zeros(2, np.float32)})
    with pytest.raises(CheckpointError, match="holds no adapter: train nano/language"):
        add_language(copy, projector_alone)
    assert manifest(copy) == untouched


def test_folder_without_screens_cannot_calibrate(copy: Path, runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be added"):
        add_parser(copy, runs.parser, runs.looks, tmp_path)


def test_other_weights_than_nanos_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no file at"):
        nano_gguf(tmp_path / "nothing.gguf", tmp_path)
    (tmp_path / "other.gguf").write_bytes(b"GGUF")
    with pytest.raises(CheckpointError, match=r"has sha256 .*: it is not the file that nano is made from"):
        nano_gguf(tmp_path / "other.gguf", tmp_path)


def test_differing_names_what_is_missing_or_changed(copy: Path, small: Path) -> None:
    assert differing(copy, small) == []
    (copy / "tokenizer.json").unlink()
    (copy / "config.json").write_text("{}", encoding="utf-8")
    (copy / "onnx/more.onnx").write_bytes(b"")
    assert differing(copy, small) == ["config.json", "onnx/more.onnx", "tokenizer.json"]
