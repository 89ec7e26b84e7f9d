"""What is reckoned from a report, not measured: claims with their verdicts, and other devices with their errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any

from pocketvlm.cost import forecast
from pocketvlm.cost.claims import judge
from pocketvlm.cost.devices import DeviceProfile, device
from pocketvlm.cost.efficiency import Efficiencies
from pocketvlm.cost.report.charts import Bar, bar_chart
from pocketvlm.cost.report.document import Block, Bullets, Cell, Paragraph, Plots, Section, Table, Tone
from pocketvlm.cost.report.drawing import Drawing
from pocketvlm.cost.report.wording import NONE, change, key_words, quantity, span, value
from pocketvlm.cost.results import CostReport
from pocketvlm.cost.validation import CheckedFigure, checked, fitted
from pocketvlm.cost.verdict import FAILS, HOLDS, Verdict

_SIDES = {"text_only": "language model alone", "multimodal": "with a picture"}
_DEVICE_KEYS = ("encode_s", "prefill_s", "ttft_s", "decode_tok_per_s")
_YEARS_AHEAD = (0, 1, 2, 3, 4, 6, 8)
_CAUTIONS = (
    "These are estimates from published bandwidth, arithmetic and power, with a few efficiency factors fitted on "
    "published rows. The ranges are how far those rows lie from the model.",
    "Decoding the image file and reading its text are left out: nothing published tells how they scale.",
    "Do not trust them for accelerators (NPU, GPU of a phone), for a hot phone that has slowed down, or for "
    "differences smaller than the ranges.",
)


def judged_sections(report: CostReport) -> list[Section]:
    """Claims, devices, how far to trust them, and forecast, as far as the report has devices."""
    sections = [claim_section(judge(report))]
    if report.devices:
        sections += [device_section(report.devices), validation_section(checked())]
    phones = [profile for key in report.devices if (profile := device(key)).battery_wh is not None]
    if phones:
        sections.append(forecast_section(max(phones, key=lambda phone: phone.year), fitted()))
    return sections


def claim_section(verdicts: Sequence[Verdict]) -> Section:
    """Every published claim with its verdict and the figure that decides it."""
    tones: dict[str, Tone] = {HOLDS: "good", FAILS: "bad"}
    rows = [
        [
            Cell(verdict.claim),
            Cell(verdict.verdict, "an estimate" if verdict.estimate else "", tones.get(verdict.verdict, "")),
            Cell(verdict.figure),
        ]
        for verdict in verdicts
    ]
    table = Table(
        "Claims about multimodal models on devices", ("Claim", "Verdict", "Decided by"), rows, frozenset({0, 1, 2})
    )
    return Section("claims", "Published claims", [table])


def device_section(devices: dict[str, dict[str, Any]]) -> Section:
    """Predictions by device, as `device_model.predict_report` writes them; at least one."""
    blocks: list[Block] = [Bullets(_CAUTIONS), _speeds(devices), _answers(devices), Plots(_device_plots(devices))]
    return Section("devices", "Other devices, estimated", blocks)


def _speeds(devices: dict[str, dict[str, Any]]) -> Table:
    rows = []
    for entry in devices.values():
        for side, words in _SIDES.items():
            figures = entry[side]["figures"]
            share = Cell(f"{entry[side]['memory_fraction']:.0%}")
            rows.append(
                [Cell(_short(entry), words), *(_estimate(key, figures.get(key)) for key in _DEVICE_KEYS), share]
            )
    return Table("Speed, and the weights' share of the memory", ("", *map(key_words, _DEVICE_KEYS), "Memory"), rows)


def _answers(devices: dict[str, dict[str, Any]]) -> Table:
    """Time, energy and battery of answers about a picture, by device and length."""
    rows = []
    for entry in devices.values():
        figures, battery = entry["multimodal"]["figures"], entry["multimodal"]["battery_fraction"]
        for key in figures:
            stem, _, count = key.rpartition("_")
            if stem == "answer_s_for":
                joules = f"answer_j_for_{count}"
                cells = [
                    _estimate(key, figures[key]),
                    _estimate(joules, figures.get(joules)),
                    _share(battery.get(count)),
                ]
                rows.append([Cell(_short(entry), f"{count} tokens"), *cells])
    return Table("Whole answers about a picture", ("", "Time", "Energy", "Of a full battery"), rows)


def _device_plots(devices: dict[str, dict[str, Any]]) -> list[Drawing]:
    drawings = []
    for name, key, title in (
        ("device-ttft", "ttft_s", "Time to first token with a picture, estimated"),
        ("device-decode", "decode_tok_per_s", "Decode speed, estimated"),
    ):
        found = [(_short(entry), entry["multimodal"]["figures"][key]["value"]) for entry in devices.values()]
        told = "; ".join(f"{words} {value(key, amount)}" for words, amount in found)
        bars = [Bar(words, amount, "base") for words, amount in found]
        drawings.append(bar_chart(name, title, f"{told}.", bars, partial(value, key)))
    return drawings


def validation_section(figures: Sequence[CheckedFigure]) -> Section:
    """Every published figure beside its prediction, a table for each source.

    Args:
        figures: from `validation.checked`; at least one with a prediction.
    """
    given = _median_error([figure for figure in figures if figure.given])
    everything = _median_error(figures)
    text = (
        "Each published figure is predicted from the rows of other devices only. The median error is "
        f"{given:.0%} over the rows that the model answers for, and {everything:.0%} over all rows found."
    )
    tables: dict[str, list[list[Cell]]] = {}
    for figure in figures:
        tables.setdefault(figure.source, []).append(_checked(figure))
    head = ("Device", "Figure", "Published", "Predicted", "Error")
    blocks = [Table(source, head, rows, frozenset({0, 1})) for source, rows in tables.items()]
    return Section("validation", "How far to trust the estimates", [Paragraph(text), *blocks])


def _median_error(figures: Sequence[CheckedFigure]) -> float:
    return median(abs(figure.error) for figure in figures if figure.error is not None)


def _checked(figure: CheckedFigure) -> list[Cell]:
    return [
        Cell(figure.described, figure.model),
        Cell(key_words(figure.key), "fitted" if figure.fit else "only checked"),
        Cell(value(figure.key, figure.measured)),
        Cell(NONE if figure.predicted is None else value(figure.key, figure.predicted)),
        Cell(change(figure.error)),
    ]


def forecast_section(phone: DeviceProfile, efficiencies: Efficiencies) -> Section:
    """Which size of language model such a phone runs in later years.

    Args:
        phone: to start from, with a battery.
        efficiencies: from `validation.fitted`.
    """
    years = tuple(phone.year + ahead for ahead in _YEARS_AHEAD)
    lines: dict[tuple[str, float], list[Cell]] = {}
    for precision, found in forecast.table(phone, years, efficiencies):
        name = Cell(precision.upper(), f"{found.tok_per_s:g} tokens/s")
        size = quantity(found.parameters, "parameters") if found.parameters else "none"
        lines.setdefault((precision, found.tok_per_s), [name]).append(Cell(size, f"limit: {found.limit}"))
    text = (
        f"The largest language model, in parameters, for a phone like the {phone.name} of {phone.year}, if phones grow "
        f"as published claims say and a battery is to last {forecast.BATTERY_HOURS:g} hours of answering without a "
        "pause. Memory, its speed and energy each set a limit; the smallest is shown. A picture comes on top."
    )
    table = Table("Largest model by year", ("", *map(str, years)), list(lines.values()))
    return Section("forecast", "Which model fits a later phone", [Paragraph(text), table])


def _short(entry: dict[str, Any]) -> str:
    """A device's name without the phone that it is in and what else is said of it."""
    return re.split(r" \(|, |: ", entry["name"])[0]


def _estimate(key: str, estimate: dict[str, float] | None) -> Cell:
    if not estimate:
        return Cell(NONE, tone="soft")
    return Cell(value(key, estimate["value"]), span(key, estimate["low"], estimate["high"]))


def _share(estimate: dict[str, float] | None) -> Cell:
    """A share of the battery; how many answers a full one gives says more than thousandths of a percent."""
    if not estimate:
        return Cell(NONE, tone="soft")
    return Cell(f"{estimate['value']:.3%}", f"about {1 / estimate['value']:,.0f} answers")
