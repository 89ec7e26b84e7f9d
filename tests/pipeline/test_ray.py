"""Work over a Ray cluster of two workers, one killed midway: the same as in one process."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from PIL import Image

from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rendered.render import render
from pocketvlm.datasets.scaling import spread
from pocketvlm.evaluation import evaluate

HERE = Path(__file__).resolve().parent
FOLDERS = (HERE, HERE.parent / "datasets")  # of the modules that workers import


@pytest.fixture(scope="module")
def _cluster() -> Iterator[None]:
    environment = {"env_vars": {"PYTHONPATH": os.pathsep.join(map(str, FOLDERS))}}
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error", runtime_env=environment)
    yield
    assert ray.is_initialized()  # who uses a cluster that was there leaves it there
    ray.shutdown()


@pytest.fixture(autouse=True)
def _importable(_cluster: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in FOLDERS:
        monkeypatch.syspath_prepend(folder)


def test_items_of_a_killed_worker_are_done_by_another(tmp_path: Path) -> None:
    work = importlib.import_module("spreading")
    alone = spread(work.square, range(8))
    done: list[int] = []
    assert spread(work.DieOnce(tmp_path), range(8), ray="", done=done.append) == alone
    assert sorted(done) == sorted(alone)  # none twice
    first, second = (int((tmp_path / f"3-{attempt}").read_text()) for attempt in (0, 1))
    assert first != second
    assert os.getpid() not in (first, second)


def test_what_the_function_raises_is_raised() -> None:
    work = importlib.import_module("spreading")
    with pytest.raises(ValueError, match=r"^three is bad$"):
        spread(work.fail_at_three, range(6), ray="")


def test_evaluation_gives_the_same_files_though_a_worker_is_killed(tmp_path: Path) -> None:
    models = importlib.import_module("models_to_evaluate")
    records = []
    for number in range(12):
        image = tmp_path / f"image-{number % 6}.png"
        Image.new("RGB", (9, 9)).save(image)
        records.append(Record(f"q{number}", image, f"{number}?", ("3?",), "lookup"))
    parrot = models.Parrot(tmp_path / "log", dies_at=3)
    run = evaluate(parrot, records, tmp_path / "spread", ray="")
    assert (tmp_path / "died").exists()
    evaluate(parrot, records, tmp_path / "alone")
    assert [one.answer for one in run.predictions.values()] == [f"{number}?" for number in range(12)]
    for name in ("predictions.jsonl", "timings.jsonl"):
        assert (tmp_path / "spread" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()


def test_rendering_gives_the_same_screens(tmp_path: Path) -> None:
    settings = {"kits": ["ionic-md"], "shard_size": 2}
    alone, spread_out = tmp_path / "alone", tmp_path / "spread_out"
    render(4, 5, alone, processes=1, **settings)  # type: ignore[arg-type]
    render(4, 5, spread_out, ray="", **settings)  # type: ignore[arg-type]
    # Which hold the hash of every shard.
    assert (alone / "manifest.json").read_text() == (spread_out / "manifest.json").read_text()
