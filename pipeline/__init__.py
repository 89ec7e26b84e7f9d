"""PocketVLM: ask a picture a question on your own device."""

__version__ = "0.1.0"
