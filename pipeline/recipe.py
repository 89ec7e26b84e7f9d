"""In which precision each part of a bundle is held."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from pocketvlm.graphs.linear import Precision


@dataclass(frozen=True)
class Recipe:
    """A precision for each part.

    Attributes:
        vision, projector: their weight products; convolutions, norms and positions stay in float. Of the vision
            encoder only the kind counts.
        embeddings: the token embedding; also the output head where the two are tied.
        llm: the decoder's layers; None keeps what a GGUF file holds, without loss, its embedding and head as well.
        head: the output head where it is not tied.
        kv_cache: keys and values of what was read: "fp32", or "int8", a quarter of the memory.
    """

    vision: Precision
    projector: Precision
    embeddings: Precision
    llm: Precision | None
    head: Precision
    kv_cache: str = "fp32"

    def details(self) -> dict[str, Any]:
        """For the manifest: what its terms leave out, such as block sizes, zero points and methods."""
        parts = {
            "projector": self.projector,
            "embed_tokens": self.embeddings,
            "decoder_model_merged": self.llm,
            "lm_head": self.head,
        }
        if self.llm is None:
            del parts["embed_tokens"], parts["lm_head"]
        details = {name: _details(precision) for name, precision in parts.items()}
        details = {"vision_encoder": {"kind": self.vision.kind}, **details}  # whose int8 has a scale for each row
        return details if self.kv_cache == "fp32" else {**details, "kv_cache": {"kind": self.kv_cache}}


def _details(precision: Precision | None) -> dict[str, Any]:
    if precision is None:
        return {"kind": "native"}
    return asdict(precision) if precision.is_quantized else {"kind": precision.kind}


FP32, FP16, INT8 = (Precision(kind) for kind in ("fp32", "fp16", "int8"))
# As near to the float weights as llama.cpp's Q4_0 or nearer, in fewer bits, and the fastest (README, "Precisions").
INT4 = Precision("int4", block_size=128, symmetric=False, method="imatrix", whole_scales=True)
PROJECTOR_INT8 = Precision("int8", block_size=256)  # pictures are hundreds of rows at once, where large blocks pay
HEAD_INT8 = Precision("int8", block_size=128)  # a product of 32,000 rows takes half the time that it takes in 32s
KINDS = {"fp32": FP32, "fp16": FP16, "int8": INT8, "int4": INT4}


def with_kind(recipe: Recipe, part: str, kind: str) -> Recipe:
    """The recipe with another kind of precision for one part, in its best form.

    Args:
        part: a field of `Recipe`.
        kind: "fp32", "fp16", "int8" or "int4".
    """
    best_int8 = {"projector": PROJECTOR_INT8, "head": HEAD_INT8}
    changed: dict[str, Any] = {part: best_int8.get(part, INT8) if kind == "int8" else KINDS[kind]}
    return replace(recipe, **changed)


PRESETS = {
    "phone": Recipe(INT8, projector=PROJECTOR_INT8, embeddings=INT8, llm=INT4, head=HEAD_INT8, kv_cache="int8"),
    "balanced": Recipe(INT8, projector=FP16, embeddings=INT8, llm=INT8, head=HEAD_INT8, kv_cache="int8"),
    "exact": Recipe(FP32, projector=FP32, embeddings=FP32, llm=FP32, head=FP32),
    "native": Recipe(INT8, projector=PROJECTOR_INT8, embeddings=INT8, llm=None, head=HEAD_INT8),
}
