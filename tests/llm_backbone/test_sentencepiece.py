"""Tokenizers made from sentencepiece models, against sentencepiece itself and the reference's way with prompts.

LLaMA's own model is not in the repository: two small ones with its settings stand for it (see tests/data/tokenizer).
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2
from transformers import AutoTokenizer

from pocketvlm.llm_backbone.chat_templates import CHATML, VICUNA_V1
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.gguf_tokenizer import tokenizer_config, tokenizer_from_gguf
from pocketvlm.llm_backbone.sentencepiece_tokenizer import (
    tokenizer_from_pieces,
    tokenizer_from_sentencepiece,
    write_tokenizer,
)
from pocketvlm.llm_backbone.tokenizer import IMAGE_TOKEN_ID, Message, TextStream, Tokenizer

MODELS = Path(__file__).resolve().parent.parent / "data" / "tokenizer"
BOS, EOS = 1, 2

FIXED = [
    *("", " ", "  ", "   ", "\n", "\t", "\r\n", "▁", "▁▁", " ▁ ", "a", " a", "a ", "  a  b   c    ", "\x00", "\x7f"),
    *("</s>", "<s>", "<unk>", "<pad>", "<0x0A>", "<0x00>", "<image>", "a</s>b", " </s> ", "<s>[INST]", "<|im_end|>"),
    *("é", "e\u0301", "o\u0308\u0323", "\u0301", "\ufeffbom", "\u200b\u200d\u00ad", "\u00a0nbsp\u3000wide", "ﬁ ﬀ Å ①"),
    *("😀", "👩‍👩‍👧‍👦", "🇨🇭🇯🇵", "❤️", "🏳️‍🌈", "👍🏽", "a😀b", "𝔘𝔫𝔦", "𐍈", "\U0010ffff", "\ufffd", "䶵龘", "ǅ ß ŉ"),
    "The quick brown fox jumps over the lazy dog.",
    "Total: $1,234.56 on 2024-12-31 at 09:41 (+12%)",
    "def f(x):\n    return x**2  # squared\n\n\n",
    "Привет, как дела? Γειά σου Κόσμε. 你好，世界！こんにちは世界。안녕하세요 세계",
    "مرحبا بالعالم، كيف حالك؟ שלום עולם नमस्ते दुनिया สวัสดีชาวโลก",
    "a" * 500,
    " " * 500,
    "😀" * 100,
]


def thousand_strings() -> list[str]:
    """Fixed ones that are awkward, then mixtures of words, scripts, blanks, symbols and any characters."""
    source = random.Random(0)
    lines = (MODELS / "languages.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines for word in line.split()]
    blanks = [" ", " ", " ", "", "  ", "    ", "\n", "\n\n", "\t", "\u00a0", "▁"]

    def anything() -> str:
        kind = source.randrange(6)
        if kind < 3:
            return source.choice(words)
        if kind == 3:
            return source.choice(FIXED[:-3])
        low, high = source.choice(
            [(0x20, 0x7F), (0x80, 0x800), (0x800, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000)]
        )
        return "".join(chr(source.randrange(low, high)) for _ in range(source.randint(1, 4)))

    mixed = [
        "".join(part for _ in range(source.randint(1, 12)) for part in (source.choice(blanks), anything()))
        for _ in range(1000 - len(FIXED) - len(lines))
    ]
    return [*FIXED, *lines, *mixed]


STRINGS = thousand_strings()


@pytest.fixture(scope="module", params=["tiny", "languages"])
def model(request: pytest.FixtureRequest) -> Path:
    return MODELS / f"{request.param}.model"


@pytest.fixture(scope="module")
def reference(model: Path) -> SentencePieceProcessor:
    return SentencePieceProcessor(model_file=str(model))


@pytest.fixture(scope="module")
def folder(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle's two files about the tokenizer."""
    checkpoint, out = tmp_path_factory.mktemp("checkpoint"), tmp_path_factory.mktemp("bundle")
    (checkpoint / "tokenizer.model").write_bytes(model.read_bytes())
    write_tokenizer(checkpoint, out, model_max_length=2048)
    return out


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer(folder)


