"""The image encoder's tensors: their names and shapes, and every published layout turned into one.

The names here are open_clip's, with `visual.` taken off. Three layouts are read:

- open_clip's: `conv1.weight`, ..., under `visual.` in a whole CLIP;
- transformers': `embeddings.patch_embedding.weight`, ..., under `vision_model.` in CLIP's own checkpoint and under
  `model.vision_tower.vision_tower.vision_model.` in MobileVLM V2's; query, key and value stand apart there;
- our own graph's, read back (`from_graph`).

Whatever stands before those names is found, not asked for, so a whole checkpoint can be given; tensors outside it
(the text tower, the language model) are left alone.

Letters: C hidden width, F intermediate width, P patch size, N patches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from pocketvlm.graphs.tensors import Renamed, Tensors, problems
from pocketvlm.vision.config import VisionConfig

Shapes = dict[str, tuple[int, ...]]

BLOCK = "transformer.resblocks"
LAYOUT_MARKS = {"open_clip": "conv1.weight", "transformers": "embeddings.patch_embedding.weight"}
HF_BLOCK = "encoder.layers"
# transformers' names of what stands in one piece in both layouts; "pre_layrnorm" is theirs.
HF_STEM = {
    "class_embedding": "embeddings.class_embedding",
    "positional_embedding": "embeddings.position_embedding.weight",
    "conv1.weight": "embeddings.patch_embedding.weight",
    "ln_pre.weight": "pre_layrnorm.weight",
    "ln_pre.bias": "pre_layrnorm.bias",
}
HF_PARTS = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "attn.out_proj": "self_attn.out_proj",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
}
HF_IN_PROJ = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")  # the order of in_proj's rows


def expected(config: VisionConfig) -> Shapes:
    """Shapes by name of all tensors that the features need: the stem and every block but the last."""
    width, patch = config.hidden_size, config.patch_size
    stem: Shapes = {
        "class_embedding": (width,),
        "positional_embedding": (config.num_patches + 1, width),
        "conv1.weight": (width, 3, patch, patch),
        "ln_pre.weight": (width,),
        "ln_pre.bias": (width,),
    }
    return stem | {name: shape for index in range(config.used_layers) for name, shape in block(config, index).items()}


def block(config: VisionConfig, index: int) -> Shapes:
    """Shapes by name of one block's tensors."""
    width, inner = config.hidden_size, config.intermediate_size
    parts: Shapes = {
        "ln_1.weight": (width,),
        "ln_1.bias": (width,),
        "attn.in_proj_weight": (3 * width, width),
        "attn.in_proj_bias": (3 * width,),
        "attn.out_proj.weight": (width, width),
        "attn.out_proj.bias": (width,),
        "ln_2.weight": (width,),
        "ln_2.bias": (width,),
        "mlp.c_fc.weight": (inner, width),
        "mlp.c_fc.bias": (inner,),
        "mlp.c_proj.weight": (width, inner),
        "mlp.c_proj.bias": (width,),
    }
    return {f"{BLOCK}.{index}.{name}": shape for name, shape in parts.items()}


def unused(config: VisionConfig) -> list[str]:
    """Names that a published tower has and the features do not need: last block, final norm, projection."""
    return [*block(config, config.used_layers), "ln_post.weight", "ln_post.bias", "proj"]


def misfits(tensors: Tensors, config: VisionConfig) -> list[str]:
    """Why a checkpoint is not the config's, a line for each tensor that is missing, unexpected or of another shape.

    Args:
        tensors: of any of the published layouts; the lines have the names that they have there.
    Raises:
        ValueError: no tower or several.
    """
    layout, prefix = _find(tensors.names)
    needed = {prefix + name: shape for name, shape in _source_shapes(config, _parts(layout, config)).items()}
    spare = {prefix + name for name in (unused(config) if layout == "open_clip" else _transformers_unused(config))}
    return problems(Renamed(tensors, lambda name: name if name.startswith(prefix) else None), needed, spare)


