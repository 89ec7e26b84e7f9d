"""The screen tower in torch: the same as timm's, whichever way its batch norms are computed."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm
import torch
from torch import nn

from pocketvlm.vision.efficientnet import CHANNELS, EfficientNetLite0, load_imagenet

PIXELS = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))


def a_tower() -> EfficientNetLite0:
    """A tower whose every tensor has something to say, statistics too."""
    torch.manual_seed(1)
    tower = EfficientNetLite0()
    for module in tower.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.8, 1.2)
    return tower.eval()


def published(tower: EfficientNetLite0) -> dict[str, torch.Tensor]:
    """A tower's tensors under the names that the published weights have, head and classifier with them."""
    parts = {"depthwise.conv": "_depthwise_conv", "depthwise.norm": "_bn1", "project.conv": "_project_conv"}
    parts |= {"expand.conv": "_expand_conv", "expand.norm": "_bn0", "project.norm": "_bn2"}
    tensors = {
        "_conv_head.weight": torch.zeros(1280, 320, 1, 1),
        "_bn1.weight": torch.zeros(1280),
        "_fc.bias": torch.zeros(1),
    }
    for name, tensor in tower.state_dict().items():
        if name.startswith("stem"):
            tensors[name.replace("stem.conv", "_conv_stem").replace("stem.norm", "_bn0")] = tensor
        else:
            _, number, part, kind, leaf = name.split(".")
            tensors[f"_blocks.{number}.{parts[f'{part}.{kind}']}.{leaf}"] = tensor
    return tensors


def test_tower_sees_what_timms_sees() -> None:
    tower = a_tower()
    other = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    theirs = other.state_dict()
    body = [name for name in theirs if not name.startswith(("conv_head", "bn2", "classifier"))]
    mine = list(tower.state_dict().values())
    assert len(body) == len(mine)
    theirs.update(zip(body, mine, strict=True))  # both list their tensors in the order of the blocks
    other.load_state_dict(theirs)
    with torch.no_grad():
        maps = tower(PIXELS)
        stages = other.forward_intermediates(PIXELS, intermediates_only=True)
    for map_, stage in zip(maps, stages[-3:], strict=True):
        # The norms are folded into the convolutions here: the same sums in another order, in float32.
        torch.testing.assert_close(map_, stage, rtol=1e-3, atol=1e-4)


def test_maps_have_their_strides_and_channels() -> None:
    maps = EfficientNetLite0().eval()(PIXELS)
    for map_, (stride, channels) in zip(maps, CHANNELS.items(), strict=True):
        assert map_.shape == (2, channels, 64 // stride, 96 // stride)


def test_load_imagenet_finds_every_tensor(tmp_path: Path) -> None:
    tower = a_tower()
    torch.save(published(tower), tmp_path / "lite0.pth")
    other = EfficientNetLite0()
    load_imagenet(other, tmp_path / "lite0.pth")
    for name, tensor in tower.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor), name


def test_load_imagenet_of_other_weights_says_so(tmp_path: Path) -> None:
    tensors = published(a_tower())
    del tensors["_blocks.3._bn1.bias"]
    torch.save(tensors, tmp_path / "other.pth")
    with pytest.raises(ValueError, match=r"other\.pth does not hold EfficientNet-Lite0's weights(.|\n)*blocks\.3"):
        load_imagenet(EfficientNetLite0(), tmp_path / "other.pth")


def test_frozen_blocks_get_no_gradient_and_norms_keep_their_statistics() -> None:
    tower = a_tower()
    tower.freeze(3)
    tower.train()
    before = {name: value.clone() for name, value in tower.named_buffers()}
    sum(map_.square().mean() for map_ in tower(PIXELS)).backward()
    trained = {name for name, parameter in tower.named_parameters() if parameter.grad is not None}
    assert trained == {
        name for name, _ in tower.named_parameters() if name.startswith("blocks.") and int(name.split(".")[1]) >= 3
    }
    assert all(torch.equal(before[name], value) for name, value in tower.named_buffers())


def test_freezing_blocks_above_the_first_map_is_refused() -> None:
    with pytest.raises(ValueError, match=r"between 0 and 3 blocks .* not 4"):
        EfficientNetLite0().freeze(4)
