"""The report as one HTML file that needs nothing else: no script, no network, no font of its own."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from pocketvlm.cost.report.document import Block, Bullets, Cell, Document, Paragraph, Plots, Section, Table, Tiles
from pocketvlm.cost.report.svg import palette_css, to_svg


def to_html(document: Document) -> str:
    """Write a document as a page that follows the reader's light or dark and fits a phone."""
    style = files("pocketvlm.cost.report").joinpath("style.css").read_text(encoding="utf-8")
    links = "".join(f'<a href="#{section.name}">{escape(section.title)}</a>' for section in document.sections)
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(told)}</dd></div>" for name, told in document.facts)
    sections = "\n".join(_section(section) for section in document.sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(document.title)}</title>
<style>
{palette_css()}
{style}</style>
</head>
<body>
<header><h1>{escape(document.title)}</h1><dl class="facts">{facts}</dl></header>
<nav aria-label="Contents">{links}</nav>
<main>
{sections}
</main>
<footer>Made by pocketvlm cost.</footer>
</body>
</html>
"""


def _section(section: Section) -> str:
    blocks = "\n".join(_block(block) for block in section.blocks)
    return (
        f'<section aria-labelledby="{section.name}"><h2 id="{section.name}">{escape(section.title)}</h2>\n'
        f"{blocks}</section>"
    )


def _block(block: Block) -> str:
    match block:
        case Paragraph(text, notice):
            return f'<p class="notice">{escape(text)}</p>' if notice else f"<p>{escape(text)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
        case Tiles(items):
            tiles = (
                f"<div><span>{escape(what)}</span><strong>{escape(number)}</strong><span>{escape(beside)}</span></div>"
                for what, number, beside in items
            )
            return f'<div class="tiles">{"".join(tiles)}</div>'
        case Plots(drawings):
            figures = (
                f"<figure><figcaption>{escape(drawing.title)}</figcaption>{to_svg(drawing)}</figure>"
                for drawing in drawings
            )
            return f'<div class="plots">{"".join(figures)}</div>'
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col"{_class(index in table.texts)}>{escape(name)}</th>' for index, name in enumerate(table.head)
    )
    rows = "\n".join(
        "<tr>" + "".join(_cell(cell, index, index in table.texts) for index, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    caption = escape(table.caption)
    kind = ' class="words"' if len(table.texts) == len(table.head) else ""
    # A table that is wider than a phone scrolls by itself: it can be reached by keyboard, and has a name.
    return (
        f'<figure class="table"><figcaption>{caption}</figcaption>'
        f'<div tabindex="0" role="region" aria-label="{caption}"><table{kind} aria-label="{caption}">'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div></figure>"
    )


def _cell(cell: Cell, index: int, text: bool) -> str:
    below = f"<small>{escape(cell.below)}</small>" if cell.below else ""
    told = f'<span class="{cell.tone}">{escape(cell.text)}</span>' if cell.tone else escape(cell.text)
    tag, scope = ("td", "") if index else ("th", ' scope="row"')
    return f"<{tag}{scope}{_class(text)}>{told}{below}</{tag}>"


def _class(text: bool) -> str:
    return ' class="text"' if text else ""
