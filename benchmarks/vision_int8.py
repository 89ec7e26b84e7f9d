"""What INT8 costs the image encoder: its features, and the image tokens made of them, against its own float32 graph.

CLIP ViT-L/14 at 336 with random weights at a published initialisation scale (transformers', or OpenAI's, whose
attention is several times sharper), on real photographs and on rendered screens. Trained encoders have outlier
channels, random ones do not, so they are put in:

- gains: every norm lets six channels through 30 to 60 times louder, to products that do not read them more softly;
- massive: three channels of the residual stream stand at 100 throughout, where the others are about 1;
- moving: two channels of the residual stream take what the third block says 300 times louder, position by position;
- peaks: in every block three channels of the wide half of the feed-forward network are 30 to 60 times louder, and are
  read that much more softly;
- all: these together.

Cosines are means over patches (image tokens) and pictures; channels made massive are left out of the features' own, as
they would outvote the rest. Image tokens come from an LDPv2 projector with fresh weights. Times are medians of runs
in turns (A B C A B C ...), so that a busy machine is busy for all.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import CLIPVisionConfig, CLIPVisionModel

from pocketvlm.checkpoints.random import RandomTensors
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.tensors import Arrays, Tensors
from pocketvlm.projector.definition import make_projector
from pocketvlm.random_model import clip_std
from pocketvlm.recipe import INT8
from pocketvlm.vision import graph
from pocketvlm.vision.checkpoint import BLOCK, canonical, expected
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.definition import config_of
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.image import read_image
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig

ROOT = Path(__file__).resolve().parent.parent
PICTURES = [*sorted((ROOT / "tests/data/photos").glob("*.jpg")), *sorted((ROOT / "examples/screens").glob("*.png"))]
TINY = VisionConfig(56, 14, 64, 3, 2, 256, "quick_gelu", 1e-5)
TOKEN_WIDTH = 2048  # of MobileLLaMA 1.4B, which reads the image tokens
SEED = 0

State = dict[str, np.ndarray]


@dataclass(frozen=True)
class Holding:
    """A way to hold the weights in INT8: the products whose positions are evened, and whether norms are smoothed."""

    evened: tuple[str, ...]
    smoothed: bool = True


ALL = (".in_proj", ".out_proj", ".c_fc", ".c_proj")
HOLDINGS = {
    "default": Holding(graph.EVENED),
    "none evened": Holding(()),
    "all evened": Holding(ALL),
    "not smoothed": Holding(graph.EVENED, smoothed=False),
}


def openai_init(config: VisionConfig) -> State:
    """Weights as OpenAI and open_clip initialise CLIP's image encoder."""
    tensors = RandomTensors(expected(config), clip_std(config), SEED)
    return {name: tensors.read(name) for name in tensors.names}


def transformers_init(config: VisionConfig) -> State:
    """Weights as transformers initialises CLIP's image encoder."""
    torch.manual_seed(SEED)
    module = CLIPVisionModel(CLIPVisionConfig(**config.to_dict()))
    tensors = canonical(Arrays({name: value.numpy() for name, value in module.state_dict().items()}), config)
    return {name: tensors.read(name) for name in tensors.names}


INITS = {"transformers": transformers_init, "openai": openai_init}


def put_gains(state: State, rng: np.random.Generator) -> list[int]:
    """Returns no channels: the residual stream itself has no outliers."""
    for name in sorted(state):
        if name.endswith(("ln_1.weight", "ln_2.weight")):
            channels = rng.choice(len(state[name]), 6, replace=False)
            state[name][channels] = rng.uniform(30, 60, 6)
    return []


def put_massive(state: State, rng: np.random.Generator) -> list[int]:
    channels = rng.choice(len(state["ln_pre.bias"]), 3, replace=False)
    state["ln_pre.bias"][channels] = 100
    return list(channels)


def put_moving(state: State, rng: np.random.Generator) -> list[int]:
    blocks = len({name.split(".")[2] for name in state if name.startswith(BLOCK)})
    weight = state[f"{BLOCK}.{min(2, blocks - 1)}.mlp.c_proj.weight"]
    channels = rng.choice(len(weight), 2, replace=False)
    weight[channels] *= 300
    return list(channels)


def put_peaks(state: State, rng: np.random.Generator) -> list[int]:
    for name in sorted(name.removesuffix("c_fc.weight") for name in state if name.endswith("c_fc.weight")):
        channels = rng.choice(len(state[f"{name}c_fc.weight"]), 3, replace=False)
        louder = rng.uniform(30, 60, 3).astype(np.float32)
        state[f"{name}c_fc.weight"][channels] *= louder[:, None]
        state[f"{name}c_fc.bias"][channels] *= louder
        state[f"{name}c_proj.weight"][:, channels] /= louder
    return []


PUTS = {"gains": put_gains, "massive": put_massive, "moving": put_moving, "peaks": put_peaks}
SCENARIOS: dict[str, list[str]] = {"plain": [], **{name: [name] for name in PUTS}, "all": list(PUTS)}


def scenario(state: State, name: str) -> tuple[Tensors, list[int]]:
    """The weights with outliers in them, and the channels of the residual stream that have become massive."""
    changed = {key: value.copy() for key, value in state.items()}
    rng = np.random.default_rng(SEED)
    massive = [channel for put in SCENARIOS[name] for channel in PUTS[put](changed, rng)]
    return Arrays(changed), massive


