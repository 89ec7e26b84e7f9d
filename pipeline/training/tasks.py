"""The tasks that recipes name. A task's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pocketvlm.training.task import Task

OpenTask = Callable[[Sequence[Path], Mapping[str, Any], int], Task]

# Each of these modules has an `open_task(data, settings, seed)`.
MODULES = {
    "parser": "pocketvlm.training.parser_recipe",
    "looks": "pocketvlm.training.looks_task",
    "projector": "pocketvlm.training.projector_task",
    "language": "pocketvlm.training.language_task",
    "mobilevlm": "pocketvlm.training.mobilevlm_task",
}


def open_task(name: str, data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> Task:
    """The task of that name.

    Args:
        data: folders or files with its samples.
        settings: a recipe's [settings].
        seed: of what is random in the samples and in fresh weights.
    Raises:
        ValueError: no such task, or data or settings that it cannot work with.
    """
    if name not in MODULES:
        raise ValueError(f"no task {name!r}; there are {', '.join(MODULES)}")
    make: OpenTask = import_module(MODULES[name]).open_task
    return make(data, settings, seed)
