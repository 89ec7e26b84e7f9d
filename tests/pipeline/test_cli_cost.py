"""`pocketvlm cost`: what it measures of a small bundle, what it keeps, and what it refuses before a long run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pocketvlm import costing
from pocketvlm.bundle import LANGUAGE, PARSER_CONFIG, PARSING, SIGHT, Bundle, open_bundle
from pocketvlm.chat import Chat
from pocketvlm.cli import main
from pocketvlm.cost.devices import device_names
from pocketvlm.cost.processes import ProcessDiedError
from pocketvlm.cost.results import CostReport, read_report, rows
from pocketvlm.cost_counting import Sizes, image_tokens, stage_counts
from pocketvlm.cost_picture import HEIGHT, WIDTH, write_picture
from pocketvlm.cost_workers import picture_prompt, question_ids
from pocketvlm.costing import CostOptions, count_cost, needed_bytes
from pocketvlm.errors import ContextError
from pocketvlm.export import export_checkpoint
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.picture import Picture
from pocketvlm.projector.definition import token_count
from pocketvlm.random_model import random_parts
from pocketvlm.recipe import PRESETS
from pocketvlm.vision.config import VisionConfig
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.screen_input import fit_screen
from pocketvlm.vlm import PocketVLM, load

LLAMA = LlamaConfig(640, 64, 192, 2, 4, 2, 1024, 10000.0, 1e-6, False)
VISION = VisionConfig(56, 14, 64, 3, 4, 128, "quick_gelu", 1e-5)  # 4 x 4 patches, of which LDPv2 makes 4 image tokens
QUESTION = "What is this?"
SIZE = (160, 90)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundles") / "tiny"
    return export_checkpoint(random_parts(LLAMA, VISION, "ldpnetv2", "tiny"), out, PRESETS["phone"])


@pytest.fixture(scope="module")
def exact(tiny: Path) -> Path:
    out = tiny.with_name("exact")
    return export_checkpoint(random_parts(LLAMA, VISION, "ldpnetv2", "tiny"), out, PRESETS["exact"])


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "red.png"
    Image.new("RGB", SIZE, "red").save(path)
    return path


@pytest.fixture(scope="module")
def out(tiny: Path, exact: Path, picture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one whole run, in processes of its own as people have it."""
    folder = tmp_path_factory.mktemp("cost")
    scores = folder / "quality.json"
    scores.write_text(json.dumps({"int4": {"name": "F1", "value": 0.5, "low": 0.4, "high": 0.6, "n": 9}}))
    options = ["--quick", "--threads", "1", "--picture", str(picture), "--quality", str(scores)]
    assert main(["cost", str(tiny), "--out", str(folder / "report"), *options, "--precisions", str(exact)]) == 0
    return folder / "report"


@pytest.fixture(scope="module")
def report(out: Path) -> CostReport:
    return read_report(out / "cost.json")


def test_report_is_whole(out: Path, report: CostReport) -> None:
    assert report.complete
    assert {"cost.json", "report.html", "report.md", "plots"} == {path.name for path in out.iterdir()}
    assert set(report.devices) == set(device_names())
    assert report.conditions.quick
    assert (report.conditions.picture_width, report.conditions.picture_height) == SIZE
    assert (report.bundle.name, report.bundle.weights, report.bundle.sees) == ("tiny", "random", True)


