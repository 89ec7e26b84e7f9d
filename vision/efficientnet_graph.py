"""EfficientNet-Lite0 as an ONNX graph of any height and width: `vision_encoder*.onnx` of a bundle that parses.

Letters: B pictures, H and W sides in pixels (multiples of 32), N = H / 32 * W / 32 places, C channels.
"""

from __future__ import annotations

from pathlib import Path

from pocketvlm.graphs.names import graph_stem
from pocketvlm.graphs.writer import ExternalData, GraphWriter
from pocketvlm.vision.calibration import Calibration
from pocketvlm.vision.convolution import ConvWriter, fold
from pocketvlm.vision.efficientnet import CHANNELS, Block, ConvNorm, EfficientNetLite0

PART = "vision_encoder"
MAX_FILE_BYTES = 1 << 30  # one file: the whole tower has 14 MB


def write_tower(tower: EfficientNetLite0, folder: Path, seen: Calibration | None = None) -> dict[str, str]:
    """Write the tower: pixel_values (B, 3, H, W) to image_features (B, N, 320) and maps stride8, stride16, stride32.

    Args:
        folder: where `vision_encoder.onnx` (or `vision_encoder_int8.onnx`) and its weights go.
        seen: for INT8, what `calibrate` saw of the float graph; None for floating point.
    Returns:
        the tensors that INT8 holds in 8 bits, for `calibrate`.
    """
    stem = graph_stem(PART, "fp32" if seen is None else "int8")
    graph = GraphWriter(ExternalData(folder, stem, MAX_FILE_BYTES))
    writer = ConvWriter(graph, seen)
    x = writer.input("pixel_values", 3)
    x = conv_norm(writer, x, "stem", tower.stem)  # (B, 32, H / 2, W / 2)
    stride, maps = 2, {}
    for number, block in enumerate(tower.blocks):
        assert isinstance(block, Block)
        stride *= block.depthwise.conv.stride[0]
        maps[stride] = x = _block(writer, x, f"blocks.{number}", block)  # the last one of a stride is its map
    for stride, channels in CHANNELS.items():
        writer.output(maps[stride], f"stride{stride}", channels, stride)
    writer.rows([writer.columns(maps[32], CHANNELS[32], "places")], CHANNELS[32], "image_features")
    graph.save(folder / f"{stem}.onnx", PART)
    return writer.written


def conv_norm(writer: ConvWriter, x: str, name: str, module: ConvNorm) -> str:
    """A convolution with its norm and activation."""
    conv = module.conv
    before, after = module.pad[0], module.pad[1]
    return writer.conv(
        x,
        name,
        fold(conv, module.norm),
        pads=(before, before, after, after),
        stride=conv.stride[0],
        groups=conv.groups,
        relu6=module.act,
    )


def _block(writer: ConvWriter, x: str, name: str, block: Block) -> str:
    wide = conv_norm(writer, x, f"{name}.expand", block.expand) if isinstance(block.expand, ConvNorm) else x
    seen = conv_norm(writer, wide, f"{name}.depthwise", block.depthwise)
    narrow = conv_norm(writer, seen, f"{name}.project", block.project)
    return writer.add(x, narrow, f"{name}.sum") if block.adds else narrow
