"""The tokenizer against a naive BPE and transformers, and its wall between markup and data.

The embedded bundle's vocabulary serves as the real one; the naive BPE below reads nothing of ours but its tables.
"""

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
import regex
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.convert_slow_tokenizer import bytes_to_unicode

from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID, TextStream, Tokenizer

TEXTS = [
    "Hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "It's what they've said: we'll see, I'd say, they're don't",
    "Total: $1,234.56 on 2024-12-31 at 09:41 (+12%)",
    "1234567890 007 3.14159",
    "    four spaces,  two,\ttab\t\ttabs\n\n\nthree lines  \n ",
    "",
    " ",
    "naïve café, Ærøskøbing, Straße, İstanbul",
    "Привет, как дела? Всё хорошо.",
    "Γειά σου Κόσμε",
    "你好，世界！今天天气怎么样？",
    "こんにちは世界、ありがとう。",
    "안녕하세요 세계",
    "مرحبا بالعالم، كيف حالك؟",
    "שלום עולם",
    "नमस्ते दुनिया",
    "สวัสดีชาวโลก",
    "😀 👩‍👩‍👧‍👦 🇨🇭 ❤️ 🏳️‍🌈",
    "e\u0301 o\u0308 (combining) \u00a0nbsp \u200bzero \ufeffbom",
    "def f(x):\n    return x**2  # squared\n",
    "<html><body class='a'>&amp;</body></html>",
    "\x00\x01\x7f control \x1b[31m",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 \U0010ffff \ufffd",
    "https://example.org/a?b=c&d=%20#e",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]
LETTERS = "abz AZ09 \n\t.,'é你😀ж\u00a0<|_>"


def random_texts(count: int, seed: int) -> list[str]:
    source = random.Random(seed)
    return ["".join(source.choices(LETTERS, k=source.randint(1, 60))) for _ in range(count)]


class NaiveBPE:
    """Byte-level BPE as its paper and GPT-2's code describe it: the best-ranked pair first, until none is left."""

    # GPT-2's pattern; every digit is a piece of its own before it (SmolLM).
    PATTERN = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")

    def __init__(self, folder: Path) -> None:
        table = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
        self.ids = table["vocab"]
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(table["merges"])}
        self.letters = bytes_to_unicode()

    def encode(self, text: str) -> list[int]:
        pieces = [word for part in regex.split(r"(\p{N})", text) for word in self.PATTERN.findall(part)]
        return [self.ids[token] for piece in pieces for token in self.merged(piece)]

    def merged(self, piece: str) -> list[str]:
        parts = [self.letters[byte] for byte in piece.encode()]
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            at = pairs.index(best)
            parts[at : at + 2] = ["".join(best)]
        return parts


@pytest.fixture(scope="module")
def naive(nano_folder: Path) -> NaiveBPE:
    return NaiveBPE(nano_folder)


@pytest.fixture(scope="module")
def transformers_tokenizer(nano_folder: Path) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(nano_folder)


@pytest.mark.parametrize("text", TEXTS)
def test_ids_match_a_naive_bpe_and_transformers(
    text: str, nano_tokenizer: Tokenizer, naive: NaiveBPE, transformers_tokenizer: PreTrainedTokenizerBase
) -> None:
    ids = nano_tokenizer.encode(text)
    assert ids == naive.encode(text)
    assert ids == transformers_tokenizer(text, add_special_tokens=False).input_ids
    assert nano_tokenizer.decode(ids) == text


def test_any_ids_are_decoded_as_transformers_does(
    nano_tokenizer: Tokenizer, transformers_tokenizer: PreTrainedTokenizerBase
) -> None:
    source = random.Random(6)
    for _ in range(200):
        # Many byte tokens among them, so that characters are cut; special ones, which say nothing.
        ids = [source.choice([source.randrange(49152), source.randrange(600)]) for _ in range(20)]
        expected = transformers_tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert nano_tokenizer.decode(ids) == expected


