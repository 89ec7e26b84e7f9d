"""Pixels in, patch features and text lines out."""
