"""Recipe files, their changes, and the picture of a curve."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from pocketvlm.training.curve import write_curve
from pocketvlm.training.stage import read_stage, recipes
from pocketvlm.training.tasks import MODULES, open_task

STAGE = 'task = "parser"\n[settings]\nwidth = 96\n[train]\nepochs = 2\nlr = 1e-3\nbetas = [0.9, 0.95]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stage.toml"
    path.write_text(STAGE, encoding="utf-8")
    return path


def test_stage_is_what_its_file_says(file: Path) -> None:
    stage = read_stage(file)
    assert (stage.task, stage.settings, stage.train.lr) == ("parser", {"width": 96}, 1e-3)
    assert stage.train.betas == (0.9, 0.95)
    assert stage.to_dict()["train"]["batch_size"] == 8  # defaults are written down too


def test_values_change_from_outside(file: Path) -> None:
    changes = [
        "settings.lora.rank=8",
        "train.lr=3e-4",
        "train.steps=50",
        "settings.encoder=runs/a b",
        'settings.kinds=["x", "y"]',
    ]
    stage = read_stage(file, changes)
    assert (stage.train.lr, stage.train.steps, stage.train.epochs) == (3e-4, 50, None)
    assert stage.settings == {"width": 96, "lora": {"rank": 8}, "encoder": "runs/a b", "kinds": ["x", "y"]}


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("task = 5", [], "names no task"),
        ("[train]\nsteps = 5", [], "names no task"),
        ('task = "parser"\n[model]\n', [], "unknown: model; a stage has task, "),
        ('task = "parser"\ntrain = 5', [], "train is 5; it must be a table"),
        ('task = "parser"\n[train]\nstep = 5', [], "unknown: step; "),
        ('task = "parser"\n[train', [], "stage.toml: "),
        (STAGE, ["lr=5"], "cannot set 'lr=5'; write train.NAME=VALUE"),
        (STAGE, ["train.lr"], "cannot set 'train.lr'"),
        (STAGE, ["settings.width.of=5"], "width is 96, which holds no of"),
        (STAGE, ["train.lr=fast"], "lr is 'fast'; it must be a number"),
        (STAGE, ["train.steps=5.5"], "steps is 5.5; it must be a whole number"),
        (STAGE, ["train.lr=-1"], "lr is -1; it must be above 0"),
    ],
)
def test_what_a_stage_does_not_have_is_said(file: Path, text: str, changes: list[str], message: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_stage(file, changes)


def test_unknown_recipes_and_tasks_are_told_the_known() -> None:
    with pytest.raises(ValueError, match=r"no file nano/parsing; .*nano/parser"):
        read_stage("nano/parsing")
    with pytest.raises(ValueError, match="no task 'parsing'; there are parser"):
        open_task("parsing", [], {}, 0)


@pytest.mark.parametrize("name", recipes())
def test_recipes_that_come_with_it_are_whole(name: str) -> None:
    stage = read_stage(name)
    assert stage.task in MODULES


def test_recipes_are_those_that_help_names() -> None:
    assert recipes() == [
        "mobilevlm/stage1",
        "mobilevlm/stage2",
        "nano/further",
        "nano/language",
        "nano/looks",
        "nano/parser",
        "nano/projector",
    ]


def test_curve_shows_loss_and_scores(tmp_path: Path) -> None:
    log = [{"step": step, "samples": 8 * step, "loss": 10 / step} for step in range(1, 101)]
    log.insert(50, {"step": 50, "samples": 400, "loss": math.nan})
    log += [{"step": 50, "scores": {"mAP <0.5>": 0.4, "look": math.nan}}, {"step": 100, "scores": {"mAP <0.5>": 0.6}}]
    path = tmp_path / "curve.svg"
    write_curve(path, "parser", log)
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    lines = [line.get("points", "").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points) for points in lines] == [100, 100, 2]  # the loss, its mean, the score
    (x1, y1), (x2, y2) = (tuple(map(float, point.split(","))) for point in lines[2])
    assert x2 - x1 == pytest.approx((720 - 70 - 170) / 2, abs=10)  # step 50 stands in the middle, step 100 at the end
    assert y2 < y1  # upwards is better, and pixels count downwards
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"parser: loss", "scores", "mAP <0.5>", "samples", "800"} <= set(texts)


def test_curve_of_nothing_is_no_file(tmp_path: Path) -> None:
    write_curve(tmp_path / "curve.svg", "parser", [{"step": 0, "changed": {}}])
    assert not (tmp_path / "curve.svg").exists()


def test_curve_of_one_point_is_drawn(tmp_path: Path) -> None:
    write_curve(tmp_path / "curve.svg", "parser", [{"step": 1, "samples": 8, "loss": 2.0}])
    assert "polyline" in (tmp_path / "curve.svg").read_text(encoding="utf-8")
