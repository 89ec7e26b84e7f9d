"""The parser can be taught: what it is told of one picture it says again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pocketvlm.vision.parser.cells import make_cells
from pocketvlm.vision.parser.config import InputConfig, ParserConfig
from pocketvlm.vision.parser.decoding import Candidates, candidates, distinct, overlap, sigmoid, suppress
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.losses import LossWeights, Targets, parser_loss
from pocketvlm.vision.parser.targets import Wanted, assign

CONFIG = ParserConfig(looks=("bell", "cat", "dog"), neck_channels=32)
ON, OFF, PICTURE = (20.0, 20.0, 50.0, 38.0), (20.0, 70.0, 50.0, 88.0), (70.0, 20.0, 110.0, 84.0)


def a_picture() -> torch.Tensor:
    """A green switch, a grey one and a striped picture on white, (1, 3, 96, 128)."""
    pixels = torch.ones(1, 3, 96, 128)
    pixels[:, :, 20:38, 20:50] = torch.tensor([-1.0, 0.8, -1.0])[None, :, None, None]
    pixels[:, :, 70:88, 20:50] = 0.0
    pixels[:, :, 20:84, 70:110] = torch.linspace(-1, 1, 40).repeat(64, 1)
    return pixels


def what_is_there() -> tuple[Targets, int]:
    switch, picture = CONFIG.roles.index("switch"), CONFIG.roles.index("picture")
    wanted = Wanted(
        boxes=np.array([ON, OFF, PICTURE], np.float32),
        roles=np.array([switch, switch, picture]),
        active=np.array([1, 0, -1], np.float32),
        disabled=np.array([-1, -1, -1], np.float32),
        values=np.array([-1, -1, 0.25], np.float32),
        ignored=np.zeros(3, bool),
    )
    cells = make_cells(96, 128, CONFIG.strides)
    found = assign(cells, wanted, CONFIG)
    parts = [getattr(wanted, name)[found.elements] for name in ("roles", "boxes", "active", "disabled", "values")]
    quiet = found.quiet[:, 0] * len(CONFIG.roles) + found.quiet[:, 1]
    arrays = (found.cells, cells.middles[found.cells], cells.strides[found.cells], *parts, quiet)
    return Targets(*map(torch.from_numpy, arrays)), len(found.cells)


def test_parser_learns_one_picture_by_heart() -> None:
    torch.manual_seed(0)
    model = ScreenParser(CONFIG)
    model.encoder.freeze(3)
    targets, count = what_is_there()
    pixels = a_picture()
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], 3e-3)
    model.train()
    for _ in range(60):
        loss, _ = parser_loss(model(pixels), targets, LossWeights())
        optimizer.zero_grad()
        (loss / count).backward()
        optimizer.step()
    with torch.no_grad():  # still in train mode: one picture's own statistics are those it was learnt with
        parse = model(pixels)
    roles, boxes, attributes = (part[0].numpy() for part in (parse.roles, parse.boxes, parse.attributes))
    found = candidates(make_cells(96, 128, CONFIG.strides), roles, boxes, attributes, CONFIG, 0.3)
    assert sorted(CONFIG.roles[role] for role in found.roles) == ["picture", "switch", "switch"]
    for box, role, shares in zip(found.boxes, found.roles, found.attributes, strict=True):
        where = overlap(box, np.array([ON, OFF, PICTURE]))
        assert where.max() > 0.6  # learnt well enough to be told apart; the boxes share nothing
        if CONFIG.roles[role] == "switch":
            assert (shares[0] > 0.5) == (where.argmax() == 0)
        else:
            assert shares[2] == pytest.approx(0.25, abs=0.15)  # as far as so short a training goes


def test_what_is_quiet_costs_nothing() -> None:
    torch.manual_seed(0)
    model = ScreenParser(CONFIG).eval()
    targets, _ = what_is_there()
    parse = model(a_picture())
    loud = parse.roles.clone()
    loud[0, 3, 5] = 8.0  # a role that is surely there, and is not
    weights = LossWeights()
    told = parser_loss(parse._replace(roles=loud), targets, weights)[1]["roles"]
    quiet = targets._replace(quiet=torch.tensor([3 * len(CONFIG.roles) + 5]))
    untold = parser_loss(parse._replace(roles=loud), quiet, weights)[1]["roles"]
    assert told - untold == pytest.approx(0.75 * 8.0, rel=0.01)  # softplus(8) is 8.0003, its sigmoid squared 0.9993


def test_suppress_keeps_the_best_of_each_role() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10], [40, 0, 50, 10]], float)
    assert suppress(boxes, np.array([1, 1, 2, 1]), 0.5).tolist() == [0, 2, 3]


def test_suppress_leaves_out_parts_and_several_taken_as_one() -> None:
    boxes = np.array([[0, 0, 30, 10], [20, 0, 30, 10], [0, 0, 90, 10], [27, 0, 60, 10]], float)
    assert suppress(boxes, np.array([1, 1, 1, 1]), 0.5, 0.5).tolist() == [0, 3]  # a tenth of the last lies in the first
    assert suppress(boxes, np.array([1, 2, 3, 4]), 0.5, 0.5).tolist() == [0, 1, 2, 3]  # what stands on a row is no row


def test_distinct_keeps_one_role_a_place() -> None:
    boxes = np.array([[0, 0, 100, 10], [2, 0, 100, 10], [0, 0, 20, 10]], np.float32)  # a row, an option, an icon in it
    found = distinct(Candidates(boxes, np.arange(3), np.array([0.9, 0.8, 0.7]), np.zeros((3, 3))), 0.75)
    assert found.roles.tolist() == [0, 2]
    assert found.scores.tolist() == [0.9, 0.7]


def test_sigmoid_of_extremes_is_finite() -> None:
    np.testing.assert_allclose(sigmoid(np.array([-1e4, 0.0, 1e4])), [0.0, 0.5, 1.0])


def test_config_comes_back_from_its_file(tmp_path: Path) -> None:
    config = ParserConfig(looks=("bell", "猫"), input=InputConfig(area_budget=1024), score_threshold=0.25)
    config.save(tmp_path / "parser.json")
    assert ParserConfig.load(tmp_path / "parser.json") == config


def test_config_of_another_kind_says_so(tmp_path: Path) -> None:
    (tmp_path / "parser.json").write_text('{"looks": [], "input": {}, "depth": 3}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"parser\.json is no parser's config: .*depth"):
        ParserConfig.load(tmp_path / "parser.json")


def test_config_with_borders_that_do_not_fit_its_levels_is_refused() -> None:
    with pytest.raises(ValueError, match=r"4 levels have 3 borders between them, not \(40\.0,\)"):
        ParserConfig(looks=(), level_sizes=(40.0,))
