"""What measures: processes, memory, energy, the machine, and how runs become figures."""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import pickle
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import pocketvlm
from pocketvlm.cost import machine, memory
from pocketvlm.cost.energy import ASSUMED, energy_meter
from pocketvlm.cost.measuring import Plan, Prompt, answer_values, counted, figure, figures, stage_values
from pocketvlm.cost.memory import own_peak_rss_bytes, resident
from pocketvlm.cost.processes import ProcessDiedError, as_sent, in_fresh_process
from pocketvlm.cost.results import (
    BundleFacts,
    Conditions,
    CostReport,
    Figure,
    Machine,
    StageCount,
    from_dict,
    read_report,
    rows,
    to_dict,
    write_report,
)
from pocketvlm.cost.units import is_better_high, unit_of

MEGABYTE = 1 << 20


def test_fresh_process_answers_from_another_process() -> None:
    pid = in_fresh_process(os.getpid)
    assert pid != os.getpid()
    assert in_fresh_process(divmod, 17, 5) == (3, 2)


def test_fresh_process_passes_errors_on() -> None:
    with pytest.raises(ZeroDivisionError):
        in_fresh_process(divmod, 1, 0)


def test_errors_that_cannot_be_sent_keep_their_words() -> None:
    class HomemadeError(Exception):
        """Of a function, so that pickle finds no name for it."""

    nothing, error = pickle.loads(as_sent(HomemadeError("out of flour")))
    assert nothing is None
    assert (type(error), str(error)) == (ValueError, "HomemadeError: out of flour")


def test_fresh_process_that_dies_is_told() -> None:
    with pytest.raises(ProcessDiedError, match=r"_exit ended with exit code 3 and no answer: memory may have run out"):
        in_fresh_process(os._exit, 3)


def test_fresh_process_with_an_answer_that_cannot_be_sent_is_told() -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        in_fresh_process(threading.Lock)


def test_fresh_process_is_out_of_reach_of_ctrl_c() -> None:
    assert in_fresh_process(os.getpgid, 0) != os.getpgid(0)  # a terminal interrupts a group of processes


def test_fresh_process_holds_nothing_of_ours() -> None:
    """This module imports numpy and pytest; a process that only asks for memory must not."""
    assert "pytest" in sys.modules
    assert not in_fresh_process(eval, "'pytest' in __import__('sys').modules", {})


def test_what_a_fresh_process_prints_is_not_its_answer() -> None:
    assert in_fresh_process(print, "hello") is None


def test_peak_of_a_fresh_process_is_its_own() -> None:
    """`getrusage` would tell the parent's, whose copy the process was for a moment."""
    ours = np.ones(400 * MEGABYTE, dtype=np.uint8)
    peak = in_fresh_process(own_peak_rss_bytes)
    assert 0 < peak < ours.nbytes


def test_mapped_pages_are_told_apart(tmp_path: Path) -> None:
    size = 64 * MEGABYTE
    path = tmp_path / "weights"
    path.write_bytes(bytes(size))
    gc.collect()  # what other tests left behind may be as large
    before = resident()
    mapped = np.memmap(path, np.uint8, "r")
    assert int(mapped[::4096].sum()) == 0  # touches every page
    held = np.ones(size, dtype=np.uint8)
    after = resident()
    assert before is not None
    assert after is not None
    # Other threads of the test's process may take or give back a few megabytes meanwhile.
    assert after.file - before.file == pytest.approx(size, abs=8 * MEGABYTE)
    assert after.anonymous - before.anonymous == pytest.approx(held.nbytes, abs=8 * MEGABYTE)
    assert after.rss == after.file + after.anonymous


def test_systems_that_do_not_tell_are_taken_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PROC", tmp_path)
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    assert resident() is None
    assert memory.available_bytes() is None
    assert memory.total_bytes() == 0
    assert own_peak_rss_bytes() == memory.peak_rss_bytes()