# --- text to ids and back -------------------------------------------------------------------------------------------


def test_thousand_strings_give_the_ids_of_sentencepiece(
    tokenizer: Tokenizer, reference: SentencePieceProcessor
) -> None:
    assert len(STRINGS) == 1000
    for text in STRINGS:
        assert tokenizer.encode(text) == reference.encode(text), repr(text)


def test_thousand_strings_come_back(tokenizer: Tokenizer, reference: SentencePieceProcessor) -> None:
    for text in STRINGS:
        ids = tokenizer.encode(text)
        assert tokenizer.decode(ids) == reference.decode(ids) == text.replace("▁", " ")


def test_strings_cover_what_matters(tokenizer: Tokenizer) -> None:
    used = {index for text in STRINGS for index in tokenizer.encode(text)}
    assert len(used & set(range(3, 259))) > 120  # byte fallback
    assert not used & {0, BOS, EOS}  # and nothing that a text spells is a special token


def test_long_text_gives_the_ids_of_sentencepiece(tokenizer: Tokenizer, reference: SentencePieceProcessor) -> None:
    text = "\n".join(STRINGS)
    assert len(text) > 10_000
    assert tokenizer.encode(text) == reference.encode(text)


def test_any_model_agrees_with_sentencepiece() -> None:
    """Models of two letters, whose pieces overlap in every way, with scores in any order."""
    source = random.Random(1)
    for _ in range(60):
        proto = read_proto(MODELS / "tiny.model")
        del proto.pieces[259:]
        pieces = ["▁", "a", "b"]
        while len(pieces) < 20:
            piece = source.choice(pieces) + source.choice(pieces)
            pieces += [piece] if piece not in pieces and len(piece) < 9 else []
        source.shuffle(pieces)
        for score, piece in enumerate(pieces):
            proto.pieces.add(piece=piece, score=-score, type=1)
        reference = SentencePieceProcessor(model_proto=proto.SerializeToString())
        tokenizer = tokenizer_from_pieces(*parts_of(proto))
        for _ in range(30):
            text = "".join(source.choices("aab ", k=source.randint(1, 30)))
            assert tokenizer.encode(text, add_special_tokens=False).ids == reference.encode(text), (text, pieces)


def test_first_space_of_an_answer_is_dropped_and_no_other(
    tokenizer: Tokenizer, reference: SentencePieceProcessor
) -> None:
    for text in ("hello", " hello", "  a", "\n a", "", "é é"):
        ids = [EOS, *reference.encode(text), EOS]
        stream = TextStream(tokenizer)
        assert "".join(map(stream.add, ids)) == tokenizer.decode(ids) == text


def test_stream_gives_a_character_once_it_is_whole(tokenizer: Tokenizer) -> None:
    stream = TextStream(tokenizer)
    pieces = [stream.add(index) for index in tokenizer.encode("a👩a")]
    assert len(pieces) >= 6  # four of them the bytes of one character
    assert [piece for piece in pieces if piece] == ["a", "👩", "a"]


def test_ids_that_are_no_whole_text_are_shown_as_far_as_they_are(tokenizer: Tokenizer) -> None:
    first, second = (3 + byte for byte in "é".encode())
    assert tokenizer.decode([first, 3 + ord("a"), first, second]) == "\ufffdaé"
    assert tokenizer.decode([BOS, 0, EOS, IMAGE_TOKEN_ID, 10**6]) == ""


# --- prompts --------------------------------------------------------------------------------------------------------

SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)


def conversation(turns: list[tuple[str, str | None]], system: str = SYSTEM) -> str:
    """As the reference's `Conversation.get_prompt` writes it (separator style TWO, " " and "</s>")."""
    text = system + " "
    for index, (role, said) in enumerate(turns):
        text += f"{role}: {said}" + (" ", "</s>")[index % 2] if said else f"{role}:"
    return text


