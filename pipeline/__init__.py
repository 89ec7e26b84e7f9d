"""PocketVLM: ask a picture a question on your own device.

import pocketvlm

vlm = pocketvlm.load()
print(vlm.ask("screen.png", "When does it close?").text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pocketvlm.errors import (
    BundleError,
    CheckpointError,
    ContextError,
    ExportError,
    ImageError,
    OptionError,
    ParityError,
    PocketVLMError,
)

if TYPE_CHECKING:
    from pocketvlm.vlm import load

__version__ = "0.1.0"
__all__ = [
    "BundleError",
    "CheckpointError",
    "ContextError",
    "ExportError",
    "ImageError",
    "OptionError",
    "ParityError",
    "PocketVLMError",
    "__version__",
    "load",
]


def __getattr__(name: str) -> Any:
    """`load` brings ONNX Runtime and OpenCV with it: it is imported when first used, so that `--help` need not wait."""
    if name == "load":
        from pocketvlm.vlm import load

        return load
    raise AttributeError(f"module 'pocketvlm' has no attribute {name!r}")
