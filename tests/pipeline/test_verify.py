"""`verify` lets good bundles pass, and stops each kind of bad one with the right error and one line."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import ModelProto, numpy_helper

from pocketvlm.bundle import FORMAT_VERSION, open_bundle, write_json, write_manifest
from pocketvlm.drawn_screen import drawn_screen
from pocketvlm.errors import BundleError, ExportError, ParityError
from pocketvlm.graphs.checks import OPERATORS
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.processor import has_int8_dot_products
from pocketvlm.graphs.tensors import Arrays, Tensors, with_prefix
from pocketvlm.llm_backbone.chat_templates import VICUNA_V1
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.graph import write_graphs
from pocketvlm.llm_backbone.kv_cache import KVCache
from pocketvlm.llm_backbone.layer_graph import write_layer
from pocketvlm.llm_backbone.sentencepiece_tokenizer import config_from_sentencepiece, tokenizer_from_sentencepiece
from pocketvlm.llm_backbone.weights import decoder_weights, expected
from pocketvlm.projector.graph import write_projector
from pocketvlm.verify import LAYERS, verify
from pocketvlm.vision.calibration import calibrate
from pocketvlm.vision.checkpoint import canonical
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.efficientnet_graph import write_tower
from pocketvlm.vision.graph import write_encoder
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.graph import write_looks, write_parser
from pocketvlm.vision.parser.looks import LookClassifier
from pocketvlm.vision.preprocess import PreprocessorConfig

DATA = Path(__file__).resolve().parent.parent / "data"
MAX_BYTES = 1 << 30
EXACT = {part: Precision("fp32") for part in ("vision_encoder", "projector", "embed_tokens", "decoder_model_merged")}
PHONE = {part: Precision("int8") for part in EXACT} | {"decoder_model_merged": Precision("int4")}
STAGES = ["text embedding", "vision encoder", "projector", "language model"]


def golden_tensors(version: int) -> dict[str, Tensors]:
    """The weights of a golden checkpoint by part, as the definitions name them."""
    folder = DATA / f"golden/mobilevlm-tiny-v{version}"
    state = torch.load(folder / "pytorch_model.bin", weights_only=True)
    tower = torch.load(folder / "clip/pytorch_model.bin", weights_only=True)
    whole = Arrays({name: value.float().numpy() for name, value in state.items()})
    vision = Arrays({name: value.float().numpy() for name, value in tower.items()})
    return {
        "vision_encoder": canonical(vision, vision_config(version)),
        "projector": with_prefix(whole, "model.mm_projector."),
        "language_model": whole,
    }


def vision_config(version: int) -> VisionConfig:
    raw = json.loads((DATA / f"golden/mobilevlm-tiny-v{version}/clip/config.json").read_text())
    return VisionConfig.from_dict(raw)


def assemble(folder: Path, version: int, precisions: dict[str, Precision]) -> Path:
    """A bundle of a golden checkpoint, put together by hand from the stages' writers."""
    onnx_folder = folder / "onnx"
    onnx_folder.mkdir(parents=True)
    raw = json.loads((DATA / f"golden/mobilevlm-tiny-v{version}/config.json").read_text())
    config, vision, tensors = LlamaConfig.from_dict(raw), vision_config(version), golden_tensors(version)
    kind, sizes = raw["mm_projector_type"], (vision.hidden_size, config.hidden_size)
    write_encoder(vision, tensors["vision_encoder"], onnx_folder, precisions["vision_encoder"], MAX_BYTES)
    write_projector(kind, *sizes, tensors["projector"], onnx_folder, precisions["projector"], MAX_BYTES)
    layers, embeddings = precisions["decoder_model_merged"], precisions["embed_tokens"]
    weights = decoder_weights(config, tensors["language_model"], layers, embeddings)
    terms = {part: precision.term for part, precision in precisions.items()}
    write_graphs(config, weights, onnx_folder, MAX_BYTES, terms)
    projector = {"projector_type": kind, "in_features": sizes[0], "out_features": sizes[1]}
    described = {"vision_config": vision.to_dict(), "projector_config": projector}
    write_json(folder / "config.json", {**config.to_dict(), **described})
    write_json(folder / "preprocessor_config.json", PreprocessorConfig(vision.image_size).to_dict())
    write_json(folder / "generation_config.json", {"bos_token_id": 1, "eos_token_id": 2})
    model = DATA / "tokenizer/tiny.model"
    tokenizer_from_sentencepiece(model).save(str(folder / "tokenizer.json"))
    write_json(folder / "tokenizer_config.json", config_from_sentencepiece(model, VICUNA_V1, 2048))
    write_manifest(folder, {"name": f"tiny-v{version}", "weights": "trained", "precision": terms})
    return folder


