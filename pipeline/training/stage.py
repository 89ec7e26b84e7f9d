"""A stage of a recipe as its TOML file says it: which task, its settings, how to train it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketvlm.training.config import TrainConfig, train_config

RECIPES = Path(__file__).resolve().parent / "recipes"


@dataclass(frozen=True)
class Stage:
    """A stage.

    Attributes:
        task: a name of `tasks.MODULES`.
        settings: what that task is told; the task knows the names.
        train: how it is trained.
    """

    task: str
    settings: Mapping[str, Any]
    train: TrainConfig

    def to_dict(self) -> dict[str, Any]:
        """The stage in plain values, as its file has them, defaults included."""
        return {"task": self.task, "settings": dict(self.settings), "train": self.train.to_dict()}


def recipes() -> list[str]:
    """The stages that come with the package, such as "nano/parser"."""
    return sorted(path.relative_to(RECIPES).with_suffix("").as_posix() for path in RECIPES.rglob("*.toml"))


def read_stage(recipe: str | Path, changes: Sequence[str] = ()) -> Stage:
    """Read a stage's file.

    Args:
        recipe: a TOML file, or one of `recipes()`.
        changes: "train.lr=1e-4", "settings.lora.rank=8" and the like; what follows = is TOML, or a text if it is none.
    Raises:
        ValueError: no such file; no TOML; names or values that a stage does not have.
    """
    path = Path(recipe)
    if not path.is_file():
        path = RECIPES / f"{recipe}.toml"
        if str(recipe) not in recipes():
            raise ValueError(f"no file {recipe}; of the recipes that come with it there are {', '.join(recipes())}")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for change in changes:
            _change(raw, change)
        return _stage(raw)
    except ValueError as error:  # which TOMLDecodeError is as well
        raise ValueError(f"{path}: {error}") from None


def _stage(raw: Mapping[str, Any]) -> Stage:
    if unknown := sorted(set(raw) - {"task", "settings", "train"}):
        raise ValueError(f"unknown: {', '.join(unknown)}; a stage has task, [settings] and [train]")
    if not isinstance(raw.get("task"), str):
        raise ValueError('the stage names no task; add a line such as task = "parser"')
    for name in ("settings", "train"):
        if not isinstance(raw.get(name, {}), dict):
            raise ValueError(f"{name} is {raw[name]!r}; it must be a table, [{name}]")
    return Stage(raw["task"], raw.get("settings", {}), train_config(raw.get("train", {})))


def _change(raw: dict[str, Any], change: str) -> None:
    name, equals, text = change.partition("=")
    *tables, key = name.strip().split(".")
    if not equals or not key or not tables or tables[0] not in ("train", "settings"):
        raise ValueError(f"cannot set {change!r}; write train.NAME=VALUE or settings.NAME=VALUE")
    values = raw
    for part in tables:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise ValueError(f"cannot set {change!r}; {part} is {values!r}, which holds no {key}")
    values[key] = _value(text.strip())
    if tables == ["train"] and key in ("steps", "epochs"):  # one replaces the other
        values.pop({"steps": "epochs", "epochs": "steps"}[key], None)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
