"""Turns a checkpoint into a bundle, tensor by tensor."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from pocketvlm.bundle import WRITTEN, Bundle, open_bundle, write_json, write_manifest
from pocketvlm.calibration import prompts, quantize_kv_cache
from pocketvlm.checkpoint import Checkpoint, LanguagePart, ProjectorPart, VisionPart
from pocketvlm.errors import CheckpointError, ParityError
from pocketvlm.graphs.names import TERMS
from pocketvlm.llm_backbone.definition import embed
from pocketvlm.llm_backbone.graph import DecoderWeights, write_graphs
from pocketvlm.llm_backbone.importance import InputImportance
from pocketvlm.llm_backbone.layer_graph import write_layer
from pocketvlm.llm_backbone.weights import decoder_weights
from pocketvlm.projector.graph import write_projector
from pocketvlm.recipe import PRESETS, Recipe
from pocketvlm.verify import LAYERS, verify, verify_steps
from pocketvlm.vision.graph import write_encoder

MAX_FILE_BYTES = 2_000_000_000  # some file systems and web runtimes stop at 2 GiB

Progress = Callable[[int, int], None]


def export(
    source: str | Path,
    out: str | Path,
    *,
    recipe: Recipe | None = None,
    vision_tower: str | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    generation: dict[str, Any] | None = None,
    max_file_bytes: int = MAX_FILE_BYTES,
    adapted: tuple[str, ...] = (),
) -> Path:
    """Write the bundle of a checkpoint.

    The same checkpoint and recipe give the same bytes on the same processor. On others an int8 cache's scales and
    "imatrix" weights may differ a little: they come from running the model, and processors have different kernels.
    The bundle is verified, and appears under `out` only when it is complete and found good.

    Args:
        source: a MobileVLM or LLaMA checkpoint (a folder or a name on the hub), or a LLaMA-architecture GGUF file.
        out: the folder to write; an existing bundle there is replaced.
        recipe: a precision for each part; "native" for GGUF files and "phone" for others unless given.
        vision_tower: where the vision tower is, if not where the checkpoint says; see `mobilevlm.open_folder`.
        name: what the bundle is called; the folder's name unless given.
        progress: told (steps done, steps in all); a step is a layer, or one of the verification's.
        generation: further defaults for `generation_config.json`, such as {"repetition_penalty": 1.1}.
        max_file_bytes: weights are cut into files of at most this size.
        adapted: the language model's products that take an adapter when it runs, of `llm_backbone.lora.PRODUCTS`.
    Raises:
        CheckpointError: the checkpoint is missing or of a kind that cannot be exported; or `out` holds something else.
        ExportError, ParityError: the written bundle does not do what the checkpoint says.
    """
    native = str(source).endswith(".gguf")
    with _named_errors(source):
        checkpoint = _open(source, vision_tower, native)
    chosen = recipe or PRESETS["native" if native else "phone"]
    return export_checkpoint(
        checkpoint,
        out,
        chosen,
        name=name,
        progress=progress,
        generation=generation,
        max_file_bytes=max_file_bytes,
        adapted=adapted,
    )


def _open(source: str | Path, vision_tower: str | None, gguf: bool) -> Checkpoint:
    if not gguf:
        from pocketvlm.mobilevlm import open_folder

        return open_folder(str(source), vision_tower)
    from pocketvlm.gguf_source import open_gguf

    if vision_tower:
        raise CheckpointError("a GGUF file has no projector for a vision tower; leave --vision-tower out")
    return open_gguf(Path(source))


@contextmanager
def _named_errors(source: str | Path) -> Iterator[None]:
    """What the stages say of a checkpoint, with its name before it."""
    try:
        yield
    except ValueError as error:
        raise CheckpointError(f"{source} cannot be exported: {'; '.join(str(error).splitlines())}") from error


def export_checkpoint(
    checkpoint: Checkpoint,
    out: str | Path,
    recipe: Recipe,
    *,
    name: str | None = None,
    progress: Progress | None = None,
    generation: dict[str, Any] | None = None,
    max_file_bytes: int = MAX_FILE_BYTES,
    adapted: tuple[str, ...] = (),
) -> Path:
    """The same for a checkpoint that is open already, or drawn at random."""
    out = Path(out).resolve()
    with _whole_or_nothing(out) as partial:
        steps = _Steps(progress, _count_steps(checkpoint))
        with _named_errors(checkpoint.source["name"]):
            checkpoint.check()
            _write(checkpoint, partial, recipe, name or out.name, steps, generation or {}, max_file_bytes, adapted)
        # That random weights are the ones that were drawn proves nothing about a model.
        tensors = checkpoint.tensors() if checkpoint.weights == "trained" else None
        progress = steps.part()
        try:
            verify(partial, tensors, progress)
        except ParityError as error:
            if error.stage != LAYERS:
                raise
            _leave_layers_out(partial)
            verify(partial, tensors, progress)
    return out


def _leave_layers_out(folder: Path) -> None:
    """Positions of this model are too uneven to be rounded by a scale each: its decoder reads long prompts itself."""
    bundle = open_bundle(folder)
    assert bundle.layer_graph is not None
    for path in (bundle.layer_graph, bundle.layer_graph.with_suffix(".onnx_data")):
        path.unlink(missing_ok=True)
    write_manifest(folder, {name: fact for name, fact in bundle.manifest.items() if name not in WRITTEN})


@contextmanager
def _whole_or_nothing(out: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `out` at the end, or goes away if there is an error."""
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / "manifest.json").is_file()):
        raise CheckpointError(f"{out} holds something that is no bundle; choose another folder")
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / "onnx").mkdir(parents=True)
        yield partial
        if out.exists():
            shutil.rmtree(out)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(
    checkpoint: Checkpoint,
    folder: Path,
    recipe: Recipe,
    name: str,
    steps: _Steps,
    generation: dict[str, Any],
    max_file_bytes: int,
    adapted: tuple[str, ...],
) -> None:
    language, onnx = checkpoint.language, folder / "onnx"
    precision = _terms(language, recipe)
    config = language.config.to_dict()
    if checkpoint.vision and checkpoint.projector:
        precision = {"vision_encoder": recipe.vision.term, "projector": recipe.projector.term, **precision}
        config |= _write_sight(checkpoint.vision, checkpoint.projector, onnx, recipe, steps, max_file_bytes)
        write_json(folder / "preprocessor_config.json", checkpoint.vision.preprocessor.to_dict())
    checkpoint.write_tokenizer(folder)
    _check_tokenizer(folder, language.config.vocab_size)
    write_json(folder / "config.json", config)
    generation_config = {**checkpoint.generation, "do_sample": False, **generation}
    write_json(folder / "generation_config.json", generation_config)
    details = {part: detail for part, detail in recipe.details().items() if part in (*precision, "lm_head", "kv_cache")}
    facts = {
        "name": name,
        "weights": checkpoint.weights,
        "precision": precision,
        "quantization": details,
        "parameters": checkpoint.parameters(),
        "source": checkpoint.source,
    }
    bundle = Bundle(folder, facts, config, generation_config)  # whose decoder comes last, as it may need the others
    decoder = _decoder(language, recipe, bundle)
    write_graphs(language.config, decoder, onnx, max_file_bytes, precision, steps.part(), adapted)
    if recipe.kv_cache == "int8":  # which the whole bundle has to be run for
        quantize_kv_cache(bundle)
    write_layer(language.config, bundle.graph("decoder_model_merged"))
    write_manifest(folder, facts)