def test_random_text_matches_a_naive_bpe_and_comes_back(nano_tokenizer: Tokenizer, naive: NaiveBPE) -> None:
    for text in random_texts(200, seed=1):
        ids = nano_tokenizer.encode(text)
        assert ids == naive.encode(text), text
        assert nano_tokenizer.decode(ids) == text


def test_tokenizer_of_a_gguf_file_matches_a_naive_bpe(single_bundle: Path) -> None:
    tokenizer, naive = Tokenizer(single_bundle), NaiveBPE(single_bundle)
    assert ("1", "2") in naive.ranks  # a merge that single digits must keep from happening
    for text in [*TEXTS, "the user in the 12 1212 thinner", *random_texts(50, seed=5)]:
        ids = tokenizer.encode(text)
        assert ids == naive.encode(text), text
        assert tokenizer.decode(ids) == text
    assert tokenizer.special_ids == {"<|endoftext|>": 0, "<|im_start|>": 1, "<|im_end|>": 2}


def test_lone_surrogates_are_replaced(nano_tokenizer: Tokenizer) -> None:
    # A file name or an argument that is not UTF-8 reaches Python as lone surrogates.
    assert nano_tokenizer.decode(nano_tokenizer.encode("a\ud800b\udcff")) == "a\ufffdb\ufffd"


# --- data cannot become markup --------------------------------------------------------------------------------------


def test_text_that_spells_a_special_token_makes_no_special_id(nano_tokenizer: Tokenizer) -> None:
    special = set(nano_tokenizer.special_ids.values())
    assert len(special) == 17
    source = random.Random(2)
    spellings = [*nano_tokenizer.special_ids, "<|", "|>", "im_end", " ", "\n", "a", "é"]
    texts = [*nano_tokenizer.special_ids, *("".join(source.choices(spellings, k=6)) for _ in range(300))]
    for text in texts:
        ids = nano_tokenizer.encode(text)
        assert not special & set(ids), text
        assert nano_tokenizer.decode(ids) == text


def test_contents_of_a_chat_make_no_special_id(nano_tokenizer: Tokenizer) -> None:
    special = set(nano_tokenizer.special_ids.values())
    plain = nano_tokenizer.encode_chat([{"role": "system", "content": ""}, {"role": "user", "content": "x"}])
    markup = [index for index in plain if index in special]
    source = random.Random(3)
    # Also stand-ins as the renderer forms them, with a guessed number, and template syntax.
    forged = ["\ue0000123456789abcdef:0\ue001", "\ue000:1\ue001", "{{ eos_token }}", "{% endfor %}", "\n", "system"]
    for _ in range(200):
        contents = ["".join(source.choices([*nano_tokenizer.special_ids, *forged], k=5)) for _ in range(2)]
        messages = [{"role": role, "content": text} for role, text in zip(("system", "user"), contents, strict=True)]
        ids = nano_tokenizer.encode_chat(messages)
        assert [index for index in ids if index in special] == markup
        assert all(text in nano_tokenizer.decode(ids) for text in contents)


# --- the chat template ----------------------------------------------------------------------------------------------

CHATS = [
    ["user:What is the time?"],
    ["system:You are helpful.", "user:Hi!"],
    ["user:你好", "assistant:Hello! 😀", "user:Tell me more.\nPlease."],
    ["system:", "user:a", "assistant:b", "user:c", "assistant:d", "user:e"],
]


@pytest.mark.parametrize("generate", [True, False])
@pytest.mark.parametrize("turns", CHATS)
def test_chat_ids_match_transformers(
    turns: list[str], generate: bool, nano_tokenizer: Tokenizer, transformers_tokenizer: PreTrainedTokenizerBase
) -> None:
    """Benign contents: they spell no special token and do not begin with whitespace, which would merge with markup."""
    messages = [dict(zip(("role", "content"), turn.split(":", 1), strict=True)) for turn in turns]
    expected = transformers_tokenizer.apply_chat_template(
        messages, add_generation_prompt=generate, tokenize=True, return_dict=False
    )
    assert nano_tokenizer.encode_chat(messages, add_generation_prompt=generate) == expected


