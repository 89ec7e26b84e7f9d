"""Many questions in one sequence are each computed as if alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from pocketvlm.llm_backbone.lora import LoraConfig
from pocketvlm.llm_backbone.packing import pack
from pocketvlm.llm_backbone.trainable import TrainableLlama

CONTEXT = [5, 6, 7, 8, 9, 10]
PROMPTS = [[*CONTEXT, 20, 21], [*CONTEXT, 22], [*CONTEXT, 20, 23, 24, 25]]
ANSWERS = [[30, 31, 2], [32, 2], [2]]


def test_branches_follow_the_shared_context() -> None:
    packed = pack(PROMPTS, ANSWERS)
    assert packed.input_ids.tolist() == [*CONTEXT, 20, 21, 30, 31, 22, 32, 20, 23, 24, 25]
    assert packed.positions.tolist() == [*range(6), 6, 7, 8, 9, 6, 7, 6, 7, 8, 9]
    assert packed.branches.tolist() == [0] * 6 + [1] * 4 + [2] * 2 + [3] * 4
    assert packed.predicting.tolist() == [7, 8, 9, 10, 11, 15]
    assert packed.targets.tolist() == [30, 31, 2, 32, 2, 2]


def test_mask_hides_later_positions_and_other_branches() -> None:
    packed = pack(PROMPTS, ANSWERS)
    mask = packed.mask()
    for row, column in np.ndindex(mask.shape):
        visible = packed.branches[column] in (0, packed.branches[row]) and column <= row
        assert mask[row, column] == visible


def test_a_prompt_that_begins_another_keeps_its_last_token() -> None:
    packed = pack([[1, 2, 3], [1, 2, 3, 4]], [[9], [8]])
    assert packed.input_ids.tolist() == [1, 2, 3, 3, 4]  # the context ends before the token that predicts
    assert packed.input_ids[packed.predicting].tolist() == [3, 4]


def test_one_question_is_a_plain_sequence() -> None:
    packed = pack([[1, 2, 3]], [[4, 5]])
    assert packed.input_ids.tolist() == [1, 2, 3, 4]
    assert packed.positions.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(packed.mask(), np.tril(np.ones((4, 4), dtype=bool)))


def test_branches_give_the_logits_of_plain_sequences(golden: Any) -> None:
    torch.manual_seed(0)
    model = TrainableLlama(golden.config, golden.tensors, LoraConfig(rank=2))
    packed = pack(PROMPTS, ANSWERS)
    arrays = {name: torch.from_numpy(getattr(packed, name)) for name in ("input_ids", "predicting", "positions")}
    with torch.no_grad():
        found = model(
            model.embed(arrays["input_ids"]), arrays["predicting"], arrays["positions"], torch.from_numpy(packed.mask())
        )
        plain = []
        for prompt, answer in zip(PROMPTS, ANSWERS, strict=True):
            whole = torch.tensor([*prompt, *answer[:-1]])
            plain.append(model(model.embed(whole))[-len(answer) :])
    wanted = torch.cat(plain)
    # The same float32 sums in another order; a branch that saw another would differ by about the spread itself.
    assert (found - wanted).abs().max() < 1e-4 * wanted.std()


@pytest.mark.parametrize(
    ("prompts", "answers", "problem"),
    [([], [], "0 prompts"), ([[1]], [], "1 prompts and 0"), ([[]], [[1]], "empty"), ([[1]], [[]], "empty")],
)
def test_what_cannot_be_packed_is_refused(prompts: list[list[int]], answers: list[list[int]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        pack(prompts, answers)
