"""Which inputs of the products are large, against hooks on transformers' own modules."""

import numpy as np
import pytest
import torch
from transformers import LlamaConfig as ReferenceConfig
from transformers import LlamaForCausalLM

from pocketvlm.graphs.tensors import Arrays
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.definition import embed
from pocketvlm.llm_backbone.importance import InputImportance

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}
PROMPTS = ([3, 17, 4, 9, 41], [8, 8, 1])


@pytest.fixture(scope="module")
def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    return LlamaForCausalLM(ReferenceConfig(**SIZES)).eval()


@pytest.fixture
def importance(model: LlamaForCausalLM) -> InputImportance:
    config = LlamaConfig.from_dict({"model_type": "llama", **SIZES})
    tensors = Arrays({name: value.numpy() for name, value in model.state_dict().items()})
    return InputImportance(config, tensors, [embed(config, tensors, ids) for ids in PROMPTS])


def test_mean_squares_are_those_of_transformers(model: LlamaForCausalLM, importance: InputImportance) -> None:
    seen: dict[str, list[torch.Tensor]] = {}
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_pre_hook(
                lambda _, given, name=name: seen.setdefault(f"{name}.weight", []).append(given[0][0])
            )
    with torch.no_grad():
        for ids in PROMPTS:
            model(torch.tensor([ids]))
    assert len(seen) == 2 * 7 + 1  # seven products a layer, and the head
    for name, inputs in seen.items():
        wanted = torch.cat(inputs).square().mean(0).numpy()
        np.testing.assert_allclose(importance(name), wanted, rtol=1e-3, atol=1e-7)


def test_layers_are_asked_for_in_their_order(importance: InputImportance) -> None:
    importance("model.layers.1.mlp.down_proj.weight")
    with pytest.raises(ValueError, match=r"model\.layers\.0\.mlp\.up_proj\.weight is no product"):
        importance("model.layers.0.mlp.up_proj.weight")


def test_prompts_are_needed() -> None:
    config = LlamaConfig.from_dict({"model_type": "llama", **SIZES})
    with pytest.raises(ValueError, match="no prompts"):
        InputImportance(config, Arrays({}), [])
