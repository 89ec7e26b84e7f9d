"""The report's content: which numbers are shown, in which order, and what is said about them."""

from __future__ import annotations

from collections.abc import Sequence

from pocketvlm.cost.report import plots
from pocketvlm.cost.report.breakdown import AddOn, add_on
from pocketvlm.cost.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Paragraph,
    Plots,
    Section,
    Table,
    Tiles,
    cells,
)
from pocketvlm.cost.report.drawing import Drawing
from pocketvlm.cost.report.judged import judged_sections
from pocketvlm.cost.report.wording import NONE, change, key_words, quantity, spread, stage_words, value
from pocketvlm.cost.results import CostReport, Figure, Row, rows
from pocketvlm.cost.units import unit_of

_CAPTIONS = ("Size and memory", "Time", "Speed", "Energy", "Work")
_GROUPS = {"parameters": 0, "bytes": 0, "tokens": 1, "s": 1, "tokens/s": 2, "bytes/s": 2, "J": 3, "FLOP": 4}  # by unit
_STAGE_KEYS = ("load_s", "run_s", "peak_rss_bytes", "file_rss_bytes", "anonymous_rss_bytes")
_GOALS = (0.5, 0.1)  # add-ons whose break-even points are told


def make_document(report: CostReport) -> Document:
    """What a report tells people; whole, or as far as it came."""
    parts = add_on(report)
    sections = [
        Section("in-short", "In short", _in_short(report)),
        Section("add-on", "What the picture adds", _tables(report)),
        Section("one-answer", "Where the time goes", _one_answer(report, parts)),
        Section("other-answers", "Other answers", _others(report, parts)),
        Section("stages", "Stage by stage", _stages(report)),
        Section("precision", "Precision of the language model", _precisions(report)),
        *judged_sections(report),
        Section("how", "How it was measured", [Bullets(_how(report))]),
    ]
    title = f"What image understanding costs: {report.bundle.name}"
    return Document(title, _facts(report), [section for section in sections if section.blocks])


def _facts(report: CostReport) -> list[tuple[str, str]]:
    machine, bundle = report.machine, report.bundle
    return [
        ("Machine", f"{machine.name}, {machine.threads} threads, {quantity(machine.memory_bytes, 'bytes')}"),
        ("Precision", ", ".join(f"{part.replace('_', ' ')} {kind}" for part, kind in bundle.precision.items())),
        ("Picture", f"{report.conditions.picture_width} × {report.conditions.picture_height} pixels"),
        ("Measured", report.conditions.created[:10]),
    ]


def _in_short(report: CostReport) -> list[Block]:
    blocks: list[Block] = []
    if not report.complete:
        blocks.append(Paragraph("The run was stopped: what is missing was not measured.", notice=True))
    if report.bundle.weights == "random":
        blocks.append(Paragraph("The weights are random: the costs are real, the answers are not.", notice=True))
    if report.conditions.quick:
        blocks.append(Paragraph("A quick run: few runs of each figure, so small differences mean little.", notice=True))
    found = {row.key: row for row in rows(report)}
    answers = [f"answer_s_for_{tokens}" for tokens in report.conditions.answer_tokens]
    keys = ("parameters", "file_bytes", "peak_rss_bytes", "ttft_s", *answers)
    tiles = [_tile(found[key]) for key in keys if key in found and found[key].added is not None]
    return [*blocks, *([Tiles(tiles)] if tiles else [])]


def _tile(row: Row) -> tuple[str, str, str]:
    assert row.text_only  # a row that adds something has both sides
    assert row.multimodal
    told = f"{value(row.key, row.text_only.median)} → {value(row.key, row.multimodal.median)}"
    return key_words(row.key), change(row.added_fraction), told


