"""A tiny random LLaMA, as llama.cpp would store it, and transformers' reading of the same file as the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType as Kind
from transformers import AutoModelForCausalLM
from transformers.convert_slow_tokenizer import bytes_to_unicode

from pocketvlm.bundle import open_bundle
from pocketvlm.export import export
from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.generation import LanguageModel
from pocketvlm.llm_backbone.graph import DecoderWeights, write_graphs
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.llm_backbone.weights import expected

HIDDEN, FFN, HEADS, KV_HEADS, LAYERS, CONTEXT = 64, 96, 4, 2, 2, 600
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["t h", "th e", "Ġ the", "i n", "e r", "Ġ a", "o n", "Ġ Ġ", "u s", "us er", "1 2"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
METADATA: dict[str, Any] = {
    "llama.context_length": CONTEXT,
    "llama.embedding_length": HIDDEN,
    "llama.feed_forward_length": FFN,
    "llama.block_count": LAYERS,
    "llama.attention.head_count": HEADS,
    "llama.attention.head_count_kv": KV_HEADS,
    "llama.rope.freq_base": 5000.0,
    "llama.rope.dimension_count": HIDDEN // HEADS,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.padding_token_id": 2,
    "tokenizer.chat_template": TEMPLATE,
}


def add_tokenizer(writer: gguf.GGUFWriter) -> int:
    """Special tokens, the 256 bytes, and what the merges make. Returns the vocabulary's size."""
    tokens = [*SPECIAL, *bytes_to_unicode().values(), *(merge.replace(" ", "") for merge in MERGES)]
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in SPECIAL else gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges(MERGES)
    writer.add_vocab_size(len(tokens))
    return len(tokens)


def tensors(vocabulary: int, tied: bool, seed: int) -> dict[str, tuple[np.ndarray, Kind]]:
    """Random weights. Their q and k rows need no permutation: being random, they are taken to be permuted already."""
    random = np.random.default_rng(seed)
    kv_size = KV_HEADS * HIDDEN // HEADS
    shapes = {
        "attn_q": (HIDDEN, HIDDEN),
        "attn_k": (kv_size, HIDDEN),
        "attn_v": (kv_size, HIDDEN),
        "attn_output": (HIDDEN, HIDDEN),
        "ffn_gate": (FFN, HIDDEN),
        "ffn_up": (FFN, HIDDEN),
        "ffn_down": (HIDDEN, FFN),
    }

    def linear(shape: tuple[int, int]) -> np.ndarray:
        return random.normal(0.02, 1.5 / np.sqrt(shape[1]), shape).astype(np.float32)

    def norm() -> np.ndarray:
        return random.normal(1, 0.1, HIDDEN).astype(np.float32)

    table = random.normal(0, 0.5, (vocabulary, HIDDEN)).astype(np.float32)
    found = {"token_embd.weight": (table, Kind.Q8_0), "output_norm.weight": (norm(), Kind.F32)}
    for layer in range(LAYERS):
        for part in ("attn_norm", "ffn_norm"):
            found[f"blk.{layer}.{part}.weight"] = (norm(), Kind.F32)
        for part, shape in shapes.items():
            found[f"blk.{layer}.{part}.weight"] = (linear(shape), Kind.Q4_1)
    if not tied:
        found["output.weight"] = (4 * linear((vocabulary, HIDDEN)), Kind.Q8_0)
    return found


def write_gguf(
    path: Path,
    tied: bool = True,
    architecture: str = "llama",
    metadata: dict[str, Any] | None = None,
    kinds: dict[str, Kind] | None = None,
    without: str = "",
    extra: dict[str, np.ndarray] | None = None,
) -> Path:
    """Write the tiny model; the other arguments spoil it on purpose.

    Args:
        metadata: values that replace the usual ones; None leaves one out.
        kinds: other quantisation types, by tensor name.
        without: a tensor to leave out.
        extra: F32 tensors to add.
    """
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny Test")
    for name, value in (METADATA | (metadata or {})).items():
        if value is not None:
            kind = gguf.GGUFValueType.UINT32 if isinstance(value, int) else gguf.GGUFValueType.get_type(value)
            writer.add_key_value(name, value, kind)
    vocabulary = add_tokenizer(writer)
    for name, (weight, kind) in tensors(vocabulary, tied, seed=1).items():
        kind = (kinds or {}).get(name, kind)
        if name != without:
            writer.add_tensor(name, gguf.quants.quantize(weight, kind), raw_dtype=kind)
    for name, weight in (extra or {}).items():
        writer.add_tensor(name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="session", name="write_gguf")