def rapl(folder: Path, name: str, counter: int) -> Path:
    zone = folder / name
    zone.mkdir(parents=True, exist_ok=True)
    (zone / "max_energy_range_uj").write_text("1000000\n")
    (zone / "energy_uj").write_text(f"{counter}\n")
    return zone


def test_rapl_counts_packages_once_and_through_a_wrap(tmp_path: Path) -> None:
    rapl(tmp_path, "intel-rapl:0", 900_000)
    rapl(tmp_path, "intel-rapl:0:0", 500_000)  # a part of the package
    rapl(tmp_path, "intel-rapl:1", 100_000)
    meter = energy_meter(4, tmp_path)
    assert meter.source == "rapl"
    assert meter.read_j(1.0) == 0.0
    rapl(tmp_path, "intel-rapl:0", 50_000)  # it wrapped at 1,000,000
    rapl(tmp_path, "intel-rapl:0:0", 900_000)
    rapl(tmp_path, "intel-rapl:1", 300_000)
    assert meter.read_j(2.0) == pytest.approx(0.15 + 0.2)  # microjoules, exact but for the division


def test_energy_without_counters_is_an_estimate_that_names_its_profile(tmp_path: Path) -> None:
    zone = rapl(tmp_path, "intel-rapl:0", 0)
    (zone / "energy_uj").unlink()  # as unreadable as for users other than root
    for meter in (energy_meter(4, tmp_path), energy_meter(4, tmp_path / "none")):
        assert meter.source == ASSUMED.name
        assert meter.read_j(12.0) - meter.read_j(10.0) == pytest.approx(2 * 4 * ASSUMED.watts_per_core)


def test_figures_are_medians_with_extremes() -> None:
    found = figures([{"load_s": 3.0, "run_s": 1.0}, {"run_s": 5.0}, {"run_s": 2.0, "answer_j_for_20": 7.0}], "guessed")
    assert found == {
        "load_s": Figure(3.0, 3.0, 3.0, 1),
        "run_s": Figure(2.0, 1.0, 5.0, 3),
        "answer_j_for_20": Figure(7.0, 7.0, 7.0, 1, "guessed"),
    }
    assert figure([4.0, 1.0]).median == 2.5
    assert counted(12).runs == 0


def test_stage_is_loaded_once_and_run_twice() -> None:
    seen: list[str] = []

    def load() -> object:
        seen.append("load")
        return lambda: seen.append("run")

    values = stage_values(load)  # type: ignore[arg-type]
    assert seen == ["load", "run", "run"]
    assert set(values) == {
        *("load_s", "run_s", "peak_rss_bytes", "file_rss_bytes", "anonymous_rss_bytes", "pss_bytes"),
    }


def test_answers_are_clocked_from_the_picture_to_the_last_token() -> None:
    model = pocketvlm.load(threads=1).model
    plan = Plan((2, 5), (40,), 3, (16, 32), 1, 1)
    ids = model.tokenizer.encode("one two three four five")
    asked: list[int] = []

    def take_in() -> Prompt:
        asked.append(1)
        return Prompt(ids, None, None, {"image_decode_s": 0.25})

    values = answer_values(lambda: (model, take_in), plan)
    assert len(asked) == 2  # cold and warm
    assert values["prefill_tokens"] == len(ids)
    assert values["image_decode_s"] == 0.25
    assert 0 < values["prefill_s"] <= values["ttft_s"] < values["answer_s_for_2"] < values["answer_s_for_5"]
    assert values["load_s"] < values["cold_ttft_s"]
    assert values["answer_j_for_2"] < values["answer_j_for_5"]
    assert {"prefill_s_of_16", "prefill_s_of_32", "decode_tok_per_s_at_40", "peak_rss_bytes"} <= values.keys()
    for key in values:
        unit_of(key)  # every key names its unit