def _tables(report: CostReport) -> list[Block]:
    head = ("", "Language model alone", "With a picture", "Added", "Added, relative")
    groups: dict[str, list[list[Cell]]] = {caption: [] for caption in _CAPTIONS}
    alone: list[list[Cell]] = []
    for row in rows(report):
        if row.multimodal is None:
            alone.append(_row(row)[:2])
        else:
            groups[_group(row.key)].append(_row(row))
    tables = [Table(caption, head, found) for caption, found in groups.items() if found]
    if alone:
        tables.append(Table("The language model alone", head[:2], alone))
    how = "Medians; below them the lowest and the highest run. Each side ran in processes of its own."
    return [Paragraph(how), *tables] if tables else []


def _group(key: str) -> str:
    """Which table a row belongs to."""
    return "Work" if key.startswith("answer_moved_bytes") else _CAPTIONS[_GROUPS[unit_of(key)]]


def _row(row: Row) -> list[Cell]:
    added, fraction = row.added, row.added_fraction
    return [
        Cell(key_words(row.key)),
        figure_cell(row.key, row.text_only),
        figure_cell(row.key, row.multimodal),
        Cell(NONE if added is None else value(row.key, added)),
        Cell(change(fraction)),
    ]


def figure_cell(key: str, figure: Figure | None) -> Cell:
    """A figure with its spread below it; a dash where there is none."""
    return Cell(value(key, figure.median), spread(key, figure)) if figure else Cell(NONE, tone="soft")


def _one_answer(report: CostReport, parts: AddOn | None) -> list[Block]:
    lengths = report.conditions.answer_tokens
    drawings = [plots.one_answer(report, tokens) for tokens in dict.fromkeys((*lengths[:1], *lengths[-1:]))]
    return [*_plots(drawings), *([Bullets(_break_even(report, parts))] if parts else [])]


def _break_even(report: CostReport, parts: AddOn) -> list[str]:
    """The places where one cost overtakes another, as sentences."""
    equals = parts.length_of_equals()
    told = [f"Writing {_tokens(equals)} takes the language model as long as what the picture adds before them."]
    for goal in _GOALS:
        length = parts.length_below(goal)
        share = f"{goal:.0%} of the same answer without a picture"
        told.append(
            f"The picture adds at most {share} from {_tokens(length)} on{_beyond(report, length)}."
            if length is not None
            else f"No answer is long enough for the picture to add only {share}: "
            f"its longer context makes every token {change(parts.token_s / parts.text.token_s)} slower."
        )
    tokens = _middle(report)
    for kept, how in ((False, "only its image tokens or its text are kept"), (True, "the conversation goes on")):
        count = parts.questions_below(_GOALS[-1], tokens, kept)
        share = f"{_GOALS[-1]:.0%} of an answer of {tokens} tokens"
        told.append(
            f"Where {how}, {count} questions about one picture bring the add-on down to {share}."
            if count
            else f"Where {how}, no number of questions about one picture brings the add-on down to {share}."
        )
    return told


def _tokens(count: float) -> str:
    return f"{count:,.0f} tokens" if round(count) != 1 else "1 token"


def _beyond(report: CostReport, length: float) -> str:
    context = report.bundle.llm_config.get("max_position_embeddings")
    return f", more than the {context:,} positions that the model has" if context and length > context else ""


