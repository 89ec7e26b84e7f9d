"""What INT8 needs to know of a convolutional network, seen on pictures: the float graph is run and looked into.

Two things: between which values its tensors lie, and how the inputs of each convolution go together, for rounding
weights so that their errors cancel (`pocketvlm.vision.rounding`). Needs the packages of the `export` extra.

Letters: C channels, G groups of a convolution, K weights of one output (C / G times the kernel's places), P places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from onnx import NodeProto, helper

from pocketvlm.graphs.session import session_options

PLACES = 400  # of a map in one picture that moments are taken at; neighbours hardly differ

Range = tuple[float, float]


@dataclass(frozen=True)
class Calibration:
    """What was seen.

    Attributes:
        ranges: the least and the largest value of each tensor, as the mean over the pictures: one odd picture would
            otherwise cost every other one its precision. What lies outside is cut off.
        moments: (G, K + 1, K + 1) float64 of each convolution: the mean product of any two of a weight row's inputs,
            the last one being the bias's, 1.
    """

    ranges: Mapping[str, Range]
    moments: Mapping[str, np.ndarray]


def calibrate(
    path: Path, tensors: Mapping[str, str], feeds: Iterable[Mapping[str, np.ndarray]], threads: int | None = None
) -> Calibration:
    """Look into a float graph while it sees pictures.

    Args:
        path: the graph, its weights beside it.
        tensors: those that INT8 will hold, by what the writer calls them: `ConvWriter.written`.
        feeds: the graph's inputs, picture by picture.
        threads: cores to use; all physical ones when None.
    Raises:
        ValueError: there is no picture.
    """
    model = onnx.load(str(path), load_external_data=False)
    convs = [node for node in model.graph.node if node.op_type == "Conv"]
    names = sorted({*tensors.values(), *(node.input[0] for node in convs)})
    session = _opened(model, path.parent, threads, names)
    seen: list[list[Range]] = []
    moments: dict[str, np.ndarray] = {}
    for inputs in feeds:
        made = [name for name in names if name not in inputs]
        values = {**inputs, **dict(zip(made, session.run(made, dict(inputs)), strict=True))}
        seen.append([(float(values[name].min()), float(values[name].max())) for name in tensors.values()])
        for node in convs:
            moments[node.name] = moments.get(node.name, 0) + _moments(node, values[node.input[0]], len(seen))
    if not seen:
        raise ValueError("INT8 needs pictures to see the values of a network on: give a few dozen screens")
    low, high = np.array(seen).mean(axis=0).T  # (tensors,) each
    ranges = {name: (float(low[at]), float(high[at])) for at, name in enumerate(tensors)}
    return Calibration(ranges, {name: total / len(seen) for name, total in moments.items()})


def _opened(model: onnx.ModelProto, folder: Path, threads: int | None, names: list[str]) -> ort.InferenceSession:
    """The graph with further outputs."""
    shown = {value.name for value in [*model.graph.input, *model.graph.output]}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in shown)
    options = session_options(threads)
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _moments(node: NodeProto, x: np.ndarray, seed: int) -> np.ndarray:
    """The moments of a convolution's inputs at some places of a picture, drawn anew for every picture."""
    given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    patches = _patches(x[0], given, np.random.default_rng(seed))  # (P, G, K)
    ones = np.ones((*patches.shape[:2], 1))
    rows = np.concatenate([patches, ones], axis=2).transpose(1, 0, 2)  # (G, P, K + 1)
    products: np.ndarray = rows.transpose(0, 2, 1) @ rows / rows.shape[1]
    return products


def _patches(x: np.ndarray, given: dict[str, Any], rng: np.random.Generator) -> np.ndarray:
    """What a convolution sees at some places: (C, H, W) to (P, G, K)."""
    top, left, bottom, right = given["pads"]
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, given["kernel_shape"], axis=(1, 2))
    windows = windows[:, :: given["strides"][0], :: given["strides"][1]]  # (C, h, w, kernel, kernel)
    down, across = windows.shape[1:3]
    chosen = rng.choice(down * across, min(PLACES, down * across), replace=False)
    picked = windows[:, chosen // across, chosen % across]  # (C, P, kernel, kernel)
    return picked.transpose(1, 0, 2, 3).reshape(len(chosen), given["group"], -1).astype(np.float64)
