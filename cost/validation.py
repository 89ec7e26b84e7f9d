"""The device model against published measurements, each predicted without its own device's rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from statistics import median

from pocketvlm.cost import counts
from pocketvlm.cost.device_model import Estimate, Work, answer_work, predict
from pocketvlm.cost.devices import DeviceProfile, device
from pocketvlm.cost.efficiency import Efficiencies, Observation, fit, held_out_seconds
from pocketvlm.cost.published import PublishedRow, PublishedVLM, llm_config, measurements, vlm
from pocketvlm.cost.results import CostReport
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import cache_bytes

# 754.43 MiB for 1.364 B parameters; the mix of 4 and 6 bits in q4_k_s, its scales among them.
Q4_K_S_BITS = 4.64
FLOAT16_BYTES = 2  # as in llama.cpp's cache
# Of the rows of the language model alone only the answer's length is published; of those with a picture in
# mobilevlm_measurements.json it is not, and the page's log has it: 14 and 12.
ANSWER_TOKENS = {"llm_alone": 400, "vlm": 14}


@dataclass(frozen=True)
class CheckedFigure:
    """One published figure beside its prediction.

    Attributes:
        key: "encode_s", "prefill_s", "prefill_tok_per_s" or "decode_tok_per_s".
        predicted: from the other devices' rows; None where none of them tells.
        fit: whether the final factors are fitted on it.
        given: of `mobilevlm_measurements.json`, for whose figures the model answers.
    """

    device: str
    described: str
    model: str
    source: str
    key: str
    measured: float
    predicted: float | None
    fit: bool
    given: bool

    @property
    def error(self) -> float | None:
        """(predicted - measured) / measured; None without a prediction."""
        return None if self.predicted is None else self.predicted / self.measured - 1


@cache
def fitted() -> Efficiencies:
    """The factors that predictions use, fitted on the rows that say so, with bars from all rows."""
    return fit(observation for _, _, observation in _observed())


@cache
def checked() -> tuple[CheckedFigure, ...]:
    """Every published figure with its held-out prediction."""
    observed = _observed()
    rows = [observation for _, _, observation in observed]
    return tuple(_check(row, key, observation, rows) for row, key, observation in observed)


@dataclass(frozen=True)
class Compared:
    """A report's own figure beside the device model's, for the machine that the report was made on."""

    key: str
    measured: float
    predicted: Estimate

    @property
    def error(self) -> float:
        """(predicted - measured) / measured."""
        return self.predicted.value / self.measured - 1


def compare(report: CostReport, profile: DeviceProfile) -> tuple[Compared, ...]:
    """How the model fares on a measured machine. It was fitted on another engine: the errors say what that makes.

    Args:
        report: of a run on that machine.
        profile: the machine's, from `devices.device`.
    Raises:
        ValueError: the report has no counts of the language model.
    """
    predicted = predict(answer_work(report, True), profile, fitted(), ()).figures
    keys = {key: key for key in predicted}
    keys["decode_tok_per_s"] = f"decode_tok_per_s_at_{min(report.conditions.context_tokens)}"
    return tuple(
        Compared(measured, report.multimodal[measured].median, predicted[key])
        for key, measured in keys.items()
        if measured in report.multimodal
    )


def median_error(given_only: bool = True) -> float:
    """Median of the absolute errors of held-out predictions.

    Args:
        given_only: only figures of `mobilevlm_measurements.json`; otherwise further ones of the same page too.
    """
    figures = [figure for figure in checked() if figure.given or not given_only]
    return median(abs(figure.error) for figure in figures if figure.error is not None)


def decode_work(config: LlamaConfig, bits_per_weight: float, past: float) -> Work:
    """One decoding step in llama.cpp: all weights but the token table, and the float16 cache so far."""
    weights = counts.llm_layer_weights(config) * config.num_hidden_layers + counts.llm_table_weights(config)
    moved = weights * bits_per_weight / 8 + cache_bytes(config, 1, FLOAT16_BYTES) * past
    return Work(counts.llm_flops(config, 1, int(past)), moved, "int8")


def prefill_work(config: LlamaConfig, bits_per_weight: float, positions: int) -> Work:
    """A prompt of so many positions in llama.cpp."""
    return Work(counts.llm_flops(config, positions), decode_work(config, bits_per_weight, 0).moved_bytes, "int8")


def encode_work(model: PublishedVLM) -> Work:
    """Encoder and projector on one picture, float16 weights multiplied in float."""
    vision, width = model.vision, model.llm.hidden_size
    flops = counts.encoder_flops(vision) + counts.projector_flops(
        model.projector, vision.num_patches, vision.hidden_size, width
    )
    weights = vision.used_parameter_count + counts.projector_parameters(model.projector, vision.hidden_size, width)
    return Work(flops, weights * FLOAT16_BYTES, "float")


def _check(row: PublishedRow, key: str, observation: Observation, rows: Iterable[Observation]) -> CheckedFigure:
    seconds = held_out_seconds(observation, rows)
    predicted = None
    if seconds is not None:  # speeds were turned into seconds of one token
        predicted = 1 / seconds if key.endswith("tok_per_s") else seconds
    return CheckedFigure(
        row.device,
        row.described,
        row.model,
        row.source,
        key,
        row.figures[key],
        predicted,
        observation.fit,
        row.given,
    )


@cache
def _observed() -> tuple[tuple[PublishedRow, str, Observation], ...]:
    """Every published figure as an observation of one factor."""
    return tuple((row, key, _observe(row, key)) for row in measurements() for key in _keys(row))


def _keys(row: PublishedRow) -> list[str]:
    return [key for key in ("encode_s", "prefill_s", "prefill_tok_per_s", "decode_tok_per_s") if key in row.figures]


def _observe(row: PublishedRow, key: str) -> Observation:
    profile, value = device(row.device), row.figures[key]
    measured_s = 1 / value if key.endswith("tok_per_s") else value
    work = _work(row, key)
    if key == "decode_tok_per_s":
        factor, ideal_s = "memory", work.moved_bytes / profile.memory_bytes_per_s
    else:
        factor, ideal_s = work.arithmetic, work.flops / profile.op_per_s[work.arithmetic]
    return Observation(factor, row.device, profile.family, ideal_s, measured_s, row.fit)


def _work(row: PublishedRow, key: str) -> Work:
    config, figures = llm_config(row.model), row.figures
    prompt = int(figures.get("prefill_tokens", 0))
    if key == "encode_s":
        return encode_work(vlm(row.model))
    if key == "prefill_s":
        return prefill_work(config, Q4_K_S_BITS, prompt)
    if key == "prefill_tok_per_s":  # of a prompt whose length is not published: attention is left out
        return Work(counts.llm_flops(config, 1, logits=0), 0.0, "int8")
    answer = figures.get("answer_tokens", ANSWER_TOKENS["vlm" if prompt else "llm_alone"])
    return decode_work(config, Q4_K_S_BITS, prompt + answer / 2)  # half-way through the answer
