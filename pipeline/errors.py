"""Everything that PocketVLM raises on bad input.

PocketVLMError
├── BundleError        a model on disk is missing, damaged or of an unknown format
├── CheckpointError    weights to be exported cannot be read
├── ExportError        a bundle's graphs are not fit to be run everywhere
├── ParityError        a stage of a bundle does not compute what its definition computes
├── ImageError         a picture cannot be read
├── ContextError       a prompt does not fit the model's context
└── OptionError        an option's value is out of its range
"""

from __future__ import annotations


class PocketVLMError(Exception):
    """The root: catch it to catch all of them. The message is one line with the value, the limit and the remedy."""


class BundleError(PocketVLMError):
    """A bundle is missing, damaged or of an unknown format."""


class CheckpointError(PocketVLMError):
    """Weights to be exported cannot be read."""


class ExportError(PocketVLMError):
    """A bundle's graphs are not fit to be run everywhere, or cannot be run at all."""


class ParityError(PocketVLMError):
    """A stage of a bundle does not compute what its definition computes.

    Attributes:
        stage: which, e.g. "projector".
        max_abs_diff: the largest difference between an output's value and the definition's.
        tolerance: the largest one that is allowed.
    """

    def __init__(self, stage: str, max_abs_diff: float, tolerance: float) -> None:
        super().__init__(
            f"{stage}: differs from its definition by up to {max_abs_diff:.3g}, allowed is {tolerance:.3g}: "
            "export the bundle again, and report it if that does not help"
        )
        self.stage = stage
        self.max_abs_diff = max_abs_diff
        self.tolerance = tolerance


class ImageError(PocketVLMError):
    """A picture cannot be read."""


class ContextError(PocketVLMError):
    """A prompt does not fit the model's context."""


class OptionError(PocketVLMError):
    """An option's value is out of its range."""
