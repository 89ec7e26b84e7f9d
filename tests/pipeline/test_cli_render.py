"""`pocketvlm render --part`: what trains a model is never what it is scored on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pocketvlm.cli import main
from pocketvlm.datasets.rendered import contact_sheet, render, splits


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seed", "9", "--part", "train"], "seed 9 is not of the part train: take 0, 1, 2"),
        (["--seed", "1", "--part", "held_out"], "take 9, 19, 29"),
        (["--seed", "1", "--part", "train", "--kits", "antd-mobile"], "antd-mobile: not of the part train"),
        (["--seed", "8", "--part", "validation", "--apps", "alarm,poll"], "poll: not of the part validation"),
    ],
)
def test_what_is_not_of_the_part_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["render", "--count", "1", "--out", str(tmp_path / "out"), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_part_draws_its_own_kits_and_apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(render, "render", lambda *_, **options: asked.update(options))
    monkeypatch.setattr(contact_sheet, "contact_sheet", lambda out: out)
    assert main(["render", "--count", "1", "--seed", "11", "--part", "train", "--out", str(tmp_path)]) == 0
    assert not set(asked["kits"]) & splits.HELD_OUT_KITS
    assert not set(asked["apps"]) & splits.HELD_OUT_APPS
    assert len(asked["kits"]) == 4
    assert len(asked["apps"]) > 90
