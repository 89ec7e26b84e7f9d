"""The image encoder as an ONNX graph, written tensor by tensor: `vision_encoder*.onnx`.

Weight products are in any precision and attention is one node a block. The patch convolution, norms, biases and
positions stay in floating point: they are a hundredth of the weights and less of the work. Between attention and
attention all positions of all pictures are the rows of one matrix. That is also faster: over three axes ONNX Runtime
would join each addition and norm into one `SkipLayerNormalization`, which takes 3 ms where the two take 1.

Initializers are named as open_clip names its tensors, with one difference: a product's are `X.weight` and `X.bias`
throughout, so `attn.in_proj_weight` and `attn.in_proj_bias` are `attn.in_proj.weight` and `attn.in_proj.bias` here
(`vision.checkpoint.from_graph` turns them back). In INT8 the norms and what reads them are smoothed
(`vision.smoothing`), so those values are not the checkpoint's, and the features are.

Letters: B pictures, S side of the image in pixels, N patches, R rows (B * (N + 1)), C hidden width.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pocketvlm.graphs.linear import LinearWeight, Precision, as_float32, linear, quantize_rows
from pocketvlm.graphs.names import graph_stem
from pocketvlm.graphs.tensors import Tensors
from pocketvlm.graphs.writer import CONTRIB, ExternalData, GraphWriter, largest_magnitudes
from pocketvlm.vision.checkpoint import BLOCK
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.smoothing import Smoothed

PART = "vision_encoder"
KINDS = ("fp32", "fp16", "int8")
PARTS = ("weight", "bias")
# In INT8 a product's input has one scale for all positions. Those that read a smoothed norm are alike; the others are
# divided by their loudness first, without which a few loud channels leave a cosine of 0.988 where it is 0.998.
# Measured by benchmarks/vision_int8.py.
EVENED = (".out_proj", ".c_proj")
SILENT = 1e-12  # loudness of a position of zeros, so that it is not divided by zero


def write_encoder(
    config: VisionConfig,
    tensors: Tensors,
    folder: Path,
    precision: Precision,
    max_file_bytes: int,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write `vision_encoder*.onnx` with its weights: pixel_values (B, 3, S, S) to image_features (B, N, C), float32.

    Args:
        tensors: exactly those of `vision.checkpoint.expected`, under open_clip's names (`canonical` makes them).
        precision: how the weight products of the blocks are held: fp32, fp16 or int8, which has a scale for each row.
        max_file_bytes: larger weights go into several files.
        progress: told (blocks written, blocks in all).
    Raises:
        ValueError: another precision; 4 bits are too few for an encoder without training.
    """
    if precision.kind not in KINDS:
        raise ValueError(f"the image encoder cannot be held in {precision.kind}: use {', '.join(KINDS)}")
    if precision.kind == "int8":
        tensors = Smoothed(tensors)
    stem = graph_stem(PART, precision.term)
    graph = GraphWriter(ExternalData(folder, stem, max_file_bytes))
    encoder = _EncoderGraph(config, tensors, precision, graph)
    encoder.write(progress)
    graph.save(folder / f"{stem}.onnx", PART)


