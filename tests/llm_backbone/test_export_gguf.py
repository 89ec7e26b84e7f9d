"""Exporting a GGUF file: the same bytes every time, all or nothing, one clear line about what cannot be exported."""

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest

from pocketvlm.bundle import open_bundle
from pocketvlm.errors import CheckpointError
from pocketvlm.export import export
from pocketvlm.verify import verify_steps

WriteGGUF = Callable[..., Path]


@pytest.fixture
def source(tmp_path: Path, write_gguf: WriteGGUF) -> Path:
    return write_gguf(tmp_path / "tiny.gguf")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(source: Path, out: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        export(source, out)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 400
    assert message.count(str(source)) <= 1
    return message


def test_export_gives_the_same_bytes_twice(source: Path, tmp_path: Path) -> None:
    first, second = (contents(export(source, tmp_path / part / "tiny")) for part in ("one", "two"))
    assert first == second
    assert {"manifest.json", "config.json", "tokenizer.json", "onnx/decoder_model_merged_q4.onnx"} <= first.keys()


def test_bundle_opens_and_names_its_source(source: Path, tmp_path: Path) -> None:
    bundle = open_bundle(export(source, tmp_path / "out", name="my-model"))
    assert bundle.name == "my-model"
    assert bundle.manifest["weights"] == "trained"
    assert bundle.manifest["source"]["file"] == "tiny.gguf"
    assert bundle.manifest["files"].keys() == contents(bundle.folder).keys() - {"manifest.json"}


def test_export_replaces_a_bundle(source: Path, tmp_path: Path) -> None:
    out = export(source, tmp_path / "out")
    (out / "stale").write_text("old")
    assert "stale" not in contents(export(source, out))


def test_export_reports_its_layers(source: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    export(source, tmp_path / "out", progress=lambda done, total: seen.append((done, total)))
    total = 2 + verify_steps(2)
    assert seen == [(step, total) for step in range(1, total + 1)]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError("No space left on device")])
def test_interrupted_export_leaves_nothing(source: Path, tmp_path: Path, interruption: BaseException) -> None:
    def interrupt(done: int, total: int) -> None:
        raise interruption

    with pytest.raises((KeyboardInterrupt, OSError)):
        export(source, tmp_path / "out", progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]


def test_interrupted_export_leaves_the_older_bundle(source: Path, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = contents(export(source, tmp_path / "out"))
    with pytest.raises(KeyboardInterrupt):
        export(source, tmp_path / "out", progress=interrupt)
    assert contents(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tiny.gguf"]


def test_missing_file(tmp_path: Path) -> None:
    assert "no file at" in refusal(tmp_path / "none.gguf", tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"GG", b"GGUF", b"PK\3\4" + b"x" * 500, b"GGUF" + b"\xff" * 500])
def test_file_that_is_not_gguf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(content)
    assert "not a whole GGUF file" in refusal(path, tmp_path / "out")


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9, 0.9999])
def test_file_that_was_cut_off(source: Path, tmp_path: Path, share: float) -> None:
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * share)])
    assert "not a whole GGUF file" in refusal(source, tmp_path / "out")


Q5_0 = gguf.GGMLQuantizationType.Q5_0
LINE = np.zeros(64, dtype=np.float32)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ({"architecture": "qwen2"}, "the architecture is 'qwen2'; only 'llama' is supported"),
        ({"kinds": {"blk.1.ffn_up.weight": Q5_0}}, "layers.1.mlp.up_proj.weight is Q5_0, which has no exact form here"),
        ({"without": "blk.1.attn_k.weight"}, "model.layers.1.self_attn.k_proj.weight is missing"),
        ({"without": "token_embd.weight"}, "model.embed_tokens.weight is missing"),
        ({"metadata": {"llama.block_count": 3}}, "model.layers.2.input_layernorm.weight is missing"),
        ({"metadata": {"llama.block_count": 1}}, "model.layers.1.input_layernorm.weight is unexpected"),
        ({"extra": {"rope_freqs.weight": LINE}}, "rope_freqs.weight is unexpected"),
        ({"extra": {"blk.0.attn_q.bias": LINE}}, "blk.0.attn_q.bias is unexpected"),
        ({"metadata": {"llama.rope.scaling.type": "linear"}}, "llama.rope.scaling.type is 'linear'"),
        ({"metadata": {"llama.rope.dimension_count": 8}}, "llama.rope.dimension_count is 8"),
        ({"metadata": {"llama.attention.head_count": None}}, "lacks llama.attention.head_count"),
        ({"metadata": {"llama.attention.head_count": 5}}, "hidden_size 64 is not a multiple"),
        ({"metadata": {"tokenizer.ggml.model": "llama"}}, "tokenizer 'llama' with pre-tokenizer 'smollm'"),
        ({"metadata": {"tokenizer.ggml.pre": None}}, "tokenizer 'gpt2' with pre-tokenizer None"),
        ({"metadata": {"tokenizer.ggml.eos_token_id": None}}, "lacks tokenizer.ggml.eos_token_id"),
        ({"metadata": {"tokenizer.chat_template": None}}, "lacks tokenizer.chat_template"),
    ],
)
def test_checkpoint_that_does_not_fit(tmp_path: Path, write_gguf: WriteGGUF, spoilt: dict, message: str) -> None:
    path = write_gguf(tmp_path / "spoilt.gguf", **spoilt)
    with pytest.raises(CheckpointError, match=message):
        export(path, tmp_path / "out")
    refusal(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_optional_tokens_may_be_missing(tmp_path: Path, write_gguf: WriteGGUF) -> None:
    path = write_gguf(tmp_path / "tiny.gguf", metadata={"tokenizer.ggml.padding_token_id": None})
    bundle = open_bundle(export(path, tmp_path / "out"))
    assert bundle.generation_config["pad_token_id"] is None


def test_other_files_are_not_overwritten(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_text("precious")
    assert "holds something that is no bundle" in refusal(source, folder)
    assert "holds something that is no bundle" in refusal(source, folder / "a.jpg")
    assert (folder / "a.jpg").read_text() == "precious"