def reference_ids(prompt: str, sentencepiece: SentencePieceProcessor) -> list[int]:
    """As the reference's `tokenizer_image_token` does it, with LLaMA's slow tokenizer, which finds `</s>` in a text."""
    pieces = []
    for piece in prompt.split("<image>"):
        said = [sentencepiece.encode(part) for part in piece.split("</s>")]
        pieces.append([index for number, ids in enumerate(said) for index in ([EOS] if number else []) + ids])
    return [BOS] + [index for number, ids in enumerate(pieces) for index in ([-200] if number else []) + ids]


ROLES = {"USER": "user", "ASSISTANT": "assistant"}
TALKS: list[list[tuple[str, str | None]]] = [
    [("USER", "What is the total on this receipt?"), ("ASSISTANT", None)],
    [("USER", "a"), ("ASSISTANT", "It is £2,318.64."), ("USER", "b"), ("ASSISTANT", None)],
    [("USER", "你好 😀\n\nthe  train"), ("ASSISTANT", " spaced "), ("USER", " x"), ("ASSISTANT", "y")],
]


@pytest.mark.parametrize("system", [None, "Answer briefly."])
@pytest.mark.parametrize("talk", TALKS)
def test_vicuna_prompts_are_the_references(
    talk: list[tuple[str, str | None]],
    system: str | None,
    folder: Path,
    tokenizer: Tokenizer,
    reference: SentencePieceProcessor,
) -> None:
    messages: list[Message] = [{"role": ROLES[role], "content": said} for role, said in talk if said]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    generate = talk[-1][1] is None
    prompt = conversation(talk, system or SYSTEM)
    assert tokenizer.encode_chat(messages, generate) == reference_ids(prompt, reference)
    transformers = AutoTokenizer.from_pretrained(folder)
    rendered = transformers.apply_chat_template(messages, add_generation_prompt=generate, tokenize=False)
    assert rendered == f"<s>{prompt}"
    ids = transformers.apply_chat_template(messages, add_generation_prompt=generate, return_dict=False)
    assert ids == reference_ids(prompt, reference)


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("<image>\nWhat is this?", [IMAGE_TOKEN_ID, "\nWhat is this?"]),
        ("<image>\n<image>\nWhich is red?", [IMAGE_TOKEN_ID, "\n", IMAGE_TOKEN_ID, "\nWhich is red?"]),
        ("<image><image>both", [IMAGE_TOKEN_ID, IMAGE_TOKEN_ID, "both"]),
        ("Before <image> and after.", ["Before ", IMAGE_TOKEN_ID, " and after."]),
        ("at the end<image>", ["at the end", IMAGE_TOKEN_ID]),
        ("no image", ["no ", "image"]),
    ],
)
def test_text_around_images_is_cut_as_the_reference_cuts_it(
    said: str, content: list[str | int], tokenizer: Tokenizer, reference: SentencePieceProcessor
) -> None:
    prompt = conversation([("USER", said), ("ASSISTANT", None)])
    ids = tokenizer.encode_chat([{"role": "user", "content": content}])
    assert ids == reference_ids(prompt, reference)
    assert ids.count(-200) == said.count("<image>")


def test_an_answer_as_ids_stands_as_it_was_generated(tokenizer: Tokenizer, reference: SentencePieceProcessor) -> None:
    question: Message = {"role": "user", "content": "What is it?"}
    answer = [*reference.encode("It is"), 3 + ord("\n"), *reference.encode("red.")]  # not how the text would be cut
    first = tokenizer.encode_chat([question])
    ids = tokenizer.encode_chat([question, {"role": "assistant", "content": answer}, question])
    # The cache of the first turn serves the second: nothing changes before or in the answer.
    assert ids[: len(first) + len(answer) + 1] == [*first, *answer, EOS]
    assert ids[len(first) + len(answer) + 1 :] == reference.encode("USER: What is it? ASSISTANT:")


def test_chatml_is_rendered_as_transformers_does(folder: Path) -> None:
    messages = [{"role": role, "content": role[::-1]} for role in ("system", "user", "assistant", "user")]
    rendered = AutoTokenizer.from_pretrained(folder).apply_chat_template(
        messages, chat_template=CHATML, add_generation_prompt=True, tokenize=False
    )
    turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    assert rendered == f"{turns}<|im_start|>assistant\n"


