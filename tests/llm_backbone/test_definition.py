"""The decoder's definition against transformers, and against what the reference MobileVLM computed."""

from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaConfig as ReferenceConfig
from transformers import LlamaForCausalLM

from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.definition import embed, logits
from pocketvlm.llm_backbone.weights import expected, unused

# Logits have a deviation of one here. Two float32 implementations of three layers sum in another order, and
# transformers' angles are float32: 8e-6 measured.
SAME_FLOATS = 5e-5
# What is asked of the family's logits; the reference ran on other versions of torch and transformers. Measured: 7e-6.
GOLDEN_LOGITS = 2e-3

SHAPES: dict[str, dict[str, Any]] = {
    "mha": {"num_key_value_heads": 4},
    "gqa": {"num_key_value_heads": 2},
    "mqa, tied": {"num_key_value_heads": 1, "tie_word_embeddings": True},
    "theta 5000, tied": {"num_key_value_heads": 2, "tie_word_embeddings": True, "rope_theta": 5000.0},
    "heads of 80, as in 3B": {"hidden_size": 160, "num_attention_heads": 2, "num_key_value_heads": 2},
}


def reference(shape: dict[str, Any]) -> tuple[LlamaConfig, LlamaForCausalLM]:
    """transformers' LLaMA with random weights, norms and all."""
    sizes = {"vocab_size": 200, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3}
    raw = {**sizes, "num_attention_heads": 4, "max_position_embeddings": 300, "rms_norm_eps": 1e-5, **shape}
    config = ReferenceConfig(**raw)
    torch.manual_seed(0)
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            norm = "norm" in name
            parameter.normal_(float(norm), 0.15 if norm else parameter.shape[1] ** -0.5)
    return LlamaConfig.from_dict({"model_type": "llama", **raw}), model


def tensors_of(model: LlamaForCausalLM) -> Tensors:
    return Arrays({name: value.numpy() for name, value in model.state_dict().items()})


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_logits_equal_transformers(shape: dict[str, Any]) -> None:
    config, model = reference(shape)
    ids = np.random.default_rng(0).integers(0, config.vocab_size, 120).tolist()
    with torch.no_grad():
        other = model(torch.tensor([ids])).logits[0].numpy()
    tensors = tensors_of(model)
    found = logits(config, tensors, embed(config, tensors, ids))
    assert other.std() > 0.5  # the tolerance below means something
    np.testing.assert_allclose(found, other, rtol=0, atol=SAME_FLOATS * float(other.std()))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_expected_tensors_are_those_of_transformers(shape: dict[str, Any]) -> None:
    config, model = reference(shape)
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items() if name not in unused(config)}
    assert expected(config) == shapes


@pytest.mark.parametrize("image", [0, 1])
def test_golden_logits(golden: Any, image: int) -> None:
    table = golden.tensors.read("model.embed_tokens.weight")
    found = logits(golden.config, golden.tensors, golden.splice(table, image))
    np.testing.assert_allclose(found, golden.expected[f"logits_{image}"], rtol=0, atol=GOLDEN_LOGITS)


@pytest.mark.parametrize("image", [0, 1])
def test_golden_greedy_ids(golden: Any, image: int) -> None:
    table = golden.tensors.read("model.embed_tokens.weight")
    embeds, ids = golden.splice(table, image), golden.expected[f"greedy_ids_{image}"].tolist()
    # All at once: position by position, the likeliest id after what was chosen before it.
    continued = np.concatenate([embeds, embed(golden.config, golden.tensors, ids[:-1])], axis=1)
    found = logits(golden.config, golden.tensors, continued)[embeds.shape[1] - 1 :]
    assert found.argmax(-1).tolist() == ids


@pytest.mark.parametrize("ids", [[-200], [5, 200]])
def test_id_outside_the_vocabulary_is_named(ids: list[int]) -> None:
    config, model = reference(SHAPES["gqa"])
    with pytest.raises(ValueError, match=r"ids from -?\d+ to -?\d+; the vocabulary has 0 to 199"):
        embed(config, tensors_of(model), ids)


def test_image_tokens_stand_where_ids_beyond_the_vocabulary_are() -> None:
    config, model = reference(SHAPES["gqa"])
    tensors = tensors_of(model)
    image_tokens = np.arange(128, dtype=np.float32).reshape(2, 64)
    found = embed(config, tensors, [5, 201, 200, 7], image_tokens)[0]
    np.testing.assert_array_equal(found[1:3], image_tokens[::-1])
    np.testing.assert_array_equal(found[[0, 3]], embed(config, tensors, [5, 7])[0])
    with pytest.raises(ValueError, match="ids from 5 to 202"):
        embed(config, tensors, [5, 202], image_tokens)
