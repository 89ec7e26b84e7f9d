"""Work spread over processes of this machine or over a Ray cluster, with the same result as done one after another.

What is spread must be done alike whoever does it: `function` and `items` can be pickled, a result depends on its item
alone, and doing an item twice does no harm, since the items of a worker that died are done again. An item is worth a
second or more: sending it costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

DEATHS = 3  # workers that may die in a row, without an item done between, before it is no accident
_QUEUED = 4  # Ray tasks that wait for each that runs, so that no worker idles and no million is held


def spread(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    processes: int = 1,
    ray: str | None = None,
    cores: int = 1,
    done: Callable[[Result], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Result]:
    """`function` of each of `items`, in their order, whichever was done first.

    What `function` raises is raised here, and so is Ctrl-C: work under way is then broken off, and what `done` was
    given stays done.

    Args:
        function: called in other processes, unless there is but one.
        items: what to call it with.
        processes: of this machine; with one, everything is done in this process.
        ray: the address of a Ray cluster, "" for the one of this machine, which is started if need be; then
            `processes` does not count: the cluster's cores do. Needs `pip install 'pocketvlm[scale]'`. Files that
            items name must lie under the same path on each of its machines.
        cores: how many cores of the cluster one item takes.
        done: called in this process with each result as soon as it is there, in any order.
        progress: told how many items are done and how many there are.
    Raises:
        ValueError: `processes` or `cores` is below 1.
        ModuleNotFoundError: `ray` is given and the package is not installed.
        ConnectionError: there is no Ray cluster at that address.
        RuntimeError: workers die again and again.
    """
    if processes < 1 or cores < 1:
        raise ValueError(f"processes and cores are at least 1, not {processes} and {cores}")
    results: dict[int, Result] = {}
    for index, result in _completed(function, items, processes, ray, cores):
        results[index] = result
        if done is not None:
            done(result)
        if progress is not None:
            progress(len(results), len(items))
    return [results[index] for index in range(len(items))]


def _completed(
    function: Callable[[Item], Result], items: Sequence[Item], processes: int, ray: str | None, cores: int
) -> Iterator[tuple[int, Result]]:
    """Each item's number and result, as they come."""
    if ray is not None:
        return _on_ray(function, items, ray, cores)
    if processes == 1 or len(items) < 2:
        return ((index, function(item)) for index, item in enumerate(items))
    return _in_processes(function, items, min(processes, len(items)))


def _in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], processes: int
) -> Iterator[tuple[int, Result]]:
    left = dict(enumerate(items))
    deaths = 0
    while left:
        try:
            for index, result in _in_one_pool(function, left, processes):
                del left[index]
                deaths = 0
                yield index, result
        except BrokenProcessPool:  # one of its workers died, and the others were stopped: begin again with the rest
            deaths += 1
            if deaths == DEATHS:
                raise RuntimeError(_died(deaths, len(left))) from None


def _in_one_pool(
    function: Callable[[Item], Result], items: dict[int, Item], processes: int
) -> Iterator[tuple[int, Result]]:
    # Fresh interpreters: a fork of a process in which ONNX Runtime has threads may hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _begin_worker)
    try:
        pending: dict[Future[Result], int] = {pool.submit(function, item): index for index, item in list(items.items())}
        while pending:
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            # Results before errors, so that what was done when a worker died is kept.
            for future in sorted(finished, key=lambda future: future.exception() is not None):
                yield pending.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    """Ctrl-C ends a worker at once and without a word; the death of the process that it works for does too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None  # as this is a worker

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _on_ray(
    function: Callable[[Item], Result], items: Sequence[Item], address: str, cores: int
) -> Iterator[tuple[int, Result]]:
    ray = _import_ray()
    ours = not ray.is_initialized()
    if ours:
        ray.init(address=address or None, include_dashboard=False, log_to_driver=False, logging_level="error")
    pending: dict[Any, int] = {}
    try:
        # A task whose worker or machine dies is done again elsewhere.
        task = ray.remote(num_cpus=cores, max_retries=DEATHS - 1)(lambda item: function(item))
        slots = max(1, int(ray.cluster_resources().get("CPU", 1)) // cores)
        waiting = iter(enumerate(items))
        while True:
            while len(pending) < slots * (1 + _QUEUED) and (entry := next(waiting, None)) is not None:
                pending[task.remote(entry[1])] = entry[0]
            if not pending:
                return
            (finished, *_), _ = ray.wait(list(pending), num_returns=1)
            yield pending.pop(finished), _got(ray, finished, len(pending) + 1)
    finally:
        for reference in pending:
            ray.cancel(reference, force=True)
        if ours:
            ray.shutdown()


def _import_ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError:
        raise ModuleNotFoundError("ray is not installed: pip install 'pocketvlm[scale]'", name="ray") from None
    return ray


def _got(ray: Any, reference: Any, left: int) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:  # what the function raised, wrapped in the worker's traceback
        raise error.cause from None
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError, ray.exceptions.OutOfMemoryError):
        raise RuntimeError(_died(DEATHS, left)) from None


def _died(deaths: int, left: int) -> str:
    return (
        f"workers died {deaths} times in a row with {left} items left, most often for want of memory: "
        "what is done is kept; go on with fewer processes"
    )
