"""The report's page, Markdown and plots: whole, true to the JSON, and usable by everybody who reads them."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pocketvlm.cost.report.charts import Axis, Bar, Series, bar_chart, line_chart, ticks
from pocketvlm.cost.report.document import Cell, Document, Paragraph, Section, Table
from pocketvlm.cost.report.drawing import PALETTE, Box, Drawing, Label
from pocketvlm.cost.report.html import to_html
from pocketvlm.cost.report.markdown import to_markdown
from pocketvlm.cost.report.png import to_picture
from pocketvlm.cost.report.sections import make_document
from pocketvlm.cost.report.svg import to_svg
from pocketvlm.cost.report.wording import change, key_words, quantity, span, spread, value
from pocketvlm.cost.report.writing import PAGE, PLOTS, TEXT, write_document
from pocketvlm.cost.results import CostReport, Figure, read_report, rows
from pocketvlm.cost.validation import checked

DATA = Path(__file__).resolve().parent.parent / "data/cost"
NAMES = ("seeing", "reading")
VOID = {"meta", "link", "img", "br", "rect", "circle", "polyline"}


@pytest.fixture
def seeing() -> CostReport:
    return read_report(DATA / "seeing.json")


@pytest.fixture
def document(seeing: CostReport) -> Document:
    return make_document(seeing)


class Page(HTMLParser):
    """Elements, attributes and text of a page, and whether it is well formed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, told or "") for name, told in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, told or "") for name, told in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [told for attribute, told in self.attributes if attribute == name]


