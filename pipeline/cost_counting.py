"""What a bundle's stages hold, work and move, from its configs and the sizes of its files."""

from __future__ import annotations

from dataclasses import dataclass

from pocketvlm.bundle import PARSER_CONFIG, Bundle
from pocketvlm.cost import screen_counts
from pocketvlm.cost.counts import (
    encoder_flops,
    llm_flops,
    llm_moved_bytes,
    llm_parameters,
    projector_flops,
    projector_parameters,
    projector_tokens,
)
from pocketvlm.cost.results import StageCount
from pocketvlm.graphs.names import LAYER_STEM, graph_stem
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.screen_input import fit_size
from pocketvlm.vision.text_models import packaged_model

LANGUAGE_PARTS = ("embed_tokens", "decoder_model_merged")
READER_PARTS = ("det", "rec")
TOWER_STRIDE = 32  # of the map that the screen tower gives to the projector


@dataclass(frozen=True)
class Sizes:
    """What the counts of an answer depend on.

    Attributes:
        width, height: of the picture, pixels.
        text_prompt, multimodal_prompt: tokens of the prompts.
    """

    width: int
    height: int
    text_prompt: int
    multimodal_prompt: int


def part_bytes(bundle: Bundle, part: str, data_only: bool = False) -> int:
    """Bytes of a part's files.

    Args:
        data_only: the weights without the graph that names them.
    """
    stem = f"onnx/{graph_stem(part, bundle.manifest['precision'][part])}.onnx"
    start = f"{stem}_data" if data_only else stem
    return _bytes(bundle, start)


def _bytes(bundle: Bundle, start: str) -> int:
    """Of all files whose names begin so."""
    return sum(entry["bytes"] for name, entry in bundle.manifest["files"].items() if name.startswith(start))


def language_bytes(bundle: Bundle) -> int:
    """Bytes of the language model's files, with what long prompts go through."""
    return sum(part_bytes(bundle, part) for part in LANGUAGE_PARTS) + _bytes(bundle, f"onnx/{LAYER_STEM}.")


def image_tokens(bundle: Bundle, width: int, height: int) -> int:
    """Image tokens of a picture; 0 where the bundle does not see."""
    if not bundle.sees:
        return 0
    patches, grid = _patches(bundle, width, height)
    return projector_tokens(bundle.config["projector_config"]["projector_type"], patches, grid)


def stage_counts(bundle: Bundle, sizes: Sizes) -> dict[str, StageCount]:
    """The counts of every stage, named as `CostReport.counts` says."""
    return {**_picture_counts(bundle, sizes), **_language_counts(bundle, sizes)}


def answer_work(
    bundle: Bundle, counts: dict[str, StageCount], prompt: int, tokens: int, with_picture: bool
) -> tuple[float, float] | None:
    """FLOPs and moved bytes of one answer; None where a stage that takes part has no closed form.

    Args:
        counts: of `stage_counts`.
        prompt: tokens.
        tokens: of the answer.
    """
    config = LlamaConfig.from_dict(bundle.config)
    weights = _moved_weights(bundle, config)
    flops, moved = llm_flops(config, prompt), llm_moved_bytes(config, weights, prompt, 0, bundle.cache_width)
    for past in range(prompt, prompt + tokens - 1):  # the first token comes out of the prompt
        flops += llm_flops(config, 1, past)
        moved += llm_moved_bytes(config, weights, 1, past, bundle.cache_width)
    for name, count in counts.items() if with_picture else ():
        if name in ("prefill_text", "prefill_multimodal", "decode"):
            continue
        if count.flops is None or count.moved_bytes is None:
            return None
        flops, moved = flops + count.flops, moved + count.moved_bytes
    return flops, moved


