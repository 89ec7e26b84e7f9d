"""Closed forms against what ONNX Runtime does: every product of a graph, counted from the shapes it was run with."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from onnx import TensorProto, helper

from pocketvlm.cost import screen_counts
from pocketvlm.cost.counts import (
    Held,
    encoder_flops,
    llm_bytes,
    llm_flops,
    llm_moved_bytes,
    llm_parameters,
    projector_flops,
    projector_parameters,
    projector_tokens,
)
from pocketvlm.export import export_checkpoint
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.tensors import Arrays
from pocketvlm.llm_backbone import weights as llm_weights
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.projector import definition
from pocketvlm.projector.graph import write_projector
from pocketvlm.random_model import LLAMA_1_4B, LLAMA_2_7B, random_parts
from pocketvlm.recipe import PRESETS, Recipe
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vision.efficientnet_graph import write_tower
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.graph import write_parser
from pocketvlm.vision.parser.looks import LookClassifier

VISION = VisionConfig(56, 14, 64, 3, 4, 128, "quick_gelu", 1e-5)  # a grid of 4 x 4
PRODUCTS = ("MatMulNBits", "FusedMatMul", "DynamicQuantizeMatMul", "MatMul")


def llama(tied: bool) -> LlamaConfig:
    return LlamaConfig(640, 64, 192, 3, 4, 2, 512, 10000.0, 1e-6, tied)


def bundle(folder: Path, recipe: Recipe, projector: str = "ldpnetv2", tied: bool = False) -> Path:
    return export_checkpoint(random_parts(llama(tied), VISION, projector, "tiny"), folder / "tiny", recipe)


def flops_of(graph: Path, feeds: dict[str, np.ndarray], folder: Path, total: int = 0) -> float:
    """Work of one run, two operations a multiply-add, from the shapes that every node saw.

    Args:
        total: positions that attention looks back on, itself included; the shapes show the buffer's instead.
    """
    options = ort.SessionOptions()
    options.enable_profiling, options.profile_file_prefix = True, str(folder / "profile")
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # nodes keep their names
    session = ort.InferenceSession(str(graph), options)
    session.run(None, feeds)
    events = json.loads(Path(session.end_profiling()).read_text())
    model = onnx.load(str(graph), load_external_data=False).graph
    weights = {tensor.name: list(tensor.dims) for tensor in model.initializer}
    weights |= {
        node.output[0]: weights[node.input[0]]
        for node in model.node
        if node.op_type == "DequantizeLinear" and node.input[0] in weights
    }
    nodes = {node.name: node for node in model.node}
    seen = {
        event["name"].removesuffix("_kernel_time"): event["args"] for event in events if "_kernel_time" in event["name"]
    }
    return sum(_flops(nodes[name], args, weights, total) for name, args in seen.items() if name in nodes)


def _flops(node: onnx.NodeProto, args: dict[str, Any], weights: dict[str, list[int]], total: int) -> float:
    first = _sizes(args["input_type_shape"][0]) if args["input_type_shape"] else []
    result = _sizes(args["output_type_shape"][0]) if args["output_type_shape"] else []
    if node.op_type in PRODUCTS:
        return 2 * float(np.prod(first)) * result[-1]
    if node.op_type == "Conv":
        return 2 * float(np.prod(result)) * float(np.prod(weights[node.input[1]][1:]))
    if node.op_type == "MultiHeadAttention":  # every one of R rows with every other: scores, and weighted values
        return 2 * 2 * float(result[1] ** 2 * result[2])
    if node.op_type == "GroupQueryAttention":  # the last row sees `total`, the one before it one less, and so on
        return 2 * 2 * float(sum(total - back for back in range(result[1])) * result[2])
    return 0.0


def _sizes(shape: dict[str, list[int]]) -> list[int]:
    return next(iter(shape.values()))


def decoder_feeds(config: LlamaConfig, positions: int, past: int, kind: str) -> dict[str, np.ndarray]:
    shape = (1, config.num_key_value_heads, past + positions, config.head_dim)
    cache = np.zeros(shape, {"fp32": np.float32, "int8": np.int8}[kind])
    return {
        "inputs_embeds": np.zeros((1, positions, config.hidden_size), np.float32),
        "attention_mask": np.ones((1, past + positions), np.int64),
        "num_logits_to_keep": np.array(1, np.int64),
        **{f"past_key_values.{i}.{half}": cache for i in range(config.num_hidden_layers) for half in ("key", "value")},
    }


@pytest.mark.parametrize(("positions", "past"), [(1, 0), (1, 40), (13, 0), (13, 40)])
@pytest.mark.parametrize("preset", ["phone", "exact"])
def test_llm_flops_equal_those_of_the_graph(tmp_path: Path, preset: str, positions: int, past: int) -> None:
    folder = bundle(tmp_path, PRESETS[preset])
    config = llama(False)
    (graph,) = (folder / "onnx").glob("decoder*.onnx")
    run = flops_of(
        graph, decoder_feeds(config, positions, past, PRESETS[preset].kv_cache), tmp_path, total=past + positions
    )
    assert llm_flops(config, positions, past) == run  # counts: equal to the last one


@pytest.mark.parametrize("preset", ["phone", "exact"])
def test_encoder_flops_equal_those_of_the_graph(tmp_path: Path, preset: str) -> None:
    (graph,) = (bundle(tmp_path, PRESETS[preset]) / "onnx").glob("vision_encoder*.onnx")
    pixels = np.zeros((1, 3, 56, 56), np.float32)
    assert encoder_flops(VISION) == flops_of(graph, {"pixel_values": pixels}, tmp_path)


@pytest.mark.parametrize("kind", ["ldpnet", "ldpnetv2", "ldpnetv2_2", "linear", "mlp2x_gelu", "mlp3x_gelu"])
def test_projector_counts_equal_the_graph_and_the_definition(tmp_path: Path, kind: str) -> None:
    state = definition.make_projector(kind, 64, 64).state_dict()
    tensors = Arrays({name: tensor.numpy() for name, tensor in state.items()})
    graph = write_projector(kind, 64, 64, tensors, tmp_path, Precision("fp32"), 1 << 30)
    feeds: dict[str, np.ndarray] = {"image_features": np.zeros((1, 16, 64), np.float32)}
    session = ort.InferenceSession(str(graph))
    if len(session.get_inputs()) > 1:
        feeds["grid"] = np.array([4, 4], np.int64)
    assert projector_flops(kind, 16, 64, 64) == flops_of(graph, feeds, tmp_path)
    assert projector_tokens(kind, 16) == session.run(None, feeds)[0].shape[1]
    for sizes in ((64, 64), (1024, 2048), (1024, 2560), (320, 576)):
        assert projector_parameters(kind, *sizes) == definition.parameter_count(kind, *sizes)


@pytest.mark.parametrize(
    ("kind", "side", "tokens"), [("ldpnet", 5, 9), ("ldpnetv2", 5, 4), ("ldpnetv2_3", 5, 4), ("ldpnetv2_2", 5, 9)]
)
def test_odd_grids_make_the_tokens_that_the_definition_makes(kind: str, side: int, tokens: int) -> None:
    assert projector_tokens(kind, side**2) == tokens
    with torch.inference_mode():
        projector = definition.make_projector(kind, 8, 16)
        grid = ((side, side),) if "_" in kind else ()
        assert projector(torch.zeros(1, side**2, 8), *grid).shape[1] == tokens


def test_unfit_projectors_are_named() -> None:
    with pytest.raises(ValueError, match="no projector 'resampler'"):
        projector_flops("resampler", 16, 8, 8)
    with pytest.raises(ValueError, match="15 patches are no square grid"):
        projector_tokens("ldpnetv2", 15)


@pytest.mark.parametrize("config", [LLAMA_1_4B, LLAMA_2_7B, llama(True), llama(False)])
def test_llm_parameters_equal_the_tensors(config: LlamaConfig) -> None:
    assert llm_parameters(config) == llm_weights.parameter_count(config)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(
    ("layers", "held"),
    [
        (Precision("fp32"), Held("fp32")),
        (Precision("fp16"), Held("fp16")),
        (Precision("int8"), Held("int8")),
        (Precision("int4", 32), Held("int4", 32)),
        (Precision("int4", 32, symmetric=False), Held("int4", 32, symmetric=False)),
        (Precision("int4", 64), Held("int4", 64)),
    ],
)
def test_llm_bytes_equal_the_files(tmp_path: Path, layers: Precision, held: Held, tied: bool) -> None:
    table = Precision("fp32") if layers.kind == "fp32" else Precision("int8")
    recipe = Recipe(Precision("fp32"), Precision("fp32"), table, layers, table)
    config = llama(tied)
    folder = bundle(tmp_path, recipe, tied=tied)
    tables = Held(table.kind)
    assert llm_bytes(config, held, tables, tables) == weight_bytes(folder / "onnx")


def weight_bytes(folder: Path) -> int:
    """Bytes of the language model's tensors; those that both graphs name lie in one file and count once."""
    sizes = {}
    for part in ("embed_tokens", "decoder_model_merged"):
        (graph,) = folder.glob(f"{part}*.onnx")
        for tensor in onnx.load(str(graph), load_external_data=False).graph.initializer:
            constant = tensor.name.endswith(("_cache", ".epsilon")) or tensor.data_type == TensorProto.INT64
            if not constant:
                place = tuple((entry.key, entry.value) for entry in tensor.external_data) or (graph.name, tensor.name)
                sizes[place] = math.prod(tensor.dims) * helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
    return sum(sizes.values())


