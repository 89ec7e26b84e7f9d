"""An adapter beside the decoder's graph: nothing without one, the trained change with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from pocketvlm.bundle import open_bundle, sha256
from pocketvlm.export import export
from pocketvlm.graphs.checks import check_graph
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.llm_backbone.adapter import Adapter, read_adapter, read_tensors, write_adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel
from pocketvlm.llm_backbone.lora import PRODUCTS, LoraConfig, adapter_shapes
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.llm_backbone.trainable import TrainableLlama
from pocketvlm.llm_backbone.unfused import unfused
from pocketvlm.verify import Together

RANK = 4
INT8_ACTIVATIONS = 0.05  # as in test_decoder.py: activations rounded to int8 in a model of a few narrow layers
# A row's step is a 127th of its largest number. With an adapter as strong as the weights themselves, stronger than any
# trained one, 1.6 % of the logits' spread is seen: half of what rounding activations does.
INT8_ADAPTER = 0.025


@pytest.fixture(scope="module")
def adaptable(tmp_path_factory: pytest.TempPathFactory, tiny_gguf: Path) -> Path:
    """The tiny bundle again, its decoder with inputs for adapters."""
    return export(tiny_gguf, tmp_path_factory.mktemp("adaptable") / "tiny", adapted=PRODUCTS)


@pytest.fixture(scope="module")
def adaptable_decoder(adaptable: Path, open_decoder: Callable[[Path], Decoder]) -> Decoder:
    return open_decoder(adaptable)


@pytest.fixture(scope="module")
def tensors(adaptable_decoder: Decoder) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    shapes = adapter_shapes(adaptable_decoder.config, RANK)
    return {name: random.normal(0, 0.7 / np.sqrt(shape[0]), shape).astype(np.float32) for name, shape in shapes.items()}


def logits(decoder: Decoder, ids: list[int], adapter: Adapter | None = None) -> np.ndarray:
    return decoder.decode(decoder.embed(ids), decoder.new_cache(), 0, adapter)


def trained_logits(bundle: Path, config: LlamaConfig, tensors: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """What the torch model computes with a bundle's weights and an adapter, in float32 throughout."""
    opened = open_bundle(bundle)
    graphs = [graph_tensors(opened.graph(part)) for part in ("embed_tokens", "decoder_model_merged")]
    model = TrainableLlama(config, unfused(config, Together(graphs)), LoraConfig(rank=RANK))
    model.load_adapter(tensors)
    with torch.no_grad():
        found: np.ndarray = model(model.embed(torch.tensor(ids))).numpy()
    return found


def some_ids(count: int) -> list[int]:
    return np.random.default_rng(count).integers(3, 269, count).tolist()


def error(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.sqrt(np.square(found - wanted).mean()) / wanted.std())


def test_weights_files_are_the_same_with_inputs_for_adapters(adaptable: Path, tiny_bundle: Path) -> None:
    plain = sorted(path.name for path in (tiny_bundle / "onnx").iterdir())
    assert plain == sorted(path.name for path in (adaptable / "onnx").iterdir())
    changed = {name for name in plain if sha256(tiny_bundle / "onnx" / name) != sha256(adaptable / "onnx" / name)}
    assert changed == {"decoder_model_merged_q4.onnx"}
    assert check_graph(adaptable / "onnx/decoder_model_merged_q4.onnx") == []


@pytest.mark.parametrize("count", [1, 50])
def test_without_an_adapter_nothing_changes(adaptable_decoder: Decoder, decoder: Decoder, count: int) -> None:
    ids = some_ids(count)
    np.testing.assert_array_equal(logits(adaptable_decoder, ids), logits(decoder, ids))  # what is added is zero


def test_decoder_computes_what_was_trained(
    adaptable: Path, adaptable_decoder: Decoder, tensors: dict[str, np.ndarray]
) -> None:
    config, ids = adaptable_decoder.config, some_ids(50)
    wanted = trained_logits(adaptable, config, tensors, ids)
    found = logits(adaptable_decoder, ids, Adapter(config, tensors))
    assert error(found, wanted) < INT8_ACTIVATIONS
    assert error(logits(adaptable_decoder, ids), wanted) > 5 * INT8_ACTIVATIONS  # without it the answer is another


