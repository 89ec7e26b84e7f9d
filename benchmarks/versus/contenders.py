"""Who takes part, what each reads, and which figures it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pocketvlm.recipe import Recipe

from .files import DEFAULT, EQUAL_BITS, WHY, size_of

IMAGE, LANGUAGE = ("encode",), ("prefill", "decode")
WHOLE = ("first_token", *IMAGE, *LANGUAGE, "cache")
OURS, EQUAL, LLAMA, LLAMA_Q8 = "PocketVLM", "PocketVLM, 4.5 bits", "llama.cpp Q4_0", "llama.cpp Q4_0, encoder Q8_0"
FLOAT_ONNX, MACHINE = "ONNX Runtime fp32 encoder", "machine"

Q4_0_BLOCK = (32, 18)  # weights, bytes
GENAI_BITS = 4 + 32 / 32  # its builder's default: blocks of 32 with a float32 scale, symmetric


@dataclass(frozen=True)
class Contender:
    """An engine with its files.

    Attributes:
        name: as the tables say it.
        engine: the module of this package that runs it.
        peer: whether the peers' Python has its libraries, not ours.
        does: its figures' methods.
        files: what it reads, by what they are.
        language_files, vision_files: those whose sizes are reported, of each part.
        table_bytes: of the language model's files, those of the token table, of which a step reads one row.
        layer_bits: bits that a weight of the language model's layers takes, scales and zero points included.
        options: what it does differently from another of the same engine.
        why_not: why it cannot be run, if that is known before.
    """

    name: str
    engine: str
    peer: bool
    does: tuple[str, ...]
    files: dict[str, str]
    language_files: tuple[Path, ...] = ()
    vision_files: tuple[Path, ...] = ()
    table_bytes: int = 0
    layer_bits: float = 0.0
    options: dict[str, Any] = field(default_factory=dict)
    why_not: str = ""

    def sizes(self) -> dict[str, int]:
        """Bytes on disk of the language model, of what encodes images, of both, and of what one step reads."""
        parts = {"language_bytes": size_of(*self.language_files), "vision_bytes": size_of(*self.vision_files)}
        step = parts["language_bytes"] - self.table_bytes
        return {**parts, "file_bytes": sum(parts.values()), "step_bytes": step}


def contenders(folder: Path, model: dict[str, Any]) -> Iterator[Contender]:
    """All, with files in the folder that `files.prepare` filled; ours and llama.cpp side by side."""
    language_config = model["language"]
    table_bytes = language_config["vocab_size"] * language_config["hidden_size"] * Q4_0_BLOCK[1] // Q4_0_BLOCK[0]
    gguf, floats = folder / "gguf", folder / "float"
    language = gguf / "model-q4_0.gguf"
    yield _ours(OURS, folder / "ours", WHOLE)
    for name, eye, does in ((LLAMA, "f16", WHOLE), (LLAMA_Q8, "q8_0", ("first_token", "encode"))):
        mmproj = gguf / f"mmproj-{eye}.gguf"
        files = {"gguf": str(language), "mmproj": str(mmproj)}
        yield Contender(name, "llama", True, does, files, (language,), (mmproj,), table_bytes, 4.5)
    yield _ours(EQUAL, folder / "ours-equal-bits", (*LANGUAGE, "cache"))
    yield _genai(folder / "genai")
    yield Contender(
        "OpenVINO GenAI Q4_0", "openvino_language", True, LANGUAGE, {"gguf": str(language)}, (language,), layer_bits=4.5
    )
    parts = {"encoder": str(floats / "vision_encoder.onnx"), "projector": str(floats / "projector.onnx")}
    yield Contender(FLOAT_ONNX, "onnx_encoder", False, IMAGE, parts, (), (floats,))
    yield Contender("OpenVINO encoder", "openvino_encoder", True, IMAGE, parts, (), (floats,))
    yield Contender(MACHINE, "machine", False, ("read", "multiply"), {})
    for dtype in ("float32", "bfloat16"):
        yield Contender(f"torch {dtype} encoder", "torch_encoder", False, IMAGE, {}, options={"dtype": dtype})


def _ours(name: str, bundle: Path, does: tuple[str, ...]) -> Contender:
    onnx = bundle / "onnx"
    language = tuple(path for part in ("embed_tokens", "decoder") for path in sorted(onnx.glob(f"{part}*")))
    vision = tuple(path for part in ("vision_encoder", "projector") for path in sorted(onnx.glob(f"{part}*")))
    table = size_of(*onnx.glob("embed_tokens*"))
    bits = layer_bits(EQUAL_BITS if name == EQUAL else DEFAULT)
    return Contender(name, "ours", False, does, {"bundle": str(bundle)}, language, vision, table, bits)


def layer_bits(recipe: Recipe) -> float:
    """Of our blocks: the integers, a float32 scale, and a zero point as wide as a weight where there is one."""
    assert recipe.llm
    width = {"int4": 4, "int8": 8}[recipe.llm.kind]
    return width + (32 + (0 if recipe.llm.symmetric else width)) / recipe.llm.block_size


def _genai(folder: Path) -> Contender:
    why = folder / WHY
    lines = why.read_text(encoding="utf-8").split("\n") if why.exists() else []
    reason = next((f"its builder failed: {line}" for line in reversed(lines) if line.strip()), "")
    files = tuple(sorted(folder.glob("model.onnx*")))
    return Contender(
        "onnxruntime-genai INT4",
        "genai",
        True,
        LANGUAGE,
        {"genai": str(folder)},
        files,
        layer_bits=GENAI_BITS,
        why_not=reason,
    )
