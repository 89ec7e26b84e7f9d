"""What the graphs of a bundle are called: a part and how its weights are held, as transformers.js names files."""

from __future__ import annotations

TERMS = {"fp32": "fp32", "fp16": "fp16", "int8": "int8", "int4": "q4"}  # precision to the term in manifest and names

FACTS = "pocketvlm"  # under which a graph's metadata has what it says of itself, as JSON
LAYER_STEM = "decoder_layer_int8"  # one layer of a decoder in 4 bits, which long prompts go through


def graph_stem(part: str, term: str) -> str:
    """A graph's file name without its ending: "decoder_model_merged" and "q4" give "decoder_model_merged_q4"."""
    return part if term == "fp32" else f"{part}_{term}"
