"""Train a task: the same losses on one process or many, in one go or after a kill.

What a step computes follows from the config, the step's number and the weights alone: the data's order and what is
random in the model come from the seed and the number, so a checkpoint holds weights, optimizer and averages, and no
more. Losses are sums over units (see `Task.loss`), so that pieces and processes add up to the batch.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from pocketvlm.training.batches import DataOrder, batches, pieces, to_device
from pocketvlm.training.checkpoints import Checkpoints, save_weights
from pocketvlm.training.config import TrainConfig
from pocketvlm.training.curve import write_curve
from pocketvlm.training.distributed import World, open_world
from pocketvlm.training.log import Log
from pocketvlm.training.optimizer import Average, learning_rate, make_optimizer, trainable
from pocketvlm.training.stopping import Stop
from pocketvlm.training.task import Task

WEIGHTS, CURVE, ABOUT = "weights.safetensors", "curve.svg", "stage.json"
MAX_SKIPPED = 20  # steps in a row whose gradient is no number, after which training has failed


@dataclass(frozen=True)
class Trained:
    """How a run ended.

    Attributes:
        folder: holds weights.safetensors, log.jsonl and the checkpoints.
        step, steps: updates that were made, and that there are in all.
        scores: what `Task.evaluate` said at the end; empty where the run was stopped.
        interrupted: a signal ended it.
        first: this is the process that speaks for all.
    """

    folder: Path
    step: int
    steps: int
    scores: dict[str, float]
    interrupted: bool
    first: bool

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.step >= self.steps

    def to_dict(self) -> dict[str, Any]:
        """What there is to say of it as JSON."""
        ended = {"folder": str(self.folder), "step": self.step, "steps": self.steps, "finished": self.finished}
        return {**ended, "scores": self.scores}


def train(
    task: Task,
    config: TrainConfig,
    folder: str | Path,
    resume: bool = False,
    about: Mapping[str, Any] | None = None,
) -> Trained:
    """Train a task in a folder, from its newest checkpoint or from the start.

    Of several machines, all see that folder.

    Args:
        task: what to train.
        config: how.
        folder: made if need be.
        resume: go on from the newest whole checkpoint, if there is one.
        about: what else there is to know of the run, for stage.json in its folder.
    Raises:
        ValueError: the config does not fit; the folder holds another run and `resume` was not given.
        FloatingPointError: the gradients are no numbers any more.
    """
    folder = Path(folder)
    with open_world(config.device) as world, Stop(config.minutes) as stop:
        if not resume and Checkpoints(folder, config.keep).paths():
            raise ValueError(f"{folder} holds a run: go on with it (resume), or give another folder")
        world.wait()  # all have looked before the first one writes
        folder.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(config.threads or _share_of_cores(world))
        if about is not None and world.rank == 0:
            (folder / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if world.rank == 0 and (write_config := getattr(task, "write_config", None)) is not None:
            write_config(folder)
        return _Run(task, config, folder, world).go(stop)


def _share_of_cores(world: World) -> int:
    """PyTorch's own choice for a process alone; `torchrun` lowers that to 1, whatever the machine has."""
    return torch.get_num_threads() if world.size == 1 else max(1, (os.cpu_count() or 1) // world.local_size)


class _Run:
    """A run in progress."""

    def __init__(self, task: Task, config: TrainConfig, folder: Path, world: World) -> None:
        self.task, self.config, self.folder, self.world = task, config, folder, world
        task.model.to(world.device)
        self.parameters = trainable(task.model)
        world.copy_first_(one.data for one in self.parameters.values())
        self.optimizer = make_optimizer(self.parameters, config)
        self.average = Average(self.parameters, config.ema)
        self.total = config.total_steps(len(task))
        self.checkpoints, self.log = Checkpoints(folder, config.keep), Log(folder)
        self.step, self.skipped = 0, 0
        self.window: dict[str, float] = {}  # sums since the last line of the log
        self.first = world.rank == 0
        self._resume()
        self.clock, self.timed = time.monotonic(), self.step  # when the speed was last told, and at which step

    def go(self, stop: Stop) -> Trained:
        """Train to the end, or until a stop is asked for."""
        self.task.model.train()
        stopped, saved = False, time.monotonic()
        scores = self._evaluate()  # if a kill came between a checkpoint and its evaluation
        data = self._data()
        with tqdm(total=self.total, initial=self.step, unit="step", disable=None if self.first else True) as bar:
            while self.step < self.total and not stopped:
                stopped = self._step(data, stop)
                bar.update()
                self._log(bar)
                late = self.config.save_minutes and time.monotonic() - saved > 60 * self.config.save_minutes
                if self._at(self.config.save_every) or self._at(self.config.evaluate_every) or late or stopped:
                    self._save()
                    saved = time.monotonic()
                if not stopped:
                    scores = self._evaluate()
        if self.first:
            write_curve(self.folder / CURVE, self.folder.name, self.log.read())
        ended = {} if self.step < self.total else scores
        return Trained(self.folder, self.step, self.total, ended, stopped and stop.signalled, self.first)

    def _at(self, every: int) -> bool:
        """Whether it is time for what happens every so many steps and at the end."""
        return self.step >= self.total or (every > 0 and self.step > 0 and self.step % every == 0)

    def _data(self) -> Iterator[Any]:
        config, world = self.config, self.world

        def positions() -> Iterator[range]:
            for step in range(self.step, self.total):
                yield from pieces(step, config.batch_size, world.rank, world.size, config.accumulation)

        order = DataOrder(len(self.task), config.seed)
        return batches(self.task, order, positions(), config.workers, world.device)

    def _step(self, data: Iterator[Any], stop: Stop) -> bool:
        """One update of the weights; returns whether any process was asked to stop."""
        self.optimizer.zero_grad(set_to_none=True)
        sums: dict[str, float] = {}
        for piece in range(self.config.accumulation):
            for name, value in self._backward(to_device(next(data), self.world.device), piece).items():
                sums[name] = sums.get(name, 0.0) + value
        sums["stop"] = float(stop.asked)
        sums = self._sum_over_processes(sums)
        stopped = sums.pop("stop") > 0
        self._update(sums)
        for name, value in sums.items():
            self.window[name] = self.window.get(name, 0.0) + value
        return stopped

    def _backward(self, batch: Any, piece: int) -> dict[str, float]:
        """Add the gradient of one piece of the batch; returns its sums."""
        torch.manual_seed(_mix(self.config.seed, self.step, self.world.rank, piece))
        device = self.world.device.type
        bf16 = self.config.precision == "bf16" or (self.config.precision == "auto" and device == "cuda")
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            loss, parts = self.task.loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return {"loss": float(loss.detach()), **parts}

    def _sum_over_processes(self, sums: dict[str, float]) -> dict[str, float]:
        names = sorted(sums)
        values = torch.tensor([sums[name] for name in names], dtype=torch.float64, device=self.world.device)
        return dict(zip(names, self.world.sum_(values).tolist(), strict=True))

    def _update(self, sums: dict[str, float]) -> None:
        """Apply the gradient, which is a sum over units until here."""
        gradients = []
        for parameter in self.parameters.values():
            if parameter.grad is None:  # no piece of this process used it, which another one's may
                parameter.grad = torch.zeros_like(parameter)
            gradients.append(parameter.grad)
        self.world.sum_all_(gradients)
        torch._foreach_div_(gradients, max(1.0, sums["units"]))
        norm = torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.config.clip or float("inf"))
        sums["grad_norm"] = float(norm)
        rate = learning_rate(self.step, self.total, self.config)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        if self._is_sound(sums):
            self.optimizer.step()
            self.average.update(self.step)
        self.step += 1

    def _is_sound(self, sums: dict[str, float]) -> bool:
        """Whether the gradient is a number; a step without one is left out of weights and log."""
        if math.isfinite(sums["grad_norm"]) and math.isfinite(sums["loss"]):
            self.skipped = 0
            return True
        self.skipped += 1
        if self.skipped >= MAX_SKIPPED:
            raise FloatingPointError(
                f"{self.skipped} steps in a row gave no finite gradient, the last one step {self.step}: "
                "lower lr or clip, or compute in fp32"
            )
        sums.clear()
        sums["skipped"] = 1.0
        return False

    def _log(self, bar: Any) -> None:
        if not self._at(self.config.log_every):
            return
        window, self.window = self.window, {}
        steps = (self.step - 1) % self.config.log_every + 1  # of this window; the last one may be shorter
        skipped = window.pop("skipped", 0.0)
        units = max(1.0, window.pop("units", 0.0))
        norm = window.pop("grad_norm", 0.0) / max(1.0, steps - skipped)
        samples = self.step * self.config.batch_size
        line = {
            "step": self.step,
            "samples": samples,
            "epoch": round(samples / len(self.task), 4),
            "loss": window.pop("loss", math.nan) / units,
            **{name: value / units for name, value in window.items()},
            "units": units,
            "grad_norm": norm,
            "skipped": int(skipped),
            "lr": learning_rate(self.step - 1, self.total, self.config),
            "samples_per_s": self._speed(),
        }
        bar.set_postfix(loss=f"{line['loss']:.4g}", samples_per_s=f"{line['samples_per_s']:.3g}")
        if self.first:
            self.log.write(**line)

    def _speed(self) -> float:
        """Samples a second since the last time; evaluations do not count."""
        now = time.monotonic()
        speed = (self.step - self.timed) * self.config.batch_size / (now - self.clock)
        self.clock, self.timed = now, self.step
        return round(speed, 3)

    def _evaluate(self) -> dict[str, float]:
        """Scores with the averaged weights, found by the first process, where this step has them."""
        if not self._at(self.config.evaluate_every):
            return {}
        began, scores = time.monotonic(), self.log.scores(self.step) if self.first else {}
        if scores is None:
            self.task.model.eval()
            with self.average.in_place(), torch.no_grad():
                scores = {name: float(value) for name, value in self.task.evaluate().items()}
            self.task.model.train()
            self.log.write(step=self.step, scores=scores)
        self.world.wait()
        self.clock += time.monotonic() - began
        return scores

    def _save(self) -> None:
        """A checkpoint, and the averaged weights as they ship."""
        if not self.first:
            return
        model = self.task.model
        frozen = {name for name, one in model.named_parameters() if not one.requires_grad}
        state = {
            "step": self.step,
            "model": {name: one for name, one in model.state_dict().items() if name not in frozen},
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.values,
            "window": self.window,
            "config": self.config.to_dict(),
        }
        self.checkpoints.save(self.step, state)
        with self.average.in_place(), torch.no_grad():
            save_weights(self.folder / WEIGHTS, self.task.export_state())

    def _resume(self) -> None:
        state = self.checkpoints.newest()
        if state is None:
            if self.first:
                self.log.cut(-1)
            return
        self.task.model.load_state_dict(state["model"], strict=False)  # what is frozen is not there
        self.optimizer.load_state_dict(state["optimizer"])
        for name, value in state["average"].items():
            self.average.values[name].copy_(value)
        self.step, self.window = state["step"], state["window"]
        if self.first:
            self.log.cut(self.step)
            before = state["config"]
            changed = {name: value for name, value in self.config.to_dict().items() if before.get(name) != value}
            if changed:
                self.log.write(step=self.step, changed=changed)


def _mix(*numbers: int) -> int:
    """One seed of several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])
