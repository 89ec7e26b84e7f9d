"""From which score on a role's finds are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pocketvlm.training.parser_scores import Found
from pocketvlm.training.parser_thresholds import ENOUGH, HIGHEST, LOWEST, best_threshold, fit_thresholds
from pocketvlm.training.screen_cache import CachedScreen
from pocketvlm.vision.parser.cells import make_cells
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.decoding import candidates


def test_a_threshold_lets_through_what_is_right() -> None:
    scores, right = np.array([0.9, 0.5, 0.32, 0.29]), np.array([True, True, True, False])
    assert best_threshold(scores, right, there=3) == pytest.approx(0.30)
    assert best_threshold(np.array([0.9]), np.array([True]), there=1) == LOWEST  # the lowest of equally good ones
    assert best_threshold(np.array([0.9, 0.59]), np.array([True, False]), there=1) == HIGHEST


def a_screen() -> CachedScreen:
    """Ten switches and one tab."""
    elements = [{"role": "switch", "box": [20 * i, 0, 20 * i + 10, 10], "state": {"on": True}} for i in range(ENOUGH)]
    elements.append({"role": "tab", "box": [0, 100, 10, 110], "state": {}})
    plain = {"text": "", "name": None, "icon": None, "picture": None, "color": None, "value": None, "clipped": False}
    truth = {
        "app": "settings",
        "width": 400,
        "height": 400,
        "elements": [{**plain, **element} for element in elements],
        "photo": None,
    }
    return CachedScreen(truth, Path("none"), 0, 400, 400)


def test_roles_have_their_own_and_rare_ones_none() -> None:
    boxes = np.array([[20 * i, 0, 20 * i + 10, 10] for i in range(ENOUGH)] + [[0, 200, 10, 210]], float)
    scores = np.array([0.4] * ENOUGH + [0.3])

    def find(screen: CachedScreen) -> Found:
        count = len(boxes)
        return Found(boxes, ["switch"] * count, scores, np.zeros((count, 3)), [None] * count)

    assert fit_thresholds(find, [a_screen()]) == {"switch": pytest.approx(0.31)}


def test_each_role_is_told_from_its_own_threshold() -> None:
    config = ParserConfig(looks=("bell",), score_thresholds={"switch": 0.2})
    assert config.thresholds[config.roles.index("switch")] == 0.2
    assert config.thresholds[config.roles.index("tab")] == config.score_threshold
    cells = make_cells(64, 64, config.strides)
    count = len(cells.levels)
    roles = np.full((count, len(config.roles)), -9.0)
    roles[0, config.roles.index("switch")] = roles[1, config.roles.index("tab")] = np.log(0.3 / 0.7)
    found = candidates(cells, roles, np.zeros((count, 4)), np.zeros((count, 3)), config, config.thresholds)
    assert [config.roles[role] for role in found.roles] == ["switch"]


def test_a_config_with_thresholds_is_read_as_it_was_written(tmp_path: Path) -> None:
    config = ParserConfig(looks=("bell",), score_thresholds={"switch": 0.2})
    config.save(tmp_path / "parser.json")
    assert ParserConfig.load(tmp_path / "parser.json") == config
