"""The cost report as data: what was measured and counted, with units in the keys, and its JSON.

A key ends in its unit, `ttft_s` or `peak_rss_bytes`; what it was measured at may follow, `decode_tok_per_s_at_200`
(positions in the context), `answer_s_for_20` (tokens of the answer) and `prefill_s_of_144` (tokens of the prompt).
`units.py` reads a key's unit. Plain values are counts or closed forms; a `Figure` was measured or says that it was not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class Figure:
    """One measured quantity, in the unit that its key names.

    Attributes:
        median: of the runs.
        low, high: the smallest and the largest run.
        runs: how many; 1 has no spread, 0 was not measured but counted.
        estimate: empty for a measurement; otherwise what it was reckoned from, such as a power profile's name.
    """

    median: float
    low: float
    high: float
    runs: int
    estimate: str = ""


Figures = Mapping[str, Figure]  # by key


@dataclass(frozen=True)
class Machine:
    """Where it was measured.

    Attributes:
        name: the processor as it calls itself.
        cores: physical cores; `threads` of them were used.
        memory_bytes: RAM.
        memory_bytes_per_s: what one pass over a large array reads, all threads together; measured.
        os, python, onnxruntime: versions.
        energy: "rapl" where joules were measured, otherwise the power profile's name.
    """

    name: str
    cores: int
    threads: int
    memory_bytes: int
    memory_bytes_per_s: float
    os: str
    python: str
    onnxruntime: str
    energy: str


@dataclass(frozen=True)
class StageCount:
    """Closed forms for one stage of one answer (`counts.py`).

    Attributes:
        parameters: weights of the stage, as the architecture has them.
        file_bytes: its graph and external data on disk.
        flops: floating-point operations of one run, 2 a multiply-add; None where there is no closed form (the text
            reader's work depends on what is printed).
        moved_bytes: what one run must move to and from memory at least: all weights and the cache; None likewise.
    """

    parameters: int
    file_bytes: int
    flops: float | None
    moved_bytes: float | None


@dataclass(frozen=True)
class BundleFacts:
    """What was measured.

    Attributes:
        name: as the manifest has it; `weights` is "trained" or "random".
        precision: by part, "q4", "int8", "fp16", "fp32".
        sees: whether image tokens go into the language model; otherwise the multimodal way is the picture's text.
        parses: whether it finds the elements of a screen.
        image_tokens: image tokens of one picture; 0 where the bundle does not see.
        text_tokens: tokens that the measured picture's text takes in the prompt; 0 where it is not read.
        llm_config: `config.json`'s fields of the language model.
        vision: `config.json`'s "vision_config" and "projector_config", as far as it has them; None without.
    """

    name: str
    weights: str
    precision: dict[str, str]
    sees: bool
    parses: bool
    image_tokens: int
    text_tokens: int
    llm_config: dict[str, Any]
    vision: dict[str, Any] | None


@dataclass(frozen=True)
class Conditions:
    """How it was measured.

    Attributes:
        question_tokens: of the prompt without the picture, the chat template included.
        answer_tokens: lengths of whole answers, e.g. (20, 100, 256).
        context_tokens: positions at which the decode speed was taken, two of them.
        picture: the measured picture's name, `picture_width` x `picture_height` pixels.
        quick: fewer runs, shorter answers.
        runs: of each figure, unless the figure says otherwise.
        command: what was called.
        created: ISO 8601, UTC.
    """

    question_tokens: int
    answer_tokens: tuple[int, ...]
    context_tokens: tuple[int, ...]
    picture: str
    picture_width: int
    picture_height: int
    quick: bool
    runs: int
    command: str
    created: str


@dataclass(frozen=True)
class PrecisionRow:
    """The same language model in another precision: text only, the keys of `CostReport.text_only`.

    Attributes:
        precision: "fp32", "fp16", "int8" or "int4".
        bundle: which was measured.
        file_bytes: of embedding and decoder.
        quality: {"name": ..., "value": ..., "low": ..., "high": ..., "n": ...}; None for random weights.
    """

    precision: str
    bundle: str
    file_bytes: int
    figures: Figures
    quality: dict[str, Any] | None = None


@dataclass(frozen=True)
class CostReport:
    """Everything that one run of `pocketvlm cost` found.

    Attributes:
        complete: false when it was stopped; what is missing is absent, not zero.
        counts: by stage: "text_reader", "vision_encoder", "screen_parser", "projector", and the language model's
            "prefill_text" (question alone), "prefill_multimodal" (picture and question) and "decode" (one token after
            the multimodal prompt), which all have the same parameters. Stages that a bundle lacks are absent.
        text_only: the language model alone, in fresh processes: counted `parameters`, `file_bytes`,
            `answer_flops_for_N`, `answer_moved_bytes_for_N`; measured `load_s`, `cold_ttft_s` (load and first answer),
            `peak_rss_bytes`, `file_rss_bytes` (mapped pages of files, which the system can drop),
            `anonymous_rss_bytes` (it cannot), `prefill_tokens`, `prefill_s`, `prefill_tok_per_s`, `ttft_s`,
            `answer_s_for_N`, `answer_j_for_N`, `decode_tok_per_s_at_N`, `prefill_s_of_N`.
        multimodal: the same and `image_decode_s`, `read_text_s`, `encode_s`, `parse_s`, `project_s` where there are.
        stages: each in a process of its own: "python" (nothing but the imports), "image_decode", "text_reader",
            "image_encoder" (encoder, parser and projector in one), "vision_encoder", "projector", "language_model":
            `load_s`, `run_s`, `peak_rss_bytes`, `file_rss_bytes`, `anonymous_rss_bytes`, `pss_bytes`.
        precisions: the precision table's rows; empty where no other precision was given.
        devices: predictions of the device model by profile name, as it writes them.
    """

    bundle: BundleFacts
    machine: Machine
    conditions: Conditions
    counts: dict[str, StageCount]
    text_only: Figures
    multimodal: Figures
    stages: dict[str, Figures]
    precisions: tuple[PrecisionRow, ...] = ()
    devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    complete: bool = True
    version: int = VERSION


@dataclass(frozen=True)
class Row:
    """One line of the add-on table.

    Attributes:
        key: names the unit.
        text_only, multimodal: None where it was not measured or does not exist on that side.
    """

    key: str
    text_only: Figure | None
    multimodal: Figure | None

    @property
    def added(self) -> float | None:
        """Multimodal less text-only, of the medians; None where either is missing."""
        if self.text_only is None or self.multimodal is None:
            return None
        return self.multimodal.median - self.text_only.median

    @property
    def added_fraction(self) -> float | None:
        """The same as a fraction of text-only; None where that is 0 or missing."""
        if self.added is None or self.text_only is None or not self.text_only.median:
            return None
        return self.added / self.text_only.median


def rows(report: CostReport) -> tuple[Row, ...]:
    """The add-on table, in the order in which the figures were taken."""
    keys = [*report.multimodal, *(key for key in report.text_only if key not in report.multimodal)]
    return tuple(Row(key, report.text_only.get(key), report.multimodal.get(key)) for key in keys)


def to_dict(report: CostReport) -> dict[str, Any]:
    """The report as JSON holds it. `added` repeats what `rows` derives, for readers in other languages."""
    added = {row.key: {"absolute": row.added, "fraction": row.added_fraction} for row in rows(report)}
    return {**asdict(report), "added": added}


def from_dict(raw: dict[str, Any]) -> CostReport:
    """A report from its JSON.

    Raises:
        ValueError: it is no report, or one of another version; the message says which.
    """
    if raw.get("version") != VERSION:
        raise ValueError(f"a cost report of version {raw.get('version')!r}; this one reads {VERSION}: measure again")
    try:
        conditions = dict(raw["conditions"])
        for name in ("answer_tokens", "context_tokens"):
            conditions[name] = tuple(conditions[name])
        return CostReport(
            bundle=BundleFacts(**raw["bundle"]),
            machine=Machine(**raw["machine"]),
            conditions=Conditions(**conditions),
            counts={name: StageCount(**count) for name, count in raw["counts"].items()},
            text_only=_figures(raw["text_only"]),
            multimodal=_figures(raw["multimodal"]),
            stages={name: _figures(stage) for name, stage in raw["stages"].items()},
            precisions=tuple(PrecisionRow(**{**row, "figures": _figures(row["figures"])}) for row in raw["precisions"]),
            devices=dict(raw["devices"]),
            complete=bool(raw["complete"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no whole cost report: {error!r}") from None


def _figures(raw: dict[str, Any]) -> dict[str, Figure]:
    return {key: Figure(**figure) for key, figure in raw.items()}


def write_report(report: CostReport, path: Path) -> None:
    """Write the JSON so that a stop in between leaves the old file, not half of the new one."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(json.dumps(to_dict(report), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(beside, path)


def read_report(path: Path) -> CostReport:
    """Read a report.

    Raises:
        ValueError: the file is no cost report; the message names it and says why.
        OSError: it cannot be opened.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise ValueError("it holds no JSON object")
        return from_dict(raw)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
