"""The projectors give what the reference code gives, and have the published numbers of parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pocketvlm.projector.definition import make_projector

GOLDEN = Path(__file__).resolve().parent.parent / "data/golden"


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(("kind", "file"), [("ldpnet", "projector_v1.npz"), ("ldpnetv2", "projector_v2.npz")])
def test_image_tokens_equal_the_reference(kind: str, file: str) -> None:
    """Weights and outputs of Meituan-AutoML/MobileVLM's own code, float32, on a tiny random checkpoint."""
    golden = np.load(GOLDEN / file)
    weights = {
        name.removeprefix("weights/"): torch.from_numpy(golden[name]).float()
        for name in golden.files
        if name.startswith("weights/")
    }
    features = torch.from_numpy(golden["image_features"])
    expected = torch.from_numpy(golden["image_tokens"])
    projector = make_projector(kind, features.shape[-1], expected.shape[-1]).eval()
    projector.load_state_dict(weights, strict=True)
    with torch.inference_mode():
        tokens = projector(features)
    assert tokens.shape == expected.shape
    assert (tokens - expected).abs().max() < 1e-4  # float32 sums in another order


@pytest.mark.parametrize(
    ("kind", "width", "millions"),
    [("ldpnet", 2048, 18.94), ("ldpnet", 2560, 28.91), ("ldpnetv2", 2048, 6.32), ("ldpnetv2", 2560, 9.21)],
)
def test_parameters_are_the_published_ones(kind: str, width: int, millions: float) -> None:
    with torch.device("meta"):
        assert round(count(make_projector(kind, 1024, width)) / 1e6, 2) == millions


@pytest.mark.parametrize(("kind", "tokens"), [("ldpnet", 49), ("ldpnetv2", 49), ("linear", 196), ("mlp2x_gelu", 196)])
def test_other_square_grids_work(kind: str, tokens: int) -> None:
    assert make_projector(kind, 16, 24)(torch.zeros(2, 14 * 14, 16)).shape == (2, tokens, 24)


def test_mlp_is_as_deep_as_its_name() -> None:
    layers = make_projector("mlp3x_gelu", 16, 24)
    assert [name for name, _ in layers.named_parameters()] == [
        f"{index}.{part}" for index in (0, 2, 4) for part in ("weight", "bias")
    ]


@pytest.mark.parametrize("kind", ["ldpnet", "ldpnetv2"])
def test_patches_that_are_no_square_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="577 patches are no square grid"):
        make_projector(kind, 16, 24)(torch.zeros(1, 577, 16))


@pytest.mark.parametrize("kind", ["ldp", "mlp0x_gelu", "mlpx_gelu", ""])
def test_unknown_kind_names_those_there_are(kind: str) -> None:
    with pytest.raises(ValueError, match="there are ldpnet, ldpnetv2, linear"):
        make_projector(kind, 16, 24)
