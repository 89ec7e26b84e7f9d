"""Endless phone screens with exact truth: drawn in shards by several processes, resumable, the same each time."""

from __future__ import annotations

import asyncio
import functools
import json
import multiprocessing.util
import os
import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pocketvlm.datasets.rendered import bundle, manifest
from pocketvlm.datasets.rendered.apps import APPS, make_spec
from pocketvlm.datasets.rendered.browser import find_browser
from pocketvlm.datasets.rendered.driver import PAGES, Driver, open_driver
from pocketvlm.datasets.rendered.manifest import Plan
from pocketvlm.datasets.rendered.schema import LANGUAGES
from pocketvlm.datasets.scaling import spread

Progress: TypeAlias = Callable[[int, int], None]  # how many screens are there, of how many


def render(
    count: int,
    seed: int,
    out: str | Path,
    *,
    kits: Sequence[str] | None = None,
    apps: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    processes: int | None = None,
    ray: str | None = None,
    shard_size: int = 100,
    progress: Progress | None = None,
) -> Path:
    """Draw screens 0 to count - 1 of a seed into a folder, and go on where an earlier run stopped.

    Args:
        out: a folder of its own; manifest.py tells what lies in it.
        kits, apps, languages: only these; None is all.
        processes: that draw at once; None is one a core. The result is the same for any number.
        ray: as for `datasets.scaling.spread`: `out` lies under the same path on each machine.
        shard_size: screens a shard, which is what a stopped run may have to draw again.
        progress: called after each screen, and after each shard where others draw.
    Returns:
        The path of manifest.json.
    Raises:
        ValueError: an argument is out of range or unknown, `out` holds another plan, or a screen cannot be drawn.
        FileNotFoundError: Chromium, or npm for the first bundling of the pages, is missing.
    """
    plan = _plan(count, seed, kits, apps, languages, shard_size)
    processes = (os.cpu_count() or 1) if processes is None else processes
    if processes < 1:
        raise ValueError(f"{processes} processes cannot draw: use 1 or more")
    find_browser()  # what is missing is told before anything is written
    bundle.pages_folder()
    folder = Path(out).absolute()
    manifest.keep_plan(folder, plan)
    missing = [number for number in plan.numbers(count) if not _there(folder, plan, number, count)]
    meter = _Meter(count - sum(len(plan.indices(number, count)) for number in missing), count, progress)
    if ray is None and (processes == 1 or len(missing) <= 1):
        with ThreadPoolExecutor(1) if _in_event_loop() else nullcontext() as thread:
            draw = functools.partial(_draw_here, folder, plan, count, missing, meter)
            thread.submit(draw).result() if thread else draw()
    else:
        spread(_DrawShard(folder, plan, count), missing, processes=processes, ray=ray, done=meter.tick)
    return manifest.write_manifest(folder, plan, count)


def render_shard(driver: Driver, out: Path, plan: Plan, number: int, count: int, tick: Callable[[], None]) -> None:
    """Draw one shard under a temporary name, and give it its own once it is whole."""
    final = manifest.shard_folder(out, number)
    work = final.with_name(f".{final.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    indices = plan.indices(number, count)
    with (work / manifest.TRUTH).open("w", encoding="utf-8") as lines:
        for index in indices:
            drawn = driver.draw(spec_of(plan, index))
            (work / drawn.truth["image"]).write_bytes(drawn.png)
            lines.write(json.dumps(drawn.truth, ensure_ascii=False, separators=(",", ":")) + "\n")
            tick()
    about = {"name": final.name, "first": indices.start, "count": len(indices), "sha256": manifest.hash_shard(work)}
    manifest.write_json(work / manifest.SHARD, {**about, "browser": driver.version})
    shutil.rmtree(final, ignore_errors=True)  # a shorter one, of a run that asked for fewer screens
    os.replace(work, final)


def spec_of(plan: Plan, index: int) -> dict[str, Any]:
    """The spec of a screen; kit, app and language are drawn by lot from those that the plan allows."""
    rng = random.Random(f"plan {plan.seed}:{index}")
    kit, app, language = (
        None if choices is None else rng.choice(choices) for choices in (plan.kits, plan.apps, plan.languages)
    )
    return make_spec(plan.seed, index, kit=kit, app=app, language=language)


def _plan(
    count: int,
    seed: int,
    kits: Sequence[str] | None,
    apps: Sequence[str] | None,
    languages: Sequence[str] | None,
    shard_size: int,
) -> Plan:
    for name, value in (("count", count), ("shard_size", shard_size)):
        if value < 1:
            raise ValueError(f"{name} is {value}: use 1 or more")
    for name, chosen, known in (("kit", kits, PAGES), ("app", apps, APPS), ("language", languages, LANGUAGES)):
        unknown = [choice for choice in chosen or () if choice not in known]
        if unknown or (chosen is not None and not chosen):
            raise ValueError(f"no {name} is named {', '.join(unknown) or 'at all'}: choose from {', '.join(known)}")
    allowed = [tuple(sorted(set(chosen))) if chosen else None for chosen in (kits, apps, languages)]
    return Plan(seed, shard_size, allowed[0], allowed[1], allowed[2], bundle.sources_hash())


def _there(out: Path, plan: Plan, number: int, count: int) -> bool:
    return manifest.is_complete(manifest.shard_folder(out, number), plan.indices(number, count))


class _Meter:
    def __init__(self, done: int, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = done, total, progress

    def tick(self, screens: int = 1) -> None:
        self._done += screens
        if self._progress:
            self._progress(self._done, self._total)


def _in_event_loop() -> bool:
    """As in a notebook, where playwright's blocking calls work in another thread only."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _draw_here(out: Path, plan: Plan, count: int, numbers: Sequence[int], meter: _Meter) -> None:
    if not numbers:
        return
    with open_driver() as driver:
        for number in numbers:
            render_shard(driver, out, plan, number, count, meter.tick)


@dataclass(frozen=True)
class _DrawShard:
    """Draws the shard of a number, in whichever process; gives back how many screens that were."""

    out: Path
    plan: Plan
    count: int

    def __call__(self, number: int) -> int:
        render_shard(_driver(), self.out, self.plan, number, self.count, lambda: None)
        return len(self.plan.indices(number, self.count))


@functools.cache
def _driver() -> Driver:
    """A worker's, kept from shard to shard and closed with it."""
    stack = ExitStack()
    driver = stack.enter_context(open_driver())
    multiprocessing.util.Finalize(None, stack.close, exitpriority=100)
    return driver
