"""The image encoder in torch, as open_clip builds it: the reference that the ONNX graph is checked against.

The features are what comes out of the block before the last, as in LLaVA and MobileVLM (arXiv:2312.16886, section 3.2);
the last block and the final norm never run, so they are not built.

Letters: B pictures, S side of the image in pixels, N patches, C hidden width.
"""

from __future__ import annotations

import difflib
from functools import partial
from typing import Any

import numpy as np
import open_clip
import torch
from open_clip.model import CLIPVisionCfg
from open_clip.transformer import LayerNorm, QuickGELU, VisionTransformer
from torch import nn

from pocketvlm.graphs.tensors import Arrays, Tensors, problems
from pocketvlm.vision.checkpoint import expected
from pocketvlm.vision.config import VisionConfig

ACTIVATIONS = {"quick_gelu": QuickGELU, "gelu": nn.GELU}
# What of open_clip's vision_cfg a VisionConfig says, and what makes no difference before the last block.
UNDERSTOOD = {"layers", "width", "head_width", "mlp_ratio", "patch_size", "image_size", "norm_kwargs"}
WITHOUT_EFFECT = {
    "patch_dropout",  # while training only
    "pool_type",
    "final_ln_after_pool",
    "output_tokens",
    "attn_pooler_queries",
    "attn_pooler_heads",
    *(name for name in CLIPVisionCfg.__dataclass_fields__ if name.startswith("timm_") and name != "timm_model_name"),
}


def image_features(config: VisionConfig, tensors: Tensors, pixel_values: np.ndarray) -> np.ndarray:
    """Patch features of the block before the last, without the class token and without the final norm.

    Args:
        tensors: exactly the tensors of `vision.checkpoint.expected`, under open_clip's names.
        pixel_values: (B, 3, S, S) float32.
    Returns:
        (B, N, C) float32.
    Raises:
        ValueError: tensors missing, unexpected or of another shape, all of them listed.
    """
    if found := problems(tensors, expected(config)):
        raise ValueError("the image encoder's tensors do not fit its config:\n" + "\n".join(found))
    with torch.device("meta"):
        tower = build(config)
    state = {name: torch.from_numpy(tensors.read(name)) for name in tensors.names}
    tower.load_state_dict(state, strict=True, assign=True)  # takes the arrays as they are: one copy in memory
    tower.eval()
    with torch.inference_mode():
        pixels = torch.from_numpy(np.ascontiguousarray(pixel_values, dtype=np.float32))  # (B, 3, S, S)
        found_features = tower.forward_intermediates(pixels, indices=1, intermediates_only=True, output_fmt="NLC")[
            "image_intermediates"
        ]
        features: np.ndarray = found_features[0].numpy()  # (B, N, C)
    return features


def build(config: VisionConfig) -> VisionTransformer:
    """open_clip's tower with fresh weights, cut after the block before the last; the final norm and projection go."""
    tower = whole(config, config.used_layers)
    tower.ln_post = nn.Identity()
    tower.proj = None
    return tower


def whole(config: VisionConfig, layers: int | None = None) -> VisionTransformer:
    """open_clip's tower as published, or with another number of blocks."""
    return VisionTransformer(
        image_size=config.image_size,
        patch_size=config.patch_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers if layers is None else layers,
        heads=config.num_attention_heads,
        mlp_ratio=(config.intermediate_size + 0.5) / config.hidden_size,  # open_clip multiplies and cuts the fraction
        act_layer=ACTIVATIONS[config.hidden_act],
        norm_layer=partial(LayerNorm, eps=config.layer_norm_eps),
        output_dim=config.hidden_size,
    )


def config_of(name: str) -> VisionConfig:
    """The image encoder of an open_clip model, such as "ViT-L-14-336-quickgelu" or "ViT-B-16".

    OpenAI's weights need a name that ends in "-quickgelu".

    Raises:
        ValueError: an unknown name, with the nearest known ones; or a tower that is no plain ViT, with the reason.
    """
    known = open_clip.get_model_config(name)
    if known is None:
        near = difflib.get_close_matches(name, open_clip.list_models(), n=4, cutoff=0.4)
        hint = f": did you mean {', '.join(near)}?" if near else ": see open_clip.list_models()"
        raise ValueError(f"open_clip knows no model {name!r}{hint}")
    raw: dict[str, Any] = known["vision_cfg"]
    if reason := _not_plain(raw):
        raise ValueError(f"the image encoder of {name!r} cannot be exported: {reason}; use a plain ViT, as ViT-B-16")
    tower = CLIPVisionCfg(**raw)
    assert isinstance(tower.layers, int)
    assert isinstance(tower.image_size, int)
    return VisionConfig(
        image_size=tower.image_size,
        patch_size=tower.patch_size,
        hidden_size=tower.width,
        num_hidden_layers=tower.layers,
        num_attention_heads=tower.width // tower.head_width,
        intermediate_size=int(tower.width * tower.mlp_ratio),
        hidden_act="quick_gelu" if known.get("quick_gelu", False) else "gelu",
        layer_norm_eps=(tower.norm_kwargs or {}).get("eps", LayerNorm(1).eps),
    )


def pretrained_tensors(name: str, tag: str) -> Tensors:
    """The image encoder of one of open_clip's pretrained models, downloaded if need be.

    Args:
        name: as for `config_of`.
        tag: which weights, such as "openai" or "laion2b_s34b_b79k".
    Returns:
        The whole tower's tensors, for `vision.checkpoint.canonical`.
    Raises:
        ValueError: no such weights, with those there are; or weights that were trained with the other activation.
    """
    config = config_of(name)
    pretrained = open_clip.get_pretrained_cfg(name, tag)
    if not pretrained:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(name)) or "none"
        raise ValueError(f"open_clip has no weights {tag!r} for {name!r}; there are: {tags}")
    if bool(pretrained.get("quick_gelu", False)) != (config.hidden_act == "quick_gelu"):
        other = name.removesuffix("-quickgelu") if name.endswith("-quickgelu") else f"{name}-quickgelu"
        raise ValueError(f"the weights {tag!r} were not trained with {config.hidden_act}: use {other!r}")
    path = open_clip.download_pretrained(pretrained)
    state = open_clip.factory.load_state_dict(path)  # reads data only, never code
    visual = {key: value.float().numpy() for key, value in state.items() if key.startswith("visual.")}
    return Arrays(visual)


def _not_plain(raw: dict[str, Any]) -> str | None:
    """Why the ONNX graph cannot express a tower: the options of open_clip's that it does not know, LayerScale, no
    norm before the blocks, fixed positions, attentional pooling, other attention blocks among them."""
    if "timm_model_name" in raw:
        return f"it is timm's {raw['timm_model_name']}"
    if not isinstance(raw.get("layers"), int):
        return f"it is a ResNet of stages {raw.get('layers')}"
    if not isinstance(raw.get("image_size", 0), int):
        return f"its image_size {raw['image_size']} is no square"
    plain = CLIPVisionCfg()
    odd = {
        option: value
        for option, value in raw.items()
        if option not in UNDERSTOOD | WITHOUT_EFFECT and value != getattr(plain, option, None)
    }
    return ", ".join(f"{option} is {value!r}" for option, value in odd.items()) or None
