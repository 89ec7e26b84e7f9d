"""Everything that PocketVLM raises on bad input.

PocketVLMError
├── BundleError        a model on disk is missing, damaged or of an unknown format
├── CheckpointError    weights to be exported cannot be read
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


class ImageError(PocketVLMError):
    """A picture cannot be read."""


class ContextError(PocketVLMError):
    """A prompt does not fit the model's context."""


class OptionError(PocketVLMError):
    """An option's value is out of its range."""
