"""The trainable model is the definition's, with an adapter that does what its formula says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pocketvlm.bundle import open_bundle
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.tensors import Arrays
from pocketvlm.llm_backbone import definition
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.lora import PRODUCTS, LoraConfig, adapter_shapes, product_shapes, tensor_name
from pocketvlm.llm_backbone.trainable import FUSED, TrainableLlama
from pocketvlm.llm_backbone.unfused import unfused
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.verify import Together

LORA = LoraConfig(rank=3, alpha=6)
SUMS = 1e-4  # of the spread of the logits: float32 sums in another order; 2e-6 is seen


def some_ids(count: int, vocabulary: int) -> list[int]:
    return np.random.default_rng(0).integers(3, vocabulary, count).tolist()


def spread_error(found: torch.Tensor, wanted: np.ndarray) -> float:
    return float(np.abs(found.detach().numpy() - wanted).max() / wanted.std())


def drawn_adapter(config: LlamaConfig, rank: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    shapes = adapter_shapes(config, rank)
    return {name: random.normal(0, 0.3 / np.sqrt(shape[0]), shape).astype(np.float32) for name, shape in shapes.items()}


def merged(config: LlamaConfig, tensors: Any, adapter: dict[str, np.ndarray]) -> Arrays:
    """The checkpoint with W + B A in place of W, computed by hand."""
    whole = {name: tensors.read(name) for name in expected(config)}
    for layer in range(config.num_hidden_layers):
        for product in product_shapes(config):
            down, up = (adapter[tensor_name(layer, product, half)] for half in ("lora_a", "lora_b"))
            change, first = (down @ up).T, 0  # (N, K)
            for part in FUSED.get(product, (product,)):
                name = f"model.layers.{layer}.{part}.weight"
                rows = len(whole[name])
                whole[name] = whole[name] + change[first : first + rows]
                first += rows
    return Arrays(whole)


def test_logits_equal_the_definition(golden: Any) -> None:
    ids = some_ids(40, golden.config.vocab_size)
    embeds = definition.embed(golden.config, golden.tensors, ids)
    wanted = definition.logits(golden.config, golden.tensors, embeds)
    for lora in (None, LORA):  # a fresh adapter adds nothing
        model = TrainableLlama(golden.config, golden.tensors, lora)
        assert spread_error(model(model.embed(torch.tensor(ids))), wanted) < SUMS


def test_adapter_equals_merged_weights(golden: Any) -> None:
    adapter = drawn_adapter(golden.config, LORA.rank)
    model = TrainableLlama(golden.config, golden.tensors, LORA)
    model.load_adapter(adapter)
    ids = some_ids(40, golden.config.vocab_size)
    embeds = definition.embed(golden.config, golden.tensors, ids)
    wanted = definition.logits(golden.config, merged(golden.config, golden.tensors, adapter), embeds)
    plain = definition.logits(golden.config, golden.tensors, embeds)
    found = model(model.embed(torch.tensor(ids)))
    assert spread_error(found, wanted) < SUMS
    assert spread_error(found, plain) > 100 * SUMS  # the adapter does something


def test_adapter_comes_back_as_it_was_loaded(golden: Any) -> None:
    adapter = drawn_adapter(golden.config, LORA.rank)
    model = TrainableLlama(golden.config, golden.tensors, LORA)
    model.load_adapter(adapter)
    found = model.adapter_tensors()
    assert found.keys() == adapter.keys()
    for name, array in adapter.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-6)  # divided by the scale and multiplied again


def test_only_the_adapter_trains(golden: Any) -> None:
    model = TrainableLlama(golden.config, golden.tensors, LoraConfig(rank=2, products=("mlp.down_proj",)))
    trained = {name for name, one in model.named_parameters() if one.requires_grad}
    layers = range(golden.config.num_hidden_layers)
    assert trained == {f"layers.{i}.products.mlp/down_proj.{half}" for i in layers for half in ("lora_a", "lora_b")}
    ids = torch.tensor(some_ids(10, golden.config.vocab_size))
    model(model.embed(ids)).square().sum().backward()
    gradients = {name for name, one in model.named_parameters() if one.grad is not None}
    assert gradients == trained


def test_whole_model_trains_and_gives_its_weights_back(golden: Any) -> None:
    model = TrainableLlama(golden.config, golden.tensors)
    ids = torch.tensor(some_ids(10, golden.config.vocab_size))
    model(model.embed(ids)).square().sum().backward()
    assert all(one.grad is not None for one in model.parameters())
    found = model.checkpoint_tensors()
    assert {name: array.shape for name, array in found.items()} == expected(golden.config)
    for name, array in found.items():
        np.testing.assert_array_equal(array, golden.tensors.read(name))


def test_image_tokens_stand_where_their_ids_are(golden: Any) -> None:
    model = TrainableLlama(golden.config, golden.tensors, LORA)
    width, vocabulary = golden.config.hidden_size, golden.config.vocab_size
    tokens = torch.randn(2, width, requires_grad=True)
    embeds = model.embed(torch.tensor([5, vocabulary, vocabulary + 1, 6]), tokens)
    torch.testing.assert_close(embeds[1:3], tokens)
    torch.testing.assert_close(embeds[[0, 3]], model.embed(torch.tensor([5, 6])))
    embeds.sum().backward()
    assert tokens.grad is not None  # so a projector can be trained through them
    assert (tokens.grad == 1).all()


def test_bfloat16_weights_stay_close(golden: Any) -> None:
    ids = torch.tensor(some_ids(40, golden.config.vocab_size))
    exact, rounded = (TrainableLlama(golden.config, golden.tensors, LORA, d) for d in (torch.float32, torch.bfloat16))
    with torch.no_grad():
        wanted, found = exact(exact.embed(ids)), rounded(rounded.embed(ids))
    # Eight bits of mantissa, 2**-9 a number, over some ten products in a row; nano shows 2.7 % as a root mean square.
    assert (found - wanted).square().mean().sqrt() < 0.05 * wanted.std()
    with pytest.raises(ValueError, match="weights that train are held in float32"):
        TrainableLlama(golden.config, golden.tensors, None, torch.bfloat16)


def test_trains_over_the_numbers_that_a_bundle_ships(tiny_bundle: Path) -> None:
    bundle = open_bundle(tiny_bundle)
    config = LlamaConfig.from_dict(bundle.config)
    graphs = [graph_tensors(bundle.graph(part)) for part in ("embed_tokens", "decoder_model_merged")]
    tensors = unfused(config, Together(graphs))
    model = TrainableLlama(config, tensors, LORA)
    ids = some_ids(30, config.vocab_size)
    wanted = definition.logits(config, tensors, definition.embed(config, tensors, ids))
    assert spread_error(model(model.embed(torch.tensor(ids))), wanted) < SUMS


def test_another_models_adapter_is_refused(golden: Any) -> None:
    model = TrainableLlama(golden.config, golden.tensors, LORA)
    with pytest.raises(ValueError, match="the adapter is of another shape"):
        model.load_adapter(drawn_adapter(golden.config, LORA.rank + 1))


@pytest.mark.parametrize(("change", "problem"), [({"rank": 0}, "rank is 0"), ({"products": ("x",)}, "no products x")])
def test_impossible_adapters_are_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        LoraConfig(**change)
    assert LoraConfig().products == PRODUCTS
