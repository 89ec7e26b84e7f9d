"""Weights in every published kind of file, and one clear line about those that are damaged or mean harm."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pocketvlm.checkpoints.files import open_checkpoint

GOLDEN = Path(__file__).resolve().parent.parent / "data" / "golden"
Save = Callable[[dict[str, torch.Tensor], Path], None]


def save_legacy(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """As torch before 1.6 wrote it."""
    torch.save(tensors, path, _use_new_zipfile_serialization=False)


KINDS: dict[str, Save] = {
    "model.safetensors": save_file,
    "pytorch_model.bin": torch.save,
    "open_clip_model.safetensors": save_file,
    "open_clip_pytorch_model.bin": torch.save,
}


def tensors() -> dict[str, torch.Tensor]:
    source = torch.Generator().manual_seed(0)
    return {
        "single": torch.randn(5, 3, generator=source),
        "half": torch.randn(4, generator=source).half(),
        "brain": torch.randn(2, 3, 4, generator=source).bfloat16(),
        "scalar": torch.tensor(4.6),
        "position_ids": torch.arange(7)[None],
        "empty": torch.zeros(0, 3),
    }


def check(source: Path, expected: dict[str, torch.Tensor]) -> None:
    opened = open_checkpoint(source)
    assert opened.names == expected.keys()
    for name, tensor in expected.items():
        array = opened.read(name)
        assert array.dtype == np.float32
        assert opened.shape(name) == array.shape == tuple(tensor.shape)
        # Exactly: float16 and bfloat16 are within float32.
        np.testing.assert_array_equal(array, tensor.double().numpy())
        array += 1  # a copy: the file, and the next reader, do not see this
        np.testing.assert_array_equal(opened.read(name), tensor.double().numpy())


@pytest.mark.parametrize(("name", "save"), KINDS.items())
def test_folder_with_weights_of_each_name(name: str, save: Save, tmp_path: Path) -> None:
    save(tensors(), tmp_path / name)
    (tmp_path / "config.json").write_text("{}")
    check(tmp_path, tensors())
    check(tmp_path / name, tensors())


@pytest.mark.parametrize(("name", "save"), [("a.pt", torch.save), ("b.pth", save_legacy), ("c.safetensors", save_file)])
def test_file_of_any_name(name: str, save: Save, tmp_path: Path) -> None:
    save(tensors(), tmp_path / name)
    check(tmp_path / name, tensors())


def test_safetensors_go_before_a_pickle(tmp_path: Path) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "model.safetensors")
    torch.save({"a": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    assert open_checkpoint(tmp_path).read("a") == [1]


def test_tensors_that_share_memory_or_are_views(tmp_path: Path) -> None:
    table = torch.arange(12.0).reshape(3, 4)
    shared = {"embed": table, "head": table, "turned": table.T, "row": table[1]}
    torch.save(shared, tmp_path / "pytorch_model.bin")
    check(tmp_path, shared)


def test_files_may_be_links_as_in_the_hubs_cache(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "snapshot").mkdir()
    save_file(tensors(), tmp_path / "blobs" / "0123")
    (tmp_path / "snapshot" / "model.safetensors").symlink_to(Path("..") / "blobs" / "0123")
    check(tmp_path / "snapshot", tensors())


def test_golden_checkpoint_is_read_as_torch_reads_it() -> None:
    folder = GOLDEN / "mobilevlm-tiny-v2"
    check(folder, torch.load(folder / "pytorch_model.bin", weights_only=True))


@pytest.mark.parametrize(("name", "save"), KINDS.items())
def test_opening_reads_no_tensor(name: str, save: Save, tmp_path: Path) -> None:
    """The file is mapped: a value that is changed in it after opening is what is read."""
    path = tmp_path / name
    save({"a": torch.full((1 << 18,), 3.0), "b": torch.full((1 << 18,), 5.0)}, path)
    opened = open_checkpoint(path)
    assert opened.read("b").max() == 5
    whole, value = path.read_bytes(), np.float32(3).tobytes()
    with path.open("r+b") as file:
        file.seek(whole.index(value * 1000))
        file.write(np.float32(7).tobytes() * 10)
    assert list(opened.read("a")[9:11]) == [7, 3]


# --- several files --------------------------------------------------------------------------------------------------


def shard(folder: Path, kind: str, save: Save) -> dict[str, str]:
    """Two files and their index; returns its weight map."""
    parts = [dict(list(tensors().items())[:2]), dict(list(tensors().items())[2:])]
    stem, _, ending = kind.partition(".")
    weight_map = {}
    for number, part in enumerate(parts, 1):
        name = f"{stem}-0000{number}-of-00002.{ending}"
        save(part, folder / name)
        weight_map |= dict.fromkeys(part, name)
    write_index(folder / f"{kind}.index.json", weight_map)
    return weight_map


def write_index(path: Path, weight_map: object) -> None:
    path.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}))


@pytest.mark.parametrize("kind", ["model.safetensors", "pytorch_model.bin"])
def test_several_files_with_an_index(kind: str, tmp_path: Path) -> None:
    shard(tmp_path, kind, KINDS[kind])
    check(tmp_path, tensors())
    check(tmp_path / f"{kind}.index.json", tensors())


def refusal(source: Path) -> str:
    with pytest.raises(ValueError, match=r"\S") as error:
        open_checkpoint(source)
    message = str(error.value)
    assert "\n" not in message
    assert str(source) in message
    assert len(message) < len(str(source)) + 300
    return message


def test_index_that_does_not_fit(tmp_path: Path) -> None:
    weight_map = shard(tmp_path, "model.safetensors", save_file)
    index = tmp_path / "model.safetensors.index.json"
    write_index(index, {**weight_map, "more": weight_map["single"], "other": weight_map["single"]})
    assert "more is not in model-00001-of-00002.safetensors and 1 more" in refusal(index)
    write_index(index, weight_map)
    (tmp_path / weight_map["single"]).unlink()
    assert "names model-00001-of-00002.safetensors, which is missing; download" in refusal(index)


@pytest.mark.parametrize("place", ["../{}", "/{}", "sub/{}", "..\\{}", "C:{}", "..", ".", ""])
def test_index_that_points_outside_its_folder(place: str, tmp_path: Path) -> None:
    (tmp_path / "checkpoint" / "sub").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "checkpoint" / "sub"):
        save_file(tensors(), folder / "model.safetensors")
    index = tmp_path / "checkpoint" / "model.safetensors.index.json"
    write_index(index, dict.fromkeys(tensors(), place.format("model.safetensors")))
    assert "its files must lie beside it" in refusal(index)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"a": 1}}', "\x00\xff"])
def test_index_that_is_none(content: str, tmp_path: Path) -> None:
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_bytes(content.encode("latin-1"))
    assert "is no index of weights" in refusal(index)


# --- damaged or harmful ---------------------------------------------------------------------------------------------


class Harm:
    """Unpickled, it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("zipped", [True, False])
