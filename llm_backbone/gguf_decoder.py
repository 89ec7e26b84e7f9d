"""From a GGUF checkpoint to the decoder's weights, as exactly as `MatMulNBits` can hold them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pocketvlm.graphs.linear import LinearWeight
from pocketvlm.graphs.quantization import BLOCK, QuantizedMatrix, from_q4_1, from_q8_0, quantize, stack
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.graph import DecoderWeights, LayerWeights

Linear = Callable[[GGUFCheckpoint, list[str], list[np.ndarray | None]], LinearWeight]


def decoder_weights(checkpoint: GGUFCheckpoint, linear: Linear | None = None) -> DecoderWeights:
    """The decoder of a GGUF checkpoint.

    Args:
        checkpoint: an open GGUF file.
        linear: how stacked weight products are held; `exact_q4_1` unless given.
    Raises:
        ValueError: a tensor is missing, has no place in the graph (biases, experts, rotary factors), or is of a type
            that has no exact form here; the message names it.
    """
    _check_tensors(checkpoint)
    make = linear or exact_q4_1
    heads, kv_heads = checkpoint.config.num_attention_heads, checkpoint.config.num_key_value_heads
    rope_orders = [checkpoint.rope_order(heads), checkpoint.rope_order(kv_heads), None]

    def layer(index: int) -> LayerWeights:
        name = f"blk.{index}"
        return LayerWeights(
            input_norm=checkpoint.dequantized(f"{name}.attn_norm.weight"),
            qkv=make(checkpoint, [f"{name}.attn_{part}.weight" for part in "qkv"], rope_orders),
            attention_output=make(checkpoint, [f"{name}.attn_output.weight"], [None]),
            post_attention_norm=checkpoint.dequantized(f"{name}.ffn_norm.weight"),
            gate_up=make(checkpoint, [f"{name}.ffn_gate.weight", f"{name}.ffn_up.weight"], [None, None]),
            down=make(checkpoint, [f"{name}.ffn_down.weight"], [None]),
        )

    tied = checkpoint.config.tie_word_embeddings
    head = None if tied else LinearWeight(_eight_bits(checkpoint, "output.weight"))
    return DecoderWeights(
        embedding=_eight_bits(checkpoint, "token_embd.weight"),
        layer=layer,
        final_norm=checkpoint.dequantized("output_norm.weight"),
        head=head,
    )


def _check_tensors(checkpoint: GGUFCheckpoint) -> None:
    """A tensor too many would change the model's answers if it were left out in silence."""
    parts = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"]
    layers = range(checkpoint.config.num_hidden_layers)
    expected = {f"blk.{index}.{part}.weight" for index in layers for part in parts}
    expected |= {"token_embd.weight", "output_norm.weight"}
    missing = sorted(expected - checkpoint.tensor_names)
    unknown = sorted(checkpoint.tensor_names - expected - {"output.weight"})
    if missing or unknown:
        verb, names = ("lacks", missing) if missing else ("has unsupported", unknown)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise ValueError(f"the file {verb} {', '.join(names[:3])}{more}")


def exact_q4_1(checkpoint: GGUFCheckpoint, names: list[str], orders: list[np.ndarray | None]) -> LinearWeight:
    """Stack Q4_1 tensors as INT4 weights whose leftover constants stand in K / 32 further columns.

    The rests are at most half a quantisation step, and are held as the sum of two four-bit matrices, the second of
    which corrects the first: together they leave no error to speak of (measured by `benchmarks/nano_variants.py`).
    """
    bodies, rests = [], []
    for name, order in zip(names, orders, strict=True):
        if checkpoint.kind(name) != "Q4_1":
            raise ValueError(f"{name} is {checkpoint.kind(name)}; this export takes Q4_1 weights")
        body, rest = from_q4_1(checkpoint.blocks(name))
        bodies.append(body if order is None else body.rows(order))
        rests.append(rest if order is None else rest[order])
    rest = np.concatenate(rests)
    blocks = rest.shape[1]
    rest = np.pad(rest, ((0, 0), (0, -blocks % BLOCK)))
    coarse = quantize(rest, symmetric=False)
    fine = quantize(rest - coarse.dequantized(), symmetric=False)
    return LinearWeight(_beside([stack(bodies), coarse, fine]), np.tile(_block_sums(blocks), 2))


def _block_sums(blocks: int) -> np.ndarray:
    """(blocks * 32, blocks padded to a multiple of 32): x times it gives the sum of every block of x, then zeros."""
    sums = np.repeat(np.eye(blocks, dtype=np.float32), BLOCK, axis=0)
    return np.pad(sums, ((0, 0), (0, -blocks % BLOCK)))


def _beside(parts: list[QuantizedMatrix]) -> QuantizedMatrix:
    """Matrices of whole blocks, the columns of each after those of the one before."""
    zero_points = [part.zero_points for part in parts if part.zero_points is not None]
    assert len(zero_points) == len(parts)
    return QuantizedMatrix(
        np.concatenate([part.q for part in parts], axis=1),
        np.concatenate([part.scales for part in parts], axis=1),
        np.concatenate(zero_points, axis=1),
        parts[0].bits,
    )


def _eight_bits(checkpoint: GGUFCheckpoint, name: str) -> QuantizedMatrix:
    if checkpoint.kind(name) == "Q8_0":
        return from_q8_0(checkpoint.blocks(name))
    return quantize(checkpoint.dequantized(name), bits=8)