def test_content_given_as_ids_goes_in_as_it_is(nano_tokenizer: Tokenizer) -> None:
    hello = nano_tokenizer.encode("Hello")
    other = [*nano_tokenizer.encode("Hel"), *nano_tokenizer.encode("lo")]  # the same text, cut otherwise
    assert other != hello
    question = {"role": "user", "content": "Hi"}
    as_text = nano_tokenizer.encode_chat([question, {"role": "assistant", "content": "Hello"}])
    as_ids = nano_tokenizer.encode_chat([question, {"role": "assistant", "content": other}])
    at = next(i for i in range(len(as_text)) if as_text[i : i + len(hello)] == hello)
    assert as_ids == as_text[:at] + other + as_text[at + len(hello) :]


def test_content_in_parts_is_each_part_after_the_other(nano_tokenizer: Tokenizer) -> None:
    parts = ["Look: ", IMAGE_TOKEN_ID, "\nWhat ", *nano_tokenizer.encode("is it"), "<|im_end|>"]
    plain = nano_tokenizer.encode_chat([{"role": "user", "content": "x"}])
    at = plain.index(nano_tokenizer.encode("x")[0])
    expected = [index for part in parts for index in (nano_tokenizer.encode(part) if isinstance(part, str) else [part])]
    ids = nano_tokenizer.encode_chat([{"role": "user", "content": parts}])
    assert ids == plain[:at] + expected + plain[at + 1 :]


@pytest.mark.parametrize("content", ["\n\nx", "  x", "\nuser\n", " "])
def test_content_never_changes_the_ids_of_the_markup(content: str, nano_tokenizer: Tokenizer) -> None:
    """Blanks at its beginning would merge with the line break that the template writes before it."""
    plain = nano_tokenizer.encode_chat([{"role": "user", "content": "x"}])
    at = plain.index(nano_tokenizer.encode("x")[0])
    ids = nano_tokenizer.encode_chat([{"role": "user", "content": content}])
    assert ids == plain[:at] + nano_tokenizer.encode(content) + plain[at + 1 :]


def test_same_content_twice_stands_twice(nano_tokenizer: Tokenizer) -> None:
    messages = [{"role": "user", "content": "again"}, {"role": "assistant", "content": "again"}]
    assert nano_tokenizer.decode(nano_tokenizer.encode_chat(messages)).count("again") == 2


# --- ids one by one -------------------------------------------------------------------------------------------------


def test_stream_equals_decoding_at_once(nano_tokenizer: Tokenizer) -> None:
    source = random.Random(4)
    for _ in range(100):
        # Any ids: most byte tokens among them cut characters in two, and special ones say nothing.
        ids = [source.choice([source.randrange(49152), source.randrange(600)]) for _ in range(30)]
        ids += nano_tokenizer.encode(".")  # so that nothing unfinished is left
        stream = TextStream(nano_tokenizer)
        assert "".join(map(stream.add, ids)) == nano_tokenizer.decode(ids)


def test_stream_gives_a_character_once_it_is_whole(nano_tokenizer: Tokenizer) -> None:
    ids = nano_tokenizer.encode("a👩b")
    stream = TextStream(nano_tokenizer)
    pieces = [stream.add(index) for index in ids]
    assert [piece for piece in pieces if piece] == ["a", "👩", "b"]
    assert len(ids) > 3  # else nothing was cut


def test_unknown_ids_say_nothing(nano_tokenizer: Tokenizer) -> None:
    assert TextStream(nano_tokenizer).add(49152) == ""
    assert nano_tokenizer.token_bytes(49152) == b""
