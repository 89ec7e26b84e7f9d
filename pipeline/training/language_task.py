"""Teaching the language model to answer from a screen's structure and its image tokens: samples, loss and scores.

A sample is a screen with several questions about it, packed into one sequence. The prompts are those of `prompt`, so
that what is trained is what is asked. The screen's structure is simulated from its truth, with other questions and
other slips in every epoch; or, for a share of the screens, it is what the bundle recognises, with its real slips.

Letters: P positions that predict a token of an answer, V vocabulary.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from pocketvlm.bundle import EMBEDDED, open_bundle
from pocketvlm.datasets.rendered.manifest import SHARD, TRUTH
from pocketvlm.llm_backbone.lora import LoraConfig
from pocketvlm.llm_backbone.packing import pack
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.projector.definition import token_count
from pocketvlm.prompt import encode_prompt
from pocketvlm.training.screens import Asked, real_example, simulated_structure
from pocketvlm.training.vision_language import VisionLanguage, load_trained, open_encoder, open_language, open_projector
from pocketvlm.vision.image import read_image
from pocketvlm.vision.parser.config import InputConfig
from pocketvlm.vision.screen_input import fit_pixels
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vlm import PocketVLM, load

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
Sample = dict[str, Tensor]


@dataclass(frozen=True)
class LanguageTaskConfig:
    """What the language model is taught, and with what.

    Attributes:
        bundle: whose language model: its weights stay as they are.
        lora: the adapter's shape.
        adapter: whether the adapter is trained; otherwise the projector alone.
        projector: the kind of projector for image tokens, e.g. "ldpnetv2_4"; "" for a model of the text alone.
        encoder: weights.safetensors of the parser whose encoder sees; needed with a projector.
        weights: weights.safetensors of an earlier stage to go on from; "" begins afresh.
        structure: whether prompts hold the screen's structure as text; otherwise image tokens alone.
        recognised: the share of screens whose structure is what the bundle's reader and parser recognise; about a
            second each on one core.
        kinds: the types of questions that are asked; all when empty.
        per_screen: questions a screen and epoch.
        max_positions: longer sequences lose their last questions.
        dtype: of the frozen weights, "bf16" or "fp32".
        check_count: screens of each folder to score on.
        limit: the first so many screens only; 0 for all.
        check: folders to score on, of other screens.
    """

    bundle: str = EMBEDDED
    lora: LoraConfig = field(default_factory=LoraConfig)
    adapter: bool = True
    projector: str = ""
    encoder: str = ""
    weights: str = ""
    structure: bool = True
    recognised: float = 0.0
    kinds: tuple[str, ...] = ()
    per_screen: int = 12
    max_positions: int = 1600
    dtype: str = "bf16"
    check_count: int = 48
    limit: int = 0
    check: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; there are {', '.join(DTYPES)}")
        if self.projector and not self.encoder:
            raise ValueError("a projector needs an encoder: give settings.encoder, the weights of a trained parser")
        if not self.projector and not (self.adapter and self.structure):
            raise ValueError("without a projector, the adapter is trained on the structure; leave both on")
        if not 0 <= self.recognised <= 1:
            raise ValueError(f"recognised is a share from 0 to 1, not {self.recognised}")
        if self.per_screen < 1:
            raise ValueError(f"per_screen is {self.per_screen}; at least one question a screen is needed")


class LanguageTask:
    """See `training.task.Task`."""

    def __init__(self, config: LanguageTaskConfig, screens: Sequence[Path], seed: int) -> None:
        self.config, self.seed = config, seed
        self._truths = [truth for folder in screens for truth in finished_truths(folder)]
        self._truths = self._truths[: config.limit or None]
        if not self._truths:
            raise ValueError(f"no finished screens in {', '.join(map(str, screens))}: render some first")
        self._check = [truth for folder in config.check for truth in finished_truths(folder)[: config.check_count]]
        bundle = open_bundle(config.bundle)
        self._tokenizer = Tokenizer(bundle.folder)
        self._end: int = bundle.generation_config["eos_token_id"]
        self.model = self._open(seed)
        self._recogniser: PocketVLM | None = None  # opened where samples are loaded, by the first that needs it

    def _open(self, seed: int) -> VisionLanguage:
        config = self.config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # of fresh weights
            language = open_language(open_bundle(config.bundle), config.lora, DTYPES[config.dtype])
            projector = open_projector(config.projector, language) if config.projector else None
        encoder = open_encoder(Path(config.encoder)) if projector is not None else None
        model = VisionLanguage(language, projector, encoder)
        if config.weights:
            load_trained(model, Path(config.weights))
        if not config.adapter:
            language.requires_grad_(False)
        return model

    def __len__(self) -> int:
        return len(self._truths)

    def load(self, index: int, epoch: int) -> Sample:
        """The screen, or where nothing can be asked of it or it is too long, the next one of which that can."""
        for step in range(len(self)):
            truth = self._truths[(index + step) % len(self)]
            if (found := self.sample(truth, hash_seed(self.seed, epoch))) is not None:
                return found[0]
        raise ValueError("no question fits any of the screens: raise max_positions, or allow more kinds")

    def sample(self, truth: Mapping[str, Any], seed: int) -> tuple[Sample, list[Asked]] | None:
        """A screen's packed questions, and the questions themselves; None where none fits."""
        config = self.config
        per_screen = config.per_screen if not config.kinds else 4 * config.per_screen
        example = real_example(truth, self._structure(truth, seed), seed, per_screen)
        asked = [one for one in example.questions if not config.kinds or one.type in config.kinds]
        asked = asked[: config.per_screen]
        pixels = fit_pixels(read_image(truth["image"]), InputConfig()) if config.projector else None
        images = [] if pixels is None else [token_count(config.projector, pixels.shape[0] // 32, pixels.shape[1] // 32)]
        rows = list(example.rows) if config.structure else None
        vocabulary = self.model.language.config.vocab_size
        prompts = [
            splice_ids(
                encode_prompt(self._tokenizer, rows, len(images), [], one.question, parsed=config.structure),
                images,
                vocabulary,
            )
            for one in asked
        ]
        answers = [[*self._tokenizer.encode(one.answer), self._end] for one in asked]
        while asked:
            packed = pack(prompts, answers)
            if len(packed.input_ids) <= config.max_positions:
                sample = {name: torch.from_numpy(array) for name, array in asdict(packed).items()}
                return sample | ({} if pixels is None else {"pixels": torch.from_numpy(pixels)}), asked
            for items in (asked, prompts, answers):
                items.pop()
        return None

    def _structure(self, truth: Mapping[str, Any], seed: int) -> ScreenStructure:
        if random.Random(f"recognised {seed} {truth['id']}").random() >= self.config.recognised:
            return simulated_structure(truth, seed)
        if self._recogniser is None:
            self._recogniser = load(self.config.bundle, threads=1, cache_bytes=0)
        return self._recogniser.parse(truth["image"])

    def collate(self, samples: list[Sample]) -> list[Sample]:
        """Sequences are computed one by one: their lengths differ, and one fills the processor."""
        return samples

    def loss(self, batch: list[Sample]) -> tuple[Tensor, dict[str, float]]:
        """Cross entropy (nats) summed over the answers' tokens."""
        losses, right, units = [], 0.0, 0
        for sample in batch:
            logits = self.model(sample)
            losses.append(cross_entropy(logits, sample["targets"], reduction="sum"))
            right += float((logits.argmax(-1) == sample["targets"]).sum())
            units += len(sample["targets"])
        return torch.stack(losses).sum(), {"units": float(units), "right": right}

    def evaluate(self) -> dict[str, float]:
        """Loss a token, and shares of whole answers that greedy decoding would give to the letter, by type."""
        device = next(self.model.parameters()).device
        loss, tokens = 0.0, 0
        exact: dict[str, list[bool]] = defaultdict(list)
        for truth in self._check:
            if (found := self.sample(truth, hash_seed(self.seed, -1))) is None:
                continue
            sample = {name: tensor.to(device) for name, tensor in found[0].items()}
            logits = self.model(sample)
            loss += float(cross_entropy(logits, sample["targets"], reduction="sum"))
            tokens += len(sample["targets"])
            right = (logits.argmax(-1) == sample["targets"]).cpu().numpy()
            ends = np.flatnonzero(sample["targets"].cpu().numpy() == self._end) + 1
            for one, part in zip(found[1], np.split(right, ends), strict=False):
                exact["all"].append(bool(part.all()))
                exact[one.type].append(bool(part.all()))
        if not tokens:
            return {}
        return {"loss": loss / tokens, **{f"exact_{kind}": float(np.mean(hits)) for kind, hits in exact.items()}}

    def export_state(self) -> dict[str, np.ndarray]:
        """The adapter under its graph names, and the projector's weights after "projector."."""
        found = self.model.language.adapter_tensors()
        if self.model.projector is not None:
            state = self.model.projector.state_dict()
            found |= {f"projector.{name}": value.cpu().numpy() for name, value in state.items()}
        return found


def hash_seed(seed: int, epoch: int) -> int:
    """A seed for an epoch's questions and slips; -1 is the epoch of evaluation."""
    return int(np.random.SeedSequence((seed, epoch + 1)).generate_state(1)[0])


def finished_truths(folder: str | Path) -> list[dict[str, Any]]:
    """The truth of every screen in the finished shards of a folder, in order; "image" is an absolute path."""
    truths = []
    for shard in sorted(path.parent for path in Path(folder).absolute().glob(f"*/{SHARD}")):
        with (shard / TRUTH).open(encoding="utf-8") as lines:
            truths += [{**truth, "image": str(shard / truth["image"])} for truth in map(json.loads, lines)]
    return truths


def task_config(settings: Mapping[str, Any], **fixed: Any) -> LanguageTaskConfig:
    """The config of a recipe's [settings].

    Raises:
        ValueError: a name or value that is none of its.
    """
    known = [one.name for one in fields(LanguageTaskConfig)]
    if unknown := sorted(set(settings) - set(known)):
        raise ValueError(f"unknown: {', '.join(unknown)}; [settings] has {', '.join(known)}")
    values = {**fixed, **settings}
    values |= {name: tuple(values[name]) for name in ("kinds", "check") if name in values}
    lora = dict(values.get("lora", {}))
    if "products" in lora:
        lora["products"] = tuple(lora["products"])
    try:
        return LanguageTaskConfig(**{**values, "lora": LoraConfig(**lora)})
    except TypeError as error:
        raise ValueError(f"[settings.lora]: {error}") from None


def open_task(data: Sequence[Path], settings: Mapping[str, Any], seed: int) -> LanguageTask:
    """The task that recipes call "language"."""
    return LanguageTask(task_config(settings), data, seed)
