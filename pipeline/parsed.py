"""A screen's structure for people and programs: a printed tree, and what JSON holds."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pocketvlm.vision.structure import BEHIND, TEXT, Cell, ScreenStructure, StructureRow
from pocketvlm.vision.structure_text import row_text, summary

INDENT = "  "


def tree(structure: ScreenStructure) -> str:
    """The summary, then the rows, those in a card, a header or an overlay indented under its name."""
    lines = [summary(structure)]
    for _, run in groupby(structure.rows, key=_group):
        rows = list(run)
        frame = rows[0].frame
        grouped = frame is not None and frame.role != "row"
        if frame is not None and grouped:
            lines.append(row_text(rows[0]) if rows[0].cells[0].role == frame.role else f"[{frame.role}]")
            rows = rows[1:] if rows[0].cells[0].role == frame.role else rows
        lines += [f"{INDENT if grouped else ''}{text}" for row in rows if (text := row_text(row))]
    return "\n".join(lines)


def _group(row: StructureRow) -> int | None:
    """Equal for neighbouring rows that stand in one card, header or overlay."""
    return id(row.frame) if row.frame is not None and row.frame.role != "row" else None


def structure_to_dict(structure: ScreenStructure) -> dict[str, Any]:
    """The structure as JSON holds it: rows of cells, boxes in pixels of the upright picture."""
    return {
        "width": structure.width,
        "height": structure.height,
        "dark": structure.dark,
        "summary": summary(structure),
        "rows": [_row(row) for row in structure.rows if row.cells[0].role != BEHIND],
    }


def _row(row: StructureRow) -> dict[str, Any]:
    return {
        "frame": None if row.frame is None else row.frame.role,
        "frame_box": None if row.frame is None else list(row.frame.box),
        "behind": row.behind,
        "disabled": row.frame is not None and row.frame.role == "row" and row.frame.disabled,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    value: dict[str, Any] = {"role": cell.role, "text": cell.text, "box": list(cell.box)}
    element = cell.element
    if cell.role == TEXT or element is None:
        return value
    return {
        **value,
        "name": cell.name,
        "score": round(element.score, 3),
        "active": element.active,
        "disabled": element.disabled,
        "look": element.look,
        "value": None if element.value is None else round(element.value, 3),
        "color": element.color,
        "badge": cell.badge,
    }
