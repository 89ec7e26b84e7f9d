"""The screen parser behind its encoder as ONNX graphs: `screen_parser*.onnx`, and `look_classifier.onnx` for words.

Two, because words are asked of close-ups of the few elements that show something.

Letters: B pictures, H and W sides of the input (multiples of 32), A cells of all levels, level after level, each row
by row; R roles, L looks, K close-ups.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import nn

from pocketvlm.graphs.names import graph_stem
from pocketvlm.graphs.writer import ExternalData, GraphWriter
from pocketvlm.vision.calibration import Calibration
from pocketvlm.vision.convolution import ConvWriter, fold
from pocketvlm.vision.efficientnet import CHANNELS
from pocketvlm.vision.efficientnet_graph import conv_norm
from pocketvlm.vision.parser.config import POOLED, POOLED_STRIDES
from pocketvlm.vision.parser.definition import Head, Neck, ScreenParser, Separable, SymmetricConvNorm
from pocketvlm.vision.parser.looks import LookClassifier

PART, LOOKS = "screen_parser", "look_classifier"
MAX_FILE_BYTES = 1 << 30  # one file: the whole parser has 3 MB
KINDS = ("roles", "boxes", "attributes")  # what is said of a cell: the graph's outputs


def write_parser(parser: ScreenParser, folder: Path, seen: Calibration | None = None) -> dict[str, str]:
    """Write neck and heads: maps stride8, stride16, stride32 to roles (B, A, R), boxes (B, A, 4) and attributes
    (B, A, 3), as `definition.Parse` has them.

    Args:
        folder: where `screen_parser.onnx` (or `screen_parser_int8.onnx`) and its weights go.
        seen: for INT8, what `calibrate` saw of the float graph; None for floating point.
    Returns:
        the tensors that INT8 holds in 8 bits, for `calibrate`.
    """
    stem = graph_stem(PART, "fp32" if seen is None else "int8")
    graph = GraphWriter(ExternalData(folder, stem, MAX_FILE_BYTES))
    writer = ConvWriter(graph, seen)
    maps = {stride: writer.input(f"stride{stride}", CHANNELS[stride], stride) for stride in CHANNELS}
    levels = _neck(writer, parser.neck, maps)
    said: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for number, (head, level) in enumerate(zip(parser.heads, levels, strict=True)):
        assert isinstance(head, Head)
        for kind, (made, channels) in _head(writer, head, level, f"heads.{number}").items():
            said[kind].append(writer.columns(made, channels, f"heads.{number}.{kind}"))  # (B, channels, cells)
            if number == len(levels) - 1:
                writer.rows(said[kind], channels, kind)
    graph.save(folder / f"{stem}.onnx", PART)
    return writer.written


def write_looks(looks: LookClassifier, folder: Path) -> None:
    """Write the classifier of close-ups: the encoder's maps of them, as `config.POOLED` has them, to logits (K, L).

    Args:
        looks: trained.
        folder: where `look_classifier.onnx` and its weights go.
    """
    graph = GraphWriter(ExternalData(folder, LOOKS, MAX_FILE_BYTES))
    maps = {
        stride: graph.input(
            f"stride{stride}", np.float32, ["close_ups", CHANNELS[stride], f"height/{stride}", f"width/{stride}"]
        )
        for stride in POOLED_STRIDES
    }
    kinds = {"mean": "GlobalAveragePool", "max": "GlobalMaxPool"}
    pooled = [graph.op(kinds[kind], maps[stride], name=f"{kind}{stride}") for stride, kind in POOLED]
    features = graph.op("Flatten", graph.op("Concat", *pooled, name="pooled", axis=1), name="features")
    weight, bias = (part.numpy() for part in looks.folded())
    product = graph.op("MatMul", features, graph.weight("words.weight", weight.T), name="words.product")
    graph.op("Add", product, graph.weight("words.bias", bias), name="words", outputs=["logits"])
    graph.output("logits", np.float32, ["close_ups", len(bias)])
    graph.save(folder / f"{LOOKS}.onnx", LOOKS)


def _neck(writer: ConvWriter, neck: Neck, maps: dict[int, str]) -> list[str]:
    """The four levels, stride 8 to 64: see `Neck.forward`."""
    map32 = conv_norm(writer, maps[32], "neck.lateral32", neck.lateral32)
    map16 = conv_norm(writer, maps[16], "neck.lateral16", neck.lateral16)
    map16 = writer.add(map16, writer.double(map32, "neck.double32"), "neck.sum16")
    map16 = _separable(writer, map16, "neck.smooth16", neck.smooth16)
    map8 = conv_norm(writer, maps[8], "neck.lateral8", neck.lateral8)
    map8 = writer.add(map8, writer.double(map16, "neck.double16"), "neck.sum8")
    map8 = _separable(writer, map8, "neck.smooth8", neck.smooth8)
    map32 = _separable(writer, map32, "neck.smooth32", neck.smooth32)
    return [map8, map16, map32, _separable(writer, map32, "neck.down64", neck.down64)]


def _head(writer: ConvWriter, head: Head, x: str, name: str) -> dict[str, tuple[str, int]]:
    """What one level's cells say, a map of some channels each; see `Head.forward`."""
    towers = {"role": head.role_tower, "box": head.box_tower}
    seen = {}
    for kind, tower in towers.items():
        made = x
        for number, layer in enumerate(tower):
            assert isinstance(layer, Separable)
            made = _separable(writer, made, f"{name}.{kind}_tower.{number}", layer)
        seen[kind] = made
    roles = _last(writer, seen["role"], f"{name}.roles", head.roles)
    boxes = _last(writer, seen["box"], f"{name}.boxes", head.boxes)
    attributes = _last(writer, seen["role"], f"{name}.attributes", head.attributes)
    return dict(zip(KINDS, (roles, boxes, attributes), strict=True))


def _last(writer: ConvWriter, x: str, name: str, conv: nn.Conv2d) -> tuple[str, int]:
    """A last convolution and its channels; numbers that are read as they are keep their float weights in INT8."""
    return writer.conv(x, name, fold(conv), pads=(0, 0, 0, 0), in8bits=False), conv.out_channels


def _separable(writer: ConvWriter, x: str, name: str, module: Separable) -> str:
    around = _symmetric(writer, x, f"{name}.depthwise", module.depthwise)
    return conv_norm(writer, around, f"{name}.pointwise", module.pointwise)


def _symmetric(writer: ConvWriter, x: str, name: str, module: SymmetricConvNorm) -> str:
    conv, pad = module.conv, module.conv.kernel_size[0] // 2
    folded, stride = fold(conv, module.norm), conv.stride[0]
    return writer.conv(x, name, folded, pads=(pad,) * 4, stride=stride, groups=conv.groups, relu6=True)
