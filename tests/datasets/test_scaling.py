"""Work is spread with the same result as one after another, whoever dies on the way."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pocketvlm.datasets.scaling import spread

HERE = Path(__file__).resolve().parent


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module `spreading`, imported so that workers can import it too."""
    monkeypatch.syspath_prepend(HERE)
    return importlib.import_module("spreading")


def test_one_process_is_this_one() -> None:
    assert spread(lambda number: (number, os.getpid()), range(2)) == [(0, os.getpid()), (1, os.getpid())]
    assert spread(lambda number: number, []) == []


def test_results_are_in_order_and_done_as_they_come(work: ModuleType, tmp_path: Path) -> None:
    done: list[int] = []
    told: list[tuple[int, int]] = []
    function = work.FirstIsLast(tmp_path)
    results = spread(function, range(4), processes=2, done=done.append, progress=lambda n, of: told.append((n, of)))
    assert results == [0, 1, 2, 3]
    assert done[0] != 0
    assert sorted(done) == results
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_killed_worker_costs_nothing_but_time(work: ModuleType, tmp_path: Path) -> None:
    done: list[int] = []
    assert spread(work.DieOnce(tmp_path), range(6), processes=2, done=done.append) == [0, 1, 4, 9, 16, 25]
    assert sorted(done) == [0, 1, 4, 9, 16, 25]  # none twice
    assert (tmp_path / "3-1").exists()


def test_workers_that_always_die_are_an_error(work: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="workers died 3 times in a row with 2 items left"):
        spread(work.die, range(2), processes=2)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_the_function_raises_is_raised(work: ModuleType, processes: int) -> None:
    with pytest.raises(ValueError, match="three is bad"):
        spread(work.fail_at_three, range(6), processes=processes)


@pytest.mark.parametrize("wrong", [{"processes": 0}, {"cores": 0}])
def test_no_workers_are_an_error(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1, not"):
        spread(abs, [1], **wrong)


def test_missing_ray_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pocketvlm\[scale\]'"):
        spread(abs, [1], ray="")


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("30 seconds went by")


def is_running(pid: int) -> bool:
    """Whether a process is there and is not just waiting for its parent to take note that it ended."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_broken_off_it_keeps_what_is_done_and_leaves_no_worker(
    work: ModuleType, tmp_path: Path, end: signal.Signals
) -> None:
    script = (
        # Who runs the tests in the background may have SIGINT ignored, which processes inherit.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "import spreading, pathlib; folder = pathlib.Path(sys.argv[1])\n"
        "from pocketvlm.datasets.scaling import spread\n"
        "keep = lambda number: (folder / f'{number}.kept').touch()\n"
        "if __name__ == '__main__': spread(spreading.Slow(folder, 60), range(9), processes=2, done=keep)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], cwd=tmp_path, start_new_session=True, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: (tmp_path / "0.kept").exists() and len(list(tmp_path.glob("*.begun"))) == 3)
    workers = {int(path.read_text()) for path in tmp_path.glob("*.begun")}
    if end is signal.SIGINT:
        os.killpg(process.pid, end)  # as a terminal does
    else:
        process.kill()
    assert process.wait() != 0
    wait_for(lambda: not any(is_running(pid) for pid in workers))
    assert [path.name for path in tmp_path.glob("*.kept")] == ["0.kept"]
    assert [path.name for path in tmp_path.glob("*.done")] == ["0.done"]