def test_both_ways_are_measured_on_one_language_model(report: CostReport) -> None:
    text, image = report.text_only, report.multimodal
    shared = {
        *("parameters", "file_bytes", "load_s", "cold_ttft_s", "prefill_tokens", "prefill_s", "prefill_tok_per_s"),
        *("ttft_s", "peak_rss_bytes", "file_rss_bytes", "anonymous_rss_bytes", "pss_bytes"),
        *(f"answer_{unit}_for_{tokens}" for unit in ("s", "j", "flops", "moved_bytes") for tokens in (20, 100)),
        *("prefill_s_of_64", "prefill_s_of_144", "prefill_s_of_256", "decode_tok_per_s_at_200"),
    }
    assert set(text) == shared
    assert set(image) == shared | {"image_decode_s", "encode_s", "project_s"}
    added = {row.key: row.added for row in rows(report)}
    # The picture's tokens and the line break after them, which is one token of this tokenizer.
    assert added["prefill_tokens"] == report.bundle.image_tokens + 1 == 5
    assert added["parameters"] == sum(report.counts[name].parameters for name in ("vision_encoder", "projector"))
    assert (text["load_s"].runs, text["parameters"].runs) == (2, 0)
    assert image["answer_s_for_20"].low < image["answer_s_for_100"].low
    # The picture is encoded for every answer: what a process has seen before must not be measured.
    assert min(image["encode_s"].low, image["project_s"].low) > 0


def test_estimated_energy_says_so(report: CostReport) -> None:
    named = "" if report.machine.energy == "rapl" else report.machine.energy
    assert report.text_only["answer_j_for_20"].estimate == named
    assert report.text_only["answer_s_for_20"].estimate == ""


def test_stages_have_processes_of_their_own(report: CostReport) -> None:
    assert set(report.stages) == {
        *("python", "image_decode", "image_encoder", "vision_encoder", "projector", "language_model"),
    }
    for name, figures in report.stages.items():
        assert figures["peak_rss_bytes"].runs == 2
        assert ("run_s" in figures) == (name != "python")


def test_precision_table_holds_every_bundle(report: CostReport) -> None:
    fp32, int4 = report.precisions  # from the most bits to the fewest
    assert (fp32.precision, fp32.bundle, int4.precision, int4.bundle) == ("fp32", "exact", "int4", "tiny")
    assert fp32.file_bytes > int4.file_bytes
    assert "decode_tok_per_s_at_200" in fp32.figures
    assert (fp32.quality, int4.quality and int4.quality["value"]) == (None, 0.5)


def test_counts_of_nano_agree_with_its_manifest() -> None:
    bundle = open_bundle()
    counts = stage_counts(bundle, Sizes(1080, 2400, 30, 300))
    assert counts["decode"].parameters == bundle.manifest["parameters"]["language_model"]
    for part in ("vision_encoder", "screen_parser", "projector", "adapter"):
        assert (part in counts) == (part in bundle.manifest["parameters"])
        if part in counts:
            assert counts[part].parameters == bundle.manifest["parameters"][part]
    assert counts["text_reader"].flops is None


