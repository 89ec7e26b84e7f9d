"""What an export reads to see how large numbers become: a picture and some texts, as the bundle will be asked to.

Two parts of the language model need that: the steps of int8 keys and values, and weights that are rounded with regard
to what they are multiplied with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    "The ferry had left ten minutes early, and nobody on the pier could say why. An old man with a dog pointed at the "
    "sky, where clouds came in from the west; by evening, he said, there would be no more boats before Thursday.",
    "12:48 | 5G | 82%\nMain account\n£2,318.64 available\nPay | Transfer | More\nToday\nRedline Gym | −£29.99\n"
    "Salary, Northgate Ltd | +£2,450.00\nOverdraft limit £500.00, sort code 04-00-75, account 3319 0042",
    "Trattoria da Anna, 14 Mill Lane, open Tue–Sun 12:00–15:00 and 18:30–23:30. Bruschetta 6.50, Tiramisù 7.20. "
    "Call +44 1632 960001 or see https://example.com/menu?lang=it#dinner.",
    'def area(radius: float) -> float:\n    return math.pi * radius ** 2  # in m²\n{"id": 17, "tags": ["a", null]}',
    "设置 | 无线局域网 已开启 | 蓝牙 关闭 | 电池 82% | 余额 2,318.64 元",
    "Les élèves étaient déjà à l'école; ΑΒΓ, Привет, مرحبا, こんにちは, 😀.",
)
QUESTION = "What is this, and how much does it cost?"


@dataclass(frozen=True)
class Prompt:
    """What the language model is to read.

    Attributes:
        ids: of the vocabulary; V + r stands for row r of the image tokens, with a vocabulary of V.
        image_tokens: (R, D) float32; None for a prompt without a picture.
    """

    ids: list[int]
    image_tokens: np.ndarray | None = None


def prompts(bundle: Bundle) -> Iterator[Prompt]:
    """One about every text, and one about a picture where the bundle sees; its decoder need not be there yet."""
    config, tokenizer = LlamaConfig.from_dict(bundle.config), Tokenizer(bundle.folder)
    limit = config.max_position_embeddings
    for text in TEXTS:
        yield Prompt(encode_prompt(tokenizer, text.split("\n"), 0, (), QUESTION)[:limit])
    if bundle.sees and not bundle.parses:
        encoder = open_image_encoder(bundle)
        assert encoder is not None
        tokens = encoder.encode(drawn_screen()).image_tokens
        assert tokens is not None
        ids = encode_prompt(tokenizer, None, 1, (), QUESTION)
        yield Prompt(splice_ids(ids, [tokens.shape[1]], config.vocab_size)[:limit], tokens[0])


def quantize_kv_cache(bundle: Bundle) -> None:
    """Make the keys and values of a bundle's decoder int8; its manifest is to be written after that."""
    embed_path, path = (bundle.graph(part) for part in ("embed_tokens", "decoder_model_merged"))
    decoder = Decoder(LlamaConfig.from_dict(bundle.config), embed_path, path)
    scales = cache_scales(decoder, [decoder.embed(prompt.ids, prompt.image_tokens) for prompt in prompts(bundle)])
    del decoder
    quantize_cache(path, scales)
