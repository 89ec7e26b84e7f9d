"""MobileVLM checkpoints through their exported bundles, against what the reference code computes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import pocketvlm
from pocketvlm.bundle import open_bundle
from pocketvlm.calibration import prompts
from pocketvlm.errors import BundleError, CheckpointError, ContextError, OptionError
from pocketvlm.export import export, export_checkpoint
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.generation import Conversation
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.random_model import random_parts
from pocketvlm.recipe import PRESETS
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.image import read_image
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig
from pocketvlm.vlm import PocketVLM

DATA = Path(__file__).resolve().parent.parent / "data"
GOLDEN = DATA / "golden"
IMAGES = [GOLDEN / "image_0.png", GOLDEN / "image_1.png"]


def checkpoint_folder(version: str, folder: Path) -> Path:
    """A golden checkpoint with a tokenizer of its size beside it, as a published one has."""
    shutil.copytree(GOLDEN / f"mobilevlm-tiny-{version}", folder)
    shutil.copy(DATA / "tokenizer/tiny.model", folder / "tokenizer.model")
    return folder


@pytest.fixture(scope="module", params=["v1", "v2"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def source(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint_folder(version, tmp_path_factory.mktemp("checkpoint") / version)


@pytest.fixture(scope="module")
def exact(source: Path, tmp_path_factory: pytest.TempPathFactory) -> PocketVLM:
    out = tmp_path_factory.mktemp("exact") / "bundle"
    return pocketvlm.load(export(source, out, recipe=PRESETS["exact"], vision_tower=str(source / "clip")), threads=2)


@pytest.fixture(scope="module")
def phone(source: Path, tmp_path_factory: pytest.TempPathFactory) -> PocketVLM:
    """As people will have it: the default precision."""
    out = tmp_path_factory.mktemp("phone") / "bundle"
    return pocketvlm.load(export(source, out, vision_tower=str(source / "clip")), threads=2)


@pytest.fixture(scope="module")
def expected(version: str) -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / f"mobilevlm-tiny-{version}" / "expected.npz"))


@pytest.mark.parametrize("index", [0, 1])
def test_every_stage_of_the_bundle_equals_the_reference(
    exact: PocketVLM, expected: dict[str, np.ndarray], index: int
) -> None:
    bundle = exact.bundle
    preprocessor = Preprocessor(PreprocessorConfig.from_dict(bundle.read("preprocessor_config.json")))
    pixels = preprocessor.pixel_values(read_image(IMAGES[index]))
    # Pillow resizes here and in the reference: only the last bit of the normalisation may differ.
    assert np.abs(pixels - expected[f"pixel_values_{index}"]).max() < 1e-5
    features = Encoder(bundle.graph("vision_encoder")).encode(pixels)
    assert np.abs(features - expected[f"features_{index}"]).max() < 1e-3  # float32 sums in another order
    picture = exact.encode_image(IMAGES[index])
    assert picture.image_tokens is not None
    assert np.abs(picture.image_tokens - expected[f"image_tokens_{index}"]).max() < 1e-3  # the same

    tokens = picture.image_tokens[0]
    ids = splice_ids(expected[f"input_ids_{index}"].tolist(), [len(tokens)], exact.model.decoder.config.vocab_size)
    logits = Conversation(exact.model, tokens).feed(ids, num_logits=len(ids))
    assert np.abs(logits - expected[f"logits_{index}"]).max() < 2e-3  # three more layers of them


@pytest.mark.parametrize("index", [0, 1])
def test_greedy_ids_equal_the_reference(exact: PocketVLM, expected: dict[str, np.ndarray], index: int) -> None:
    wanted = expected[f"greedy_ids_{index}"].tolist()
    ids = expected[f"input_ids_{index}"].tolist()
    generated = exact.generate_ids(ids, [IMAGES[index]], max_new_tokens=len(wanted), ignore_eos=True)
    assert list(generated.token_ids) == wanted
    shared = exact.encode_image(IMAGES[index])  # encoded once, asked twice
    for _ in range(2):
        assert exact.generate_ids(ids, shared, len(wanted), ignore_eos=True).token_ids == generated.token_ids


def test_default_precision_stays_close(phone: PocketVLM, exact: PocketVLM, expected: dict[str, np.ndarray]) -> None:
    """INT8 encoder and projector move the image tokens by a few per cent at most."""
    ours, theirs = (vlm.encode_image(IMAGES[0]).image_tokens for vlm in (phone, exact))
    assert ours is not None
    assert theirs is not None
    cosines = (ours * theirs).sum(-1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(theirs, axis=-1)
    assert cosines.mean() > 0.998
    generated = phone.generate_ids(expected["input_ids_0"].tolist(), IMAGES[0], max_new_tokens=5, ignore_eos=True)
    assert len(generated.token_ids) == 5


def test_weights_are_rounded_for_what_is_read_and_seen(phone: PocketVLM) -> None:
    layers = phone.bundle.manifest["quantization"]["decoder_model_merged"]
    assert layers == {
        "kind": "int4",
        "block_size": 128,
        "symmetric": False,
        "method": "imatrix",
        "whole_scales": True,
    }
    *texts, picture = prompts(phone.bundle)
    assert texts
    assert all(text.image_tokens is None and text.ids for text in texts)
    assert picture.image_tokens is not None
    vocab_size = phone.bundle.config["vocab_size"]
    pictured = [token - vocab_size for token in picture.ids if token >= vocab_size]
    assert pictured == list(range(len(picture.image_tokens)))


def test_ask_answers_about_what_it_sees(phone: PocketVLM) -> None:
    answer = phone.ask(IMAGES[0], "What is this?", max_new_tokens=8, ignore_eos=True)
    assert answer.sources == ("image", "language model")
    assert answer.tokens.answer == 8
    assert answer.timings.encode_s > 0
    assert answer.timings.project_s > 0
    assert answer.timings.read_text_s == 0


def test_prompt_is_the_references(phone: PocketVLM) -> None:
    """`<image>\\n` and the question in Vicuna's words, the pieces around the image encoded apart."""
    tokenizer = phone.model.tokenizer
    chat = phone.chat(IMAGES[0])
    ids = chat._prompt("What is this?").ids
    images = [number for number in ids if number >= phone.model.decoder.config.vocab_size]
    assert len(images) == phone.encode_image(IMAGES[0]).image_tokens.shape[1]  # type: ignore[union-attr]
    start = ids.index(images[0])
    system = (
        "A chat between a curious user and an artificial intelligence assistant. "
        "The assistant gives helpful, detailed, and polite answers to the user's questions."
    )
    assert ids[:start] == [1, *tokenizer.encode(f"{system} USER: ")]
    assert ids[start + len(images) :] == tokenizer.encode("\nWhat is this? ASSISTANT:")


