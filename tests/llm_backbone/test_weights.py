"""From checkpoint tensors to graphs in every precision, a layer at a time, and back from the graphs."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.tensors import Arrays, problems
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.definition import logits
from pocketvlm.llm_backbone.unfused import unfused
from pocketvlm.llm_backbone.weights import decoder_weights, expected, parameter_count, unused

TINY = LlamaConfig(
    vocab_size=150,
    hidden_size=128,
    intermediate_size=160,  # no multiple of 64: incomplete blocks
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=200,
    rope_theta=10000.0,
    rms_norm_eps=1e-6,
    tie_word_embeddings=False,
)
FP32, FP16, INT8, INT4 = (Precision(kind) for kind in ("fp32", "fp16", "int8", "int4"))
INTEGERS = [
    Precision(kind, block_size, symmetric, method)
    for kind in ("int8", "int4")
    for block_size in (32, 64, 128)
    for symmetric in (True, False)
    for method in ("rtn", "k_quant")
]
# Of the logits' deviation, root mean square. Activations are rounded to int8 in blocks, about 0.5 % a product, and a
# random model of a few narrow layers averages little of that away: up to 2.9 % measured.
INT8_ACTIVATIONS = 0.05
# Float weights meet float activations: sums in another order, 1e-6 measured.
FLOAT_SUMS = 1e-5


def tensors(config: LlamaConfig) -> Arrays:
    random = np.random.default_rng(0)

    def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
        return random.normal("norm" in name, 0.1 if "norm" in name else shape[-1] ** -0.5, shape).astype(np.float32)

    return Arrays({name: draw(name, shape) for name, shape in expected(config).items()})


def embeds(config: LlamaConfig) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (1, 60, config.hidden_size)).astype(np.float32)


def read_back(config: LlamaConfig, folder: Path) -> Arrays:
    """Both graphs' weights, dequantised, under the checkpoint's names."""
    read = {}
    for part in ("embed_tokens", "decoder_model_merged"):
        graph = graph_tensors(folder / f"{part}.onnx")
        read |= {name: graph.read(name) for name in graph.names}
    whole = unfused(config, Arrays(read))
    assert problems(whole, expected(config)) == []
    return Arrays({name: whole.read(name) for name in whole.names})


def error(found: np.ndarray, right: np.ndarray) -> float:
    assert found.shape == right.shape
    return float(np.sqrt(np.square(found - right).mean()) / right.std())


@pytest.mark.parametrize(
    ("layers", "limit"), [(FP32, FLOAT_SUMS), (FP16, FLOAT_SUMS), *((i, INT8_ACTIVATIONS) for i in INTEGERS)]
)
def test_graph_computes_what_its_weights_say(
    layers: Precision, limit: float, tmp_path: Path, write_decoder: Callable[..., Decoder]
) -> None:
    decoder = write_decoder(TINY, decoder_weights(TINY, tensors(TINY), layers, layers), tmp_path)
    x = embeds(TINY)
    right = logits(TINY, read_back(TINY, tmp_path), x)
    assert error(decoder.decode(x, decoder.new_cache(), 0), right) < limit


@pytest.mark.parametrize("embeddings", [FP32, FP16, INT8, INT4, Precision("int4", 64, symmetric=False)], ids=str)
@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
def test_embeddings_and_head_have_their_own_precision(
    embeddings: Precision, tied: bool, tmp_path: Path, write_decoder: Callable[..., Decoder]
) -> None:
    config = replace(TINY, tie_word_embeddings=tied)
    source = tensors(config)
    decoder = write_decoder(config, decoder_weights(config, source, FP32, embeddings, INT8), tmp_path)
    back = read_back(config, tmp_path)
    table = back.read("model.embed_tokens.weight")
    np.testing.assert_array_equal(decoder.embed(list(range(config.vocab_size)))[0], table)  # one multiplication each
    matrix = embeddings.hold(source.read("model.embed_tokens.weight"))
    np.testing.assert_array_equal(table, matrix.dequantized() if embeddings.is_quantized else matrix.weight)
    if not tied:
        head = INT8.hold(source.read("lm_head.weight"))
        np.testing.assert_array_equal(back.read("lm_head.weight"), head.dequantized())
    x = embeds(config)
    assert error(decoder.decode(x, decoder.new_cache(), 0), logits(config, back, x)) < INT8_ACTIVATIONS


def test_float_weights_come_back_as_they_were(tmp_path: Path, write_decoder: Callable[..., Decoder]) -> None:
    """Every tensor under its own name: nothing is swapped, turned or left out."""
    source = tensors(TINY)
    write_decoder(TINY, decoder_weights(TINY, source, FP32, FP32), tmp_path)
    back = read_back(TINY, tmp_path)
    for name in expected(TINY):
        np.testing.assert_array_equal(back.read(name), source.read(name), err_msg=name)


def test_heads_that_the_attention_cannot_turn_itself(tmp_path: Path, write_decoder: Callable[..., Decoder]) -> None:
    config = replace(TINY, hidden_size=96)  # heads of 24: no multiple of 16
    source, x = tensors(config), embeds(config)
    decoder = write_decoder(config, decoder_weights(config, source, FP32, FP32), tmp_path)
    right, cache = logits(config, source, x), decoder.new_cache()
    pieces = [x[:, :23], *np.split(x[:, 23:30], 7, axis=1), x[:, 30:]]  # positions go on where the cache ends
    assert error(np.concatenate([decoder.decode(piece, cache, 0) for piece in pieces]), right) < FLOAT_SUMS


def test_heads_that_the_attention_does_not_take_are_refused(
    tmp_path: Path, write_decoder: Callable[..., Decoder]
) -> None:
    config = replace(TINY, hidden_size=40)
    with pytest.raises(ValueError, match=r"^attention heads are 10 wide; only multiples of 8 can be exported$"):
        write_decoder(config, decoder_weights(config, tensors(config), FP32, FP32), tmp_path)


class Watched(Arrays):
    """Notes what is read."""

    def __init__(self, arrays: Arrays, config: LlamaConfig) -> None:
        super().__init__({name: arrays.read(name) for name in expected(config)})
        self.seen: list[str] = []

    def read(self, name: str) -> np.ndarray:
        self.seen.append(name)
        return super().read(name)


def test_layers_are_read_one_at_a_time_and_once(tmp_path: Path, write_decoder: Callable[..., Decoder]) -> None:
    watched = Watched(tensors(TINY), TINY)
    write_decoder(TINY, decoder_weights(TINY, watched, INT4, INT8), tmp_path)
    assert sorted(watched.seen) == sorted(expected(TINY))
    products = [name for name in watched.seen if "_proj" in name]
    assert [int(name.split(".")[2]) for name in products] == [layer for layer in range(3) for _ in range(7)]


@pytest.mark.parametrize(("layers", "heads", "width", "inner"), [(24, 16, 2048, 5632), (32, 32, 2560, 6912)])
def test_parameters_are_counted_as_published(layers: int, heads: int, width: int, inner: int) -> None:
    shape = {"num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads}
    config = replace(TINY, vocab_size=32000, hidden_size=width, intermediate_size=inner, **shape)
    published = {2048: 1_364_297_728, 2560: 2_701_560_320}  # MobileLLaMA-1.4B and -2.7B
    assert parameter_count(config) == published[width]
    tied = replace(config, tie_word_embeddings=True)
    assert parameter_count(config) - parameter_count(tied) == math.prod(expected(config)["lm_head.weight"])


def test_what_older_checkpoints_hold_besides_is_accepted() -> None:
    config = replace(TINY, tie_word_embeddings=True)
    arrays = {name: np.zeros(shape, np.float32) for name, shape in expected(config).items()}
    besides = {f"model.layers.{layer}.self_attn.rotary_emb.inv_freq": np.zeros(16) for layer in range(3)}
    besides["lm_head.weight"] = arrays["model.embed_tokens.weight"]
    assert problems(Arrays(arrays | besides), expected(config), unused(config)) == []
    untied = problems(Arrays(arrays | besides), expected(TINY), unused(TINY))
    assert untied == []
    stray = Arrays(arrays | {"model.layers.3.self_attn.rotary_emb.inv_freq": np.zeros(16)})
    assert problems(stray, expected(config), unused(config)) == [
        "model.layers.3.self_attn.rotary_emb.inv_freq is unexpected"
    ]


def test_tied_head_must_be_the_table() -> None:
    config = replace(TINY, tie_word_embeddings=True)
    source = tensors(config)
    table = source.read("model.embed_tokens.weight")
    arrays = {name: source.read(name) for name in source.names}
    same = decoder_weights(config, Arrays(arrays | {"lm_head.weight": table}), FP32, FP32)
    assert same.head is None
    with pytest.raises(ValueError, match=r"^lm_head.weight is not model.embed_tokens.weight, though tie_word_embed"):
        decoder_weights(config, Arrays(arrays | {"lm_head.weight": table + 1}), FP32, FP32)


def test_table_that_blocks_do_not_fit_is_refused() -> None:
    config = replace(TINY, hidden_size=96)
    with pytest.raises(ValueError, match=r"^embeddings of width 96 cannot be cut into blocks of 64; give them smaller"):
        decoder_weights(config, tensors(config), INT4, Precision("int8", 64))


def test_graphs_that_lack_a_tensor_are_found_out() -> None:
    lacking = unfused(
        TINY,
        Arrays(
            {"lm_head.weight": np.zeros((150, 128)), "model.layers.0.mlp.gate_up_proj.weight": np.zeros((200, 128))}
        ),
    )
    found = problems(lacking, expected(TINY))
    assert "model.layers.0.mlp.up_proj.weight is [40, 128] instead of [160, 128]" in found
    assert "model.embed_tokens.weight is missing" in found
    assert not any("lm_head" in line or "gate_proj.weight is [" in line for line in found)
