"""The trainer: one curve, however often a run is cut and however it is shared out."""

from __future__ import annotations

import importlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from pocketvlm.training.config import TrainConfig, train_config
from pocketvlm.training.trainer import Trained, train

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "lines_to_learn.py"
CONFIG: dict[str, Any] = {
    "steps": 120,
    "batch_size": 6,
    "lr": 0.01,
    "warmup_steps": 5,
    "ema": 0.95,
    "log_every": 7,
    "save_every": 20,
    "evaluate_every": 30,
    "threads": 1,
    "workers": 0,
    "device": "cpu",
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes the task of `lines_to_learn`."""
    monkeypatch.syspath_prepend(str(HERE))
    made: Callable[..., Any] = importlib.import_module("lines_to_learn").Lines
    return made


def curve(folder: Path) -> list[dict[str, Any]]:
    """The log of a run, all but its speed."""
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "samples_per_s"} for line in log]


def script(folder: Path, dropout: float, **changes: Any) -> list[str]:
    return [str(SCRIPT), str(folder), json.dumps({**CONFIG, **changes}), str(dropout)]


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    while not path.exists():
        assert process.poll() is None, "it ended before it was to be cut"
        time.sleep(0.01)


def assert_near(ours: Path, theirs: Path, tolerance: float) -> None:
    """Two runs have the same log and weights."""
    for our, their in zip(curve(ours), curve(theirs), strict=True):
        assert our.keys() == their.keys()
        for name, value in our.items():
            assert value == pytest.approx(their[name], rel=tolerance, abs=tolerance), name
    our_weights, their_weights = load_file(ours / "weights.safetensors"), load_file(theirs / "weights.safetensors")
    assert our_weights.keys() == their_weights.keys()
    for name, weight in our_weights.items():
        assert np.abs(weight - their_weights[name]).max() < tolerance


def test_it_learns_and_leaves_what_it_says(lines: Callable[..., Any], tmp_path: Path) -> None:
    trained = train(lines(), train_config(CONFIG), tmp_path / "run")
    assert trained == Trained(tmp_path / "run", 120, 120, trained.scores, interrupted=False, first=True)
    assert trained.finished
    log = curve(tmp_path / "run")
    losses = [line for line in log if "loss" in line]
    assert [line["step"] for line in losses] == [*range(7, 120, 7), 120]
    assert losses[-1]["loss"] < 0.1 * losses[0]["loss"]
    assert losses[-1]["samples"] == 720
    assert losses[-1]["lr"] == pytest.approx(0.01 * 0.01, rel=0.1)  # the last step stands just before the curve's end
    evaluated = [line for line in log if "scores" in line]
    assert [line["step"] for line in evaluated] == [30, 60, 90, 120]
    assert evaluated[-1]["scores"] == trained.scores
    assert sorted(path.name for path in (tmp_path / "run").rglob("*")) == [
        "checkpoints",
        "curve.svg",
        "log.jsonl",
        "step-00000100.pt",
        "step-00000120.pt",
        "weights.safetensors",
    ]


def test_weights_that_ship_are_the_averaged_ones(lines: Callable[..., Any], tmp_path: Path) -> None:
    task = lines()
    trained = train(task, train_config(CONFIG), tmp_path)
    shipped = load_file(tmp_path / "weights.safetensors")
    assert np.abs(shipped["0.weight"] - task.model[0].weight.detach().numpy()).max() > 1e-4
    task.model.load_state_dict({name: torch.from_numpy(value) for name, value in shipped.items()})
    task.model.eval()
    with torch.no_grad():
        assert task.evaluate() == trained.scores


def test_killed_run_goes_on_as_if_it_had_not_been(lines: Callable[..., Any], tmp_path: Path) -> None:
    """Dropout, averages and the window of the log among it: the same numbers to the last bit."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    train(lines(dropout=0.1), train_config(CONFIG), whole)
    command = [sys.executable, *script(cut, 0.1, workers=1)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_for(cut / "checkpoints/step-00000040.pt", process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (cut / "checkpoints/step-99999999.pt").write_bytes(b"half a checkpoint")  # as another program might leave one
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    assert curve(cut) == curve(whole)
    ours, theirs = load_file(cut / "weights.safetensors"), load_file(whole / "weights.safetensors")
    assert all((ours[name] == theirs[name]).all() for name in theirs)
    assert sorted(path.name for path in cut.rglob("step-*")) == ["step-00000100.pt", "step-00000120.pt"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_a_run_with_a_checkpoint(lines: Callable[..., Any], tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, *script(tmp_path, 0.0, steps=10**6, workers=1, evaluate_every=0)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_for(tmp_path / "checkpoints/step-00000020.pt", process)
    process.send_signal(number)
    errors = process.communicate()[1].decode()
    assert process.returncode == 0
    assert "Traceback" not in errors
    newest = max((tmp_path / "checkpoints").glob("step-*.pt"))
    state = torch.load(newest, weights_only=True)
    assert newest.name == f"step-{state['step']:08d}.pt"
    assert not list(tmp_path.rglob("*.part"))


def test_pieces_of_a_batch_equal_the_batch(lines: Callable[..., Any], tmp_path: Path) -> None:
    """Pieces of two sizes and of unlike units."""
    train(lines(), train_config(CONFIG), tmp_path / "whole")
    train(lines(), train_config({**CONFIG, "accumulation": 4}), tmp_path / "pieces")
    assert_near(tmp_path / "pieces", tmp_path / "whole", 1e-4)  # float32 sums in another order, over 120 steps


def test_two_processes_equal_one(lines: Callable[..., Any], tmp_path: Path) -> None:
    train(lines(), train_config(CONFIG), tmp_path / "one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    # By address: what the machine calls itself need not be found. From another folder, as the launcher puts the working
    # one on the path.
    launch = [sys.executable, "-m", "torch.distributed.run", "--master-addr", "127.0.0.1", "--master-port", port]
    command = [*launch, "--nproc-per-node", "2", *script(tmp_path / "two", 0.0)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_near(tmp_path / "two", tmp_path / "one", 1e-4)  # float32 sums in another order, over 120 steps


def test_loading_ahead_changes_nothing(lines: Callable[..., Any], tmp_path: Path) -> None:
    config = {**CONFIG, "steps": 30}
    train(lines(dropout=0.1), train_config(config), tmp_path / "none")
    train(lines(dropout=0.1), train_config({**config, "workers": 2}), tmp_path / "two")
    assert curve(tmp_path / "none") == curve(tmp_path / "two")


def test_finished_run_is_not_trained_again(lines: Callable[..., Any], tmp_path: Path) -> None:
    first = train(lines(), train_config(CONFIG), tmp_path)
    before = curve(tmp_path)
    assert train(lines(), train_config(CONFIG), tmp_path, resume=True) == first
    assert curve(tmp_path) == before
    with pytest.raises(ValueError, match="holds a run"):
        train(lines(), train_config(CONFIG), tmp_path)


def test_changed_config_is_in_the_log(lines: Callable[..., Any], tmp_path: Path) -> None:
    train(lines(), train_config({**CONFIG, "steps": 40}), tmp_path)
    longer = train(lines(), train_config({**CONFIG, "steps": 60, "lr": 0.02}), tmp_path, resume=True)
    assert longer.step == 60
    assert {"step": 40, "changed": {"steps": 60, "lr": 0.02}} in curve(tmp_path)


def test_limit_of_minutes_stops_and_goes_on(lines: Callable[..., Any], tmp_path: Path) -> None:
    short = train(lines(), train_config({**CONFIG, "minutes": 1e-9}), tmp_path / "short")
    assert (short.step, short.finished, short.scores, short.interrupted) == (1, False, {}, False)
    train(lines(), train_config(CONFIG), tmp_path / "short", resume=True)
    train(lines(), train_config(CONFIG), tmp_path / "whole")
    log = [line for line in curve(tmp_path / "short") if "changed" not in line]
    assert log == curve(tmp_path / "whole")


def test_bad_gradients_are_skipped_and_many_are_an_error(lines: Callable[..., Any], tmp_path: Path) -> None:
    class Bad(lines().__class__):  # type: ignore[misc]
        """Every sample of the first so many epochs has no loss."""

        def __init__(self, epochs: int) -> None:
            super().__init__()
            self.epochs = epochs

        def load(self, index: int, epoch: int) -> Any:
            numbers, units = super().load(index, epoch)
            return (numbers * np.float32("nan") if epoch < self.epochs else numbers), units

    train(Bad(1), train_config(CONFIG), tmp_path / "few")
    log = [line for line in curve(tmp_path / "few") if "loss" in line]
    assert log[0]["skipped"] == 7  # an epoch takes 6.2 steps
    assert log[1]["skipped"] == 0
    assert np.isfinite(log[-1]["loss"])
    with pytest.raises(FloatingPointError, match=r"20 steps in a row.*lower lr"):
        train(Bad(99), train_config(CONFIG), tmp_path / "many")


def test_no_whole_checkpoint_is_an_error(lines: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/step-00000020.pt").write_bytes(b"half a checkpoint")
    with pytest.raises(ValueError, match="no whole checkpoint"):
        train(lines(), train_config(CONFIG), tmp_path, resume=True)


def test_rates_and_decay_are_a_parameters_own(lines: Callable[..., Any], tmp_path: Path) -> None:
    """A factor of 0 holds a layer still; its longer name wins."""
    task = lines()
    before = {name: value.detach().clone() for name, value in task.model.named_parameters()}
    factors = {"0.": 0.0, "0.bias": 1.0}
    train(task, train_config({**CONFIG, "steps": 5, "lr_factors": factors}), tmp_path)
    moved = {name: not torch.equal(value, before[name]) for name, value in task.model.named_parameters()}
    assert moved == {"0.weight": False, "0.bias": True, "3.weight": True, "3.bias": True}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "either steps or epochs"),
        ({"steps": 5, "epochs": 1}, "either steps or epochs"),
        ({"steps": 0}, "steps is 0; it must be above 0"),
        ({"steps": 5, "ema": 1.0}, "ema is 1.0"),
        ({"steps": 5, "minutes": -1}, "minutes is -1; it must be 0 or more"),
        ({"steps": 5, "final_lr": 2}, "final_lr is 2"),
        ({"steps": 5, "precision": "fp8"}, 'precision is "fp8"'),
        ({"steps": 5, "rate": 1}, "unknown: rate; .* has steps, epochs"),
    ],
)
def test_config_says_what_is_wrong(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        train_config(values)


def test_what_cannot_be_trained_is_refused(lines: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="batch_size is 2, less than 1 processes x 3 pieces"):
        train(lines(), TrainConfig(steps=5, batch_size=2, accumulation=3, workers=0, device="cpu"), tmp_path / "small")
    task = lines()
    task.model.requires_grad_(False)
    with pytest.raises(ValueError, match="nothing to train"):
        train(task, TrainConfig(steps=5, workers=0, device="cpu"), tmp_path / "frozen")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_no_gpu_is_said(lines: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='device is "cuda", but PyTorch finds no GPU'):
        train(lines(), TrainConfig(steps=5, device="cuda"), tmp_path)


def test_half_precision_stays_close(lines: Callable[..., Any], tmp_path: Path) -> None:
    train(lines(), train_config(CONFIG), tmp_path / "fp32")
    train(lines(), train_config({**CONFIG, "precision": "bf16"}), tmp_path / "bf16")
    exact, rounded = (curve(tmp_path / name)[0]["loss"] for name in ("fp32", "bf16"))
    assert exact != rounded
    assert rounded == pytest.approx(exact, rel=0.02)  # bfloat16 has 8 bits: 0.4 per cent a product
