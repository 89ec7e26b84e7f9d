"""The prompt of `pocketvlm chat`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pocketvlm.errors import PocketVLMError

if TYPE_CHECKING:
    from pocketvlm.chat import Chat
    from pocketvlm.vlm import PocketVLM

HELP = """\
Type a question. Up and down walk through what you typed before; Ctrl-C ends an answer, Ctrl-D the chat.
  /image PATH     talk about another picture
  /free QUESTION  let the language model word this answer
  /reset          forget the questions so far, keep the picture
  /help           this text
  /quit           leave"""


class ChatTerminal:
    """Reads lines from the person, prints answers, until /quit or the end of input."""

    def __init__(self, vlm: PocketVLM, options: dict[str, Any], print_pieces: Callable[[Any], object]) -> None:
        self._vlm = vlm
        self._options = options
        self._print_pieces = print_pieces
        self._chat: Chat = vlm.chat()

    def run(self, image: str | None) -> None:
        """Talk until the person leaves. A picture that cannot be read at the start is an error of the command."""
        with contextlib.suppress(ImportError):  # Windows has no readline: there, lines have no history
            import readline  # noqa: F401  # importing it gives input() its history
        if image is not None:
            self._look_at(image)
        self._say("/help tells what you can type, /quit leaves.")
        while (line := self._next_line()) is not None:
            try:
                if self._obey(line):
                    return
            except PocketVLMError as error:
                self._say(str(error))
            except KeyboardInterrupt:
                self._say("(stopped)")

    def _next_line(self) -> str | None:
        try:
            return input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return None
        except KeyboardInterrupt:
            self._say("")
            return ""

    def _obey(self, line: str) -> bool:
        """Act on one line; true when the person wants to leave."""
        command, _, rest = line.partition(" ")
        if command == "/quit":
            return True
        if command == "/help":
            self._say(HELP)
        elif command == "/reset":
            self._chat.reset()
            self._say("The questions so far are forgotten.")
        elif command == "/image":
            self._look_at(rest.strip())
        elif command == "/free" and rest.strip():
            self._print_pieces(self._chat.stream(rest.strip(), **{**self._options, "free": True}))
        elif command.startswith("/"):
            self._say(f"There is no {command}; /help lists what there is.")
        elif line:
            self._print_pieces(self._chat.stream(line, **self._options))
        return False

    def _look_at(self, path: str) -> None:
        chat = self._vlm.chat(path)
        self._vlm.give_back(self._chat)
        self._chat = chat
        (picture,) = self._chat.pictures
        lines = f", {len(picture.text.lines)} lines of text" if picture.text else ""
        self._say(f"{path}: {picture.width} x {picture.height} pixels{lines}.")

    def _say(self, text: str) -> None:
        print(text, flush=True)
