"""An answer that arrives piece by piece."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from pocketvlm.answer import Answer

Pieces = Iterator["str | Answer"]


class AnswerStream:
    """Iterate over it for the pieces of text; `answer` holds the whole value once they are through.

    Breaking off the loop leaves the chat as it was before the question.
    """

    def __init__(self, start: Callable[[Callable[[], bool]], Pieces]) -> None:
        """
        Args:
            start: begins the answer; told how to find out that it was cancelled.
        """
        self._finished: Callable[[], None] | None = None
        self._cancel = threading.Event()
        self._pieces = start(self._cancel.is_set)
        self._answer: Answer | None = None

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            if isinstance(piece, Answer):
                self._answer = piece
            else:
                yield piece
        if self._finished is not None:
            finished, self._finished = self._finished, None
            finished()

    def then(self, finished: Callable[[], None]) -> AnswerStream:
        """Have something called once all pieces are through; returns the stream itself."""
        self._finished = finished
        return self

    def cancel(self) -> None:
        """End the answer after the token being computed; callable from another thread."""
        self._cancel.set()

    @property
    def answer(self) -> Answer:
        """The whole answer; reads the pieces that are left."""
        for _ in self:
            pass
        if self._answer is None:
            raise RuntimeError("the stream was broken off before its answer was complete")
        return self._answer
