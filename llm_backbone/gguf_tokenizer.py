"""The tokenizer inside a GGUF file as the ecosystem's `tokenizer.json` and `tokenizer_config.json`."""

from __future__ import annotations

from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.sentencepiece_tokenizer import tokenizer_from_pieces

CONTROL = 3  # GGUF token type of special tokens
# How llama.cpp names the ways of cutting text before byte-level BPE (`tokenizer.ggml.pre`).
PRE_TOKENIZERS = {
    "smollm": lambda: pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
}


def tokenizer_from_gguf(checkpoint: GGUFCheckpoint) -> Tokenizer:
    """The file's tokenizer: byte-level BPE ("gpt2"), or sentencepiece's BPE ("llama").

    Raises:
        ValueError: another kind of tokenizer, or a part of it is missing; the message names it.
    """
    kind, pre = checkpoint.field("tokenizer.ggml.model"), checkpoint.field("tokenizer.ggml.pre")
    if kind == "llama" and pre in (None, "default"):
        return _sentencepiece(checkpoint)
    if kind == "gpt2" and pre in PRE_TOKENIZERS:
        return _byte_level(checkpoint, pre)
    raise ValueError(f"tokenizer {kind!r} with pre-tokenizer {pre!r} is not supported; gpt2 with smollm is, and llama")


def _sentencepiece(checkpoint: GGUFCheckpoint) -> Tokenizer:
    for name, usual in {"add_space_prefix": True, "remove_extra_whitespaces": False}.items():
        if bool(checkpoint.field(f"tokenizer.ggml.{name}", usual)) != usual:
            raise ValueError(f"tokenizer.ggml.{name} is {not usual}; only {usual} is supported")
    names = ("tokens", "scores", "token_type")
    return tokenizer_from_pieces(*(checkpoint.required(f"tokenizer.ggml.{name}") for name in names))


def _byte_level(checkpoint: GGUFCheckpoint, pre: str) -> Tokenizer:
    tokens = checkpoint.required("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in checkpoint.required("tokenizer.ggml.merges")]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    try:
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    except Exception as error:  # the tokenizers library raises nothing narrower
        raise ValueError(f"tokens and merges do not fit each other ({error})") from error
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[pre]()
    tokenizer.decoder = decoders.ByteLevel()
    types = checkpoint.required("tokenizer.ggml.token_type")
    special = [token for token, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer


def tokenizer_config(checkpoint: GGUFCheckpoint, chat_template: str | None = None) -> dict[str, Any]:
    """`tokenizer_config.json`, with the chat template.

    Args:
        chat_template: Jinja; the file's own unless given.
    Raises:
        ValueError: the file names no end-of-turn token, or has no chat template and none is given.
    """
    tokens = checkpoint.required("tokenizer.ggml.tokens")
    checkpoint.required("tokenizer.ggml.eos_token_id")
    ids = {
        role: checkpoint.field(f"tokenizer.ggml.{name}_token_id")
        for role, name in {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}.items()
    }
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **{f"{role}_token": str(tokens[index]) for role, index in ids.items() if index is not None},
        "add_bos_token": bool(checkpoint.field("tokenizer.ggml.add_bos_token", False)),
        "clean_up_tokenization_spaces": False,
        "model_max_length": checkpoint.config.max_position_embeddings,
        "chat_template": chat_template or checkpoint.required("tokenizer.chat_template"),
    }
