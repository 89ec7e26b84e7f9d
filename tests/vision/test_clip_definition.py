"""The image encoder's definition gives what the reference code gives, from every layout of checkpoint."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
import transformers
from open_clip.transformer import VisionTransformer

from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.vision.checkpoint import canonical, expected, unused
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import build, config_of, image_features, pretrained_tensors, whole

GOLDEN = Path(__file__).resolve().parent.parent / "data/golden"
TINY = VisionConfig(
    image_size=30,  # 4 patches a side, and 2 pixels left over
    patch_size=7,
    hidden_size=32,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=72,
    hidden_act="quick_gelu",
    layer_norm_eps=1e-5,
)
LARGE = VisionConfig(336, 14, 1024, 24, 16, 4096, "quick_gelu", 1e-5)
# Where the tower lies, for each golden checkpoint: V1 takes it from CLIP's own, V2 holds it.
TOWERS = {
    "v1": GOLDEN / "mobilevlm-tiny-v1/clip/pytorch_model.bin",
    "v2": GOLDEN / "mobilevlm-tiny-v2/pytorch_model.bin",
}


def load(path: Path) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in torch.load(path, weights_only=True).items()}


def golden_config() -> VisionConfig:
    return VisionConfig(336, 14, 64, 4, 4, 256, "quick_gelu", 1e-5)


def tower(config: VisionConfig, seed: int = 0) -> VisionTransformer:
    """open_clip's own, whole, with random weights; biases and gains too, which it starts at 0 and 1."""
    torch.manual_seed(seed)
    made = whole(config).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
    return made


def arrays(module: torch.nn.Module, prefix: str = "") -> dict[str, np.ndarray]:
    return {prefix + name: value.numpy() for name, value in module.state_dict().items()}


def pictures(config: VisionConfig, count: int = 2) -> np.ndarray:
    shape = (count, 3, config.image_size, config.image_size)
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("index", [0, 1])
def test_features_equal_the_reference(version: str, index: int) -> None:
    golden = np.load(GOLDEN / f"mobilevlm-tiny-{version}" / "expected.npz")
    tensors = canonical(Arrays(load(TOWERS[version])), golden_config())
    features = image_features(golden_config(), tensors, golden[f"pixel_values_{index}"])
    assert features.shape == (1, 576, 64)
    assert np.abs(features - golden[f"features_{index}"]).max() < 1e-4  # float32 sums in another order


@pytest.mark.parametrize("act", ["quick_gelu", "gelu"])
def test_features_are_the_block_before_the_last(act: str) -> None:
    """The whole tower, last block and all, run by open_clip; ours is cut and run alone."""
    config = VisionConfig(**{**vars(TINY), "hidden_act": act})
    module = tower(config)
    pixels = pictures(config)
    with torch.inference_mode():
        blocks = module.forward_intermediates(torch.from_numpy(pixels), indices=[1], output_fmt="NLC")
    features = image_features(config, canonical(Arrays(arrays(module)), config), pixels)
    assert features.shape == (2, 16, 32)
    # The same operators on the same numbers; a batch may be split among threads in another way.
    np.testing.assert_allclose(features, blocks["image_intermediates"][0].numpy(), atol=1e-5)


def test_activation_changes_the_features() -> None:
    tensors = canonical(Arrays(arrays(tower(TINY))), TINY)
    exact = VisionConfig(**{**vars(TINY), "hidden_act": "gelu"})
    ours, other = (image_features(config, tensors, pictures(TINY)) for config in (TINY, exact))
    # The two activations differ by up to 0.02; parity elsewhere is asserted at a hundredth of that.
    assert np.abs(ours - other).max() > 1e-3


def test_norm_epsilon_is_the_config_s() -> None:
    tensors = canonical(Arrays(arrays(tower(TINY))), TINY)
    other = VisionConfig(**{**vars(TINY), "layer_norm_eps": 0.1})
    ours, different = (image_features(config, tensors, pictures(TINY)) for config in (TINY, other))
    assert np.abs(ours - different).max() > 1e-2  # a tenth of the variance of a norm's input or more