def test_a_file_keeps_the_adapter_within_eight_bits(
    adaptable: Path, adaptable_decoder: Decoder, tensors: dict[str, np.ndarray], tmp_path: Path
) -> None:
    path, config, ids = tmp_path / "adapters/screens.safetensors", adaptable_decoder.config, some_ids(50)
    write_adapter(path, tensors)
    stored = read_adapter(path, config)
    assert (stored.rank, stored.names) == (RANK, tensors.keys())
    exact, rounded = (trained_logits(adaptable, config, one, ids) for one in (tensors, read_tensors(path)))
    assert 0 < error(rounded, exact) < INT8_ADAPTER
    content = path.read_bytes()
    write_adapter(path, tensors)
    assert path.read_bytes() == content


def test_the_file_is_one_that_others_read(tensors: dict[str, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "adapter.safetensors"
    write_adapter(path, tensors)
    found = load_file(path)
    assert found.keys() == {f"{name}{suffix}" for name in tensors for suffix in ("", ".scale")}
    for name, array in tensors.items():
        rows = found[name] * found[f"{name}.scale"]
        wanted = array.T if name.endswith("lora_a") else array
        assert (np.abs(rows - wanted) <= 0.51 * found[f"{name}.scale"]).all()  # half a step, and float32's last bit


def test_a_conversation_keeps_to_its_adapter(
    adaptable: Path, adaptable_decoder: Decoder, tensors: dict[str, np.ndarray]
) -> None:
    model = LanguageModel(adaptable_decoder, Tokenizer(adaptable), frozenset({2}), 600)
    adapter, ids = Adapter(adaptable_decoder.config, tensors), some_ids(20)
    taught, plain = Conversation(model, adapter=adapter), Conversation(model)
    for conversation, given in ((taught, adapter), (plain, None)):
        conversation.feed(ids)
        following = conversation.append(7)
        # One row and many take different kernels: see OTHER_KERNEL in test_decoder.py.
        assert error(following, logits(adaptable_decoder, [*ids, 7], given)[-1]) < 3e-3


def test_a_graph_without_inputs_takes_no_adapter(
    decoder: Decoder, tiny_bundle: Path, tensors: dict[str, np.ndarray]
) -> None:
    model = LanguageModel(decoder, Tokenizer(tiny_bundle), frozenset({2}), 600)
    with pytest.raises(ValueError, match="takes no adapter"):
        Conversation(model, adapter=Adapter(decoder.config, tensors))


def test_tensors_that_are_no_adapter_are_refused(adaptable_decoder: Decoder, tensors: dict[str, np.ndarray]) -> None:
    config, name = adaptable_decoder.config, "model.layers.1.mlp.down_proj.lora_b"
    spoilt = [
        ({}, "holds no tensors"),
        ({key: array for key, array in tensors.items() if key != name}, f"{name} is missing"),
        ({**tensors, "x": tensors[name]}, "x is unexpected"),
        ({**tensors, name: tensors[name][:, :5]}, r"lora_b is \[4, 5\] instead of \[4, 64\]"),
    ]
    for wrong, problem in spoilt:
        with pytest.raises(ValueError, match=problem):
            Adapter(config, wrong)


@pytest.mark.parametrize("length", [0, 7, 100, -1])
def test_a_damaged_file_is_refused(
    adaptable_decoder: Decoder, tensors: dict[str, np.ndarray], tmp_path: Path, length: int
) -> None:
    path = tmp_path / "adapter.safetensors"
    write_adapter(path, tensors)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match="copy it again"):
        read_adapter(path, adaptable_decoder.config)


def test_a_missing_file_is_named(adaptable_decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no adapter at .*nothing"):
        read_adapter(tmp_path / "nothing", adaptable_decoder.config)