def test_machine_is_described_from_what_the_system_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = "processor\t: {}\nmodel name\t: Fast One\nphysical id\t: 0\ncore id\t: {}\n"
    path = tmp_path / "cpuinfo"
    path.write_text("\n".join(entry.format(number, number // 2) for number in range(4)))
    monkeypatch.setattr(machine, "CPUINFO", path)
    monkeypatch.setattr(machine, "ARRAY_BYTES", MEGABYTE)
    found = machine.describe_machine()
    assert (found.name, found.cores, found.threads) == ("Fast One", 2, 2)  # two threads of a core are one core
    assert machine.describe_machine(threads=1).threads == 1
    assert found.memory_bytes_per_s > 0
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "none")
    assert machine.describe_machine().cores == os.cpu_count()


@pytest.mark.parametrize(
    ("key", "unit", "better_high"),
    [
        ("ttft_s", "s", False),
        ("answer_s_for_20", "s", False),
        ("answer_j_for_100", "J", False),
        ("decode_tok_per_s_at_200", "tokens/s", True),
        ("prefill_s_of_144", "s", False),
        ("peak_rss_bytes", "bytes", False),
        ("memory_bytes_per_s", "bytes/s", True),
        ("answer_flops_for_20", "FLOP", False),
        ("parameters", "parameters", False),
        ("prefill_tokens", "tokens", False),
    ],
)
def test_keys_name_their_units(key: str, unit: str, better_high: bool) -> None:
    assert unit_of(key) == unit
    assert is_better_high(key) is better_high


def test_key_without_a_unit_is_an_error() -> None:
    with pytest.raises(ValueError, match="'speed' names no unit"):
        unit_of("speed")


@pytest.fixture
def report() -> CostReport:
    return CostReport(
        bundle=BundleFacts("tiny", "random", {"decoder_model_merged": "q4"}, True, False, 4, 0, {}, None),
        machine=Machine("Fast One", 2, 2, 1 << 34, 3e10, "Linux 6", "3.11", "1.32", "rapl"),
        conditions=Conditions(30, (20, 100), (200,), "a.png", 100, 200, True, 2, "pocketvlm cost", "2026-01-01"),
        counts={"decode": StageCount(100, 50, 200.0, 50.0), "text_reader": StageCount(9, 36, None, None)},
        text_only={"ttft_s": Figure(0.5, 0.4, 0.6, 2), "only_s": Figure(1, 1, 1, 1)},
        multimodal={"encode_s": Figure(1.0, 1.0, 1.0, 2), "ttft_s": Figure(2.0, 1.9, 2.1, 2)},
        stages={"projector": {"load_s": Figure(0.1, 0.1, 0.1, 1)}},
    )


def test_report_survives_its_json(report: CostReport, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    write_report(report, path)
    assert read_report(path) == report
    assert [file.name for file in tmp_path.iterdir()] == ["cost.json"]  # nothing half-written beside it
    assert json.loads(path.read_text())["added"]["ttft_s"] == {"absolute": 1.5, "fraction": 3.0}


def test_add_on_table_has_a_row_for_each_key(report: CostReport) -> None:
    table = {row.key: (row.added, row.added_fraction) for row in rows(report)}
    assert table == {"encode_s": (None, None), "ttft_s": (1.5, 3.0), "only_s": (None, None)}
    free = dataclasses.replace(report, text_only={"ttft_s": Figure(0.0, 0.0, 0.0, 1)})
    assert {row.key: row.added_fraction for row in rows(free)}["ttft_s"] is None  # of nothing


def test_wrong_files_are_named(report: CostReport, tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    for text, reason in (
        ("{", "Expecting"),
        ("[]", "holds no JSON object"),
        (json.dumps({**to_dict(report), "version": 99}), "version 99; this one reads 1: measure again"),
        (json.dumps({"version": 1}), "no whole cost report"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=reason) as caught:
            read_report(path)
        assert str(path) in str(caught.value)
    raw = to_dict(report)
    raw["machine"]["colour"] = "red"
    with pytest.raises(ValueError, match="no whole cost report"):
        from_dict(raw)