@pytest.mark.parametrize("name", NAMES)
def test_page_is_one_file_that_needs_no_network(name: str) -> None:
    source = to_html(make_document(read_report(DATA / f"{name}.json")))
    page = Page(source)
    assert not {"script", "link", "iframe", "object", "img"} & set(page.tags)
    assert not page.values("src")
    assert all(target.startswith("#") for target in page.values("href"))
    assert set(re.findall(r"https?://[^\s\"<]+", source)) <= {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert "url(" not in source
    assert "@import" not in source


@pytest.mark.parametrize("name", NAMES)
def test_page_can_be_walked_by_links_and_by_ear(name: str) -> None:
    page = Page(to_html(make_document(read_report(DATA / f"{name}.json"))))
    names = page.values("id")
    assert len(names) == len(set(names))
    assert {target[1:] for target in page.values("href")} <= set(names)
    for labelled in page.values("aria-labelledby"):
        assert set(labelled.split()) <= set(names)
    assert page.tags.count("svg") == page.tags.count("desc") > 0


def test_page_follows_light_and_dark(document: Document) -> None:
    source = to_html(document)
    assert "prefers-color-scheme: dark" in source
    used = set(re.findall(r"var\(--(\w+)\)", source))
    assert used <= set(PALETTE)


def test_inks_can_be_read_on_their_page() -> None:
    def luminance(ink: str) -> float:  # WCAG 2.2, relative luminance
        parts = [int(ink[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for side in (0, 1):
        for ground in ("page", "card"):
            for role, least in {
                "ink": 4.5,
                "soft": 4.5,
                "good": 4.5,
                "bad": 4.5,
                "base": 3,
                "added": 3,
                "other": 3,
            }.items():
                lights = sorted((luminance(PALETTE[role][side]), luminance(PALETTE[ground][side])))
                contrast = (lights[1] + 0.05) / (lights[0] + 0.05)
                assert contrast >= least, f"{role} on {ground}: {contrast:.1f}"  # WCAG AA: 4.5 for text, 3 for plots


def test_every_row_is_on_the_page_with_its_spread(seeing: CostReport, document: Document) -> None:
    page, text = Page(to_html(document)), to_markdown(document)
    for row in rows(seeing):
        for figure in (row.text_only, row.multimodal):
            if figure:
                told = value(row.key, figure.median)
                assert told in page.text, row.key
                assert told in text, row.key
                assert spread(row.key, figure) in page.text, row.key
        if row.added is not None:
            assert change(row.added_fraction) in page.text


def test_every_published_row_is_shown_with_its_error(document: Document) -> None:
    (section,) = (section for section in document.sections if section.name == "validation")
    shown = [row for block in section.blocks if isinstance(block, Table) for row in block.rows]
    figures = checked()
    assert len(shown) == len(figures) > 0
    assert sorted(row[4].text for row in shown) == sorted(change(figure.error) for figure in figures)


def test_every_claim_has_a_verdict(document: Document) -> None:
    (section,) = (section for section in document.sections if section.name == "claims")
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert len(table.rows) == 13
    for row in table.rows:
        assert row[1].text in ("holds", "does not hold", "depends", "not testable here")
        assert row[2].text


def test_estimates_and_random_weights_are_told(document: Document) -> None:
    text = to_markdown(document)
    assert "The weights are random" in text
    assert "estimate, 15 W, a laptop's processor under load" in text


def test_a_stopped_quick_run_is_told(seeing: CostReport) -> None:
    text = to_markdown(make_document(read_report(DATA / "reading.json")))
    assert "The run was stopped" in text
    assert "A quick run" in text
    assert "The run was stopped" not in to_markdown(make_document(seeing))


def test_a_report_stopped_at_once_still_makes_a_page(seeing: CostReport) -> None:
    empty = dataclasses.replace(
        seeing, counts={}, text_only={}, multimodal={}, stages={}, precisions=(), devices={}, complete=False
    )
    names = [section.name for section in make_document(empty).sections]
    assert names == ["in-short", "claims", "how"]
    half = dataclasses.replace(empty, text_only=seeing.text_only)
    assert "470 ms" in to_html(make_document(half))


def test_foreign_text_stays_text(seeing: CostReport) -> None:
    evil = '<img src=x onerror="alert(1)">|`x`'
    bundle = dataclasses.replace(seeing.bundle, name=evil)
    conditions = dataclasses.replace(seeing.conditions, picture=evil, command=evil)
    document = make_document(dataclasses.replace(seeing, bundle=bundle, conditions=conditions))
    page = Page(to_html(document))
    assert "img" not in page.tags
    assert evil in page.text
    assert "<img" not in to_markdown(document).replace("\\<img", "")


def test_markdown_tables_keep_their_columns() -> None:
    table = Table("a | b", ("x|y", "n"), [[Cell("1|2\n3"), Cell("4", "5 | 6", "good")]])
    text = to_markdown(Document("t", [("f", "v")], [Section("s", "S", [Paragraph("p", notice=True), table])]))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 3
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}
    assert "**4** (5 \\| 6)" in text


def test_files_are_written_and_old_plots_removed(tmp_path: Path, document: Document) -> None:
    (tmp_path / PLOTS).mkdir()
    (tmp_path / PLOTS / "gone.png").write_bytes(b"")
    assert write_document(document, tmp_path) == tmp_path / PAGE
    assert (tmp_path / TEXT).read_text(encoding="utf-8") == to_markdown(document)
    plots = {path.stem for path in (tmp_path / PLOTS).iterdir()}
    drawings = {drawing.name: drawing for drawing in document.drawings()}
    assert plots == set(drawings) >= {"answer-length", "questions", "image-tokens", "pictures", "answer-of-20-tokens"}
    for name, drawing in drawings.items():
        with Image.open(tmp_path / PLOTS / f"{name}.png") as picture:
            assert picture.info["Description"] == drawing.description
    assert not list(tmp_path.glob(".*"))


def test_drawings_stay_inside_their_frame(document: Document) -> None:
    for name in NAMES:
        for drawing in make_document(read_report(DATA / f"{name}.json")).drawings():
            assert drawing.description
            root = ET.fromstring(to_svg(drawing))
            for element in root.iter():
                for axis, limit in (("x", drawing.width), ("y", drawing.height), ("cx", drawing.width)):
                    assert -1 <= float(element.get(axis, 0)) <= limit + 1, (drawing.name, element.attrib)
            for mark in drawing.marks:
                if isinstance(mark, Box):
                    assert 0 <= mark.x <= mark.x + mark.width <= drawing.width + 0.01, drawing.name


def test_svg_on_its_own_brings_its_colours(document: Document) -> None:
    drawing = document.drawings()[0]
    assert "--added" in to_svg(drawing, standalone=True)
    assert "<style>" not in to_svg(drawing)


def test_png_shows_the_same_boxes() -> None:
    drawing = Drawing("d", "Title", "told", 100, 50, (Box(10, 10, 40, 20, "base"), Label(60, 40, "×−", "ink")))
    for dark in (False, True):
        pixels = np.asarray(to_picture(drawing, dark))
        blue = np.array([int(PALETTE["base"][dark][at : at + 2], 16) for at in (1, 3, 5)])
        rows_, columns = np.nonzero((pixels == blue).all(axis=-1))
        assert np.ptp(columns) == 40 * 2  # two pixels a unit, both edges drawn
        assert np.ptp(rows_) == 20 * 2


def test_waterfall_bars_begin_where_the_last_one_ends(document: Document) -> None:
    (drawing,) = (one for one in document.drawings() if one.name == "answer-of-256-tokens")
    bars = [mark for mark in drawing.marks if isinstance(mark, Box) and mark.height == 15]
    for before, after in pairwise(bars[:-1]):
        assert after.x == pytest.approx(before.x + before.width, abs=1)  # the thinnest bar is drawn 1 wide
    assert bars[-1].x + bars[-1].width == pytest.approx(bars[-2].x + bars[-2].width, abs=1)


def test_the_plot_of_lengths_tells_what_was_measured(seeing: CostReport, document: Document) -> None:
    (drawing,) = (one for one in document.drawings() if one.name == "answer-length")
    measured = {row.key: row.added_fraction for row in rows(seeing)}
    for tokens in seeing.conditions.answer_tokens:
        assert f"{change(measured[f'answer_s_for_{tokens}'])} at {tokens} tokens" in drawing.description


def test_line_chart_places_points_by_value() -> None:
    series = [Series("s", ((0, 0), (10, 5)), "base", dots=((5, 2.5),))]
    chart = line_chart("n", "t", "d", series, Axis("x", str), Axis("y", str))
    (line,) = (mark.points for mark in chart.marks if getattr(mark, "width", 0) == 2.2)
    (dot,) = (mark for mark in chart.marks if type(mark).__name__ == "Dot")
    assert (dot.x, dot.y) == pytest.approx(((line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2))


def test_bars_are_as_long_as_their_values() -> None:
    chart = bar_chart("n", "t", "d", [Bar("a", 1, "base"), Bar("b", 3, "base")], str)
    short, long = (mark for mark in chart.marks if isinstance(mark, Box))
    assert long.width == pytest.approx(3 * short.width)


@pytest.mark.parametrize("highest", [0.003, 0.9, 1, 7, 16.2, 99, 1234])
def test_ticks_are_round_and_reach_the_top(highest: float) -> None:
    found = ticks(highest)
    assert found[0] == 0
    assert found[-2] < highest <= found[-1] * (1 + 1e-6)
    assert 4 <= len(found) <= 8


def test_ticks_need_something_to_count() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ticks(0)


@pytest.mark.parametrize(
    ("amount", "unit", "told"),
    [
        (0.0453, "s", "45.3 ms"),
        (0.9996, "s", "1.00 s"),
        (123.4, "s", "123 s"),
        (2e-6, "s", "2.00 µs"),
        (-0.013, "s", "−13.0 ms"),
        (0, "s", "0 s"),
        (1.3642e9, "parameters", "1.36 B"),
        (290.9e6, "parameters", "291 M"),
        (812e6, "bytes", "812 MB"),
        (999.96e6, "bytes", "1.00 GB"),
        (34.1e9, "bytes/s", "34.1 GB/s"),
        (150.2, "tokens/s", "150 tokens/s"),
        (1234, "tokens", "1,234"),
        (12.34, "J", "12.3 J"),
    ],
)
def test_quantities_in_words(amount: float, unit: str, told: str) -> None:
    assert quantity(amount, unit) == told


@pytest.mark.parametrize(
    ("fraction", "told"),
    [(0.123, "+12%"), (-0.031, "−3.1%"), (0, "+0.0%"), (4.97, "+497%"), (13, "×14.0"), (None, "–")],
)
def test_changes_in_words(fraction: float | None, told: str) -> None:
    assert change(fraction) == told


def test_keys_in_words(seeing: CostReport) -> None:
    assert key_words("decode_tok_per_s_at_200") == "Decode speed at 200 positions"
    assert key_words("answer_s_for_20") == "Whole answer of 20 tokens"
    for key in {*seeing.text_only, *seeing.multimodal, *(key for side in seeing.stages.values() for key in side)}:
        assert "_" not in key_words(key)
        assert key_words(key)[0].isupper(), f"{key} has no words"


def test_spreads_in_words() -> None:
    assert spread("ttft_s", Figure(1, 0.98, 1.02, 5)) == "980 ms to 1.02 s, 5 runs"
    assert span("peak_rss_bytes", 1.3e9, 1.31e9) == "1.30 to 1.31 GB"
    assert spread("prefill_tokens", Figure(52, 52, 52, 5)) == "5 runs"
    assert spread("ttft_s", Figure(1, 1, 1, 1)) == "1 run"
    assert spread("file_bytes", Figure(1, 1, 1, 0)) == "counted"
    assert spread("answer_j_for_20", Figure(1, 1, 1, 5, "a profile")) == "estimate, a profile"
