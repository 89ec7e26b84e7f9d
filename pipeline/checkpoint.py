"""A model about to be exported: its parts, each with a config and the tensors it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketvlm.graphs.tensors import Tensors, problems
from pocketvlm.llm_backbone import weights as llm_weights
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import DecoderWeights
from pocketvlm.projector import definition as projector_definition
from pocketvlm.vision import checkpoint as vision_checkpoint
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.preprocess import PreprocessorConfig


@dataclass(frozen=True)
class LanguagePart:
    """The language model.

    Attributes:
        tensors: float weights under Hugging Face's names.
        native: the weights as a GGUF file holds them, without loss; None for checkpoints of floats.
        native_kinds: the precisions of those, of the token table and of most of the layers' weights.
    """

    config: LlamaConfig
    tensors: Tensors
    native: Callable[[], DecoderWeights] | None = None
    native_kinds: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class VisionPart:
    """The image encoder, its tensors in any of the published layouts, and how pictures are prepared for it."""

    config: VisionConfig
    published: Tensors
    preprocessor: PreprocessorConfig

    @property
    def tensors(self) -> Tensors:
        """The tensors under open_clip's names."""
        return vision_checkpoint.canonical(self.published, self.config)


@dataclass(frozen=True)
class ProjectorPart:
    """The projector, patch features of `in_features` to image tokens of `out_features`."""

    kind: str
    in_features: int
    out_features: int
    tensors: Tensors


@dataclass(frozen=True)
class Checkpoint:
    """A whole model.

    Attributes:
        weights: "trained" or "random".
        source: where it comes from, for the manifest.
        write_tokenizer: writes `tokenizer.json` and `tokenizer_config.json` into a folder.
        generation: the content of `generation_config.json`.
        vision, projector: both or neither.
    """

    weights: str
    source: dict[str, Any]
    language: LanguagePart
    write_tokenizer: Callable[[Path], None]
    generation: dict[str, Any]
    vision: VisionPart | None = None
    projector: ProjectorPart | None = None

    def check(self) -> None:
        """
        Raises:
            ValueError: tensors are missing, unexpected or of another shape than the config says; lists them.
        """
        found = problems(
            self.language.tensors,
            llm_weights.expected(self.language.config),
            llm_weights.unused(self.language.config),
        )
        if self.vision and self.projector:
            projector = self.projector
            found += vision_checkpoint.misfits(self.vision.published, self.vision.config)
            kind = projector_definition.expected(projector.kind, projector.in_features, projector.out_features)
            found += problems(projector.tensors, kind)
        if found:
            raise ValueError(f"{len(found)} tensors do not fit the config: {'; '.join(found)}")

    def tensors(self) -> dict[str, Tensors]:
        """The tensors by part, for `verify`."""
        parts = {"vision_encoder": self.vision, "projector": self.projector, "language_model": self.language}
        return {name: part.tensors for name, part in parts.items() if part is not None}

    def parameters(self) -> dict[str, int]:
        """Parameters by part and in all, the image encoder's unused last block among them, as published counts are."""
        counts = {}
        if self.vision and self.projector:
            projector = self.projector
            counts["vision_encoder"] = self.vision.config.parameter_count
            counts["projector"] = projector_definition.parameter_count(
                projector.kind, projector.in_features, projector.out_features
            )
        counts["language_model"] = llm_weights.parameter_count(self.language.config)
        return {**counts, "total": sum(counts.values())}
