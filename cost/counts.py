"""What a model's stages hold, work and move, in closed form from their configs.

Work is counted in floating-point operations, two a multiply-add, of products, convolutions and attention; norms,
activations and additions are left out, together less than a hundredth. Moved bytes are what must come from memory at
least: every weight once, the cache where it is read and written. Activations are taken to stay in the caches.

Letters: N patches, M image tokens, C width of patch features, D width of the language model, F of its feed-forward
network, K width of all key (or value) heads, V vocabulary, L layers, S new positions, P positions before them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pocketvlm.llm_backbone.config import LlamaConfig
from pocketvlm.llm_backbone.kv_cache import cache_bytes
from pocketvlm.vision.config import VisionConfig

FLOAT_BYTES = 4  # of the cache, scales and everything that is not quantised
FLOPS_A_WEIGHT = 2  # a multiply-add
KERNEL = 9  # weights of a depthwise 3x3 convolution


@dataclass(frozen=True)
class Held:
    """How a weight matrix is held.

    Attributes:
        kind: "fp32", "fp16", "int8" or "int4".
        block_size: weights that share a float32 scale; for the integer kinds.
        symmetric: otherwise every block has a zero point of as many bits as a weight.
    """

    kind: str
    block_size: int = 32
    symmetric: bool = True

    @property
    def bits_per_weight(self) -> float:
        """Scales and zero points among them: 5.0 for symmetric INT4 in blocks of 32."""
        plain = {"fp32": 32, "fp16": 16, "int8": 8, "int4": 4}[self.kind]
        if self.kind in ("fp32", "fp16"):
            return plain
        return plain + (8 * FLOAT_BYTES + (0 if self.symmetric else plain)) / self.block_size


def llm_layer_weights(config: LlamaConfig) -> int:
    """Weights of one layer's products: query, key, value, output, gate, up, down."""
    width, ffn = config.hidden_size, config.intermediate_size
    return 2 * width**2 + 2 * width * config.key_value_size + 3 * width * ffn


def llm_table_weights(config: LlamaConfig) -> int:
    """V * D: of the token table, and of the output head."""
    return config.vocab_size * config.hidden_size


def llm_parameters(config: LlamaConfig) -> int:
    """All parameters of the language model; a tied head counts once."""
    tables = llm_table_weights(config) * (1 if config.tie_word_embeddings else 2)
    norms = (2 * config.num_hidden_layers + 1) * config.hidden_size
    return tables + config.num_hidden_layers * llm_layer_weights(config) + norms


def llm_bytes(config: LlamaConfig, layers: Held, head: Held, table: Held) -> float:
    """Bytes of the language model's weights on disk: layers, head (once where it is tied to the table), token table.

    Exact where an even number of blocks makes a row, as in published models; others end in padding.
    """
    held = config.num_hidden_layers * llm_layer_weights(config) * layers.bits_per_weight
    tables = llm_table_weights(config) * table.bits_per_weight
    if not config.tie_word_embeddings:
        tables += llm_table_weights(config) * head.bits_per_weight
    norms = (2 * config.num_hidden_layers + 1) * config.hidden_size * 8 * FLOAT_BYTES
    return (held + tables + norms) / 8


def llm_flops(config: LlamaConfig, positions: int, past: int = 0, logits: int = 1) -> float:
    """Work of appending positions to a context.

    Args:
        positions: S; 1 for a decoding step.
        past: P.
        logits: positions whose logits are computed: the last one of a prompt.
    """
    products = FLOPS_A_WEIGHT * llm_layer_weights(config) * positions
    # Position i looks back on itself and all P + i before it: two products of D a pair, scores and weighted values.
    pairs = positions * past + positions * (positions + 1) / 2
    attention = 2 * FLOPS_A_WEIGHT * config.hidden_size * pairs
    head = FLOPS_A_WEIGHT * llm_table_weights(config) * logits
    return config.num_hidden_layers * (products + attention) + head


def llm_moved_bytes(
    config: LlamaConfig, weight_bytes: float, positions: int, past: int = 0, cache_width: int = FLOAT_BYTES
) -> float:
    """Bytes that appending positions moves: the decoder's weights, the cache so far read, its new positions written.

    Args:
        weight_bytes: of the decoder without the token table; `llm_bytes` or the files' size.
        positions, past: S and P.
        cache_width: bytes of a key's or value's number.
    """
    return weight_bytes + cache_bytes(config, past + positions, cache_width)