@pytest.mark.parametrize("size", [(1080, 2400), (2400, 1080), (300, 300)])
def test_image_tokens_of_screens_follow_their_shape(tmp_path: Path, size: tuple[int, int]) -> None:
    config = ParserConfig(looks=("house",))
    config.save(tmp_path / PARSER_CONFIG)
    projector = {"projector_type": "ldpnetv2_2", "in_features": 320, "out_features": 64}
    parts = (*LANGUAGE, *SIGHT, *PARSING)
    bundle = Bundle(tmp_path, {"precision": dict.fromkeys(parts, "int8")}, {"projector_config": projector}, {})
    given = fit_screen(np.zeros((size[1], size[0], 3), np.uint8), config.input).pixels
    grid = (given.shape[2] // 32, given.shape[3] // 32)  # the tower's coarsest stride
    assert image_tokens(bundle, *size) == token_count("ldpnetv2_2", *grid)


def test_counts_of_a_bundle_that_sees_agree_with_its_manifest(tiny: Path) -> None:
    bundle = open_bundle(tiny)
    counts, told = stage_counts(bundle, Sizes(*SIZE, 30, 34)), bundle.manifest["parameters"]
    assert counts["decode"].parameters == told["language_model"]
    assert counts["projector"].parameters == told["projector"]
    # The manifest counts the tower as published, with the last block that is never run.
    assert counts["vision_encoder"].parameters == VISION.used_parameter_count < told["vision_encoder"]
    files = sum(entry["bytes"] for name, entry in bundle.manifest["files"].items() if name.startswith("onnx/"))
    assert sum(counts[name].file_bytes for name in ("vision_encoder", "projector", "decode")) == files


def test_prompts_are_those_of_a_chat(vlm: PocketVLM, bank: Picture) -> None:
    chat = Chat(vlm.model, [bank], adapter=vlm.adapter)
    assert chat._taught is not None
    assert picture_prompt(vlm, bank, QUESTION, 64).input_ids == chat._prompt(QUESTION, chat._taught).ids
    assert question_ids(vlm.model, QUESTION) == Chat(vlm.model)._prompt(QUESTION).ids


def test_prompt_of_a_bundle_that_only_reads_is_that_of_a_chat(reading_vlm: PocketVLM, read_bank: Picture) -> None:
    prompt = picture_prompt(reading_vlm, read_bank, QUESTION, 64)
    assert prompt.input_ids == Chat(reading_vlm.model, [read_bank])._prompt(QUESTION).ids
    assert (prompt.image_tokens, prompt.adapter) == (None, None)
    assert set(prompt.taken_in) == {"image_decode_s", "read_text_s"}


def test_prompt_of_a_bundle_that_sees_is_that_of_a_chat(tiny: Path, picture: Path) -> None:
    vlm = load(tiny, threads=1)
    read = vlm.read(picture)
    prompt = picture_prompt(vlm, read, QUESTION, 64)
    assert prompt.input_ids == Chat(vlm.model, [read])._prompt(QUESTION).ids
    assert prompt.image_tokens is not None
    assert set(prompt.taken_in) == {"image_decode_s", "encode_s", "project_s"}


def test_long_pictures_leave_room_for_the_answer(vlm: PocketVLM, bank: Picture) -> None:
    small = PocketVLM(
        vlm.bundle, replace(vlm.model, context_length=300), vlm.text_reader, vlm.image_encoder, vlm.adapter
    )
    whole = len(picture_prompt(vlm, bank, QUESTION, 100).input_ids)
    assert 100 < len(picture_prompt(small, bank, QUESTION, 100).input_ids) <= 200 < whole
    with pytest.raises(ContextError, match=r"the answer 299, the model allows 300: measure with --quick"):
        picture_prompt(small, bank, QUESTION, 299)


def test_ctrl_c_keeps_what_was_measured(
    tiny: Path, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stop_after(8, monkeypatch)
    assert main(["cost", str(tiny), "--out", str(tmp_path), "--quick", "--picture", str(picture)]) == 130
    report = read_report(tmp_path / "cost.json")
    assert not report.complete
    assert report.text_only["ttft_s"].runs == report.multimodal["ttft_s"].runs == 1
    assert (tmp_path / "report.html").exists()
    assert "as far as it came" in capsys.readouterr().out


def test_ctrl_c_at_once_leaves_no_report(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_after(0, monkeypatch)
    assert main(["cost", str(tiny), "--out", str(tmp_path)]) == 130
    assert list(tmp_path.iterdir()) == []


def stop_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many processes run, in this one, and then be interrupted."""
    ran: list[Any] = []

    def run(work: Callable[..., Any], *arguments: Any) -> Any:
        if len(ran) == count:
            raise KeyboardInterrupt
        ran.append(work)
        return work(*arguments)

    monkeypatch.setattr(costing, "in_fresh_process", run)


def test_devices_are_predicted_without_measuring(
    tiny: Path, picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stop_after(0, monkeypatch)  # no process is needed: this bundle's prompt is known from its config
    assert main(["cost", str(tiny), "--picture", str(picture), "--device", "snapdragon-888"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Snapdragon 888")
    assert "language model alone" in printed
    assert "tokens/s" in printed


def test_prompt_with_text_is_counted_by_reading_it(tmp_path: Path) -> None:
    report = count_cost(open_bundle(), write_picture(tmp_path), CostOptions(threads=1))
    assert not report.complete
    assert report.bundle.text_tokens > 100  # fourteen rows of a time, a line and a gate
    assert report.counts["prefill_multimodal"].flops > 2 * (report.counts["prefill_text"].flops or 0)  # type: ignore[operator]
    assert "ttft_s" not in report.text_only


def test_drawn_picture_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    assert write_picture(first).read_bytes() == write_picture(second).read_bytes()
    with Image.open(write_picture(first)) as drawn:
        assert drawn.size == (WIDTH, HEIGHT)


def test_damaged_bundle_is_told_before_the_run(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny, broken)
    (file,) = broken.glob("onnx/projector*.onnx_data")
    data = bytearray(file.read_bytes())
    data[10] ^= 1  # the size stays
    file.write_bytes(data)
    stop_after(0, monkeypatch)
    assert main(["cost", str(broken), "--out", str(tmp_path / "report")]) == 2
    assert "is damaged (sha256)" in capsys.readouterr().err


def test_too_little_memory_is_told_before_the_run(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(costing, "available_bytes", lambda: 100_000_000)
    stop_after(0, monkeypatch)
    assert main(["cost", str(tiny), "--out", str(tmp_path)]) == 2
    assert "tiny takes about 0.4 GB of memory, 0.1 GB are free: close other programs" in capsys.readouterr().err
    monkeypatch.setattr(costing, "available_bytes", lambda: None)  # a system that does not tell is tried
    assert main(["cost", str(tiny), "--out", str(tmp_path)]) == 130


def test_needed_memory_grows_with_the_bundle(tiny: Path, exact: Path) -> None:
    small, large = (open_bundle(folder) for folder in (tiny, exact))
    assert needed_bytes(small) < needed_bytes(large)


def test_memory_that_runs_out_is_told(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def die(work: object, *arguments: object) -> None:
        raise ProcessDiedError("measure_text_only ended with exit code -9 and no answer")

    monkeypatch.setattr(costing, "in_fresh_process", die)
    assert main(["cost", str(tiny), "--out", str(tmp_path)]) == 2
    assert "tiny could not be measured: measure_text_only ended with exit code -9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a bundle to measure, or --compare with two reports"),
        (["nano"], "give --out with a folder for the report, or --device with a name"),
        (["nano", "--out", "x", "--threads", "0"], "threads is 0, and must be at least 1"),
        (["nano", "--out", "x", "--device", "abacus"], "no device 'abacus'; there are snapdragon-"),
        (["nano", "--device", "snapdragon-888", "--picture", "no.png"], "no.png"),
        (["missing", "--out", "x"], "no bundle at 'missing'"),
        (["nano", "--compare", "a", "b"], "--compare takes two reports"),
        (["--compare", "a", "b"], "No such file"),
    ],
)
def test_wrong_arguments_are_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    stop_after(0, monkeypatch)
    assert main(["cost", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_another_language_model_has_no_place_in_the_table(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stop_after(0, monkeypatch)
    nano = str(open_bundle().folder)
    assert main(["cost", str(tiny), "--out", str(tmp_path), "--precisions", nano]) == 2
    assert "holds another language model than tiny" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[1]", '{"int4": 0.5}'])
def test_wrong_scores_are_told(tiny: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    scores = tmp_path / "quality.json"
    scores.write_text(text)
    assert main(["cost", str(tiny), "--out", str(tmp_path / "report"), "--quality", str(scores)]) == 2
    assert str(scores) in capsys.readouterr().err


def test_two_reports_compare(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(out / "cost.json")
    assert main(["cost", "--compare", path, path, "--out", str(tmp_path / "compared")]) == 0
    assert "changed beyond the noise" in capsys.readouterr().out
    assert (tmp_path / "compared" / "report.html").exists()
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    assert main(["cost", "--compare", path, str(wrong)]) == 2
    assert f"{wrong}: a cost report of version None" in capsys.readouterr().err
