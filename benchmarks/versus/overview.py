"""What the README shows of the reports: ours beside llama.cpp's, at both shapes."""

from __future__ import annotations

from typing import Any

from . import contenders as who
from .report import cell, order, table, title


def overview(results: list[dict[str, Any]]) -> str:
    """A row a figure; medians, and the ratio's median with its smallest and largest round."""
    rows = [["", *(cell for one in results for cell in _headings(one))]]
    for name in order(results[0]):
        rows.append([title(name), *(cell for one in results for cell in _cells(one, name))])
    return table(rows)


def _headings(one: dict[str, Any]) -> list[str]:
    shape = one["shape"].upper()
    return [f"{shape}: {who.OURS}", who.LLAMA, "times as good"]


def _cells(one: dict[str, Any], name: str) -> list[str]:
    ours, theirs = (one["figures"].get(engine, {}).get(name) for engine in (who.OURS, who.LLAMA))
    ratio = one["ours_times_as_good"].get(who.LLAMA, {}).get(name)
    medians = [cell(name, found).split(" ")[0] for found in (ours, theirs)]
    spread = f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})" if ratio else ""
    return [*medians, spread]
