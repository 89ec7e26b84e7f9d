"""Long prompts a layer at a time against the decoder's own way with them.

Numbers are compared where the processor has 8-bit dot products; elsewhere a bundle must not go that way at all.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from pocketvlm.bundle import Bundle, open_bundle
from pocketvlm.errors import ParityError
from pocketvlm.export import export
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.mapped_tensors import MappedTensors
from pocketvlm.graphs.names import FACTS
from pocketvlm.graphs.processor import has_int8_dot_products
from pocketvlm.graphs.session import facts_of, open_session
from pocketvlm.llm_backbone.adapter import Adapter
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.layer_graph import write_layer
from pocketvlm.llm_backbone.layer_rows import KEPT_FROM, UNPACKED_FROM, Facts
from pocketvlm.llm_backbone.lora import PRODUCTS, adapter_shapes
from pocketvlm.llm_backbone.prefill import Prefill
from pocketvlm.recipe import PRESETS
from pocketvlm.verify import LAYERS, verify
from pocketvlm.vlm import open_language_model

INT4 = Precision("int4", 32, symmetric=False, method="k_quant", whole_scales=True)
# Root mean square of the logits' error over that of the logits. Positions are rounded to int8 by one scale instead of
# one a block, about 0.5 % a product each way, in a random model of narrow layers: 3 % seen.
ROUNDED = 0.08
# Keys and values are products of one or two layers; int8 ones may fall to the next step besides.
CACHED = 0.06


FREE = replace(INT4, whole_scales=False)


@pytest.fixture(
    scope="module",
    params=[(INT4, "fp32"), (INT4, "int8"), (FREE, "fp32"), (FREE, "int8"), (None, "fp32")],
    ids=["whole scales", "whole scales, int8 cache", "free scales", "free scales, int8 cache", "GGUF's own"],
)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, write_gguf: Callable) -> Bundle:
    """A tiny model in 4-bit blocks of either kind, and in those of its file (Q4_1), with either cache."""
    folder = tmp_path_factory.mktemp("layers")
    llm, cache = request.param
    recipe = replace(PRESETS["phone"], llm=llm, kv_cache=cache)
    source = write_gguf(folder / "tiny.gguf")  # whose layers are Q4_1
    return open_bundle(export(source, folder / "tiny", recipe=recipe, adapted=PRODUCTS))


def is_whole(bundle: Bundle) -> bool:
    assert bundle.layer_graph is not None
    return Facts(**facts_of(open_session(bundle.layer_graph, 1))).whole


def both(bundle: Bundle) -> tuple[Decoder, Decoder] | None:
    """The decoder alone, and one that is helped; none where the processor is not made for that."""
    found = open_language_model(bundle, threads=2).decoder
    if not has_int8_dot_products():
        assert found.prefill is None
        return None
    assert found.prefill is not None
    plain = open_language_model(bundle, threads=2).decoder
    plain.prefill = None
    return plain, found


def some_ids(count: int, seed: int = 0) -> list[int]:
    return np.random.default_rng(seed).integers(3, 269, count).tolist()


def error(found: np.ndarray, expected: np.ndarray) -> float:
    assert found.shape == expected.shape
    found, expected = found.astype(np.float32), expected.astype(np.float32)
    return float(np.sqrt(np.square(found - expected).mean()) / expected.std())


@pytest.mark.parametrize("past", [0, 5])
def test_layers_fill_the_cache_as_the_decoder_does(bundle: Bundle, past: int) -> None:
    decoders = both(bundle)
    if decoders is None:
        return
    embeds = decoders[0].embed(some_ids(KEPT_FROM + 40))
    caches, logits = [], []
    for decoder in decoders:
        cache = decoder.new_cache()
        if past:
            decoder.decode(embeds[:, :past], cache)
        logits.append(decoder.decode(embeds[:, past:], cache, num_logits=3))
        assert cache.length == embeds.shape[1]
        caches.append(cache)
    assert error(logits[1], logits[0]) < ROUNDED
    for found, expected in zip(caches[1].halves(), caches[0].halves(), strict=True):
        assert found.dtype == expected.dtype
        assert error(found, expected) < CACHED


def test_an_adapter_is_in_rounded_rows(bundle: Bundle) -> None:
    """Rows that are unpacked exactly have no place for one: then the decoder reads the prompt itself."""
    decoders = both(bundle)
    if decoders is None:
        return
    plain, helped = decoders
    random = np.random.default_rng(0)
    shapes = adapter_shapes(plain.config, 4, PRODUCTS[:3])
    tensors = {name: random.normal(0, 0.12, shape).astype(np.float32) for name, shape in shapes.items()}
    adapter = Adapter(plain.config, tensors)
    embeds = plain.embed(some_ids(KEPT_FROM + 40))
    wanted, unadapted = (plain.decode(embeds, plain.new_cache(), 1, given) for given in (adapter, None))
    if is_whole(bundle):
        np.testing.assert_array_equal(helped.decode(embeds, helped.new_cache(), 1, adapter), wanted)
        return
    assert error(wanted, unadapted) > 4 * ROUNDED
    for given, logits in ((adapter, wanted), (None, unadapted), (adapter, wanted)):
        assert error(helped.decode(embeds, helped.new_cache(), 1, given), logits) < ROUNDED


def test_a_faulty_layer_would_be_seen(bundle: Bundle) -> None:
    """Positions that are not where they belong, or another layer's weights, change the logits altogether."""
    decoders = both(bundle)
    if decoders is None:
        return
    plain, helped = decoders
    embeds = plain.embed(some_ids(KEPT_FROM + 40))
    wanted = plain.decode(embeds, plain.new_cache())
    turned = np.concatenate([embeds[:, :-1][:, ::-1], embeds[:, -1:]], axis=1)
    assert error(helped.decode(turned, helped.new_cache()), wanted) > 3 * ROUNDED


