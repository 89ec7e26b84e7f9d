"""Rendering in shards: the same for any number of processes, resumed after a kill, and clear about what is missing."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pocketvlm.datasets.rendered import browser, bundle, manifest, render
from pocketvlm.datasets.rendered.contact_sheet import contact_sheet

COUNT, SHARD = 8, 2
SETTINGS = {"kits": ["material-web", "ionic-ios"], "shard_size": SHARD}
SCRIPT = """
import sys
from pocketvlm.datasets.rendered.render import render
if __name__ == "__main__":
    def progress(done, total):
        print(done, flush=True)
    render({count}, 5, sys.argv[1], kits={kits!r}, shard_size={shard}, processes=1, progress=progress)
"""


def digests(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder rendered in one go by one process."""
    out = tmp_path_factory.mktemp("whole")
    render.render(COUNT, 5, out, processes=1, **SETTINGS)
    return out


def test_the_folder_holds_what_its_manifest_says(whole: Path) -> None:
    told = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert told["count"] == COUNT
    assert [shard["count"] for shard in told["shards"]] == [SHARD] * (COUNT // SHARD)
    for shard in told["shards"]:
        assert manifest.hash_shard(whole / shard["name"]) == shard["sha256"]
    screens = list(manifest.read_truth(whole))
    assert [screen["id"] for screen in screens] == [f"s5-{index:07}" for index in range(COUNT)]
    assert all(Path(screen["image"]).is_file() and screen["elements"] for screen in screens)
    assert {screen["kit"] for screen in screens} == set(SETTINGS["kits"])


def test_two_processes_give_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    render.render(COUNT, 5, tmp_path, processes=2, progress=lambda *done: seen.append(done), **SETTINGS)
    assert digests(tmp_path) == digests(whole)
    assert [total for _, total in seen] == [COUNT] * len(seen)
    assert sorted(done for done, _ in seen) == [done for done, _ in seen]
    assert seen[-1] == (COUNT, COUNT)


def test_a_killed_run_goes_on_where_it_stopped(whole: Path, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(SCRIPT.format(count=COUNT, kits=SETTINGS["kits"], shard=SHARD))
    out = tmp_path / "out"
    command = [sys.executable, "-I", script, out]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if int(line) == 2 * SHARD + 1:  # in the middle of the third shard
                os.killpg(run.pid, signal.SIGKILL)
                break
    kept = {path: path.stat().st_mtime_ns for path in out.glob("shard-*/shard.json")}
    assert len(kept) == 2
    assert not (out / "manifest.json").exists()
    done: list[int] = []
    render.render(COUNT, 5, out, processes=1, progress=lambda now, _: done.append(now), **SETTINGS)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert done[0] == 2 * SHARD + 1
    assert digests(out) == digests(whole)


def test_more_screens_are_added_to_a_folder(whole: Path, tmp_path: Path) -> None:
    render.render(3, 5, tmp_path, processes=1, **SETTINGS)
    render.render(COUNT, 5, tmp_path, processes=1, **SETTINGS)
    assert digests(tmp_path) == digests(whole)


def test_another_plan_in_the_same_folder_is_refused(whole: Path) -> None:
    with pytest.raises(ValueError, match=r"screens of another plan \(seed is 5, not 6\)"):
        render.render(COUNT, 6, whole, processes=1, **SETTINGS)


def test_a_contact_sheet_shows_every_screen(whole: Path, tmp_path: Path) -> None:
    before = digests(whole)
    page = contact_sheet(whole).read_text(encoding="utf-8")
    added = set(digests(whole)) - set(before)
    assert added == {"index.html", *(f"thumbnails/s5-{index:07}.webp" for index in range(COUNT))}
    assert all(f'"thumbnail": "{name}"' in page for name in added - {"index.html"})
    assert str(whole) not in page  # it can be moved
    with pytest.raises(FileNotFoundError, match=r"no manifest\.json"):
        contact_sheet(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "count is 0: use 1 or more"),
        ({"shard_size": 0}, "shard_size is 0"),
        ({"processes": 0}, "0 processes cannot draw"),
        ({"kits": ["swing"]}, "no kit is named swing: choose from ionic-ios"),
        ({"apps": []}, "no app is named at all"),
        ({"languages": ["xx"]}, "no language is named xx: choose from en, zh"),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        render.render(**{"count": 1, "seed": 1, "out": tmp_path / "out", **arguments})  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_missing_browser_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("POCKETVLM_CHROMIUM", raising=False)
    with pytest.raises(FileNotFoundError, match=r"no Chromium to draw screens with .* apt install chromium"):
        render.render(1, 1, tmp_path / "out")
    monkeypatch.setenv("POCKETVLM_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match=r"looked for /nowhere/chromium"):
        browser.find_browser()
    assert not (tmp_path / "out").exists()


def test_missing_npm_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"npm is not on the PATH: .* apt install nodejs npm"):
        bundle.pages_folder()


def test_a_failing_bundler_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'disk is full' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(OSError, match=r"npm ci failed .*\ndisk is full"):
        bundle.pages_folder()
    assert list((tmp_path / "cache/pocketvlm/web").iterdir()) == []