def test_every_layout_gives_the_same_tensors() -> None:
    config = transformers.CLIPVisionConfig(**TINY.to_dict() | {"projection_dim": 32})
    torch.manual_seed(0)
    module = transformers.CLIPVisionModel(config)
    bare = {re.sub(r"^vision_model\.", "", name): value for name, value in arrays(module).items()}
    reference = canonical(Arrays(bare), TINY)
    assert reference.names == frozenset(expected(TINY))
    beside = {
        "text_model.final_layer_norm.weight": np.ones(3),
        "logit_scale": np.ones(()),
        "lm_head.weight": np.ones(2),
    }
    for prefix in ("vision_model.", "model.vision_tower.vision_tower.vision_model."):
        moved = {prefix + name: value for name, value in bare.items()} | beside
        moved[f"{prefix}embeddings.position_ids"] = np.arange(17)[None]
        assert_equal(canonical(Arrays(moved), TINY), reference)
    ours = {name: reference.read(name) for name in reference.names}
    assert_equal(canonical(Arrays(ours), TINY), reference)  # cut already
    assert_equal(canonical(Arrays({f"visual.{name}": value for name, value in ours.items()} | beside), TINY), reference)


def assert_equal(tensors: Tensors, reference: Tensors) -> None:
    assert tensors.names == reference.names
    for name in reference.names:
        array = tensors.read(name)
        assert tensors.shape(name) == array.shape
        np.testing.assert_array_equal(array, reference.read(name))


def test_transformers_layout_computes_what_transformers_does() -> None:
    torch.manual_seed(0)
    module = transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**TINY.to_dict())).eval()
    pixels = pictures(TINY)
    with torch.inference_mode():
        states = module(torch.from_numpy(pixels), output_hidden_states=True).hidden_states
    features = image_features(TINY, canonical(Arrays(arrays(module)), TINY), pixels)
    np.testing.assert_allclose(features, states[-2][:, 1:].numpy(), atol=1e-5)  # float32 sums in another order


def test_every_wrong_tensor_is_listed_by_its_own_name() -> None:
    state = {f"model.{name}": value for name, value in load(TOWERS["v1"]).items()}
    layer = "model.vision_model.encoder.layers.0"
    del state[f"{layer}.self_attn.k_proj.bias"]
    state[f"{layer}.mlp.fc1.weight"] = np.zeros((3, 64))
    state[f"{layer}.mlp.fc3.weight"] = np.zeros(2)
    with pytest.raises(ValueError, match="does not fit its config") as caught:
        canonical(Arrays(state), golden_config())
    assert str(caught.value).splitlines()[1:] == [
        f"{layer}.self_attn.k_proj.bias is missing",
        f"{layer}.mlp.fc3.weight is unexpected",
        f"{layer}.mlp.fc1.weight is [3, 64] instead of [256, 64]",
    ]


def test_definition_leaves_no_tensor_at_its_start() -> None:
    state = {name: np.ones(shape, np.float32) for name, shape in expected(TINY).items()}
    del state["ln_pre.bias"], state["class_embedding"]
    with pytest.raises(ValueError, match=r"class_embedding is missing\nln_pre.bias is missing"):
        image_features(TINY, Arrays(state), pictures(TINY))


def test_towers_are_found_or_the_reason_is_given() -> None:
    with pytest.raises(ValueError, match=r"no CLIP image encoder: no tensor is called conv1\.weight or embeddings"):
        canonical(Arrays({"lm_head.weight": np.ones(2)}), TINY)
    both = {"a.conv1.weight": np.ones(1), "b.conv1.weight": np.ones(1)}
    with pytest.raises(ValueError, match=r"2 image encoders, under a\., b\.: give one"):
        canonical(Arrays(both), TINY)


@pytest.mark.parametrize("config", [LARGE, TINY])
def test_names_and_counts_are_open_clip_s(config: VisionConfig) -> None:
    with torch.device("meta"):
        published, used = whole(config), build(config)
    shapes = {name: tuple(value.shape) for name, value in used.state_dict().items()}
    assert shapes == expected(config)
    assert set(published.state_dict()) == {*expected(config), *unused(config)}
    assert config.used_parameter_count == sum(value.numel() for value in used.parameters())
    projection = published.proj.numel()  # into the space shared with text: no part of the tower
    assert config.parameter_count == sum(value.numel() for value in published.parameters()) - projection