@pytest.fixture(scope="session")
def exact_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("exact") / "v1", 1, EXACT)


@pytest.fixture(scope="session")
def phone_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assemble(tmp_path_factory.mktemp("phone") / "v2", 2, PHONE)


@pytest.fixture
def exact_copy(exact_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exact_bundle, tmp_path / "copy"))


@pytest.fixture
def phone_copy(phone_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(phone_bundle, tmp_path / "copy"))


def rewrite_manifest(folder: Path) -> None:
    """Make hashes and sizes right again, so that what comes after the files is reached."""
    facts = open_manifest(folder)
    (folder / "manifest.json").unlink()
    write_manifest(folder, {name: facts[name] for name in facts if name not in ("format_version", "files")})


def open_manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def edit_graph(folder: Path, part: str, change: Callable[[ModelProto], object]) -> None:
    path = open_bundle(folder).graph(part)
    model = onnx.load(str(path), load_external_data=False)
    change(model)
    path.write_bytes(model.SerializeToString())
    rewrite_manifest(folder)


def refusal(folder: Path, kind: type[Exception]) -> str:
    with pytest.raises(kind) as raised:
        verify(folder, threads=1)
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 600
    return message


def test_golden_bundle_passes_exactly(exact_bundle: Path) -> None:
    told: list[tuple[int, int]] = []
    report = verify(exact_bundle, progress=lambda done, total: told.append((done, total)), threads=1)
    assert [result.stage for result in report.stages] == [*STAGES, "cached decoding"]
    assert all(result.cosine > 0.999999 for result in report.stages)
    assert told == [(done, 7) for done in range(1, 8)]
    assert (report.files, report.graphs) == (13, 4)


def test_quantised_bundle_passes_exactly_and_as_it_is_shipped(phone_bundle: Path) -> None:
    report = verify(phone_bundle, threads=1)
    rounded = [f"{stage}, activations in 8 bits" for stage in STAGES[1:]]
    assert [result.stage for result in report.stages] == [
        STAGES[0],
        *[name for pair in zip(STAGES[1:], rounded, strict=True) for name in pair],
        "cached decoding",
    ]
    for result in report.stages:
        assert result.tolerance is not None
        # Without rounding nothing but the order of summing is left, whatever the weights' bits; with it some 1%.
        rounds = "8 bits" in result.stage or result.stage == "cached decoding"
        assert result.cosine > (0.999 if rounds else 0.999999)


def test_the_embedded_bundle_passes() -> None:
    folder = open_bundle("nano").folder
    report = verify(folder, threads=2)
    assert [result.stage for result in report.stages] == [
        "text embedding",
        *(f"vision encoder, {output}" for output in ("stride8", "stride16", "stride32", "image_features")),
        *(f"screen parser, {output}" for output in ("roles", "boxes", "attributes")),
        "look classifier, logits",
        "projector",
        "projector, activations in 8 bits",
        "language model",
        "language model, activations in 8 bits",
        "cached decoding",
        *([LAYERS] if has_int8_dot_products() else []),
    ]


def write_screen_graphs(folder: Path) -> None:
    """An untrained screen tower in floating point, and its parser in INT8 as well."""
    parser = ScreenParser(ParserConfig(looks=("house",), neck_channels=8)).eval()
    write_tower(parser.encoder, folder)
    held = write_parser(parser, folder)
    sizes = {"stride8": (40, 8), "stride16": (112, 4), "stride32": (320, 2)}
    maps = {name: np.ones((1, channels, side, side), np.float32) for name, (channels, side) in sizes.items()}
    write_parser(parser, folder, calibrate(folder / "screen_parser.onnx", held, [maps], threads=1))
    write_looks(LookClassifier(1).eval(), folder)


def write_layer_graph(folder: Path) -> None:
    """What long prompts go through, of a small model in blocks whose scales are whole multiples of a row's."""
    config = LlamaConfig(64, 32, 64, 1, 2, 1, 128, 10000.0, 1e-6, True)
    random = np.random.default_rng(0)
    shapes = expected(config)
    tensors = Arrays({name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()})
    whole = Precision("int4", symmetric=False, whole_scales=True)
    weights = decoder_weights(config, tensors, whole, Precision("fp32"))
    write_graphs(config, weights, folder, MAX_BYTES, {"embed_tokens": "fp32", "decoder_model_merged": "q4"})
    assert write_layer(config, folder / "decoder_model_merged_q4.onnx")