def _language_counts(bundle: Bundle, sizes: Sizes) -> dict[str, StageCount]:
    config = LlamaConfig.from_dict(bundle.config)
    weights = _moved_weights(bundle, config)
    runs = {
        "prefill_text": (sizes.text_prompt, 0),
        "prefill_multimodal": (sizes.multimodal_prompt, 0),
        "decode": (1, sizes.multimodal_prompt),
    }
    return {
        name: StageCount(
            parameters=llm_parameters(config),
            file_bytes=language_bytes(bundle),
            flops=llm_flops(config, positions, past),
            moved_bytes=llm_moved_bytes(config, weights, positions, past, bundle.cache_width),
        )
        for name, (positions, past) in runs.items()
    }


def _moved_weights(bundle: Bundle, config: LlamaConfig) -> int:
    """Bytes that every step reads: the decoder's weights, and the token table where it is the head as well."""
    parts = LANGUAGE_PARTS if config.tie_word_embeddings else LANGUAGE_PARTS[1:]
    return sum(part_bytes(bundle, part, data_only=True) for part in parts)


def _picture_counts(bundle: Bundle, sizes: Sizes) -> dict[str, StageCount]:
    counts = {}
    if bundle.reads:
        size = sum(packaged_model(part).stat().st_size for part in READER_PARTS)
        # Its networks hold float32 and little else. Its work depends on how much is printed how large.
        counts["text_reader"] = StageCount(size // 4, size, None, None)
    if bundle.parses:
        counts |= _screen_counts(bundle, sizes)
    elif "vision_encoder" in bundle.parts:
        vision = VisionConfig.from_dict(bundle.config["vision_config"])
        counts["vision_encoder"] = _count(bundle, "vision_encoder", vision.used_parameter_count, encoder_flops(vision))
    if bundle.sees:
        counts["projector"] = _projector_count(bundle, sizes)
    adapter = sum(entry["bytes"] for name, entry in bundle.manifest["files"].items() if name.startswith("adapters/"))
    if adapter:
        counts["adapter"] = StageCount(bundle.manifest["parameters"]["adapter"], adapter, None, None)
    return counts


def _screen_counts(bundle: Bundle, sizes: Sizes) -> dict[str, StageCount]:
    config = ParserConfig.load(bundle.folder / PARSER_CONFIG)
    width, height = fit_size(sizes.width, sizes.height, config.input)
    tower, parser = tuple(screen_counts.tower()), tuple(screen_counts.parser(config))
    held = {
        "vision_encoder": screen_counts.parameters(tower),
        "screen_parser": screen_counts.parameters(parser) + screen_counts.look_parameters(config),
    }
    work = {
        "vision_encoder": screen_counts.flops(tower, height, width),
        "screen_parser": screen_counts.flops(parser, height, width),
    }
    return {name: _count(bundle, name, held[name], work[name]) for name in held}


def _projector_count(bundle: Bundle, sizes: Sizes) -> StageCount:
    described = bundle.config["projector_config"]
    kind, shape = described["projector_type"], (described["in_features"], described["out_features"])
    patches, grid = _patches(bundle, sizes.width, sizes.height)
    work = projector_flops(kind, patches, *shape, grid)
    return _count(bundle, "projector", projector_parameters(kind, *shape), work)


def _patches(bundle: Bundle, width: int, height: int) -> tuple[int, tuple[int, int] | None]:
    """How many patches a picture has, and how they lie where the projector is told."""
    if not bundle.parses:
        return VisionConfig.from_dict(bundle.config["vision_config"]).num_patches, None
    wide, high = fit_size(width, height, ParserConfig.load(bundle.folder / PARSER_CONFIG).input)
    grid = (high // TOWER_STRIDE, wide // TOWER_STRIDE)
    return grid[0] * grid[1], grid


def _count(bundle: Bundle, part: str, parameters: int, flops: float) -> StageCount:
    parts = (part, "look_classifier") if part == "screen_parser" else (part,)
    size = sum(part_bytes(bundle, name) for name in parts)
    return StageCount(parameters, size, flops, sum(part_bytes(bundle, name, data_only=True) for name in parts))
