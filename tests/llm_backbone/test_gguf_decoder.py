"""A GGUF file's own quantisation is kept without loss, whatever mixture of types it is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType as Kind

from pocketvlm.graphs.linear import FloatMatrix, LinearWeight, Matrix, Precision
from pocketvlm.graphs.quantization import QuantizedMatrix
from pocketvlm.llm_backbone import gguf_decoder, weights
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.definition import embed, logits
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.gguf_decoder import exact_linear, precisions

QKV = [f"model.layers.0.self_attn.{part}_proj.weight" for part in ("q", "k", "v")]
KINDS = [Kind.Q4_0, Kind.Q4_1, Kind.Q8_0, Kind.F16, Kind.F32]
# Root mean square over the logits' deviation: int8 activations, as in test_decoder.py.
INT8_ACTIVATIONS = 0.05

WriteGGUF = Callable[..., Path]


def file_of(kinds: list[Kind], write_gguf: WriteGGUF, folder: Path) -> GGUFCheckpoint:
    """A file whose first layer holds q, k and v in those types."""
    names = [f"blk.0.attn_{part}.weight" for part in ("q", "k", "v")]
    return GGUFCheckpoint(write_gguf(folder / "tiny.gguf", kinds=dict(zip(names, kinds, strict=True))))


def matrix_of(weight: LinearWeight) -> np.ndarray:
    """W + R S^T in float64: what the product does, taken together."""
    matrix = weight.matrix
    held = (matrix.weight if isinstance(matrix, FloatMatrix) else matrix.dequantized()).astype(np.float64)
    if weight.extra_inputs is None:
        return held
    columns = weight.extra_inputs.shape[0]
    return held[:, :columns] + held[:, columns:] @ weight.extra_inputs.T.astype(np.float64)


def stacked_floats(checkpoint: GGUFCheckpoint) -> np.ndarray:
    return np.concatenate([checkpoint.read(name) for name in QKV])


@pytest.mark.parametrize("kind", KINDS)
def test_weights_of_one_type_are_held_exactly(kind: Kind, write_gguf: WriteGGUF, tmp_path: Path) -> None:
    checkpoint = file_of([kind] * 3, write_gguf, tmp_path)
    found, right = matrix_of(exact_linear(checkpoint, QKV)), stacked_floats(checkpoint)
    # Q4_1's rests are rounded twice to four bits: 1 / 15 / 15 of half a step, itself 1 / 15 of a block's range.
    tolerance = np.abs(right).max() * 2 / 15 / 2 / 15 / 15 if kind == Kind.Q4_1 else 0
    np.testing.assert_allclose(found, right, rtol=0, atol=tolerance)


def bits(matrix: Matrix) -> int | str:
    return matrix.bits if isinstance(matrix, QuantizedMatrix) else str(matrix.weight.dtype)


@pytest.mark.parametrize(
    ("kind", "held"),
    [(Kind.Q4_0, 4), (Kind.Q4_1, 4), (Kind.Q8_0, 8), (Kind.F16, "float16"), (Kind.F32, "float32")],
)
def test_weights_take_no_more_bits_than_in_the_file(
    kind: Kind, held: int | str, write_gguf: WriteGGUF, tmp_path: Path
) -> None:
    assert bits(exact_linear(file_of([kind] * 3, write_gguf, tmp_path), QKV).matrix) == held


@pytest.mark.parametrize(
    ("kinds", "held"),
    [
        ([Kind.Q4_0, Kind.Q4_1, Kind.Q4_0], 4),
        ([Kind.Q4_1, Kind.Q4_1, Kind.Q8_0], "float32"),
        ([Kind.Q4_0, Kind.Q4_0, Kind.Q8_0], "float32"),
        ([Kind.F16, Kind.Q8_0, Kind.F32], "float32"),
    ],
    ids=str,
)
def test_mixtures_are_held_exactly(kinds: list[Kind], held: int | str, write_gguf: WriteGGUF, tmp_path: Path) -> None:
    checkpoint = file_of(kinds, write_gguf, tmp_path)
    weight, right = exact_linear(checkpoint, QKV), stacked_floats(checkpoint)
    assert bits(weight.matrix) == held
    tolerance = np.abs(right).max() * 2 / 15 / 2 / 15 / 15 if held == 4 else 0  # as above
    np.testing.assert_allclose(matrix_of(weight), right, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_graphs_of_every_type_compute_what_the_file_says(
    kind: Kind, write_gguf: WriteGGUF, write_decoder: Callable[..., Decoder], tmp_path: Path
) -> None:
    parts = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    kinds = {f"blk.{layer}.{part}.weight": kind for layer in range(2) for part in parts}
    kinds |= {"token_embd.weight": kind, "output.weight": kind}
    checkpoint = GGUFCheckpoint(write_gguf(tmp_path / "tiny.gguf", tied=False, kinds=kinds))
    decoder = write_decoder(checkpoint.config, gguf_decoder.decoder_weights(checkpoint), tmp_path)
    ids = np.random.default_rng(0).integers(3, 200, 60).tolist()
    x = embed(checkpoint.config, checkpoint, ids)
    np.testing.assert_array_equal(decoder.embed(ids), x)  # d q is one multiplication, floats are copied
    found, right = decoder.decode(x, decoder.new_cache(), 0), logits(checkpoint.config, checkpoint, x)
    error = np.sqrt(np.square(found - right).mean()) / right.std()
    # Float weights meet float activations: sums in another order.
    assert error < (1e-5 if kind in (Kind.F16, Kind.F32) else INT8_ACTIVATIONS)


@pytest.mark.parametrize(
    ("kinds", "terms"),
    [
        ({}, ("int8", "int4")),
        ({"token_embd.weight": Kind.Q4_1}, ("fp32", "int4")),
        ({"token_embd.weight": Kind.F16, "blk.0.ffn_up.weight": Kind.Q8_0}, ("fp16", "int4")),
        (
            {f"blk.{layer}.ffn_{part}.weight": Kind.F16 for layer in (0, 1) for part in ("up", "gate", "down")},
            ("int8", "fp16"),
        ),
        (
            {f"blk.{layer}.ffn_{part}.weight": Kind.Q8_0 for layer in (0, 1) for part in ("up", "gate", "down")},
            ("int8", "int8"),
        ),
    ],
)
def test_precisions_are_those_of_most_weights(
    kinds: dict[str, Kind], terms: tuple[str, str], write_gguf: WriteGGUF, tmp_path: Path
) -> None:
    assert precisions(GGUFCheckpoint(write_gguf(tmp_path / "tiny.gguf", kinds=kinds))) == terms


def test_type_without_an_exact_form_is_refused_but_can_be_quantised_anew(
    write_gguf: WriteGGUF, write_decoder: Callable[..., Decoder], tmp_path: Path
) -> None:
    checkpoint = file_of([Kind.Q5_1] * 3, write_gguf, tmp_path)
    with pytest.raises(ValueError, match=r"q_proj.weight is Q5_1, which has no exact form here .*choose a precision"):
        gguf_decoder.decoder_weights(checkpoint)
    precision = Precision("int8")
    held = weights.decoder_weights(checkpoint.config, checkpoint, precision, precision)
    decoder = write_decoder(checkpoint.config, held, tmp_path)
    x = embed(checkpoint.config, checkpoint, list(range(3, 63)))
    right = logits(checkpoint.config, checkpoint, x)
    assert np.sqrt(np.square(decoder.decode(x, decoder.new_cache(), 0) - right).mean()) < INT8_ACTIVATIONS * right.std()
