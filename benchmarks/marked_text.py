"""A text's parts that scripts write: what stands between two marks is replaced, all else is people's."""

from __future__ import annotations

from pathlib import Path


def with_part(text: str, name: str, writer: str, part: str) -> str:
    """A text in which a part is new.

    Args:
        name: stands in both marks: `<!-- cost: written by benchmarks/readme_cost.py -->` and `<!-- /cost -->`.
        writer: of the part, as its first mark names it.
    Raises:
        ValueError: the text has no such marks, or not once each.
    """
    begin, end = f"<!-- {name}: written by {writer} -->", f"<!-- /{name} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"no place for {name}: put the lines {begin} and {end} where it belongs")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{part.strip()}\n{end}{rest.split(end)[1]}"


def write_part(path: Path, name: str, writer: str, part: str) -> bool:
    """Write a part of a file; false where it stood there already.

    Raises:
        ValueError: as for `with_part`.
    """
    old = path.read_text(encoding="utf-8")
    new = with_part(old, name, writer, part)
    if new != old:
        path.write_text(new, encoding="utf-8")
    return new != old
