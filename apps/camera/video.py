"""Video in and out through OpenCV: a camera by its number, or a file."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

USUAL_RATE = 30.0  # frames a second, where a camera or a file does not say
_CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".mkv": "mp4v", ".mov": "mp4v"}


class VideoSource:
    """Frames of a camera or a file. Use it in a `with` block, which gives the camera back."""

    def __init__(self, source: str) -> None:
        """Args:
            source: a camera's number, such as "0", or a file's name.
        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no video, or there is no such camera.
        """
        self.is_live = source.isdecimal()
        if not self.is_live and not Path(source).is_file():
            raise FileNotFoundError(f"no video {source!r}: give a file, or a camera's number such as 0")
        self._capture = cv2.VideoCapture(int(source) if self.is_live else source)
        if not self._capture.isOpened():
            self._capture.release()
            what = f"no camera {source}" if self.is_live else f"{source!r} is no video that OpenCV can read"
            raise ValueError(f"{what}: give a camera's number such as 0, or an MP4, MKV, MOV or AVI file")
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.rate = rate if math.isfinite(rate) and 1 <= rate <= 1000 else USUAL_RATE

    def frames(self) -> Iterator[np.ndarray]:
        """Frames of (H, W, 3) uint8 BGR up to the end; a frame of another size than the first is scaled to it."""
        size: tuple[int, int] | None = None
        while True:
            done, frame = self._capture.read()
            if not done:
                return
            size = size or (frame.shape[1], frame.shape[0])
            yield frame if (frame.shape[1], frame.shape[0]) == size else cv2.resize(frame, size)

    def __enter__(self) -> VideoSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._capture.release()


class VideoFile:
    """A video being written. It appears under its name only when the `with` block ends; an error leaves none behind.

    Ctrl-C is no error here: who stops recording wants what was recorded.
    """

    def __init__(self, path: Path, rate: float) -> None:
        """Args:
            rate: frames a second.
        Raises:
            ValueError: the name's ending is no format's.
        """
        if path.suffix.lower() not in _CODECS:
            raise ValueError(f"{path} cannot be written as a video: give a name that ends in {', '.join(_CODECS)}")
        self.path, self.rate = path, rate
        self._part = path.with_name(f".{path.stem}.part{os.getpid()}{path.suffix}")  # the ending says the format
        self._writer: cv2.VideoWriter | None = None

    def write(self, frame: np.ndarray) -> None:
        """Append an (H, W, 3) uint8 BGR frame; the first sets the size.

        Raises:
            OSError: the file cannot be written.
        """
        if self._writer is None:
            code = cv2.VideoWriter.fourcc(*_CODECS[self.path.suffix.lower()])
            self._writer = cv2.VideoWriter(str(self._part), code, self.rate, (frame.shape[1], frame.shape[0]))
            if not self._writer.isOpened():
                raise OSError(f"{self.path} cannot be written: is its folder there, and may you write to it?")
        self._writer.write(frame)

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.release()
        if kind is None or issubclass(kind, KeyboardInterrupt):
            if self._part.is_file():
                self._part.replace(self.path)
        else:
            self._part.unlink(missing_ok=True)
