"""Words in common, against examples worked by hand from the rules of SQuAD v2's evaluation script, and of MLQA's.

The expected values of exact match and token F1 were also got from torchmetrics' SQuAD functions, an independent
implementation, on these examples.
"""

import random

import pytest

from pocketvlm.datasets.metrics import NO_ANSWER, character_f1, exact_match, normalize_answer, token_f1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Cat", "cat"),
        ("  two   words\n", "two words"),
        ("$5.99", "599"),
        ("it's a-b", "its ab"),  # punctuation goes without a space in its place
        ("an apple a day, the end", "apple day end"),
        ("theme Anna atlas", "theme anna atlas"),  # articles are whole words
        ("a.m.", "am"),  # punctuation goes before articles
        ("the", ""),
        ("", ""),
        ("…", "…"),  # only ASCII punctuation
        ("“The” cat", "“ ” cat"),  # so that a word may end at a quotation mark
        ("ÉCOLE 東京", "école 東京"),
        ("a_b", "ab"),
    ],
)
def test_normalize_answer(text: str, expected: str) -> None:
    assert normalize_answer(text) == expected


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("The cat.", ["cat"], 1.0),
        ("cat", ["dog", "a CAT!"], 1.0),
        ("cat sat", ["sat cat"], 0.0),
        ("cats", ["cat"], 0.0),
        ("5.99", ["$599"], 1.0),
        ("", ["cat"], 0.0),
        ("the", [""], 1.0),
    ],
)
def test_exact_match(prediction: str, answers: list[str], expected: float) -> None:
    assert exact_match(prediction, answers) == expected


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("cat", ["cat"], 1.0),
        ("the black cat", ["black cat"], 1.0),
        ("black cat", ["white cat"], 0.5),  # 1 common; precision 1/2, recall 1/2
        ("cat sat on mat", ["cat"], 0.4),  # precision 1/4, recall 1
        ("cat", ["cat sat on mat"], 0.4),
        ("sat cat", ["cat sat"], 1.0),  # order does not count
        ("no no no", ["no"], 0.5),  # a word counts as often as both have it: precision 1/3, recall 1
        ("no no", ["no no no"], 0.8),  # precision 1, recall 2/3
        ("dog", ["cat"], 0.0),
        ("black dog", ["cat", "black cat", "dog in black"], 0.8),  # best of 0, 1/2 and 4/5
        ("", ["cat"], 0.0),
        ("the", ["cat"], 0.0),
        ("the", ["an"], 1.0),  # nothing is left of both
    ],
)
def test_token_f1(prediction: str, answers: list[str], expected: float) -> None:
    assert token_f1(prediction, answers) == pytest.approx(expected, abs=1e-12)  # two roundings of a double


@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("今天下午三点", ["今天下午三点"], 1.0),
        ("下午三点", ["今天下午三点"], 0.8),  # 4 of 4 and 4 of 6 characters
        ("三点。", ["“三点”"], 1.0),  # punctuation of any script goes
        ("三 点", ["三点"], 1.0),
        ("开", ["关"], 0.0),
        ("打开wifi", ["wifi"], 0.5),  # 1 of 3 and 1 of 1: wifi is one word
        ("iPhone 15 手机", ["iphone 15"], 2 / 3),  # 2 of 4 and 2 of 2
        ("the cat", ["cat"], 2 / 3),  # articles stay, unlike in token_f1
        ("3.5元", ["35元"], 1.0),
        ("㐀", ["㐀㐀"], 2 / 3),  # a character of extension A
        ("", ["开"], 0.0),
        ("。", ["！"], 1.0),  # nothing is left of both
    ],
)
def test_character_f1(prediction: str, answers: list[str], expected: float) -> None:
    assert character_f1(prediction, answers) == pytest.approx(expected, abs=1e-12)  # two roundings of a double


@pytest.mark.parametrize("score", [exact_match, token_f1, character_f1])
@pytest.mark.parametrize(
    ("prediction", "answers", "expected"),
    [
        ("<no answer>", ["<no answer>"], 1.0),
        (" <No Answer>\n", ["<no answer>"], 1.0),
        ("<no answer>", ["<NO ANSWER>"], 1.0),
        ("no answer", ["<no answer>"], 0.0),  # SQuAD alone would strip the brackets and match
        ("no", ["<no answer>"], 0.0),
        ("", ["<no answer>"], 0.0),
        ("<no answer>", ["no answer"], 0.0),
        ("<no answer>", ["no"], 0.0),
        ("<no answer>", ["No answer yet", "<no answer>"], 1.0),
        ("no answer", ["<no answer>", "no answer"], 1.0),
    ],
)
def test_no_answer_is_all_or_nothing(score, prediction: str, answers: list[str], expected: float) -> None:
    assert score(prediction, answers) == expected


def test_no_answer_is_the_literal_of_screenqa() -> None:
    assert NO_ANSWER == "<no answer>"


@pytest.mark.parametrize("score", [exact_match, token_f1, character_f1])
def test_answers_that_are_none_or_one_text_are_refused(score) -> None:
    with pytest.raises(ValueError, match="<no answer>"):
        score("cat", [])
    with pytest.raises(TypeError, match=r"\['cat'\]"):
        score("cat", "cat")


@pytest.mark.parametrize("score", [exact_match, token_f1, character_f1])
def test_scores_keep_their_laws(score) -> None:
    rng = random.Random(0)
    words = ["the", "a", "cat", "Cat.", "$5", "5", "no", "answer", "<no", "answer>", "", "東京"]
    for _ in range(500):
        one, two, three = (" ".join(rng.choices(words, k=rng.randint(0, 4))) for _ in range(3))
        assert score(one, [one]) == 1.0
        assert score(one, [two]) == score(two, [one])
        assert 0.0 <= score(one, [two]) <= 1.0
        assert score(one, (two, three)) == max(score(one, [two]), score(one, [three]))
        if score is token_f1:
            assert exact_match(one, [two]) <= token_f1(one, [two])
