"""The projectors of the golden checkpoints, with what the reference code computes with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from pocketvlm.graphs.tensors import Arrays

GOLDEN = Path(__file__).resolve().parent.parent / "data/golden"
PREFIX = "model.mm_projector."


@dataclass(frozen=True)
class Golden:
    """Weights of a tiny random checkpoint, patch features and image tokens of Meituan-AutoML/MobileVLM's own code."""

    kind: str
    tensors: Arrays
    image_features: list[np.ndarray]  # (1, 576, 64) each
    image_tokens: list[np.ndarray]  # (1, 144, 96) each


@pytest.fixture(scope="session", params=[("ldpnet", "mobilevlm-tiny-v1"), ("ldpnetv2", "mobilevlm-tiny-v2")])
def golden(request: pytest.FixtureRequest) -> Golden:
    kind, folder = request.param
    state = torch.load(GOLDEN / folder / "pytorch_model.bin", weights_only=True)
    weights = {name.removeprefix(PREFIX): value.numpy() for name, value in state.items() if name.startswith(PREFIX)}
    expected = np.load(GOLDEN / folder / "expected.npz")
    features, tokens = ([expected[f"{part}_{index}"] for index in (0, 1)] for part in ("features", "image_tokens"))
    return Golden(kind, Arrays(weights), features, tokens)
