"""Screens of phones and tablets, in CSS pixels: sizes and densities that are common, under names that say no brand."""

from __future__ import annotations

from typing import Any, TypeAlias

Device: TypeAlias = dict[str, Any]


def _device(name: str, width: int, height: int, scale: float, inset: str = "none", indicator: bool = True) -> Device:
    """Args: scale: image pixels a CSS pixel; inset: what the status bar keeps clear of; indicator: of gestures."""
    size = {"name": name, "width": width, "height": height, "scale": scale}
    return {**size, "inset": inset, "home_indicator": indicator}


IOS: tuple[Device, ...] = (
    _device("ios-small", 320, 568, 2, indicator=False),
    _device("ios-classic", 375, 667, 2, indicator=False),
    _device("ios-classic-plus", 414, 736, 3, indicator=False),
    _device("ios-mini", 375, 812, 3, "notch"),
    _device("ios-wide-notch", 414, 896, 2, "notch"),
    _device("ios-notch", 390, 844, 3, "notch"),
    _device("ios-large-notch", 428, 926, 3, "notch"),
    _device("ios-island", 393, 852, 3, "island"),
    _device("ios-island-large", 430, 932, 3, "island"),
    _device("ios-tablet-small", 744, 1133, 2),
    _device("ios-tablet", 820, 1180, 2),
)
ANDROID: tuple[Device, ...] = (
    _device("android-small", 320, 640, 2, indicator=False),
    _device("android-budget", 360, 640, 3, indicator=False),
    _device("android-low-density", 360, 760, 2, "notch", indicator=False),
    _device("android-compact", 360, 780, 3, "punch_hole"),
    _device("android-tall", 360, 800, 3, "punch_hole"),
    _device("android-common", 393, 873, 2.75, "punch_hole"),
    _device("android-large", 412, 892, 2.625, "punch_hole"),
    _device("android-xl", 412, 915, 3.5, "punch_hole"),
    _device("android-wide", 432, 960, 2.5, "notch", indicator=False),
    _device("android-fold", 588, 720, 2.5, "punch_hole"),
    _device("android-tablet-small", 600, 960, 2, indicator=False),
    _device("android-tablet", 800, 1280, 1.5),
)


def devices_for(kit: str) -> tuple[Device, ...]:
    """The devices that a kit's apps run on: iOS's shapes for Ionic's iOS look, Android's for the others."""
    return IOS if kit == "ionic-ios" else ANDROID
