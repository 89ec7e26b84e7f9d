"""Training examples from the truth of drawn screens: what they show, ask and teach."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pocketvlm.apps.screens.answering import NOT_PRINTED
from pocketvlm.datasets.records import Record
from pocketvlm.datasets.rendered.chinese import ENGLISH
from pocketvlm.datasets.rendered.questions.make import make_questions
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.locating import is_reference, resolve
from pocketvlm.prompt import encode_prompt
from pocketvlm.training.parsing_noise import ParsingNoise
from pocketvlm.training.screens import ScreenExample, screen_example, simulated_structure, to_learn
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vision.structure_text import printed, structure_text

ROOT = Path(__file__).resolve().parent.parent.parent
EXACT = ParsingNoise(missed=0, wrong_state=0, wrong_look=0, no_color=0, shift=0)


@pytest.fixture(scope="module")
def truths() -> list[dict[str, Any]]:
    path = ROOT / "tests/data/rendered/truths.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_structure_of_every_screen_tells_its_controls(truths: list[dict[str, Any]]) -> None:
    for truth in truths:
        structure = simulated_structure(truth, 0, EXACT)
        found = Counter(cell.role for cell in structure.cells)
        wanted = Counter(entry["role"] for entry in truth["elements"] if has_size(entry))
        for role in ("switch", "checkbox", "radio", "tab", "chip", "segment", "picture", "back", "action", "fab"):
            assert found[role] == wanted[role], (truth["id"], role)


def has_size(entry: dict[str, Any]) -> bool:
    x1, y1, x2, y2 = entry["box"]
    return bool(x2 > x1 and y2 > y1)


def test_switches_keep_their_labels(truths: list[dict[str, Any]]) -> None:
    right = wrong = 0
    for truth in truths:
        cells = simulated_structure(truth, 0, EXACT).cells
        names = {cell.box: cell.name for cell in cells if cell.role in ("switch", "checkbox", "radio")}
        for entry in truth["elements"]:
            if entry["role"] in ("switch", "checkbox", "radio") and entry["name"] and not entry.get("clipped"):
                # A label may be read in two lines, and one line in a hundred is not read at all.
                same = names[tuple(entry["box"])] and entry["name"].startswith(names[tuple(entry["box"])][:4])
                right, wrong = right + bool(same), wrong + (not same)
    assert right > 30
    assert wrong <= 0.05 * right


def test_summaries_agree_with_the_truth(truths: list[dict[str, Any]]) -> None:
    for truth in truths:
        text = structure_text(simulated_structure(truth, 0, EXACT)).splitlines()[0]
        assert ("dark" in text) == truth["dark"]
        if truth["overlay"] in ("dialog", "sheet", "menu", "keyboard"):
            assert f"{truth['overlay']} open" in text
        switches = [entry["state"]["on"] for entry in truth["elements"] if entry["role"] == "switch"]
        if switches:
            assert f": {sum(switches)} on, {len(switches) - sum(switches)} off" in text


def test_structures_are_short(truths: list[dict[str, Any]]) -> None:
    tokenizer = Tokenizer(ROOT / "models/nano")
    lengths = [len(tokenizer.encode(structure_text(simulated_structure(truth, 0)))) for truth in truths]
    # Measured 230 on average over 450 screens; a screen that took more than the context leaves for it would be trimmed.
    assert sum(lengths) / len(lengths) < 300
    assert max(lengths) < 1000


def simulated(truth: dict[str, Any], seed: int) -> ScreenExample:
    return screen_example(truth, simulated_structure(truth, seed), seed)


def test_answers_to_learn(truths: list[dict[str, Any]]) -> None:
    kinds: Counter[str] = Counter()
    for truth in truths:
        example = simulated(truth, 3)
        for asked in example.questions:
            kinds[asked.type] += 1
            assert asked.answer.strip()
            if asked.type == "place":
                assert is_reference(asked.answer)
                assert resolve(example.structure, asked.answer) is not None
            elif asked.type == "unanswerable":
                assert asked.answer == NOT_PRINTED
            elif asked.type in ("picture", "colour"):
                assert asked.answer.isascii()
                assert asked.answer in (asked.answers[0], ENGLISH.get(asked.answers[0]))
            else:
                assert asked.answer == asked.answers[0]
    assert set(kinds) >= {"lookup", "state", "place", "count", "unanswerable", "picture", "colour"}


def test_most_things_asked_for_can_be_pointed_at(truths: list[dict[str, Any]]) -> None:
    """A reference leads into the box that is the truth's answer, unless reader or parser missed it."""
    places = hits = 0
    for truth in truths:
        structure = simulated_structure(truth, 0, EXACT)
        for record in make_questions(truth, 4, 12):
            if record.type != "place":
                continue
            places += 1
            asked = to_learn(record, structure)
            found = resolve(structure, asked.answer) if asked else None
            hits += found is not None and record.bbox is not None and middle_in(found.box, record.bbox)
    assert places > 40
    assert hits >= 0.95 * places  # measured 0.99 of 2326 places; what is missed are texts in two lines


def middle_in(box: tuple[int, int, int, int], around: tuple[int, int, int, int]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return around[0] <= x < around[2] and around[1] <= y < around[3]


def test_the_same_seed_gives_the_same_example_and_another_one_other_slips(truths: list[dict[str, Any]]) -> None:
    assert simulated(truths[0], 1) == simulated(truths[0], 1)
    noisy = ParsingNoise(missed=0.2, wrong_state=0.2)
    assert simulated_structure(truths[0], 1, noisy) != simulated_structure(truths[0], 2, noisy)


def test_real_recognition_takes_the_place_of_a_simulated_one(truths: list[dict[str, Any]]) -> None:
    nothing = ScreenStructure(truths[0]["width"], truths[0]["height"], ())
    example = screen_example(truths[0], nothing, seed=3)
    assert example.rows == ("[screen: text]",)
    assert all(asked.type != "place" for asked in example.questions)  # nothing is there to point at
    assert example.questions


def test_a_printed_bracket_never_reaches_the_prompt(truths: list[dict[str, Any]]) -> None:
    truth = json.loads(json.dumps(truths[0]))
    texts = [entry for entry in truth["elements"] if entry["text"]]
    for entry in texts:
        entry["text"] = f"[{entry['text']}]"
    for row in simulated(truth, 0).rows:
        for word in (entry["text"] for entry in texts):
            assert word not in row
            assert printed(word)[0] == "("


def test_all_questions_of_a_screen_share_their_prompt(truths: list[dict[str, Any]]) -> None:
    tokenizer = Tokenizer(ROOT / "models/nano")
    example = simulated(truths[1], 0)
    shared = {
        tuple(prompt[: starts_at(prompt, tokenizer.encode(asked.question))])
        for asked in example.questions
        for prompt in [encode_prompt(tokenizer, example.rows, 1, [], asked.question, parsed=True)]
    }
    assert len(example.questions) > 4
    assert len(shared) == 1


def starts_at(ids: list[int], part: list[int]) -> int:
    return next(at for at in range(len(ids) - len(part), -1, -1) if ids[at : at + len(part)] == part)


@pytest.mark.parametrize("name", ["missed", "wrong_state", "wrong_look", "no_color", "shift"])
def test_shares_are_shares(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(EXACT, **{name: 1.5})


def test_an_unanswerable_place_teaches_nothing() -> None:
    record = Record("1", Path("x.png"), "Where?", (), "place", bbox=(0, 0, 5, 5))
    assert to_learn(record, ScreenStructure(10, 10, ())) is None
