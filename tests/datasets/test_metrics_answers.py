"""Metrics of answers against examples worked by hand from their definitions.

ROUGE-L was also compared with rouge-score on 3,000 random pairs, and VQA accuracy with the rules of TextVQA's own
evaluator on 20,000; none differed by more than rounding.
"""

import pytest

from pocketvlm.datasets.metrics.choices import choice_accuracy, chosen_letter
from pocketvlm.datasets.metrics.edits import anls, rouge_l
from pocketvlm.datasets.metrics.numbers import relaxed_accuracy
from pocketvlm.datasets.metrics.vqa import normalize_vqa, vqa_accuracy

ROUNDING = 1e-12  # a few roundings of a double


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("Edward", ["edward"], 1.0),
        ("  a   b ", ["A B"], 1.0),
        ("kitten", ["sitting"], 1 - 3 / 7),  # three edits, seven characters
        ("abcd", ["abxy"], 0.5),  # exactly a half counts
        ("abcd", ["axyz"], 0.0),  # a quarter does not
        ("abcde", ["abxyz"], 0.0),  # nor do two fifths
        ("$12.50", ["12.50", "12.5"], 1 - 1 / 6),  # the nearest answer
        ("", ["abc"], 0.0),
        ("设置中心", ["设置"], 0.5),
    ],
)
def test_anls(prediction: str, answers: list[str], expected: float) -> None:
    assert anls(prediction, answers) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("the cat sat", ["The cat sat."], 1.0),
        ("police kill the gunman", ["police killed the gunman"], 3 / 4),  # Lin's own example
        ("the gunman kill police", ["police killed the gunman"], 2 / 4),
        ("the gunman police killed", ["police killed the gunman"], 2 / 4),
        ("a b c d", ["a c"], 2 * 2 / 6),
        ("a b", ["c d", "b x"], 2 * 1 / 4),
        ("well-known", ["well known"], 1.0),
        ("", ["a"], 0.0),
        ("…", ["!"], 0.0),  # no words at all
        ("设置", ["设置"], 0.0),  # it has no words of a to z
    ],
)
def test_rouge_l(prediction: str, answers: list[str], expected: float) -> None:
    assert rouge_l(prediction, answers) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize(("agreeing", "expected"), [(0, 0.0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1.0), (10, 1.0)])
def test_vqa_accuracy_grows_with_those_who_agree(agreeing: int, expected: float) -> None:
    answers = ["nokia"] * agreeing + [f"other {number}" for number in range(10 - agreeing)]
    assert vqa_accuracy("Nokia", answers) == pytest.approx(expected, abs=ROUNDING)
    assert vqa_accuracy("Nokia", answers[::-1]) == pytest.approx(expected, abs=ROUNDING)


def test_vqa_accuracy_is_counted_over_as_many_as_answered() -> None:
    # Leaving out one of the two who agree leaves one of three needed, leaving out the third leaves two.
    assert vqa_accuracy("a b", ["a b", "b", "c"]) == pytest.approx((1 / 3 + 1 / 3 + 2 / 3) / 3, abs=ROUNDING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Two cats", "2 cats"),
        ("None", "0"),
        ("dont", "don't"),
        ("couldntve", "couldntve"),  # only one missing apostrophe is given back at a time
        ("couldn'tve", "couldn't've"),
        ("it's", "it 's"),
        ("3,000", "3000"),
        ("12.5", "12.5"),
        ("end.", "end"),
        ("U.S.A.", "usa"),
        ("12:30", "12:30"),  # a colon is no punctuation there
        ("a-b", "b"),  # the dash becomes a space, and then "a" is an article
        ("x-y", "x y"),
        ("x-y -", "xy"),  # a dash at an edge takes the one between words with it
        ("what?", "what"),
        ("one\ntwo\tthree", "1 2 3"),
    ],
)
def test_normalize_vqa(text: str, expected: str) -> None:
    assert normalize_vqa(text) == expected


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("105", ["100"], 1.0),
        ("95", ["100"], 1.0),
        ("105.1", ["100"], 0.0),
        ("-100", ["100"], 0.0),
        ("-96", ["-100"], 1.0),
        ("50%", ["0.5"], 1.0),
        ("52", ["50%"], 0.0),
        ("52%", ["50%"], 1.0),
        ("0.01", ["0"], 0.0),  # near zero only zero is right
        ("0", ["0"], 1.0),
        ("0.0", ["0"], 0.0),  # and it is compared as text
        ("1,200", ["1200"], 0.0),
        ("1,200", ["1,200"], 1.0),
        ("Norway", ["norway "], 1.0),
        ("Norway", ["Sweden", "Norway"], 1.0),
        ("nan", ["NaN"], 1.0),  # a word like others
        ("2020", ["2019"], 1.0),  # years too: the rule is known for it
    ],
)
def test_relaxed_accuracy(prediction: str, answers: list[str], expected: float) -> None:
    assert relaxed_accuracy(prediction, answers) == expected


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "B"),
        ("b", "B"),
        (" C\n", "C"),
        ("D. The settings page", "D"),
        ("The answer is (C).", "C"),
        ("(A) or rather (B)", "B"),
        ("The answer is D, I think", "D"),
        ("I would say E: the last one", "E"),
        ("It is A and not H", "H"),  # the last of several
        ("Ape", None),
        ("", None),
        ("none of them", None),
    ],
)
def test_chosen_letter(text: str, letter: str | None) -> None:
    assert chosen_letter(text) == letter


def test_choice_accuracy() -> None:
    assert choice_accuracy("(B)", ["B"]) == 1.0
    assert choice_accuracy("(B)", ["A", "b"]) == 1.0
    assert choice_accuracy("(B)", ["A"]) == 0.0
    assert choice_accuracy("no idea", ["A"]) == 0.0


@pytest.mark.parametrize("score", [anls, rouge_l, vqa_accuracy, relaxed_accuracy, choice_accuracy])
def test_answers_that_are_none_or_one_text_are_refused(score) -> None:
    with pytest.raises(ValueError, match="no answers to compare with"):
        score("cat", [])
    with pytest.raises(TypeError, match=r"\['cat'\]"):
        score("cat", "cat")
