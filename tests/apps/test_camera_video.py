"""Video in and out, and `pocketvlm camera` on a film of a rendered front."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pocketvlm import cli, cli_camera
from pocketvlm.apps.camera.overlay import Overlay
from pocketvlm.apps.camera.video import VideoFile, VideoSource
from pocketvlm.apps.camera.window import Window
from pocketvlm.apps.places.photos.lookup import Lookup, Match
from pocketvlm.apps.places.photos.signs import Sign
from pocketvlm.apps.places.place import Place
from pocketvlm.apps.places.storage.importing import import_files
from pocketvlm.errors import ImageError, OptionError

DATA = Path(__file__).resolve().parent.parent / "data" / "places"
PLACE = Place("a:1", "Café Lumière", 50.0, 8.0, "test", "CC0", "nobody", "1")


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def run(*argv: str) -> None:
    """The command, its errors raised."""
    cli.run(["camera", *argv, "--threads", "1"])


def film(image: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """A hand that holds still, and trembles by a pixel."""
    rng = np.random.default_rng(5)
    for _ in range(count):
        across, down = rng.normal(0, 0.7, 2)
        move = np.array([[1, 0, across], [0, 1, down]])
        yield cv2.warpAffine(image, move, (image.shape[1], image.shape[0]), borderMode=cv2.BORDER_REPLICATE)


def write(path: Path, image: np.ndarray, count: int) -> str:
    with VideoFile(path, 10.0) as video:
        for frame in film(image, count):
            video.write(frame)
    return str(path)


def frames_of(path: Path) -> list[np.ndarray]:
    with VideoSource(str(path)) as source:
        return list(source.frames())


@pytest.mark.parametrize("ending", [".mp4", ".avi", ".mkv"])
def test_a_video_is_read_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    image = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8), (0, 0), 4)
    path = Path(write(tmp_path / f"film{ending}", image, 8))
    with VideoSource(str(path)) as source:
        assert (source.is_live, round(source.rate)) == (False, 10)
        frames = list(source.frames())
    assert len(frames) == 8
    # The codecs lose some detail, and less than a sixteenth of the range in the mean of such a smooth picture.
    assert np.abs(frames[0].astype(int) - next(film(image, 1)).astype(int)).mean() < 16
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]


def stop_after_one(path: Path, why: type[BaseException]) -> None:
    """Record one frame, and then this happens."""
    with VideoFile(path, 10.0) as video:
        video.write(np.zeros((96, 128, 3), dtype=np.uint8))
        raise why


def test_an_error_leaves_no_video_and_ctrl_c_what_was_recorded(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        stop_after_one(tmp_path / "a.mp4", RuntimeError)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt):
        stop_after_one(tmp_path / "a.mp4", KeyboardInterrupt)
    assert len(frames_of(tmp_path / "a.mp4")) == 1


def test_a_video_that_was_there_is_kept_until_the_new_one_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"before")
    with pytest.raises(RuntimeError):
        stop_after_one(path, RuntimeError)
    assert path.read_bytes() == b"before"


def test_there_is_no_window_without_a_display() -> None:
    window = Window("x")
    assert not window.is_open
    assert window.show(np.zeros((9, 9, 3), dtype=np.uint8))
    window.close()


def test_the_camera_shows_the_card_of_the_place_that_a_film_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "places.sqlite"
    list(import_files(store, [DATA / "places.geojson"]))
    image = cv2.imread(str(DATA / "side-plain.jpg"))
    assert image is not None
    source = write(tmp_path / "walk.mp4", image, 9)
    run("--source", source, "--out", str(tmp_path / "out.mp4"), "--places", str(store))
    said = capsys.readouterr().out
    before, after = frames_of(tmp_path / "walk.mp4"), frames_of(tmp_path / "out.mp4")
    assert len(after) == 9
    assert said.rstrip().endswith("out.mp4: 9 frames")
    assert "Phone" in said or "It may be" in said
    changed = [np.abs(one.astype(int) - two.astype(int))[-80:].mean() for one, two in zip(before, after, strict=True)]
    # Coded twice, a frame differs a little; a panel over it differs by a fifth of the range and more.
    assert changed[0] < 20 < changed[-1]


def test_a_lookup_becomes_an_honest_card() -> None:
    signs = (Sign("LUMIERE\x1b[2J", (0, 0, 9, 9), 0.9, 1.0, "plain"),)
    match = Match(PLACE, 0.97, None, ())
    sure = cli_camera.overlay_of(Lookup("sure", (match,), signs, None), None)
    assert (sure.tone, sure.title.startswith("Café Lumière")) == ("sure", True)
    several = cli_camera.overlay_of(Lookup("several", (match, match), signs, None), None)
    assert (several.title, len(several.lines)) == ("It may be", 2)
    none = cli_camera.overlay_of(Lookup("none", (), signs, None), None)
    assert none == Overlay("No place of the store fits", ("LUMIERE[2J",), "none")
    assert cli_camera.overlay_of(Lookup("none", (), (), None), None).title == "Nothing to read here"


def test_ctrl_c_ends_the_camera_and_keeps_the_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = iter(range(4))

    def show(self: Window, frame: np.ndarray) -> bool:
        if next(shown) == 3:
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(Window, "show", show)
    source = write(tmp_path / "walk.mp4", np.full((96, 128, 3), 90, dtype=np.uint8), 9)
    run("--source", source, "--out", str(tmp_path / "out.mp4"))
    assert len(frames_of(tmp_path / "out.mp4")) == 4
    assert capsys.readouterr().out.rstrip().endswith("out.mp4: 4 frames")


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_text("no video")
    with pytest.raises(ImageError, match="no video that OpenCV can read"):
        run("--source", str(tmp_path / "no.mp4"))
    with pytest.raises(ImageError, match=r"none\.mp4"):
        run("--source", str(tmp_path / "none.mp4"))
    with pytest.raises(OptionError, match="--at is 'soon'"):
        run("--source", str(tmp_path / "no.mp4"), "--at", "soon")
    source = write(tmp_path / "a.avi", np.zeros((96, 128, 3), dtype=np.uint8), 2)
    with pytest.raises(OptionError, match=r"ends in \.mp4"):
        run("--source", source, "--out", "out.txt")
    with pytest.raises(OSError, match="is its folder there"):
        run("--source", source, "--out", str(tmp_path / "none" / "out.mp4"))