def encoder_flops(config: VisionConfig) -> float:
    """Work of the CLIP encoder on one picture; its unused last block is not run."""
    width, rows = config.hidden_size, config.num_patches + 1  # the class token among them
    patches = FLOPS_A_WEIGHT * config.num_patches * 3 * config.patch_size**2 * width
    products = FLOPS_A_WEIGHT * rows * (4 * width**2 + 2 * width * config.intermediate_size)
    attention = 2 * FLOPS_A_WEIGHT * rows**2 * width  # every position sees every other
    return patches + config.used_layers * (products + attention)


def projector_tokens(kind: str, patches: int, grid: tuple[int, int] | None = None) -> int:
    """M of N patches.

    Args:
        grid: height and width of the patches, for the kinds that are told them; a square when None.
    Raises:
        ValueError: an unknown kind, or no square grid where the projector needs one.
    """
    if _depth(kind):
        return patches
    side = math.isqrt(patches)
    stride = _stride(kind)
    if stride and grid:
        return math.prod(_rounded_up(side, stride) for side in grid)
    if side * side != patches:
        raise ValueError(f"{patches} patches are no square grid; {kind} needs one")
    if kind == "ldpnetv2":  # pools, and drops what is left over
        return (side // 2) ** 2
    return _rounded_up(side, stride or 2) ** 2


def _rounded_up(value: int, divisor: int) -> int:
    return -(-value // divisor)


def projector_parameters(kind: str, in_features: int, out_features: int) -> int:
    """Parameters of a projector from C to D.

    Raises:
        ValueError: an unknown kind.
    """
    width = out_features
    layers = in_features * width + width + (max(_depth(kind), 1) - 1) * (width**2 + width)
    if _depth(kind):
        return layers
    two_layers = layers + width**2 + width
    if kind == "ldpnet":
        narrow = _squeezed(width)
        squeeze = 2 * width * narrow + width + narrow
        block = KERNEL * width + 2 * width + squeeze + width**2 + 2 * width
        return two_layers + 2 * block
    return two_layers + KERNEL * width + width  # the depthwise convolution has a bias


def projector_flops(
    kind: str, patches: int, in_features: int, out_features: int, grid: tuple[int, int] | None = None
) -> float:
    """Work of a projector on one picture of N patches; `grid` as for `projector_tokens`.

    Raises:
        ValueError: an unknown kind, or no square grid where the projector needs one.
    """
    width, tokens = out_features, projector_tokens(kind, patches, grid)
    if depth := _depth(kind):
        return FLOPS_A_WEIGHT * patches * (in_features * width + (depth - 1) * width**2)
    products = patches * (in_features * width + width**2)
    if kind == "ldpnet":
        narrow = _squeezed(width)
        blocks = sum(cells * (KERNEL * width + width**2) + 2 * width * narrow for cells in (patches, tokens))
        return FLOPS_A_WEIGHT * (products + blocks)
    return FLOPS_A_WEIGHT * (products + tokens * KERNEL * width)


def _depth(kind: str) -> int:
    """Linear layers of the kinds that are nothing else; 0 for the others.

    Raises:
        ValueError: an unknown kind.
    """
    if kind == "linear":
        return 1
    if match := re.fullmatch(r"mlp([1-9]\d*)x_gelu", kind):
        return int(match[1])
    if kind in ("ldpnet", "ldpnetv2") or _stride(kind):
        return 0
    raise ValueError(f"no projector {kind!r}; there are ldpnet, ldpnetv2, ldpnetv2_S, linear and mlpNx_gelu")


def _stride(kind: str) -> int:
    """S of "ldpnetv2_S"; 0 for other kinds."""
    match = re.fullmatch(r"ldpnetv2_([2-9]|[1-9]\d+)", kind)
    return int(match[1]) if match else 0


def _squeezed(width: int) -> int:
    """Width inside squeeze-and-excitation: a quarter, rounded to multiples of 8 as MobileNet does."""
    rounded = max(8, int(width / 4 + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * width / 4 else rounded + 8
