"""Rounds the weights of a convolution so that their errors cancel on the inputs that it sees.

To the nearest step, EfficientNet's 7 bits leave features at a cosine of 0.86 with those of its float weights. Here the
weights of a row are rounded one after the other, and what one loses the later ones and the bias make up for, as far as
their inputs go together with its: 0.99 without a bit more.

Letters: G groups, O outputs of a group, K weights of one output.

Source: Frantar et al., "GPTQ", arXiv:2210.17323, with one step of all weights of a row.
"""

from __future__ import annotations

import numpy as np

DAMPING = 0.01  # of the mean square of an input: the moments of few pictures are not trusted further


def rounded(
    weight: np.ndarray, bias: np.ndarray, moments: np.ndarray, scales: np.ndarray, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Integers for weights, and the bias that goes with them.

    Args:
        weight: (G, O, K).
        bias: (G, O).
        moments: (G, K + 1, K + 1): mean products of the inputs, the bias's 1 last.
        scales: (G, O): the step of each output's weights.
        limit: the largest integer, either way.
    Returns:
        (G, O, K) int8 and (G, O) float64.
    """
    count = weight.shape[2]
    factors = _factors(moments)  # (G, K + 1, K + 1)
    left = np.concatenate([weight, bias[:, :, None]], axis=2).astype(np.float64)  # (G, O, K + 1)
    integers = np.zeros(weight.shape, np.int8)
    for k in range(count):
        whole = np.clip(np.round(left[:, :, k] / scales), -limit, limit)
        integers[:, :, k] = whole
        lost = (left[:, :, k] - whole * scales) / factors[:, None, k, k]
        left[:, :, k + 1 :] -= lost[:, :, None] * factors[:, None, k, k + 1 :]
    return integers, left[:, :, count]


def _factors(moments: np.ndarray) -> np.ndarray:
    """Row k says how the loss of weight k is best shared among those after it: the upper Cholesky factor of the
    moments' inverse."""
    size = moments.shape[-1]
    squares = np.diagonal(moments, axis1=1, axis2=2)[:, :-1].mean(axis=1)  # (G,)
    damped = moments + (DAMPING * squares + 1e-9)[:, None, None] * np.eye(size)
    inverse = np.linalg.inv(damped)
    lower = np.linalg.cholesky(inverse)
    return lower.transpose(0, 2, 1)
