"""The gate that every export passes: is a bundle whole, are its graphs fit for every device, do they compute the model?

The order is fixed: manifest, graphs, then stage by stage against the definitions, on a picture and a sentence. Needs
the packages of the `export` extra.

Letters: S positions, M image tokens, N patches, C width of the patch features, D width of the language model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pocketvlm.bundle import Bundle, check_hashes, open_bundle
from pocketvlm.drawn_screen import drawn_screen
from pocketvlm.errors import BundleError, ExportError
from pocketvlm.graphs.checks import check_graph
from pocketvlm.graphs.exact import rounds_activations
from pocketvlm.graphs.processor import has_int8_dot_products
from pocketvlm.graphs.reading import GraphTensors, graph_tensors
from pocketvlm.graphs.tensors import Tensors, problems
from pocketvlm.llm_backbone import definition as llm
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.prefill import Prefill
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.llm_backbone.unfused import unfused
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.parity import Stage, StageResult, compare
from pocketvlm.projector import definition as projector
from pocketvlm.projector.graph import FromGraph
from pocketvlm.verify_screens import ScreenStages
from pocketvlm.vision import definition as vision
from pocketvlm.vision.checkpoint import from_graph
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.image import ImageSource, read_image
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig

SENTENCE = "Departures: the 14:35 to Zürich leaves from platform 7, and costs £23.80 with a seat reservation."
LAYERS = "long prompts, a layer at a time"  # the stage of a bundle's `layer_graph`


@dataclass(frozen=True)
class Report:
    """What `verify` found of a good bundle.

    Attributes:
        name: the bundle's.
        files: how many were hashed.
        graphs: how many were checked.
        stages: the comparisons, in order.
        seconds: what all of it took.
    """

    name: str
    files: int
    graphs: int
    stages: tuple[StageResult, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "stages": [asdict(stage) for stage in self.stages]}

    def text(self) -> str:
        """For a terminal, a line a stage."""
        lines = [f"{self.name}: {self.files} files as exported, {self.graphs} graphs fit for every device"]
        for stage in self.stages:
            limit = "reported only" if stage.tolerance is None else f"of {stage.tolerance:.1e} allowed"
            lines.append(
                f"  {stage.stage:<44} differs by {stage.max_abs_diff:.1e} {limit}, cosine {stage.cosine:.6f}, "
                f"{stage.seconds:.1f} s"
            )
        return "\n".join([*lines, f"verified in {self.seconds:.1f} s"])


def verify_steps(parts: int) -> int:
    """How many steps the verification of that many graphs has: files, graphs, each graph's parity, the cache."""
    return 3 + parts


def verify(
    folder: str | Path,
    checkpoint_tensors: Mapping[str, Tensors] | None = None,
    progress: Callable[[int, int], None] | None = None,
    image: ImageSource | None = None,
    threads: int | None = None,
) -> Report:
    """Check a bundle from its bytes to its logits.

    Args:
        folder: the bundle.
        checkpoint_tensors: the weights it was made from, as the definitions name them, by "vision_encoder",
            "projector" and "language_model". With them the loss of quantisation is reported, and parts that are not
            quantised are judged against them as well.
        progress: told (steps done, steps in all).
        image: a picture to look at; a drawn screen unless given.
        threads: cores to use; all physical ones when None.
    Raises:
        BundleError: files are missing, damaged, outside the folder or unlisted.
        ExportError: a graph is invalid, uses operators that not every package has, or cannot be run.
        ParityError: a stage differs from its definition.
    """
    started = time.perf_counter()
    bundle = open_bundle(folder)
    total = verify_steps(len(bundle.parts))
    tell = progress or (lambda done, total: None)
    check_hashes(bundle)
    tell(1, total)
    _check_graphs(bundle)
    tell(2, total)
    results: list[StageResult] = []
    for done, found in enumerate(_stages(bundle, checkpoint_tensors or {}, image, threads), start=3):
        results += found
        tell(done, total)
    files = len(bundle.manifest["files"])
    return Report(bundle.name, files, len(bundle.graphs()), tuple(results), time.perf_counter() - started)


def _check_graphs(bundle: Bundle) -> None:
    for path in bundle.graphs():
        if found := check_graph(path):
            raise ExportError(f"{path.name}: {'; '.join(found)}")