def test_listed_operators_are_those_in_use(exact_bundle: Path, phone_bundle: Path, tmp_path: Path) -> None:
    """None is allowed that nobody needs: v1's and v2's projector, float and integer weights, heads of both kinds."""
    write_screen_graphs(tmp_path)
    write_layer_graph(tmp_path)
    folders = (exact_bundle, phone_bundle, open_bundle().folder, tmp_path)
    graphs = [path for folder in folders for path in folder.rglob("*.onnx")]
    nodes = [node for path in graphs for node in onnx.load(str(path), load_external_data=False).graph.node]
    assert {(node.domain, node.op_type) for node in nodes} == {
        (domain, name) for domain, names in OPERATORS.items() for name in names
    }


def test_report_is_json_and_text(exact_bundle: Path) -> None:
    report = verify(exact_bundle, threads=1)
    assert json.loads(json.dumps(report.to_dict()))["stages"][1]["stage"] == "vision encoder"
    assert len(report.text().splitlines()) == len(report.stages) + 2


@pytest.mark.parametrize("version", [1, 2])
def test_loss_of_quantisation_is_reported(version: int, tmp_path: Path) -> None:
    report = verify(assemble(tmp_path / "b", version, PHONE), golden_tensors(version), threads=1)
    losses = {result.stage: result for result in report.stages if result.tolerance is None}
    assert list(losses) == [f"{stage}, against the checkpoint" for stage in STAGES]
    assert all(loss.max_abs_diff > 0 and 0.9 < loss.cosine < 1 for loss in losses.values())  # a loss, not a ruin


@pytest.mark.parametrize("kind", ["fp32", "fp16"])
def test_parts_that_are_not_quantised_are_judged_against_the_checkpoint(kind: str, tmp_path: Path) -> None:
    folder = assemble(tmp_path / "b", 2, dict.fromkeys(EXACT, Precision(kind)))
    tensors = golden_tensors(2)
    report = verify(folder, tensors, threads=1)
    assert all(result.tolerance is not None for result in report.stages)
    other = {name: tensors["projector"].read(name) for name in tensors["projector"].names}
    other["mlp.mlp.0.bias"] += 0.5
    with pytest.raises(ParityError) as raised:
        verify(folder, {**tensors, "projector": Arrays(other)}, threads=1)
    assert raised.value.stage == "projector, against the checkpoint"


def test_another_picture_may_be_given(exact_bundle: Path) -> None:
    drawn, given = (verify(exact_bundle, image=image, threads=1) for image in (None, DATA / "golden/image_0.png"))
    assert drawn.stages[1].tolerance != given.stages[1].tolerance  # which hangs on the picture's features


def test_drawn_screen_is_the_same_every_time() -> None:
    screen = drawn_screen()
    assert (screen.shape, screen.dtype) == ((640, 360, 3), np.uint8)
    np.testing.assert_array_equal(screen, drawn_screen())
    assert screen.std() > 40  # something to see


FILES = [
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "onnx/vision_encoder.onnx",
    "onnx/vision_encoder.onnx_data",
    "onnx/decoder_model_merged.onnx",
    "onnx/embed_tokens.onnx_data",
]


