"""The comparison with other engines: that it gives all the same work, and says what it could not measure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader

from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.weights import expected
from pocketvlm.random_model import LLAMA_1_4B, LLAMA_2_7B
from pocketvlm.vision.definition import config_of

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from versus import figures, files, gguf_files, profiled, work  # noqa: E402


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """llama.cpp's files of the tiny shape."""
    folder = tmp_path_factory.mktemp("versus")
    files._write_gguf("tiny", folder / "gguf", "")
    return folder / "gguf"


def test_language_model_for_llama_cpp_has_our_shape_and_sane_weights(written: Path) -> None:
    checkpoint = GGUFCheckpoint(written / "model-q4_0.gguf")
    assert checkpoint.config == files.TINY_LLAMA
    shapes = expected(files.TINY_LLAMA)
    assert {name: checkpoint.shape(name) for name in checkpoint.names} == {k: tuple(v) for k, v in shapes.items()}
    kinds = {checkpoint.kind(name) for name in shapes if len(shapes[name]) == 2 and name != "lm_head.weight"}
    assert (kinds, checkpoint.kind("lm_head.weight")) == ({"Q4_0"}, "Q6_K")
    for name in shapes:
        # A tenth: the integers are drawn evenly, and a float16 scale is rounded.
        if len(shapes[name]) == 2:
            assert np.std(checkpoint.read(name)) == pytest.approx(gguf_files.STD, rel=0.1)


@pytest.mark.parametrize("kind", ["f16", "q8_0"])
def test_image_encoder_for_llama_cpp_has_as_many_weights_as_ours(written: Path, kind: str) -> None:
    language, vision = files.shape("tiny")
    tensors = {tensor.name: tensor for tensor in GGUFReader(written / f"mmproj-{kind}.gguf").tensors}
    eye = sum(int(np.prod(tensor.shape)) for name, tensor in tensors.items() if name.startswith("v."))
    assert eye == vision.used_parameter_count
    out = language.hidden_size
    projector = sum(int(np.prod(tensor.shape)) for name, tensor in tensors.items() if name.startswith("mm."))
    assert projector == (vision.hidden_size + 1) * out + (out + 1) * out + 10 * out  # two products, 3x3 and bias
    assert tensors["v.blk.0.ffn_up.weight"].tensor_type == GGMLQuantizationType[kind.upper()]


def test_work_follows_from_the_published_shapes() -> None:
    counts = [work.parameters(config.to_dict()) for config in (LLAMA_1_4B, LLAMA_2_7B)]
    assert counts == [1_364_297_728, 2_701_560_320]  # as published
    layers = work.layer_weights(LLAMA_1_4B.to_dict())
    one = work.prefill_operations(LLAMA_1_4B.to_dict(), 1)
    assert one == 2 * (layers + 2048 * 32000) + 24 * 4 * 2048  # every weight once, and one key and value
    vision = files.described("1.7b")["vision"]
    tower = config_of(files.TOWER)
    products = 2 * 577 * 23 * 12 * 1024**2  # the blocks' weights for every position
    attention = 23 * 4 * 577**2 * 1024
    rest = 2 * 576 * (3 * 14 * 14 * 1024 + 2048 * (1024 + 2048))
    assert tower.used_layers == 23
    assert work.encode_operations(vision, 2048) == products + attention + rest


def test_bits_of_the_equal_bundle_are_those_of_q4_0() -> None:
    from versus.contenders import layer_bits

    assert layer_bits(files.EQUAL_BITS) == 8 * 18 / 32
    assert layer_bits(files.DEFAULT) == 4 + (32 + 4) / 128


def test_ratio_above_one_is_in_our_favour() -> None:
    found = {"a": {"x_tok_per_s": [4.0, 9.0, 2.0], "y_s": [1.0, 1.0]}, "b": {"x_tok_per_s": [2.0, 3.0], "y_s": [2.0]}}
    faster = figures.ratios(found, "a", "b", "x_tok_per_s")
    assert faster == {"median": 2.5, "min": 2.0, "max": 3.0, "rounds": 2}
    sooner = figures.ratios(found, "a", "b", "y_s")
    assert sooner
    assert sooner["median"] == 2.0
    assert figures.ratios(found, "a", "b", "z_s") is None


def test_profile_is_split_by_run_and_operator() -> None:
    def node(ts: int, dur: int, op: str, name: str = "n_kernel_time") -> dict[str, object]:
        return {"cat": "Node", "name": name, "ts": ts, "dur": dur, "args": {"op_name": op}}

    def run(ts: int, dur: int) -> dict[str, object]:
        return {"cat": "Session", "name": "model_run", "ts": ts, "dur": dur}

    events = [node(10, 30, "A"), node(40, 20, "B"), run(0, 100), node(110, 5, "A"), node(120, 5, "A"), run(105, 20)]
    first, second = profiled.runs([*events, node(111, 1, "A", "n_fence_before")])
    assert first == pytest.approx({"A": 30e-6, "B": 20e-6, profiled.OUTSIDE: 50e-6})
    assert second == pytest.approx({"A": 10e-6, profiled.OUTSIDE: 10e-6})


def test_script_measures_ours_and_says_why_it_cannot_measure_the_others(tmp_path: Path) -> None:
    """With a Python that has none of the peers."""
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n', encoding="utf-8")  # without site-packages
    bare.chmod(0o755)
    command = [sys.executable, ROOT / "benchmarks/versus.py", "tiny", "--peers", bare, "--work", tmp_path / "work"]
    command += ["--out", tmp_path, "--rounds", "1", "--threads", "1", "--steps", "2", "--prefill", "190"]
    subprocess.run([*command, "--context", "20"], check=True, capture_output=True, cwd=tmp_path)
    (one,) = json.loads((tmp_path / "versus.json").read_text(encoding="utf-8"))
    peers = {"llama.cpp Q4_0", "llama.cpp Q4_0, encoder Q8_0", "OpenVINO GenAI Q4_0", "OpenVINO encoder"}
    assert set(one["failed"]) == peers | {"onnxruntime-genai INT4"}
    assert all("No module named" in why for why in one["failed"].values())
    ours = one["figures"]["PocketVLM"]
    wanted = {"load_s", "ttft_s", "encode_s", "prefill_190_tok_per_s", "decode_20_tok_per_s", "peak_rss_bytes"}
    assert wanted <= ours.keys()
    assert all(ours[name]["rounds"] == 1 and ours[name]["min"] > 0 for name in wanted)
    assert {"encode", "prefill_190", "decode_20"} == set(one["limits"]["fractions"]["PocketVLM"])
    assert "MatMulNBits" in one["profile"]["decode"]
    text = (tmp_path / "versus.md").read_text(encoding="utf-8")
    assert all(f"- {name} was not measured to the end: " in text for name in peers)


def test_readme_shows_the_committed_report() -> None:
    from marked_text import with_part
    from versus.overview import overview

    results = json.loads((ROOT / "docs/versus/versus.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert with_part(readme, "versus", "benchmarks/versus.py", overview(results)) == readme
