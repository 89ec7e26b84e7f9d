"""Teaching the projector to show pictures to a language model that stays as it is: MobileVLM's first stage, on screens.

It is the language task with image tokens alone: no structure tells what is pictured, so that the tokens must.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pocketvlm.training.language_task import LanguageTask, task_config

KINDS = ("picture", "colour", "state")  # questions that pixels at a stride of 32 can answer


def open_task(data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> LanguageTask:
    """The task that recipes call "projector"; [settings] as for "language"."""
    return LanguageTask(task_config(settings, adapter=False, structure=False, kinds=KINDS), data, seed)
