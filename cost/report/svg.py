"""A drawing as SVG, inside a page or on its own."""

from __future__ import annotations

from html import escape

from pocketvlm.cost.report.drawing import PALETTE, Box, Dot, Drawing, Label, Mark, Path


def to_svg(drawing: Drawing, standalone: bool = False) -> str:
    """A drawing as an SVG element with its text alternative.

    Args:
        drawing: what to draw.
        standalone: bring the colours along; on a page they come from `palette_css`, and follow its light and dark.
    """
    name = escape(drawing.name, quote=True)
    style = f"<style>{palette_css()}</style>" if standalone else ""
    marks = "\n".join(_mark(mark) for mark in drawing.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-text" font-family="system-ui, sans-serif">'
        f'<title id="{name}-title">{escape(drawing.title)}</title>'
        f'<desc id="{name}-text">{escape(drawing.description)}</desc>{style}\n{marks}\n</svg>'
    )


def palette_css() -> str:
    """The inks as custom properties: light ones, and dark ones where the reader prefers them."""
    light, dark = (" ".join(f"--{role}: {inks[side]};" for role, inks in PALETTE.items()) for side in (0, 1))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"


def _mark(mark: Mark) -> str:
    ink = f"var(--{mark.ink})"
    match mark:
        case Box(x, y, width, height):
            return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5" fill="{ink}"/>'
        case Path(points, _, width, dashed):
            through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            dashes = ' stroke-dasharray="6 4"' if dashed else ""
            return f'<polyline points="{through}" fill="none" stroke="{ink}" stroke-width="{width:g}"{dashes}/>'
        case Dot(x, y, _, radius):
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{ink}"/>'
        case Label(x, y, text, _, anchor, size, bold):
            weight = ' font-weight="600"' if bold else ""
            return (
                f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" font-size="{size:g}" text-anchor="{anchor}"{weight}>'
                f"{escape(text)}</text>"
            )
