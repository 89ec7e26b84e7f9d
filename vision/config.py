"""The shape of a CLIP image encoder, in the field names of Hugging Face's `CLIPVisionConfig`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

ACTIVATIONS = ("quick_gelu", "gelu")  # x * sigmoid(1.702 x), of OpenAI's weights; the exact one, of LAION's
OPTIONAL = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5}  # what transformers takes where a config is silent


@dataclass(frozen=True)
class VisionConfig:
    """Everything that fixes the encoder's graph; grid and counts are derived from it.

    Attributes:
        num_hidden_layers: blocks of the whole tower as published. The last one is never run: the features are what
            comes out of the block before it.
    """

    image_size: int
    patch_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    hidden_act: str
    layer_norm_eps: float

    def __post_init__(self) -> None:
        if self.image_size < self.patch_size:
            raise ValueError(f"image_size {self.image_size} is less than one patch of {self.patch_size}")
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} is not a multiple of num_attention_heads {self.num_attention_heads}"
            )
        if self.num_hidden_layers < 2:
            raise ValueError(f"num_hidden_layers {self.num_hidden_layers} leaves no block before the last: at least 2")
        if self.hidden_act not in ACTIVATIONS:
            raise ValueError(f"hidden_act {self.hidden_act!r} is not known: use {' or '.join(ACTIVATIONS)}")

    @property
    def grid(self) -> int:
        """Patches along one side; what does not fill a patch is cut off, as the convolution does."""
        return self.image_size // self.patch_size

    @property
    def num_patches(self) -> int:
        """N, the rows of the features: all patches, without the class token."""
        return self.grid**2

    @property
    def used_layers(self) -> int:
        """Blocks that work for the features: all but the last."""
        return self.num_hidden_layers - 1

    @property
    def used_parameter_count(self) -> int:
        """Parameters that work for the features."""
        patches = 3 * self.patch_size**2 * self.hidden_size
        positions = (self.num_patches + 2) * self.hidden_size  # the class token's embedding among them
        return patches + positions + self._norm_parameters + self.used_layers * self._block_parameters

    @property
    def parameter_count(self) -> int:
        """Parameters of the tower as published, without the projection into the space that it shares with text."""
        return self.used_parameter_count + self._block_parameters + self._norm_parameters

    @property
    def _block_parameters(self) -> int:
        attention = 4 * (self.hidden_size**2 + self.hidden_size)
        mlp = 2 * self.hidden_size * self.intermediate_size + self.hidden_size + self.intermediate_size
        return attention + mlp + 2 * self._norm_parameters

    @property
    def _norm_parameters(self) -> int:
        return 2 * self.hidden_size

    def to_dict(self) -> dict[str, Any]:
        """A `config.json` that transformers reads as a `CLIPVisionModel`'s."""
        return {"model_type": "clip_vision_model", **asdict(self)}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> VisionConfig:
        """Read a `config.json` of a CLIP image encoder, or of a whole CLIP with `vision_config` inside.

        Raises:
            ValueError: another architecture, or a missing field; the message names it.
        """
        inner = raw.get("vision_config", raw)
        kind = inner.get("model_type", "clip_vision_model")  # older files of a whole CLIP name it only outside
        if kind != "clip_vision_model" or raw.get("model_type", "clip") not in ("clip", "clip_vision_model"):
            raise ValueError(f"model_type {raw.get('model_type')!r} is no CLIP image encoder: give CLIP's config.json")
        known = {**OPTIONAL, **inner}
        missing = [field.name for field in fields(cls) if field.name not in known]
        if missing:
            raise ValueError(f"the config of the image encoder lacks {', '.join(missing)}")
        return cls(**{field.name: known[field.name] for field in fields(cls)})