@contextmanager
def held(holding: Holding) -> Iterator[None]:
    """Lets `write_encoder` hold INT8 weights in another way."""
    before = graph.EVENED, graph.Smoothed
    graph.EVENED = holding.evened
    if not holding.smoothed:
        graph.Smoothed = lambda tensors: tensors  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        graph.EVENED, graph.Smoothed = before  # type: ignore[misc]


def write(config: VisionConfig, tensors: Tensors, folder: Path, precision: Precision) -> Path:
    """The path of the graph written."""
    folder.mkdir(exist_ok=True)
    graph.write_encoder(config, tensors, folder, precision, max_file_bytes=2**31 - 1)
    (path,) = folder.glob("*.onnx")
    return path


def mean_cosine(ours: np.ndarray, theirs: np.ndarray) -> float:
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    norms = np.linalg.norm(ours, axis=-1) * np.linalg.norm(theirs, axis=-1)
    return float(((ours * theirs).sum(-1) / norms).mean())


def compare(
    pixels: list[np.ndarray], reference: list[np.ndarray], encoder: Encoder, project: Callable[..., Any], out: list[int]
) -> dict[str, float]:
    """Mean cosines over pictures, and the worst picture's."""
    features, tokens = [], []
    for picture, theirs in zip(pixels, reference, strict=True):
        ours = encoder.encode(picture)
        features.append(mean_cosine(np.delete(ours, out, -1), np.delete(theirs, out, -1)))
        tokens.append(mean_cosine(project(ours), project(theirs)))
    return {
        "features_cosine": statistics.mean(features),
        "features_cosine_worst_picture": min(features),
        "tokens_cosine": statistics.mean(tokens),
    }


def projector_of(config: VisionConfig) -> Callable[[np.ndarray], np.ndarray]:
    torch.manual_seed(SEED)
    module = make_projector("ldpnetv2", config.hidden_size, TOKEN_WIDTH).eval()

    def project(features: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            tokens: np.ndarray = module(torch.from_numpy(features)).numpy()
        return tokens

    return project


def quality(config: VisionConfig, state: State, pixels: list[np.ndarray], folder: Path, args: Any) -> Iterable[Any]:
    """A row for each scenario and holding."""
    project = projector_of(config)
    for name in args.scenarios:
        tensors, massive = scenario(state, name)
        path = write(config, tensors, folder / "fp32", Precision("fp32"))
        exact = Encoder(path, args.threads)
        reference = [exact.encode(picture) for picture in pixels]
        del exact
        for label in args.holdings:
            with held(HOLDINGS[label]):
                path = write(config, tensors, folder / "int8", INT8)
            row = compare(pixels, reference, Encoder(path, args.threads), project, massive)
            yield {"outliers": name, "held": label, **row}


def speed(config: VisionConfig, state: State, picture: np.ndarray, folder: Path, args: Any) -> list[dict[str, Any]]:
    """Median seconds a picture, in turns."""
    paths = {"fp32": write(config, Arrays(state), folder / "fp32", Precision("fp32"))}
    for label in args.holdings:
        with held(HOLDINGS[label]):
            paths[label] = write(config, Arrays(state), folder / label, INT8)
    encoders = {label: Encoder(path, args.threads) for label, path in paths.items()}
    times: dict[str, list[float]] = {label: [] for label in encoders}
    for _ in range(args.rounds + 1):
        for label, encoder in encoders.items():
            started = time.perf_counter()
            encoder.encode(picture)
            times[label].append(time.perf_counter() - started)
    medians = {label: statistics.median(each[1:]) for label, each in times.items()}  # the first round warms up
    return [
        {"held": label, "encode_s": median, "times_as_fast": medians["fp32"] / median}
        for label, median in medians.items()
    ]


def show(rows: list[dict[str, Any]], digits: int) -> None:
    """A Markdown table."""
    names = list(rows[0])
    print("|" + "|".join(names) + "|\n|" + "---|" * len(names))
    for row in rows:
        cells = (f"{value:.{digits}f}" if isinstance(value, float) else str(value) for value in row.values())
        print("|" + "|".join(cells) + "|")
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a tiny encoder, to try the script")
    parser.add_argument("--init", choices=INITS, default="transformers", help="the weights' scale (%(default)s)")
    parser.add_argument("--pictures", type=int, help="how many, evenly chosen; all by default")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--holdings", nargs="+", choices=HOLDINGS, default=list(HOLDINGS))
    parser.add_argument("--rounds", type=int, default=5, help="timed runs of each")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", action="store_true", help="print one JSON line in place of the tables")
    args = parser.parse_args()
    config = TINY if args.tiny else config_of("ViT-L-14-336-quickgelu")
    preprocessor = Preprocessor(PreprocessorConfig(config.image_size))
    count = min(args.pictures or len(PICTURES), len(PICTURES))
    chosen = [PICTURES[len(PICTURES) * index // count] for index in range(count)]
    pixels = [preprocessor.pixel_values(read_image(path)) for path in chosen]
    state = INITS[args.init](config)
    with tempfile.TemporaryDirectory() as folder:
        cosines = list(quality(config, state, pixels, Path(folder), args))
        seconds = speed(config, state, pixels[0], Path(folder), args)
    if args.json:
        print(json.dumps({"pictures": count, "quality": cosines, "speed": seconds}))
    else:
        print(f"{count} pictures\n")
        show(cosines, 5)
        show(seconds, 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
