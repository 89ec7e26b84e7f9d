"""What a report says about other answers, on figures made so that the right numbers are known."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pocketvlm.cost.report.breakdown import AddOn, AnswerTime, PromptTime, add_on, answer_steps, prompt_time
from pocketvlm.cost.results import CostReport, Figure, Figures, read_report

DATA = Path(__file__).resolve().parent.parent / "data/cost"
# A question of 50 tokens, a picture of 150: prompts cost 10 ms a token, so 0.5 s and 2 s; a picture takes 1 s before.
PARTS = AddOn(
    picture_s=1.0,
    prompt_s=1.5,
    token_s=0.002,
    text=AnswerTime(0.5, 0.05),
    prompt=PromptTime(((0, 0), (50, 0.5), (200, 2.0))),
    question_tokens=50,
    picture_tokens=150,
)


@pytest.fixture
def seeing() -> CostReport:
    return read_report(DATA / "seeing.json")


def figures(**medians: float) -> Figures:
    return {key: Figure(median, median, median, 3) for key, median in medians.items()}


def test_add_on_takes_exact_figures_apart(seeing: CostReport) -> None:
    text = figures(ttft_s=0.55, answer_s_for_20=1.5, answer_s_for_100=5.5, prefill_s=0.5)
    image = figures(
        image_decode_s=0.2, encode_s=0.8, prefill_s=2.0, ttft_s=3.052, answer_s_for_20=4.04, answer_s_for_100=8.2
    )
    report = dataclasses.replace(
        seeing,
        text_only=text,
        multimodal={**image, **figures(prefill_tokens=200)},
        conditions=dataclasses.replace(seeing.conditions, question_tokens=50, answer_tokens=(20, 100)),
        bundle=dataclasses.replace(seeing.bundle, image_tokens=150, text_tokens=0),
    )
    parts = add_on(report)
    assert parts is not None
    assert parts.prompt == PARTS.prompt
    for name in ("picture_s", "prompt_s", "token_s", "question_tokens", "picture_tokens"):
        assert getattr(parts, name) == pytest.approx(getattr(PARTS, name))
    assert parts.text.token_s == pytest.approx(0.05)


def test_noise_makes_no_part_negative(seeing: CostReport) -> None:
    faster = {
        **seeing.multimodal,
        **figures(ttft_s=0.1, answer_s_for_20=0.2, answer_s_for_100=0.3, answer_s_for_256=0.4),
    }
    parts = add_on(dataclasses.replace(seeing, multimodal=faster))
    assert parts is not None
    assert parts.prompt_s == parts.token_s == 0
    assert parts.fraction(100, questions=10, kept=True) > 0


def test_add_on_needs_both_sides(seeing: CostReport) -> None:
    assert add_on(dataclasses.replace(seeing, multimodal={})) is None
    assert add_on(dataclasses.replace(seeing, text_only={})) is None


def test_a_picture_kept_in_the_conversation_is_paid_once() -> None:
    assert PARTS.seconds(100) == pytest.approx(1.0 + 1.5 + 0.2)
    assert PARTS.seconds(100, questions=5) == pytest.approx(0.2 + 1.5 + 0.2)
    assert PARTS.seconds(100, questions=5, kept=True) == pytest.approx(0.5 + 0.2)
    assert PARTS.fraction(100) == pytest.approx(2.7 / 5.5)


def test_break_even_lengths_are_where_the_add_on_is_that_fraction() -> None:
    for goal in (0.5, 0.1):
        length = PARTS.length_below(goal)
        assert length is not None
        assert PARTS.fraction(length) == pytest.approx(goal)
        assert PARTS.fraction(length + 1) < goal
    assert PARTS.length_below(0.04) is None  # each token alone is 0.002 / 0.05 = 4% slower
    assert PARTS.length_below(6) == 0


@pytest.mark.parametrize("kept", [False, True])
def test_break_even_questions_are_the_fewest(kept: bool) -> None:
    count = PARTS.questions_below(0.4, 100, kept)
    assert count is not None
    assert PARTS.fraction(100, count, kept) <= 0.4 < PARTS.fraction(100, count - 1, kept)


def test_break_even_questions_tell_when_there_are_none() -> None:
    assert PARTS.questions_below(0.1, 100, kept=False) is None
    assert PARTS.questions_below(0.9, 100, kept=False) == 1


def test_decoding_equals_the_add_on_at_the_told_length() -> None:
    assert PARTS.length_of_equals() * PARTS.text.token_s == pytest.approx(2.5)


def test_time_to_first_token_grows_with_tokens_and_pictures() -> None:
    assert PARTS.ttft_s(150) == pytest.approx(0.55 + 1.0 + 1.5)
    assert PARTS.ttft_s(0) == pytest.approx(0.55 + 1.0)
    assert PARTS.ttft_s(150, pictures=3) == pytest.approx(0.55 + 3.0 + 4.5)


def test_prompt_time_passes_through_what_was_measured(seeing: CostReport) -> None:
    prompt = prompt_time(seeing)
    assert prompt is not None
    assert prompt(144) == pytest.approx(seeing.text_only["prefill_s_of_144"].median)
    assert prompt(seeing.conditions.question_tokens) == pytest.approx(seeing.text_only["prefill_s"].median)
    assert prompt(0) == 0
    assert prompt(100) < prompt(144) < prompt(576) < prompt(1000)


@pytest.mark.parametrize("tokens", [20, 100, 256])
@pytest.mark.parametrize("name", ["seeing", "reading"])
def test_steps_add_up_to_the_measured_answer(name: str, tokens: int) -> None:
    report = read_report(DATA / f"{name}.json")
    steps = answer_steps(report, tokens)
    whole = report.multimodal[f"answer_s_for_{tokens}"].median
    assert sum(step.seconds for step in steps) == pytest.approx(whole)
    alone = sum(step.seconds for step in steps if not step.added)
    assert alone == pytest.approx(report.text_only[f"answer_s_for_{tokens}"].median)


def test_steps_are_empty_without_both_sides(seeing: CostReport) -> None:
    assert answer_steps(dataclasses.replace(seeing, text_only={}), 20) == ()
    assert answer_steps(seeing, 7) == ()
