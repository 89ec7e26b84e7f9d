"""The image encoder's ONNX graph gives what its definition gives, in every precision."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.reading import graph_tensors
from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.vision.checkpoint import canonical, expected, from_graph
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import image_features
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.graph import write_encoder
from pocketvlm.vision.smoothing import Smoothed

GOLDEN = Path(__file__).resolve().parent.parent / "data/golden"
TOWERS = {
    "v1": GOLDEN / "mobilevlm-tiny-v1/clip/pytorch_model.bin",
    "v2": GOLDEN / "mobilevlm-tiny-v2/pytorch_model.bin",
}
GOLDEN_CONFIG = VisionConfig(336, 14, 64, 4, 4, 256, "quick_gelu", 1e-5)
SMALL = VisionConfig(
    image_size=60,  # 4 patches a side, and 4 pixels left over
    patch_size=14,
    hidden_size=128,
    num_hidden_layers=5,
    num_attention_heads=4,
    intermediate_size=512,
    hidden_act="quick_gelu",
    layer_norm_eps=1e-5,
)
INT8 = Precision("int8", block_size=128)
OUTLIERS = [5, 70]  # channels


def load(path: Path) -> Tensors:
    return Arrays({name: value.numpy() for name, value in torch.load(path, weights_only=True).items()})


def drawn(config: VisionConfig) -> dict[str, np.ndarray]:
    """Weights at the scale that transformers initialises CLIP at; gains, biases and positions too."""
    rng = np.random.default_rng(0)
    residual = (2 * config.num_hidden_layers) ** -0.5
    scales = {"in_proj": residual, "c_proj": residual * 2, "c_fc": 2**-0.5}  # of one over the root of the inputs
    state = {}
    for name, shape in expected(config).items():
        normal = rng.standard_normal(shape, dtype=np.float32)
        if name.endswith(("ln_pre.weight", "ln_1.weight", "ln_2.weight")):
            state[name] = 1 + 0.1 * normal
        elif len(shape) == 1:
            state[name] = 0.1 * normal
        else:
            scale = next((scale for part, scale in scales.items() if part in name), 1.0)
            state[name] = normal * np.float32(scale * np.prod(shape[1:]) ** -0.5)
    return state


def with_outlier_gains(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Norms that let two channels through 40 times louder, to products that do not read them more softly."""
    state = {name: value.copy() for name, value in state.items()}
    for name, value in state.items():
        if name.endswith(("ln_1.weight", "ln_2.weight")):
            value[OUTLIERS] *= 40
    return state