def test_pickle_that_would_execute_code_is_refused(zipped: bool, tmp_path: Path) -> None:
    path, harm = tmp_path / "pytorch_model.bin", tmp_path / "harm"
    torch.save({"a": torch.ones(1), "b": Harm(harm)}, path, _use_new_zipfile_serialization=zipped)
    assert "is refused: it asks for posix.mkdir, which may execute anything; give safetensors" in refusal(path)
    assert not harm.exists()
    torch.load(path, weights_only=False)
    assert harm.exists()  # it would have


@pytest.mark.parametrize(("name", "save"), [*KINDS.items(), ("legacy.pt", save_legacy)])
def test_file_that_was_cut_off(name: str, save: Save, tmp_path: Path) -> None:
    path = tmp_path / name
    save(tensors(), path)
    whole = path.read_bytes()
    for share in (0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert "is not a whole" in refusal(path)


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's, about what the damage looks like
@pytest.mark.parametrize(("name", "save"), [*KINDS.items(), ("legacy.pt", save_legacy)])
def test_file_with_wrong_bytes_is_refused_in_one_line_or_read(name: str, save: Save, tmp_path: Path) -> None:
    path = tmp_path / name
    save(tensors(), path)
    whole, source, refused = path.read_bytes(), random.Random(1), list[str]()
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[source.randrange(min(len(whole), 1000))] = source.randrange(256)
        path.write_bytes(damaged)
        try:
            opened = open_checkpoint(path)
        except ValueError as error:
            refused.append(str(error))
        else:  # the damage lies in a value
            for tensor in opened.names:
                opened.read(tensor)
    assert len(refused) > 10
    assert not any("\n" in message for message in refused)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([torch.ones(1)], "holds a list instead of tensors by name"),
        ({"state_dict": {"a": torch.ones(1)}, "epoch": 3}, "holds state_dict, epoch, which is no tensor"),
    ],
)
def test_pickle_of_something_else(content: object, message: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "pytorch_model.bin")
    assert message in refusal(tmp_path / "pytorch_model.bin")


def test_nothing_there(tmp_path: Path) -> None:
    assert "holds no weights; one of these is needed: model.safetensors, " in refusal(tmp_path)
    assert "no file at" in refusal(tmp_path / "model.safetensors")
    (tmp_path / "notes.txt").touch()
    assert "is of no known kind; give .safetensors, .bin" in refusal(tmp_path / "notes.txt")
