"""Takes outlier channels out of what the encoder's products read, without changing what they compute.

Trained encoders have norms whose gain is tens of times larger for a few channels than for the rest. A product whose
input is rounded by one scale for all channels would then spend its 8 bits on those few. Dividing gain and bias of the
norm by s, channel by channel, and multiplying the product's columns by s leaves W (g n + b) as it is, and with s
half-way between the two (in the logarithm) neither has outliers that the other could have carried: SmoothQuant,
arXiv:2211.10438, equation 4 with alpha 0.5. The paper measures activations on data; here the norm itself says how large
they are, so an export needs no pictures.

Letters: C hidden width, F rows of the product.
"""

from __future__ import annotations

import numpy as np

from pocketvlm.graphs.tensors import Tensors

# The products that read a norm's output, by the norm's name; open_clip's names.
READERS = {"ln_1": "attn.in_proj_weight", "ln_2": "mlp.c_fc.weight"}
NORMS = {reader: norm for norm, reader in READERS.items()}
SPREAD = 3.0  # how far normalised values reach: three standard deviations
SMALLEST = 1e-3  # of the largest; channels that are all but dead are not blown up


class Smoothed:
    """An image encoder's tensors, under open_clip's names, with smoothed norms; the features are the same."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self._last: tuple[str, np.ndarray] = ("", np.ones(0))

    @property
    def names(self) -> frozenset[str]:
        return self._tensors.names

    def shape(self, name: str) -> tuple[int, ...]:
        return self._tensors.shape(name)

    def read(self, name: str) -> np.ndarray:
        tensor = self._tensors.read(name)
        pieces = name.split(".")
        block, part = ".".join(pieces[:3]), ".".join(pieces[3:])  # "transformer.resblocks.0", "ln_1.weight"
        norm = part.partition(".")[0]
        if part in NORMS:
            return tensor * self._scales(block, NORMS[part])  # (F, C) by (C,): column by column
        if norm in READERS:
            return tensor / self._scales(block, norm)
        return tensor

    def _scales(self, block: str, norm: str) -> np.ndarray:
        """s, (C,); three tensors in a row ask for the same."""
        key = f"{block}.{norm}"
        if self._last[0] != key:
            gain, bias = (np.abs(self._tensors.read(f"{key}.{part}")) for part in ("weight", "bias"))
            columns = np.abs(self._tensors.read(f"{block}.{READERS[norm]}")).max(axis=0)
            self._last = key, np.sqrt(_floored(SPREAD * gain + bias) / _floored(columns))
        return self._last[1]


def _floored(values: np.ndarray) -> np.ndarray:
    """Magnitudes without those near zero; all ones where there is nothing else."""
    largest = values.max()
    return np.maximum(values, SMALLEST * largest) if largest > 0 else np.ones_like(values)