@pytest.mark.parametrize("name", FILES)
def test_flipped_bit_is_found(exact_copy: Path, name: str) -> None:
    content = bytearray((exact_copy / name).read_bytes())
    # A digit or a weight in the middle, not what makes JSON unreadable: that is another error, and the same class.
    content[len(content) // 2] ^= 1
    (exact_copy / name).write_bytes(content)
    assert name in refusal(exact_copy, BundleError)


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_found(exact_copy: Path, name: str) -> None:
    (exact_copy / name).unlink()
    assert f"{name} is missing" in refusal(exact_copy, BundleError)


def test_flipped_byte_in_the_manifest_is_found(exact_copy: Path) -> None:
    path = exact_copy / "manifest.json"
    path.write_text(path.read_text().replace('"projector": "fp32"', '"projector": "fp31"'))
    assert "lists no graph for projector in 'fp31'" in refusal(exact_copy, BundleError)


@pytest.mark.parametrize("name", FILES[:1] + FILES[3:5])
def test_file_that_is_not_listed_is_found(exact_copy: Path, name: str) -> None:
    manifest = open_manifest(exact_copy)
    del manifest["files"][name]
    write_json(exact_copy / "manifest.json", manifest)
    assert f"does not list {name}" in refusal(exact_copy, BundleError)


def test_stranger_among_the_graphs_is_found(exact_copy: Path) -> None:
    (exact_copy / "onnx/other.onnx").write_bytes(b"")
    assert "onnx/other.onnx is not in manifest.json" in refusal(exact_copy, BundleError)


@pytest.mark.parametrize(
    "name", ["../secret", "onnx/../../secret", "/etc/hostname", "C:\\secret", "..\\secret", "a\0b"]
)
def test_path_outside_the_folder_is_refused(exact_copy: Path, name: str) -> None:
    manifest = open_manifest(exact_copy)
    manifest["files"][name] = {"bytes": 6, "sha256": "0" * 64}
    (exact_copy.parent / "secret").write_text("secret")
    write_json(exact_copy / "manifest.json", manifest)
    assert "lists a file outside its folder" in refusal(exact_copy, BundleError)
    with pytest.raises(BundleError, match="lists a file outside its folder"):
        open_bundle(exact_copy)  # refused before anything else happens


def test_precision_that_leads_elsewhere_is_refused(exact_copy: Path) -> None:
    manifest = open_manifest(exact_copy)
    manifest["precision"]["projector"] = "/../../elsewhere"
    write_json(exact_copy / "manifest.json", manifest)
    assert "lists no graph for projector" in refusal(exact_copy, BundleError)


@pytest.mark.parametrize("precision", [None, [], "q4"])
def test_manifest_without_precisions_is_refused(exact_copy: Path, precision: object) -> None:
    manifest = open_manifest(exact_copy)
    manifest["precision"] = precision
    write_json(exact_copy / "manifest.json", manifest)
    assert "lists no graph for" in refusal(exact_copy, BundleError)


@pytest.mark.parametrize("part", list(EXACT))
def test_half_a_model_is_refused(exact_copy: Path, part: str) -> None:
    manifest = open_manifest(exact_copy)
    del manifest["precision"][part]
    write_json(exact_copy / "manifest.json", manifest)
    assert "lists no graph for a whole model" in refusal(exact_copy, BundleError)


def test_link_out_of_the_folder_is_refused(exact_copy: Path) -> None:
    path, elsewhere = exact_copy / "tokenizer.json", exact_copy.parent / "elsewhere.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert "is a link out of the folder" in refusal(exact_copy, BundleError)


def test_unknown_version_is_refused(exact_copy: Path) -> None:
    write_json(exact_copy / "manifest.json", {**open_manifest(exact_copy), "format_version": FORMAT_VERSION + 1})
    assert f"format {FORMAT_VERSION + 1}, this version reads" in refusal(exact_copy, BundleError)


def test_unknown_operator_is_refused(exact_copy: Path) -> None:
    def change(model: ModelProto) -> None:
        model.graph.node[-1].op_type = "FancyReshape"
        model.graph.node[-1].domain = "com.microsoft"

    edit_graph(exact_copy, "projector", change)
    assert "projector.onnx: com.microsoft.FancyReshape is not known" in refusal(exact_copy, ExportError)


@pytest.mark.parametrize("location", ["../model.onnx_data", "/tmp/model.onnx_data"])
def test_external_data_outside_is_refused(exact_copy: Path, location: str) -> None:
    def change(model: ModelProto) -> None:
        external = [tensor for tensor in model.graph.initializer if tensor.external_data]
        next(item for item in external[0].external_data if item.key == "location").value = location

    edit_graph(exact_copy, "vision_encoder", change)
    assert "vision_encoder.onnx: " in refusal(exact_copy, ExportError)


def set_attribute(op_type: str, name: str, value: float) -> Callable[[ModelProto], None]:
    """Change a number in the first node of a kind."""

    def change(model: ModelProto) -> None:
        node = next(node for node in model.graph.node if node.op_type == op_type)
        next(attribute for attribute in node.attribute if attribute.name == name).f = value

    return change


def turn_positions(model: ModelProto) -> None:
    """Take the cosines of the rotary table for sines."""
    for node in model.graph.node:
        inputs = ["sin_cache" if name == "cos_cache" else name for name in node.input]
        del node.input[:]
        node.input.extend(inputs)


def scale_embeddings(model: ModelProto) -> None:
    """Multiply the embeddings by 1.01."""
    model.graph.node[-1].output[0] = "unscaled"
    model.graph.initializer.append(numpy_helper.from_array(np.array([1.01], np.float32), "gain.epsilon"))
    model.graph.node.append(onnx.helper.make_node("Mul", ["unscaled", "gain.epsilon"], ["inputs_embeds"], name="gain"))


WRONG_CONSTANTS = [
    ("embed_tokens", scale_embeddings, "text embedding"),
    ("vision_encoder", set_attribute("QuickGelu", "alpha", 1.71), "vision encoder"),
    ("vision_encoder", set_attribute("LayerNormalization", "epsilon", 0.1), "vision encoder"),
    ("decoder_model_merged", set_attribute("QuickGelu", "alpha", 1.01), "language model"),
    ("decoder_model_merged", set_attribute("SkipSimplifiedLayerNormalization", "epsilon", 0.1), "language model"),
    ("decoder_model_merged", turn_positions, "language model"),
]


@pytest.mark.parametrize(("part", "change", "stage"), WRONG_CONSTANTS)
@pytest.mark.parametrize("bundle", ["exact_copy", "phone_copy"])
def test_wrong_constant_is_found_in_its_stage(
    bundle: str, part: str, change: Callable[[ModelProto], None], stage: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(bundle)
    edit_graph(folder, part, change)
    with pytest.raises(ParityError) as raised:
        verify(folder, threads=1)
    assert raised.value.stage == stage
    assert raised.value.max_abs_diff > raised.value.tolerance > 0
    assert str(raised.value).startswith(f"{stage}: differs from its definition by up to ")


def test_wrong_constant_is_found_in_the_projector(exact_copy: Path) -> None:
    edit_graph(exact_copy, "projector", set_attribute("HardSigmoid", "alpha", 0.2))  # MobileNetV3's is 1/6
    with pytest.raises(ParityError) as raised:
        verify(exact_copy, threads=1)
    assert raised.value.stage == "projector"


@pytest.mark.parametrize("bundle", ["exact_bundle", "phone_bundle"])
def test_cache_that_is_forgotten_is_found(
    bundle: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(self: Decoder, inputs_embeds: np.ndarray, cache: KVCache, num_logits: int = 1) -> np.ndarray:
        return decode(self, inputs_embeds, self.new_cache(), num_logits)

    decode = Decoder.decode
    monkeypatch.setattr(Decoder, "decode", forgetful)
    with pytest.raises(ParityError) as raised:
        verify(request.getfixturevalue(bundle), threads=1)
    assert raised.value.stage == "cached decoding"


def test_no_number_is_no_parity(exact_copy: Path) -> None:
    edit_graph(exact_copy, "vision_encoder", set_attribute("LayerNormalization", "epsilon", float("nan")))
    assert refusal(exact_copy, ParityError).startswith("vision encoder: ")


def set_config(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**config, **changes})
    rewrite_manifest(folder)


PROJECTOR = {"projector_type": "ldpnetv2", "in_features": 64, "out_features": 96}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"intermediate_size": 161}, r"language model: .*down_proj\.weight is \[96, 160\] instead of \[96, 161\]"),
        ({"num_hidden_layers": 4}, r"language model: .*model\.layers\.3\.mlp\.down_proj\.weight is missing"),
        ({"projector_config": PROJECTOR}, r"projector: .*no ldpnetv2: mlp\.mlp\.0\.weight is missing"),
    ],
)
def test_graph_that_does_not_fit_the_config_is_refused(exact_copy: Path, changes: dict[str, Any], message: str) -> None:
    set_config(exact_copy, **changes)
    assert re.match(message.replace(": ", ": cannot be run: ", 1), refusal(exact_copy, ExportError))


@pytest.mark.parametrize("changes", [{"vision_config": None}, {"projector_config": {}}, {"model_type": "gpt2"}])
def test_config_that_cannot_be_read_is_refused(exact_copy: Path, changes: dict[str, Any]) -> None:
    set_config(exact_copy, **changes)
    assert "cannot be loaded" in refusal(exact_copy, BundleError)


def test_another_rope_theta_is_found(exact_copy: Path) -> None:
    set_config(exact_copy, rope_theta=9000.0)  # the graph's tables are for 10000
    assert refusal(exact_copy, ParityError).startswith("language model: ")


def test_graph_that_the_runtime_refuses_is_one_line(exact_copy: Path) -> None:
    edit_graph(exact_copy, "projector", lambda model: setattr(model.graph.node[0], "op_type", "Relu"))
    refusal(exact_copy, ExportError)
