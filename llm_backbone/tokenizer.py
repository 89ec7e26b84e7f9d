"""Text to token ids and back, with a wall between a prompt's own markup and the text that it carries.

Text from a picture or a person is data. It is always encoded as plain characters: `<|im_end|>` printed on a
screenshot becomes the ids of its letters, never the id that ends a turn. Only the chat template makes special ids.
"""

from __future__ import annotations

import codecs
import json
import re
import secrets
from pathlib import Path
from typing import Any, TypedDict

from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer as FastTokenizer

LONE_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, as from a file name that is not UTF-8


def _byte_letters() -> dict[str, int]:
    """How byte-level BPE writes bytes as letters: itself where that can be seen, else one of U+0100 and on (GPT-2)."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(0x100 + n): byte for n, byte in enumerate(hidden)}


BYTE_LETTERS = _byte_letters()


class Message(TypedDict):
    """One turn of a conversation; the content as text, or as ids that were generated before."""

    role: str
    content: str | list[int]


class Tokenizer:
    """A bundle's tokenizer and chat template."""

    def __init__(self, folder: Path) -> None:
        """
        Args:
            folder: holds `tokenizer.json` and `tokenizer_config.json`.
        """
        self._fast = FastTokenizer.from_file(str(folder / "tokenizer.json"))
        self._fast.encode_special_tokens = True  # special tokens in a text are split like any other characters
        self._config: dict[str, Any] = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        self.special_ids = {
            token.content: index for index, token in self._fast.get_added_tokens_decoder().items() if token.special
        }
        self._control = frozenset(self.special_ids.values())
        longest_first = sorted(self.special_ids, key=len, reverse=True)
        self._special = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string(self._config["chat_template"])

    def encode(self, text: str) -> list[int]:
        """Ids of a text as plain characters: no special id comes out, whatever the text spells."""
        text = LONE_SURROGATES.sub("\ufffd", text)  # which the tokenizer cannot take
        ids: list[int] = self._fast.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: list[int]) -> str:
        """The text of some ids; special ones are left out, an incomplete character shows as U+FFFD."""
        text: str = self._fast.decode(ids, skip_special_tokens=True)
        return text

    def token_bytes(self, token_id: int) -> bytes:
        """The UTF-8 bytes that an id stands for, perhaps part of a character; none for a special or unknown id."""
        token = self._fast.id_to_token(token_id)
        return b"" if token is None or token_id in self._control else bytes(BYTE_LETTERS[letter] for letter in token)

    def encode_chat(self, messages: list[Message], add_generation_prompt: bool = True) -> list[int]:
        """Ids of a conversation laid out by the bundle's chat template.

        The template is rendered over stand-ins for the contents, so that what it writes (markup) and what it
        carries (data) can be told apart afterwards; a content cannot forge a stand-in, which is random.

        Args:
            messages: the turns in order.
            add_generation_prompt: end with the opening of the assistant's turn.
        """
        nonce = secrets.token_hex(8)
        stand_ins = {f"\ue000{nonce}:{index}\ue001": message["content"] for index, message in enumerate(messages)}
        shown = [{**message, "content": key} for message, key in zip(messages, stand_ins, strict=True)]
        rendered = self._template.render(
            messages=shown,
            add_generation_prompt=add_generation_prompt,
            bos_token=self._config.get("bos_token", ""),
            eos_token=self._config.get("eos_token", ""),
        )
        ids: list[int] = []
        for piece in re.split(f"(\ue000{nonce}:[0-9]+\ue001)", rendered):
            content = stand_ins.get(piece)
            if content is None:
                ids += self._encode_markup(piece)
            else:
                ids += self.encode(content) if isinstance(content, str) else content
        return ids

    def _encode_markup(self, text: str) -> list[int]:
        ids: list[int] = []
        for piece in self._special.split(text):
            ids += [self.special_ids[piece]] if piece in self.special_ids else self.encode(piece)
        return ids


class TextStream:
    """Turns ids that arrive one by one into pieces of text that never end inside a character.

    What an unfinished character holds back when no more ids come is dropped.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, token_id: int) -> str:
        """The text that became complete with this id, perhaps empty."""
        return self._utf8.decode(self._tokenizer.token_bytes(token_id))
