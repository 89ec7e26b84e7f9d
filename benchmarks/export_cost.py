"""What an export costs at full size: seconds and peak memory of `pocketvlm export`, from checkpoints of random weights.

The checkpoints are written in the official format (float16 `pytorch_model.bin`, config, tokenizer) with every tensor of
the published ones, by transformers' own classes and names, and exported in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPVisionConfig, CLIPVisionModel, LlamaForCausalLM
from transformers import LlamaConfig as TransformersLlamaConfig

from pocketvlm.bundle import write_json
from pocketvlm.projector.definition import make_projector
from pocketvlm.random_model import OFFICIAL, TOWER, write_stand_in_tokenizer
from pocketvlm.vision.definition import config_of

STD = 0.02


def random_state(module: torch.nn.Module, prefix: str) -> dict[str, torch.Tensor]:
    """Float16 tensors of a module's names and shapes; norms' gains are 1, biases 0, the rest normal."""
    state = {}
    for name, tensor in module.state_dict().items():
        if tensor.ndim == 1:
            value = torch.zeros(tensor.shape) if name.endswith("bias") else torch.ones(tensor.shape)
        else:
            value = torch.randn(tensor.shape) * STD
        state[prefix + name] = value.half()
    return state


def write_checkpoint(model: str, folder: Path) -> None:
    """Write a checkpoint as MobileVLM publishes it; a V1 model's tower goes into `folder/clip`."""
    config, projector = OFFICIAL[model]
    tower = config_of(TOWER)
    torch.manual_seed(0)
    with torch.device("meta"):
        llama = LlamaForCausalLM(TransformersLlamaConfig(**config.to_dict()))
        clip = CLIPVisionModel(CLIPVisionConfig(**tower.to_dict()))
        project = make_projector(projector, tower.hidden_size, config.hidden_size)
    state = random_state(llama, "") | random_state(project, "model.mm_projector.")
    vision = random_state(clip, "")
    if not any(name.startswith("vision_model.") for name in vision):  # transformers 5 leaves the prefix out
        vision = {f"vision_model.{name}": tensor for name, tensor in vision.items()}
    folder.mkdir(parents=True)
    has_tower = projector == "ldpnetv2"  # as V2's checkpoints have
    if has_tower:
        state |= {f"model.vision_tower.vision_tower.{name}": tensor for name, tensor in vision.items()}
    else:
        (folder / "clip").mkdir()
        torch.save(vision, folder / "clip" / "pytorch_model.bin")
        write_json(folder / "clip" / "config.json", tower.to_dict())
    torch.save(state, folder / "pytorch_model.bin")
    write_json(
        folder / "config.json",
        {
            **config.to_dict(),
            "architectures": ["MobileLlamaForCausalLM"],
            "model_type": "mobilevlm",
            "bos_token_id": 1,
            "eos_token_id": 2,
            "pad_token_id": 0,
            "image_aspect_ratio": "pad",
            "mm_hidden_size": tower.hidden_size,
            "mm_projector_type": projector,
            "mm_vision_select_feature": "patch",
            "mm_vision_select_layer": -2,
            "mm_vision_tower": "openai/clip-vit-large-patch14-336",
        },
    )
    write_stand_in_tokenizer(folder, config)


def run(arguments: list[str]) -> dict[str, Any]:
    """Run `pocketvlm` in a process of its own: seconds, and its peak resident memory in bytes."""
    script = "import sys; from pocketvlm.cli import main; sys.exit(main())"
    started = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-I", "-c", script, *arguments], os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"pocketvlm {' '.join(arguments)} failed")
    return {"seconds": time.perf_counter() - started, "peak_rss_bytes": peak_bytes(usage)}


def peak_bytes(usage: resource.struct_rusage) -> int:
    """Linux counts kilobytes, macOS bytes."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure(model: str, folder: Path, random: bool, more: list[str]) -> dict[str, Any]:
    """Export one model; `random` leaves the checkpoint out."""
    out = folder / "bundle"
    source = ["--random", model]
    checkpoint_bytes = 0
    if not random:
        checkpoint = folder / "checkpoint"
        write_in_its_own_process(model, checkpoint)
        tower = ["--vision-tower", str(checkpoint / "clip")] if (checkpoint / "clip").exists() else []
        source = [str(checkpoint), *tower]
        checkpoint_bytes = size_of(checkpoint)
    figures = run(["export", *source, "--out", str(out), *more])
    return {"model": model, "random": random, "checkpoint_bytes": checkpoint_bytes, "bytes": size_of(out), **figures}


def write_in_its_own_process(model: str, folder: Path) -> None:
    """Gigabytes that this process would keep are given back when the child ends."""
    child = os.fork()
    if child == 0:
        write_checkpoint(model, folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"the checkpoint of {model} could not be written")


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Print a table and one line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Needs 20 GB of disk, and 16 GB of memory to write the largest checkpoint."
    )
    parser.add_argument("models", nargs="*", default=["mobilevlm-v2-1.7b", "mobilevlm-v2-3b"], help="(both of V2)")
    parser.add_argument("--random", action="store_true", help="measure `export --random` instead")
    parser.add_argument("--scratch", type=Path, help="where the files go meanwhile (the system's temporary folder)")
    parser.add_argument("--options", default="", help='further options of the export, such as "--llm int8"')
    arguments = parser.parse_args()
    results = []
    for model in arguments.models:
        with tempfile.TemporaryDirectory(dir=arguments.scratch) as folder:
            results.append(measure(model, Path(folder), arguments.random, arguments.options.split()))
    print("| model | checkpoint, GB | bundle, GB | seconds | peak memory, GB |\n|---|---:|---:|---:|---:|")
    for r in results:
        size = f"{r['checkpoint_bytes'] / 1e9:.2f}" if r["checkpoint_bytes"] else "none, random weights"
        print(
            f"| {r['model']} | {size} | {r['bytes'] / 1e9:.2f} | {r['seconds']:.0f} | {r['peak_rss_bytes'] / 1e9:.2f} |"
        )
    print(json.dumps(results))


if __name__ == "__main__":
    main()
