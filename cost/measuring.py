"""Measures one process: what loading takes, then what stages or answers take.

What is measured runs in a process of its own (`processes.py`), more than once; `figures` sums up the processes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pocketvlm.cost.energy import energy_meter
from pocketvlm.cost.memory import own_peak_rss_bytes, resident
from pocketvlm.cost.results import Figure
from pocketvlm.cost.units import unit_of
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel

Values = dict[str, float]  # by key, of one process
ANY_TOKEN = 100  # what fills a prompt whose words do not matter; any id of the vocabulary is as dear


@dataclass(frozen=True)
class Prompt:
    """What is asked.

    Attributes:
        input_ids: the whole prompt; image tokens as `splice_ids` writes them.
        image_tokens: (R, D) float32; None without.
        adapter: what the model was taught for such prompts; None without.
        taken_in: seconds by key of what was done with the picture before: "image_decode_s", "encode_s", and so on.
    """

    input_ids: list[int]
    image_tokens: np.ndarray | None
    adapter: Adapter | None
    taken_in: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """What to measure of a language model.

    Attributes:
        answer_tokens: lengths of answers, ascending.
        context_tokens: positions in the cache at which decoding is clocked.
        decode_steps: how many tokens there.
        prompt_tokens: lengths of prompts whose prefill is clocked.
        threads: processor cores; all physical ones when None.
        cores: how many those are, for an estimate of energy.
    """

    answer_tokens: tuple[int, ...]
    context_tokens: tuple[int, ...]
    decode_steps: int
    prompt_tokens: tuple[int, ...]
    threads: int | None
    cores: int


def memory_values() -> Values:
    """What this process has had at most, and what of its pages it has now."""
    now = resident()
    values = {"peak_rss_bytes": float(own_peak_rss_bytes())}
    if now is not None:
        values |= {"file_rss_bytes": now.file, "anonymous_rss_bytes": now.anonymous, "pss_bytes": now.pss}
    return values


def stage_values(load: Callable[[], Callable[[], Any]]) -> Values:
    """Load a stage and run it twice; the first run, which reads pages and allocates, does not count.

    Args:
        load: opens it and returns what runs it once.
    """
    started = time.perf_counter()
    run = load()
    values: Values = {"load_s": time.perf_counter() - started}
    run()
    values["run_s"] = _seconds(run)
    return values | memory_values()


def _seconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def answer_values(load: Callable[[], tuple[LanguageModel, Callable[[], Prompt]]], plan: Plan) -> Values:
    """Load a model and answer a question twice: cold, with one token, and again, with as many as are planned.

    Args:
        load: opens the model and returns it with what takes in the picture and writes the prompt.
        plan: what else to clock.
    Raises:
        ValueError: prompt and answer do not fit the model's context.
    """
    started = time.perf_counter()
    model, take_in = load()
    values: Values = {"load_s": time.perf_counter() - started}
    _answer(model, take_in, 1, plan)
    values["cold_ttft_s"] = time.perf_counter() - started
    values |= _answer(model, take_in, plan.answer_tokens[-1], plan)
    values |= memory_values()  # before the long prompts, which no answer needs
    for count in plan.prompt_tokens:
        values[f"prefill_s_of_{count}"] = prefill_seconds(model, count)
    for count in plan.context_tokens:
        values[f"decode_tok_per_s_at_{count}"] = decode_speed(model, count, plan.decode_steps)
    return values


def _answer(model: LanguageModel, take_in: Callable[[], Prompt], tokens: int, plan: Plan) -> Values:
    """Clock one answer from the picture's file to its last token, whatever the tokens are."""
    meter = energy_meter(plan.cores)
    started = time.perf_counter()
    joules = meter.read_j(started)
    prompt = take_in()
    asked = time.perf_counter()
    conversation = Conversation(model, prompt.image_tokens, prompt.adapter)
    logits = conversation.feed(prompt.input_ids)[0]
    first = time.perf_counter()
    values = {
        **prompt.taken_in,
        "prefill_tokens": len(prompt.input_ids),
        "prefill_s": first - asked,
        "prefill_tok_per_s": len(prompt.input_ids) / (first - asked),
        "ttft_s": first - started,
    }
    for count in range(1, tokens + 1):  # the first token comes out of the prefill
        if count in plan.answer_tokens:
            now = time.perf_counter()
            values[f"answer_s_for_{count}"] = now - started
            values[f"answer_j_for_{count}"] = meter.read_j(now) - joules
        if count < tokens:
            logits = conversation.append(int(logits.argmax()))
    return values


def prefill_seconds(model: LanguageModel, tokens: int) -> float:
    """Seconds to compute a prompt of that many tokens."""
    conversation = Conversation(model)
    return _seconds(lambda: conversation.feed([ANY_TOKEN % model.decoder.config.vocab_size] * tokens))


def decode_speed(model: LanguageModel, context: int, steps: int) -> float:
    """Tokens a second behind a context of that many positions."""
    conversation = Conversation(model)
    token = ANY_TOKEN % model.decoder.config.vocab_size
    conversation.feed([token] * context)
    conversation.append(token)  # the cache may grow here, once in hundreds of tokens
    return steps / _seconds(lambda: [conversation.append(token) for _ in range(steps)])


def figures(processes: Sequence[Values], estimate: str = "") -> dict[str, Figure]:
    """Median and extremes of each key over processes, keys in the order of their first appearance.

    Args:
        estimate: what joules were reckoned from, if they were not measured.
    """
    keys = dict.fromkeys(key for values in processes for key in values)
    return {
        key: figure((values[key] for values in processes if key in values), estimate if unit_of(key) == "J" else "")
        for key in keys
    }


def figure(values: Iterable[float], estimate: str = "") -> Figure:
    """Median and extremes of some runs."""
    found = sorted(float(value) for value in values)
    return Figure(statistics.median(found), found[0], found[-1], len(found), estimate)


def counted(value: float) -> Figure:
    """What was counted and not measured: no runs, no spread."""
    return Figure(float(value), float(value), float(value), 0)
