"""Trains the two small sentencepiece models beside this file, with the settings of LLaMA's own `tokenizer.model`.

    python tests/data/tokenizer/make_tokenizers.py

`tiny.model` has the 320 ids of the checkpoints in tests/data/golden: 3 control pieces, 256 bytes, 61 pieces of English.
`languages.model` has 2,400 ids; it learnt from `languages.txt` (sentences written for this), the beginning of a book
and the licence. The committed files are what sentencepiece 0.2.3 makes; the tests need no others.
"""

from __future__ import annotations

import io
from pathlib import Path

import sentencepiece

HERE = Path(__file__).resolve().parent
BOOK = HERE.parent / "text" / "alice.txt"
LICENCE = HERE.parents[2] / "LICENSE"


def train(texts: list[Path], vocab_size: int) -> bytes:
    """The model file's content."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for path in texts for line in path.read_text(encoding="utf-8").splitlines()]),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocab_size,
        character_coverage=0.98 if vocab_size < 1000 else 1.0,  # the tiny one has no room for every character
        byte_fallback=True,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        num_threads=1,  # the order of equal counts, and with it the file, would depend on it
    )
    return model.getvalue()


if __name__ == "__main__":
    (HERE / "tiny.model").write_bytes(train([BOOK], 320))
    (HERE / "languages.model").write_bytes(train([HERE / "languages.txt", BOOK, LICENCE], 2400))
