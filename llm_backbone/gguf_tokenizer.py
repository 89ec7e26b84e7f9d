"""The tokenizer inside a GGUF file as the ecosystem's `tokenizer.json` and `tokenizer_config.json`."""

from __future__ import annotations

from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint

CONTROL = 3  # GGUF token type of special tokens
# How llama.cpp names the ways of cutting text before byte-level BPE (`tokenizer.ggml.pre`).
PRE_TOKENIZERS = {
    "smollm": lambda: pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
}


def tokenizer_from_gguf(checkpoint: GGUFCheckpoint) -> Tokenizer:
    """Byte-level BPE from the file's tokens and merges.

    Raises:
        ValueError: another kind of tokenizer; the message names it.
    """
    kind, pre = checkpoint.field("tokenizer.ggml.model"), checkpoint.field("tokenizer.ggml.pre")
    if kind != "gpt2" or pre not in PRE_TOKENIZERS:
        raise ValueError(f"tokenizer {kind!r} with pre-tokenizer {pre!r} is not supported; gpt2 with smollm is")
    tokens = checkpoint.field("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in checkpoint.field("tokenizer.ggml.merges")]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[pre]()
    tokenizer.decoder = decoders.ByteLevel()
    types = checkpoint.field("tokenizer.ggml.token_type")
    special = [token for token, kind in zip(tokens, types, strict=True) if kind == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer


def tokenizer_config(checkpoint: GGUFCheckpoint) -> dict[str, Any]:
    """`tokenizer_config.json`, with the chat template."""
    tokens = checkpoint.field("tokenizer.ggml.tokens")

    def token(role: str) -> str:
        return str(tokens[checkpoint.field(f"tokenizer.ggml.{role}_token_id")])

    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": token("bos"),
        "eos_token": token("eos"),
        "unk_token": token("unknown"),
        "pad_token": token("padding"),
        "add_bos_token": bool(checkpoint.field("tokenizer.ggml.add_bos_token", False)),
        "clean_up_tokenization_spaces": False,
        "model_max_length": checkpoint.config.max_position_embeddings,
        "chat_template": checkpoint.field("tokenizer.chat_template"),
    }
