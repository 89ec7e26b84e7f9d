"""How well the screen parser finds what is on rendered screens: average precision, states, looks, values, time.

    python benchmarks/screen_parser.py --run runs/parser --screens screens/antd-mobile    # a training run's weights
    python benchmarks/screen_parser.py --bundle models/nano --screens screens/antd-mobile # what ships

The screens are a folder of `pocketvlm render` of a kit that was not trained on. Times are of encoder and parser
together, picture decoding and the text reader left out, after three screens of warm-up. Looks are judged of a bundle
only: they have a stage of their own. `--json` prints one JSON object in place of the tables.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pocketvlm.bundle import open_bundle
from pocketvlm.training.parser_scores import (
    SCORE_FLOOR,
    STATEFUL,
    Found,
    ParserReport,
    open_runtime,
    runtime_finder,
    score_parser,
    torch_finder,
)
from pocketvlm.training.parser_task import load_weights
from pocketvlm.training.screen_cache import CachedScreen, cached_screens
from pocketvlm.vision.parser.config import InputConfig, ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser

Finder = Callable[[CachedScreen], Found]
WARM_UP = 3


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    finder, size = run_finder(options.run) if options.run else bundle_finder(options.bundle, options.threads)
    with tempfile.TemporaryDirectory() as scratch:
        screens = cached_screens(options.screens, options.cache or scratch, size)[: options.limit]
        for screen in screens[:WARM_UP]:
            finder(screen)
        times: list[float] = []
        report = score_parser(_timed(finder, times), screens)
    figures = {
        **report.summary(),
        "screens": len(screens),
        "threads": options.threads,
        "parse_median_s": statistics.median(times),
        "parse_p90_s": float(np.quantile(times, 0.9)),
    }
    if options.json:
        print(json.dumps({**figures, "roles": by_role(report)}))
        return
    print_tables(report)
    print(json.dumps(figures))


def run_finder(folder: Path) -> tuple[Finder, InputConfig]:
    """The definition in torch with a training run's averaged weights: parser.json and weights.safetensors."""
    config = ParserConfig.load(folder / "parser.json")
    model = ScreenParser(config).eval()
    model.load_state_dict(load_weights(folder / "weights.safetensors"))
    return torch_finder(model), config.input


def bundle_finder(folder: Path, threads: int) -> tuple[Finder, InputConfig]:
    """The graphs of a bundle, as they answer people; only the threshold is lower, for the curves of precision."""
    model = open_runtime(open_bundle(folder), SCORE_FLOOR, threads)
    return runtime_finder(model), model.config.input


def by_role(report: ParserReport) -> dict[str, dict[str, Any]]:
    """Every role's figures; those that do not apply are left out."""
    rows: dict[str, dict[str, Any]] = {}
    for role in sorted(report.precisions, key=lambda role: -report.counts[role]):
        rows[role] = {"count": report.counts[role], "ap50": report.precisions[role]}
        for name, judged in (("state", report.states), ("look", report.looks), ("value_error", report.values)):
            if role in judged:
                rows[role][name] = float(np.mean(judged[role]))
    return rows


def print_tables(report: ParserReport) -> None:
    """A line for every role, and which of the states the goal is about."""
    print(f"{'role':16} {'count':>6} {'AP50':>6} {'state':>6} {'look':>6} {'value off by':>13}")
    for role, row in by_role(report).items():
        cells = [f"{row[name]:.3f}" if name in row else "" for name in ("ap50", "state", "look", "value_error")]
        print(f"{role:16} {row['count']:6} {cells[0]:>6} {cells[1]:>6} {cells[2]:>6} {cells[3]:>13}")
    print(f"the state accuracy below is of {', '.join(STATEFUL)}")


def _timed(finder: Finder, times: list[float]) -> Finder:
    def find(screen: CachedScreen) -> Found:
        began = time.perf_counter()
        found = finder(screen)
        times.append(time.perf_counter() - began)
        return found

    return find


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--run", type=Path, help="a training run: parser.json and weights.safetensors")
    which.add_argument("--bundle", type=Path, help="a bundle that reads screens")
    parser.add_argument("--screens", type=Path, required=True, help="a folder of rendered screens")
    parser.add_argument("--cache", type=Path, help="where decoded screens are kept for the next time")
    parser.add_argument("--limit", type=int, help="the first so many screens only")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON object in place of the tables")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
