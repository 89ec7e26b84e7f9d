"""Training examples of language: a screen's structure as the prompt shows it, questions about it, and what to answer.

The structure is simulated from the drawn screen's truth, with the slips of a real reader and parser, so that thousands
of screens need no recognition; what a bundle really recognised does as well.

example = screen_example(truth, simulated_structure(truth, seed=0), seed=0)
asked = example.questions[0]
encode_prompt(tokenizer, example.rows, images, [], asked.question, parsed=True)  # then learn asked.answer
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.datasets.metrics import NO_ANSWER
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rendered.chinese import ENGLISH
from pocketvlm.datasets.rendered.questions.make import make_questions
from pocketvlm.datasets.rendered.questions.screen import read_screen
from pocketvlm.locating import nearest, resolve
from pocketvlm.training.parsing_noise import ParsingNoise, simulate_elements
from pocketvlm.training.reading_noise import simulate_lines
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_merging import merge
from pocketvlm.vision.structure_text import structure_lines

PER_SCREEN = 8
OF_PLACE = "place"  # the type of questions that are answered by pointing
OF_NAMES = frozenset({"picture", "colour"})  # of those that are answered by a name that the structure has in English


@dataclass(frozen=True)
class Asked:
    """A question and the one answer to learn.

    Attributes:
        answers: every answer that counts as right, as the data set scores it.
    """

    question: str
    answer: str
    type: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class ScreenExample:
    """One screen and what is asked of it.

    Attributes:
        image: path of the picture.
        rows: lines of the structure's text, the summary first; `prompt.encode_prompt` takes them, with `parsed`.
    """

    id: str
    image: str
    structure: ScreenStructure
    rows: tuple[str, ...]
    questions: tuple[Asked, ...]

    @property
    def context(self) -> str:
        return "\n".join(self.rows)


def simulated_structure(truth: Mapping[str, Any], seed: int, noise: ParsingNoise | None = None) -> ScreenStructure:
    """What reader and parser would make of a screen; the same arguments give the same.

    Args:
        truth: of the screen, as the renderer wrote it.
        seed: chooses the slips.
        noise: how often the simulated parser errs; `ParsingNoise()` when None.
    Raises:
        ValueError: the truth lacks a part.
    """
    screen = read_screen(truth)
    rng = random.Random(f"structure {seed} {screen.id}")
    lines = simulate_lines(screen, float(truth.get("scale", 1)) * float(truth.get("text_scale", 1)), rng)
    elements = [] if screen.is_paper else simulate_elements(truth, noise or ParsingNoise(), rng)
    return merge(screen.width, screen.height, lines, elements, screen.dark)


def screen_example(
    truth: Mapping[str, Any], structure: ScreenStructure, seed: int, per_screen: int = PER_SCREEN
) -> ScreenExample:
    """An example of a structure; questions and answers are the truth's. The same arguments give the same one.

    Args:
        truth: of the screen.
        structure: `simulated_structure`, or `Picture.structure` of its image with the slips of a bundle.
        seed: chooses questions and their words; another seed for each epoch.
        per_screen: how many questions at most.
    Raises:
        ValueError: the truth lacks a part.
    """
    image = Path(truth["image"])
    records = make_questions(truth, seed, per_screen, folder=image.parent if image.is_absolute() else Path())
    asked = (asked for record in records if (asked := to_learn(record, structure)) is not None)
    rows = tuple(line for line in structure_lines(structure) if line)
    return ScreenExample(str(truth["id"]), str(truth["image"]), structure, rows, tuple(asked))


def to_learn(record: Record, structure: ScreenStructure) -> Asked | None:
    """The question with the answer to learn; None where the structure holds nothing to point at.

    Icons, pictures and colours are named in English, as the structure does: `chat` translates.
    """
    first = record.answers[0] if record.answers else ""
    if record.type in OF_NAMES:
        first = ENGLISH.get(first, first)
    asked = Asked(record.question, NOT_PRINTED if first == NO_ANSWER else first, record.type, record.answers)
    if record.type != OF_PLACE:
        return asked
    target = nearest(structure, record.bbox) if record.bbox is not None else None
    if target is None:
        return None
    found = resolve(structure, target.reference)  # a reference that leads elsewhere would teach to point there
    return replace(asked, answer=target.reference) if found is not None and found.box == target.box else None
