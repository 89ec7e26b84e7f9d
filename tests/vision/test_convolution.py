"""Convolutional graphs: folded norms, ranges and moments that were seen, and weights rounded so that errors cancel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from pocketvlm.graphs.checks import check_graph
from pocketvlm.graphs.session import open_session
from pocketvlm.graphs.writer import ExternalData, GraphWriter
from pocketvlm.vision.calibration import PLACES, Calibration, calibrate
from pocketvlm.vision.convolution import LARGEST_DEPTHWISE_WEIGHT, LARGEST_WEIGHT, ConvWriter, Folded, fold, scale_of
from pocketvlm.vision.rounding import rounded

CHANNELS = 8


class Small(nn.Module):
    """Every operator of the writer once: norms, groups, strides, ReLU6, doubling, a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, CHANNELS, 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(CHANNELS)
        self.depthwise = nn.Conv2d(CHANNELS, CHANNELS, 5, 2, 2, groups=CHANNELS)
        self.last = nn.Conv2d(CHANNELS, 4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = nn.functional.relu6(self.norm(self.first(x)))
        coarse = self.depthwise(wide)
        return self.last(wide + nn.functional.interpolate(coarse, scale_factor=2.0, mode="nearest"))


def small() -> Small:
    torch.manual_seed(0)
    net = Small()
    for name, value in net.norm.state_dict().items():
        if name != "num_batches_tracked":
            value.copy_(0.5 + torch.rand(CHANNELS))  # statistics that fold into something
    return net.eval()


def write(net: Small, folder: Path, seen: Calibration | None = None) -> dict[str, str]:
    stem = "small" if seen is None else "small_int8"
    graph = GraphWriter(ExternalData(folder, stem, 1 << 20))
    writer = ConvWriter(graph, seen)
    x = writer.input("x", 3)
    wide = writer.conv(x, "first", fold(net.first, net.norm), pads=(1, 1, 1, 1), stride=2, relu6=True)
    around = fold(net.depthwise)
    coarse = writer.conv(wide, "depthwise", around, pads=(2, 2, 2, 2), stride=2, groups=CHANNELS)
    both = writer.add(wide, writer.double(coarse, "double"), "sum")
    last = writer.conv(both, "last", fold(net.last), pads=(0, 0, 0, 0), in8bits=False)
    writer.output(last, "map", 4, 2)
    writer.rows([writer.columns(last, 4, "rows")], 4, "places")
    graph.save(folder / f"{stem}.onnx", "small")
    return writer.written


def pictures(count: int, side: int = 32) -> list[np.ndarray]:
    """Smooth ones: neighbouring values go together, as in screens."""
    rng = np.random.default_rng(0)
    coarse = rng.standard_normal((count, 1, 3, side // 8, side // 8)).astype(np.float32)
    return list(coarse.repeat(8, axis=3).repeat(8, axis=4))


def test_graph_equals_torch_at_any_size(tmp_path: Path) -> None:
    net = small()
    write(net, tmp_path)
    assert check_graph(tmp_path / "small.onnx") == []
    session = open_session(tmp_path / "small.onnx", 1)
    for shape in ((1, 3, 32, 32), (2, 3, 16, 48)):
        x = np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
        found, places = session.run(["map", "places"], {"x": x})
        with torch.no_grad():
            wanted = net(torch.from_numpy(x)).numpy()
        np.testing.assert_allclose(found, wanted, atol=1e-5)  # float32 sums in another order
        assert np.array_equal(places, found.reshape(*found.shape[:2], -1).transpose(0, 2, 1))


def test_int8_stays_close_and_says_what_it_holds(tmp_path: Path) -> None:
    net = small()
    held = write(net, tmp_path)
    seen = calibrate(tmp_path / "small.onnx", held, ({"x": x} for x in pictures(8)), 1)
    assert write(net, tmp_path, seen).keys() == held.keys() == seen.ranges.keys()
    assert check_graph(tmp_path / "small_int8.onnx") == []
    x = pictures(9)[-1]
    ours, exact = (
        open_session(tmp_path / f"{stem}.onnx", 1).run(["map"], {"x": x})[0] for stem in ("small_int8", "small")
    )
    # Four tensors in 256 steps and weights in 128 or 256: a hundredth of the range each at worst.
    assert np.abs(ours - exact).max() < 0.04 * np.ptp(exact)
    assert not np.array_equal(ours, exact)


def test_largest_weights_leave_room_for_16_bit_sums(tmp_path: Path) -> None:
    net = small()
    seen = calibrate(tmp_path / "small.onnx", write(net, tmp_path), ({"x": x} for x in pictures(2)), 1)
    write(net, tmp_path, seen)
    model = onnx.load(tmp_path / "small_int8.onnx")
    held = {t.name: onnx.numpy_helper.to_array(t).astype(int) for t in model.graph.initializer}
    assert np.abs(held["first.weight_int8"]).max() == LARGEST_WEIGHT
    assert 2 * 255 * LARGEST_WEIGHT < 2**15
    assert np.abs(held["depthwise.weight_int8"]).max() == LARGEST_DEPTHWISE_WEIGHT
    assert "last.weight_int8" not in held


def test_calibration_sees_ranges_and_moments(tmp_path: Path) -> None:
    net = small()
    held = write(net, tmp_path)
    x = pictures(1, side=16)[0]
    seen = calibrate(tmp_path / "small.onnx", held, [{"x": x}, {"x": 2 * x}], 1)
    assert seen.ranges["x"] == pytest.approx((1.5 * x.min(), 1.5 * x.max()))  # the mean of both pictures'
    low, high = seen.ranges["first"]
    assert low >= 0
    assert high <= 6
    patches = nn.functional.unfold(torch.from_numpy(x), 3, padding=1, stride=2)[0].numpy().T  # (64 places, 27)
    assert len(patches) < PLACES  # so that all of them are looked at
    rows = np.concatenate([patches, np.ones((len(patches), 1))], axis=1).astype(float)
    doubled = rows * np.array([2] * 27 + [1])
    wanted = (rows.T @ rows + doubled.T @ doubled) / 2 / len(rows)
    np.testing.assert_allclose(seen.moments["first"][0], wanted, atol=1e-6)
    assert seen.moments["depthwise"].shape == (CHANNELS, 26, 26)


def test_calibration_needs_pictures(tmp_path: Path) -> None:
    held = write(small(), tmp_path)
    with pytest.raises(ValueError, match="give a few dozen screens"):
        calibrate(tmp_path / "small.onnx", held, [], 1)


def test_rounding_makes_errors_cancel() -> None:
    """On inputs that go together the nearest steps lose several times as much, and a mean that is not zero most."""
    rng = np.random.default_rng(0)
    inputs = np.abs(rng.standard_normal((500, 1)) + 0.3 * rng.standard_normal((500, 40)))
    weight, bias = rng.standard_normal((1, 6, 40)), rng.standard_normal((1, 6))
    rows = np.concatenate([inputs, np.ones((500, 1))], axis=1)
    scales = np.abs(weight).max(axis=2) / 8
    integers, shifted = rounded(weight, bias, (rows.T @ rows / 500)[None], scales, 8)
    assert np.abs(integers).max() <= 8
    exact = inputs @ weight[0].T + bias
    ours = inputs @ (integers[0] * scales[0][:, None]).T + shifted
    nearest = inputs @ (np.round(weight[0] / scales[0][:, None]) * scales[0][:, None]).T + bias
    assert np.square(ours - exact).mean() < np.square(nearest - exact).mean() / 5


def test_rounding_without_correlation_is_to_the_nearest() -> None:
    weight = np.random.default_rng(0).uniform(-1, 1, (2, 3, 9))
    scales = np.full((2, 3), 1 / 64)
    integers, bias = rounded(weight, np.zeros((2, 3)), np.stack([np.eye(10)] * 2), scales, 64)
    assert np.array_equal(integers, np.round(weight * 64))
    assert np.array_equal(bias, np.zeros((2, 3)))


def test_dead_channels_keep_their_bias(tmp_path: Path) -> None:
    """All weights zero: there is no step to divide by, and what remains is the bias."""
    net = small()
    with torch.no_grad():
        net.depthwise.weight[3] = 0
        net.depthwise.bias[3] = 5.0  # type: ignore[index]
    seen = calibrate(tmp_path / "small.onnx", write(net, tmp_path), ({"x": x} for x in pictures(4)), 1)
    write(net, tmp_path, seen)
    x = pictures(1)[0]
    ours, exact = (
        open_session(tmp_path / f"{stem}.onnx", 1).run(["map"], {"x": x})[0] for stem in ("small_int8", "small")
    )
    assert np.abs(ours - exact).max() < 0.04 * np.ptp(exact)  # as above


def test_steps_reach_both_ends_and_zero() -> None:
    for low, high in ((-3.0, 5.0), (0.0, 6.0), (1.0, 2.0), (-2.0, -1.0), (0.0, 0.0)):
        scale, zero_point = scale_of((low, high))
        assert scale > 0
        assert 0 <= zero_point <= 255
        assert (0 - int(zero_point)) * scale <= min(low, 0) + scale  # both ends lie within a step of what is held
        assert (255 - int(zero_point)) * scale >= max(high, 0) - scale


def test_norm_is_folded() -> None:
    net = small()
    folded = fold(net.first, net.norm)
    assert isinstance(folded, Folded)
    x = torch.randn(1, 3, 8, 8)
    ours = nn.functional.conv2d(x, torch.from_numpy(folded.weight), torch.from_numpy(folded.bias), 2, 1)
    with torch.no_grad():
        np.testing.assert_allclose(ours.numpy(), net.norm(net.first(x)).numpy(), atol=1e-5)  # float32, reordered