def test_large_tower_has_the_published_numbers() -> None:
    assert config_of("ViT-L-14-336-quickgelu") == LARGE
    assert (LARGE.grid, LARGE.num_patches) == (24, 576)
    assert LARGE.parameter_count == 303_507_456
    assert round(LARGE.used_parameter_count / 1e6, 1) == 290.9


@pytest.mark.parametrize("name", ["ViT-B-16", "ViT-B-32-quickgelu", "ViT-H-14", "ViT-bigG-14", "ViT-S-16"])
def test_other_towers_are_selected_by_name(name: str) -> None:
    config = config_of(name)
    raw = open_clip.get_model_config(name)
    with torch.device("meta"):
        visual = open_clip.model._build_vision_tower(raw["embed_dim"], raw["vision_cfg"], raw.get("quick_gelu", False))
        ours = whole(config)
    shapes = [{key: value.shape for key, value in module.state_dict().items()} for module in (visual, ours)]
    del shapes[0]["proj"], shapes[1]["proj"]  # as wide as the space shared with text
    assert shapes[0] == shapes[1]
    assert type(visual.transformer.resblocks[0].mlp.gelu) is type(ours.transformer.resblocks[0].mlp.gelu)
    assert visual.transformer.resblocks[0].attn.num_heads == config.num_attention_heads


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ViT-L-14-CLIPA", "no_ln_pre is True"),
        ("ViT-M-16-alt", "ls_init_value is 0.0001"),
        ("coca_ViT-B-32", "attentional_pool is True"),
        ("ViT-B-16-SigLIP", "it is timm's vit_base_patch16_siglip_224"),
        ("RN50", "it is a ResNet of stages"),
        ("ViT-L-14-337", "no model 'ViT-L-14-337': did you mean .*ViT-L-14-336"),
        ("#", "see open_clip.list_models"),
    ],
)
def test_towers_that_cannot_be_exported_say_why(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        config_of(name)


def test_every_tower_is_either_understood_or_refused() -> None:
    refused = []
    for name in open_clip.list_models():
        try:
            config_of(name)
        except ValueError as error:
            refused.append(str(error))
    assert len(open_clip.list_models()) - len(refused) > 40
    assert all("cannot be exported" in reason for reason in refused)


def test_pretrained_weights_are_asked_for_by_their_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"no weights 'nobody' for 'ViT-B-16'; there are: .*laion2b_s34b_b88k"):
        pretrained_tensors("ViT-B-16", "nobody")
    with pytest.raises(ValueError, match="not trained with gelu: use 'ViT-B-16-quickgelu'"):
        pretrained_tensors("ViT-B-16", "openai")
    path = tmp_path / "weights.pt"
    torch.save({"visual.proj": torch.ones(2), "logit_scale": torch.ones(1)}, path)
    monkeypatch.setattr(open_clip, "download_pretrained", lambda pretrained: str(path))
    assert pretrained_tensors("ViT-B-16-quickgelu", "openai").names == {"visual.proj"}


def test_config_survives_its_file_and_is_read_out_of_a_whole_clip() -> None:
    assert VisionConfig.from_dict(TINY.to_dict()) == TINY
    assert VisionConfig.from_dict({"model_type": "clip", "vision_config": TINY.to_dict()}) == TINY
    silent = {name: value for name, value in TINY.to_dict().items() if name not in ("hidden_act", "layer_norm_eps")}
    assert VisionConfig.from_dict(silent) == TINY  # transformers' defaults


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "siglip_vision_model"}, "'siglip_vision_model' is no CLIP"),
        ({"hidden_act": "relu"}, "'relu' is not known: use quick_gelu or gelu"),
        ({"num_hidden_layers": 1}, "num_hidden_layers 1"),
        ({"num_attention_heads": 5}, "32 is not a multiple of num_attention_heads 5"),
        ({"image_size": 6}, "less than one patch of 7"),
    ],
)
def test_config_of_another_encoder_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VisionConfig.from_dict({**TINY.to_dict(), **change})


def test_config_that_lacks_fields_names_them() -> None:
    with pytest.raises(ValueError, match="lacks image_size, hidden_size"):
        VisionConfig.from_dict({k: v for k, v in TINY.to_dict().items() if k not in ("image_size", "hidden_size")})