def _stages(
    bundle: Bundle, checkpoint: Mapping[str, Tensors], image: ImageSource | None, threads: int | None
) -> Iterator[list[StageResult]]:
    """The stages in the order of the data; each gets what the shipped graph of the one before gives."""
    try:
        language = _Language(bundle, checkpoint.get("language_model"), threads)
        screens = ScreenStages(bundle, threads) if bundle.parses else None
        sight = _Sight(bundle, checkpoint, threads) if bundle.sees and not bundle.parses else None
        projection = _Projection(bundle, checkpoint.get("projector"), threads) if bundle.sees else None
        input_ids = Tokenizer(bundle.folder).encode(SENTENCE)
    except Exception as error:  # configs lack fields; the tokenizer raises types of its own, some of them bare
        raise BundleError(f"{bundle.folder} cannot be loaded: {' '.join(str(error).split())}") from error
    inputs_embeds, results = language.embed(input_ids)  # (1, S, D)
    yield results
    image_tokens, image_features, grid = inputs_embeds[:, :0], inputs_embeds[:, :0], None
    pixels = read_image(drawn_screen() if image is None else image)
    if screens:
        yield from screens.check(pixels)
        image_features, grid = screens.image_features, screens.grid
    if sight:
        image_features, results = sight.encode(pixels)  # (1, N, C)
        yield results
    if projection:
        image_tokens, results = projection.project(image_features, grid)  # (1, M, D)
        yield results
    if bundle.manifest.get("adapters"):  # alone, the model was not taught to see: what it makes of images is noise
        image_tokens = image_tokens[:, :0]
    inputs_embeds = np.concatenate([image_tokens, inputs_embeds], axis=1)  # (1, M + S, D)
    yield language.prefill(inputs_embeds, image_tokens.shape[1])
    yield list(language.decode_otherwise(inputs_embeds, image_tokens.shape[1]))


class _Language:
    """The language model's stages."""

    def __init__(self, bundle: Bundle, checkpoint: Tensors | None, threads: int | None) -> None:
        self._bundle = bundle
        self._config = LlamaConfig.from_dict(bundle.config)
        self._checkpoint = checkpoint
        self._threads = threads

    def embed(self, input_ids: list[int]) -> tuple[np.ndarray, list[StageResult]]:
        """Ids to embeddings, (1, S, D)."""
        config, path = self._config, self._bundle.graph("embed_tokens")
        stage = Stage(
            "text embedding",
            path,
            "inputs_embeds",
            lambda tensors: llm.embed(config, tensors, input_ids),
            lambda: unfused(config, graph_tensors(path)),
            self._checkpoint,
            self._bundle.manifest["precision"]["embed_tokens"],
        )
        return stage.check({"input_ids": np.array([input_ids], dtype=np.int64)}, self._threads)

    def prefill(self, inputs_embeds: np.ndarray, start: int) -> list[StageResult]:
        """Embeddings to the logits of positions from `start` on, (1, T - start, V)."""
        config = self._config
        stage = Stage(
            "language model",
            self._bundle.graph("decoder_model_merged"),
            "logits",
            lambda tensors: llm.logits(config, tensors, inputs_embeds)[None, start:],
            self._held,
            self._checkpoint,
            self._bundle.manifest["precision"]["decoder_model_merged"],
        )
        positions = inputs_embeds.shape[1]
        nothing = np.zeros((1, config.num_key_value_heads, 0, config.head_dim), dtype=np.float32)
        feeds = {
            "inputs_embeds": inputs_embeds,
            "attention_mask": np.ones((1, positions), dtype=np.int64),
            "num_logits_to_keep": np.array(positions - start, dtype=np.int64),
        }
        for index in range(config.num_hidden_layers):
            feeds |= {f"past_key_values.{index}.{half}": nothing for half in ("key", "value")}
        return stage.check(feeds, self._threads)[1]

    def _held(self) -> Tensors:
        parts = [graph_tensors(self._bundle.graph(part)) for part in ("embed_tokens", "decoder_model_merged")]
        tensors = unfused(self._config, Together(parts))
        if found := problems(tensors, expected(self._config)):
            raise ValueError(f"the graphs' weights do not fit config.json: {'; '.join(found)}")
        return tensors

    def decode_otherwise(self, inputs_embeds: np.ndarray, start: int) -> Iterator[StageResult]:
        """Other ways to the same logits, from position `start` on, against the decoder over all positions at once.

        One position at a time, as answers are made; and what comes before the last position a layer at a time, as it is
        done with long prompts, where the bundle and the processor are made for that.
        """
        started = time.perf_counter()
        embed_path, path = (self._bundle.graph(part) for part in ("embed_tokens", "decoder_model_merged"))
        decoder = Decoder(self._config, embed_path, path, self._threads)
        wanted = decoder.decode(inputs_embeds, decoder.new_cache(), num_logits=0)[start:]  # (T - start, V)
        cache = decoder.new_cache()
        if start:
            decoder.decode(inputs_embeds[:, :start], cache)
        steps = range(start, inputs_embeds.shape[1])
        found = np.concatenate([decoder.decode(inputs_embeds[:, step : step + 1], cache) for step in steps])
        tolerance = "rounded, one at a time" if rounds_activations(path) else "exact"
        yield compare("cached decoding", found, wanted, tolerance, started)
        if self._bundle.layer_graph is not None and has_int8_dot_products():
            started, cache = time.perf_counter(), decoder.new_cache()
            Prefill(self._config, self._bundle.layer_graph, self._threads).fill(inputs_embeds[:, :-1], cache)
            found = decoder.decode(inputs_embeds[:, -1:], cache)
            yield compare(LAYERS, found, wanted[-1:], "rounded", started)


