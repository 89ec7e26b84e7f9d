"""Teaching the parser: samples from rendered screens, cut and coloured otherwise, and the scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from pocketvlm.datasets.rendered.parser_truth import parser_labels
from pocketvlm.training.config import TrainConfig
from pocketvlm.training.parser_scores import Found, score_parser
from pocketvlm.training.parser_task import ParserTask, ParserTaskConfig, load_weights
from pocketvlm.training.screen_augment import AugmentConfig, place, recolour, wear
from pocketvlm.training.screen_cache import CachedScreen, cached_screens
from pocketvlm.training.trainer import train
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vision.parser.config import InputConfig, ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser

SMALL = ParserConfig(looks=("bell", "cat"), neck_channels=16)
CANVAS = AugmentConfig(canvas=(256, 416))
SWITCH = (200, 100, 260, 140)


def an_element(role: str, box: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    plain = {"name": None, "text": None, "state": {}, "icon": None, "picture": None, "color": None}
    return {"role": role, "box": list(box), **plain, **more}


def a_truth(name: str) -> dict[str, Any]:
    elements = [
        an_element("switch", SWITCH, state={"on": True}),
        an_element("row", (0, 80, 320, 160)),
        an_element("picture", (40, 200, 140, 300), picture="cat"),
        an_element("icon", (20, 20, 60, 60), icon="bell"),
        an_element("button", (40, 400, 280, 450), state={"disabled": True}),
        an_element("chip", (300, 20, 320, 60), state={"selected": True}, clipped=True),
    ]
    return {"image": name, "width": 320, "height": 480, "app": "sound", "elements": elements}


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """A folder of two rendered screens: grey, with the switch in red."""
    shard = tmp_path / "screens" / "shard-00000"
    shard.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        pixels = np.full((480, 320, 3), 200, np.uint8)
        pixels[SWITCH[1] : SWITCH[3], SWITCH[0] : SWITCH[2]] = (0, 0, 255)  # BGR
        cv2.imwrite(str(shard / name), pixels)
    lines = [json.dumps(a_truth(name)) for name in ("a.png", "b.png")]
    (shard / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (shard / "shard.json").write_text("{}", encoding="utf-8")
    return shard.parent


@pytest.fixture
def imagenet(tmp_path: Path) -> str:
    """Random weights where the published ones would be."""
    torch.manual_seed(0)
    tensors = {}
    parts = {"depthwise.conv": "_depthwise_conv", "depthwise.norm": "_bn1", "project.conv": "_project_conv"}
    parts |= {"expand.conv": "_expand_conv", "expand.norm": "_bn0", "project.norm": "_bn2"}
    for name, tensor in EfficientNetLite0().state_dict().items():
        if name.startswith("stem"):
            tensors[name.replace("stem.conv", "_conv_stem").replace("stem.norm", "_bn0")] = tensor
        else:
            _, number, part, kind, leaf = name.split(".")
            tensors[f"_blocks.{number}.{parts[f'{part}.{kind}']}.{leaf}"] = tensor
    torch.save(tensors, tmp_path / "lite0.pth")
    return str(tmp_path / "lite0.pth")


@pytest.fixture
def task(screens: Path, imagenet: str, tmp_path: Path) -> ParserTask:
    folder = str(screens)
    config = ParserTaskConfig(
        (folder,), (folder,), str(tmp_path / "cache"), imagenet, check_count=1, parser=SMALL, augmentation=CANVAS
    )
    return ParserTask(config)


def test_cache_holds_the_screens_at_the_inputs_size(screens: Path, tmp_path: Path) -> None:
    config = InputConfig(area_budget=160 * 256)
    first, second = cached_screens(screens, tmp_path / "cache", config)
    assert first.pixels().shape == (256, 160, 3)
    assert first.scale == (0.5, 256 / 480)
    x, y = round(230 * first.scale[0]), round(120 * first.scale[1])
    assert second.pixels()[y, x].tolist() == [255, 0, 0]  # the switch, in RGB
    for image in screens.rglob("*.png"):
        image.unlink()
    again = cached_screens(screens, tmp_path / "cache", config)  # needs the pictures no more
    np.testing.assert_array_equal(again[1].pixels(), second.pixels())


def test_cache_of_a_folder_without_a_finished_shard_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no finished shard"):
        cached_screens(tmp_path, tmp_path / "cache", InputConfig())


def test_place_says_where_everything_went() -> None:
    pixels = np.zeros((240, 160, 3), np.uint8)
    pixels[120:140, 80:100] = 255
    config = AugmentConfig(canvas=(200, 200), scales=(0.6, 0.8))
    for seed in range(20):
        canvas, cut = place(pixels, config, np.random.default_rng(seed))
        x, y = (
            round(value * scale + shift) for value, scale, shift in zip((90, 130), cut.scale, cut.shift, strict=True)
        )
        assert canvas.shape == (200, 200, 3)
        assert canvas[y, x].min() > 250


def test_wear_and_colour_change_pixels_but_not_what_they_show() -> None:
    pixels = np.full((64, 64, 3), 30, np.uint8)
    pixels[16:48, 16:48] = (220, 60, 50)
    always = AugmentConfig(full_hue=1.0, blur=1.0, jpeg=1.0, noise=1.0)
    worn = wear(recolour(pixels, always, np.random.default_rng(0)), always, np.random.default_rng(1))
    assert worn.shape == pixels.shape
    assert worn[32, 32].argmax() != 0  # red no more
    assert worn[32, 32].max() > int(worn[4, 4].max()) + 60  # light stays light, dark stays dark
    assert recolour(pixels, AugmentConfig(full_hue=0.0), np.random.default_rng(0))[32, 32].argmax() == 0


def test_a_sample_is_a_function_of_index_and_epoch(task: ParserTask) -> None:
    one, again, later = task.load(0, 3), task.load(0, 3), task.load(0, 4)
    for name, value in one.items():
        np.testing.assert_array_equal(value, again[name])
    assert not np.array_equal(one["pixels"], later["pixels"])


def test_a_sample_wants_what_the_truth_says(task: ParserTask) -> None:
    seen: dict[str, set[float]] = {"active": set(), "disabled": set()}
    for epoch in range(12):
        sample = task.load(0, epoch)
        roles = np.array(SMALL.roles)[sample["roles"]]
        seen["active"] |= set(sample["active"][roles == "switch"].tolist())
        seen["disabled"] |= set(sample["disabled"][roles == "button"].tolist())
        assert "chip" not in roles  # clipped
        assert (sample["boxes"] >= 0).all()
        assert (sample["boxes"] <= [256, 416, 256, 416]).all()
    assert seen == {"active": {1.0}, "disabled": {1.0}}


def test_pieces_of_a_batch_add_up_to_it(task: ParserTask) -> None:
    task.model.eval()  # batch statistics would tell the pieces apart
    samples = [task.load(0, 0), task.load(1, 0)]
    whole, parts = task.loss(task.collate(samples))
    apart = [task.loss(task.collate([sample])) for sample in samples]
    # Float32 sums of tens of thousands of terms, in another order.
    assert whole.item() == pytest.approx(sum(loss.item() for loss, _ in apart), rel=1e-3)
    assert parts["units"] == sum(found["units"] for _, found in apart)


def test_training_runs_and_what_it_writes_is_the_model(task: ParserTask, tmp_path: Path) -> None:
    config = TrainConfig(steps=2, batch_size=2, workers=0, device="cpu", threads=1)
    trained = train(task, config, tmp_path / "run")
    assert trained.finished
    assert 0 <= trained.scores["screens_map50"] <= 1
    other = ScreenParser(SMALL)
    other.load_state_dict(load_weights(tmp_path / "run" / "weights.safetensors"))
    for name, value in task.model.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(other.state_dict()[name], value), name


def perfect(screen: CachedScreen) -> Found:
    """A finder that has read the truth, clipped elements too."""
    labels = parser_labels(screen.truth)
    attributes = [(float(one.active or 0), float(one.disabled), one.value or 0.0) for one in labels]
    return Found(
        boxes=np.array([one.box for one in labels], float),
        roles=[one.role for one in labels],
        scores=np.linspace(1, 0.5, len(labels)),
        attributes=np.array(attributes),
        looks=[one.look for one in labels],
    )


def test_scores_of_a_perfect_finder_and_of_one_with_faults(screens: Path, tmp_path: Path) -> None:
    found = cached_screens(screens, tmp_path / "cache", InputConfig())
    best = score_parser(perfect, found).summary()
    assert {name: best[name] for name in ("map50", "state_accuracy", "picture_accuracy", "icon_accuracy")} == {
        "map50": 1.0,
        "state_accuracy": 1.0,
        "picture_accuracy": 1.0,
        "icon_accuracy": 1.0,
    }

    def faulty(screen: CachedScreen) -> Found:
        """Off for on, a dog for the cat, and the row far too high; a chip where a clipped one stands is no fault."""
        one = perfect(screen)
        boxes = one.boxes.copy()
        boxes[one.roles.index("row"), 1] = 0
        boxes[one.roles.index("row"), 3] = 400
        attributes = one.attributes.copy()
        attributes[one.roles.index("switch"), 0] = 0.0
        return Found(boxes, one.roles, one.scores, attributes, ["dog" if look == "cat" else look for look in one.looks])

    report = score_parser(faulty, found)
    assert report.precisions == {"switch": 1.0, "row": 0.0, "picture": 1.0, "icon": 1.0, "button": 1.0}
    assert report.summary()["state_accuracy"] == 0.5  # the buttons are right
    assert report.summary()["picture_accuracy"] == 0.0
    assert report.summary()["icon_accuracy"] == 1.0
