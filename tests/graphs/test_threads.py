"""How many threads a machine is worth, from files as Linux writes them; and sessions that take turns."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pocketvlm.graphs.session import session_options, turns
from pocketvlm.graphs.threads import usable_cores
from pocketvlm.graphs.turns import Turns

CPU = "sys/devices/system/cpu"


def machine(root: Path, monkeypatch: pytest.MonkeyPatch, cpus: int, files: dict[str, str]) -> Path:
    """A root folder with these files, and an affinity of that many processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cpus)), raising=False)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="ascii")
    return root


def test_affinity_counts_where_nothing_else_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_cores(machine(tmp_path, monkeypatch, 3, {})) == 3


def test_slow_cores_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capacities = [250, 250, 250, 250, 760, 760, 760, 1024]  # four little, three big, one prime
    files = {f"{CPU}/cpu{cpu}/cpu_capacity": str(capacity) for cpu, capacity in enumerate(capacities)}
    assert usable_cores(machine(tmp_path, monkeypatch, 8, files)) == 4


def test_clocks_tell_where_capacities_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"{CPU}/cpu{cpu}/cpufreq/cpuinfo_max_freq": clock for cpu, clock in enumerate(["1800000"] * 2 + ["900000"])
    }
    assert usable_cores(machine(tmp_path, monkeypatch, 3, files)) == 2


def test_two_threads_of_a_core_count_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    siblings = ["0,2", "1,3", "0,2", "1,3"]
    files = {f"{CPU}/cpu{cpu}/topology/thread_siblings_list": pair for cpu, pair in enumerate(siblings)}
    assert usable_cores(machine(tmp_path, monkeypatch, 4, files)) == 2


@pytest.mark.parametrize(
    ("quota", "cores"), [("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("", 8)]
)
def test_quota_of_a_container_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int) -> None:
    files = {"proc/self/cgroup": "0::/jobs/one", "sys/fs/cgroup/jobs/cpu.max": quota}  # set on the group around ours
    assert usable_cores(machine(tmp_path, monkeypatch, 8, files)) == cores


@pytest.mark.parametrize(("quota", "cores"), [("300000", 3), ("-1", 8)])
def test_quota_of_version_1_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int) -> None:
    folder = "sys/fs/cgroup/cpu/docker/x"
    files = {
        "proc/self/cgroup": "5:memory:/docker/x\n4:cpu,cpuacct:/docker/x",
        f"{folder}/cpu.cfs_quota_us": quota,
        f"{folder}/cpu.cfs_period_us": "100000",
    }
    assert usable_cores(machine(tmp_path, monkeypatch, 8, files)) == cores


def test_sessions_use_the_cores_unless_told_otherwise() -> None:
    assert session_options(None).intra_op_num_threads == turns().cores == usable_cores()
    assert session_options(3).intra_op_num_threads == 3


def test_turns_never_give_out_more_than_there_is() -> None:
    turn, lock = Turns(3), threading.Lock()
    held, most, done = 0, 0, 0

    def work(cores: int) -> None:
        nonlocal held, most, done
        for _ in range(50):
            with turn.take(cores):
                with lock:
                    held += min(cores, 3)
                    most = max(most, held)
                with lock:
                    held -= min(cores, 3)
        with lock:
            done += 1

    workers = [threading.Thread(target=work, args=(cores,)) for cores in (1, 2, 3, 7, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert done == 5  # nobody waits for ever, not even for more than there is
    assert most <= 3


def test_turn_comes_back_after_an_error() -> None:
    turn = Turns(1)
    with pytest.raises(RuntimeError), turn.take(1):
        raise RuntimeError
    with turn.take(1):
        pass