def with_massive_activations(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Two channels of the residual stream at 100 and -60, from the first block to the last; the others are about 1."""
    state = {name: value.copy() for name, value in state.items()}
    state["ln_pre.bias"][OUTLIERS] = [100, -60]
    return state


def pictures(config: VisionConfig, count: int = 3) -> np.ndarray:
    shape = (count, 3, config.image_size, config.image_size)
    return np.random.default_rng(1).standard_normal(shape, dtype=np.float32)


def encoder(config: VisionConfig, tensors: Tensors, folder: Path, precision: Precision) -> Encoder:
    write_encoder(config, tensors, folder, precision, max_file_bytes=2**30)
    (path,) = folder.glob("*.onnx")
    return Encoder(path, threads=1)


def cosine(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Mean cosine of rows, without the outlier channels: they would outvote all the others."""
    ours, theirs = (np.delete(each, OUTLIERS, axis=-1).astype(np.float64) for each in (ours, theirs))
    norms = np.linalg.norm(ours, axis=-1) * np.linalg.norm(theirs, axis=-1)
    return float(((ours * theirs).sum(-1) / norms).mean())


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_features_equal_the_reference(version: str, tmp_path: Path) -> None:
    golden = np.load(GOLDEN / f"mobilevlm-tiny-{version}" / "expected.npz")
    tensors = canonical(load(TOWERS[version]), GOLDEN_CONFIG)
    ours = encoder(GOLDEN_CONFIG, tensors, tmp_path, Precision("fp32"))
    pixels, features = (
        np.concatenate([golden[f"{name}_{i}"] for i in (0, 1)]) for name in ("pixel_values", "features")
    )
    assert np.abs(ours.encode(pixels) - features).max() < 1e-3  # float32 sums in another order; 1e-5 is seen
    assert np.abs(ours.encode(pixels[:1]) - features[:1]).max() < 1e-3


@pytest.mark.parametrize("act", ["quick_gelu", "gelu"])
def test_graph_equals_the_definition(act: str, tmp_path: Path) -> None:
    config = VisionConfig(**{**vars(SMALL), "hidden_act": act})
    tensors = Arrays(drawn(config))
    pixels = pictures(config)
    ours = encoder(config, tensors, tmp_path, Precision("fp32")).encode(pixels)
    assert ours.shape == (3, config.num_patches, config.hidden_size)
    np.testing.assert_allclose(ours, image_features(config, tensors, pixels), atol=1e-4)  # sums in another order


def test_half_precision_rounds_weights_only(tmp_path: Path) -> None:
    tensors, pixels = Arrays(drawn(SMALL)), pictures(SMALL)
    ours = encoder(SMALL, tensors, tmp_path, Precision("fp16")).encode(pixels)
    theirs = image_features(SMALL, tensors, pixels)
    # Weights keep 11 bits, so each product is off by about 2e-4 of its size, and there are 16 of them.
    assert np.abs(ours - theirs).max() < 5e-3 * np.abs(theirs).max()
    rounded = from_graph(graph_tensors(tmp_path / "vision_encoder_fp16.onnx"))
    np.testing.assert_allclose(ours, image_features(SMALL, rounded, pixels), atol=1e-4)  # sums in another order


@pytest.mark.parametrize("change", [dict, with_outlier_gains, with_massive_activations])
def test_int8_stays_close_and_survives_outliers(change: object, tmp_path: Path) -> None:
    assert callable(change)
    tensors, pixels = Arrays(change(drawn(SMALL))), pictures(SMALL)
    ours = encoder(SMALL, tensors, tmp_path, INT8).encode(pixels)
    assert cosine(ours, image_features(SMALL, tensors, pixels)) >= 0.999  # what is promised for the full size


def test_int8_without_smoothing_would_not_survive_outlier_gains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above means something: one scale for all channels does lose them."""
    monkeypatch.setattr("pocketvlm.vision.graph.Smoothed", lambda tensors: tensors)
    tensors, pixels = Arrays(with_outlier_gains(drawn(SMALL))), pictures(SMALL)
    ours = encoder(SMALL, tensors, tmp_path, INT8).encode(pixels)
    assert cosine(ours, image_features(SMALL, tensors, pixels)) < 0.999


@pytest.mark.parametrize("change", [dict, with_outlier_gains])
def test_smoothing_leaves_the_features_as_they_are(change: object) -> None:
    assert callable(change)
    tensors, pixels = Arrays(change(drawn(SMALL))), pictures(SMALL)
    smoothed = Smoothed(tensors)
    assert smoothed.names == tensors.names
    theirs = image_features(SMALL, tensors, pixels)
    ours = image_features(SMALL, smoothed, pixels)
    assert np.abs(ours - theirs).max() < 1e-4 * np.abs(theirs).max()  # float32 products of other factors


def test_smoothing_takes_the_spread_out_of_the_norms() -> None:
    tensors = Arrays(with_outlier_gains(drawn(SMALL)))
    name = "transformer.resblocks.1.ln_2.weight"
    before, after = (np.abs(source.read(name)) for source in (tensors, Smoothed(tensors)))
    # Half of the factor of 40 goes to the weights, in the logarithm.
    assert before.max() / np.median(before) > 35
    assert after.max() / np.median(after) < 10


def test_smoothing_survives_dead_channels() -> None:
    state = drawn(SMALL)
    block = "transformer.resblocks.0"
    for part in ("ln_1.weight", "ln_1.bias"):
        state[f"{block}.{part}"][3] = 0
    state[f"{block}.attn.in_proj_weight"][:, 4] = 0
    state[f"{block}.mlp.c_fc.weight"][:] = 0
    smoothed = Smoothed(Arrays(state))
    assert all(np.isfinite(smoothed.read(name)).all() for name in smoothed.names)


@pytest.mark.parametrize("precision", [Precision("fp32"), Precision("fp16"), INT8])
def test_graph_is_read_back_under_open_clip_s_names(precision: Precision, tmp_path: Path) -> None:
    tensors = Arrays(drawn(SMALL))
    write_encoder(SMALL, tensors, tmp_path, precision, max_file_bytes=2**30)
    (path,) = tmp_path.glob("*.onnx")
    back = from_graph(graph_tensors(path))
    held: Tensors = Smoothed(tensors) if precision.kind == "int8" else tensors
    assert back.names == frozenset(expected(SMALL))
    for name, shape in expected(SMALL).items():
        assert back.shape(name) == shape
        # One step of an int8 row is 1/64 of its largest weight; half a step is lost.
        tolerance = {"fp32": 0, "fp16": 1e-3, "int8": 0.5 / 64}[precision.kind] * np.abs(held.read(name)).max()
        np.testing.assert_allclose(back.read(name), held.read(name), atol=tolerance * 1.001, rtol=0)


def test_int8_is_a_quarter_of_fp32(tmp_path: Path) -> None:
    sizes = []
    for precision in (Precision("fp32"), INT8):
        folder = tmp_path / precision.kind
        folder.mkdir()
        write_encoder(SMALL, Arrays(drawn(SMALL)), folder, precision, max_file_bytes=2**30)
        sizes.append(sum(path.stat().st_size for path in folder.iterdir()))
    # The patch convolution stays in float; it is a tenth of so small an encoder and a five-hundredth of L/14.
    assert sizes[1] < 0.4 * sizes[0]


def test_weights_stream_into_files_of_limited_size(tmp_path: Path) -> None:
    tensors = Arrays(drawn(SMALL))
    told = []
    limit = 400_000
    write_encoder(SMALL, tensors, tmp_path, Precision("fp32"), limit, lambda done, total: told.append((done, total)))
    files = sorted(path for path in tmp_path.iterdir() if ".onnx_data" in path.name)
    assert len(files) > 1
    assert max(path.stat().st_size for path in files) <= limit
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    ours = Encoder(tmp_path / "vision_encoder.onnx", threads=1).encode(pictures(SMALL))
    np.testing.assert_allclose(ours, image_features(SMALL, tensors, pictures(SMALL)), atol=1e-4)  # sums reordered


def test_largest_int8_weight_leaves_room_for_16_bit_sums(tmp_path: Path) -> None:
    """x86 processors before VNNI add two products of uint8 and int8 in 16 bits and clip silently."""
    write_encoder(SMALL, Arrays(drawn(SMALL)), tmp_path, INT8, max_file_bytes=2**30)
    model = onnx.load(tmp_path / "vision_encoder_int8.onnx")
    weights = {node.input[1] for node in model.graph.node if node.op_type == "DynamicQuantizeMatMul"}
    assert len(weights) == 4 * SMALL.used_layers
    for tensor in model.graph.initializer:
        if tensor.name in weights:
            largest = np.abs(onnx.numpy_helper.to_array(tensor).astype(np.int32)).max()
            assert largest == 64
            assert 2 * 255 * largest < 2**15


def test_wrong_pixels_are_refused(tmp_path: Path) -> None:
    ours = encoder(SMALL, Arrays(drawn(SMALL)), tmp_path, Precision("fp32"))
    assert ours.image_size == 60
    with pytest.raises(ValueError, match=r"\(1, 3, 56, 56\), not \(B, 3, 60, 60\)"):
        ours.encode(np.zeros((1, 3, 56, 56), np.float32))
    with pytest.raises(ValueError, match="not \\(B, 3, 60, 60\\)"):
        ours.encode(np.zeros((3, 60, 60), np.float32))


def test_four_bits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be held in int4: use fp32, fp16, int8"):
        write_encoder(SMALL, Arrays(drawn(SMALL)), tmp_path, Precision("int4"), max_file_bytes=2**30)


def test_benchmark_measures_every_outlier_and_holding() -> None:
    script = Path(__file__).resolve().parents[2] / "benchmarks/vision_int8.py"
    command = [sys.executable, script, "--tiny", "--json", "--pictures", "2", "--rounds", "1", "--threads", "1"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    assert figures["pictures"] == 2
    assert [row["held"] for row in figures["speed"]] == [
        "fp32",
        "default",
        "none evened",
        "all evened",
        "not smoothed",
    ]
    cosines = {(row["outliers"], row["held"]): row["features_cosine"] for row in figures["quality"]}
    assert len(cosines) == 6 * 4
    assert cosines["plain", "default"] >= 0.999  # what is promised for the full size
    assert cosines["gains", "default"] > cosines["gains", "not smoothed"]
    assert cosines["peaks", "default"] > cosines["peaks", "none evened"]