def test_second_question_finds_the_first_in_the_cache(phone: PocketVLM) -> None:
    chat = phone.chat(IMAGES[0])
    first = chat.ask("What is this?", max_new_tokens=4, ignore_eos=True)
    second = chat.ask("And this?", max_new_tokens=4, ignore_eos=True)
    assert second.tokens.cached >= first.tokens.prompt - 2
    assert second.timings.encode_s == 0


def test_several_images_and_none(phone: PocketVLM, expected: dict[str, np.ndarray]) -> None:
    tokens = phone.encode_image(IMAGES[0]).image_tokens
    assert tokens is not None
    options = {"max_new_tokens": 3, "ignore_eos": True}
    one, two = (phone.ask(images, "What is this?", **options) for images in (IMAGES[0], IMAGES))
    none = phone.chat().ask("What is this?", **options)
    assert none.sources == ("language model",)
    assert two.tokens.prompt > one.tokens.prompt + tokens.shape[1]
    assert one.tokens.prompt > none.tokens.prompt + tokens.shape[1]
    turned = phone.generate_ids([1, -200, 5, -200, 7], IMAGES[::-1], 6, ignore_eos=True)
    straight = phone.generate_ids([1, -200, 5, -200, 7], IMAGES, 6, ignore_eos=True)
    assert turned.prefill_tokens == straight.prefill_tokens == 3 + 2 * tokens.shape[1]


def test_ids_that_do_not_fit_are_refused(phone: PocketVLM) -> None:
    with pytest.raises(OptionError, match="marks 1 images"):
        phone.generate_ids([1, -200], [])
    with pytest.raises(OptionError, match="marks 0 images"):
        phone.generate_ids([1], IMAGES)
    with pytest.raises(OptionError, match="id 320 is none"):
        phone.generate_ids([1, 320])
    with pytest.raises(OptionError, match="max_new_tokens"):
        phone.generate_ids([1], max_new_tokens=0)
    with pytest.raises(ContextError, match="takes 0 positions"):
        phone.generate_ids([])
    with pytest.raises(ContextError, match="takes 3000 positions"):
        phone.generate_ids([1] * 3000)


def test_text_bundle_encodes_no_image(reading_vlm: PocketVLM) -> None:
    with pytest.raises(BundleError, match="has no image encoder"):
        reading_vlm.encode_image(IMAGES[0])
    with pytest.raises(OptionError, match="2 pictures"):
        reading_vlm.chat(IMAGES)


