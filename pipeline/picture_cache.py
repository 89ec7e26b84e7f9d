"""Nothing twice: what was taken from a picture, and the language model's state after reading it, kept by its content.

The least recently used goes first when the bytes are over the limit.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pocketvlm.errors import ImageError
from pocketvlm.llm_backbone.generation import Conversation
from pocketvlm.picture import Picture
from pocketvlm.vision.image import ImageSource, read_image

CACHE_BYTES = 256 << 20  # a page of text read by nano takes some 30 MB, most of it keys and values
PER_LINE = 400  # bytes: an estimate for a line of text or an element, as Python holds them

Conversations = Mapping[str, Conversation]  # by what the chat calls them


@dataclass
class _Entry:
    """One picture, and the conversations about it that nobody is having now."""

    picture: Picture
    idle: dict[str, Conversation] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        return picture_bytes(self.picture) + sum(held.cache.nbytes for held in self.idle.values())


class PictureCache:
    """Pictures by content, for one bundle; threads may share it.

    A conversation is lent to one chat at a time: it is taken out here, and comes back when the chat is over. A second
    chat at the same time about the same picture computes its own.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        """
        Args:
            max_bytes: limit on all that is held; 0 keeps nothing.
        """
        self.max_bytes = max_bytes
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        with self._lock:
            return self._bytes()

    def picture(self, image: ImageSource, take_in: Callable[[ImageSource], Picture]) -> Picture:
        """What was taken from a picture before, or what `take_in` takes from it now.

        Raises:
            ImageError: it cannot be read.
        """
        if self.max_bytes == 0:
            return take_in(image)
        started = time.perf_counter()
        content, pixels = _content(image)
        if content is None:
            return take_in(image)  # which says what is wrong with it
        with self._lock:
            known = self._entries.get(content)
            if known is not None:
                self._entries.move_to_end(content)
        if known is not None:
            return _again(known.picture, time.perf_counter() - started)
        hashed_s = time.perf_counter() - started
        picture = _taken(image, pixels, take_in)
        picture = replace(picture, content=content, image_decode_s=picture.image_decode_s + hashed_s)
        with self._lock:
            self._entries.setdefault(content, _Entry(picture))
            self._shrink()
        return picture

    def lend(self, pictures: tuple[Picture, ...]) -> dict[str, Conversation]:
        """The conversations about one picture that are free; no longer here until they are given back."""
        with self._lock:
            entry = self._entry(pictures)
            if entry is None:
                return {}
            lent, entry.idle = entry.idle, {}
            return lent

    def give_back(self, pictures: tuple[Picture, ...], conversations: Conversations) -> None:
        """Keep what a chat that is over has computed; the caller uses it no more."""
        with self._lock:
            entry = self._entry(pictures)
            if entry is None:
                return
            for name, conversation in conversations.items():
                other = entry.idle.get(name)
                if conversation.length and (other is None or other.length < conversation.length):
                    entry.idle[name] = conversation
            self._shrink()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()

    def _entry(self, pictures: tuple[Picture, ...]) -> _Entry | None:
        """Several pictures make a prompt of their own, which is not kept."""
        if len(pictures) != 1 or pictures[0].content is None:
            return None
        return self._entries.get(pictures[0].content)

    def _bytes(self) -> int:
        return sum(entry.nbytes for entry in self._entries.values())

    def _shrink(self) -> None:
        """Conversations go before pictures, which take longer to make and less room."""
        for entry in self._entries.values():
            if self._bytes() <= self.max_bytes:
                return
            entry.idle.clear()
        while self._bytes() > self.max_bytes:
            self._entries.popitem(last=False)


def picture_bytes(picture: Picture) -> int:
    """Bytes that a picture takes: its image tokens, and an estimate for its lines and elements."""
    tokens = 0 if picture.image_tokens is None else picture.image_tokens.nbytes
    lines = 0 if picture.text is None else len(picture.text.lines)
    elements = 0 if picture.elements is None else len(picture.elements)
    return int(tokens) + PER_LINE * (1 + 2 * lines + 2 * elements)  # twice, for the structure made of both


def _again(picture: Picture, seconds: float) -> Picture:
    """A picture that was taken in before: all that it took now was to recognise it."""
    return replace(
        picture, image_decode_s=seconds, read_text_s=0.0, encode_s=0.0, parse_s=0.0, project_s=0.0, cached=True
    )


def _content(image: ImageSource) -> tuple[str | None, bytes | np.ndarray | None]:
    """A picture's digest, and what it was made of; None for what is no regular file or no picture at all.

    Files go by their bytes, which need not be decoded to be known; everything else by its pixels.
    """
    try:
        if isinstance(image, (bytes, bytearray, memoryview)):
            held: bytes | np.ndarray = bytes(image)
        elif isinstance(image, (str, os.PathLike)):
            if not stat.S_ISREG(os.stat(image).st_mode):
                return None, None
            held = Path(image).read_bytes()
        else:
            held = np.ascontiguousarray(read_image(image))
    except (OSError, ValueError, TypeError):
        return None, None
    if isinstance(held, bytes):
        return f"file {_digest(held)}", held
    return f"pixels {held.shape} {_digest(held.data)}", held


def _digest(data: bytes | memoryview) -> str:
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def _taken(image: ImageSource, held: bytes | np.ndarray | None, take_in: Callable[[ImageSource], Picture]) -> Picture:
    """Take in exactly what was hashed, even where the file has changed since; what fails is said of the file."""
    assert held is not None
    try:
        return take_in(held)
    except ImageError:
        return take_in(image)
