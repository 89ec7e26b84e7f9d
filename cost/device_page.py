"""The tables of `docs/cost/device_model.md`, made from the profiles, the fit and the published rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pocketvlm.cost.devices import DeviceProfile, device, device_names
from pocketvlm.cost.forecast import BITS_PER_WEIGHT as BITS
from pocketvlm.cost.forecast import FAST, SLOW, SPEEDS_TOK_PER_S, reach
from pocketvlm.cost.validation import CheckedFigure, checked, fitted, median_error

FORECAST_PHONE, FORECAST_YEARS = "snapdragon-8-gen-3", (2024, 2026, 2028, 2030)


def fill(text: str) -> str:
    """The page with its tables made anew: each stands between `<!-- NAME -->` and `<!-- end -->`."""
    for name, body in tables().items():
        places = list(re.finditer(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)", text, re.S))
        assert len(places) == 1, f"the page has {len(places)} places for {name}"
        text = text[: places[0].start()] + body + "\n" + text[places[0].end() :]
    return text


def tables() -> dict[str, str]:
    """The tables in Markdown, by name."""
    given = [figure for figure in checked() if figure.given]
    further = [figure for figure in checked() if not figure.given]
    return {
        "rows": _rows(given) + f"\n\nMedian of the absolute errors: {median_error():.1%}.",
        "further": _rows(further) + f"\n\nMedian with those above: {median_error(given_only=False):.1%}.",
        "factors": _factors(),
        "devices": _devices(device(name) for name in device_names()),
        "forecast": _forecast(device(FORECAST_PHONE)),
    }


def _rows(figures: Iterable[CheckedFigure]) -> str:
    lines = [
        [
            figure.described,
            figure.model,
            f"`{figure.key}`",
            f"{figure.measured:.2f}",
            "not checked" if figure.predicted is None else f"{figure.predicted:.2f}",
            "" if figure.error is None else f"{figure.error:+.0%}",
            "yes" if figure.fit else "no",
        ]
        for figure in figures
    ]
    return _markdown(["device", "model", "figure", "published", "predicted", "error", "fitted on"], lines)


def _factors() -> str:
    efficiencies = fitted()
    lines = []
    for (factor, family), value in sorted(efficiencies.values.items()):
        low, high = efficiencies.bars[factor]
        lines.append([factor, family, f"{value:.3f}", f"{low:.2f} to {high:.2f}"])
    return _markdown(["factor", "family", "share of the peak", "time over predicted time, all rows"], lines)


def _devices(profiles: Iterable[DeviceProfile]) -> str:
    lines = [
        [
            f"`{profile.key}`",
            profile.name,
            str(profile.year),
            f"{profile.memory_bytes_per_s / 1e9:.1f}",
            f"{profile.op_per_s['float'] / 1e12:.2f}",
            f"{profile.op_per_s['int8'] / 1e12:.2f}",
            f"{profile.load_w[0]:g} to {profile.load_w[1]:g}",
            "" if profile.battery_wh is None else f"{profile.battery_wh:.1f}",
        ]
        for profile in profiles
    ]
    head = ["name", "device", "year", "GB/s", "float TFLOPS", "INT8 TOPS", "W at load", "battery Wh"]
    return _markdown(head, lines)


def _forecast(phone: DeviceProfile) -> str:
    lines = []
    for speed in SPEEDS_TOK_PER_S:
        for year in FORECAST_YEARS:
            slow, fast = (reach(phone, year, speed, BITS["int4"], fitted(), growth) for growth in (SLOW, FAST))
            limits = (
                f"{getattr(slow, limit) / 1e9:.1f} to {getattr(fast, limit) / 1e9:.1f}"
                for limit in ("memory", "bandwidth", "energy")
            )
            lines.append([f"{speed:g}", str(year), *limits, f"{slow.limit}, {fast.limit}"])
    return _markdown(["tokens/s", "year", "by memory", "by bandwidth", "by energy", "the limit"], lines)


def _markdown(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines])