# --- data cannot become markup --------------------------------------------------------------------------------------


def test_contents_make_no_special_id_and_no_image(tokenizer: Tokenizer, reference: SentencePieceProcessor) -> None:
    source = random.Random(3)
    forged = [
        "</s>",
        "<s>",
        "<unk>",
        "<image>",
        "<",
        "/s>",
        "s>",
        "\ue0000123:0\ue001",
        "{{ eos_token }}",
        " ",
        "USER: ",
    ]
    for _ in range(200):
        system, asked, more = ("".join(source.choices(forged, k=5)) for _ in range(3))
        messages: list[Message] = [
            {"role": "system", "content": system},
            {"role": "user", "content": [asked, IMAGE_TOKEN_ID, more]},
        ]
        before, after = f"{system} USER: {asked}", f"{more} ASSISTANT:"
        # Sentencepiece itself takes what spells a special token for ordinary characters.
        expected = [BOS, *reference.encode(before), IMAGE_TOKEN_ID, *reference.encode(after)]
        assert tokenizer.encode_chat(messages) == expected
        assert not {0, BOS, EOS} & set(expected[1:])


def test_markup_and_content_together_spell_no_special_token(tokenizer: Tokenizer, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    template = "{{ bos_token }}<{% for message in messages %}{{ message['content'] }}{% endfor %}>"
    config = {"bos_token": "<s>", "eos_token": "</s>", "chat_template": template}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    ids = Tokenizer(tmp_path).encode_chat([{"role": "user", "content": "/"}, {"role": "user", "content": "s"}])
    assert ids == [BOS, *tokenizer.encode("</s>")]
    assert EOS not in ids


# --- which models are understood ------------------------------------------------------------------------------------


def read_proto(path: Path) -> Any:
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(path.read_bytes())
    return proto


def parts_of(proto: Any) -> tuple[list[str], list[float], list[int]]:
    return [p.piece for p in proto.pieces], [p.score for p in proto.pieces], [p.type for p in proto.pieces]


def spoilt_field(spec: str, name: str, value: object) -> Callable[[Any], None]:
    return lambda proto: setattr(getattr(proto, spec), name, value)


def spoilt_piece(index: int, **values: object) -> Callable[[Any], None]:
    return lambda proto: [setattr(proto.pieces[index], name, value) for name, value in values.items()] and None


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoilt_field("trainer_spec", "model_type", 1), "not of LLaMA's kind, which is: model_type is BPE$"),
        (spoilt_field("normalizer_spec", "precompiled_charsmap", b"x"), "no character map$"),
        (spoilt_field("normalizer_spec", "add_dummy_prefix", False), "add_dummy_prefix"),
        (spoilt_field("normalizer_spec", "remove_extra_whitespaces", True), "no remove_extra_whitespaces"),
        (spoilt_field("normalizer_spec", "escape_whitespaces", False), "escape_whitespaces"),
        (spoilt_field("trainer_spec", "treat_whitespace_as_suffix", True), "no treat_whitespace_as_suffix"),
        (spoilt_piece(300, type=4), "has type 4; normal, unknown, control and byte are supported"),
        (spoilt_piece(10, type=1), "no piece for each of the 256 bytes"),
        (spoilt_piece(260, score=-2.0), "the pieces 'he' and '▁a' have the same score -2.0"),
        (spoilt_piece(290, piece="he"), "two pieces of the vocabulary are the same"),
        (spoilt_piece(290, piece="Zh"), "the character 'Z' occurs in pieces and is none itself"),
    ],
)
def test_model_of_another_kind_is_refused(spoil: Callable[[Any], None], message: str, tmp_path: Path) -> None:
    proto = read_proto(MODELS / "tiny.model")
    spoil(proto)
    path = tmp_path / "tokenizer.model"
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(ValueError, match=message):
        tokenizer_from_sentencepiece(path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff" * 100, (MODELS / "tiny.model").read_bytes()[:1000]])
def test_file_that_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.model"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a whole sentencepiece model"):
        tokenizer_from_sentencepiece(path)


