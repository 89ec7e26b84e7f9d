"""The log of a run: a JSON line for every few steps and for every evaluation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Log:
    """`log.jsonl` in the folder of a run."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.jsonl"

    def write(self, **values: Any) -> None:
        """Add a line."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")

    def read(self) -> list[dict[str, Any]]:
        """All whole lines; none where there is no log."""
        if not self.path.exists():
            return []
        whole = self.path.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def cut(self, step: int) -> None:
        """Drop what was logged after that step, which a run that goes on from there logs again."""
        lines = [line for line in self.read() if line["step"] <= step]
        temporary = self.path.with_suffix(".part")
        temporary.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        temporary.replace(self.path)

    def scores(self, step: int) -> dict[str, float] | None:
        """What the evaluation at that step found; None where there was none."""
        found = [line["scores"] for line in self.read() if line["step"] == step and "scores" in line]
        return found[-1] if found else None
