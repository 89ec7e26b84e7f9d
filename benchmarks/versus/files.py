"""Writes what every engine reads, once: the shapes are the published ones, the weights random."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gguf import GGMLQuantizationType

from pocketvlm.checkpoint import Checkpoint
from pocketvlm.export import export_checkpoint
from pocketvlm.graphs.linear import Precision
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.projector.definition import STRIDE
from pocketvlm.projector.graph import write_projector
from pocketvlm.random_model import LLAMA_1_4B, LLAMA_2_7B, TOWER, random_parts
from pocketvlm.recipe import PRESETS
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import config_of
from pocketvlm.vision.graph import write_encoder

from . import gguf_files
from .checkpoint_files import write_checkpoint

PROJECTOR = "ldpnetv2"
WHY = "why.txt"  # in the place of files that could not be written
MAX_FILE_BYTES = 2_000_000_000
PHONE = PRESETS["phone"]
assert PHONE.llm is not None
DEFAULT = replace(PHONE, llm=replace(PHONE.llm, method="rtn"))  # random weights have nothing to be near to
# As many bits a weight as Q4_0: 4, and a float32 scale for 64 where that has a float16 one for 32.
EQUAL_BITS = replace(PHONE, llm=Precision("int4", block_size=64, symmetric=True))

TINY_LLAMA = replace(LLAMA_1_4B, vocab_size=512, hidden_size=256, intermediate_size=768, num_hidden_layers=2)
TINY_LLAMA = replace(TINY_LLAMA, num_attention_heads=4, num_key_value_heads=4)


def shape(name: str) -> tuple[LlamaConfig, VisionConfig]:
    """MobileVLM's "1.7b" or "3b", or "tiny", on which every path can be tried in a minute."""
    tower = config_of(TOWER)
    if name == "tiny":  # llama.cpp's LDPv2 wants the published grid of patches
        tower = replace(tower, hidden_size=64, num_hidden_layers=3, num_attention_heads=2, intermediate_size=256)
    return {"1.7b": LLAMA_1_4B, "3b": LLAMA_2_7B, "tiny": TINY_LLAMA}[name], tower


def described(name: str) -> dict[str, Any]:
    """A shape as engines are told it."""
    language, vision = shape(name)
    tokens = (vision.grid // STRIDE) ** 2
    return {"language": language.to_dict(), "vision": asdict(vision), "image_tokens": tokens}


def prepare(name: str, folder: Path, peers_python: str, tell: Callable[[str], None]) -> None:
    """Write what is not there yet; every part appears when it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in WRITERS:
        if not (folder / part).exists() or (folder / part / WHY).exists():  # perhaps it can be written now
            tell(f"{name}: writing {part}")
            _in_its_own_process(_write, name, folder, part, peers_python)
    shutil.rmtree(folder / CHECKPOINT, ignore_errors=True)  # only the builder needed it


def _write(name: str, folder: Path, part: str, peers_python: str) -> None:
    partial = folder / f".{part}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    WRITERS[part](name, partial, peers_python)
    shutil.rmtree(folder / part, ignore_errors=True)
    partial.rename(folder / part)


def _in_its_own_process(function: Callable[..., None], *args: Any) -> None:
    """Gigabytes that this process would keep are given back when the child ends."""
    fast = "forkserver" in multiprocessing.get_all_start_methods()  # which imports torch once for all
    context = multiprocessing.get_context("forkserver" if fast else "spawn")
    if fast:
        context.set_forkserver_preload([__name__])
    child = context.Process(target=function, args=args)  # type: ignore[attr-defined]
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"versus: {args[2]} of {args[0]} could not be written; see above")


def _checkpoint(name: str) -> Checkpoint:
    language, vision = shape(name)
    return random_parts(language, vision, PROJECTOR, name)


def _write_default(name: str, out: Path, _: str) -> None:
    export_checkpoint(_checkpoint(name), out, DEFAULT, name=name)


def _write_equal(name: str, out: Path, _: str) -> None:
    export_checkpoint(_checkpoint(name), out, EQUAL_BITS, name=name)


def _write_float(name: str, out: Path, _: str) -> None:
    """Encoder and projector in float32."""
    parts = _checkpoint(name)
    assert parts.vision
    assert parts.projector
    out.mkdir()
    sizes = parts.projector.in_features, parts.projector.out_features
    write_encoder(parts.vision.config, parts.vision.tensors, out, Precision("fp32"), MAX_FILE_BYTES)
    write_projector(PROJECTOR, *sizes, parts.projector.tensors, out, Precision("fp32"), MAX_FILE_BYTES)


def _write_gguf(name: str, out: Path, _: str) -> None:
    language, vision = shape(name)
    out.mkdir()
    _checkpoint(name).write_tokenizer(out)
    gguf_files.write_language_model(out / "model-q4_0.gguf", language.to_dict(), out / "tokenizer.json")
    for kind in (GGMLQuantizationType.F16, GGMLQuantizationType.Q8_0):
        path = out / f"mmproj-{kind.name.lower()}.gguf"
        gguf_files.write_image_encoder(path, asdict(vision), language.hidden_size, kind)


def _write_genai(name: str, out: Path, peers_python: str) -> None:
    """By its own builder, offline, from a checkpoint of the same shape."""
    checkpoint = out.parent / CHECKPOINT
    if not checkpoint.exists():
        write_checkpoint(checkpoint, shape(name)[0].to_dict())
    command = [peers_python, "-m", "onnxruntime_genai.models.builder", "-i", str(checkpoint), "-o", str(out)]
    command += ["-p", "int4", "-e", "cpu", "--extra_options", "int4_accuracy_level=4"]
    done = subprocess.run(command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, capture_output=True, text=True)
    if done.returncode:  # the other engines can be measured without it
        out.mkdir(exist_ok=True)
        (out / WHY).write_text(done.stderr, encoding="utf-8")


CHECKPOINT = "checkpoint"
WRITERS: dict[str, Callable[[str, Path, str], None]] = {
    "ours": _write_default,
    "ours-equal-bits": _write_equal,
    "float": _write_float,
    "gguf": _write_gguf,
    "genai": _write_genai,
}


def size_of(*paths: Path) -> int:
    """Bytes of files, and of all files in folders."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return sum(file.stat().st_size for file in files if file.is_file())