def _check_tokenizer(folder: Path, vocab_size: int) -> None:
    size = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()
    if size > vocab_size:
        raise CheckpointError(f"the tokenizer has {size} tokens, the model embeds {vocab_size}: it is another model's")


def _terms(language: LanguagePart, recipe: Recipe) -> dict[str, str]:
    """What the precisions of the language model's parts are called."""
    if recipe.llm is not None:
        terms = (recipe.embeddings.term, recipe.llm.term)
    elif language.native is not None:
        terms = (TERMS[language.native_kinds[0]], TERMS[language.native_kinds[1]])
    else:
        raise CheckpointError("only a GGUF file has a quantisation of its own to keep; choose another precision")
    return dict(zip(("embed_tokens", "decoder_model_merged"), terms, strict=True))


def _decoder(language: LanguagePart, recipe: Recipe, bundle: Bundle) -> DecoderWeights:
    """The language model's weights; `bundle` encodes what is read to round them well."""
    if recipe.llm is None:
        assert language.native is not None, "_terms said so"
        return language.native()
    config, tensors, importance = language.config, language.tensors, None
    if recipe.llm.needs_importance:
        embeds = [embed(config, tensors, prompt.ids, prompt.image_tokens) for prompt in prompts(bundle)]
        importance = InputImportance(config, tensors, embeds)
    return decoder_weights(config, tensors, recipe.llm, recipe.embeddings, recipe.head, importance)


def _write_sight(
    vision: VisionPart, projector: ProjectorPart, onnx: Path, recipe: Recipe, steps: _Steps, max_file_bytes: int
) -> dict[str, Any]:
    """Write the graphs from pixels to image tokens; returns what `config.json` says of them."""
    write_encoder(vision.config, vision.tensors, onnx, recipe.vision, max_file_bytes, steps.part())
    shape = {"in_features": projector.in_features, "out_features": projector.out_features}
    write_projector(
        projector.kind,
        projector.in_features,
        projector.out_features,
        projector.tensors,
        onnx,
        recipe.projector,
        max_file_bytes,
    )
    projector_config = {"projector_type": projector.kind, **shape}
    return {"vision_config": vision.config.to_dict(), "projector_config": projector_config}


def _count_steps(checkpoint: Checkpoint) -> int:
    layers, vision = checkpoint.language.config.num_hidden_layers, checkpoint.vision
    return layers + verify_steps(2) if vision is None else vision.config.used_layers + layers + verify_steps(4)


class _Steps:
    """One count over several parts that each count their own layers."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def part(self) -> Progress:
        """For the next part to tell (layers done, layers in all)."""
        before = self._done

        def tell(done: int, total: int) -> None:
            self._done = before + done
            if self._progress:
                self._progress(self._done, self._total)

        return tell
