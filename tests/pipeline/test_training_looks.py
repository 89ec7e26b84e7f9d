"""Teaching looks: close-ups are encoded once, and a word is learnt for each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pocketvlm.training.close_up_cache import encoded_close_ups
from pocketvlm.training.config import TrainConfig
from pocketvlm.training.looks_task import load_looks, open_task
from pocketvlm.training.trainer import train
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.looks import FEATURES

CONFIG = ParserConfig(looks=("bell", "cat"), neck_channels=16, close_up=32)
CLIPPED = {"clipped": True}


def element(role: str, box: list[int], **more: Any) -> dict[str, Any]:
    plain = {"id": 0, "parent": None, "name": None, "text": None, "state": {}, "icon": None, "picture": None}
    return {"role": role, "box": box, **plain, **more}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """An untrained parser, as its stage leaves it."""
    torch.manual_seed(0)
    folder = tmp_path / "parser"
    folder.mkdir()
    CONFIG.save(folder / "parser.json")
    state = ScreenParser(CONFIG).state_dict()
    save_file({n: v for n, v in state.items() if not n.endswith("tracked")}, folder / "weights.safetensors")
    return folder


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """Ten screens, each with a red icon, a striped picture, and a picture that is cut off."""
    shard = tmp_path / "screens" / "shard-00000"
    shard.mkdir(parents=True)
    with (shard / "truth.jsonl").open("w") as lines:
        for number in range(10):
            pixels = np.full((300, 200, 3), 255 - number, np.uint8)
            pixels[20:60, 20:60] = (0, 0, 255)  # BGR
            pixels[100:180:8, 60:140] = 0
            cv2.imwrite(str(shard / f"{number}.png"), pixels)
            elements = [
                element("icon", [20, 20, 60, 60], icon="bell"),
                element("picture", [60, 100, 140, 180], picture="cat"),
                element("picture", [60, 280, 140, 300], picture="cat", **CLIPPED),
                element("row", [0, 0, 200, 90]),
            ]
            truth = {"id": f"s{number}", "image": f"{number}.png", "app": "sound", "elements": elements}
            lines.write(json.dumps({**truth, "width": 200, "height": 300}) + "\n")
    (shard / "shard.json").write_text("{}", encoding="utf-8")
    return shard.parent


def test_close_ups_are_encoded_once(screens: Path, tmp_path: Path) -> None:
    encoder = ScreenParser(CONFIG).encoder.eval()
    first = encoded_close_ups([screens], tmp_path / "cache", encoder, CONFIG, 3)
    assert first.features.shape == (20, 3, FEATURES)
    assert first.looks.tolist() == ["bell", "cat"] * 10
    assert first.roles.tolist() == ["icon", "picture"] * 10
    assert (first.features[:, 0] != first.features[:, 1]).any()  # framed otherwise
    for image in screens.rglob("*.png"):
        image.unlink()
    again = encoded_close_ups([screens], tmp_path / "cache", encoder, CONFIG, 3)  # needs the pictures no more
    np.testing.assert_array_equal(again.features, first.features)


def test_close_ups_of_another_encoder_are_encoded_anew(screens: Path, tmp_path: Path) -> None:
    one, other = (ScreenParser(CONFIG).encoder.eval() for _ in range(2))
    first = encoded_close_ups([screens], tmp_path / "cache", one, CONFIG, 1)
    assert (encoded_close_ups([screens], tmp_path / "cache", other, CONFIG, 1).features != first.features).any()


def test_words_are_learnt(run: Path, screens: Path, tmp_path: Path) -> None:
    settings = {"parser": str(run), "cache": str(tmp_path / "cache"), "framings": 2, "check": [str(screens)]}
    task = open_task([screens], settings, seed=0)
    assert len(task) == 20
    config = TrainConfig(steps=30, batch_size=20, lr=1e-2, workers=0, device="cpu", threads=1)
    trained = train(task, config, tmp_path / "looks")
    assert trained.scores == {"screens_picture_accuracy": 1.0, "screens_icon_accuracy": 1.0}
    loaded = load_looks(tmp_path / "looks", len(CONFIG.looks))
    features = torch.from_numpy(task.load(0, 0)[0])[None].float()
    torch.testing.assert_close(loaded(features), task.model.eval()(features))


def test_a_rare_look_counts_more(run: Path, screens: Path, tmp_path: Path) -> None:
    truths = screens / "shard-00000/truth.jsonl"
    lines = [json.loads(line) for line in truths.read_text().splitlines()]
    for truth in lines[1:]:
        truth["elements"] = truth["elements"][:1]  # the icon alone
    truths.write_text("".join(json.dumps(truth) + "\n" for truth in lines))
    settings = {"parser": str(run), "cache": str(tmp_path / "cache"), "rarity": 0.5}
    task = open_task([screens], settings, seed=0)
    weights = {task.load(index, 0)[1]: task.load(index, 0)[2] for index in range(len(task))}
    assert weights[1] / weights[0] == pytest.approx(10**0.5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 5}, "unknown: size; .* has parser, cache, framings, rarity, check"),
        ({"cache": "cache"}, "settings.parser is missing"),
    ],
)
def test_settings_that_do_not_fit_are_said(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_task([], settings, seed=0)