def test_cache_bytes_are_those_of_the_cache() -> None:
    cache = KVCache(llama(False))
    cache.reserve(256)
    cache.length = 256
    assert cache.nbytes == sum(half.nbytes for half in cache.halves())
    assert llm_moved_bytes(llama(False), 1000.0, 1, 255) == 1000 + cache.nbytes


@pytest.mark.parametrize("size", [(96, 64), (160, 96)])  # 160 / 64 is no whole number: the coarsest level rounds up
def test_screen_networks_equal_their_graphs_and_definitions(tmp_path: Path, size: tuple[int, int]) -> None:
    config = ParserConfig(looks=("house", "bell"), neck_channels=16)
    network = ScreenParser(config).eval()
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in network.named_children()}
    assert screen_counts.parameters(screen_counts.tower()) == counts["encoder"]
    assert screen_counts.parameters(screen_counts.parser(config)) == counts["neck"] + counts["heads"]
    assert screen_counts.look_parameters(config) == sum(p.numel() for p in LookClassifier(2).parameters())

    assert isinstance(network.encoder, EfficientNetLite0)
    write_tower(network.encoder, tmp_path)
    write_parser(network, tmp_path)
    pixels = np.zeros((1, 3, *size), np.float32)
    tower = tmp_path / "vision_encoder.onnx"
    assert screen_counts.flops(screen_counts.tower(), *size) == flops_of(tower, {"pixel_values": pixels}, tmp_path)
    maps = {
        f"stride{s}": np.zeros((1, c, size[0] // s, size[1] // s), np.float32)
        for s, c in ((8, 40), (16, 112), (32, 320))
    }
    parser = tmp_path / "screen_parser.onnx"
    assert screen_counts.flops(screen_counts.parser(config), *size) == flops_of(parser, maps, tmp_path)


def test_mobilevlm_has_the_published_sizes() -> None:
    """The paper's: projector about 20 M (LDP) and the language models of 1.4 B and 2.7 B."""
    assert llm_parameters(LLAMA_1_4B) == 1_364_297_728
    assert llm_parameters(LLAMA_2_7B) == 2_701_560_320
    assert projector_parameters("ldpnet", 1024, 2048) == pytest.approx(18.94e6, rel=1e-3)  # given to four digits
    assert projector_parameters("ldpnetv2", 1024, 2048) == pytest.approx(6.32e6, rel=1e-3)
