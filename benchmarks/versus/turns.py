"""Runs the engines in turn: all are open, one works, and each figure goes round before the next."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .contenders import Contender
from .engine import Job

WORKER = Path(__file__).with_name("worker.py")
FIRST_ID = 3  # the ids before it are special
PURPOSES = 5  # prompts of a round that must not begin alike


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        model: the shape, as engines are told it.
        image: the picture's file.
        prefills: prompt lengths.
        contexts: positions before the steps whose speed is measured.
        steps: so many.
        threads, rounds: cores; times that everything goes round.
        pythons: the interpreters with our libraries and with the peers'.
    """

    model: dict[str, Any]
    image: Path
    prefills: tuple[int, ...]
    contexts: tuple[int, ...]
    steps: int
    threads: int
    rounds: int
    pythons: tuple[str, str]


class EngineFailedError(Exception):
    """Its message is the reason."""


class Worker:
    """An engine's process."""

    def __init__(self, contender: Contender, plan: Plan) -> None:
        context = max(plan.contexts) + plan.steps + 8
        job = Job(plan.model, contender.files, plan.threads, max(context, *plan.prefills), contender.options)
        self._complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        environment = {**os.environ, "OMP_NUM_THREADS": str(plan.threads)}
        self._process = subprocess.Popen(
            [plan.pythons[contender.peer], str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            env=environment,
        )
        self.version: str = self.ask(engine=contender.engine, job=job.__dict__)["version"]

    def ask(self, **command: Any) -> dict[str, Any]:
        """
        Raises:
            EngineFailedError: it says why, or its process has ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise EngineFailedError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise EngineFailedError(answer["error"])
        return answer

    def _last_words(self) -> str:
        status = self._process.wait()
        self._complaints.seek(0)
        lines = [line.strip() for line in self._complaints if line.strip()]
        return f"its process ended with status {status}: {lines[-1] if lines else 'it said nothing'}"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._complaints.close()


@dataclass
class Results:
    """A round's figures by contender and name; seconds, and bytes where the name says so."""

    rounds: list[dict[str, dict[str, float]]]
    versions: dict[str, str]
    failed: dict[str, str]
    load_averages: list[float]


def measure(contenders: list[Contender], plan: Plan, tell: Callable[[str], None]) -> Results:
    """All rounds. A contender that fails is left out from there on, with the reason."""
    results = Results([], {}, {one.name: one.why_not for one in contenders if one.why_not}, [])
    for number in range(plan.rounds):
        results.load_averages.append(os.getloadavg()[0])
        standing = [one for one in contenders if one.name not in results.failed]
        order = standing if number % 2 == 0 else standing[::-1]  # who follows whom changes
        results.rounds.append(_round(order, plan, number, results))
        failed = "; ".join(f"without {name}, {why}" for name, why in results.failed.items())
        tell(f"round {number + 1} of {plan.rounds} {failed}")
    return results


def _round(order: list[Contender], plan: Plan, number: int, results: Results) -> dict[str, dict[str, float]]:
    figures: dict[str, dict[str, float]] = {one.name: {} for one in order}
    workers: dict[str, Worker] = {}
    try:
        for one in order:  # fresh processes
            with _caught(one, results, workers):
                _read_once(one)
                workers[one.name] = Worker(one, plan)
                results.versions[one.name] = workers[one.name].version
                seconds = workers[one.name].ask(do="load")["seconds"]
                if one.files:  # what makes its weights up has nothing to load
                    figures[one.name]["load_s"] = seconds
        for name, command in commands(plan, number):
            for one in order:
                if command["do"] in ("memory", *one.does) and one.name in workers:
                    with _caught(one, results, workers):
                        (figures[one.name][name],) = workers[one.name].ask(**command).values()
    finally:
        for worker in workers.values():
            worker.close()
    return figures


def _read_once(contender: Contender) -> None:
    """So that it finds its files in the system's cache, from which those of the others may have driven them."""
    for named in map(Path, contender.files.values()):
        for path in named.rglob("*") if named.is_dir() else [named]:
            if path.is_file():
                with path.open("rb", buffering=0) as file:
                    while file.read(1 << 24):
                        pass


def profile(contender: Contender, plan: Plan) -> dict[str, dict[str, float]]:
    """Seconds by stage and operator of ours, under the profiler.

    Raises:
        EngineFailedError: it says why.
    """
    worker = Worker(replace(contender, engine="profiled"), plan)
    try:
        worker.ask(do="load")
        ids = random_ids(plan, 0, plan.contexts[0])
        return worker.ask(do="profile", **{"with": {"image": str(plan.image), "ids": ids, "steps": plan.steps}})
    finally:
        worker.close()


def random_ids(plan: Plan, seed: int, count: int) -> list[int]:
    """A prompt that means nothing."""
    ids = np.random.default_rng([seed, count]).integers(FIRST_ID, plan.model["language"]["vocab_size"], count)
    return [int(one) for one in ids]


class _caught:  # noqa: N801 - a context manager, used as a function is
    def __init__(self, one: Contender, results: Results, workers: dict[str, Worker]) -> None:
        self.one, self.results, self.workers = one, results, workers

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if not isinstance(error, EngineFailedError):
            return False
        self.results.failed[self.one.name] = str(error)
        if worker := self.workers.pop(self.one.name, None):
            worker.close()
        return True


def commands(plan: Plan, number: int) -> list[tuple[str, dict[str, Any]]]:
    """A round's figures and how they are asked for, in order.

    The peak of memory counts a question about a picture and an answer; the longer prompts come after it. Ids are new in
    every round, because engines may remember prompts.
    """

    def ids(count: int, purpose: int) -> list[int]:
        return random_ids(plan, PURPOSES * number + purpose, count)

    image = str(plan.image)
    text = max(plan.prefills[0] - plan.model["image_tokens"], 2)  # beside the image's tokens in the shortest prompt
    after = max(text // 4, 1)
    question = {"image": image, "before": ids(text - after, 0), "after": ids(after, 1)}

    def prefill(count: int, purpose: int = 2) -> tuple[str, dict[str, Any]]:
        return f"prefill_{count}_s", {"do": "prefill", "with": {"ids": ids(count, purpose)}}

    def decode(count: int) -> tuple[str, dict[str, Any]]:
        return f"decode_{count}_s", {"do": "decode", "with": {"ids": ids(count, 3), "steps": plan.steps}}

    return [
        ("first_ttft_s", {"do": "first_token", "with": question}),
        ("warm_up_encode_s", {"do": "encode", "with": {"image": image}}),
        ("warm_up_prefill_s", prefill(plan.prefills[0], 4)[1]),
        ("encode_s", {"do": "encode", "with": {"image": image}}),
        ("ttft_s", {"do": "first_token", "with": question}),
        prefill(plan.prefills[0]),
        decode(plan.contexts[0]),
        ("peak_rss_bytes", {"do": "memory"}),
        *(prefill(count) for count in plan.prefills[1:]),
        *(decode(count) for count in plan.contexts[1:]),
        ("peak_rss_long_bytes", {"do": "memory"}),
        ("cache_bytes_per_position", {"do": "cache"}),
        ("read_s", {"do": "read"}),
        ("multiply_s", {"do": "multiply"}),
    ]