def test_one_error_lists_all_that_does_not_fit(source: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(source, spoilt)
    state = torch.load(spoilt / "pytorch_model.bin", weights_only=True)
    del state["model.layers.1.mlp.up_proj.weight"]
    state["model.layers.0.self_attn.q_proj.weight"] = torch.zeros(96, 95)
    state["model.layers.0.self_attn.q_proj.bias"] = torch.zeros(96)
    projector = next(name for name in state if name.startswith("model.mm_projector.") and name.endswith("bias"))
    del state[projector]
    torch.save(state, spoilt / "pytorch_model.bin")
    with pytest.raises(CheckpointError) as raised:
        export(spoilt, tmp_path / "out", vision_tower=str(source / "clip"))
    message = str(raised.value)
    assert "model.layers.1.mlp.up_proj.weight is missing" in message
    assert "model.layers.0.self_attn.q_proj.weight is [96, 95] instead of [96, 96]" in message
    assert "model.layers.0.self_attn.q_proj.bias is unexpected" in message
    assert f"{projector.removeprefix('model.mm_projector.')} is missing" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mm_vision_select_layer": -1}, "mm_vision_select_layer is -1; only -2"),
        ({"mm_use_im_start_end": True}, "mm_use_im_start_end is True"),
        ({"mm_hidden_size": 65}, "takes features of 65"),
        ({"mm_projector_type": "resampler"}, "no projector 'resampler'"),
        ({"model_type": "phi"}, "phi"),
    ],
)
def test_config_that_cannot_be_exported_is_refused(
    source: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(source, spoilt)
    config = json.loads((spoilt / "config.json").read_text())
    (spoilt / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(CheckpointError, match=message):
        export(spoilt, tmp_path / "out", vision_tower=str(source / "clip"))


def test_tower_of_a_known_name_needs_no_download(tmp_path: Path) -> None:
    """Its shape is known by name, whoever's copy the config names; the tiny checkpoint does not have it."""
    folder = checkpoint_folder("v2", tmp_path / "v2")
    config = json.loads((folder / "config.json").read_text())
    for name, message in {
        "someone/clip-vit-large-patch14-336": "the tower's are 1024 wide",
        "": "no mm_vision_tower",
    }.items():
        (folder / "config.json").write_text(json.dumps({**config, "mm_vision_tower": name}))
        with pytest.raises(CheckpointError, match=message):
            export(folder, tmp_path / "out")


def test_language_model_alone_exports(source: Path, tmp_path: Path, expected: dict[str, np.ndarray]) -> None:
    """A plain LLaMA folder (as MobileLLaMA is published) is a bundle without eyes."""
    folder = tmp_path / "llama"
    folder.mkdir()
    state = torch.load(source / "pytorch_model.bin", weights_only=True)
    language = {name: value for name, value in state.items() if not name.startswith(("model.mm_", "model.vision_"))}
    torch.save(language, folder / "pytorch_model.bin")
    config = json.loads((source / "config.json").read_text())
    plain = {key: value for key, value in config.items() if not key.startswith("mm_")} | {"model_type": "llama"}
    (folder / "config.json").write_text(json.dumps(plain))
    shutil.copy(source / "tokenizer.model", folder)
    vlm = pocketvlm.load(export(folder, tmp_path / "out"), threads=2)
    assert vlm.chat().ask("Hello", max_new_tokens=3, ignore_eos=True).tokens.answer == 3
    assert "vision_config" not in vlm.bundle.config


TINY_LLAMA = LlamaConfig(320, 96, 160, 2, 4, 2, 512, 10000.0, 1e-6, False)
TINY_TOWER = VisionConfig(56, 14, 64, 3, 4, 128, "quick_gelu", 1e-5)


def test_random_weights_are_measured_and_not_asked(tmp_path: Path) -> None:
    checkpoint = random_parts(TINY_LLAMA, TINY_TOWER, "ldpnetv2", "tiny")
    vlm = pocketvlm.load(export_checkpoint(checkpoint, tmp_path / "out", PRESETS["phone"]), threads=2)
    assert vlm.bundle.manifest["weights"] == "random"
    assert vlm.bundle.manifest["parameters"]["total"] == sum(
        count for part, count in vlm.bundle.manifest["parameters"].items() if part != "total"
    )
    with pytest.raises(BundleError, match="random weights: it can be measured, its answers mean nothing"):
        vlm.ask(IMAGES[0], "What is this?")
    assert len(vlm.generate_ids([1, -200, 3], IMAGES[0], 4, ignore_eos=True).token_ids) == 4
    assert len(vlm.model.tokenizer.encode("Hello there")) > 0


@pytest.mark.parametrize(("kind", "dtype", "width"), [("int8", np.int8, 1), ("fp32", np.float32, 4)])
def test_keys_and_values_are_held_as_the_recipe_says(
    tmp_path: Path, kind: str, dtype: type[np.generic], width: int
) -> None:
    recipe = replace(PRESETS["phone"], kv_cache=kind)
    checkpoint = random_parts(TINY_LLAMA, TINY_TOWER, "ldpnetv2", "tiny")
    vlm = pocketvlm.load(export_checkpoint(checkpoint, tmp_path / "out", recipe), threads=1)
    assert vlm.model.decoder.cache_type == dtype
    assert vlm.bundle.cache_width == width
    conversation = Conversation(vlm.model)
    conversation.feed(list(range(3, 23)))
    assert conversation.cache.nbytes == 2 * 2 * 48 * width * conversation.cache.capacity  # halves, layers, kv width


def test_random_weights_are_the_same_every_time(tmp_path: Path) -> None:
    folders = [
        export_checkpoint(
            random_parts(TINY_LLAMA, TINY_TOWER, "ldpnet", "tiny"), tmp_path / name, PRESETS["phone"], name="x"
        )
        for name in ("one", "two")
    ]
    first, second = (open_bundle(folder).manifest for folder in folders)
    assert first == second
