"""MobileVLM's own two stages on tiny weights, from a LLaVA file to a bundle that answers; and the command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

import pocketvlm
from pocketvlm.cli import main
from pocketvlm.export import export
from pocketvlm.graphs.tensors import Arrays
from pocketvlm.llm_backbone.definition import embed
from pocketvlm.llm_backbone.definition import logits as reference_logits
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.recipe import PRESETS
from pocketvlm.training.conversations import encode_conversation, read_conversations
from pocketvlm.training.mobilevlm_parts import write_checkpoint
from pocketvlm.training.mobilevlm_task import MobileVLMTask, open_task

DATA = Path(__file__).resolve().parent.parent / "data"
TINY = DATA / "golden/mobilevlm-tiny-v2"
ANSWERS = (("What is this?", "It is a red square."), ("Which colour?", "Red."))
QUICK = [
    *("train.steps=12", "train.epochs=12", "train.batch_size=4", "train.accumulation=2", "train.warmup_steps=2"),
    *("train.lr=0.01", "train.workers=0", "train.threads=1", "train.log_every=3", "train.device=cpu"),
    *("settings.held_out=2", "train.save_every=5", "train.evaluate_every=0", "train.steps=12"),
]


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model alone, as MobileLLaMA is published."""
    folder = tmp_path_factory.mktemp("llama")
    raw = json.loads((TINY / "config.json").read_text())
    plain = {name: value for name, value in raw.items() if not name.startswith(("mm_", "vision_tower", "use_mm"))}
    (folder / "config.json").write_text(json.dumps({**plain, "model_type": "llama"}))
    state = torch.load(TINY / "pytorch_model.bin", weights_only=True)
    own = {name: value for name, value in state.items() if "vision_tower" not in name and "mm_projector" not in name}
    torch.save(own, folder / "pytorch_model.bin")
    shutil.copy(DATA / "tokenizer/tiny.model", folder / "tokenizer.model")
    return folder


@pytest.fixture(scope="module")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in LLaVA's form, of eight conversations about two images, one of them of one turn."""
    folder = tmp_path_factory.mktemp("llava")
    for number in (0, 1):
        shutil.copy(DATA / f"golden/image_{number}.png", folder)
    samples = []
    for number in range(8):
        said: list[dict[str, str]] = []
        for question, answer in ANSWERS[: 1 if number == 3 else 2]:
            human = question if said else f"<image>\n{question}"
            said += [{"from": "human", "value": human}, {"from": "gpt", "value": answer}]
        samples.append({"id": str(number), "image": f"image_{number % 2}.png", "conversations": said})
    path = folder / "llava.json"
    path.write_text(json.dumps(samples))
    return path


def settings(llama: Path, **more: Any) -> dict[str, Any]:
    return {"language_model": str(llama), "vision_tower": str(TINY / "clip"), "held_out": 2, **more}


@pytest.fixture(scope="module")
def task(llama: Path, conversations: Path) -> MobileVLMTask:
    return open_task([conversations], settings(llama), seed=0)


def test_conversations_are_whole_samples(conversations: Path) -> None:
    found = read_conversations(conversations, None)
    assert len(found) == 8
    assert found[0].turns == ANSWERS
    assert found[3].turns == ANSWERS[:1]
    assert found[1].image == conversations.parent / "image_1.png"


def test_only_what_the_assistant_says_is_learnt(task: MobileVLMTask) -> None:
    tokenizer = task._tokenizer
    encoded = encode_conversation(tokenizer, ANSWERS, end=2)
    said = [token for token, is_said in zip(encoded.ids, encoded.said, strict=True) if is_said]
    assert said == [*tokenizer.encode(ANSWERS[0][1]), 2, *tokenizer.encode(ANSWERS[1][1]), 2]
    asked = [token for token, is_said in zip(encoded.ids, encoded.said, strict=True) if not is_said]
    assert asked.count(-200) == 1
    assert asked.count(2) == 0


def test_sample_puts_the_image_where_it_stands(task: MobileVLMTask) -> None:
    sample = task.load(0, epoch=0)
    encoded = encode_conversation(task._tokenizer, ANSWERS, end=2)
    assert sample.ids.tolist() == splice_ids(encoded.ids, [144], 320)
    assert sample.said.sum() == sum(encoded.said)
    assert sample.pixel_values.shape == (3, 336, 336)