# --- what is written beside it --------------------------------------------------------------------------------------


def test_config_names_the_special_tokens_and_the_template(folder: Path) -> None:
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    names = {role: config[f"{role}_token"] for role in ("bos", "eos", "unk", "pad")}
    assert names == {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<unk>"}
    assert (config["add_bos_token"], config["model_max_length"]) == (True, 2048)
    assert config["chat_template"] == VICUNA_V1


def test_template_of_the_checkpoint_goes_first(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.model").write_bytes((MODELS / "tiny.model").read_bytes())
    own, out = tmp_path / "tokenizer_config.json", tmp_path / "out"
    out.mkdir()

    def template(**options: str) -> str:
        write_tokenizer(tmp_path, out, 64, **options)
        return str(json.loads((out / "tokenizer_config.json").read_text(encoding="utf-8"))["chat_template"])

    assert template() == VICUNA_V1
    assert template(chat_template=CHATML) == CHATML
    own.write_text(json.dumps({"chat_template": "its own", "bos_token": {"content": "<s>"}}))
    assert template(chat_template=CHATML) == "its own"
    own.write_text(json.dumps({"model_max_length": 2048}))
    assert template() == VICUNA_V1
    own.write_text("[]")
    with pytest.raises(ValueError, match="holds no JSON object"):
        template()


def test_checkpoint_without_a_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no tokenizer\.model; put the one that the model was trained with there"):
        write_tokenizer(tmp_path, tmp_path, 64)


# --- inside a GGUF file ---------------------------------------------------------------------------------------------


def write_gguf(path: Path, model: Path, **metadata: object) -> GGUFCheckpoint:
    """A file with a tokenizer as llama.cpp stores LLaMA's, and no more of a model than opening it needs."""
    tokens, scores, types = parts_of(read_proto(model))
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    for name, value in metadata.items():
        writer.add_key_value(f"tokenizer.{name}", value, gguf.GGUFValueType.get_type(value))
    writer.add_context_length(2048)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(96)
    writer.add_block_count(1)
    writer.add_head_count(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return GGUFCheckpoint(path)


def test_gguf_file_holds_the_same_tokenizer(model: Path, tmp_path: Path) -> None:
    checkpoint = write_gguf(tmp_path / "a.gguf", model, chat_template="its own")
    assert tokenizer_from_gguf(checkpoint).to_str() == tokenizer_from_sentencepiece(model).to_str()
    config = tokenizer_config(checkpoint)
    assert (config["bos_token"], config["eos_token"], config["unk_token"]) == ("<s>", "</s>", "<unk>")
    assert config["add_bos_token"] is True
    assert config["chat_template"] == "its own"
    assert tokenizer_config(checkpoint, VICUNA_V1)["chat_template"] == VICUNA_V1


def test_gguf_file_without_a_template_needs_one(tmp_path: Path) -> None:
    checkpoint = write_gguf(tmp_path / "a.gguf", MODELS / "tiny.model")
    with pytest.raises(ValueError, match=r"lacks tokenizer\.chat_template"):
        tokenizer_config(checkpoint)
    assert tokenizer_config(checkpoint, VICUNA_V1)["chat_template"] == VICUNA_V1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ggml.add_space_prefix", False, "add_space_prefix is False; only True is supported"),
        ("ggml.remove_extra_whitespaces", True, "remove_extra_whitespaces is True; only False is supported"),
        ("ggml.pre", "llama3", "tokenizer 'llama' with pre-tokenizer 'llama3' is not supported"),
    ],
)
def test_gguf_tokenizer_of_another_kind_is_refused(name: str, value: object, message: str, tmp_path: Path) -> None:
    checkpoint = write_gguf(tmp_path / "a.gguf", MODELS / "tiny.model", **{name: value})
    with pytest.raises(ValueError, match=message):
        tokenizer_from_gguf(checkpoint)
