"""The process of one engine: a command in JSON on each line in, its figures in JSON on a line out.

It is run by the Python that has the engine's libraries, which need not be the one that runs `versus.py`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # beside which `versus` lies

from versus.engine import Engine, Job, peak_rss_bytes


def answer(engine: Engine, command: dict[str, Any]) -> dict[str, Any]:
    """Run one command."""
    do, given = command["do"], command.get("with", {})
    if "image" in given:
        given = {**given, "image": Path(given["image"]).read_bytes()}
    if do == "memory":
        return {"peak_rss_bytes": peak_rss_bytes()}
    method: Callable[..., Any] = getattr(engine, do)
    started = time.perf_counter()
    found = method(**given)
    whole = time.perf_counter() - started
    if isinstance(found, dict):
        return found
    return {"seconds": whole if found is None else found}


def main() -> None:
    """Until there are no more commands."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    command = json.loads(sys.stdin.readline())
    try:
        engine = import_module(f"versus.{command['engine']}").ENGINE(Job(**command["job"]))
        print(json.dumps({"version": engine.version}), file=out, flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(engine, json.loads(line))), file=out, flush=True)
    except Exception as error:  # whatever it is, the report says it
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=out, flush=True)


if __name__ == "__main__":
    main()