class _EncoderGraph:
    """One graph in the making; tensors are read when their node is written."""

    def __init__(self, config: VisionConfig, tensors: Tensors, precision: Precision, graph: GraphWriter) -> None:
        self.config = config
        self.tensors = tensors
        self.precision = precision
        self.graph = graph
        self.positions = config.num_patches + 1

    def write(self, progress: Callable[[int, int], None] | None) -> None:
        config = self.config
        side = config.image_size
        pixels = self.graph.input("pixel_values", np.float32, ["batch_size", 3, side, side])
        hidden = self.norm(self.embed(pixels), "ln_pre")  # (R, C)
        for index in range(config.used_layers):
            name = f"{BLOCK}.{index}"
            attended = self.attend(self.norm(hidden, f"{name}.ln_1"), f"{name}.attn")
            hidden = self.graph.op("Add", hidden, attended, name=f"{name}.attn.residual")
            activated = self.activate(self.norm(hidden, f"{name}.ln_2"), f"{name}.mlp")
            narrowed = self.product(activated, f"{name}.mlp.c_proj")
            hidden = self.graph.op("Add", hidden, narrowed, name=f"{name}.mlp.residual")
            if progress:
                progress(index + 1, config.used_layers)
        self.drop_class_token(hidden)

    def embed(self, pixels: str) -> str:
        """Patches behind the class token, with their positions: (B, 3, S, S) to (R, C)."""
        graph, width = self.graph, self.config.hidden_size
        patch = [self.config.patch_size] * 2
        grid = graph.op("Conv", pixels, self.tensor("conv1.weight"), name="conv1", kernel_shape=patch, strides=patch)
        flat = graph.weight("patches.shape", np.array([0, width, -1], dtype=np.int64))
        rows = graph.op("Reshape", grid, flat, name="patches.flat")  # (B, C, N)
        patches = graph.op("Transpose", rows, name="patches", perm=[0, 2, 1])  # (B, N, C)
        batch = graph.op("Shape", pixels, name="batch_size", start=0, end=1)
        one = graph.weight("class_token.size", np.array([1, 1], dtype=np.int64))
        shape = graph.op("Concat", batch, one, name="class_token.shape", axis=0)  # (B, 1, 1)
        token = graph.op("Expand", self.tensor("class_embedding"), shape, name="class_token")  # (B, 1, C)
        tokens = graph.op("Concat", token, patches, name="tokens", axis=1)
        embeddings = graph.op("Add", tokens, self.tensor("positional_embedding"), name="embeddings")
        return self.reshape(embeddings, "embeddings.rows", [-1, width])

    def attend(self, normed: str, name: str) -> str:
        """Self-attention, (R, C) to (R, C); every position of a picture sees every other."""
        width = self.config.hidden_size
        qkv = self.product(normed, f"{name}.in_proj", f"{name}.in_proj_")  # (R, 3 * C)
        by_picture = self.reshape(qkv, f"{name}.pictures", [-1, self.positions, 3 * width])
        parts = [f"{name}.query", f"{name}.key", f"{name}.value"]  # (B, N + 1, C) each
        self.graph.op("Split", by_picture, name=f"{name}.split", outputs=parts, axis=-1, num_outputs=3)
        heads = self.config.num_attention_heads
        attended = self.graph.op(f"{CONTRIB}.MultiHeadAttention", *parts, name=name, num_heads=heads)
        return self.product(self.reshape(attended, f"{name}.rows", [-1, width]), f"{name}.out_proj")

    def activate(self, normed: str, name: str) -> str:
        """The wide half of the feed-forward network."""
        wide = self.product(normed, f"{name}.c_fc")
        if self.config.hidden_act == "quick_gelu":
            return self.graph.op(f"{CONTRIB}.QuickGelu", wide, name=f"{name}.gelu", alpha=1.702)
        return self.graph.op("Gelu", wide, name=f"{name}.gelu")

    def drop_class_token(self, hidden: str) -> None:
        tokens = self.reshape(hidden, "tokens.pictures", [-1, self.positions, self.config.hidden_size])
        ends = {"start": 1, "end": np.iinfo(np.int64).max, "axis": 1}
        bounds = [self.graph.weight(f"patches.{key}", np.array([value], np.int64)) for key, value in ends.items()]
        self.graph.op("Slice", tokens, *bounds, name="image_features", outputs=["image_features"])
        shape: list[str | int] = ["batch_size", self.config.num_patches, self.config.hidden_size]
        self.graph.output("image_features", np.float32, shape)

    def product(self, x: str, name: str, source: str | None = None) -> str:
        """A weight product; `source` begins the names of its tensors where they differ."""
        weight, bias = (self.tensors.read(f"{source or name + '.'}{part}") for part in ("weight", "bias"))
        by_rows = self.precision.kind == "int8"
        matrix = quantize_rows(weight) if by_rows else self.precision.hold(weight)
        if not (by_rows and name.endswith(EVENED)):
            return linear(self.graph, x, LinearWeight(matrix, bias=bias), name)
        even, loudness = self.evened(x, name)
        product = linear(self.graph, even, LinearWeight(matrix), name)
        loud = self.graph.op("Mul", product, loudness, name=f"{name}.loud")
        return self.graph.op("Add", loud, self.graph.weight(f"{name}.bias", bias), name=f"{name}.add_bias")

    def evened(self, x: str, name: str) -> tuple[str, str]:
        """Positions divided by the largest magnitude of each, and these, (R, 1): one scale for all is one for each."""
        graph = self.graph
        silent = graph.weight("silent", np.array(SILENT, dtype=np.float32))
        loudness = graph.op("Max", largest_magnitudes(graph, x, name, keepdims=1), silent, name=f"{name}.loudness")
        return graph.op("Div", x, loudness, name=f"{name}.even"), loudness

    def norm(self, x: str, name: str) -> str:
        weights = [self.graph.weight(f"{name}.{part}", self.tensors.read(f"{name}.{part}")) for part in PARTS]
        return self.graph.op("LayerNormalization", x, *weights, name=name, axis=-1, epsilon=self.config.layer_norm_eps)

    def reshape(self, x: str, name: str, shape: list[int]) -> str:
        """Another view of the same numbers; nothing is copied."""
        sizes = "x".join(map(str, shape)).replace("-1", "any")
        return self.graph.op("Reshape", x, self.graph.weight(f"shape.{sizes}", np.array(shape, np.int64)), name=name)

    def tensor(self, name: str) -> str:
        """A tensor of the stem: in half precision where the products are."""
        value = self.tensors.read(name)
        if self.precision.kind == "fp16":
            value = value.astype(np.float16)
        return as_float32(self.graph, self.graph.weight(name, value), value.dtype)
