"""Measures what a bundle costs: every stage and both ways of asking, each in processes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pocketvlm.bundle import Bundle, check_hashes, open_bundle
from pocketvlm.cost.machine import describe_machine
from pocketvlm.cost.measuring import Plan, Values, counted, figures
from pocketvlm.cost.memory import available_bytes
from pocketvlm.cost.processes import ProcessDiedError, in_fresh_process
from pocketvlm.cost.results import (
    BundleFacts,
    Conditions,
    CostReport,
    Figures,
    Machine,
    PrecisionRow,
    StageCount,
)
from pocketvlm.cost_counting import Sizes, answer_work, image_tokens, language_bytes, stage_counts
from pocketvlm.cost_workers import (
    Subject,
    measure_multimodal,
    measure_stage,
    measure_text_only,
    picture_tokens,
    stage_names,
)
from pocketvlm.errors import BundleError, ImageError, OptionError
from pocketvlm.graphs.names import TERMS
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import cache_bytes
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.prompt import encode_prompt
from pocketvlm.vision.image import read_image

T = TypeVar("T")
QUESTION = "What is the most important thing in this picture?"
CONTEXTS = (200, 1000)  # a short prompt's, and that of a picture's text or of several pictures
PROMPTS = (64, 144, 256, 576, 1024)  # 64, 144 and 576 are image tokens of published projectors
HALF_PRECISION = "fp16"
BASE_BYTES = 400_000_000  # Python, the runtime, and the largest networks' activations


@dataclass(frozen=True)
class CostOptions:
    """How to measure.

    Attributes:
        quick: two processes instead of five, answers up to 100 tokens, short contexts only.
        threads: processor cores; all physical ones when None.
        question: what is asked.
        others: bundles of the same language model in other precisions, for the precision table.
        quality: by precision, what is known of it from elsewhere (`PrecisionRow.quality`).
        command: for the record.
    """

    quick: bool = False
    threads: int | None = None
    question: str = QUESTION
    others: tuple[Path, ...] = ()
    quality: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    command: str = ""

    @property
    def runs(self) -> int:
        """Processes for each figure."""
        return 2 if self.quick else 5

    @property
    def answer_tokens(self) -> tuple[int, ...]:
        """Lengths of answers."""
        return (20, 100) if self.quick else (20, 100, 256)

    def plan(self, config: LlamaConfig, cores: int) -> Plan:
        """What to measure of a language model, as far as its context allows."""
        steps = 16 if self.quick else 32
        room = config.max_position_embeddings - steps - 1
        contexts, prompts = (CONTEXTS[:1], PROMPTS[:3]) if self.quick else (CONTEXTS, PROMPTS)
        return Plan(
            answer_tokens=self.answer_tokens,
            context_tokens=tuple(dict.fromkeys(min(count, room) for count in contexts)),
            decode_steps=steps,
            prompt_tokens=tuple(count for count in prompts if count <= room),
            threads=self.threads,
            cores=cores,
        )


@dataclass(frozen=True)
class Step:
    """The report after one more process.

    Attributes:
        report: as far as it came; complete after the last one.
        done, total: processes.
    """

    report: CostReport
    done: int
    total: int


def measure_cost(bundle: Bundle, picture: Path, options: CostOptions) -> Iterator[Step]:
    """Measure a bundle; every step is worth keeping, since the next one may be stopped.

    Args:
        bundle: trained or random.
        picture: the file that is asked about.
        options: how.
    Raises:
        BundleError: a bundle is damaged, or holds another language model than the first one.
        ImageError: the picture cannot be read.
        OptionError: too little memory is free, or it ran out.
    """
    return _checked(bundle, picture, options).steps()


def count_cost(bundle: Bundle, picture: Path, options: CostOptions) -> CostReport:
    """A report with closed forms only, for the device model: nothing is measured, and the report is not complete.

    Args, Raises: as for `measure_cost`.
    """
    costing = _checked(bundle, picture, options)
    if bundle.reads:  # then the prompt's length depends on what is printed in the picture
        costing.pictured = costing.run(picture_tokens, bundle)
    return costing.report(complete=False)


def _checked(bundle: Bundle, picture: Path, options: CostOptions) -> _Costing:
    others = [open_bundle(folder) for folder in options.others]
    for one in (bundle, *others):
        check_hashes(one)
        check_memory(one)
    _check_same_model(bundle, others)
    return _Costing(bundle, others, picture, options)


def check_memory(bundle: Bundle) -> None:
    """
    Raises:
        OptionError: less memory is free than the bundle takes; the message gives both.
    """
    free, needed = available_bytes(), needed_bytes(bundle)
    if free is not None and free < needed:
        raise OptionError(
            f"{bundle.name} takes about {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free: close other "
            "programs, or export it in a smaller precision"
        )


def needed_bytes(bundle: Bundle) -> int:
    """Memory that the bundle takes when everything is loaded, roughly: weights are packed anew, onto the heap."""
    files = sum(entry["bytes"] for name, entry in bundle.manifest["files"].items() if name.startswith("onnx/"))
    widened = HALF_PRECISION in bundle.manifest["precision"].values()  # halves are computed in single precision
    config = LlamaConfig.from_dict(bundle.config)
    cache = cache_bytes(config, min(config.max_position_embeddings, 2048), bundle.cache_width)
    return BASE_BYTES + files * (2 if widened else 1) + cache


def _check_same_model(bundle: Bundle, others: list[Bundle]) -> None:
    for other in others:
        if LlamaConfig.from_dict(other.config) != LlamaConfig.from_dict(bundle.config):
            raise BundleError(f"{other.folder} holds another language model than {bundle.name}: give the same one")


class _Costing:
    """What is known so far. Jobs add to it, and `report` sums it up."""

    def __init__(self, bundle: Bundle, others: list[Bundle], picture: Path, options: CostOptions) -> None:
        self.bundle = bundle
        self.others = others
        self.options = options
        try:
            pixels = read_image(picture)
        except (OSError, ValueError) as error:
            raise ImageError(str(error)) from None
        self.size = (pixels.shape[1], pixels.shape[0])
        self.picture = picture
        self.config = LlamaConfig.from_dict(bundle.config)
        tokenizer = Tokenizer(bundle.folder)
        self.question_tokens = len(encode_prompt(tokenizer, None, 0, [], options.question))
        self.created = datetime.now(UTC).isoformat(timespec="seconds")
        self.machine: Machine = describe_machine(options.threads)
        self.plan = options.plan(self.config, self.machine.threads)
        self.stages: dict[str, list[Values]] = {name: [] for name in stage_names(bundle)}
        self.text_only: list[Values] = []
        self.multimodal: list[Values] = []
        self.precisions: list[list[Values]] = [[] for _ in others]
        # Until the picture was read once, what its text takes in the prompt is not known.
        self.pictured = self.question_tokens + image_tokens(bundle, *self.size)

    def steps(self) -> Iterator[Step]:
        """Run every job and report after each. Both ways take turns, so that a slower minute slows both."""
        jobs: list[Callable[[], None]] = []
        for _ in range(self.options.runs):
            jobs += [self._stage(name) for name in self.stages]
            jobs += [self._answer(self.bundle, measure_text_only, self.text_only)]
            jobs += [self._answer(self.bundle, measure_multimodal, self.multimodal)]
            pairs = zip(self.others, self.precisions, strict=True)
            jobs += [self._answer(other, measure_text_only, values) for other, values in pairs]
        for number, job in enumerate(jobs, start=1):
            job()
            yield Step(self.report(complete=number == len(jobs)), number, len(jobs))

    def _stage(self, name: str) -> Callable[[], None]:
        return lambda: self.stages[name].append(self.run(measure_stage, self.bundle, name))

    def _answer(self, bundle: Bundle, work: Callable[[Subject], Values], values: list[Values]) -> Callable[[], None]:
        return lambda: values.append(self.run(work, bundle))

    def run(self, work: Callable[..., T], bundle: Bundle, *arguments: Any) -> T:
        """What `work` finds in a process of its own."""
        subject = Subject(bundle.folder, self.picture, self.options.question, self.plan)
        try:
            return in_fresh_process(work, subject, *arguments)
        except ProcessDiedError as error:
            raise OptionError(f"{bundle.name} could not be measured: {error}; close other programs") from None

    def report(self, complete: bool) -> CostReport:
        """Everything so far."""
        counts = stage_counts(self.bundle, self._sizes())
        return CostReport(
            bundle=self._facts(),
            machine=self.machine,
            conditions=self._conditions(),
            counts=counts,
            text_only={**self._counted(counts, False), **self._figures(self.text_only)},
            multimodal={**self._counted(counts, True), **self._figures(self.multimodal)},
            stages={name: self._figures(values) for name, values in self.stages.items() if values},
            precisions=self._precisions(),
            complete=complete,
        )

    def _sizes(self) -> Sizes:
        prompts = [int(values["prefill_tokens"]) for values in self.multimodal]
        return Sizes(*self.size, self.question_tokens, prompts[0] if prompts else self.pictured)

    def _facts(self) -> BundleFacts:
        bundle, sizes = self.bundle, self._sizes()
        seen = image_tokens(bundle, *self.size)
        described: dict[str, Any] = {
            name: bundle.config[name] for name in ("vision_config", "projector_config") if name in bundle.config
        }
        return BundleFacts(
            name=bundle.name,
            weights=bundle.manifest["weights"],
            precision=dict(bundle.manifest["precision"]),
            sees=bundle.sees,
            parses=bundle.parses,
            image_tokens=seen,
            text_tokens=max(sizes.multimodal_prompt - sizes.text_prompt - seen, 0) if bundle.reads else 0,
            llm_config=self.config.to_dict(),
            vision=described or None,
        )

    def _conditions(self) -> Conditions:
        return Conditions(
            question_tokens=self.question_tokens,
            answer_tokens=self.plan.answer_tokens,
            context_tokens=self.plan.context_tokens,
            picture=self.picture.name,
            picture_width=self.size[0],
            picture_height=self.size[1],
            quick=self.options.quick,
            runs=self.options.runs,
            command=self.options.command,
            created=self.created,
        )

    def _counted(self, counts: dict[str, StageCount], with_picture: bool) -> Figures:
        """Parameters, files and work: no measurement."""
        pictured = {"prefill_text", "prefill_multimodal", "decode"} ^ set(counts) if with_picture else set()
        held = [counts["decode"], *(counts[name] for name in sorted(pictured))]
        found = {
            "parameters": counted(sum(count.parameters for count in held)),
            "file_bytes": counted(sum(count.file_bytes for count in held)),
        }
        sizes = self._sizes()
        prompt = sizes.multimodal_prompt if with_picture else sizes.text_prompt
        for tokens in self.plan.answer_tokens:
            if (work := answer_work(self.bundle, counts, prompt, tokens, with_picture)) is not None:
                found[f"answer_flops_for_{tokens}"], found[f"answer_moved_bytes_for_{tokens}"] = map(counted, work)
        return found

    def _figures(self, values: list[Values]) -> Figures:
        energy = self.machine.energy
        return figures(values, "" if energy == "rapl" else energy)

    def _precisions(self) -> tuple[PrecisionRow, ...]:
        """The bundle itself among them, where there are others to compare it with."""
        measured = zip((self.bundle, *self.others), (self.text_only, *self.precisions), strict=True)
        rows = [self._precision(bundle, values) for bundle, values in measured if values and self.others]
        order = list(TERMS)
        return tuple(sorted(rows, key=lambda row: order.index(row.precision)))

    def _precision(self, bundle: Bundle, values: list[Values]) -> PrecisionRow:
        term = bundle.manifest["precision"]["decoder_model_merged"]
        kind = next(kind for kind, known in TERMS.items() if known == term)
        quality = self.options.quality.get(kind)
        return PrecisionRow(kind, bundle.name, language_bytes(bundle), self._figures(values), quality)


def with_devices(report: CostReport, names: tuple[str, ...]) -> CostReport:
    """The report with what the device model says of it on some devices.

    Raises:
        OptionError: no such device; lists those there are.
    """
    from pocketvlm.cost.device_model import predict_report
    from pocketvlm.cost.devices import device
    from pocketvlm.cost.validation import fitted

    try:
        found = {name: predict_report(report, device(name), fitted()) for name in names}
    except ValueError as error:
        raise OptionError(str(error)) from None
    return replace(report, devices={**report.devices, **found})
