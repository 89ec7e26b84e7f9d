"""Finding printed answers: spans, kinds, layout evidence, the ranker; on hand-made screens, without the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pocketvlm.apps.screens.answering import find_answer, is_open_ended, usefulness
from pocketvlm.apps.screens.features import NAMES, Layout, features
from pocketvlm.apps.screens.kinds import kinds_asked, kinds_of
from pocketvlm.apps.screens.quoting import quoted_lines
from pocketvlm.apps.screens.ranking import Ranker, fitted_ranker
from pocketvlm.apps.screens.spans import Span, spans_of
from pocketvlm.apps.screens.words import content_stems, stem
from pocketvlm.vision.reading_order import ScreenText, TextLine, arrange

HEIGHT = 40
SIZE = (1080, 2400)


def screen(*rows: str, pitch: int = 90) -> ScreenText:
    """Rows down a phone's screen; a bar in a row sends what follows to the right edge."""
    lines = []
    for number, row in enumerate(rows):
        top = 200 + number * pitch
        left, _, right = row.partition(" | ")
        lines.append(TextLine(left, (60, top, 60 + 20 * len(left), top + HEIGHT), 0.99))
        if right:
            lines.append(TextLine(right, (1020 - 20 * len(right), top, 1020, top + HEIGHT), 0.99))
    return arrange(lines, SIZE)


RECEIPT = screen("Green Bowl", "Order 4417", "Lentil soup | $8.50", "Delivery fee | $2.99", "Total | $11.49")


def silent(texts: list[str]) -> list[float]:
    """A language model with no opinion."""
    return [0.0] * len(texts)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$4.99", "money"), ("−£25.98", "money"), ("12,50 €", "money"), ("10:25", "time"), ("7 pm", "time"),
        ("45 min", "duration"), ("1 h 20 min", "duration"), ("Fri 6 Feb", "date"), ("17 March 2025", "date"),
        ("57%", "percent"), ("-3°", "temperature"), ("+49 30 5550 1482", "phone"), ("a.b@mail.example", "email"),
        ("lindenhof-brot.example", "web"), ("38 km/h", "measure"), ("KF7-2219", "code"), ("1,284", "number"),
        ("Viktor Hale", "name"), ("Kasper", "word"),
    ],
)  # fmt: skip
def test_kinds_are_recognised(text: str, kind: str) -> None:
    assert kind in kinds_of(text)


def test_price_is_no_time() -> None:
    assert "time" not in kinds_of("9.86")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much was the soup?", "money"), ("when does it open", "time"), ("Who wrote this?", "name"),
        ("How long is the walk?", "duration"), ("how many people came", "number"), ("Where is it?", "address"),
        ("What's the phone number?", "phone"), ("How cold is it?", "temperature"), ("what seat am I in", "code"),
    ],
)  # fmt: skip
def test_questions_ask_for_kinds(question: str, kind: str) -> None:
    assert kind in kinds_asked(question)


def test_spans_hold_lines_parts_amounts_and_wrapped_lines() -> None:
    wrapped = [TextLine("12 Harbour Road", (60, 100, 400, 140), 1.0), TextLine("Ostmouth", (60, 150, 300, 190), 1.0)]
    spans = {span.text: span.kind for span in spans_of(arrange(wrapped, SIZE), "Where?")}
    assert spans["12 Harbour Road Ostmouth"] == "wrapped"
    texts = {span.text for span in spans_of(screen("You spent $12.40 at Kopi Corner", "Size L·Moss"), "what size?")}
    assert {"$12.40", "Kopi Corner", "L"} <= texts


def test_icons_read_as_letters_are_no_spans() -> None:
    assert {span.text for span in spans_of(screen("Q", "个", "4B"), "which room?")} == {"4B"}


def test_words_meet_across_their_endings() -> None:
    assert stem("closes") == stem("closing") == stem("closed")
    assert content_stems("When does the café close?") == ["café", stem("close")]