class _Sight:
    """The stage from a picture to the features of its patches."""

    def __init__(self, bundle: Bundle, checkpoint: Mapping[str, Tensors], threads: int | None) -> None:
        self._bundle = bundle
        self._checkpoint = checkpoint
        self._threads = threads
        self._config = VisionConfig.from_dict(bundle.config["vision_config"])
        self._preprocessor = Preprocessor(PreprocessorConfig.from_dict(bundle.read("preprocessor_config.json")))

    def encode(self, image: np.ndarray) -> tuple[np.ndarray, list[StageResult]]:
        """A picture, (H, W, 3), to patch features, (1, N, C)."""
        path = self._bundle.graph("vision_encoder")
        config, pixel_values = self._config, self._preprocessor.pixel_values(image)
        stage = Stage(
            "vision encoder",
            path,
            "image_features",
            lambda tensors: vision.image_features(config, tensors, pixel_values),
            lambda: from_graph(graph_tensors(path)),
            self._checkpoint.get("vision_encoder"),
            self._bundle.manifest["precision"]["vision_encoder"],
        )
        return stage.check({"pixel_values": pixel_values}, self._threads)


class _Projection:
    """The stage from patch features to image tokens."""

    def __init__(self, bundle: Bundle, checkpoint: Tensors | None, threads: int | None) -> None:
        self._bundle = bundle
        self._checkpoint = checkpoint
        self._threads = threads
        described = bundle.config["projector_config"]
        self._kind: str = described["projector_type"]
        self._sizes: tuple[int, int] = (described["in_features"], described["out_features"])

    def project(self, image_features: np.ndarray, grid: tuple[int, int] | None) -> tuple[np.ndarray, list[StageResult]]:
        """Patch features to image tokens, (1, M, D); `grid` is how the patches lie where that is no square."""
        path, kind = self._bundle.graph("projector"), self._kind
        told = grid if projector.pooling(kind) else None
        stage = Stage(
            "projector",
            path,
            "image_tokens",
            lambda tensors: projector.image_tokens(kind, tensors, image_features, told),
            lambda: FromGraph(kind, *self._sizes, graph_tensors(path)),
            self._checkpoint,
            self._bundle.manifest["precision"]["projector"],
        )
        feeds = {"image_features": image_features} | ({} if told is None else {"grid": np.array(told, dtype=np.int64)})
        return stage.check(feeds, self._threads)


class Together:
    """Tensors of several sources as one; the last one read is kept, because fused products are read piece by piece."""

    def __init__(self, parts: list[GraphTensors]) -> None:
        self._source = {name: part for part in parts for name in part.names}
        self._last: tuple[str, np.ndarray] | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._source)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._source[name].shape(name)

    def read(self, name: str) -> np.ndarray:
        if self._last is None or self._last[0] != name:
            self._last = None  # before the next one takes its memory
            self._last = name, self._source[name].read(name)
        return self._last[1]
