"""The language and projector stages on a tiny random model: samples, losses, what trains and what ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from pocketvlm.bundle import open_bundle, write_json, write_manifest
from pocketvlm.datasets.rendered.questions.drafts import is_yes_or_no
from pocketvlm.errors import BundleError
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.tensors import Arrays
from pocketvlm.llm_backbone.adapter import read_tensors
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.graph import write_graphs
from pocketvlm.llm_backbone.lora import PRODUCTS
from pocketvlm.llm_backbone.packing import pack
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.llm_backbone.weights import decoder_weights, expected
from pocketvlm.prompt import encode_prompt
from pocketvlm.training import language_task, projector_task
from pocketvlm.training.config import TrainConfig
from pocketvlm.training.language_task import LanguageTask, LanguageTaskConfig, finished_truths, hash_seed
from pocketvlm.training.screens import screen_example, simulated_structure
from pocketvlm.training.trainer import train
from pocketvlm.vision.efficientnet import EfficientNetLite0
from pocketvlm.vlm import SCREEN_ADAPTER, load

TRUTHS = Path(__file__).resolve().parent.parent / "data/rendered/truths.jsonl"
SCREENS = 4
CONFIG = LlamaConfig(
    vocab_size=49152,  # nano's, so that prompts are made of its tokens
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=2048,
    rope_theta=10000.0,
    rms_norm_eps=1e-5,
    tie_word_embeddings=True,
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nano with a language model of two narrow layers."""
    folder, nano = tmp_path_factory.mktemp("tiny"), open_bundle("nano")
    (folder / "onnx").mkdir()
    precision = {"embed_tokens": "fp32", "decoder_model_merged": "fp32"}
    fp32 = Precision("fp32")
    random = np.random.default_rng(0)
    drawn = {
        name: random.normal(0, 0.15, shape) if len(shape) > 1 else np.ones(shape)
        for name, shape in expected(CONFIG).items()
    }
    weights = decoder_weights(CONFIG, Arrays(drawn), fp32, fp32)
    write_graphs(CONFIG, weights, folder / "onnx", 1 << 30, precision, adapted=PRODUCTS)
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(nano.folder / name, folder)
    write_json(folder / "config.json", CONFIG.to_dict())
    write_manifest(folder, {"name": "tiny", "weights": "random", "precision": precision})
    return folder


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of rendered screens: true truths, and pictures of noise that are small."""
    folder = tmp_path_factory.mktemp("screens")
    shard = folder / "shard-00000"
    shard.mkdir()
    truths = [json.loads(line) for line in TRUTHS.read_text(encoding="utf-8").splitlines()[:SCREENS]]
    noise = np.random.default_rng(0)
    for truth in truths:
        cv2.imwrite(str(shard / truth["image"]), noise.integers(0, 256, (192, 96, 3), dtype=np.uint8))
    (shard / "truth.jsonl").write_text("\n".join(map(json.dumps, truths)) + "\n", encoding="utf-8")
    (shard / "shard.json").write_text('{"count": 4}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def parser_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run of the parser's stage leaves: its encoder is what counts here."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("parser") / "weights.safetensors"
    save_file({f"encoder.{name}": value.numpy() for name, value in EfficientNetLite0().state_dict().items()}, path)
    return path


def settings(bundle: Path, **more: Any) -> dict[str, Any]:
    return {"bundle": str(bundle), "dtype": "fp32", "per_screen": 4, "lora": {"rank": 2}, **more}


def language(bundle: Path, screens: Path, **more: Any) -> LanguageTask:
    return language_task.open_task([screens], settings(bundle, **more), seed=3)


def test_samples_are_the_prompts_of_asking(bundle: Path, screens: Path) -> None:
    task = language(bundle, screens)
    sample = task.load(1, epoch=2)
    truth, seed = finished_truths(screens)[1], hash_seed(3, 2)
    example = screen_example(truth, simulated_structure(truth, seed), seed, 4)
    tokenizer = Tokenizer(bundle)
    prompts = [encode_prompt(tokenizer, example.rows, 0, [], one.question, parsed=True) for one in example.questions]
    answers = [[*tokenizer.encode(one.answer), 2] for one in example.questions]
    packed = pack(prompts, answers)
    for name in ("input_ids", "positions", "branches", "predicting", "targets"):
        np.testing.assert_array_equal(sample[name].numpy(), getattr(packed, name))


def test_a_share_of_the_screens_is_what_the_bundle_recognises(screens: Path) -> None:
    """Its pictures are of noise: what is recognised in them is nothing like their truth."""
    truth = finished_truths(screens)[1]
    nano = open_bundle("nano").folder
    task = language(nano, screens, recognised=1.0)
    seed = hash_seed(3, 2)
    example = screen_example(truth, load(nano, threads=1).parse(truth["image"]), seed, 4)
    prompt = encode_prompt(Tokenizer(nano), example.rows, 0, [], example.questions[0].question, parsed=True)
    assert task.load(1, epoch=2)["input_ids"].tolist()[: len(prompt)] == prompt
    assert example.rows != screen_example(truth, simulated_structure(truth, seed), seed, 4).rows


def test_training_goes_on_from_what_a_bundle_holds(screens: Path) -> None:
    nano = open_bundle("nano").folder
    task = language(nano, screens, projector="bundle", weights="bundle", lora={"rank": 16})
    held = read_tensors(nano / SCREEN_ADAPTER)
    found = task.export_state()
    assert found.keys() == held.keys()  # the projector is none of what is trained
    for name, array in held.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-6)
    sample = task.load(1, epoch=2)
    shown = load(nano, threads=1).encode_image(finished_truths(screens)[1]["image"]).image_tokens
    assert shown is not None
    np.testing.assert_array_equal(sample["image_tokens"].numpy(), shown[0])
    vocabulary = task.model.language.config.vocab_size
    assert int((sample["input_ids"] >= vocabulary).sum()) == shown.shape[1]


def test_a_bundle_without_an_adapter_has_nothing_to_go_on_from(bundle: Path, screens: Path) -> None:
    with pytest.raises(ValueError, match="no adapter at"):
        language(bundle, screens, weights="bundle")


def test_a_bundle_without_a_parser_recognises_no_screens(bundle: Path, screens: Path) -> None:
    with pytest.raises(BundleError, match="no screen parser"):
        language(bundle, screens, recognised=1.0).load(0, epoch=0)
    with pytest.raises(ValueError, match="recognised is a share from 0 to 1, not 2"):
        language(bundle, screens, recognised=2)


def test_screens_of_a_language_are_shown_several_times_over(bundle: Path, screens: Path) -> None:
    spoken = [truth["language"] for truth in finished_truths(screens)]
    assert len(language(bundle, screens)) == len(spoken)
    for name in ("en", "zh"):
        assert len(language(bundle, screens, languages={name: 3})) == len(spoken) + 2 * spoken.count(name)


def test_some_questions_are_asked_more_readily(bundle: Path, screens: Path) -> None:
    plain, rather = language(bundle, screens), language(bundle, screens, often={"lookup": 1000.0}, yes_or_no=0.001)
    asked = [
        [one for truth in finished_truths(screens) for one in (task.sample(truth, 1) or ({}, []))[1]]
        for task in (plain, rather)
    ]
    lookups, yes_or_no = (
        [sum(map(kind, questions)) for questions in asked]
        for kind in (lambda one: one.type == "lookup", lambda one: is_yes_or_no(one.answers) is not None)
    )
    assert lookups[1] > lookups[0] > 0
    assert yes_or_no[1] < yes_or_no[0]


def test_an_epoch_asks_other_questions_and_any_process_the_same(bundle: Path, screens: Path) -> None:
    task, again = language(bundle, screens), language(bundle, screens)
    assert torch.equal(task.load(0, 1)["input_ids"], again.load(0, 1)["input_ids"])
    assert not torch.equal(task.load(0, 1)["input_ids"], task.load(0, 2)["input_ids"])


def test_losses_of_samples_add_up(bundle: Path, screens: Path) -> None:
    task = language(bundle, screens)
    samples = [task.load(index, 0) for index in range(3)]
    together, parts = task.loss(task.collate(samples))
    alone = [task.loss([sample]) for sample in samples]
    torch.testing.assert_close(together, torch.stack([loss for loss, _ in alone]).sum())
    assert parts["units"] == sum(len(sample["targets"]) for sample in samples)
    # A model that knows nothing spreads over the whole vocabulary: ln 49152 = 10.8 nats a token.
    assert float(together.detach()) / parts["units"] == pytest.approx(np.log(CONFIG.vocab_size), rel=0.1)


def test_long_screens_lose_their_last_questions(bundle: Path, screens: Path) -> None:
    whole = language(bundle, screens).load(0, 0)
    length = len(whole["input_ids"])
    short = language(bundle, screens, max_positions=length - 1).load(0, 0)
    assert len(short["input_ids"]) < length
    assert set(short["branches"].tolist()) < set(whole["branches"].tolist())
    with pytest.raises(ValueError, match="raise max_positions"):
        language(bundle, screens, max_positions=20).load(0, 0)


def test_training_lowers_the_loss_and_ships_an_adapter(bundle: Path, screens: Path, tmp_path: Path) -> None:
    task = language(bundle, screens, check=[str(screens)], check_count=2)
    config = TrainConfig(steps=12, batch_size=2, lr=3e-2, seed=1, workers=0, threads=1, log_every=4, device="cpu")
    trained = train(task, config, tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "samples" in line]
    assert losses[-1] < losses[0] - 0.5  # nats a token: the answers' commonest tokens are learnt at once
    assert 0 <= trained.scores["exact_all"] <= 1
    assert trained.scores["loss"] < np.log(CONFIG.vocab_size)
    shipped = load_file(tmp_path / "run/weights.safetensors")
    assert shipped.keys() == task.model.language.adapter_tensors().keys()
    further = language(bundle, screens, weights=str(tmp_path / "run/weights.safetensors"))
    for name, array in further.export_state().items():
        np.testing.assert_allclose(array, shipped[name], rtol=1e-6)  # divided by the scale and multiplied again


def test_the_projectors_stage_trains_the_projector_alone(
    bundle: Path, screens: Path, parser_weights: Path, tmp_path: Path
) -> None:
    more = settings(bundle, projector="ldpnetv2_2", encoder=str(parser_weights), kinds=["state", "lookup"])
    task = projector_task.open_task([screens], more, seed=3)
    trained = {name for name, one in task.model.named_parameters() if one.requires_grad}
    assert trained == {f"projector.{name}" for name in task.model.projector.state_dict()}  # type: ignore[union-attr]
    sample = task.load(0, 0)
    pictured = sample["input_ids"][sample["input_ids"] >= CONFIG.vocab_size]
    assert pictured.tolist() == list(range(CONFIG.vocab_size, CONFIG.vocab_size + 6))  # 6 x 3 patches, two by two
    loss, _ = task.loss([sample])
    loss.backward()
    gradients = {name for name, one in task.model.named_parameters() if one.grad is not None}
    assert gradients == trained
    assert {name for name in task.export_state() if name.startswith("projector.")} == trained


def test_both_train_together_from_the_projectors_stage(
    bundle: Path, screens: Path, parser_weights: Path, tmp_path: Path
) -> None:
    more = {"projector": "ldpnetv2_4", "encoder": str(parser_weights)}
    first = projector_task.open_task([screens], settings(bundle, **more), seed=5)
    path = tmp_path / "weights.safetensors"
    save_file({name: array for name, array in first.export_state().items() if name.startswith("projector.")}, path)
    task = language(bundle, screens, weights=str(path), **more)
    for name, array in task.export_state().items():
        if name.startswith("projector."):
            np.testing.assert_array_equal(array, first.export_state()[name])
    loss, _ = task.loss([task.load(0, 0)])
    loss.backward()
    parts = {name.split(".")[0] for name, one in task.model.named_parameters() if one.grad is not None}
    assert parts == {"language", "projector"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"projector": "ldpnetv2_4"}, "a projector needs an encoder"),
        ({"projector": "bundle", "adapter": False}, "there is nothing to train"),
        ({"adapter": False}, "nothing to train"),
        ({"dtype": "int8"}, "there are auto, fp32, bf16"),
        ({"per_screen": 0}, "at least one question"),
        ({"rank": 2}, "unknown: rank"),
        ({"often": {"charts": 2.0}}, "no questions of type charts"),
        ({"yes_or_no": 0.0}, "above 0"),
        ({"lora": {"ranks": 2}}, "ranks"),
        ({"languages": {"fr": 2}}, "no screens in fr; there are en, zh"),
        ({"languages": {"zh": 0}}, "a whole number from 1"),
        ({"languages": {"zh": 1.5}}, "a whole number from 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(bundle: Path, screens: Path, change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        language_task.open_task([screens], {**settings(bundle), **change}, seed=0)


def test_frozen_weights_are_in_bf16_where_the_machine_computes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for wide, wanted in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda wide=wide: wide)
        assert LanguageTaskConfig().torch_dtype == wanted
        assert LanguageTaskConfig(dtype="fp32").torch_dtype == torch.float32


def test_a_folder_without_screens_is_refused(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="render some first"):
        language(bundle, tmp_path)
