"""Many questions about one context as a single sequence, so that training computes the context once.

The sequence is [context | question 1, answer 1 | question 2, answer 2 | ...]. Positions of every branch go on from the
context's end, and a branch sees the context and itself only, so that each is computed as if it stood there alone.

Letters: T positions of the sequence, P those that predict a token of an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Ids = Sequence[int]
CONTEXT = 0  # the number of the part that all branches see; branches count from 1


@dataclass(frozen=True)
class Packed:
    """A packed sequence; all int64.

    Attributes:
        input_ids: (T,); an id from the vocabulary's end on stands for an image token (`splicing`).
        positions: (T,), as the decoder counts them.
        branches: (T,), `CONTEXT` or the number of the branch.
        predicting: (P,) places in the sequence whose next token is one of an answer.
        targets: (P,) those tokens.
    """

    input_ids: np.ndarray
    positions: np.ndarray
    branches: np.ndarray
    predicting: np.ndarray
    targets: np.ndarray

    def mask(self) -> np.ndarray:
        """(T, T) bool: whether the position of the row sees that of the column."""
        seen = (self.branches == CONTEXT) | (self.branches == self.branches[:, None])
        return np.tril(seen)


def pack(prompts: Sequence[Ids], answers: Sequence[Ids]) -> Packed:
    """Prompts that begin alike, each with its answer.

    The context is what all prompts share, found by comparing them, so that nothing need be known of how they are made.

    Args:
        prompts: whole prompts, from their first token.
        answers: the tokens to be learnt after each, the end of the turn among them.
    Raises:
        ValueError: there are no prompts, not as many answers, or one of either is empty.
    """
    if not prompts or len(prompts) != len(answers):
        raise ValueError(f"{len(prompts)} prompts and {len(answers)} answers; as many are needed, and at least one")
    if not all(map(len, prompts)) or not all(map(len, answers)):
        raise ValueError("a prompt or an answer is empty; leave it out")
    # Every branch keeps a token of its prompt, the one that predicts its answer's first.
    shared = min(_shared(prompts[0], other) for other in prompts)
    shared = min(shared, *(len(prompt) - 1 for prompt in prompts))
    ids, positions, branches = list(prompts[0][:shared]), list(range(shared)), [CONTEXT] * shared
    predicting: list[int] = []
    targets: list[int] = []
    for number, (prompt, answer) in enumerate(zip(prompts, answers, strict=True), start=1):
        branch = [*prompt[shared:], *answer[:-1]]
        end = len(ids) + len(branch)
        predicting += range(end - len(answer), end)
        targets += answer
        ids += branch
        positions += range(shared, shared + len(branch))
        branches += [number] * len(branch)
    arrays = [np.array(values, dtype=np.int64) for values in (ids, positions, branches, predicting, targets)]
    return Packed(*arrays)


def _shared(one: Ids, other: Ids) -> int:
    """How many tokens two prompts begin with in common."""
    limit = min(len(one), len(other))
    return next((place for place in range(limit) if one[place] != other[place]), limit)
