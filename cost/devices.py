"""Profiles of phones and boards: what their makers say of memory, arithmetic, power and battery."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class DeviceProfile:
    """One device. Every number has its source; `devices.toml` says how each is counted.

    Attributes:
        key: what `--device` takes, e.g. "snapdragon-888".
        year: when it could be bought.
        family: "phone-cpu", "pc-cpu" or "gpu": what runs the model. Efficiencies belong to a family.
        op_per_s: arithmetic at its peak by kind, "float" and "int8".
        npu_int8_op_per_s: the maker's advertised peak; None where there is none.
        load_w: least and most of the whole device at full load.
        battery_wh: None for what hangs on the mains.
    """

    key: str
    name: str
    year: int
    family: str
    memory_bytes: float
    memory_bytes_per_s: float
    op_per_s: Mapping[str, float]
    npu_int8_op_per_s: float | None
    load_w: tuple[float, float]
    idle_w: float
    battery_wh: float | None
    sources: Mapping[str, str]


def device_names() -> tuple[str, ...]:
    """The profiles' keys, in the file's order."""
    return tuple(_profiles())


def device(key: str) -> DeviceProfile:
    """A profile.

    Raises:
        ValueError: no such device; the message lists those there are.
    """
    if key not in _profiles():
        raise ValueError(f"no device {key!r}; there are {', '.join(_profiles())}")
    return _profiles()[key]


def phones() -> tuple[DeviceProfile, ...]:
    """The profiles of phones."""
    return tuple(profile for profile in _profiles().values() if profile.family == "phone-cpu")


@cache
def _profiles() -> dict[str, DeviceProfile]:
    raw = tomllib.loads(files("pocketvlm.cost").joinpath("devices.toml").read_text(encoding="utf-8"))
    return {key: _profile(key, table) for key, table in raw.items()}


def _profile(key: str, table: dict[str, Any]) -> DeviceProfile:
    low_w, high_w = table["load_w"]
    npu, battery = table.get("npu_int8_op_per_s"), table.get("battery_wh")
    return DeviceProfile(
        key=key,
        name=table["name"],
        year=table["year"],
        family=table["family"],
        memory_bytes=float(table["memory_bytes"]),
        memory_bytes_per_s=float(table["memory_bytes_per_s"]),
        op_per_s=_op_per_s(table),
        npu_int8_op_per_s=None if npu is None else float(npu),
        load_w=(float(low_w), float(high_w)),
        idle_w=float(table["idle_w"]),
        battery_wh=None if battery is None else float(battery),
        sources=table["sources"],
    )


def _op_per_s(table: dict[str, Any]) -> dict[str, float]:
    """Peak arithmetic: of the cores together, or as the maker gives it for a GPU."""
    if "cores" not in table:
        return {"float": float(table["float_op_per_s"]), "int8": float(table["int8_op_per_s"])}
    cores = table["cores"]
    kinds = {"float": "fp32", "int8": "int8"}
    return {
        kind: sum(core["count"] * core["ghz"] * 1e9 * core[field] for core in cores) for kind, field in kinds.items()
    }