def test_loss_is_the_references(task: MobileVLMTask) -> None:
    """The mean of minus the logarithms that the decoder's definition gives to the ids that follow."""
    sample = task.load(1, epoch=0)
    batch = task.collate([sample])
    with torch.no_grad():
        loss, parts = task.loss(batch)
        tokens = task.model.image_tokens(batch.pixel_values)[0].numpy()
    tensors = task.model.language_model.checkpoint_tensors()
    rows = [
        tokens[one - 320][None] if one >= 320 else embed(task._config, Arrays(tensors), [int(one)])[0]
        for one in sample.ids
    ]
    found = reference_logits(task._config, Arrays(tensors), np.concatenate(rows)[None])
    logs = found - np.logaddexp.reduce(found, axis=1, keepdims=True)
    places = np.flatnonzero(sample.said)
    wanted = -logs[places - 1, sample.ids[places]].sum()
    assert parts["units"] == len(places)
    assert float(loss) == pytest.approx(wanted, rel=1e-4)  # float32 sums in another order


def test_samples_of_unlike_lengths_add_up(task: MobileVLMTask) -> None:
    samples = [task.load(index, 0) for index in (0, 3)]
    assert len(samples[0].ids) > len(samples[1].ids)
    with torch.no_grad():
        together = float(task.loss(task.collate(samples))[0])
        apart = sum(float(task.loss(task.collate([one]))[0]) for one in samples)
    assert together == pytest.approx(apart, rel=1e-5)  # float32 sums in another order


def run(stage: str, data: Path, out: Path, llama: Path, *changes: str) -> int:
    own = [f"settings.language_model={llama}", f"settings.vision_tower={TINY / 'clip'}"]
    setting = [part for change in [*QUICK, *own, *changes] for part in ("--set", change)]
    return main(["train", stage, "--data", str(data), "--out", str(out), "--json", *setting])


def test_two_stages_make_a_bundle_that_answers(
    llama: Path, conversations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "stage1", tmp_path / "stage2"
    assert run("mobilevlm/stage1", conversations, one, llama) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["finished"], first["step"]) == (True, 12)
    assert {name.rpartition(".")[0] for name in load_file(one / "weights.safetensors")} == {
        "model.mm_projector.mlp.mlp.0",
        "model.mm_projector.mlp.mlp.2",
        "model.mm_projector.peg.peg.0",
    }
    assert run("mobilevlm/stage2", conversations, two, llama, f"settings.start={one}") == 0
    second = json.loads(capsys.readouterr().out)
    assert second["scores"]["held_out_loss"] < 0.5 * first["scores"]["held_out_loss"]
    about = json.loads((two / "stage.json").read_text())
    assert about["settings"]["train"] == ["projector", "language_model"]
    assert about["data"] == [str(conversations)]

    checkpoint = write_checkpoint(two, tmp_path / "checkpoint")
    trained = load_file(checkpoint / "model.safetensors")
    published = torch.load(llama / "pytorch_model.bin", weights_only=True)
    assert not np.allclose(trained["lm_head.weight"], published["lm_head.weight"].float().numpy())
    bundle = export(checkpoint, tmp_path / "bundle", recipe=PRESETS["exact"], vision_tower=str(TINY / "clip"))
    answer = pocketvlm.load(bundle, threads=1).ask(
        conversations.parent / "image_0.png", ANSWERS[0][0], max_new_tokens=4
    )
    assert answer.tokens.answer > 0


def test_stage_two_begins_where_stage_one_ended(llama: Path, conversations: Path, tmp_path: Path) -> None:
    assert run("mobilevlm/stage1", conversations, tmp_path, llama, "train.steps=2") == 0
    task = open_task([conversations], settings(llama, start=str(tmp_path)), seed=5)
    state = task.model.projector.state_dict()
    for name, value in load_file(tmp_path / "weights.safetensors").items():
        assert (state[name.removeprefix("model.mm_projector.")].numpy() == value).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rank": 8}, "unknown: rank; .* has language_model"),
        ({"train": ["tower"]}, r"train is \['tower'\]; it names one or more of projector, language_model"),
        ({"held_out": 8}, "8 conversations, of which held_out = 8: none is left"),
        ({"start": "nowhere"}, "nowhere holds no weights.safetensors"),
        ({"vision_tower": ""}, r"missing in \[settings\]: vision_tower; give --set settings.vision_tower=FOLDER"),
    ],
)
def test_settings_that_do_not_fit_are_said(
    llama: Path, conversations: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        open_task([conversations], settings(llama, **changes), seed=0)


def test_command_says_what_is_wrong_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "nano/nothing", "--data", ".", "--out", str(tmp_path)]) == 2
    assert "pocketvlm: no file nano/nothing; of the recipes" in capsys.readouterr().err
    missing = tmp_path / "none.json"
    assert run("mobilevlm/stage1", missing, tmp_path / "out", tmp_path) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
