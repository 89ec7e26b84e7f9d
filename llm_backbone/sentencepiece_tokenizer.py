"""A sentencepiece model of LLaMA's kind (BPE with byte fallback) as the ecosystem's `tokenizer.json`.

Source: sentencepiece, src/bpe_model.cc and src/normalizer.cc. It joins the neighbours whose union is the piece of the
highest score; `tokenizers` joins by a ranked list of pairs. Every way of cutting a piece in two becomes such a pair.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers

from pocketvlm.llm_backbone.chat_templates import VICUNA_V1

SPACE = "▁"  # U+2581, how sentencepiece writes a space
# The types of pieces, the same numbers in sentencepiece's files and in GGUF's `tokenizer.ggml.token_type`.
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def tokenizer_from_pieces(pieces: Sequence[str], scores: Sequence[float], types: Sequence[int]) -> Tokenizer:
    """BPE with byte fallback that puts a space first, as LLaMA's model does.

    Args:
        pieces: by id.
        scores: of the normal pieces, the highest joined first.
        types: `NORMAL`, `UNKNOWN`, `CONTROL` or `BYTE`.
    Raises:
        ValueError: the model is of another kind.
    """
    if not len(pieces) == len(scores) == len(types):
        raise ValueError(f"{len(pieces)} pieces have {len(scores)} scores and {len(types)} types")
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    if len(vocabulary) != len(pieces):
        raise ValueError("two pieces of the vocabulary are the same")
    _check_types(pieces, types)
    normal = {piece: float(score) for piece, score, kind in zip(pieces, scores, types, strict=True) if kind == NORMAL}
    alone = set("".join(normal)) - normal.keys()
    if alone:  # sentencepiece would join a character that is no piece, `tokenizers` would turn it into bytes
        raise ValueError(f"the character {min(alone)!r} occurs in pieces and is none itself")
    unknown = next((piece for piece, kind in zip(pieces, types, strict=True) if kind == UNKNOWN), None)
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=_merges(normal), unk_token=unknown, fuse_unk=True, byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = [piece for piece, kind in zip(pieces, types, strict=True) if kind in (UNKNOWN, CONTROL)]
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in special])
    return tokenizer


def _check_types(pieces: Sequence[str], types: Sequence[int]) -> None:
    for piece, kind in zip(pieces, types, strict=True):
        if kind not in (NORMAL, UNKNOWN, CONTROL, BYTE):
            raise ValueError(f"the piece {piece!r} has type {kind}; normal, unknown, control and byte are supported")
    if sorted(piece for piece, kind in zip(pieces, types, strict=True) if kind == BYTE) != BYTES:
        raise ValueError("the vocabulary has no piece for each of the 256 bytes; only byte fallback is supported")


def _merges(scores: dict[str, float]) -> list[tuple[str, str]]:
    """The pairs of pieces whose union is a piece, the best union first.

    Raises:
        ValueError: two unions have the same score; which goes first would hang on where they stand in a text.
    """
    pairs = []
    scored: dict[float, str] = {}
    for piece, score in scores.items():
        cuts = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        cuts = [(left, right) for left, right in cuts if left in scores and right in scores]
        if cuts and scored.setdefault(score, piece) != piece:
            raise ValueError(f"the pieces {scored[score]!r} and {piece!r} have the same score {score}")
        pairs += [(-score, pair) for pair in cuts]
    return [pair for _, pair in sorted(pairs, key=lambda item: item[0])]


def tokenizer_from_sentencepiece(path: Path) -> Tokenizer:
    """The tokenizer of a `tokenizer.model`.

    Raises:
        ValueError: the file is no sentencepiece model, or one of another kind; the message says what is different.
    """
    model = _read(path)
    wanted = {
        "model_type is BPE": model.trainer_spec.model_type == model.trainer_spec.BPE,
        "no character map": not model.normalizer_spec.precompiled_charsmap,
        "add_dummy_prefix": model.normalizer_spec.add_dummy_prefix,
        "escape_whitespaces": model.normalizer_spec.escape_whitespaces,
        "no remove_extra_whitespaces": not model.normalizer_spec.remove_extra_whitespaces,
        "no treat_whitespace_as_suffix": not model.trainer_spec.treat_whitespace_as_suffix,
        "no denormalizer": not model.denormalizer_spec.precompiled_charsmap,
    }
    lacking = [name for name, holds in wanted.items() if not holds]
    if lacking:
        raise ValueError(f"{path.name} is not of LLaMA's kind, which is: {', '.join(lacking)}")
    pieces = model.pieces
    return tokenizer_from_pieces([p.piece for p in pieces], [p.score for p in pieces], [p.type for p in pieces])


def config_from_sentencepiece(path: Path, chat_template: str, model_max_length: int) -> dict[str, Any]:
    """`tokenizer_config.json` for a `tokenizer.model`.

    Args:
        chat_template: Jinja; the model brings none.
        model_max_length: the language model's context.
    """
    model = _read(path)
    spec = model.trainer_spec
    ids = {"bos": spec.bos_id, "eos": spec.eos_id, "unk": spec.unk_id}
    # Without a piece of its own, padding is <unk>, as MobileVLM's code has it.
    ids["pad"] = spec.pad_id if spec.pad_id >= 0 else spec.unk_id
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **{f"{role}_token": model.pieces[index].piece for role, index in ids.items() if index >= 0},
        "add_bos_token": True,
        "clean_up_tokenization_spaces": False,
        "model_max_length": model_max_length,
        "chat_template": chat_template,
    }


def write_tokenizer(checkpoint: Path, folder: Path, model_max_length: int, chat_template: str = VICUNA_V1) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` for a checkpoint with a `tokenizer.model`.

    Args:
        checkpoint: its folder.
        folder: where the two files go.
        model_max_length: the language model's context.
        chat_template: Jinja, for a checkpoint whose `tokenizer_config.json` has none.
    Raises:
        ValueError: there is no `tokenizer.model`, or one of another kind.
    """
    path = checkpoint / "tokenizer.model"
    if not path.is_file():
        raise ValueError(f"{checkpoint} has no tokenizer.model; put the one that the model was trained with there")
    config = config_from_sentencepiece(path, _own_template(checkpoint) or chat_template, model_max_length)
    tokenizer_from_sentencepiece(path).save(str(folder / "tokenizer.json"))
    text = json.dumps(config, indent=2, ensure_ascii=False)
    (folder / "tokenizer_config.json").write_text(f"{text}\n", encoding="utf-8")


def _own_template(checkpoint: Path) -> str | None:
    path = checkpoint / "tokenizer_config.json"
    if not path.is_file():
        return None
    try:
        template = json.loads(path.read_text(encoding="utf-8")).get("chat_template")
    except (ValueError, AttributeError) as error:
        raise ValueError(f"{path} holds no JSON object ({error})") from None
    return template if isinstance(template, str) else None


def _read(path: Path) -> Any:
    # The file's own format, rather than the processor, which does not tell how it normalises. Imported here, so that
    # GGUF files can be exported without sentencepiece.
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise ValueError(f"{path.name} is not a whole sentencepiece model ({error})") from None
    if not model.pieces:
        raise ValueError(f"{path.name} is not a whole sentencepiece model (it holds no pieces)")
    return model
