"""What others have published: models' shapes, measurements and claims, as data beside the code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.vision.config import VisionConfig


@dataclass(frozen=True)
class PublishedVLM:
    """A published model: its language model, encoder and projector."""

    name: str
    llm: LlamaConfig
    vision: VisionConfig
    projector: str


@dataclass(frozen=True)
class Claim:
    """One entry of `claims.json`; `value` and `unit` are empty where the claim is in words only."""

    id: str
    claim: str
    value: Any
    unit: str


@dataclass(frozen=True)
class PublishedRow:
    """One published measurement of a model on a device.

    Attributes:
        device: the profile's key; `described` is the device in the source's words.
        figures: as published, units in the keys.
        fit: whether the device model may be fitted on it.
        given: of `mobilevlm_measurements.json`; the others were gathered later.
    """

    device: str
    described: str
    model: str
    source: str
    figures: Mapping[str, float]
    fit: bool
    given: bool


def claims() -> tuple[Claim, ...]:
    """The claims, in the file's order."""
    entries = _read("claims.json")["claims"]
    return tuple(Claim(entry["id"], entry["claim"], entry.get("value"), entry.get("unit", "")) for entry in entries)


def claim(claim_id: str) -> Claim:
    """One claim. `claim_id` is one of ours, so a wrong one is a mistake in the code."""
    (found,) = (entry for entry in claims() if entry.id == claim_id)
    return found


@cache
def measurements() -> tuple[PublishedRow, ...]:
    """The published rows: those that the model answers for first, then further ones of the same page."""
    return (
        *_rows(_read("mobilevlm_measurements.json"), given=True),
        *_rows(_read("further_measurements.json"), given=False),
    )


def llm_config(name: str) -> LlamaConfig:
    """The language model of a published model, by its own name or the whole model's."""
    raw = _read("models.json")
    return LlamaConfig.from_dict({"model_type": "llama", **raw["llm"][raw["vlm"].get(name, {"llm": name})["llm"]]})


def vlms() -> tuple[PublishedVLM, ...]:
    """The published models that see."""
    raw = _read("models.json")
    vision = VisionConfig.from_dict(raw["encoder"])
    return tuple(PublishedVLM(name, llm_config(name), vision, entry["projector"]) for name, entry in raw["vlm"].items())


def vlm(name: str) -> PublishedVLM:
    """One of them."""
    (found,) = (entry for entry in vlms() if entry.name == name)
    return found


@cache
def _read(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(files("pocketvlm.cost").joinpath("published", name).read_text(encoding="utf-8"))
    return raw


def _rows(raw: dict[str, Any], given: bool) -> list[PublishedRow]:
    tables = [raw[kind] for kind in ("llm_alone", "vlm") if kind in raw]
    return [_row(row, table["source"], given) for table in tables for row in table["rows"]]


def _row(row: dict[str, Any], source: str, given: bool) -> PublishedRow:
    described = row["device"]
    key = re.split(r"[ ,(]", described)[0].lower()
    figures = {name: float(value) for name, value in row.items() if isinstance(value, (int, float)) and name != "fit"}
    return PublishedRow(key, described, row["model"], source, figures, row.get("fit", True), given)
