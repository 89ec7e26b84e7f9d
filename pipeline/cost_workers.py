"""What runs in a process of its own for `pocketvlm cost`: one stage, or one model that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pocketvlm.bundle import Bundle, open_bundle
from pocketvlm.cost.measuring import Plan, Prompt, Values, answer_values, memory_values, stage_values
from pocketvlm.errors import ContextError
from pocketvlm.image_encoder import open_image_encoder
from pocketvlm.llm_backbone.generation import Conversation, LanguageModel
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.picture import Picture, open_text_reader
from pocketvlm.projector.runtime import Projector
from pocketvlm.prompt import encode_prompt
from pocketvlm.shown import Shown
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.encoder import Encoder
from pocketvlm.vision.image import read_image
from pocketvlm.vision.preprocess import Preprocessor, PreprocessorConfig
from pocketvlm.vlm import PocketVLM, load, open_language_model

Load = Callable[[], Callable[[], Any]]  # opens a stage and returns what runs it once
BLANK = np.full((64, 64, 3), 255, dtype=np.uint8)


@dataclass(frozen=True)
class Subject:
    """What is measured.

    Attributes:
        folder: of the bundle.
        picture: the file of the picture that is asked about.
        question: what is asked.
        plan: how much to measure.
    """

    folder: Path
    picture: Path
    question: str
    plan: Plan


def stage_names(bundle: Bundle) -> tuple[str, ...]:
    """The stages of a bundle that are measured alone."""
    there = {
        "text_reader": bundle.reads,
        "image_encoder": "vision_encoder" in bundle.parts,
        "vision_encoder": "vision_encoder" in bundle.parts and not bundle.parses,
        "projector": bundle.sees and not bundle.parses,
    }
    return ("python", "image_decode", *(name for name, has in there.items() if has), "language_model")


def measure_stage(subject: Subject, name: str) -> Values:
    """Load and run one stage; see `stage_values`. `name` is one of `stage_names`; "python" has nothing to run."""
    return memory_values() if name == "python" else stage_values(_STAGES[name](subject))


def measure_text_only(subject: Subject) -> Values:
    """Load the language model alone and ask it a question; see `answer_values`."""

    def opened() -> tuple[LanguageModel, Callable[[], Prompt]]:
        model = open_language_model(open_bundle(subject.folder), subject.plan.threads)
        return model, lambda: Prompt(question_ids(model, subject.question), None, None, {})

    return answer_values(opened, subject.plan)


def measure_multimodal(subject: Subject) -> Values:
    """Load everything and ask about the picture; see `answer_values`."""

    def opened() -> tuple[LanguageModel, Callable[[], Prompt]]:
        vlm = load(subject.folder, threads=subject.plan.threads, cache_bytes=0)
        room = subject.plan.answer_tokens[-1]
        return vlm.model, lambda: picture_prompt(vlm, vlm.read(subject.picture), subject.question, room)

    return answer_values(opened, subject.plan)


def picture_tokens(subject: Subject) -> int:
    """Tokens of the prompt with the picture."""
    vlm = load(subject.folder, threads=subject.plan.threads, cache_bytes=0)
    room = subject.plan.answer_tokens[-1]
    return len(picture_prompt(vlm, vlm.read(subject.picture), subject.question, room).input_ids)


def question_ids(model: LanguageModel, question: str) -> list[int]:
    """The prompt of a question about nothing."""
    return encode_prompt(model.tokenizer, None, 0, [], question)


def picture_prompt(vlm: PocketVLM, picture: Picture, question: str, room: int) -> Prompt:
    """The prompt of a question about a picture, as `Chat` writes it for an answer that the model words.

    Args:
        room: tokens to leave for the answer; rows of the picture that leave less are left out.
    Raises:
        ContextError: even without them there is too little.
    """
    taught = picture.structure is not None and vlm.adapter is not None
    shown: Shown | None = None
    if taught and picture.structure is not None:
        shown = Shown.of_structure(picture.structure)
    elif picture.text is not None:
        shown = Shown.of_text(picture.text)
    # Where an adapter was taught to see, the model alone was not.
    tokens = (
        None
        if picture.image_tokens is None or (picture.structure is not None and not taught)
        else picture.image_tokens[0]
    )

    def ids(rows: list[str] | None) -> list[int]:
        images = 0 if tokens is None else 1
        encoded = encode_prompt(vlm.model.tokenizer, rows, images, [], question, parsed=taught)
        counts = [] if tokens is None else [len(tokens)]
        return splice_ids(encoded, counts, vlm.model.decoder.config.vocab_size)

    limit = vlm.model.context_length - room
    input_ids = ids(None if shown is None else shown.rows())
    if shown is not None and len(input_ids) > limit:
        kept = shown.useful(vlm.model.tokenizer, question, limit - len(ids(shown.rows(()))))
        input_ids = ids(shown.rows(kept))
    if len(input_ids) > limit:
        raise ContextError(
            f"the prompt takes {len(input_ids)} tokens and the answer {room}, the model allows "
            f"{vlm.model.context_length}: measure with --quick, or with a smaller picture"
        )
    return Prompt(input_ids, tokens, vlm.adapter if taught else None, _taken_in(vlm.bundle, picture))


def _taken_in(bundle: Bundle, picture: Picture) -> Values:
    """Seconds of what this bundle does with a picture."""
    does = {
        "image_decode_s": True,
        "read_text_s": bundle.reads,
        "encode_s": "vision_encoder" in bundle.parts,
        "parse_s": bundle.parses,
        "project_s": bundle.sees,
    }
    return {name: getattr(picture, name) for name, done in does.items() if done}


def _image_decode(subject: Subject) -> Load:
    return lambda: lambda: read_image(subject.picture)


def _text_reader(subject: Subject) -> Load:
    pixels = read_image(subject.picture)

    def load() -> Callable[[], Any]:
        reader = open_text_reader(subject.plan.threads)
        reader.read(BLANK)  # it opens its networks at the first image
        return lambda: reader.read(pixels)

    return load


def _image_encoder(subject: Subject) -> Load:
    pixels, bundle = read_image(subject.picture), open_bundle(subject.folder)

    def load() -> Callable[[], Any]:
        encoder = open_image_encoder(bundle, subject.plan.threads)
        assert encoder is not None  # which `stage_names` sees to
        return lambda: encoder.encode(pixels)

    return load


def _vision_encoder(subject: Subject) -> Load:
    bundle = open_bundle(subject.folder)
    preprocessor = Preprocessor(PreprocessorConfig.from_dict(bundle.read("preprocessor_config.json")))
    pixel_values = preprocessor.pixel_values(read_image(subject.picture))

    def load() -> Callable[[], Any]:
        encoder = Encoder(bundle.graph("vision_encoder"), subject.plan.threads)
        return lambda: encoder.encode(pixel_values)

    return load


def _projector(subject: Subject) -> Load:
    bundle = open_bundle(subject.folder)
    vision = VisionConfig.from_dict(bundle.config["vision_config"])
    features = np.zeros((1, vision.num_patches, vision.hidden_size), dtype=np.float32)  # (1, N, C)

    def load() -> Callable[[], Any]:
        projector = Projector(bundle.graph("projector"), subject.plan.threads)
        return lambda: projector.project(features)

    return load


def _language_model(subject: Subject) -> Load:
    bundle = open_bundle(subject.folder)

    def load() -> Callable[[], Any]:
        model = open_language_model(bundle, subject.plan.threads)
        ids = question_ids(model, subject.question)
        return lambda: Conversation(model).feed(ids)

    return load


_STAGES: dict[str, Callable[[Subject], Load]] = {
    "image_decode": _image_decode,
    "text_reader": _text_reader,
    "image_encoder": _image_encoder,
    "vision_encoder": _vision_encoder,
    "projector": _projector,
    "language_model": _language_model,
}
