"""How long, how fast and how carefully to train: what a recipe's [train] table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Precision = Literal["auto", "fp32", "bf16"]


@dataclass(frozen=True)
class TrainConfig:
    """Everything the trainer is told. Results depend on all of it but what stands under "running".

    Attributes:
        steps: updates of the weights; or
        epochs: times that every sample is seen, e.g. 2.5. Give one of the two.
        batch_size: samples of one update, over all processes and pieces together.
        accumulation: pieces that each process computes its share of a batch in, to save memory.
        lr: the peak learning rate of AdamW.
        lr_factors: what to multiply it with for parameters whose name begins so, e.g. {"encoder.": 0.1}.
        warmup_steps: updates in which the rate rises from 0 to its peak.
        final_lr: what is left of the peak at the end of the cosine, as a share.
        weight_decay: AdamW's; on matrices and kernels only, not on biases and norms.
        betas: AdamW's.
        clip: the largest norm of the gradient; larger ones are scaled down to it. 0 does not clip.
        ema: decay of the averaged weights, which are what is evaluated and exported. 0 averages nothing.
        seed: of the data's order and of what is random in the model.
        precision: "bf16" computes under autocast; "auto" does so on a GPU only.
        device: "cpu", "cuda", or "auto": a GPU where there is one.
        threads: processor cores to compute with, for each process. 0 is an equal share of all.
        workers: processes that load samples ahead, for each process. 0 loads between the steps.
        minutes: stop after that long, as Ctrl-C does; the same command goes on. 0 is no limit.
        log_every: updates that a line of the log is the mean of.
        save_every: updates between checkpoints.
        save_minutes: minutes between checkpoints, if that is sooner. 0 counts updates only.
        evaluate_every: updates between evaluations. 0 evaluates at the end only.
        keep: checkpoints that are kept, the newest ones.
    """

    steps: int | None = None
    epochs: float | None = None
    batch_size: int = 8
    accumulation: int = 1
    lr: float = 1e-3
    lr_factors: Mapping[str, float] = field(default_factory=dict)
    warmup_steps: int = 0
    final_lr: float = 0.01
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = 1.0
    ema: float = 0.0
    seed: int = 0
    precision: Precision = "auto"
    # running
    device: str = "auto"
    threads: int = 0
    workers: int = 1
    minutes: float = 0.0
    log_every: int = 10
    save_every: int = 500
    save_minutes: float = 0.0
    evaluate_every: int = 0
    keep: int = 2

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be trained with."""
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("give either steps or epochs")
        for one in fields(self):
            value = getattr(self, one.name)
            whole = isinstance(one.default, int) or one.name == "steps"
            number = whole or isinstance(one.default, float) or one.name == "epochs"
            if number and value is not None and type(value) not in ((int,) if whole else (int, float)):
                raise ValueError(f"{one.name} is {value!r}; it must be a {'whole ' if whole else ''}number")
        for name in ("steps", "epochs", "lr", "batch_size", "accumulation", "log_every", "save_every", "keep"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} is {value}; it must be above 0")
        for name in ("threads", "workers", "minutes", "save_minutes", "evaluate_every", "warmup_steps", "clip", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 0 or more")
        if not 0 <= self.ema < 1:
            raise ValueError(f"ema is {self.ema}; it must be from 0 to below 1, e.g. 0.999")
        if not 0 <= self.final_lr <= 1:
            raise ValueError(f"final_lr is {self.final_lr}; it must be from 0 to 1")
        if self.precision not in ("auto", "fp32", "bf16"):
            raise ValueError(f'precision is "{self.precision}"; it must be auto, fp32 or bf16')

    def total_steps(self, samples: int) -> int:
        """Updates in all, with that many samples an epoch."""
        if self.steps is not None:
            return self.steps
        assert self.epochs is not None  # which __post_init__ saw to
        return max(1, round(self.epochs * samples / self.batch_size))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as JSON and TOML have them."""
        return {**asdict(self), "lr_factors": dict(self.lr_factors), "betas": list(self.betas)}


def train_config(values: Mapping[str, Any]) -> TrainConfig:
    """The config of a table of plain values.

    Raises:
        ValueError: a name or value that is none of its.
    """
    known = [one.name for one in fields(TrainConfig)]
    if unknown := sorted(set(values) - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}; [train] has {', '.join(known)}")
    values = dict(values)
    if "betas" in values:
        values["betas"] = tuple(values["betas"])
    return TrainConfig(**values)
