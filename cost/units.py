"""Reads the unit out of a figure's key."""

from __future__ import annotations

import re

# The longest first: "tok_per_s" ends in "s" as well.
UNITS = {"tok_per_s": "tokens/s", "bytes_per_s": "bytes/s", "bytes": "bytes", "flops": "FLOP", "s": "s", "j": "J"}
COUNTS = {"parameters": "parameters", "prefill_tokens": "tokens"}


def unit_of(key: str) -> str:
    """What a key's values are in: `unit_of("decode_tok_per_s_at_200")` is "tokens/s".

    Raises:
        ValueError: the key names no unit.
    """
    if key in COUNTS:
        return COUNTS[key]
    quantity = re.sub(r"_(at|for|of)_\d+$", "", key)
    for suffix, unit in UNITS.items():
        if quantity.endswith(f"_{suffix}"):
            return unit
    raise ValueError(f"{key!r} names no unit; keys end in {', '.join(UNITS)}")


def is_better_high(key: str) -> bool:
    """Whether more is better: of speeds, and of nothing else that costs."""
    return unit_of(key).endswith("/s")
