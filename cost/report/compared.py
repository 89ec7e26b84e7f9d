"""A comparison of two reports for people."""

from __future__ import annotations

from collections.abc import Sequence

from pocketvlm.cost.comparing import Change, Comparison
from pocketvlm.cost.report.document import Block, Bullets, Cell, Document, Paragraph, Section, Table, Tone
from pocketvlm.cost.report.wording import change, key_words, spread, stage_words, value

_PARTS = {"text_only": "language model alone", "multimodal": "with a picture"}
_TONES: dict[str, Tone] = {"better": "good", "worse": "bad", "same": "soft"}


def comparison_document(comparison: Comparison) -> Document:
    """What changed beyond the noise, then everything."""
    found = comparison.beyond_noise()
    short: list[Block] = [Paragraph(line, notice=True) for line in comparison.differences]
    short.append(Paragraph(_summary(comparison, found)))
    if found:
        short.append(_table("Beyond the noise, the greatest change first", found))
    rest: list[Block] = [_table("All figures that both reports have", comparison.changes)] if comparison.changes else []
    if comparison.missing:
        rest.append(Paragraph("In one report only:"))
        rest.append(Bullets(comparison.missing))
    sections = [Section("changes", "What changed", short), Section("all", "All figures", rest)]
    title = f"What it costs: {comparison.after} against {comparison.before}"
    return Document(title, [], [section for section in sections if section.blocks])


def comparison_text(comparison: Comparison) -> str:
    """The changes beyond the noise as lines for a terminal."""
    found = comparison.beyond_noise()
    lines = [*comparison.differences, _summary(comparison, found)]
    names = [f"{_part(one)}: {key_words(one.key)}" for one in found]
    width = max(map(len, names), default=0)
    for name, one in zip(names, found, strict=True):
        values = f"{value(one.key, one.before.median)} -> {value(one.key, one.after.median)}"
        lines.append(f"{name:{width}}  {values:28} {change(one.fraction):>7}  {one.kind}")
    return "\n".join(lines)


def _summary(comparison: Comparison, found: Sequence[Change]) -> str:
    if not comparison.changes:
        return "The reports have no figure in common."
    if not found:
        return f"None of {len(comparison.changes)} figures changed beyond the noise."
    better = sum(one.kind == "better" for one in found)
    return (
        f"{len(found)} of {len(comparison.changes)} figures changed beyond the noise: {better} for the better, "
        f"{len(found) - better} for the worse."
    )


def _table(caption: str, changes: Sequence[Change]) -> Table:
    rows = [
        [
            Cell(key_words(one.key), _part(one)),
            Cell(value(one.key, one.before.median), spread(one.key, one.before)),
            Cell(value(one.key, one.after.median), spread(one.key, one.after)),
            Cell(change(one.fraction)),
            Cell({"same": "within the noise"}.get(one.kind, one.kind), tone=_TONES[one.kind]),
        ]
        for one in changes
    ]
    return Table(caption, ("", "Before", "After", "Change", ""), rows, frozenset({0, 4}))


def _part(one: Change) -> str:
    return _PARTS.get(one.part) or stage_words(one.part)