def test_evidence_sees_the_label_in_the_same_row() -> None:
    spans = [Span("$2.99", (5,), "line"), Span("$8.50", (3,), "line")]
    assert RECEIPT.lines[5].text == "$2.99"
    evidence = features(Layout(RECEIPT), spans, "How much is delivery?")
    same_row = evidence[:, NAMES.index("same_row")]
    assert same_row[0] == 1.0
    assert same_row[1] == 0.0
    assert np.isfinite(evidence).all()


@pytest.mark.parametrize(
    ("question", "answer"),
    [("How much is the delivery fee?", "$2.99"), ("what was the total", "$11.49"), ("Lentil soup price?", "$8.50")],
)
def test_answers_come_from_the_right_row(question: str, answer: str) -> None:
    found = find_answer(RECEIPT, question, silent)
    assert found is not None
    assert found.text == answer
    assert [RECEIPT.lines[number].text for number in found.lines] == [answer]


def test_the_model_can_change_the_choice_and_is_asked_about_a_short_list() -> None:
    asked: list[str] = []

    def partial(texts: list[str]) -> list[float]:
        asked.extend(texts)
        return [1e9 if text == "$8.50" else -1e9 for text in texts]

    ranker = Ranker(np.zeros(len(NAMES)), surprise=1.0, threshold=-100.0, unmatched=0.0)
    totals = ranker.totals(np.zeros(2), np.array([1e9, -1e9]))
    assert totals[0] > totals[1]
    find_answer(RECEIPT, "How much is the delivery fee?", partial)
    assert 0 < len(asked) <= 10


@pytest.mark.parametrize("threshold", [-100.0, -3.0, 2.0, 100.0])
@pytest.mark.parametrize("seed", range(20))
def test_spans_that_cannot_win_are_not_judged_and_the_same_one_wins(seed: int, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    nats: dict[str, tuple[float, float]] = {}  # of every text: what it will not exceed, and what it is
    judged: list[str] = []

    def at_most(texts: list[str]) -> list[float]:
        for text in texts:
            limit = -3 * float(rng.random())
            nats[text] = (limit, limit - 6 * float(rng.random()))
        return [nats[text][0] for text in texts]

    def likelihood(texts: list[str]) -> list[float]:
        judged.extend(texts)
        return [nats[text][1] for text in texts]

    ranker = replace(fitted_ranker(), surprise=1.0, threshold=threshold, unmatched=0.0)
    found = find_answer(RECEIPT, "How much is the delivery fee?", likelihood, ranker, at_most)
    assert len(judged) == len(set(judged)) < len(nats)
    assert found == find_answer(RECEIPT, "How much is the delivery fee?", likelihood, ranker)


def test_empty_screen_has_no_answer() -> None:
    assert find_answer(ScreenText(()), "How much?", silent) is None


def test_shipped_weights_fit_the_features() -> None:
    assert fitted_ranker().weights.shape == (len(NAMES),)


def test_useful_rows_are_those_that_the_question_names() -> None:
    use = usefulness(RECEIPT, "How much is the delivery fee?")
    assert max(range(len(use)), key=use.__getitem__) == 3
    assert use[4] > use[0]  # a neighbour comes before a stranger


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Summarise this", True), ("please describe the screen", True), ("Translate it to French", True),
        ("Hello", True), ("What is this?", True), ("what's on the screen", True), ("How much is it?", False),
        ("What is this month's bill?", False), ("history of payments?", False), ("When does it close?", False),
    ],
)  # fmt: skip
def test_requests_for_words_are_told_from_look_ups(question: str, expected: bool) -> None:
    assert is_open_ended(question) is expected


def test_quotes_are_whole_words() -> None:
    lines = [TextLine(text, (0, 0, 1, 1), 1.0) for text in ("Delivery fee", "$2.99", "Total", "Deli")]
    assert [line.text for line in quoted_lines("The delivery fee is $2.99.", lines)] == ["Delivery fee", "$2.99"]
