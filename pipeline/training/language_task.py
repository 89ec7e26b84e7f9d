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
from pocketvlm.datasets.rendered.questions.drafts import KINDS, is_yes_or_no
from pocketvlm.datasets.rendered.schema import LANGUAGES
from pocketvlm.llm_backbone.adapter import read_tensors
from pocketvlm.llm_backbone.lora import LoraConfig
from pocketvlm.llm_backbone.packing import pack
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.projector.definition import token_count
from pocketvlm.prompt import encode_prompt
from pocketvlm.training.screens import Asked, screen_example, simulated_structure
from pocketvlm.training.vision_language import VisionLanguage, load_trained, open_encoder, open_language, open_projector
from pocketvlm.vision.image import read_image
from pocketvlm.vision.parser.config import InputConfig
from pocketvlm.vision.screen_input import fit_pixels
from pocketvlm.vision.structure import ScreenStructure
from pocketvlm.vlm import SCREEN_ADAPTER, PocketVLM, load

OF_BUNDLE = "bundle"  # as a projector or as weights: those that the bundle itself holds
CHOSEN_FROM = 4  # times as many questions as are asked, where some are asked more readily than others
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
AUTO = "auto"
Sample = dict[str, Tensor]


@dataclass(frozen=True)
class LanguageTaskConfig:
    """What the language model is taught, and with what.

    Attributes:
        bundle: whose language model: its weights stay as they are.
        lora: the adapter's shape.
        adapter: whether the adapter is trained; otherwise the projector alone.
        projector: the kind of projector for image tokens, e.g. "ldpnetv2_4"; "bundle" for the bundle's own encoder and
            projector, which stay as they are; "" for a model of the text alone.
        encoder: weights.safetensors of the parser whose encoder sees; needed with a projector to be trained.
        weights: weights.safetensors of an earlier stage to go on from; "bundle" to go on from the adapter that the
            bundle holds; "" begins afresh.
        structure: whether prompts hold the screen's structure as text; otherwise image tokens alone.
        recognised: the share of screens whose structure is what the bundle's reader and parser recognise; about a
            second each on one core.
        kinds: the types of questions that are asked; all when empty.
        often: how readily a type is asked, as a multiple of how readily the others are; 1 where it is not named.
        yes_or_no: likewise for questions that are answered with either.
        languages: how many times over the screens of a language are shown in an epoch; once where it is not named.
        per_screen: questions a screen and epoch.
        max_positions: longer sequences lose their last questions.
        dtype: of the frozen weights, "fp32", "bf16", or "auto": bf16 where the machine computes with it.
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
    often: Mapping[str, float] = field(default_factory=dict)
    yes_or_no: float = 1.0
    languages: Mapping[str, int] = field(default_factory=dict)
    per_screen: int = 12
    max_positions: int = 1600
    dtype: str = AUTO
    check_count: int = 48
    limit: int = 0
    check: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in (AUTO, *DTYPES):
            raise ValueError(f"dtype is {self.dtype!r}; there are {', '.join((AUTO, *DTYPES))}")
        if self.trains_projector and not self.encoder:
            raise ValueError("a projector needs an encoder: give settings.encoder, the weights of a trained parser")
        if not self.projector and not self.structure:
            raise ValueError("without a projector, the adapter is trained on the structure; leave it on")
        if not self.trains_projector and not self.adapter:
            raise ValueError("there is nothing to train: leave the adapter on, or name a kind of projector")
        if not 0 <= self.recognised <= 1:
            raise ValueError(f"recognised is a share from 0 to 1, not {self.recognised}")
        if self.per_screen < 1:
            raise ValueError(f"per_screen is {self.per_screen}; at least one question a screen is needed")
        if unknown := sorted({*self.kinds, *self.often} - set(KINDS)):
            raise ValueError(f"there are no questions of type {', '.join(unknown)}; there are {', '.join(KINDS)}")
        if min([self.yes_or_no, *self.often.values()]) <= 0:
            raise ValueError("how often questions are asked is above 0; name the types to ask in kinds")
        if unknown := sorted(set(self.languages) - set(LANGUAGES)):
            raise ValueError(f"there are no screens in {', '.join(unknown)}; there are {', '.join(LANGUAGES)}")
        if any(not isinstance(times, int) or times < 1 for times in self.languages.values()):
            raise ValueError("how many times over a language is shown is a whole number from 1")

    @property
    def torch_dtype(self) -> torch.dtype:
        """Of the frozen weights, on this machine."""
        return fastest_dtype() if self.dtype == AUTO else DTYPES[self.dtype]

    @property
    def trains_projector(self) -> bool:
        """Whether image tokens come from a projector that learns."""
        return self.projector not in ("", OF_BUNDLE)

    @property
    def chooses(self) -> bool:
        """Whether some of a screen's questions are asked more readily than others."""
        return bool(self.kinds or self.often or self.yes_or_no != 1)

    def choose(self, questions: Sequence[Asked], rng: random.Random) -> list[Asked]:
        """So many of a screen's questions as are asked of it."""
        if not self.chooses:
            return list(questions)
        allowed = [one for one in questions if not self.kinds or one.type in self.kinds]
        # The greatest of random ** (1 / weight) are a weighted sample: Efraimidis and Spirakis, 2006.
        return sorted(allowed, key=lambda one: -(rng.random() ** (1 / self._weight(one))))[: self.per_screen]

    def _weight(self, asked: Asked) -> float:
        return self.often.get(asked.type, 1.0) * (1.0 if is_yes_or_no(asked.answers) is None else self.yes_or_no)


