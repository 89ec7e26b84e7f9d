"""The projectors give what the reference code gives, and have the published numbers of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from pocketvlm.graphs.tensors import Arrays
from pocketvlm.projector.definition import expected, image_tokens, make_projector, parameter_count, token_count


def arrays(kind: str, in_features: int, out_features: int) -> dict[str, np.ndarray]:
    return {name: np.zeros(shape, np.float32) for name, shape in expected(kind, in_features, out_features).items()}


def test_image_tokens_equal_the_reference(golden: Any) -> None:
    for features, tokens in zip(golden.image_features, golden.image_tokens, strict=True):
        found = image_tokens(golden.kind, golden.tensors, features)
        assert found.shape == tokens.shape
        assert np.abs(found - tokens).max() < 1e-4  # float32 sums in another order


@pytest.mark.parametrize(
    ("kind", "width", "millions"),
    [("ldpnet", 2048, 18.94), ("ldpnet", 2560, 28.91), ("ldpnetv2", 2048, 6.32), ("ldpnetv2", 2560, 9.21)],
)
def test_parameters_are_the_published_ones(kind: str, width: int, millions: float) -> None:
    assert round(parameter_count(kind, 1024, width) / 1e6, 2) == millions


@pytest.mark.parametrize(("kind", "tokens"), [("ldpnet", 49), ("ldpnetv2", 49), ("linear", 196), ("mlp2x_gelu", 196)])
def test_other_square_grids_work(kind: str, tokens: int) -> None:
    assert make_projector(kind, 16, 24)(torch.zeros(2, 14 * 14, 16)).shape == (2, tokens, 24)


def test_mlp_is_as_deep_as_its_name() -> None:
    assert list(expected("mlp3x_gelu", 16, 24)) == [
        f"{index}.{part}" for index in (0, 2, 4) for part in ("weight", "bias")
    ]


@pytest.mark.parametrize("kind", ["ldpnet", "ldpnetv2"])
def test_patches_that_are_no_square_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="577 patches are no square grid"):
        image_tokens(kind, Arrays(arrays(kind, 16, 24)), np.zeros((1, 577, 16), np.float32))


@pytest.mark.parametrize("kind", ["ldp", "mlp0x_gelu", "mlpx_gelu", ""])
def test_unknown_kind_names_those_there_are(kind: str) -> None:
    with pytest.raises(ValueError, match="there are ldpnet, ldpnetv2, linear"):
        make_projector(kind, 16, 24)


def test_weights_that_do_not_fit_are_all_listed() -> None:
    weights = arrays("ldpnetv2", 16, 24)
    del weights["peg.peg.0.bias"]
    weights["mlp.mlp.2.weight"] = np.zeros((24, 25), np.float32)
    weights["extra"] = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="no ldpnetv2 from 16 to 24") as raised:
        image_tokens("ldpnetv2", Arrays(weights), np.zeros((1, 4, 16), np.float32))
    for problem in (
        "peg.peg.0.bias is missing",
        "extra is unexpected",
        "mlp.mlp.2.weight is [24, 25] instead of [24, 24]",
    ):
        assert problem in str(raised.value)


def test_weights_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no linear: weight is missing"):
        image_tokens("linear", Arrays(arrays("ldpnetv2", 16, 24)), np.zeros((1, 4, 16), np.float32))


def test_pooling_by_two_on_an_even_grid_is_the_published_projector() -> None:
    torch.manual_seed(0)
    published, told = make_projector("ldpnetv2", 16, 24), make_projector("ldpnetv2_2", 16, 24)
    told.load_state_dict(published.state_dict())
    features = torch.randn(1, 24 * 24, 16)
    assert torch.equal(told(features, (24, 24)), published(features))


@pytest.mark.parametrize("kind", ["ldpnetv2_1", "ldpnetv2_0", "ldpnetv2_", "ldpnetv2_02"])
def test_pooling_of_less_than_two_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="ldpnetv2_S with S from 2"):
        make_projector(kind, 16, 24)


def test_a_grid_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="420 patches are no grid of 30 x 13"):
        make_projector("ldpnetv2_2", 16, 24)(torch.zeros(1, 420, 16), (30, 13))


def test_tokens_of_kinds_without_a_grid_are_not_guessed() -> None:
    with pytest.raises(ValueError, match="'ldpnetv2' is not told its grid"):
        token_count("ldpnetv2", 24, 24)