def test_short_prompts_and_wanted_logits_are_the_decoders(bundle: Bundle) -> None:
    decoders = both(bundle)
    if decoders is None:
        return
    plain, helped = decoders
    least = UNPACKED_FROM if is_whole(bundle) else KEPT_FROM
    for count, num_logits in ((least, 1), (least + 20, 0), (least + 20, 30)):
        embeds = plain.embed(some_ids(count))
        wanted = plain.decode(embeds, plain.new_cache(), num_logits)
        np.testing.assert_array_equal(helped.decode(embeds, helped.new_cache(), num_logits), wanted)


def test_more_positions_than_the_context_are_an_error(bundle: Bundle) -> None:
    decoders = both(bundle)
    if decoders is None:
        return
    with pytest.raises(ValueError, match="601 positions exceed the model's context of 600"):
        decoders[1].decode(decoders[1].embed(some_ids(601)), decoders[1].new_cache())


def test_the_graph_shares_the_decoders_weights(bundle: Bundle) -> None:
    path = bundle.layer_graph
    assert path is not None
    own = path.with_suffix(".onnx_data").stat().st_size
    assert own < sum(file.stat().st_size for file in path.parent.glob("decoder_model_merged*")) / 2
    verify(bundle.folder)


@pytest.mark.parametrize("llm", [FREE, Precision("int8"), Precision("int4", 64, False, "rtn", True)])
def test_other_weights_have_no_layer_graph(
    llm: Precision, tmp_path: Path, write_gguf: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free scales where the model is too large to be kept, INT8, and blocks that do not fill rows of 96."""
    monkeypatch.setattr("pocketvlm.llm_backbone.layer_weights.KEPT_AT_MOST", 50_000)
    recipe = replace(PRESETS["phone"], llm=llm, kv_cache="fp32")
    bundle = open_bundle(export(write_gguf(tmp_path / "tiny.gguf"), tmp_path / "tiny", recipe=recipe))
    assert bundle.layer_graph is None
    assert not list((bundle.folder / "onnx").glob("decoder_layer*"))
    assert open_language_model(bundle).decoder.prefill is None


def test_files_outside_the_folder_are_refused(bundle: Bundle, tmp_path: Path) -> None:
    config = LlamaConfig.from_dict(bundle.config)
    assert bundle.layer_graph is not None
    model = onnx.load(str(bundle.layer_graph))
    facts = json.loads(next(item.value for item in model.metadata_props if item.key == FACTS))
    facts["places"]["cos_cache"]["file"] = "../secret"
    onnx.helper.set_model_props(model, {FACTS: json.dumps(facts)})
    onnx.save(model, tmp_path / "layer.onnx")
    with pytest.raises(ValueError, match="leads out of the folder"):
        Prefill(config, tmp_path / "layer.onnx")


def test_places_outside_their_file_are_refused(bundle: Bundle) -> None:
    assert bundle.layer_graph is not None
    place = {"file": "decoder_layer_int8.onnx_data", "offset": 0, "dtype": "float32", "shape": [8]}
    folder = bundle.layer_graph.parent
    assert MappedTensors(folder, {"whole": place})["whole"].shape == (8,)
    for changed in ({"offset": 1 << 40}, {"offset": -4}, {"shape": [1 << 40]}):
        with pytest.raises(ValueError, match="does not lie in"):
            MappedTensors(folder, {"cut": place | changed})


def test_an_export_whose_layers_differ_goes_without_them(
    tmp_path: Path, write_gguf: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a few channels are so loud that positions cannot be rounded by one scale."""

    def loud(folder: Path, *arguments: object) -> object:
        if open_bundle(folder).layer_graph is not None:
            raise ParityError(LAYERS, 2.0, 1.0)
        return verify(folder)

    monkeypatch.setattr("pocketvlm.export.verify", loud)
    recipe = replace(PRESETS["phone"], llm=INT4, kv_cache="fp32")
    bundle = open_bundle(export(write_gguf(tmp_path / "tiny.gguf"), tmp_path / "tiny", recipe=recipe))
    assert bundle.layer_graph is None
    assert not list((bundle.folder / "onnx").glob("decoder_layer*"))


def test_a_layer_is_written_alike_twice(bundle: Bundle) -> None:
    config, path = LlamaConfig.from_dict(bundle.config), bundle.layer_graph
    assert path is not None
    before = [file.read_bytes() for file in (path, path.with_suffix(".onnx_data"))]
    assert write_layer(config, bundle.graph("decoder_model_merged")) == path
    assert [file.read_bytes() for file in (path, path.with_suffix(".onnx_data"))] == before