def canonical(tensors: Tensors, config: VisionConfig) -> Tensors:
    """The encoder's tensors out of a checkpoint of any of the published layouts, under open_clip's names.

    Args:
        tensors: a checkpoint; it may hold a text tower or a language model as well.
    Returns:
        Exactly the tensors of `expected`. Nothing is read yet.
    Raises:
        ValueError: no tower or several; or tensors that do not fit, all of them listed (`misfits`).
    """
    if found := misfits(tensors, config):
        raise ValueError("the image encoder's checkpoint does not fit its config:\n" + "\n".join(found))
    layout, prefix = _find(tensors.names)
    joined = {name: [prefix + source for source in sources] for name, sources in _parts(layout, config).items()}
    return Joined(tensors, joined)


def from_graph(tensors: Tensors) -> Tensors:
    """The tensors of our own graph, read back, under open_clip's names.

    The graph names every product's tensors `X.weight` and `X.bias`; open_clip says `in_proj_weight`, `in_proj_bias`.
    """
    return Renamed(tensors, lambda name: name.replace(".attn.in_proj.", ".attn.in_proj_"))


class Joined:
    """Tensors put together, by rows, from one or more of another source."""

    def __init__(self, tensors: Tensors, parts: Mapping[str, list[str]]) -> None:
        """
        Args:
            parts: a tensor's name here to the names it is joined from, in the order of its rows.
        """
        self._tensors = tensors
        self._parts = parts

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._parts)

    def shape(self, name: str) -> tuple[int, ...]:
        shapes = [self._tensors.shape(part) for part in self._parts[name]]
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def read(self, name: str) -> np.ndarray:
        arrays = [self._tensors.read(part) for part in self._parts[name]]
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _find(names: Iterable[str]) -> tuple[str, str]:
    """The layout, and what stands before its names."""
    found = [
        (layout, name[: -len(mark)])
        for name in sorted(names)
        for layout, mark in LAYOUT_MARKS.items()
        if name == mark or name.endswith(f".{mark}")
    ]
    if len(found) == 1:
        return found[0]
    marks = " or ".join(LAYOUT_MARKS.values())
    if not found:
        raise ValueError(f"the checkpoint holds no CLIP image encoder: no tensor is called {marks}")
    prefixes = ", ".join(prefix or "the top" for _, prefix in found)
    raise ValueError(f"the checkpoint holds {len(found)} image encoders, under {prefixes}: give one of them alone")


def _parts(layout: str, config: VisionConfig) -> Mapping[str, tuple[str, ...]]:
    """The names that a layout has for each of open_clip's."""
    return {name: (name,) for name in expected(config)} if layout == "open_clip" else _transformers_parts(config)


def _transformers_parts(config: VisionConfig) -> dict[str, tuple[str, ...]]:
    """open_clip's names to transformers'."""
    parts: dict[str, tuple[str, ...]] = {name: (source,) for name, source in HF_STEM.items()}
    for index in range(config.used_layers):
        ours, theirs = f"{BLOCK}.{index}", f"{HF_BLOCK}.{index}"
        for kind in ("weight", "bias"):
            parts |= {f"{ours}.{part}.{kind}": (f"{theirs}.{source}.{kind}",) for part, source in HF_PARTS.items()}
            parts[f"{ours}.attn.in_proj_{kind}"] = tuple(f"{theirs}.{source}.{kind}" for source in HF_IN_PROJ)
    return parts


def _transformers_unused(config: VisionConfig) -> list[str]:
    last = [f"{HF_BLOCK}.{config.used_layers}.{part}" for part in (*HF_PARTS.values(), *HF_IN_PROJ)]
    names = [f"{part}.{kind}" for part in (*last, "post_layernorm") for kind in ("weight", "bias")]
    return [*names, "embeddings.position_ids"]  # a buffer of 0, 1, 2, ... that older files hold


def _source_shapes(config: VisionConfig, parts: Mapping[str, tuple[str, ...]]) -> Shapes:
    """Shapes by the names of the source; a joined tensor's rows are shared out evenly."""
    ours = expected(config)
    return {
        source: (ours[name][0] // len(sources), *ours[name][1:])
        for name, sources in parts.items()
        for source in sources
    }
