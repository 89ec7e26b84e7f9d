"""Text to token ids and back, with a wall between a prompt's own markup and the text that it carries.

Text from a picture or a person is data. It is always encoded as plain characters: `<|im_end|>` printed on a
screenshot becomes the ids of its letters, never the id that ends a turn. Only the chat template makes special ids.
"""

from __future__ import annotations

import codecs
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer as FastTokenizer

IMAGE_TOKEN_ID = -200  # stands among ids for an image, as in the reference; no vocabulary has it
LONE_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, as from a file name that is not UTF-8


def _byte_letters() -> dict[str, int]:
    """How byte-level BPE writes bytes as letters: itself where that can be seen, else one of U+0100 and on (GPT-2)."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(0x100 + n): byte for n, byte in enumerate(hidden)}


BYTE_LETTERS = _byte_letters()
SPACE = "▁"  # U+2581, how sentencepiece writes a space
BYTE_PIECE = re.compile("<0x([0-9A-F]{2})>")  # how it writes a byte of a character that it does not know

Content = str | Sequence[str | int]  # text, or a row of texts, ids generated before and `IMAGE_TOKEN_ID`


class Message(TypedDict):
    """One turn of a conversation."""

    role: str
    content: Content


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
        # Sentencepiece's kind puts a space before a text and takes it off when decoding; the other is byte-level BPE.
        self.space_first = bool(getattr(self._fast.model, "byte_fallback", False))
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

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids; special ones are left out, an incomplete character shows as U+FFFD."""
        text = b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")
        return text.removeprefix(" ") if self.space_first else text

    def token_bytes(self, token_id: int) -> bytes:
        """The UTF-8 bytes that an id stands for, perhaps part of a character; none for a special or unknown id."""
        token = self._fast.id_to_token(token_id) if token_id >= 0 else None
        if token is None or token_id in self._control:
            return b""
        if not self.space_first:
            return bytes(BYTE_LETTERS[letter] for letter in token)
        byte = BYTE_PIECE.fullmatch(token)
        return bytes.fromhex(byte[1]) if byte else token.replace(SPACE, " ").encode()

    def encode_chat(self, messages: Sequence[Message], add_generation_prompt: bool = True) -> list[int]:
        """Ids of a conversation laid out by the bundle's chat template.

        The template is rendered over stand-ins for the contents, so that what it writes (markup) and what it
        carries (data) can be told apart afterwards; a content cannot forge a stand-in, which is random.

        Args:
            messages: the turns in order; an image is `IMAGE_TOKEN_ID` in a content and comes out as that.
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
        parts: list[str | int] = []
        for piece in re.split(f"(\ue000{nonce}:[0-9]+\ue001)", rendered):
            if piece in stand_ins:
                self._add_content(parts, stand_ins[piece])
            else:
                parts += [self.special_ids.get(part, part) for part in self._special.split(piece)]
        return self._encode_parts(parts)

    def _add_content(self, parts: list[str | int], content: Content) -> None:
        content = [content] if isinstance(content, str) else content
        before = parts[-1] if parts else None
        generated = bool(content) and isinstance(content[0], int) and content[0] != IMAGE_TOKEN_ID
        if self.space_first and generated and isinstance(before, str):
            parts[-1] = before.removesuffix(" ")  # an answer's first id brings the space that parts it from its role
        parts += content

    def _encode_parts(self, parts: list[str | int]) -> list[int]:
        """Ids of a row of texts and ids.

        Sentencepiece puts a space before every text that it is given, and its pieces reach across from markup to
        content: like the reference, give it all text between two ids at once. Byte-level BPE is given every part by
        itself, so that no content changes the ids of the markup around it.
        """
        ids: list[int] = []
        for part in _joined(parts) if self.space_first else parts:
            ids += self.encode(part) if isinstance(part, str) else [part]
        return ids


def _joined(parts: list[str | int]) -> list[str | int]:
    """The parts with neighbouring texts made one."""
    joined: list[str | int] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        else:
            joined.append(part)
    return joined


class TextStream:
    """Turns ids that arrive one by one into pieces of text that never end inside a character.

    What an unfinished character holds back when no more ids come is dropped.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._drop_space = tokenizer.space_first

    def add(self, token_id: int) -> str:
        """The text that became complete with this id, perhaps empty."""
        text = self._utf8.decode(self._tokenizer.token_bytes(token_id))
        if text and self._drop_space:
            text, self._drop_space = text.removeprefix(" "), False
        return text