class LanguageTask:
    """See `training.task.Task`."""

    def __init__(self, config: LanguageTaskConfig, screens: Sequence[Path], seed: int) -> None:
        self.config, self.seed = config, seed
        truths = [truth for folder in screens for truth in finished_truths(folder)]
        self._truths = [truth for truth in truths[: config.limit or None] for _ in range(self._times(truth))]
        if not self._truths:
            raise ValueError(f"no finished screens in {', '.join(map(str, screens))}: render some first")
        self._check = [truth for folder in config.check for truth in finished_truths(folder)[: config.check_count]]
        bundle = open_bundle(config.bundle)
        self._tokenizer = Tokenizer(bundle.folder)
        self._end: int = bundle.generation_config["eos_token_id"]
        self.model = self._open(seed)
        self._opened: PocketVLM | None = None

    def _open(self, seed: int) -> VisionLanguage:
        config = self.config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # of fresh weights
            language = open_language(open_bundle(config.bundle), config.lora, config.torch_dtype)
            projector = open_projector(config.projector, language) if config.trains_projector else None
        encoder = open_encoder(Path(config.encoder)) if projector is not None else None
        model = VisionLanguage(language, projector, encoder)
        if config.weights == OF_BUNDLE:
            language.load_adapter(read_tensors(open_bundle(config.bundle).folder / SCREEN_ADAPTER))
        elif config.weights:
            load_trained(model, Path(config.weights))
        if not config.adapter:
            language.requires_grad_(False)
        return model

    def _times(self, truth: Mapping[str, Any]) -> int:
        return self.config.languages.get(truth["language"], 1)

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
        made = config.per_screen * (CHOSEN_FROM if config.chooses else 1)
        example = screen_example(truth, self._structure(truth, seed), seed, made)
        asked = config.choose(example.questions, random.Random(f"chosen {seed} {truth['id']}"))
        shown, images = self._shown(truth["image"])
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
                return sample | shown, asked
            for items in (asked, prompts, answers):
                items.pop()
        return None

    def _structure(self, truth: Mapping[str, Any], seed: int) -> ScreenStructure:
        if random.Random(f"recognised {seed} {truth['id']}").random() >= self.config.recognised:
            return simulated_structure(truth, seed)
        return self._recogniser().parse(truth["image"])

    def _shown(self, image: str) -> tuple[Sample, list[int]]:
        """What a sample holds for its image tokens, and how many they are for each picture: none or one."""
        kind = self.config.projector
        if not kind:
            return {}, []
        if kind == OF_BUNDLE:
            tokens = self._recogniser().encode_image(image).image_tokens
            assert tokens is not None  # of a bundle that sees
            return {"image_tokens": torch.from_numpy(tokens[0])}, [tokens.shape[1]]
        pixels = fit_pixels(read_image(image), InputConfig())
        return {"pixels": torch.from_numpy(pixels)}, [token_count(kind, pixels.shape[0] // 32, pixels.shape[1] // 32)]

    def _recogniser(self) -> PocketVLM:
        """The bundle as it answers, opened where samples are loaded by the first that needs it."""
        if self._opened is None:
            self._opened = load(self.config.bundle, threads=1, cache_bytes=0)
        return self._opened

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


def fastest_dtype() -> torch.dtype:
    """bf16 on a GPU, and on a processor whose vector units are wide enough for it; on others it is 70 times slower."""
    known = hasattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported")  # where torch was built with oneDNN
    wide = known and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if torch.cuda.is_available() or wide else torch.float32


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
