"""Block scales found by a weighted search instead of from the extremes, after llama.cpp's k-quants.

Every candidate divides the block's range into a few steps more or less, as `make_qx_quants` and `make_qkx2_quants` of
llama.cpp's ggml-quants.c do: a smaller step clips the outermost weights and rounds the many others more finely. Unlike
there, zero points are integers, so that the result stays on the fast path of `MatMulNBits`.

Letters: M blocks, S weights that share a scale.
"""

from __future__ import annotations

import numpy as np

# Steps added to the range's own count. From one step fewer, where rounding happens to fall well, to a quarter of a
# four-bit range beyond the clipping; 19 candidates (llama.cpp's number) lower the error by under 1 % more.
EXTRA_STEPS = np.linspace(-1, 3.5, 10, dtype=np.float32)


def k_quant(
    blocked: np.ndarray, bits: int, symmetric: bool, importance: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The scale and zero point of every block that the search finds best.

    The squared error of a weight w counts |w| + rms(block) times, as in llama.cpp's Q4_K, and importance times more if
    that is given. Counting all alike clips large weights too readily in large blocks: 0.42 nats of KL instead of 0.34
    for SmolLM2-135M in blocks of 128.

    Args:
        blocked: (M, S) float32.
        importance: (M, S) float32, of every weight's input: its mean square (llama.cpp's "importance matrix").
    Returns:
        Scales (M,) float32 and zero points (M,) float32 of integers from 0 to 2 ** bits - 1.
    Source: llama.cpp, ggml/src/ggml-quants.c.
    """
    size = np.abs(blocked).max(1)
    size[size == 0] = 1
    x = np.ascontiguousarray(blocked.T) / size  # (S, M): long inner loops, and no square leaves float32's range
    counts = error_weights(x, importance)
    best_gain, best_scale, best_zero = np.zeros((3, x.shape[1]), dtype=np.float32)
    for inverse_scale, zero in _candidates(x, bits, symmetric):
        steps = np.rint(x * inverse_scale)
        np.clip(steps, -zero, (1 << bits) - 1 - zero, out=steps)
        # For these steps u the best scale is <x, u> / <u, u>, weighted, and it lowers the error by <x, u>^2 / <u, u>.
        weighted = counts * steps
        along, square = np.einsum("sm,sm->m", weighted, x), np.einsum("sm,sm->m", weighted, steps)
        square[square == 0] = 1
        gain = along * along / square
        better = gain > best_gain
        for best, found in ((best_gain, gain), (best_scale, along / square), (best_zero, zero)):
            np.copyto(best, found, where=better)
    return best_scale * size, best_zero


def error_weights(x: np.ndarray, importance: np.ndarray | None) -> np.ndarray:
    """How much each weight's squared error counts, (S, M): see `k_quant`.

    Args:
        x: (S, M) float32.
        importance: (M, S) float32, or None.
    """
    counts = np.abs(x) + np.sqrt(np.einsum("sm,sm->m", x, x) / len(x))
    if importance is not None:
        counts *= importance.T
    return counts


def _candidates(x: np.ndarray, bits: int, symmetric: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Inverse scales (M,) and zero points (M,) to try."""
    top, middle = (1 << bits) - 1, 1 << (bits - 1)
    low, high = np.minimum(x.min(0), 0), np.maximum(x.max(0), 0)
    if symmetric:
        # The value of largest magnitude takes the end of the range that has one more step.
        width, steps = np.where(-low > high, -low, -high), middle
    else:
        width, steps = high - low, top
    inverse = 1 / np.where(width == 0, np.float32(1), width)
    scales = [(steps + extra) * inverse for extra in EXTRA_STEPS]
    if symmetric:
        return [(scale, np.full_like(scale, middle)) for scale in scales]
    return [(scale, np.clip(np.rint(-low * scale), 0, top)) for scale in scales]
