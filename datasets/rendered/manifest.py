"""What a folder of rendered screens holds: the plan it follows, its shards with their hashes, and its manifest.

out/plan.json                 what was asked for, but for how many
out/shard-00000/*.png         the screens
out/shard-00000/truth.jsonl   a line each, its "image" named beside the file
out/shard-00000/shard.json    the shard's hash, counts and the browser that drew it
out/manifest.json             all of that together, once the last shard is there
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TRUTH = "truth.jsonl"
SHARD = "shard.json"


@dataclass(frozen=True)
class Plan:
    """Which screens: the same plan gives the same screens, whoever draws them and in whatever order."""

    seed: int
    shard_size: int
    kits: tuple[str, ...] | None  # None: all of them
    apps: tuple[str, ...] | None
    languages: tuple[str, ...] | None
    pages: str  # hash of the pages' sources: another version draws other pixels

    def numbers(self, count: int) -> range:
        """The numbers of the shards that hold `count` screens."""
        return range(-(-count // self.shard_size))

    def indices(self, number: int, count: int) -> range:
        """The screens of a shard."""
        return range(number * self.shard_size, min(count, (number + 1) * self.shard_size))


def shard_folder(out: Path, number: int) -> Path:
    return out / f"shard-{number:05d}"


def keep_plan(out: Path, plan: Plan) -> None:
    """Write the plan of a new folder, or check that an old one follows it.

    Raises:
        ValueError: the folder holds screens of another plan.
    """
    path = out / "plan.json"
    wanted = json.loads(json.dumps(asdict(plan)))
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        changed = [name for name in wanted if found.get(name) != wanted[name]]
        if changed:
            differences = "; ".join(f"{name} is {found.get(name)!r}, not {wanted[name]!r}" for name in changed)
            raise ValueError(f"{out} holds screens of another plan ({differences}): choose another folder or delete it")
        return
    out.mkdir(parents=True, exist_ok=True)
    write_json(path, wanted)


def write_json(path: Path, value: Any) -> None:
    """Write a file that is either not there or whole."""
    temporary = path.with_name(f".{path.name}.partial")
    temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def hash_shard(folder: Path) -> str:
    """One hash of a shard's images and truth, names included."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name != SHARD:
            digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def is_complete(folder: Path, indices: range) -> bool:
    """Whether a shard is there with just these screens; a shard gets its name only once it is whole."""
    path = folder / SHARD
    return path.exists() and json.loads(path.read_text(encoding="utf-8"))["count"] == len(indices)


def write_manifest(out: Path, plan: Plan, count: int) -> Path:
    """Gather the shards' files into manifest.json."""
    shards = [
        json.loads((shard_folder(out, number) / SHARD).read_text(encoding="utf-8")) for number in plan.numbers(count)
    ]
    path = out / "manifest.json"
    write_json(path, {"version": 1, "count": count, **asdict(plan), "shards": shards})
    return path


def read_truth(out: str | Path) -> Iterator[dict[str, Any]]:
    """The truth of every screen of a folder, in order; "image" is the image's absolute path.

    Raises:
        FileNotFoundError: the folder has no manifest, so that it is not complete.
    """
    folder = Path(out).absolute()
    manifest = folder / "manifest.json"
    if not manifest.exists():
        raise FileNotFoundError(f"{folder} has no manifest.json: render it to its end (a run goes on where it stopped)")
    for shard in json.loads(manifest.read_text(encoding="utf-8"))["shards"]:
        with (folder / shard["name"] / TRUTH).open(encoding="utf-8") as lines:
            for line in lines:
                truth = json.loads(line)
                yield {**truth, "image": str(folder / shard["name"] / truth["image"])}
