"""`pocketvlm places`: what the command prints, and its one line where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pocketvlm import cli
from pocketvlm.errors import PocketVLMError


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data" / "mine.sqlite"
    monkeypatch.setenv("POCKETVLM_PLACES", str(path))
    return path


def run(*words: str | Path) -> None:
    """The command, its errors raised."""
    cli.run(["places", *map(str, words)])


def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("id,name,lat,lon,street\n1,Casa Aurora,38.71,-9.14,Rua Nova\n2,Away,99,0,\n3,Far,98,0,\n")
    return path


def test_import_then_search_then_info(tmp_path: Path, own_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("import", table(tmp_path), "--licence", "CC0-1.0", "--rejected", tmp_path / "rejected.jsonl")
    said = capsys.readouterr().out
    assert "1 places added, 0 changed, 0 as they were, 2 rejected" in said
    assert "2 rejected: latitude out of range (such as line 3: it is 99.0" in said
    assert str(own_store) in said
    rejected = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert [row["where"] for row in rejected] == ["line 3", "line 4"]
    run("import", table(tmp_path), "--licence", "CC0-1.0")
    assert "imported before, nothing to do" in capsys.readouterr().out
    run("search", "casa aurora", "--near", "38.71,-9.141")
    assert capsys.readouterr().out.startswith("1.00 · Casa Aurora · 87 m · Rua Nova · mine:1\n")
    run("search", "casa aurora", "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["place"]["id"], found["name_score"], found["distance_m"]) == ("mine:1", 1.0, None)
    run("info", "--json")
    info = json.loads(capsys.readouterr().out)
    assert (info["places"], info["sources"][0]["licence"], len(info["imports"])) == (1, "CC0-1.0", 1)
    run("info")
    assert "1 places, no damage found" in capsys.readouterr().out


def test_without_an_import_the_sample_is_searched(capsys: pytest.CaptureFixture[str]) -> None:
    run("search", "da mario", "--limit", "1")
    assert "Trattoria Da Mario" in capsys.readouterr().out
    run("search", "zzzzqqq")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "no such place\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("search",), "nothing to search for"),
        (("search", "a", "--near", "here"), "--near is here"),
        (("search", "a", "--near", "91,0"), "the position is 91.0, 0.0"),
        (("search", "a", "--places", "/nowhere/x"), "no places store at /nowhere/x"),
        (("import", "/nowhere/x.csv"), "there is no file /nowhere/x.csv"),
    ],
)
def test_what_is_wrong_is_one_line(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(PocketVLMError, match=message) as caught:
        run(*words)
    assert "\n" not in str(caught.value)


def test_a_missing_package_is_named_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "osmium", None)
    monkeypatch.delitem(__import__("sys").modules, "pocketvlm.apps.places.storage.readers.osm_pbf", raising=False)
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(b"")
    with pytest.raises(PocketVLMError, match=r"osmium is not installed: pip install 'pocketvlm\[places\]'"):
        run("import", path)