def _middle(report: CostReport) -> int:
    """The answer length that plots over other things take."""
    lengths = report.conditions.answer_tokens
    return lengths[len(lengths) // 2]


def _others(report: CostReport, parts: AddOn | None) -> list[Block]:
    if parts is None:
        return []
    drawings = [plots.answer_lengths(report, parts), plots.questions(parts, _middle(report))]
    if report.bundle.sees:
        drawings.append(plots.image_tokens(parts, report.bundle.image_tokens))
    drawings.append(plots.pictures(parts, report.bundle.llm_config.get("max_position_embeddings")))
    how = (
        "Reckoned from the measured medians: an answer is a start and so much a token, a prompt costs what "
        "measured prompts of other lengths say. Dots on the answers' lines were measured."
    )
    return [Paragraph(how), *_plots(drawings)]


def _plots(drawings: Sequence[Drawing | None]) -> list[Block]:
    found = [drawing for drawing in drawings if drawing]
    return [Plots(found)] if found else []


def _stages(report: CostReport) -> list[Block]:
    blocks: list[Block] = []
    if report.counts:
        head = ("", "Parameters", "Files", "Operations a run", "Bytes moved a run")
        counted = [
            cells((
                stage_words(name),
                quantity(count.parameters, "parameters"),
                quantity(count.file_bytes, "bytes"),
                NONE if count.flops is None else quantity(count.flops, "FLOP"),
                NONE if count.moved_bytes is None else quantity(count.moved_bytes, "bytes"),
            ))
            for name, count in report.counts.items()
        ]  # fmt: skip
        blocks.append(Table("Counted, in closed form", head, counted))
    if report.stages:
        keys = [key for key in _STAGE_KEYS if any(key in side for side in report.stages.values())]
        measured = [
            [Cell(stage_words(name)), *(figure_cell(key, side.get(key)) for key in keys)]
            for name, side in report.stages.items()
        ]
        blocks.append(Table("Measured, each in a process of its own", ["", *map(key_words, keys)], measured))
    return [*blocks, *_plots([plots.stage_memory(report)])]


def _precisions(report: CostReport) -> list[Block]:
    if not report.precisions:
        return []
    keys = list(dict.fromkeys(key for row in report.precisions for key in row.figures))
    judged = any(row.quality for row in report.precisions)
    head = ["", "Files", *map(key_words, keys), *(["Quality"] if judged else [])]
    table = []
    for row in report.precisions:
        line = [Cell(row.precision.upper(), row.bundle), Cell(quantity(row.file_bytes, "bytes"))]
        line += [figure_cell(key, row.figures.get(key)) for key in keys]
        table.append(line + ([_quality(row.quality)] if judged else []))
    speeds = [key for key in keys if key.startswith("decode_tok_per_s")]
    drawings = [plots.precisions(report, "peak_rss_bytes", "precision-memory", "Peak memory by precision")]
    if speeds:
        drawings.append(plots.precisions(report, speeds[0], "precision-speed", f"{key_words(speeds[0])}, by precision"))
    return [Table("The same language model, text only", head, table), *_plots(drawings)]


def _quality(quality: dict[str, object] | None) -> Cell:
    if not quality:
        return Cell(NONE, tone="soft")
    return Cell(
        f"{quality['value']:.3g}",
        f"{quality['name']}, {quality['low']:.3g} to {quality['high']:.3g}, n = {quality['n']}",
    )


def _how(report: CostReport) -> list[str]:
    machine, conditions = report.machine, report.conditions
    energy = (
        "Joules come from the processor's own counters (RAPL)."
        if machine.energy == "rapl"
        else f"Joules are an estimate from the power profile {machine.energy}."
    )
    return [
        f"Command: {conditions.command}",
        f"{machine.name}: {machine.threads} threads on {machine.cores} cores, "
        f"{quantity(machine.memory_bytes, 'bytes')} of memory, read at "
        f"{quantity(machine.memory_bytes_per_s, 'bytes/s')}; "
        f"{machine.os}, Python {machine.python}, ONNX Runtime {machine.onnxruntime}.",
        f"A prompt of {conditions.question_tokens} tokens without the picture; the picture ({conditions.picture}) adds "
        f"{report.bundle.image_tokens} image tokens and {report.bundle.text_tokens} tokens of its text.",
        f"{conditions.runs} runs of each figure unless it says otherwise.",
        energy,
        "Time to first token counts everything from the image file's bytes on, loading apart.",
        "Peak memory counts mapped files as far as they were touched; the system can drop them and read them again.",
        "The same figures, with units in the keys, are in cost.json.",
    ]
