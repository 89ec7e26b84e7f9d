"""The report as Markdown that a pull request shows: tables and sentences, the long tables folded.

It has no pictures, as a text that is pasted elsewhere loses them; every plot is told in a sentence.
"""

from __future__ import annotations

from pocketvlm.cost.report.document import Block, Bullets, Cell, Document, Paragraph, Plots, Section, Table, Tiles

_FOLDED = 12  # rows: a longer table is behind its caption


def to_markdown(document: Document) -> str:
    """Write a document as GitHub's Markdown."""
    facts = " · ".join(f"{_escape(name)}: {_escape(told)}" for name, told in document.facts)
    return "\n\n".join([f"# {_escape(document.title)}", facts, *map(_section, document.sections)]) + "\n"


def table_to_markdown(table: Table) -> str:
    """Write one table, its caption above it."""
    head = "| " + " | ".join(map(_escape, table.head)) + " |"
    rule = "|" + "|".join(" :--- " if index in table.texts else " ---: " for index in range(len(table.head))) + "|"
    rows = "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in table.rows)
    body = f"{head}\n{rule}\n{rows}"
    if len(table.rows) > _FOLDED:
        return f"<details><summary>{_escape(table.caption)}</summary>\n\n{body}\n\n</details>"
    return f"{_escape(table.caption)}\n\n{body}"


def _section(section: Section) -> str:
    return "\n\n".join([f"## {_escape(section.title)}", *map(_block, section.blocks)])


def _block(block: Block) -> str:
    match block:
        case Paragraph(text, notice):
            return f"> **{_escape(text)}**" if notice else _escape(text)
        case Bullets(items):
            return "\n".join(f"- {_escape(item)}" for item in items)
        case Tiles(items):
            return "\n".join(
                f"- {_escape(what)}: **{_escape(number)}**{f' ({_escape(beside)})' if beside else ''}"
                for what, number, beside in items
            )
        case Plots(drawings):
            return "\n".join(f"- {_escape(drawing.title)}. {_escape(drawing.description)}" for drawing in drawings)
        case Table():
            return table_to_markdown(block)


def _cell(cell: Cell) -> str:
    text = f"**{_escape(cell.text)}**" if cell.tone in ("good", "bad") else _escape(cell.text)
    return f"{text} ({_escape(cell.below)})" if cell.below else text


def _escape(text: str) -> str:
    """Text that Markdown must not read: a bundle or a picture may be called anything."""
    for mark in "\\`*_|[]<>#":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