def write_gguf_fixture() -> Callable[..., Path]:
    """The writer above (test modules cannot import a conftest)."""
    return write_gguf


@pytest.fixture(scope="session", params=[True, False], ids=["tied", "untied"])
def tied(request: pytest.FixtureRequest) -> bool:
    """Whether the output head is the embedding; tests that use what hangs on it run for both."""
    return bool(request.param)


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory, tied: bool) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", tied)


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory, tiny_gguf: Path) -> Path:
    return export(tiny_gguf, tmp_path_factory.mktemp("bundle") / "tiny")


def open_decoder(bundle: Path) -> Decoder:
    opened = open_bundle(bundle)
    config = LlamaConfig.from_dict(opened.config)
    return Decoder(config, opened.graph("embed_tokens"), opened.graph("decoder_model_merged"), threads=2)


def write_decoder(config: LlamaConfig, weights: DecoderWeights, folder: Path) -> Decoder:
    """Both graphs, and a decoder that runs them."""
    write_graphs(config, weights, folder, 1 << 30, {"embed_tokens": "fp32", "decoder_model_merged": "fp32"})
    return Decoder(config, folder / "embed_tokens.onnx", folder / "decoder_model_merged.onnx", threads=2)


@pytest.fixture(scope="session", name="write_decoder")
def write_decoder_fixture() -> Callable[..., Decoder]:
    """The writer above; the graphs are called as if they were fp32, whatever they hold."""
    return write_decoder


@pytest.fixture(scope="session", name="open_decoder")
def open_decoder_fixture() -> Callable[[Path], Decoder]:
    return open_decoder


@pytest.fixture(scope="session")
def decoder(tiny_bundle: Path) -> Decoder:
    return open_decoder(tiny_bundle)


@pytest.fixture(scope="session")
def reference(tiny_gguf: Path) -> Callable[[list[int]], np.ndarray]:
    """input_ids to (S, V) float32 logits, by transformers' own reading of the GGUF file, in float32."""
    model = AutoModelForCausalLM.from_pretrained(tiny_gguf.parent, gguf_file=tiny_gguf.name, dtype=torch.float32).eval()

    def logits(input_ids: list[int]) -> np.ndarray:
        with torch.no_grad():
            return model(torch.tensor([input_ids])).logits[0].numpy()

    return logits


@pytest.fixture(scope="session")
def single_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tied bundle, for tests where the head makes no difference."""
    folder = tmp_path_factory.mktemp("single")
    return export(write_gguf(folder / "tiny.gguf"), folder / "tiny")


@pytest.fixture(scope="session")
def single_decoder(single_bundle: Path) -> Decoder:
    return open_decoder(single_bundle)


@pytest.fixture(scope="session")
def model(single_bundle: Path, single_decoder: Decoder) -> LanguageModel:
    return LanguageModel(single_decoder, Tokenizer(single_bundle), frozenset({2}), CONTEXT)


@dataclass(frozen=True)
class Golden:
    """A golden checkpoint's language model, and what the reference implementation computes with it."""

    config: LlamaConfig
    tensors: Tensors
    expected: dict[str, np.ndarray]

    def splice(self, table: np.ndarray, image: int) -> np.ndarray:
        """The embeddings of the prompt with the image's tokens in the place of -200, (1, T, D)."""
        ids = self.expected[f"input_ids_{image}"]
        (place,) = np.flatnonzero(ids == -200)
        tokens = self.expected[f"image_tokens_{image}"][0]
        return np.concatenate([table[ids[:place]], tokens, table[ids[place + 1 :]]])[None]


@pytest.fixture(scope="session", params=["v1", "v2"])
def golden(request: pytest.FixtureRequest) -> Golden:
    folder = Path(__file__).resolve().parent.parent / f"data/golden/mobilevlm-tiny-{request.param}"
    state = torch.load(folder / "pytorch_model.bin", weights_only=True)
    config = LlamaConfig.from_dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    tensors = Arrays({name: state[name].float().numpy() for name in expected(config)})
    with np.load(folder / "expected.npz") as file:
        return Golden(config, tensors, dict(file))


@pytest.fixture(scope="session")
def nano_folder() -> Path:
    """The bundle that ships with the package."""
    return open_bundle("nano").folder


@pytest.fixture(scope="session")
def nano_tokenizer(nano_folder: Path) -> Tokenizer:
    return Tokenizer(nano_folder)
