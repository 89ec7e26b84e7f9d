"""How large a bundle's keys and values become: it reads a picture and some texts, as it will be asked to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pocketvlm.bundle import Bundle
from pocketvlm.drawn_screen import drawn_screen
from pocketvlm.image_encoder import open_image_encoder
from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.int8_cache import cache_scales, quantize_cache
from pocketvlm.llm_backbone.splicing import splice_ids
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.prompt import encode_prompt

# Of each kind that pictures and people bring: running text, lists, numbers, addresses, code, other scripts.
TEXTS = (
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do: once or "
    "twice she had peeped into the book her sister was reading, but it had no pictures or conversations in it.",
    "12:48 | 5G | 82%\nMain account\n£2,318.64 available\nPay | Transfer | More\nToday\nRedline Gym | −£29.99\n"
    "Salary, Northgate Ltd | +£2,450.00\nOverdraft limit £500.00, sort code 04-00-75, account 3319 0042",
    "Trattoria da Anna, 14 Mill Lane, open Tue–Sun 12:00–15:00 and 18:30–23:30. Bruschetta 6.50, Tiramisù 7.20. "
    "Call +44 1632 960001 or see https://example.com/menu?lang=it#dinner.",
    'def area(radius: float) -> float:\n    return math.pi * radius ** 2  # in m²\n{"id": 17, "tags": ["a", null]}',
    "设置 | 无线局域网 已开启 | 蓝牙 关闭 | 电池 82% | 余额 2,318.64 元",
    "Les élèves étaient déjà à l'école; ΑΒΓ, Привет, مرحبا, こんにちは, 😀.",
)
QUESTION = "What is this, and how much does it cost?"


def quantize_kv_cache(bundle: Bundle) -> None:
    """Make the keys and values of a bundle's decoder int8; its manifest is to be written after that."""
    config = LlamaConfig.from_dict(bundle.config)
    embed_path, path = (bundle.graph(part) for part in ("embed_tokens", "decoder_model_merged"))
    decoder = Decoder(config, embed_path, path)
    scales = cache_scales(decoder, list(_prompts(bundle, decoder)))
    del decoder
    quantize_cache(path, scales)


def _prompts(bundle: Bundle, decoder: Decoder) -> Iterator[np.ndarray]:
    """Embeddings of prompts, (1, S, D) each: about every text, and about a picture where the bundle sees."""
    tokenizer, limit = Tokenizer(bundle.folder), decoder.config.max_position_embeddings
    for text in TEXTS:
        yield decoder.embed(encode_prompt(tokenizer, text.split("\n"), 0, (), QUESTION)[:limit])
    if bundle.sees and not bundle.parses:
        encoder = open_image_encoder(bundle)
        assert encoder is not None
        tokens = encoder.encode(drawn_screen()).image_tokens
        assert tokens is not None
        ids = encode_prompt(tokenizer, None, 1, (), QUESTION)
        spliced = splice_ids(ids, [tokens.shape[1]], decoder.config.vocab_size)
        yield decoder.embed(spliced[:limit], tokens[0])
